"""What every page has to be like: nothing that axe objects to, in light and in dark; no scrolling sideways."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.acceptance.browser import WIDTHS, picture

_AXE = Axe()
_TOO_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
  .map((one) => `${one.localName}.${one.className} ${one.textContent.trim().slice(0, 40)}`).slice(-3)"""


def look(sheet: Page, name: str) -> None:
    """Pictures of the page at the width of a desk and of a telephone; fails for what somebody could not read or use."""
    wrong: list[str] = []
    for theme in ("dark", "light"):
        sheet.emulate_media(color_scheme=theme, reduced_motion="reduce")
        for width, height in WIDTHS.items():
            sheet.set_viewport_size({"width": width, "height": height})
            picture(sheet, name if theme == "light" else f"{name}-dark")
            wrong += [f"{theme}, {width} px: {one}" for one in violations(sheet)]
    wrong += filter(None, [scrolls_sideways(sheet)])
    sheet.set_viewport_size({"width": 1280, "height": 800})
    assert not wrong, f"{name} ({sheet.url}): " + "\n".join(wrong)


def scrolls_sideways(sheet: Page) -> str:
    """What is too wide at 320 px (WCAG 1.4.10, Reflow); empty when all fits."""
    sheet.set_viewport_size({"width": 320, "height": 640})
    if sheet.evaluate("document.documentElement.scrollWidth") <= 320:
        return ""
    return f"at 320 px it scrolls sideways for {sheet.evaluate(_TOO_WIDE)}"


def violations(sheet: Page) -> list[str]:
    found = _AXE.run(sheet, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary'][:300]}" for one in found for node in one["nodes"]]
