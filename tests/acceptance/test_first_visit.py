"""How much a first visit weighs: from the login page to a history, with nothing in the browser's cache."""

from playwright.sync_api import Browser, expect

from tests.acceptance.browser import go, log_in, page
from tests.acceptance.installation import PASSWORD, STAFF, Installation
from tests.acceptance.packages import needs

pytestmark = needs("chromium")

MOST_OCTETS = 150_000  # transferred, headers included


def test_a_first_visit_is_light(home: Installation, browser: Browser) -> None:
    home.send([f"p{number}@accepte.simulator.invalid" for number in range(60)])
    weights: list[float] = []
    with page(browser) as sheet:
        wire = sheet.context.new_cdp_session(sheet)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda told: weights.append(told["encodedDataLength"]))
        log_in(sheet, home.url, STAFF, PASSWORD)
        go(sheet.locator("main a[href*='/historique']").first)
        expect(sheet.locator("table.history tbody").first).to_be_visible()
        sheet.wait_for_load_state("networkidle")
        assert len(weights) > 5, "nothing was measured"
        print(f"{len(weights)} answers, {sum(weights):,.0f} octets")
        assert sum(weights) < MOST_OCTETS
