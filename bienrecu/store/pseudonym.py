"""Taking a person out of what was sent to them, and leaving the evidence: docs/decisions/0015.

Type, status, dates, reasons, the servers' names and the fingerprint of the bytes stay. The name and the address become
a pseudonym, the same in all e-mails of one person in one organisation; only our secret leads back to the address."""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Sequence
from pathlib import PurePath

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from bienrecu.domain.searchable import searchable
from bienrecu.store import record
from bienrecu.store.content import dictionary_of, pack, unpack
from bienrecu.store.models import (
    Attempt,
    LinkedFile,
    Message,
    MessageContent,
    Organisation,
    Recipient,
    RecipientContent,
    Report,
)

ERASED_DOMAIN = "erased.invalid"

_FIELDS = ["name", "address", "subject", "search", "destination", "contact"]


def code_of(organisation: Organisation, address: str) -> str:
    """40 bits: nobody guesses an address from it, and no two people of an organisation share one."""
    said = f"person\0{organisation.pk}\0{address.lower()}".encode()
    digest = hmac.digest(settings.SECRET_KEY.encode(), said, hashlib.sha256)
    return b32encode(digest)[:8].decode().lower()


def name_of(organisation: Organisation, code: str) -> str:
    """What stands in place of an erased person's name, in the language of the organisation."""
    with translation.override(organisation.language):
        return _("Erased person %s") % code


def address_of(code: str) -> str:
    """What stands in place of their address: in a domain that nobody can write to."""
    return f"{code}@{ERASED_DOMAIN}"


def strip(organisation: Organisation, recipients: Sequence[Recipient], *, keep_contact: bool = False) -> None:
    """Rows, contents, conversations and reports of `recipients`, with their messages. To be called in a transaction."""
    _forget_contents(recipients)
    ids = [row.pk for row in recipients]
    Attempt.objects.filter(recipient__in=ids).update(reply="", transcript="")
    Report.objects.filter(recipient__in=ids).update(raw=b"", sender="")
    record.leave_bare(recipients)
    for row in recipients:
        code = code_of(organisation, row.address)
        row.name, row.address, row.destination = name_of(organisation, code), address_of(code), ERASED_DOMAIN
        # As it was written, with its variables: filled in, it may name the person.
        row.subject = row.message.subject
        row.search = searchable(row.name, row.address, row.subject)
        row.contact = row.contact if keep_contact else None
    Recipient.objects.bulk_update(recipients, _FIELDS, batch_size=100)


def _forget_contents(recipients: Sequence[Recipient]) -> None:
    for message in {row.message_id: row.message for row in recipients}.values():
        gone = [row.pk for row in recipients if row.message_id == message.pk]
        shared = MessageContent.objects.select_for_update().filter(message=message).first()
        if shared is None:
            continue
        RecipientContent.objects.filter(recipient__in=gone).update(head=b"", signatures=b"")
        _without_theirs(message, shared)


def _without_theirs(message: Message, shared: MessageContent) -> None:
    """Packs what others keep against a text of their own: the dictionary is what one recipient was sent, perhaps
    just the one who goes."""
    others = RecipientContent.objects.filter(recipient__message=message).exclude(head=b"").order_by("recipient")
    first = others.first()
    if first is None:
        shared.delete()
        for file in message.attachments.all():
            file.name = f"…{PurePath(file.name).suffix}"
            file.save(update_fields=["name"])
        LinkedFile.objects.filter(attachment__message=message).delete()
        return
    before, after = bytes(shared.dictionary), dictionary_of(unpack(bytes(first.head), bytes(shared.dictionary)))
    if before == after:
        return
    batch = []
    for content in others.iterator(200):
        content.head = pack(unpack(bytes(content.head), before), after)
        batch.append(content)
    RecipientContent.objects.bulk_update(batch, ["head"], batch_size=100)
    shared.dictionary = after
    shared.save(update_fields=["dictionary"])
