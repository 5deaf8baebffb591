"""Sending again. The row that is sent again stays as it is; a new one is linked to it.

What was sent is sent: it is taken back out of the bytes that went out, because what filled in the template may have
changed since (docs/decisions/0014-a-resend-is-what-was-sent.md)."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bienrecu.domain.address import Address, AddressError
from bienrecu.domain.audit import Action
from bienrecu.domain.event import Kind
from bienrecu.store import record
from bienrecu.store.audit import note
from bienrecu.store.models import Message, Organisation, Recipient, User
from bienrecu.store.queries import follow_up
from bienrecu.submission.by_link import links_of
from bienrecu.submission.letter import Letter, LetterLost, attachments_of, letter_of
from bienrecu.submission.post import post
from bienrecu.submission.request import Person, Problem, Refused, Request
from bienrecu.submission.resend_rules import Cause, Ruling, Verdict, address_now, may_resend, verdicts
from bienrecu.submission.suppressions import lift

__all__ = [
    "Cause",
    "Preface",
    "Ruling",
    "Verdict",
    "address_now",
    "already_sent",
    "correct_and_resend",
    "key_of",
    "may_resend",
    "resend",
    "verdicts",
]


@dataclass(frozen=True, slots=True)
class Preface:
    """What a reminder puts before an e-mail: before its subject, and at the top of its text (HTML)."""

    subject: str = ""
    html: str = ""

    def put_before(self, letter: Letter) -> Letter:
        return Letter(self.subject_of(letter.subject), letter.with_at_its_top(self.html).html)

    def subject_of(self, subject: str) -> str:
        return subject if subject.startswith(self.subject) else self.subject + subject


def resend(
    recipients: Iterable[Recipient],
    *,
    by: User | None,
    key: str,
    new_address: str = "",
    confirmed: bool = False,
    preface: Preface | None = None,
) -> list[Recipient]:
    """Sends `recipients`, of one organisation, again; the new rows, in their order. All or none.

    The same `key` sends once, however often and at once it is asked. Raises Refused: for what `may_resend` blocks,
    and unless `confirmed` for what it warns of."""
    with transaction.atomic():
        rows = follow_up.locked(recipients)
        if not rows:
            return []
        if earlier := already_sent(rows[0].organisation, key):
            return earlier
        _refuse(rows, new_address, confirmed)
        # Two people who send different e-mails of the same sessions again never wait for each other in a circle.
        by_message = groupby(sorted(rows, key=_by_session), key=lambda row: row.message)
        sent = [
            again
            for number, (message, same) in enumerate(by_message)
            for again in _send_again(message, list(same), new_address, preface or Preface(), by, _key(key, number))
        ]
        _record(rows, sent, by, is_reminder=preface is not None)
    return sorted(sent, key=lambda row: row.resend_of_id or 0)


def correct_and_resend(
    recipient: Recipient, new_address: str, *, by: User | None, key: str, reactivate: bool = False
) -> Recipient:
    """Puts the right address into the person's record and sends to it. Raises Refused.

    `reactivate`: whoever asks has checked an address that failed before, and wants it written to again."""
    address = _parsed(new_address)
    key = f"{key}:{address.lower()}"
    with transaction.atomic():
        [row] = follow_up.locked([recipient])
        if earlier := already_sent(row.organisation, key):
            return earlier[0]
        if address.lower() in (row.address.lower(), address_now(row).lower()):
            raise _refusal(
                "address_unchanged", _("This is the address that is already there: write the right one."), address
            )
        if reactivate:
            _reactivate_if_older(row, address, by)
        _correct(row, address, by)
        return resend([row], by=by, key=key, new_address=address, confirmed=True)[0]


def key_of(recipients: Mapping[int, int]) -> str:
    """A key for sending `recipients` again, from their ids and how often each was sent again before: who asks twice
    from the same page gets the same."""
    told = ",".join(f"{id}.{times}" for id, times in sorted(recipients.items()))
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def _by_session(row: Recipient) -> tuple[int, int, int]:
    return row.session_id or 0, row.message_id, row.id


def already_sent(organisation: Organisation, key: str) -> list[Recipient]:
    """What `resend` sent with `key`."""
    return follow_up.sent_with(organisation, _key(key, 0))


def _key(key: str, number: int) -> str:
    """Of the messages that one resend makes, one for each that it sends again."""
    first = f"resend:{hashlib.sha256(key.encode()).hexdigest()[:32]}"
    return f"{first}:{number}" if number else first


def _refuse(rows: Sequence[Recipient], new_address: str, confirmed: bool) -> None:
    found = verdicts(rows, to=new_address)
    problems = [
        Problem(verdict.cause, verdict.sentence, new_address or address_now(row))
        for row in rows
        if (verdict := found[row.id]).is_blocked or not (verdict.is_allowed or confirmed)
    ]
    if problems:
        raise Refused(problems)


def _send_again(
    message: Message, rows: Sequence[Recipient], new_address: str, preface: Preface, by: User | None, key: str
) -> list[Recipient]:
    try:
        letters = [preface.put_before(letter_of(row)) for row in rows]
        attachments, links = attachments_of(message), links_of(message)
        if links is None:
            raise LetterLost
    except LetterLost:
        text = _("Its content is not kept any more: write a new e-mail.")
        raise _refusal(Cause.CONTENT, text, rows[0].address) from None
    request = Request(
        organisation=message.organisation,
        type=message.type,
        key=key,
        # What was sent goes in as it is: nothing in it is taken for a variable.
        subject="{{ letter_subject }}",
        html="{{ letter_html|safe }}",
        recipients=[
            _person(row, new_address or address_now(row), letter) for row, letter in zip(rows, letters, strict=True)
        ],
        session=message.session,
        attachments=attachments,
        links=links,
        requested_by=by,
        reply_address=message.reply_address,
        language=message.language,
    )
    again = post(request)
    again.subject = preface.subject_of(message.subject)
    again.save(update_fields=["subject"])
    return list(again.recipients.order_by("id"))


def _person(row: Recipient, address: str, letter: Letter) -> Person:
    variables = {"letter_subject": letter.subject, "letter_html": letter.html}
    if row.contact is None:
        return Person(address, row.name, role=row.role, resend_of=row, variables=variables)
    contact = row.contact
    return Person(
        address,
        contact.first_name,
        contact.last_name,
        role=row.role,
        contact=contact,
        resend_of=row,
        variables=variables,
    )


def _record(rows: Sequence[Recipient], sent: Sequence[Recipient], by: User | None, *, is_reminder: bool) -> None:
    """The old rows say that they were sent again, and where to."""
    now = timezone.now()
    record.add(
        [
            record.NewEvent(
                again.resend_of_id or 0,
                Kind.RESENT,
                now,
                f"resent:{again.id}",
                words=again.address,
                by_id=by and by.pk,
            )
            for again in sent
        ]
    )
    action = Action.EMAIL_REMINDED if is_reminder else Action.EMAIL_RESENT
    first = sent[0]
    target = first.address if len(sent) == 1 else first.subject
    note(first.organisation, by, action, target, subject=first.subject, recipients=len(sent))


def _parsed(address: str) -> str:
    try:
        return str(Address.parse(address.strip()))
    except AddressError:
        raise _refusal("address_invalid", _("This address is not of the form name@domain."), address) from None


def _correct(row: Recipient, address: str, by: User | None) -> None:
    if row.contact is None:
        return
    before, row.contact.email = row.contact.email, address
    row.contact.save(update_fields=["email"])
    note(row.organisation, by, Action.CONTACT_CHANGED, row.contact, before=before, after=address)


def _reactivate_if_older(row: Recipient, address: str, by: User | None) -> None:
    """What the address did before this e-mail may be over; what it did since is no old story."""
    held = follow_up.held_back(row.organisation, address)
    if held is None:
        return
    if (held.event.at if held.event else held.created_at) >= row.requested_at:
        text = _("This address failed after this e-mail was sent. Use another one, or hand it over another way.")
        raise _refusal(Cause.SUPPRESSED, text, address)
    lift(held, by)


def _refusal(code: str, sentence: str, address: str) -> Refused:
    return Refused([Problem(code, sentence, address)])
