"""A record as PDF: what it is of and how all stands, what is missing, then each message with its e-mails."""

from collections.abc import Iterator
from typing import IO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from bienrecu.domain.status import Status
from bienrecu.proof import carried, words
from bienrecu.proof.facts import EmailFacts, Header, MessageFacts
from bienrecu.proof.gather import Step
from bienrecu.proof.paper import LEFT, RIGHT, SOFT, Cell, Colour, Look, Paper
from bienrecu.proof.spool import Spool, all_lines
from bienrecu.wording import statuses, types

_TITLE, _HEADING, _STRONG = Look(20, bold=True), Look(12.5, bold=True), Look(8.5, bold=True)
_TEXT, _SMALL, _SOFT = Look(8.5), Look(7.5), Look(7.5, colour=SOFT)

# Beside its word, never instead of it.
_COLOURS: dict[Status, Colour] = {
    Status.REQUESTED: (117, 88, 0),
    Status.SENT: (36, 80, 181),
    Status.RECEIVED: (11, 107, 67),
    Status.OPENED: (6, 78, 59),
    Status.RECEPTION_IMPOSSIBLE: (163, 38, 27),
    Status.SEND_ERROR: (123, 45, 107),
}


def write(file: IO[bytes], header: Header, emails: Spool, missing: Spool, seal: bytes, step: Step) -> None:
    head = f"{words.title()} · {header.session.title} · {header.organisation} · {words.number(header.export)}"
    paper = Paper(head, words.limits(), header.language)
    _cover(paper, header)
    _not_received(paper, header, emails)
    _missing(paper, header, missing)
    _emails(paper, header, emails, step)
    paper.finish()
    _describe(paper, header)
    data = carried.packed(all_lines(header, emails, missing))
    paper.pdf.embed_file(
        bytes=data,
        basename=f"record-{header.export}.jsonl.gz",
        mime_type="application/gzip",
        desc="The same facts, for a program (bienrecu verify)",
    )
    file.write(paper.pdf.output())
    file.write(b"%" + seal)


def _describe(paper: Paper, header: Header) -> None:
    # Nothing that people wrote: these stand in the file as they are, where the carried facts are looked for.
    paper.pdf.set_title(f"{words.title()} {header.export}")
    paper.pdf.set_creator("Bien Reçu")
    paper.pdf.set_creation_date(header.made_at)


def _cover(paper: Paper, header: Header) -> None:
    paper.write(words.title(), _TITLE)
    paper.space(1)
    paper.space(3)
    for label, value in words.about(header):
        paper.row([(label, Look(8.5, colour=SOFT), LEFT, 42), (value, _TEXT, LEFT + 44, RIGHT - LEFT - 44)])
        paper.space(0.8)
    paper.space(4)
    _heading(paper, _("How the e-mails stand"))
    for status, (label, count, said) in zip(statuses.IN_ORDER, words.summary(header), strict=True):
        strong = Look(8.5, bold=True, colour=_COLOURS[status])
        paper.row([(str(count), _STRONG, LEFT, 14), (label, strong, LEFT + 16, 38), (said, _SMALL, LEFT + 56, 124)])
        paper.space(1.5)
    paper.space(4)
    _heading(paper, _("How to read this record"))
    for said in _guide():
        paper.write(said, _TEXT)
        paper.space(1.2)


def _guide() -> list[str]:
    return [
        words.limits(),
        _(
            "Each e-mail has a version: the SHA-256 of the exact bytes that went out, attachments included. One "
            "changed character gives another version. The e-mails that Bien Reçu keeps (.eml) have the same one."
        ),
        _("Times bear their distance from universal time. Servers' answers are quoted word for word."),
        _(
            "This file is sealed. Whoever runs the Bien Reçu that made it can tell, with the command “bienrecu "
            "verify”, whether it has changed since, and whether what it tells is still what is on record."
        ),
    ]


def _heading(paper: Paper, text: str) -> None:
    paper.need(_HEADING.leading + 14)
    paper.write(text, _HEADING)
    paper.space(1)
    paper.rule()
    paper.space(2)


def _not_received(paper: Paper, header: Header, emails: Spool) -> None:
    paper.space(5)
    _heading(paper, _("What is missing"))
    paper.write(words.not_received_title(), _STRONG)
    paper.space(1)
    for _message, email in emails.messages():
        if not email.has_arrived:
            id, type, name, address, status, beside = words.not_received(email)
            who = f"{name}\n{address}" if name else address
            stands = Look(7.5, bold=True, colour=_COLOURS[email.stands])
            paper.row(
                [
                    (id, _SOFT, LEFT, 15),
                    (type, _SMALL, LEFT + 16, 32),
                    (who, _SMALL, LEFT + 50, 68),
                    (status, stands, LEFT + 120, 27),
                    (beside, _SMALL, LEFT + 149, 31),
                ]
            )
            paper.space(1)
    if not header.not_received:
        paper.write(words.none(), _TEXT)


def _missing(paper: Paper, header: Header, missing: Spool) -> None:
    paper.space(3)
    paper.need(14)
    paper.write(words.missing_title(), _STRONG)
    paper.space(1)
    for one in missing.missing():
        type = types.email_type(one.type)
        paper.row([(type, _SMALL, LEFT, 48), (one.name, _SMALL, LEFT + 50, 58), (one.address, _SMALL, LEFT + 110, 70)])
        paper.space(0.6)
    if not header.missing:
        paper.write(words.none(), _TEXT)


def _emails(paper: Paper, header: Header, emails: Spool, step: Step) -> None:
    paper.space(5)
    _heading(paper, _("The e-mails"))
    if not header.emails:
        paper.write(words.none(), _TEXT)
    current, zone = None, words.zone_of(header)
    for message, email in emails.messages():
        if message.id != current:
            _message(paper, message, zone)
            current = message.id
        paper.block(_email(message, email, zone))
        step(1)


def _message(paper: Paper, message: MessageFacts, zone: ZoneInfo) -> None:
    paper.need(60)  # with its first e-mail
    paper.space(2)
    paper.write(f"{types.email_type(message.type)} · {message.subject}", Look(10.5, bold=True))
    paper.space(0.5)
    by = _("Requested on {when} by {name}") if message.requested_by else _("Requested on {when}")
    paper.write(by.format(when=words.moment(message.requested_at, zone), name=message.requested_by), _SMALL)
    paper.write(_("Sender: {address}").format(address=message.sender), _SMALL)
    if message.reply_to:
        paper.write(_("Replies to: {address}").format(address=message.reply_to), _SMALL)
    for one in message.attachments:
        paper.write(_("Attachment: {file}").format(file=words.attachment(one)), _SMALL)
    paper.space(2)


def _email(message: MessageFacts, email: EmailFacts, zone: ZoneInfo) -> Iterator[list[Cell]]:
    """One e-mail, as rows that stay together."""
    stands = Look(8.5, bold=True, colour=_COLOURS[email.stands])
    yield [(email.name or email.address, _STRONG, LEFT, 124), (words.status(email), stands, LEFT + 126, 54)]
    since = _("since {when}").format(when=words.moment(email.since, zone))
    beside = _("; ").join(filter(None, (words.reason(email), words.notes(email))))
    yield [(_identity(message, email), _SMALL, LEFT, 124), (f"{since}\n{beside}".strip(), _SMALL, LEFT + 126, 54)]
    for happened in words.timeline(email, zone):
        text = " · ".join(filter(None, (happened.text, happened.server)))
        yield [(words.moment(happened.at, zone), _SOFT, LEFT + 3, 42), (text, _SMALL, LEFT + 46, 134)]
        if happened.words:
            yield [(_("“{words}”").format(words=happened.words), _SOFT, LEFT + 46, 134)]
    yield [(_("Version (SHA-256): {version}").format(version=words.version(email)), _SOFT, LEFT + 3, 177)]


def _identity(message: MessageFacts, email: EmailFacts) -> str:
    own = "" if email.subject == message.subject else _("Subject: {subject}").format(subject=email.subject)
    parts = (email.address, words.number(email.id), words.role(email), own, *words.resends(email))
    return " · ".join(filter(None, parts))
