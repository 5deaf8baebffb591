"""Every reason, word for word: the page for whoever reads the words over."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from bienrecu.domain.reason import Failure, Reason, facts
from bienrecu.store.models import Role
from tests.builders import a_user, an_organisation
from tests.site.pages import text
from tests.unsaid import NEVER

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client: Client) -> str:
    organisation = an_organisation()
    client.force_login(a_user(Role.ADMINISTRATOR, organisation, language="fr"))
    response = client.get(reverse("reasons", args=[organisation.slug]))
    return response.content.decode()


def test_every_reason_stands_there_in_both_languages_as_failed_waiting_and_explained(page: str) -> None:
    for reason in Reason:
        part = re.search(rf'<section class="twice" id="{reason}">(.*?)</div>\n</section>', page, re.DOTALL)
        assert part, reason
        for language in ("fr", "en"):
            told = part[1].partition(f'<div lang="{language}">')[2].partition('<div lang="')[0]
            failed = facts(reason).failure
            assert told.count('<section class="card') == (2 if failed is Failure.RECEPTION_IMPOSSIBLE else 1)
            assert told.count('<section class="explained') == 1


def test_its_words_are_those_of_the_catalogue(page: str) -> None:
    assert "La boîte d'Hugo Petit est pleine" in page.replace("&#x27;", "'")
    assert "Hugo Petit's mailbox is full" in page.replace("&#x27;", "'")
    assert page.count("https://check.spamhaus.org/") == 2 * 2 * 4


def test_none_of_them_frightens(page: str, client: Client) -> None:
    said = re.sub(r"<[^>]+>", " ", page)
    assert len(said) > 20_000
    assert re.findall(NEVER, said, re.IGNORECASE) == []


def test_help_of_the_settings_leads_there(client: Client) -> None:
    organisation = an_organisation()
    client.force_login(a_user(Role.ADMINISTRATOR, organisation, language="fr"))
    response = client.get(reverse("help_answers", args=[organisation.slug]))
    assert reverse("reasons", args=[organisation.slug]) in response.content.decode()
    assert "Tous les motifs" in text(response)
