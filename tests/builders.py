"""People, sessions and e-mails for tests: valid by default, so that a test says only what matters to it."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.searchable import searchable
from bienrecu.domain.status import Status
from bienrecu.store import record
from bienrecu.store.content import dictionary_of, pack
from bienrecu.store.models import (
    Contact,
    Membership,
    Message,
    MessageContent,
    Organisation,
    Recipient,
    RecipientContent,
    Role,
    TrainingSession,
    User,
)

PASSWORD = "un mot de passe correct"
ASKED = datetime(2027, 1, 5, 8, 14, 2, tzinfo=UTC)
RAW = (
    b"From: Formation Exemple <envoi@exemple.fr>\r\nSubject: Votre convocation\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Bonjour</p>\r\n"
)

_numbers = count(1)

# One event that proves each status, besides that of the request.
_PROOFS: dict[Status, tuple[Kind, Reason | None] | None] = {
    Status.REQUESTED: None,
    Status.SENT: (Kind.HANDED_OVER, None),
    Status.RECEIVED: (Kind.DELIVERED, None),
    Status.OPENED: (Kind.CONFIRMED, None),
    Status.RECEPTION_IMPOSSIBLE: (Kind.REFUSED, Reason.MAILBOX_FULL),
    Status.SEND_ERROR: (Kind.REFUSED, Reason.ADDRESS_UNKNOWN),
}


def an_organisation(**fields: Any) -> Organisation:
    number = next(_numbers)
    return Organisation.objects.create(**{"slug": f"organisme-{number}", "name": f"Organisme {number}"} | fields)


def a_user(
    role: Role = Role.READER, organisation: Organisation | None = None, *, password: str | None = None, **fields: Any
) -> User:
    """Somebody with that role; without `password` they log in by `client.force_login` only."""
    defaults = {"email": f"personne-{next(_numbers)}@exemple.fr", "name": "Camille Morel"}
    user = User.objects.create_user(**defaults | fields, password=password)
    Membership.objects.create(user=user, organisation=organisation or an_organisation(), role=role)
    return user


def organisation_of(user: User) -> Organisation:
    """The only one that they are in, as it is now."""
    return user.organisations.get()


def a_session(organisation: Organisation | None = None, **fields: Any) -> TrainingSession:
    defaults = {"reference": f"session-{next(_numbers)}", "title": "Sécurité incendie"}
    return TrainingSession.objects.create(organisation=organisation or an_organisation(), **defaults | fields)


def a_contact(organisation: Organisation | None = None, **fields: Any) -> Contact:
    defaults = {"first_name": "Awa", "last_name": "Diallo", "email": f"awa-{next(_numbers)}@exemple.fr"}
    return Contact.objects.create(organisation=organisation or an_organisation(), **defaults | fields)


def a_message(session: TrainingSession | None = None, *, tail: bytes = b"", **fields: Any) -> Message:
    session = session or a_session()
    defaults = {
        "type": "convocation",
        "key": str(next(_numbers)),
        "subject": "Votre convocation",
        "author_address": "envoi@exemple.fr",
        "requested_at": ASKED,
    }
    message = Message.objects.create(organisation=session.organisation, session=session, **defaults | fields)
    MessageContent.objects.create(message=message, dictionary=dictionary_of(RAW), tail=tail)
    return message


def a_recipient(
    session: TrainingSession | None = None,
    status: Status = Status.RECEIVED,
    *,
    message: Message | None = None,
    events: list[tuple[Kind, Reason | None]] | None = None,
    raw: bytes = RAW,
    **fields: Any,
) -> Recipient:
    """One e-mail to one person. It comes to `status`, or through `events`, the way it does in life: by what is
    recorded, a second apart."""
    message = message or a_message(session)
    row = _asked(message, raw, fields)
    proof = _PROOFS[status]
    happened = events if events is not None else [proof] if proof else []
    record.add(
        [
            record.NewEvent(row.id, kind, row.requested_at + timedelta(seconds=number), f"test:{number}", reason)
            for number, (kind, reason) in enumerate(happened, 1)
        ]
    )
    row.refresh_from_db()
    return row


def _asked(message: Message, raw: bytes, fields: dict[str, Any]) -> Recipient:
    number = next(_numbers)
    defaults = {
        "type": message.type,
        "role": "participant",
        "name": "Awa Diallo",
        "address": f"awa-{number}@exemple.fr",
        "subject": message.subject,
        "token": f"{number:016d}".translate(_BASE32),
        "msg_id": f"{number}@exemple.fr",
        "requested_at": message.requested_at,
        "due_since": fields.get("requested_at", message.requested_at),
    }
    values = defaults | fields
    row = Recipient.objects.create(
        organisation=message.organisation,
        session=message.session,
        message=message,
        status=Status.REQUESTED,
        since=values["requested_at"],
        destination=values["address"].rpartition("@")[2],
        search=searchable(values["name"], values["address"], values["subject"]),
        **values,
    )
    dictionary = bytes(message.content.dictionary)
    RecipientContent.objects.create(recipient=row, head=pack(raw, dictionary))
    record.requested(message, [row.id], by_id=None)
    return row


# A token is of a-z2-7 only.
_BASE32 = str.maketrans("0189", "abcd")
