"""Two ways of using a page: with a mouse, and with nothing but a keyboard. A story is told once and played by both."""

from pathlib import Path

from playwright.sync_api import Page

MOST_TABS = 400
_HAS_FOCUS = "selector => document.activeElement.matches(selector)"
_SHOWS_FOCUS = """() => {
  const outlined = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
  const shown = (style) => outlined(style) || style.boxShadow !== 'none';
  const active = document.activeElement;
  return shown(getComputedStyle(active)) || shown(getComputedStyle(active.closest('label') || active));
}"""


class Mouse:
    def __init__(self, sheet: Page) -> None:
        self.sheet = sheet

    def press(self, selector: str) -> None:
        self.sheet.locator(selector).first.click()

    def tick(self, selector: str) -> None:
        self.sheet.locator(selector).first.check()

    def write(self, selector: str, text: str) -> None:
        self.sheet.locator(selector).first.fill(text)

    def attach(self, selector: str, file: Path) -> None:
        self.sheet.set_input_files(selector, file)


class Keyboard:
    """Tab, Shift+Tab, Enter, Space, arrows and letters. Wherever the focus stands has to be seen."""

    def __init__(self, sheet: Page) -> None:
        self.sheet = sheet
        # Else the browser hears of it only when the first file is asked for, sometimes too late.
        sheet.on("filechooser", lambda _: None)

    def press(self, selector: str) -> None:
        self._go_to(selector)
        self.sheet.keyboard.press("Enter")

    def tick(self, selector: str) -> None:
        """A radio button of a group is reached through the one that is chosen, then with the arrows."""
        wanted = self.sheet.locator(selector).first
        if wanted.get_attribute("type") != "radio":
            self._go_to(selector)
            self.sheet.keyboard.press("Space")
            return
        self._go_to(f"input[name={wanted.get_attribute('name')}]")
        for _ in range(20):
            if wanted.is_checked():
                return
            self.sheet.keyboard.press("ArrowDown")
        raise AssertionError(f"{selector} cannot be chosen with the arrows")

    def write(self, selector: str, text: str) -> None:
        self._go_to(selector)
        if self.sheet.locator(selector).first.get_attribute("type") == "date":
            year, month, day = text.split("-")
            self.sheet.keyboard.type(f"{day}{month}{year}")
            return
        self.sheet.keyboard.press("Control+a")
        self.sheet.keyboard.type(text)

    def attach(self, selector: str, file: Path) -> None:
        self._go_to(selector)
        with self.sheet.expect_file_chooser() as asked:
            self.sheet.keyboard.press("Enter")
        asked.value.set_files(file)

    def _go_to(self, selector: str) -> None:
        self.sheet.locator(selector).first.wait_for(state="attached")
        for _ in range(MOST_TABS):
            if self.sheet.evaluate(_HAS_FOCUS, selector):
                assert self.sheet.evaluate(_SHOWS_FOCUS), f"nothing shows that {selector} has the focus"
                return
            self.sheet.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached with the Tab key")
