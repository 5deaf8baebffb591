"""Posting a message, and cancelling one that has not left."""

import hashlib
import os
from base64 import b32encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.rehearsal import is_rehearsed
from bienrecu.domain.relay_account import destination_of
from bienrecu.domain.searchable import searchable
from bienrecu.domain.status import Status
from bienrecu.store import queue, record, sql, warm_up
from bienrecu.store.content import dictionary_of, pack
from bienrecu.store.models import (
    Attachment,
    Message,
    MessageContent,
    Recipient,
    SendingDomain,
    Suppression,
    User,
)
from bienrecu.submission import by_link
from bienrecu.submission.check import problems_of
from bienrecu.submission.check_texts import text_problems
from bienrecu.submission.compose import Copy, compose_all, shared_tail
from bienrecu.submission.request import Problem, Refused, Request
from bienrecu.submission.sender import author_of, own_account, reply_to


def post(request: Request) -> Message:
    """Checks, composes and stores `request`; it is durable when this returns.

    Raises Refused with every problem found; then nothing was stored. A request whose key was used before gives the
    message it made then, and is refused when it asks for something else."""
    if unfit := text_problems(request):
        raise Refused(unfit)
    fingerprint = _fingerprint(request)
    if earlier := Message.objects.filter(organisation=request.organisation, key=request.key).first():
        return _same(earlier, fingerprint)
    now = timezone.now()
    boundary = new_token()
    copies = _checked_copies(request, boundary, now)
    tail = shared_tail(request, boundary)
    try:
        with transaction.atomic():
            return _store(request, copies, tail, fingerprint, now)
    except IntegrityError:
        # The same request came twice at the same moment, and the other one was first.
        return _same(Message.objects.get(organisation=request.organisation, key=request.key), fingerprint)


def _checked_copies(request: Request, boundary: str, now: datetime) -> list[Copy]:
    """Raises Refused with the problems of the message, or else with those of all recipients at once."""
    problems = problems_of(request)
    if any(not problem.recipient for problem in problems):
        raise Refused(problems)
    wrong = {problem.recipient for problem in problems}
    fine = replace(request, recipients=[person for person in request.recipients if person.address not in wrong])
    copies, missing = compose_all(fine, boundary, iter(new_token, None), request.scheduled_at or now)
    if problems or missing:
        raise Refused([*problems, *missing])
    return copies


def check(request: Request) -> Sequence[Problem]:
    """Every problem that `post` would refuse it for; nothing is stored."""
    if unfit := text_problems(request):
        return unfit
    try:
        _checked_copies(request, new_token(), timezone.now())
    except Refused as refused:
        return refused.problems
    return ()


def cancel(message: Message, *, by: User | None) -> bool:
    """Takes back a message of which nothing has left. False when it is too late."""
    with transaction.atomic():
        rows = list(message.recipients.select_for_update().order_by("id"))
        if message.cancelled_at or any(map(has_begun, rows)):
            return False
        record.forget(rows)
        message.cancelled_at, message.cancelled_by = timezone.now(), by
        message.save(update_fields=["cancelled_at", "cancelled_by"])
    return True


def has_begun(row: Recipient) -> bool:
    """Whether anything was tried. Who was held back as a precaution has nothing left to do, but nothing has left."""
    held_back = row.status == Status.SEND_ERROR and row.reason == Reason.ADDRESS_SUPPRESSED
    return bool(row.claimed_by or row.failed_attempts or (row.due_at is None and not held_back))


def new_token() -> str:
    """80 random bits, as `domain/signed_token.py` has them."""
    return b32encode(os.urandom(10)).decode().lower()


def _same(earlier: Message, fingerprint: str) -> Message:
    if earlier.fingerprint != fingerprint:
        text = _("Another e-mail was already sent with this key: a key stands for one request.")
        raise Refused([Problem("key_reused", text)])
    return earlier


def _fingerprint(request: Request) -> str:
    parts = [request.type, request.subject, request.html, str(request.session and request.session.pk)]
    parts += [str(request.scheduled_at or "")]
    parts += [word for word in (request.reply_address, request.language) if word]
    parts += [f"{p.address}\0{p.name}\0{sorted(p.variables.items())}" for p in request.recipients]
    parts += [f"{one.name}\0{hashlib.sha256(one.content).hexdigest()}\0linked" for one in request.links]
    parts += [f"{a.filename}\0{hashlib.sha256(a.content).hexdigest()}" for a in request.attachments]
    return hashlib.sha256("\1".join(parts).encode()).hexdigest()


def _store(request: Request, copies: list[Copy], tail: bytes, fingerprint: str, now: datetime) -> Message:
    message = _store_message(request, copies, tail, fingerprint, now)
    holder = holder_of(request)
    suppressed = _suppressed(request, copies)
    ids = _store_recipients(message, _rows(message, request, copies, suppressed, holder))
    dictionary = dictionary_of(copies[0].head)
    contents = ((id, pack(copy.head, dictionary), b"", "") for id, copy in zip(ids, copies, strict=True))
    sql.pour("store_recipientcontent", ("recipient_id", "head", "signatures", "sha256"), contents)
    record.requested(message, ids, by_id=request.requested_by and request.requested_by.pk)
    _hold_back([id for id, copy in zip(ids, copies, strict=True) if copy.address_key in suppressed], now)
    if holder is not None:
        warm_up.place(message, now)
    queue.notify()
    return message


def _store_recipients(message: Message, rows: Iterable[Mapping[str, Any]]) -> list[int]:
    """The numbers they get, in their order: the ORM would take as long as all the rest of `post`."""
    fields = [field for field in Recipient._meta.concrete_fields if field.name != "id" and not field.has_db_default()]
    defaults = {field.column: field.get_default() for field in fields}
    sql.pour("store_recipient", list(defaults), ((defaults | row).values() for row in rows))
    ids = [id for (id,) in sql.fetch("SELECT id FROM store_recipient WHERE message_id=%s ORDER BY id", message.pk)]
    sql.has_grown("store_recipient", len(ids))
    return ids


def _store_message(request: Request, copies: list[Copy], tail: bytes, fingerprint: str, now: datetime) -> Message:
    author = author_of(request.organisation, request.about)
    reply = reply_to(request.organisation, request.reply_address, request.about)
    message = Message.objects.create(
        organisation=request.organisation,
        session=request.session,
        type=request.type,
        key=request.key,
        fingerprint=fingerprint,
        author_name=author.name,
        author_address=str(author.address),
        reply_address=str(reply.address) if reply else "",
        subject=request.subject,
        requested_by=request.requested_by,
        requested_at=now,
        scheduled_at=request.scheduled_at,
        recipient_count=len(copies),
        confidential=request.confidential,
        language=request.language,
    )
    MessageContent.objects.create(message=message, dictionary=dictionary_of(copies[0].head), tail=tail)
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            name=attachment.filename,
            content_type=attachment.content_type,
            size=len(attachment.content),
            sha256=hashlib.sha256(attachment.content).hexdigest(),
        )
        for attachment in request.attachments
    )
    by_link.store(message, request.links, by_link.expiry(request.scheduled_at or now))
    return message


def _ways(request: Request) -> Callable[[Copy], str]:
    """Where each copy is to go next: to the recipient's domain, or through the organisation's own account. What is
    rehearsed goes nowhere else."""
    account = own_account(request.organisation, request.about)

    def way(copy: Copy) -> str:
        domain = copy.address.domain
        return domain if account is None or is_rehearsed(domain) else destination_of(account.pk)

    return way


def _suppressed(request: Request, copies: Sequence[Copy]) -> set[str]:
    live = Suppression.objects.filter(organisation=request.organisation, lifted_at=None)
    return set(live.filter(address__in={copy.address_key for copy in copies}).values_list("address", flat=True))


def holder_of(request: Request) -> SendingDomain | None:
    """The new domain that lets so many e-mails go a day. Mails about an account, and those to oneself, never wait; nor
    what leaves through the organisation's own mail account, as it has done before."""
    by, organisation = request.requested_by, request.organisation
    to_oneself = by is not None and [person.address for person in request.recipients] == [by.email]
    if request.confidential or to_oneself or own_account(organisation):
        return None
    return warm_up.holder(organisation.sending_domains.all(), str(author_of(organisation, request.about).address))


def _rows(
    message: Message, request: Request, copies: Sequence[Copy], suppressed: set[str], holder: SendingDomain | None
) -> Iterator[Mapping[str, Any]]:
    due_since = request.scheduled_at or message.requested_at
    shared = {
        "organisation_id": message.organisation_id,
        "session_id": message.session_id,
        "message_id": message.pk,
        "type": message.type,
        "attachment_count": len(request.attachments) + len(request.links),
        "status": int(Status.REQUESTED),
        "since": message.requested_at,
        "requested_at": message.requested_at,
        "due_since": due_since,
    }
    way = _ways(request)
    for copy in copies:
        due = copy.address_key not in suppressed
        held = due and holder is not None and not is_rehearsed(copy.address.domain)
        yield (
            shared
            | _own(copy)
            | {
                "destination": way(copy),
                "due_at": due_since if due else None,
                "warm_up_id": holder.pk if held and holder else None,
            }
        )


def _own(copy: Copy) -> dict[str, Any]:
    person, address = copy.person, str(copy.address)
    return {
        "contact_id": person.contact and person.contact.pk,
        "resend_of_id": person.resend_of and person.resend_of.pk,
        "role": person.role,
        "name": person.name,
        "address": address,
        "subject": copy.subject,
        "search": searchable(person.name, address, copy.subject),
        "token": copy.token,
        "msg_id": copy.msg_id,
        "tracked": copy.tracked,
    }


def _hold_back(ids: Sequence[int], now: datetime) -> None:
    """Addresses that failed or complained before are not tried: the row says so at once."""
    record.add([record.NewEvent(id, Kind.SUPPRESSED, now, "suppressed", Reason.ADDRESS_SUPPRESSED) for id in ids])
