"""Debian's Chromium, driven to look at the pages as people do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Route, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
WIDTHS = {1280: 800, 360: 740}  # a desk, a telephone
PICTURES = Path(__file__).parent.parent.parent / ".acceptance"

# Styles of the tools that look at the pages, refused as any in the page is: an empty attribute, which pictures and axe
# leave, and "caret-color: transparent !important;", by which Playwright hides the caret from a picture.
_STYLES_OF_TOOLS = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'sha256-LCYO6aZgIIKUnjcSr4gFsHQ6Y4vrxnN7Ev5la8a4W4Y='",
)

ARGUMENTS = [
    "--headless",
    "--no-sandbox",  # it refuses to run as root otherwise; it sees our own pages only
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def page(browser: Browser, *, width: int = 1280, language: str = "fr", expected: str = "") -> Iterator[Page]:
    """A page of somebody who reads `language`, with no cookie yet. Errors fail the test, but those that hold the words
    `expected`: what a browser says when its server is gone."""
    errors: list[str] = []
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        locale={"fr": "fr-FR", "en": "en-GB"}[language],
        timezone_id="Europe/Paris",
    )
    context.route("**/*", _this_machine_only)
    sheet = context.new_page()
    sheet.on("pageerror", lambda error: errors.append(f"{sheet.url}: {error}"))
    sheet.on("console", lambda said: errors.append(f"{sheet.url}: {said.text}") if _is_fault(said, expected) else None)
    try:
        yield sheet
    finally:
        context.close()
    assert not errors, f"the page complained: {errors}"


def _is_fault(said: ConsoleMessage, expected: str) -> bool:
    ours = any(style in said.text for style in _STYLES_OF_TOOLS)
    return said.type == "error" and not ours and not (expected and expected in said.text)


def log_in(sheet: Page, url: str, email: str, password: str) -> None:
    sheet.goto(f"{url}/account/login")
    sheet.fill("input[name=login]", email)
    sheet.fill("input[name=password]", password)
    go(sheet.locator("form button.main"))


def go(wanted: Locator) -> None:
    """Clicks what leads to another page, and waits for that one: what is read next is in it."""
    with wanted.page.expect_navigation():
        wanted.click()


def says(sheet: Page, *words: str) -> None:
    for wanted in words:
        expect(sheet.locator("main")).to_contain_text(wanted, use_inner_text=True)


def picture(sheet: Page, name: str) -> Path:
    """Takes a picture of the whole page into `.acceptance/`."""
    width = sheet.viewport_size["width"] if sheet.viewport_size else 0
    file = PICTURES / f"{name}-{width}.png"
    sheet.screenshot(path=file, full_page=True, caret="initial")
    return file


def _this_machine_only(route: Route) -> None:
    if route.request.url.startswith(("http://127.0.0.1:", "http://localhost:", "data:", "blob:", "about:")):
        route.continue_()
    else:
        route.abort()
