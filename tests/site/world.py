"""One organisation with one of everything, and the people who may or may not touch it."""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.signed_token import Purpose, sign
from bienrecu.domain.status import Status
from bienrecu.store import api_keys, help_answers
from bienrecu.store.models import (
    DraftAttachment,
    Export,
    Invitation,
    Organisation,
    Role,
    SenderException,
    SenderProof,
    SendingDomain,
    Suppression,
    TextModel,
    User,
)
from bienrecu.submission import by_link
from bienrecu.submission.domains import setup
from bienrecu.submission.people import imports
from bienrecu.submission.request import FileByLink
from bienrecu.submission.texts import product_text
from bienrecu.submission.writing import drafts
from tests.builders import PASSWORD, a_contact, a_message, a_recipient, a_session, a_user, an_organisation
from tests.permissions import Who
from tests.site.returns import a_return

_OF_SCHEDULED = {"reschedule", "cancel_scheduled"}
_PEOPLE = b"email;nom\nawa.diallo@exemple.fr;Diallo\n"


@dataclass(slots=True)
class World:
    """`ids` are by the beginning of the address, the most particular first."""

    organisation: Organisation
    people: dict[Who, User | None]
    session_id: int
    contact_id: int
    message_id: int
    scheduled_id: int
    file_id: int
    ids: dict[str, int]
    answers: dict[Who, int]
    tokens: dict[str, str] = field(default_factory=dict)

    def arguments(self, who: Who, name: str, route: str) -> dict[str, Any]:
        """What stands in the address of `route`, as far as it asks for anything."""
        known: dict[str, Any] = {
            "slug": self.organisation.slug,
            "session_id": self.session_id,
            "contact_id": self.contact_id,
            "message_id": self.scheduled_id if name in _OF_SCHEDULED else self.message_id,
            "file_id": self.file_id,
            "topic": "received",
            "token": self.tokens.get(name, ""),
            "signed": self.tokens.get(name, ""),
            "id": self._id(who, name, route),
            "uidb36": "1",
            "key": "no-key",
            "pk": self._passkey(who),
        }
        return {one: value for one, value in known.items() if f":{one}>" in route or f"<{one}>" in route}

    def _passkey(self, who: Who) -> int:
        found = Authenticator.objects.filter(user=self.people[who], type=Authenticator.Type.WEBAUTHN).first()
        return found.pk if found else 0

    def _id(self, who: Who, name: str, route: str) -> int:
        if name == "help_answered":
            return self.answers.get(who, self.answers[Who.READER])
        return next((id for begin, id in self.ids.items() if route.startswith(f"o/<slug:slug>/{begin}")), 0)


def a_world() -> World:
    organisation = an_organisation(help_contact="mailto:aide@exemple.fr", reply_address="secretariat@exemple.fr")
    people: dict[Who, User | None] = {
        Who.READER: _somebody(Role.READER, organisation),
        Who.SENDER: _somebody(Role.SENDER, organisation),
        Who.ADMINISTRATOR: _somebody(Role.ADMINISTRATOR, organisation),
        Who.STRANGER: _somebody(Role.ADMINISTRATOR, an_organisation()),
        Who.ANONYMOUS: None,
    }
    by = people[Who.ADMINISTRATOR]
    assert by is not None
    session, contact = a_session(organisation), a_contact(organisation)
    session.participants.add(contact)
    row = a_recipient(session, contact=contact, events=[(Kind.REFUSED, Reason.MAILBOX_FULL)])
    by_link.store(row.message, [FileByLink("a.pdf", "application/pdf", 1, b"x")], timezone.now() + timedelta(days=1))
    later = timezone.now() + timedelta(days=1)
    scheduled = a_message(session, scheduled_at=later)
    a_recipient(message=scheduled, status=Status.REQUESTED, due_at=later, due_since=later)
    draft = drafts.start(session, product_text("free_message", "fr"), by)
    file = DraftAttachment.objects.create(draft=draft, name="a.txt", content_type="text/plain", size=1, content=b"x")
    ids = {
        "contacts/": contact.pk,
        "imports/": imports.start(organisation, session, "personnes.csv", _PEOPLE, by=by).pk,
        "retours/": a_return(organisation).pk,
        "adresses-mises-de-cote/": _a_suppression(organisation).pk,
        "releves/": _an_export(session, by).pk,
        "emails/brouillons/": draft.pk,
        "emails/": row.pk,
        "envois/": row.message_id,
        "reglages/modeles/": TextModel.objects.create(organisation=organisation, type="convocation", name="À nous").pk,
        "reglages/expediteur/exceptions/": SenderException.objects.create(
            organisation=organisation, type="convocation", reply_address="accueil@exemple.fr"
        ).pk,
        "reglages/expediteur/domaines/": _a_domain(organisation, by).pk,
        "reglages/utilisateurs/": organisation.memberships.get(user=people[Who.READER]).pk,
        "reglages/cles/": api_keys.make(organisation, "Extranet", by=by, now=timezone.now())[0].pk,
        "reglages/invitations/": (invitation := _an_invitation(organisation, by)).pk,
    }
    proof = SenderProof.objects.create(organisation=organisation, address="envoi@exemple.fr", token="t" * 32, by=by)
    tokens = {"invitation": invitation.token, "sender_proof": proof.token}
    spared = a_recipient(message=a_message(session, type="evaluation"))
    tokens["unsubscribe"] = _signed("unsubscribe", spared.token)
    tokens |= {purpose: _signed(purpose, row.token) for purpose in ("confirm", "consent", "image", "download")}
    answers = {
        who: help_answers.answer(organisation, user, "received", helped=True).pk
        for who, user in people.items()
        if user is not None and who is not Who.STRANGER
    }
    numbers = (session.pk, contact.pk, row.message_id, scheduled.pk, file.pk)
    return World(organisation, people, *numbers, ids, answers, tokens)


def _somebody(role: Role, organisation: Organisation) -> User:
    """With a password, a second step, recovery codes and a passkey."""
    user = a_user(role, organisation, password=PASSWORD)
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    passkey = {"name": "Clé", "credential": _a_credential()}
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=passkey)
    return user


def _a_credential() -> dict[str, Any]:
    """As a browser registers one (WebAuthn §5.1)."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    name = uuid.uuid4().bytes
    proved = AttestedCredentialData.create(Aaguid.NONE, name, key)
    data = AuthenticatorData.create(bytes(32), AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT, 0, proved)
    client = CollectedClientData.create("webauthn.create", b"challenge", "https://exemple.fr")
    response = {
        "clientDataJSON": websafe_encode(client),
        "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
    }
    return {"id": websafe_encode(name), "rawId": websafe_encode(name), "type": "public-key", "response": response}


def _a_domain(organisation: Organisation, by: User) -> SendingDomain:
    """Looked at just now: no page asks the DNS about it again so soon."""
    domain = setup.add(organisation, "formation-exemple.fr", by)
    domain.checked_at = timezone.now()
    domain.save()
    return domain


def _a_suppression(organisation: Organisation) -> Suppression:
    address = "partie@exemple.fr"
    return Suppression.objects.create(
        organisation=organisation, address=address, reason=Reason.ADDRESS_MOVED, created_at=timezone.now()
    )


def _an_export(session: Any, by: User) -> Export:
    made = {"finished_at": timezone.now(), "content": b"made", "file_name": "releve.csv"}
    return Export.objects.create(organisation=session.organisation, session=session, by=by, format="csv", **made)


def _an_invitation(organisation: Organisation, by: User) -> Invitation:
    return Invitation.objects.create(organisation=organisation, email="lea@exemple.fr", token="i" * 32, by=by)


def _signed(purpose: Purpose, token: str) -> str:
    return sign(settings.SECRET_KEY.encode(), purpose, token)
