"""An address becomes the sending address once somebody has opened a link that was sent to it."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bienrecu.domain.address import Address
from bienrecu.domain.audit import Action
from bienrecu.store.audit import note
from bienrecu.store.models import Organisation, SenderProof, User
from bienrecu.submission.links import sender_proof_url
from bienrecu.submission.notice import notify

GOOD_FOR = timedelta(days=7)


def ask(organisation: Organisation, address: Address, by: User, *, for_all: bool = True) -> SenderProof:
    """Sends the link. One address waits at a time to become that of the whole organisation. Raises Refused."""
    with transaction.atomic():
        waiting_ones = organisation.sender_proofs.filter(proven_at=None, for_all=for_all)
        (waiting_ones if for_all else waiting_ones.filter(address=str(address))).delete()
        token = secrets.token_urlsafe(24)
        proof = SenderProof.objects.create(
            organisation=organisation, address=str(address), token=token, by=by, for_all=for_all
        )
        with translation.override(organisation.language):
            notify(
                organisation,
                proof.address,
                subject=_("Confirm this sending address"),
                text=_text(proof),
                key=f"sender-proof:{proof.pk}",
                by=by,
            )
    return proof


def _text(proof: SenderProof) -> str:
    return _(
        "Hello,\n\n%(who)s wants the e-mails of %(organisation)s to leave from this address, %(address)s.\n\nTo agree, "
        "open this link within seven days:\n\n%(link)s\n\nIf you do not expect this, there is nothing to do."
    ) % {
        "who": proof.by,
        "organisation": proof.organisation.name,
        "address": proof.address,
        "link": sender_proof_url(proof.token),
    }


def waiting(organisation: Organisation, now: datetime) -> SenderProof | None:
    return organisation.sender_proofs.filter(for_all=True, proven_at=None, created_at__gt=now - GOOD_FOR).first()


def find(token: str) -> SenderProof | None:
    """The proof, while it can be given."""
    open_ones = SenderProof.objects.select_related("organisation", "by").filter(proven_at=None)
    return open_ones.filter(token=token, created_at__gt=timezone.now() - GOOD_FOR).first()


def give(proof: SenderProof) -> bool:
    """From now on it is used. False when it was given or replaced meanwhile."""
    with transaction.atomic():
        if not SenderProof.objects.filter(pk=proof.pk, proven_at=None).update(proven_at=timezone.now()):
            return False
        if proof.for_all:
            Organisation.objects.filter(pk=proof.organisation_id).update(sender_address=proof.address)
        note(proof.organisation, proof.by, Action.SENDER_PROVEN, proof.address)
    return True
