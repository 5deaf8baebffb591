"""The whole story in a real browser, in both languages, with a mouse and with a keyboard alone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.acceptance.browser import page
from tests.acceptance.hands import Keyboard, Mouse
from tests.acceptance.installation import Installation
from tests.acceptance.looks import look, violations
from tests.acceptance.packages import needs
from tests.acceptance.story import Story

pytestmark = needs("chromium")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_from_logging_in_to_the_proof_for_an_audit(
    home: Installation, browser: Browser, tmp_path: Path, language: str
) -> None:
    with page(browser, language="fr") as sheet:
        Story(home, sheet, Mouse(sheet), language, tmp_path, look).play()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_same_with_a_keyboard_alone(home: Installation, browser: Browser, tmp_path: Path, language: str) -> None:
    with page(browser, language="fr") as sheet:
        Story(home, sheet, Keyboard(sheet), language, tmp_path).play()


def test_axe_finds_what_is_planted(browser: Browser) -> None:
    """So that a page without violations means something."""
    with page(browser) as sheet:
        sheet.set_content(
            "<html lang=fr><title>x</title><main><h1>x</h1><img src='data:,'><p style='color:#ddd'>pâle</p></main>"
        )
        assert {one.partition(":")[0] for one in violations(sheet)} >= {"image-alt", "color-contrast"}
