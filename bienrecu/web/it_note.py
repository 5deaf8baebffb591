"""Notes to forward about an e-mail that did not arrive: to the recipient's IT department, and to one's own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.store.queries.emails import Case, ExactBytes
from bienrecu.wording import reasons
from bienrecu.wording.facts import labelled

_LONGEST_ANSWER = 2000
_LONGEST_LINK = 1800  # beyond, some mail programs cut what a link opens
_TOLD = (Kind.REFUSED, Kind.RETURNED, Kind.EXPIRED, Kind.DEFERRED, Kind.DELAYED, Kind.UNSENDABLE)
_SIGNED_BY = re.compile(rb"(?im)^DKIM-Signature:(?:[^\r\n]|\r?\n[ \t])*?\bd=([A-Za-z0-9.-]{1,253})")


@dataclass(frozen=True, slots=True)
class Note:
    """To whom it goes, the person knows: no address is filled in."""

    name: str
    title: str
    subject: str
    text: str

    @property
    def mailto(self) -> str:
        return f"mailto:?subject={quote(self.subject)}&body={quote(self.text.replace(chr(10), chr(13) + chr(10)))}"

    @property
    def fits_a_link(self) -> bool:
        return len(self.mailto) <= _LONGEST_LINK


def notes(case: Case, exact: ExactBytes | None) -> list[Note]:
    """None when no server has said anything against the e-mail."""
    row = case.recipient
    told = [event for event in case.events if event.kind in _TOLD]
    if not row.reason or not told:
        return []
    facts = "\n".join(_facts(case, exact))
    subject = _("E-mail to {address} not delivered").format(address=row.address)
    theirs = _("Hello,\n\nan e-mail of ours to {address} was not delivered. Could you look why, and let us in?")
    ours = _("Hello,\n\nan e-mail to {address} was not delivered. Here is what is known of it.")
    meaning = _("What Bien Reçu makes of it: {cause}").format(cause=reasons.words(Reason(row.reason)).cause)
    for_them, for_us = theirs.format(address=row.address), ours.format(address=row.address)
    return [
        Note("theirs", _("Note for the recipient's IT department"), subject, f"{for_them}\n\n{facts}\n"),
        Note("ours", _("Note for your own IT department"), subject, f"{for_us}\n\n{meaning}\n\n{facts}\n"),
    ]


def _facts(case: Case, exact: ExactBytes | None) -> Iterator[str]:
    row, message = case.recipient, case.recipient.message
    last = next((one for one in reversed(case.attempts) if one.reply), None)
    told = next(event for event in reversed(case.events) if event.kind in _TOLD)
    yield labelled(_("Date"), f"{timezone.localtime(told.at):%Y-%m-%d %H:%M:%S %z}")
    yield labelled(_("From"), message.author_address)
    yield labelled(_("To"), row.address)
    yield f"Message-ID: <{row.msg_id}>"
    yield labelled(_("Sending server"), settings.BIENRECU.hostname)
    if domains := _signed_by(exact):
        yield labelled("DKIM", ", ".join(domains))
    if last and last.host:
        yield labelled(_("Receiving server"), f"{last.host} [{last.ip}]" if last.ip else last.host)
    answer = told.words or (last.reply if last else "")
    yield labelled(_("Its answer, word for word"), answer[:_LONGEST_ANSWER] or _("none"))


def _signed_by(exact: ExactBytes | None) -> list[str]:
    head = exact.data[:16_384].partition(b"\r\n\r\n")[0] if exact else b""
    return list(dict.fromkeys(found.decode("ascii").lower() for found in _SIGNED_BY.findall(head)))
