"""Who works in an organisation: roles, invitations, second step, and the mails about accounts."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.audit import Action
from bienrecu.store import members
from bienrecu.store.models import Invitation, Membership, Message, Organisation, Recipient, Role, User
from bienrecu.store.queries import emails
from bienrecu.submission import invitations
from tests.builders import PASSWORD, a_user, an_organisation, organisation_of
from tests.site.pages import page_of, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


def membership_of(user: User) -> Membership:
    return user.memberships.get()


def invite(client: Client, administrator: User, email: str = "lea@exemple.fr", role: str = "sender") -> Invitation:
    client.post(page_of(administrator, "user_invite"), {"email": email, "role": role})
    return Invitation.objects.get(email=email)


def link(invitation: Invitation) -> str:
    return reverse("invitation", args=[invitation.token])


def text_of(message: Message) -> str:
    """What its only recipient reads. Straight from the store: no query for pages finds it."""
    found = emails.exact_bytes(Recipient.objects.get(message=message))
    assert found is not None
    return found.data.replace(b"=\r\n", b"").decode()


def test_a_role_is_changed_and_noted(client: Client, administrator: User) -> None:
    other = a_user(Role.READER, organisation_of(administrator))
    client.post(page_of(administrator, "user_role", membership_of(other).pk), {"role": "sender"})
    assert membership_of(other).role == Role.SENDER
    entry = organisation_of(administrator).audit.get()
    assert entry.action == Action.ROLE_CHANGED and entry.detail == {"before": "reader", "after": "sender"}
    assert "Lecteur → Expéditeur" in text(client.get(page_of(administrator, "audit")))


def test_a_role_that_does_not_exist_changes_nothing(client: Client, administrator: User) -> None:
    other = a_user(Role.READER, organisation_of(administrator))
    client.post(page_of(administrator, "user_role", membership_of(other).pk), {"role": "owner"})
    assert membership_of(other).role == Role.READER


def test_the_last_administrator_is_neither_demoted_nor_removed(client: Client, administrator: User) -> None:
    mine = membership_of(administrator)
    client.post(page_of(administrator, "user_role", mine.pk), {"role": "reader"})
    client.post(page_of(administrator, "user_remove", mine.pk))
    assert membership_of(administrator).role == Role.ADMINISTRATOR
    assert "au moins un administrateur" in text(client.get(page_of(administrator, "users")))
    assert not organisation_of(administrator).audit.exists()


def test_an_administrator_may_leave_when_another_stays(client: Client, administrator: User) -> None:
    organisation = organisation_of(administrator)
    a_user(Role.ADMINISTRATOR, organisation)
    client.post(page_of(administrator, "user_remove", membership_of(administrator).pk))
    assert not administrator.memberships.exists()
    with pytest.raises(members.LastAdministrator):
        members.remove(organisation.memberships.get(), by=administrator)


def test_who_is_removed_sees_nothing_any_more_but_keeps_their_account(client: Client, administrator: User) -> None:
    other = a_user(Role.SENDER, organisation_of(administrator))
    theirs = Client()
    theirs.force_login(other)
    client.post(page_of(administrator, "user_remove", membership_of(other).pk))
    assert theirs.get(page_of(administrator, "sessions")).status_code == 404
    assert User.objects.filter(pk=other.pk).exists()
    assert organisation_of(administrator).audit.get().detail == {"address": other.email}


@pytest.mark.parametrize("name", ["user_role", "user_remove"])
def test_others_users_are_not_there(client: Client, administrator: User, name: str) -> None:
    theirs = membership_of(a_user(Role.READER))
    response = client.post(page_of(administrator, name, theirs.pk), {"role": "sender"})
    assert response.status_code == 404 and Membership.objects.get(pk=theirs.pk).role == Role.READER


@pytest.mark.parametrize("name", ["invitation_again", "invitation_cancel"])
def test_others_invitations_are_not_there(client: Client, administrator: User, name: str) -> None:
    theirs = Invitation.objects.create(organisation=an_organisation(), email="x@exemple.fr", token="t")
    assert client.post(page_of(administrator, name, theirs.pk)).status_code == 404


def test_an_invitation_leaves_as_an_e_mail_with_its_link(client: Client, administrator: User) -> None:
    invitation = invite(client, administrator)
    sent = Message.objects.get()
    assert sent.session is None and sent.confidential and sent.recipients.get().address == "lea@exemple.fr"
    body = text_of(sent)
    assert f"/invitation/{invitation.token}" in body and "Formation Exemple" in body
    assert "/c/" not in body and not sent.recipients.get().tracked
    assert organisation_of(administrator).audit.get().action == Action.USER_INVITED


def test_names_in_an_invitation_are_never_a_template(client: Client, administrator: User) -> None:
    Organisation.objects.update(name="{{ organisme }} <b>")
    invite(client, administrator)
    assert "{{ organisme }} &lt;b&gt;" in text_of(Message.objects.get()).replace("=20", " ")


def test_who_is_new_makes_an_account_and_joins(client: Client, administrator: User) -> None:
    invitation = invite(client, administrator)
    theirs = Client()
    assert "Créer mon compte" in text(theirs.get(link(invitation)))
    assert not User.objects.filter(email="lea@exemple.fr").exists()
    response = theirs.post(link(invitation), {"name": "Léa Petit", "password": "une phrase assez longue"})
    assert response.headers["Location"] == page_of(administrator, "sessions")
    assert theirs.get(page_of(administrator, "sessions")).status_code == 200
    user = User.objects.get(email="lea@exemple.fr")
    assert user.check_password("une phrase assez longue") and membership_of(user).role == Role.SENDER
    assert theirs.get(link(invitation)).status_code == 404


def test_a_weak_password_is_told_and_makes_no_account(client: Client, administrator: User) -> None:
    invitation = invite(client, administrator)
    response = Client().post(link(invitation), {"name": "Léa", "password": "court"})
    assert response.status_code == 422 and not User.objects.filter(email="lea@exemple.fr").exists()


def test_who_has_an_account_logs_in_and_joins_with_it(client: Client, administrator: User) -> None:
    known = a_user(email="lea@exemple.fr")
    invitation = invite(client, administrator)
    theirs = Client()
    assert "Connectez-vous pour accepter" in text(theirs.get(link(invitation)))
    theirs.post(link(invitation), {"name": "Pirate", "password": "une phrase assez longue"})
    assert known.memberships.count() == 1  # nobody gets in by the link alone
    theirs.force_login(known)
    theirs.get(link(invitation))
    assert known.memberships.count() == 1  # looking does not accept
    theirs.post(link(invitation))
    assert known.memberships.filter(organisation=organisation_of(administrator), role=Role.SENDER).exists()


def test_somebody_else_who_is_logged_in_cannot_take_it(client: Client, administrator: User) -> None:
    invitation = invite(client, administrator)
    other = Client()
    other.force_login(a_user())
    other.post(link(invitation), {"name": "Pirate", "password": "une phrase assez longue"})
    assert "Déconnectez-vous" in text(other.get(link(invitation)))
    assert not User.objects.filter(email="lea@exemple.fr").exists() and invitations.find(invitation.token)


def test_an_invitation_works_for_seven_days(client: Client, administrator: User) -> None:
    invitation = invite(client, administrator)
    Invitation.objects.update(created_at=timezone.now() - timedelta(days=7, minutes=1))
    assert Client().get(link(invitation)).status_code == 404
    client.post(page_of(administrator, "invitation_again", invitation.pk))
    again = Invitation.objects.get()
    assert again.token != invitation.token and Client().get(link(again)).status_code == 200
    assert Message.objects.count() == 2


def test_a_cancelled_invitation_opens_nothing(client: Client, administrator: User) -> None:
    invitation = invite(client, administrator)
    client.post(page_of(administrator, "invitation_cancel", invitation.pk))
    assert Client().get(link(invitation)).status_code == 404
    assert not invitations.accept(invitation, a_user())
    assert "lea@exemple.fr" not in text(client.get(page_of(administrator, "users"))).split("Inviter")[1]


def test_inviting_twice_is_one_invitation(client: Client, administrator: User) -> None:
    invite(client, administrator)
    client.post(page_of(administrator, "user_invite"), {"email": "LEA@exemple.fr", "role": "reader"})
    assert Invitation.objects.get().role == Role.READER


def test_who_is_a_user_already_is_not_invited(client: Client, administrator: User) -> None:
    response = client.post(page_of(administrator, "user_invite"), {"email": administrator.email, "role": "reader"})
    assert response.status_code == 422 and not Invitation.objects.exists()


def test_an_invitation_that_cannot_leave_is_not_kept(client: Client, administrator: User) -> None:
    Organisation.objects.update(sender_address="nous@gmail.com")
    response = client.post(page_of(administrator, "user_invite"), {"email": "lea@exemple.fr", "role": "reader"})
    assert response.status_code == 422 and not Invitation.objects.exists() and not Message.objects.exists()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", ["email", "email_message", "email_original"])
def test_nobody_reads_a_mail_about_somebodys_account(
    client: Client, administrator: User, role: Role, name: str
) -> None:
    """It holds a link that opens the account: a reader could take the place of an administrator."""
    client.post(reverse("account_reset_password"), {"email": administrator.email})
    row = Recipient.objects.get()
    client.force_login(a_user(role, organisation_of(administrator)))
    assert client.get(page_of(administrator, name, row.pk)).status_code == 404


def test_who_belongs_to_no_organisation_gets_no_mail_and_hears_nothing_else(client: Client) -> None:
    alone = User.objects.create_user("seul@exemple.fr", PASSWORD)
    response = client.post(reverse("account_reset_password"), {"email": alone.email})
    assert response.headers["Location"] == reverse("account_reset_password_done") and not Message.objects.exists()


def with_app(user: User) -> str:
    """Their authenticator app, and the secret it holds."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret


def code(secret: str) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))))


def test_who_has_a_second_step_needs_it_to_log_in(client: Client) -> None:
    user = a_user(password=PASSWORD)
    secret = with_app(user)
    response = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert "Deuxième étape" in text(client.get(reverse("mfa_authenticate")))
    assert client.get("/").headers["Location"].startswith(reverse("account_login"))
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert "_auth_user_id" not in client.session
    client.post(reverse("mfa_authenticate"), {"code": code(secret)})
    assert client.session["_auth_user_id"] == str(user.pk)


def logged_in_by_password(client: Client, user: User) -> None:
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_authenticator_app_is_set_up_and_gives_recovery_codes(client: Client, language: str) -> None:
    user = a_user(password=PASSWORD, language=language)
    client.force_login(user)
    page = client.get(reverse("mfa_activate_totp"))
    assert page.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert client.get(page.headers["Location"]).status_code == 200
    client.post(page.headers["Location"], {"password": PASSWORD})
    shown = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", shown)
    assert secret
    response = client.post(reverse("mfa_activate_totp"), {"code": code(secret[1])})
    assert response.headers["Location"] == reverse("mfa_view_recovery_codes")
    codes = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert len(re.findall(r"\b\d{8}\b", codes)) == 10
    for name in (
        "mfa_index",
        "mfa_deactivate_totp",
        "mfa_generate_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
    ):
        assert client.get(reverse(name)).status_code == 200
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()


def test_an_account_without_a_password_chooses_one(client: Client) -> None:
    user = a_user()
    client.force_login(user)
    asked = client.get(reverse("account_change_password"))
    assert asked["Location"] == reverse("account_set_password")
    chosen = "une phrase assez longue"
    client.post(asked["Location"], {"password1": chosen, "password2": chosen})
    user.refresh_from_db()
    assert user.check_password(chosen)
