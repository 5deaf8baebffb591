"""Logging in, organisations and their walls, languages, sessions, help, and what goes wrong."""

import re
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.store.models import Membership, Message, Recipient, Role, User
from bienrecu.store.queries.emails import exact_bytes
from bienrecu.wording import statuses
from tests.builders import PASSWORD, a_recipient, a_session, a_user, an_organisation
from tests.site.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


def log_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def test_somebody_logs_in_with_their_address_and_comes_to_their_sessions(client: Client) -> None:
    user = a_user(password=PASSWORD)
    assert log_in(client, user).headers["Location"] == "/"
    response = client.get("/", follow=True)
    assert response.redirect_chain == [(reverse("sessions", args=[user.organisations.get().slug]), 302)]


def test_a_wrong_password_is_told_in_words(client: Client) -> None:
    assert "ne vont pas ensemble" in text(log_in(client, a_user(password=PASSWORD), "wrong"))


def test_after_five_wrong_passwords_one_has_to_wait(client: Client) -> None:
    user = a_user(password=PASSWORD)
    for _ in range(5):
        log_in(client, user, "wrong")
    assert "Patientez cinq minutes" in text(log_in(client, user))
    assert client.get("/").status_code == 302


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    assert client.get("/account/signup").status_code == 404
    assert client.get("/account/signup/").status_code == 404


def test_logging_out_takes_a_button(client: Client) -> None:
    client.force_login(a_user())
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_a_forgotten_password_can_be_chosen_anew_by_mail(client: Client) -> None:
    user = a_user(password=PASSWORD)
    client.post(reverse("account_reset_password"), {"email": user.email})
    sent = Recipient.objects.get(address=user.email)
    exact = exact_bytes(sent)
    assert exact is not None
    html = message_from_bytes(exact.data, policy=default).get_body(("html",)).get_content()
    link = re.search(r'href="http://testserver([^"]+)"', html)
    assert link and "mot de passe" in sent.subject
    form = client.get(link[1], follow=True)
    action = re.search(r'action="(/account/password/reset/[^"]+)"', form.content.decode())
    assert action
    client.post(action[1], {"password1": "tout autre chose", "password2": "tout autre chose"})
    user.refresh_from_db()
    assert user.check_password("tout autre chose")


def test_whether_an_address_has_an_account_is_told_to_nobody(client: Client) -> None:
    known = client.post(reverse("account_reset_password"), {"email": a_user(password=PASSWORD).email})
    unknown = client.post(reverse("account_reset_password"), {"email": "personne@exemple.fr"})
    assert known.headers["Location"] == unknown.headers["Location"] and Message.objects.count() == 1


def test_a_mail_that_cannot_leave_is_told_instead_of_breaking(client: Client) -> None:
    user = a_user(organisation=an_organisation(sender_address="nous@gmail.com"), password=PASSWORD)
    response = client.post(reverse("account_reset_password"), {"email": user.email})
    assert response.status_code == 503 and "ne peut pas envoyer" in text(response)


def test_a_password_can_be_changed(client: Client) -> None:
    user = a_user(password=PASSWORD)
    client.force_login(user)
    new = {"oldpassword": PASSWORD, "password1": "tout autre chose", "password2": "tout autre chose"}
    client.post(reverse("account_change_password"), new)
    user.refresh_from_db()
    assert user.check_password("tout autre chose")


def test_the_organisation_chosen_last_is_where_one_comes_back(client: Client) -> None:
    user = a_user(organisation=an_organisation(name="A", slug="premier"))
    Membership.objects.create(user=user, organisation=an_organisation(name="B", slug="second"), role=Role.SENDER)
    client.force_login(user)
    assert client.get("/").headers["Location"] == "/o/premier/"
    assert client.get("/o/second/switch").status_code == 405
    client.post("/o/second/switch")
    assert client.get("/").headers["Location"] == "/o/second/"


def test_who_belongs_to_no_organisation_is_told_whom_to_ask(client: Client) -> None:
    user = User.objects.create_user("seul@exemple.fr")
    client.force_login(user)
    assert "Demandez à l'administrateur" in text(client.get("/"))


def test_a_language_is_kept_on_the_person(client: Client) -> None:
    user = a_user()
    client.force_login(user)
    client.post(reverse("language"), {"language": "en", "next": "/statuses"})
    user.refresh_from_db()
    assert user.language == "en"
    another = Client(headers={"Accept-Language": "fr"})
    another.force_login(user)
    assert "Understanding the statuses" in text(another.get("/statuses"))


def test_a_language_chosen_before_logging_in_holds_too(client: Client) -> None:
    client.post(reverse("language"), {"language": "en"})
    assert "Log in" in text(client.get(reverse("account_login")))


@pytest.mark.parametrize("next", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_the_language_button_leads_nowhere_else(client: Client, next: str) -> None:
    assert client.post(reverse("language"), {"language": "tlh", "next": next}).headers["Location"] == "/"
    assert client.get(reverse("language")).status_code == 405


def test_the_sessions_show_how_their_e_mails_stand(client: Client) -> None:
    session = a_session(title="Secourisme")
    a_recipient(session, Status.SEND_ERROR)
    client.force_login(a_user(organisation=session.organisation, language="fr"))
    page = text(client.get(reverse("sessions", args=[session.organisation.slug])))
    assert "Secourisme" in page and "1 Erreur à l'envoi" in page


def test_an_organisation_without_sessions_is_told_how_to_begin(client: Client) -> None:
    organisation = an_organisation()
    client.force_login(a_user(Role.SENDER, organisation, language="fr"))
    page = client.get(reverse("sessions", args=[organisation.slug]))
    assert "Aucune session" in text(page) and "depuis un tableur" in text(page)
    assert f'href="{reverse("session_new", args=[organisation.slug])}"' in page.content.decode()


def test_who_may_not_create_a_session_is_told_whom_to_ask(client: Client) -> None:
    user = a_user(language="fr")
    client.force_login(user)
    page = client.get(reverse("sessions", args=[user.organisations.get().slug]))
    assert "demandez à un expéditeur" in text(page)
    assert "/sessions/nouvelle" not in page.content.decode()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_status_and_each_reason_is_explained_at_its_own_anchor(client: Client, language: str) -> None:
    page = client.get(reverse("statuses"), headers={"Accept-Language": language})
    with translation.override(language):
        meanings = [" ".join(statuses.words(status).meaning.split()) for status in Status]
    assert all(meaning in text(page) for meaning in meanings)
    assert all(f'id="{anchor}"' in page.content.decode() for anchor in [*(s.code for s in Status), *Reason])


@pytest.mark.parametrize("role", Role)
def test_every_role_may_look(client: Client, role: Role) -> None:
    row = a_recipient()
    client.force_login(a_user(role, row.organisation))
    for name, args in (("sessions", []), ("history", [row.session_id]), ("email", [row.pk])):
        assert client.get(reverse(name, args=[row.organisation.slug, *args])).status_code == 200


def patterns(found: list[Any], before: str = "") -> list[tuple[str, URLPattern]]:
    """Every address of the program, with its prefix."""
    every = []
    for one in found:
        where = before + str(one.pattern)
        every += patterns(one.url_patterns, where) if isinstance(one, URLResolver) else [(where, one)]
    return every


def of_organisations() -> list[str]:
    return [where for where, _ in patterns(get_resolver().url_patterns) if where.startswith("o/<slug:slug>/")]


def test_there_are_addresses_of_organisations_to_try() -> None:
    assert len(of_organisations()) >= 6


@pytest.mark.parametrize("pattern", of_organisations())
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_address_shows_anything_of_another_organisation(client: Client, pattern: str, method: str) -> None:
    """With their slug, and with one's own slug around their numbers."""
    theirs = a_recipient(a_session(an_organisation(name="Rival")), subject="Secret")
    membership = a_user(organisation=theirs.organisation).memberships.get()
    user = a_user(Role.ADMINISTRATOR)
    client.force_login(user)
    for slug in (theirs.organisation.slug, user.organisations.get().slug):
        number = theirs.session_id if "session_id" in pattern else theirs.pk
        if "utilisateurs" in pattern:
            number = membership.pk
        response = getattr(client, method)(
            "/" + re.sub(r"<[^>]+>", str(number), pattern.replace("<slug:slug>", slug, 1))
        )
        shown = response.content.decode()
        assert "Secret" not in shown and "Rival" not in shown
        if slug == theirs.organisation.slug or "<int:" in pattern:
            assert response.status_code in (404, 405)
    assert theirs.organisation.slug not in str(client.session.get("organisation"))


@pytest.mark.parametrize("pattern", of_organisations())
def test_every_address_of_an_organisation_asks_who_is_there(client: Client, pattern: str) -> None:
    response = client.get("/" + re.sub(r"<[^>]+>", "1", pattern))
    assert response.status_code in (302, 405)
    assert response.status_code == 405 or response.headers["Location"].startswith(reverse("account_login"))


def test_the_machine_says_whether_it_is_well(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


def test_what_breaks_is_told_in_plain_words(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False
    monkeypatch.setattr("bienrecu.web.views.help.statuses.words", lambda _: 1 / 0)
    response = client.get(reverse("statuses"))
    assert response.status_code == 500 and "Une erreur est survenue de notre côté" in text(response)


def test_a_form_from_elsewhere_is_refused_in_plain_words() -> None:
    response = Client(enforce_csrf_checks=True).post(reverse("language"), {"language": "en"})
    assert response.status_code == 403 and "Veuillez réessayer" in text(response)
