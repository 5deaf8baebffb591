"""What administrators set, and the log of who did what."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bienrecu.domain.audit import Action
from bienrecu.store.audit import note
from bienrecu.store.models import Role, User
from bienrecu.store.queries import audit
from bienrecu.store.queries.pages import PAGE
from bienrecu.wording import audit as words
from tests.builders import a_user, an_organisation, organisation_of
from tests.site.pages import page_of, text

pytestmark = pytest.mark.django_db


VALID = {
    "name": "Formation Exemple",
    "help_contact": "",
    "language": "en",
    "time_zone": "Indian/Reunion",
}


def test_what_an_administrator_sets_is_kept_and_noted(client: Client, administrator: User) -> None:
    response = client.post(page_of(administrator, "settings"), VALID)
    assert response.status_code == 302
    kept = organisation_of(administrator)
    assert (kept.time_zone, kept.language) == ("Indian/Reunion", "en")
    entry = kept.audit.get()
    assert entry.by == administrator and entry.action == Action.SETTINGS_CHANGED
    assert "time_zone" in entry.detail["fields"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("aide@exemple.fr", "mailto:aide@exemple.fr"),
        ("mailto:aide@exemple.fr", "mailto:aide@exemple.fr"),
        ("https://exemple.fr/aide", "https://exemple.fr/aide"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://", None),
        ("ask Marie", None),
    ],
)
def test_the_help_contact_is_a_link_that_is_safe_to_follow(
    client: Client, administrator: User, given: str, kept: str | None
) -> None:
    response = client.post(page_of(administrator, "settings"), VALID | {"help_contact": given})
    assert response.status_code == (302 if kept else 422)
    assert organisation_of(administrator).help_contact == (kept or "")


PAGES = ["settings", "users", "audit"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", Role)
def test_settings_are_for_administrators(client: Client, role: Role, name: str) -> None:
    user = a_user(role)
    client.force_login(user)
    assert client.get(page_of(user, name)).status_code == (200 if role is Role.ADMINISTRATOR else 403)


@pytest.mark.parametrize("name", ["settings", "user_invite"])
@pytest.mark.parametrize("role", [Role.READER, Role.SENDER])
def test_nobody_else_changes_them(client: Client, role: Role, name: str) -> None:
    user = a_user(role)
    client.force_login(user)
    assert client.post(page_of(user, name), VALID | {"email": "x@exemple.fr", "role": "reader"}).status_code == 403
    assert not organisation_of(user).audit.exists()


def test_every_action_has_its_words() -> None:
    assert all(words.action(action) != action.value for action in Action)


def test_the_log_tells_who_did_what_of_this_organisation_only(client: Client, administrator: User) -> None:
    note(organisation_of(administrator), administrator, Action.CONTACT_CREATED, "Awa Diallo")
    note(an_organisation(), a_user(), Action.CONTACT_CREATED, "Secret")
    page = text(client.get(page_of(administrator, "audit")))
    assert "Camille Morel" in page and "Awa Diallo" in page and "Contact créé" in page and "Secret" not in page


def test_the_log_is_filtered_by_person_and_action(client: Client, administrator: User) -> None:
    other = a_user(Role.SENDER, organisation_of(administrator))
    note(organisation_of(administrator), administrator, Action.CONTACT_CREATED, "Un")
    note(organisation_of(administrator), other, Action.CONTACT_CREATED, "Deux")
    note(organisation_of(administrator), other, Action.EMAIL_SENT, "Trois")
    query = {"by": str(other.pk), "action": "contact_created"}
    found = audit.page(organisation_of(administrator), audit.Asked.read(query)).rows
    assert [entry.target for entry in found] == ["Deux"]
    assert "Trois" not in text(client.get(page_of(administrator, "audit"), query))


def test_the_log_goes_on_where_the_page_before_ended(client: Client, administrator: User) -> None:
    for number in range(PAGE + 3):
        note(organisation_of(administrator), None, Action.EMAIL_SENT, f"n{number}")
    first = audit.page(organisation_of(administrator), audit.Asked())
    second = audit.page(organisation_of(administrator), audit.Asked(before=first.older))
    assert [entry.target for entry in second.rows] == ["n2", "n1", "n0"] and second.older == 0
    assert f"before={first.older}" in client.get(page_of(administrator, "audit")).content.decode()


@pytest.mark.parametrize("query", [{"by": "x"}, {"before": "9" * 40}, {"action": "<script>"}, {"by": "²"}])
def test_nonsense_in_the_address_of_the_log_is_left_out(client: Client, administrator: User, query: Any) -> None:
    assert client.get(page_of(administrator, "audit"), query).status_code == 200


def test_everybody_sets_their_own_language_and_time_zone(client: Client) -> None:
    user = a_user(Role.READER)
    client.force_login(user)
    given = {"name": "Ana Silva", "language": "en", "time_zone": "America/Martinique"}
    assert client.post(reverse("my_account"), given).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.language, user.time_zone) == ("Ana Silva", "en", "America/Martinique")
    assert client.post(reverse("my_account"), given | {"time_zone": "Mars/Base"}).status_code == 422
