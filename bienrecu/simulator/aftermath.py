"""What happens once a simulated recipient has accepted a message: reports and replies by SMTP to the receiver of
returns, images and links on the public site. Nothing else can be reached."""

import asyncio
import smtplib
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

from bienrecu.domain.rehearsal import SIMULATOR_DOMAIN
from bienrecu.simulator import programs, reports
from bienrecu.simulator.behaviours import HOST_NAME, Act, Step
from bienrecu.simulator.commands import Path
from bienrecu.simulator.letter import Letter
from bienrecu.simulator.page import Form, Page
from bienrecu.simulator.settings import Log, SimulatorSettings
from bienrecu.simulator.site import Browser, Site

T = TypeVar("T")

_MOST_PENDING = 1000
_THREADS = 16
_SMTP_TIMEOUT = 10.0
_SMTP_TRIES = 3
_SMTP_WAIT = 2.0
_READING_SECONDS = 2.0
_SUCCESS = Step(Act.REPORT_DELIVERED, 1, 1)
# What must be asked for, or at least not excluded, before a report is sent (RFC 3461 §4.1).
_NOTIFY = {Act.REPORT_FAILED: "FAILURE", Act.REPORT_DELAYED: "DELAY", Act.REPORT_DELIVERED: "SUCCESS"}
_ACTION = {Act.REPORT_FAILED: "failed", Act.REPORT_DELAYED: "delayed", Act.REPORT_DELIVERED: "delivered"}


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that one simulated recipient's server took responsibility for."""

    recipient: Path
    sender: Path
    letter: Letter
    client_ip: str
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def wants(self, report: str) -> bool:
        """Whether the client wants to hear of SUCCESS, FAILURE or DELAY (RFC 3461 §4.1)."""
        notify = self.recipient.parameters.get("NOTIFY", "FAILURE,DELAY")
        return report in notify.upper().split(",")

    def incident(self, said: str) -> reports.Incident:
        return reports.Incident(
            recipient=self.recipient.address,
            sender=self.sender.address,
            letter=self.letter,
            at=self.at,
            said=said.format(recipient=self.recipient.address),
            original_recipient=self.recipient.decoded("ORCPT").replace(";", "; ", 1),
            envelope_id=self.sender.decoded("ENVID"),
            client_ip=self.client_ip,
        )


class Aftermath:
    """Everything that is still to happen, at most a thousand steps; what comes on top is dropped and logged."""

    def __init__(self, settings: SimulatorSettings, log: Log) -> None:
        self._settings, self._log = settings, log
        self._site = Site(settings.site_url)
        self._threads = ThreadPoolExecutor(_THREADS, "simulator")
        self._pending: set[asyncio.Task[None]] = set()

    def follow(self, accepted: Accepted, steps: Sequence[Step]) -> None:
        """Schedules `steps`, and the report of success for a client that asked for one."""
        reported = any(step.act in _NOTIFY for step in steps)
        for step in steps if reported or not accepted.wants("SUCCESS") else (*steps, _SUCCESS):
            if len(self._pending) >= _MOST_PENDING:
                self._log(f"simulated recipient={accepted.recipient.address} dropped={step.act.name.lower()}")
                return
            task = asyncio.create_task(self._later(step, accepted))
            self._pending.add(task)
            task.add_done_callback(self._pending.discard)

    async def stop(self) -> None:
        """Forgets what is pending; a fetch under way ends by itself within seconds."""
        pending = tuple(self._pending)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _later(self, step: Step, accepted: Accepted) -> None:
        await asyncio.sleep(self._settings.scaled(step.delay(accepted.recipient.address)))
        try:
            came = await _ACTS[step.act](self, step, accepted)
        except Exception as error:  # a message nobody foresaw must not end the rehearsal of the others
            came = repr(error)
        self._log(f"simulated recipient={accepted.recipient.address} act={step.act.name.lower()} came={came}")

    # By SMTP, to the receiver of returns

    async def _report(self, step: Step, accepted: Accepted) -> str:
        if not accepted.wants(_NOTIFY[step.act]):
            return "not wanted"
        return await self._send(accepted, reports.delivery_report(accepted.incident(step.said), _ACTION[step.act]), "")

    async def _auto_reply(self, _: Step, accepted: Accepted) -> str:
        return await self._send(accepted, reports.auto_reply(accepted.incident("")), "")

    async def _reply(self, _: Step, accepted: Accepted) -> str:
        content = reports.human_reply(accepted.incident(""))
        return await self._send(accepted, content, accepted.recipient.address)

    async def _complain(self, _: Step, accepted: Accepted) -> str:
        return await self._send(accepted, reports.complaint(accepted.incident("")), f"feedback@{SIMULATOR_DOMAIN}")

    async def _read_receipt(self, _: Step, accepted: Accepted) -> str:
        if not accepted.letter.receipt_to:
            return "not wanted"
        return await self._send(accepted, reports.read_receipt(accepted.incident("")), "")

    async def _send(self, accepted: Accepted, content: bytes, sender: str) -> str:
        """To the return path, whatever address the header names: it is the only mailbox within reach. A receiver that
        puts us off or is not up yet is tried again, as a mail server would."""
        if not accepted.sender.address:
            return "no return path"
        for attempt in range(1, _SMTP_TRIES + 1):
            try:
                await self._in_thread(partial(self._submit, sender, accepted.sender.address, content))
                return "sent"
            except (smtplib.SMTPException, OSError) as error:
                came = f"not sent: {error!r}"
                if _is_final(error):
                    break
            await asyncio.sleep(self._settings.scaled(_SMTP_WAIT * attempt))
        return came

    def _submit(self, sender: str, recipient: str, content: bytes) -> None:
        host, port = self._settings.returns
        with smtplib.SMTP(host, port, HOST_NAME, timeout=_SMTP_TIMEOUT) as smtp:
            smtp.ehlo_or_helo_if_needed()
            options = ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
            if not (sender + recipient).isascii():
                options.append("SMTPUTF8")
            smtp.sendmail(sender, [recipient], content, options)

    # By HTTP, to the public site

    async def _load_images(self, step: Step, accepted: Accepted) -> str:
        headers = programs.image_headers(step.act, accepted.recipient.address)
        return await self._fetch([(url, headers) for url in accepted.letter.images])

    async def _scan(self, _: Step, accepted: Accepted) -> str:
        urls = [*(link.url for link in accepted.letter.links), *accepted.letter.images]
        return await self._fetch([(url, programs.scanner_headers(index)) for index, url in enumerate(urls)])

    async def _fetch(self, wanted: list[tuple[str, dict[str, str]]]) -> str:
        ours = [(url, headers) for url, headers in wanted if self._site.has(url)]
        fetches = (self._in_thread(partial(Browser(self._site, headers).get, url)) for url, headers in ours)
        answers = await asyncio.gather(*fetches)
        return f"{sum(answer is not None for answer in answers)} of {len(wanted)} fetched"

    async def _confirm(self, _: Step, accepted: Accepted) -> str:
        browser = Browser(self._site, programs.BROWSER_HEADERS)
        found = (link.url for link in accepted.letter.links if "confirm" in (link.text + link.url).lower())
        for url in filter(self._site.has, found):
            answer = await self._in_thread(partial(browser.get, url))
            if answer is None:
                continue
            forms = Page.read(answer.body.decode("utf-8", "replace")).forms
            if forms:
                return await self._press(browser, min(forms, key=partial(_is_aside, answer.url)), answer.url)
        return "no confirmation to be found"

    async def _press(self, browser: Browser, form: Form, page: str) -> str:
        await asyncio.sleep(self._settings.scaled(_READING_SECONDS))
        action = urljoin(page, form.action)
        answer = await self._in_thread(partial(browser.post, action, form.fields, page))
        return f"confirmed: {answer.status}" if answer else "no answer"

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


def _is_aside(page: str, form: Form) -> bool:
    """Whether a form serves something else than its page does, such as the choice of a language."""
    action = urljoin(page, form.action)
    return urlsplit(action).path != urlsplit(page).path and "confirm" not in action.lower()


def _is_final(error: Exception) -> bool:
    match error:
        case smtplib.SMTPRecipientsRefused():
            return all(code >= 500 for code, _ in error.recipients.values())
        case smtplib.SMTPResponseException():
            return error.smtp_code >= 500
    return False


_ACTS: dict[Act, Callable[[Aftermath, Step, Accepted], Awaitable[str]]] = {
    Act.REPORT_FAILED: Aftermath._report,
    Act.REPORT_DELAYED: Aftermath._report,
    Act.REPORT_DELIVERED: Aftermath._report,
    Act.AUTO_REPLY: Aftermath._auto_reply,
    Act.REPLY: Aftermath._reply,
    Act.COMPLAINT: Aftermath._complain,
    Act.READ_RECEIPT: Aftermath._read_receipt,
    Act.OPEN: Aftermath._load_images,
    Act.APPLE_PREFETCH: Aftermath._load_images,
    Act.GMAIL_DISPLAY: Aftermath._load_images,
    Act.SCAN: Aftermath._scan,
    Act.CONFIRM: Aftermath._confirm,
}
