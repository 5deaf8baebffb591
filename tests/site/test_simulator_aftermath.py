"""What happens after acceptance, with a small web site and a small receiver of returns to see it arrive."""

import asyncio
import contextlib
import email
import email.policy
import smtplib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP as ReceivingServer

from bienrecu.simulator.behaviours import BEHAVIOURS
from bienrecu.simulator.server import Simulator
from bienrecu.simulator.settings import SimulatorSettings

RETURN_PATH = "retour+1@retours.test"
HUGO = "hugo@{}.simulator.invalid"
CONFIRM_PAGE = (
    '<form method="post" action="/language"><button name="to" value="en">English</button></form>'
    '<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="t0k3n">'
    '<button name="do" value="confirm">Confirmer</button></form>'
)


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: str


@dataclass
class Website:
    """Answers with the page of that path, by default an empty one; a page that starts with "->" redirects."""

    pages: dict[str, str] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        start, *fields = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        method, target, _ = start.split(" ")
        headers = dict(field.split(": ", 1) for field in fields)
        body = (await reader.readexactly(int(headers.get("Content-Length", "0")))).decode()
        self.requests.append(Request(method, target, headers, body))
        page = self.pages.get(target, "")
        status, where = ("302 Found", page[2:]) if page.startswith("->") else ("200 OK", "")
        location = f"Location: {where}\r\n" if where else ""
        cookie = "Set-Cookie: csrftoken=c00kie; Path=/; HttpOnly\r\n"
        writer.write(f"HTTP/1.1 {status}\r\n{location}{cookie}Content-Length: {len(page)}\r\n\r\n{page}".encode())
        writer.close()


@contextlib.asynccontextmanager
async def website(**pages: str) -> AsyncIterator[Website]:
    site = Website({f"/{path}": page for path, page in pages.items()})
    server = await asyncio.start_server(site.answer, "127.0.0.1", 0)
    site.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield site
    finally:
        server.close()


@dataclass
class Returns:
    """A receiver of returns; `answers` are given to the first messages, then all are taken."""

    answers: list[str] = field(default_factory=list)
    taken: "asyncio.Queue[tuple[str, list[str], EmailMessage]]" = field(default_factory=asyncio.Queue)
    tries: int = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.tries += 1
        if self.answers:
            return self.answers.pop(0)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.put_nowait((envelope.mail_from, envelope.rcpt_tos, message))
        return "250 2.0.0 Ok"


@dataclass
class Rehearsal:
    port: int
    log: "asyncio.Queue[str]"

    async def send(
        self, behaviour: str, html: str = "", *, sender: str = RETURN_PATH, fields: str = "", **options: Any
    ) -> None:
        content = (
            f"From: contact@formation-exemple.test\r\nMessage-ID: <r1@formation-exemple.test>\r\n{fields}"
            f"Subject: Convocation\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n"
        )
        await asyncio.to_thread(self.send_to, [HUGO.format(behaviour)], content.encode(), sender, **options)

    def send_to(
        self,
        recipients: list[str],
        content: bytes,
        sender: str,
        mail: tuple[str, ...] = (),
        rcpt: tuple[str, ...] = (),
    ) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, "test", timeout=10) as client:
            client.sendmail(sender, recipients, content, mail, rcpt)

    async def came(self, act: str) -> str:
        """What the log says `act` came to, once it is over."""
        async with asyncio.timeout(20):
            while f"act={act} came=" not in (line := await self.log.get()):
                pass
        return line.partition(" came=")[2]


@contextlib.asynccontextmanager
async def rehearsal(
    site: Website | None = None, returns: Returns | None = None, speed: float = 1000
) -> AsyncIterator[Rehearsal]:
    log: asyncio.Queue[str] = asyncio.Queue()
    create_server = asyncio.get_running_loop().create_server
    receiver = await create_server(
        lambda: ReceivingServer(returns or Returns(), hostname="returns.test"), "127.0.0.1", 0
    )
    settings = SimulatorSettings(
        returns=("127.0.0.1", receiver.sockets[0].getsockname()[1]),
        site_url=site.url if site else "http://127.0.0.1:9",
        speed=speed,
    )
    simulator = Simulator(settings, log.put_nowait)
    try:
        yield Rehearsal(await simulator.start(), log)
    finally:
        await simulator.stop()
        receiver.close()


async def returned(behaviour: str, **options: Any) -> tuple[str, list[str], EmailMessage]:
    returns = Returns()
    async with rehearsal(returns=returns) as world, asyncio.timeout(20):
        await world.send(behaviour, **options)
        return await returns.taken.get()


def facts(report: EmailMessage) -> str:
    return list(report.iter_parts())[1].as_string()


# By SMTP, to the receiver of returns


@pytest.mark.parametrize(
    ("behaviour", "action", "status"),
    [("late-return", "failed", "5.1.1"), ("late-mailbox-full", "failed", "5.2.2"), ("delayed", "delayed", "4.4.1")],
)
async def test_a_report_comes_back_to_the_return_path_from_nobody(behaviour: str, action: str, status: str) -> None:
    sender, recipients, report = await returned(behaviour)
    assert (sender, recipients) == ("<>", [RETURN_PATH])
    assert report["Content-Type"].params["report-type"] == "delivery-status"
    assert f"Final-Recipient: rfc822; {HUGO.format(behaviour)}\n" in facts(report)
    assert f"Action: {action}\n" in facts(report)
    assert f"Status: {status}\n" in facts(report)


async def test_a_report_repeats_what_the_client_said_of_the_envelope() -> None:
    rcpt = ("ORCPT=rfc822;hugo+2Bpetit@example.org", "NOTIFY=FAILURE")
    report = (await returned("late-return", mail=("ENVID=r812", "RET=HDRS"), rcpt=rcpt))[2]
    assert "Original-Envelope-Id: r812\n" in facts(report)
    assert "Original-Recipient: rfc822; hugo+petit@example.org\n" in facts(report)


async def test_a_report_nobody_wants_is_not_sent() -> None:
    async with rehearsal() as world:
        await world.send("late-return", rcpt=("NOTIFY=NEVER",))
        assert await world.came("report_failed") == "not wanted"


async def test_who_asks_to_hear_of_success_hears_of_it() -> None:
    report = (await returned("accepts", rcpt=("NOTIFY=SUCCESS,FAILURE",)))[2]
    assert "Action: delivered\n" in facts(report)


async def test_nothing_comes_back_to_the_null_return_path() -> None:
    async with rehearsal() as world:
        await world.send("late-return", sender="")
        assert await world.came("report_failed") == "no return path"


async def test_an_absent_person_s_program_answers_by_itself() -> None:
    sender, recipients, reply = await returned("auto-reply")
    assert (sender, recipients) == ("<>", [RETURN_PATH])
    assert reply["Auto-Submitted"] == "auto-replied"
    assert reply["In-Reply-To"] == "<r1@formation-exemple.test>"


async def test_a_person_answers_in_their_own_name() -> None:
    sender, recipients, reply = await returned("replies")
    assert (sender, recipients) == (HUGO.format("replies"), [RETURN_PATH])
    assert reply["To"] == "contact@formation-exemple.test"
    assert reply["In-Reply-To"] == "<r1@formation-exemple.test>"
    assert reply["Auto-Submitted"] is None


async def test_a_complaint_comes_back_as_an_abuse_report() -> None:
    _, recipients, report = await returned("complains")
    assert recipients == [RETURN_PATH]
    assert report["Content-Type"].params["report-type"] == "feedback-report"
    assert "Feedback-Type: abuse\n" in facts(report)


async def test_a_read_receipt_comes_only_where_one_was_asked_for() -> None:
    _, _, receipt = await returned("read-receipt", fields=f"Disposition-Notification-To: <{RETURN_PATH}>\r\n")
    assert receipt["Content-Type"].params["report-type"] == "disposition-notification"
    async with rehearsal() as world:
        await world.send("read-receipt")
        assert await world.came("read_receipt") == "not wanted"


async def test_a_receiver_that_asks_to_come_back_later_gets_the_report_later() -> None:
    returns = Returns(["451 4.3.0 Not now"])
    async with rehearsal(returns=returns) as world:
        await world.send("late-return")
        assert await world.came("report_failed") == "sent"
    assert returns.tries == 2


async def test_a_receiver_that_refuses_for_good_is_not_asked_again() -> None:
    returns = Returns(["550 5.7.1 Forged"] * 5)
    async with rehearsal(returns=returns) as world:
        await world.send("late-return")
        assert (await world.came("report_failed")).startswith("not sent: SMTPDataError(550")
    assert returns.tries == 1


# By HTTP, to the public site


def mail(site: Website, *more: str) -> str:
    return f'<a href="{site.url}/c/1">Confirmer la réception</a><img src="{site.url}/p/1.gif">' + "".join(more)


@pytest.mark.parametrize(
    ("behaviour", "act", "program"),
    [
        ("apple-prefetch", "apple_prefetch", "Mozilla/5.0"),
        (
            "gmail-proxy",
            "gmail_display",
            "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        ),
    ],
)
async def test_a_proxy_loads_the_image_under_its_own_name(behaviour: str, act: str, program: str) -> None:
    async with website() as site, rehearsal(site) as world:
        await world.send(behaviour, mail(site))
        assert await world.came(act) == "1 of 1 fetched"
    (request,) = site.requests
    assert (request.method, request.target, request.headers["User-Agent"]) == ("GET", "/p/1.gif", program)


async def test_who_opens_the_mail_loads_its_images_with_a_mail_program_and_follows_no_link() -> None:
    async with website() as site, rehearsal(site) as world:
        await world.send("opens", mail(site))
        await world.came("open")
    (request,) = site.requests
    assert (request.method, request.target) == ("GET", "/p/1.gif")
    assert any(name in request.headers["User-Agent"] for name in ("Outlook", "Thunderbird", "Macintosh"))
    assert request.headers["Accept"].startswith("image/")


async def test_a_scanner_fetches_everything_under_several_names_and_presses_nothing() -> None:
    async with website(**{"c/1": CONFIRM_PAGE}) as site, rehearsal(site) as world:
        await world.send("scanner", mail(site, f'<a href="{site.url}/stop">Ne plus suivre</a>'))
        assert await world.came("scan") == "3 of 3 fetched"
    assert {(request.method, request.target) for request in site.requests} == {
        *[("GET", "/c/1"), ("GET", "/stop"), ("GET", "/p/1.gif")]
    }
    assert len({request.headers["User-Agent"] for request in site.requests}) == 3


async def test_who_confirms_reads_the_page_and_then_presses_its_button() -> None:
    async with website(**{"c/1": CONFIRM_PAGE}) as site, rehearsal(site) as world:
        await world.send("confirms", mail(site, f'<a href="{site.url}/stop">Ne plus suivre</a>'))
        assert await world.came("confirm") == "confirmed: 200"
    page, button = site.requests
    assert (page.method, page.target) == ("GET", "/c/1")
    assert (button.method, button.target) == ("POST", "/c/1")
    assert button.body == "csrfmiddlewaretoken=t0k3n&do=confirm"
    assert button.headers["Cookie"] == "csrftoken=c00kie"
    assert button.headers["Referer"] == f"{site.url}/c/1"


async def test_a_confirmation_page_may_have_moved_within_the_site() -> None:
    async with website(**{"c/1": "->/fr/c/1", "fr/c/1": CONFIRM_PAGE}) as site, rehearsal(site) as world:
        await world.send("confirms", mail(site))
        assert await world.came("confirm") == "confirmed: 200"
    assert [(r.method, r.target) for r in site.requests] == [("GET", "/c/1"), ("GET", "/fr/c/1"), ("POST", "/fr/c/1")]


async def test_a_mail_without_a_confirmation_link_confirms_nothing() -> None:
    async with website() as site, rehearsal(site) as world:
        await world.send("confirms", f'<a href="{site.url}/stop">Ne plus suivre</a>')
        assert await world.came("confirm") == "no confirmation to be found"
    assert not site.requests


# Never outside


@pytest.mark.parametrize("behaviour", [b for b in BEHAVIOURS if b.after], ids=lambda b: b.name_en)
async def test_a_link_that_leads_elsewhere_is_never_followed(behaviour: Any) -> None:
    async with website() as site, website() as elsewhere:
        page = f'<form method="post" action="{elsewhere.url}/confirm"><button>Confirmer</button></form>'
        site.pages = {"/c/1": page, "/p/1.gif": f"->{elsewhere.url}/p"}
        port = elsewhere.url.rpartition(":")[2]
        outside = (
            *[elsewhere.url, f"{site.url}@127.0.0.1:{port}", f"//127.0.0.1:{port}", f"http://localhost:{port}"],
            *["http://example.org", "https://127.0.0.1:1", "ftp://example.org", "file:///etc/passwd"],
        )
        html = "".join(f'<a href="{url}/confirm">Confirmer</a><img src="{url}/p">' for url in outside)
        async with rehearsal(site) as world:
            await world.send(
                behaviour.name_en, html + mail(site), fields="Disposition-Notification-To: a@example.org\r\n"
            )
            came = await world.came(behaviour.after[0].act.name.lower())
        assert "OutsideWorldError" not in came
        assert not elsewhere.requests


async def test_mail_goes_to_the_receiver_of_returns_alone_wherever_the_sender_lives() -> None:
    sender, recipients, _ = await returned("late-return", sender="someone@example.org")
    assert (sender, recipients) == ("<>", ["someone@example.org"])


# The limits


async def test_what_is_pending_is_bounded_and_the_rest_is_logged() -> None:
    async with rehearsal(speed=0.001) as world:
        recipients = [f"h{n}@auto-reply.simulator.invalid" for n in range(100)]
        for _ in range(11):
            await asyncio.to_thread(world.send_to, recipients, b"Subject: x\r\n\r\n", RETURN_PATH)
        dropped = [line for line in (world.log.get_nowait() for _ in range(world.log.qsize())) if "dropped" in line]
    assert len(dropped) == 100
    assert dropped[-1] == "simulated recipient=h99@auto-reply.simulator.invalid dropped=auto_reply"


async def test_stopping_forgets_what_was_still_to_happen() -> None:
    async with website() as site:
        async with rehearsal(site, speed=0.001) as world:
            await world.send("opens", mail(site))
        assert len(asyncio.all_tasks()) == 1
    assert not site.requests
