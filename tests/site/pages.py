"""Pages, asked for and read as a person would."""

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from bienrecu.store.models import Recipient, User
from tests.builders import a_user, organisation_of

HTMX = {"HX-Request": "true"}


def page(name: str, *args: Any) -> str:
    """The address of a page of the organisation of tests/site/conftest.py."""
    return reverse(name, args=["of", *args])


def page_of(user: User, name: str, *args: Any) -> str:
    """The address of a page of the only organisation that `user` is in."""
    return reverse(name, args=[organisation_of(user).slug, *args])


def text(response: Any) -> str:
    """What stands on the page, without its markup."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", response.content.decode().replace("<wbr>", ""))))


def shown(client: Client, row: Recipient, name: str = "email", **headers: Any) -> Any:
    """The page of an e-mail, to a member who reads French."""
    client.force_login(a_user(organisation=row.organisation, language="fr"))
    return client.get(reverse(name, args=[row.organisation.slug, row.pk]), headers=headers)


def _addresses(patterns: Sequence[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """The route and the name of each."""
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _addresses(one.url_patterns, route)
        else:
            assert isinstance(one, URLPattern)
            yield route, one.name or ""


ADDRESSES = list(_addresses(get_resolver().url_patterns))
"""Every page there is."""
