"""Every page that a link leads to, in both languages and both themes: readable and usable for everybody."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.acceptance.browser import go, log_in, page
from tests.acceptance.installation import PASSWORD, Installation, wait_for
from tests.acceptance.looks import scrolls_sideways, violations
from tests.acceptance.packages import needs

pytestmark = needs("chromium")

ADMINISTRATOR = "denis@accepte.simulator.invalid"
PEOPLE = [
    f"p@{does}.simulator.invalid" for does in ("accepte", "adresse-inconnue", "boite-pleine", "plus-tard", "confirme")
]
FILES = (".eml", ".gif", "/fichier", "/exporter")
LOGGED_OUT = ("/account/login", "/account/password/reset", "/statuses", "/nothing-here")
FEWEST = 25  # pages that a crawl which works finds


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_to_object_to_on_any_page(home: Installation, browser: Browser, language: str) -> None:
    home.run("add-user", ADMINISTRATOR, "--role", "administrator", "--name", "Denis", "--password", PASSWORD)
    home.send(PEOPLE)
    wait_for(lambda: len({row.status for row in home.status().values()}) >= 4, "the e-mails have their statuses")
    with page(browser, language=language, expected="404") as sheet:
        wrong = [one for path in LOGGED_OUT for one in _faults(sheet, home.url + path)]
        log_in(sheet, home.url, ADMINISTRATOR, PASSWORD)
        go(sheet.locator(f"form.languages button[value={language}]"))
        seen = set()
        for address in _crawl(sheet, home.url):
            seen.add(_kind(address))
            wrong += _faults(sheet, address)
    assert len(seen) >= FEWEST, sorted(seen)
    assert not wrong, "\n".join(wrong)


def _crawl(sheet: Page, start: str) -> Iterator[str]:
    """One address of each kind of page: those that differ in numbers or in their question are of one kind."""
    waiting, known = [start + "/"], {"/"}
    while waiting:
        address = waiting.pop(0)
        yield address
        for href in sheet.locator("a[href]").evaluate_all("links => links.map((link) => link.getAttribute('href'))"):
            found = urljoin(sheet.url, href).partition("#")[0]
            if found.startswith(start) and not urlsplit(found).path.endswith(FILES) and _kind(found) not in known:
                known.add(_kind(found))
                waiting.append(found)


def _kind(address: str) -> str:
    return re.sub(r"\d+|[0-9a-f-]{20,}", "n", urlsplit(address).path)


def _faults(sheet: Page, address: str) -> list[str]:
    """A desk in the light, a telephone in the dark."""
    found = []
    for theme, width in (("light", 1280), ("dark", 360)):
        sheet.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        sheet.set_viewport_size({"width": width, "height": 740})
        if theme == "light":
            sheet.goto(address)
        found += [f"{_kind(address)}, {theme}: {one}" for one in violations(sheet)]
    if words := scrolls_sideways(sheet):
        found.append(f"{_kind(address)}: {words}")
    return found
