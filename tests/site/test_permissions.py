"""Every address, looked at and acted upon by everybody: as the table of tests/permissions.py says, none missing."""

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.permissions import PAGES, TABLE, May, Outcome, Who, expected
from tests.site.pages import ADDRESSES
from tests.site.world import World, a_world

pytestmark = pytest.mark.django_db

# What some views need to be given to have something to do; the others say what is missing, or do it.
SENT = {"helped": "yes", "with": "convocation"}
# A wrong answer of a passkey leads whoever gives it back to logging in.
LEADS_BACK = {("mfa_reauthenticate_webauthn", "post")}


def test_no_address_is_missing_in_the_table_and_no_line_is_about_nothing() -> None:
    names = [name for _route, name in ADDRESSES]
    assert len(names) > 100
    assert [route for route, name in ADDRESSES if name not in PAGES] == []
    assert set(PAGES) - set(names) == set()
    assert len(PAGES) == sum(len(pages) for pages in TABLE.values()), "a page stands there twice"
    assert len(names) == len(set(names)), "two addresses have one name, and the table only one line"


def test_every_address_of_an_organisation_asks_for_one_of_its_roles() -> None:
    """Nothing under /o/ is for everybody, nor for whoever has an account somewhere."""
    roles = {May.READER, May.SENDER, May.ADMINISTRATOR, May.NOBODY}
    inside = [PAGES[name] for route, name in ADDRESSES if route.startswith("o/<slug:slug>/")]
    assert len(inside) > 80
    assert [page.name for page in inside if not {page.look, page.act} <= roles] == []


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.mark.parametrize(("route", "name"), ADDRESSES, ids=[name for _route, name in ADDRESSES])
def test_everybody_may_what_the_table_says_and_nothing_else(world: World, route: str, name: str) -> None:
    page = PAGES[name]
    found, wanted = {}, {}
    for method, may in (("get", page.look), ("post", page.act)):
        for who in Who:
            cell = f"{method} as {who.name}"
            found[cell] = outcome(ask(world, who, method, name, route))
            wanted[cell] = Outcome.LOGIN if (name, method) in LEADS_BACK else expected(may, who)
    assert {cell: one for cell, one in found.items() if one not in _same(wanted[cell])} == {}


def _same(wanted: Outcome) -> set[Outcome]:
    """That a page does not do something is said first to some, last to others: either way nothing is done."""
    refusals = {Outcome.NOTHING, Outcome.LOGIN, Outcome.HIDDEN, Outcome.FORBIDDEN}
    return refusals if wanted is Outcome.NOTHING else {wanted}


def ask(world: World, who: Who, method: str, name: str, route: str) -> HttpResponse:
    """What it changes is taken back, so that everybody finds the same."""
    cache.clear()
    client, user = Client(), world.people[who]
    with transaction.atomic():
        if user is not None:
            client.force_login(user)
        path = reverse(name, kwargs=world.arguments(who, name, route))
        response: HttpResponse = getattr(client, method)(path, SENT if method == "post" else {})
        transaction.set_rollback(True)
    return response


def outcome(response: HttpResponse) -> Outcome:
    refusals = {403: Outcome.FORBIDDEN, 404: Outcome.HIDDEN, 405: Outcome.NOTHING}
    if response.headers.get("Location", "").startswith(reverse("account_login")):
        return Outcome.LOGIN
    assert response.status_code < 500
    return refusals.get(response.status_code, Outcome.ALLOWED)
