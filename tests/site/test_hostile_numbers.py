"""Where an address or a form names something by its number, whatever stands there instead is answered: not there."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bienrecu.store.models import Draft
from tests.site.writing import a_draft, of, written

pytestmark = pytest.mark.django_db
# Python refuses to read as many digits; databases keep fewer than the second has.
NUMBERS = ["9" * 5000, "9" * 30, "-1", "1.0", "٣", "²", "1 ", "", "0x1", "\0"]


@pytest.fixture
def draft(client: Client) -> Draft:
    draft = a_draft()
    client.force_login(draft.by)
    return draft


@pytest.mark.parametrize("number", NUMBERS)
def test_a_draft_keeps_its_files_and_its_people(client: Client, draft: Draft, number: str) -> None:
    for asked in ({"remove": number}, {"way": f"link:{number}"}, {"contacts": [number], "audience": "picked"}):
        assert client.post(of(draft), written(draft) | asked).status_code < 500
    assert client.post(of(draft), written(draft, seen="stale", contacts=[number])).status_code < 500
    assert not draft.contacts.exists()


@pytest.mark.parametrize("number", NUMBERS)
def test_other_pages_find_nothing(client: Client, draft: Draft, number: str) -> None:
    names: list[tuple[str, list[int], dict[str, Any]]] = [
        ("new_email", [draft.session_id], {"with": f"text-{number}"}),
        ("participants_add", [draft.session_id], {"contact": [number]}),
        ("resend_many", [], {"id": [number]}),
    ]
    for name, of_what, asked in names:
        assert client.post(reverse(name, args=[draft.organisation.slug, *of_what]), asked).status_code < 500
    for name, of_what, asked in [
        ("grid", [draft.session_id], {"page": number}),
        ("suppressions", [], {"before": number}),
    ]:
        assert client.get(reverse(name, args=[draft.organisation.slug, *of_what]), asked).status_code == 200
