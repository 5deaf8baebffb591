"""Other addresses for a session or for a type of e-mails."""

from django.db import transaction

from bienrecu.domain.address import Address
from bienrecu.domain.audit import Action
from bienrecu.store.audit import note
from bienrecu.store.models import Organisation, SenderException, User
from bienrecu.submission import sender_proof
from bienrecu.submission.request import About
from bienrecu.submission.sender import is_ready


def keep(organisation: Organisation, about: About, sender: str, replies: str, by: User) -> SenderException:
    """One for each session and type: a new one replaces what there was. An address that nobody has proven yet gets a
    link; until it was opened, the organisation's is used. Raises Refused."""
    with transaction.atomic():
        kept, _made = SenderException.objects.update_or_create(
            organisation=organisation,
            session=about.session,
            type=about.type,
            defaults={"sender_address": sender, "reply_address": replies},
        )
        if sender and not is_ready(organisation, sender):
            sender_proof.ask(organisation, Address.parse(sender), by, for_all=False)
        note(organisation, by, Action.SENDER_EXCEPTION_SET, str(kept))
    return kept


def remove(kept: SenderException, by: User) -> None:
    with transaction.atomic():
        note(kept.organisation, by, Action.SENDER_EXCEPTION_REMOVED, str(kept))
        kept.delete()
