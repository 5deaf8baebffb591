"""Pages, asked for and read as a person would."""

import re
from html import unescape
from typing import Any

from django.urls import reverse

from bienrecu.store.models import User
from tests.builders import organisation_of

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
