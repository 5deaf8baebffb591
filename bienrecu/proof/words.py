"""Facts → the words of a record, in the active language, the same for every format.

Nothing is said beyond what servers said: what may not be said of an e-mail stands in docs/statuses.md."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.proof import filter_words
from bienrecu.proof.facts import AttachmentFacts, EmailFacts, EventFacts, Header, MessageFacts
from bienrecu.store.queries import filter_query
from bienrecu.wording import events, flags, reasons, statuses, types


def title() -> str:
    return _("Record of e-mails")


def limits() -> str:
    """What a record does not establish: on every page and sheet."""
    return _(
        "This record describes technical exchanges between servers. It establishes neither arrival in the inbox, nor "
        "reading, nor the identity of the reader. It is not a registered electronic letter."
    )


def about(header: Header) -> list[tuple[str, str]]:
    """What the record is of, who made it and when."""
    session = header.session
    rows = [
        (_("Organisation"), header.organisation),
        (_("Session"), session.title),
        (_("Reference"), session.reference),
        (_("Dates"), _dates(session.starts_on, session.ends_on)),
        (_("Place"), session.place),
        (_("Participants"), str(session.participants)),
        (_("E-mails in this record"), str(header.emails)),
        (_("Filter used"), filtered(header)),
        (_("Made on"), moment(header.made_at, zone_of(header))),
        (_("Made by"), header.made_by),
        (_("Record"), _("no. {number}").format(number=header.export)),
    ]
    return [(label, value) for label, value in rows if value]


def filtered(header: Header) -> str:
    said = [text for text, _rest in filter_words.said(filter_query.read(QueryDict(header.question)))]
    return _("; ").join(said) or _("none: all e-mails of the session")


def zone_of(header: Header) -> ZoneInfo:
    return ZoneInfo(header.time_zone)


def _dates(first: date | None, last: date | None) -> str:
    if first is None:
        return _("No date yet")
    days = [filter_words.dated(day) for day in (first, last or first)]
    return days[0] if days[0] == days[1] else _("{first} to {last}").format(first=days[0], last=days[1])


def summary(header: Header) -> list[tuple[str, int, str]]:
    """Each status: its name, how many e-mails, what it says and does not say."""
    return [(statuses.label(one), header.counts.get(one.code, 0), definition(one)) for one in statuses.IN_ORDER]


def definition(status: Status) -> str:
    said = statuses.words(status)
    return f"{said.meaning} {said.limit}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """ "2027-01-05 09:14:02 +01:00", "05/01/2027 09:14:02 +01:00"."""
    local = at.astimezone(zone)
    written = local.strftime(_("%Y-%m-%d %H:%M:%S"))
    return f"{written} {offset(local)}"


def sortable(at: datetime | None, zone: ZoneInfo) -> str:
    """ "2027-01-05 09:14:02 +01:00" in every language: the order of the alphabet is that of time."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S} {offset(at.astimezone(zone))}" if at else ""


def offset(local: datetime) -> str:
    raw = f"{local:%z}"
    return f"{raw[:3]}:{raw[3:5]}"


def number(id: int) -> str:
    return _("no. {number}").format(number=id)


def status(email: EmailFacts) -> str:
    return statuses.label(email.stands)


def reason(email: EmailFacts) -> str:
    return reasons.label(Reason(email.reason)) if email.reason else ""


def notes(email: EmailFacts) -> str:
    """What stands beside the status: "possible duplicate; handed over another way"."""
    return _("; ").join(flags.words(flag).note for flag in flags.that_matter(email.stands, email.marks))


def role(email: EmailFacts) -> str:
    return types.contact_role(email.role) if email.role else ""


def version(email: EmailFacts) -> str:
    return email.sha256 or _("nothing went out")


def attachment(one: AttachmentFacts) -> str:
    """ "convocation.pdf, 1,204 bytes, SHA-256 ab12…"."""
    size = ngettext("{n} byte", "{n} bytes", one.size).format(n=one.size)
    said = f"{one.name}, {size}, SHA-256 {one.sha256}"
    return _("{file}, sent as a download link").format(file=said) if one.linked else said


def resends(email: EmailFacts) -> list[str]:
    said = [_("Resend of e-mail no. {number}").format(number=email.resend_of)] if email.resend_of else []
    if ids := email.resends:
        text = ngettext("Resent: e-mail no. {numbers}", "Resent: e-mails no. {numbers}", len(ids))
        said.append(text.format(numbers=", ".join(map(str, ids))))
    return said


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of what happened; `words` is what the other side answered, word for word."""

    at: datetime
    text: str
    server: str
    words: str


def timeline(email: EmailFacts, zone: ZoneInfo) -> Iterator[Happened]:
    """The same answer of the same server several times in a row is told once, with how often and until when."""
    for (kind, reason, server, words, _id), same in groupby(email.events, key=_alike):
        first, *others = same
        text = events.line(
            Kind(kind),
            Reason(reason) if reason else None,
            by=first.by,
            note=words if kind in events.TOLD else "",
            more=len(others),
        )
        if others:
            text = _("{what}, the last on {when}").format(what=text, when=moment(others[-1].at, zone))
        yield Happened(first.at, text, server, "" if kind in events.TOLD else words)
    if email.more_events:
        more = ngettext("And {n} more event, not told here", "And {n} more events, not told here", email.more_events)
        yield Happened(email.events[-1].at, more.format(n=email.more_events), "", "")


def _alike(event: EventFacts) -> tuple[str, str, str, str, int]:
    return event.kind, event.reason, event.server, event.words, 0 if event.kind == Kind.DEFERRED else event.id


def last_answer(email: EmailFacts) -> tuple[str, str]:
    """The server that answered last, and what it said word for word."""
    said = [event for event in email.events if event.server and event.words]
    return (said[-1].server, said[-1].words) if said else ("", "")


def columns() -> list[str]:
    """The heads of the table with one line per e-mail."""
    return [
        _("No."),
        _("Type"),
        _("Recipient"),
        _("Address"),
        _("Role"),
        _("Subject"),
        _("Sender"),
        _("Requested on"),
        _("Requested by"),
        _("Sent on"),
        _("Status"),
        _("Status since"),
        _("What this status says"),
        _("Reason"),
        _("Beside the status"),
        _("Server that answered last"),
        _("Its answer, word for word"),
        _("Version sent (SHA-256)"),
        _("Attachments"),
        _("Resend of"),
        _("Resent as"),
        _("What happened"),
    ]


def cells(message: MessageFacts, email: EmailFacts, zone: ZoneInfo) -> list[str]:
    """One line of the table."""
    server, answer = last_answer(email)
    return [
        str(email.id),
        types.email_type(email.type),
        email.name,
        email.address,
        role(email),
        email.subject,
        message.sender,
        sortable(email.requested_at, zone),
        message.requested_by,
        sortable(email.sent_at, zone),
        status(email),
        sortable(email.since, zone),
        definition(email.stands),
        reason(email),
        notes(email),
        server,
        answer,
        email.sha256,
        "\n".join(map(attachment, message.attachments)),
        str(email.resend_of or ""),
        ", ".join(map(str, email.resends)),
        "\n".join(_told(timeline(email, zone), zone)),
    ]


def _told(lines: Iterable[Happened], zone: ZoneInfo) -> Iterator[str]:
    for line in lines:
        yield " | ".join(filter(None, (sortable(line.at, zone), line.text, line.server, line.words)))


def not_received_title() -> str:
    return _("E-mails of this record whose status is neither “Received” nor “Received and opened”")


def missing_title() -> str:
    return _("Participants of the session without any e-mail of a type that it uses")


def none() -> str:
    return _("None.")


def not_received(email: EmailFacts) -> list[str]:
    """One line of what has not arrived."""
    beside = _("; ").join(filter(None, (reason(email), notes(email), *resends(email))))
    return [str(email.id), types.email_type(email.type), email.name, email.address, status(email), beside]
