"""Impatient clicks, reloads, a login that has expired, a server that restarts: nothing is lost, nothing is sent twice,
and the page says so."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.acceptance.browser import log_in, page
from tests.acceptance.hands import Mouse
from tests.acceptance.installation import PASSWORD, SESSION, STAFF, Installation, wait_for
from tests.acceptance.packages import needs
from tests.acceptance.story import GOOD, SOON, WRITER, Story

pytestmark = needs("chromium")

MANY = 400
IMPATIENT = "button => { for (let click = 0; click < 20; click += 1) button.click(); }"
AT_ONCE = """form => Promise.all(Array.from({ length: 20 }, () =>
  fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) })))"""

Start = Callable[..., Story]


@pytest.fixture
def start(home: Installation, tmp_path: Path) -> Start:
    """Somebody has written an e-mail to `people`, and stands before the draft."""

    def start(sheet: Page, **options: str) -> Story:
        story = Story(home, sheet, Mouse(sheet), "fr", tmp_path, **options)
        for step in (story.begin, story.log_in, story.prepare, story.import_people, story.write):
            step()
        return story

    return start


def letters(home: Installation) -> Counter[str]:
    """How many e-mails each recipient's server took."""
    taken = home.query(
        "SELECT address FROM store_event e JOIN store_recipient r ON r.id = e.recipient_id WHERE e.kind = 'delivered'"
    )
    return Counter(address for (address,) in taken)


def reload(sheet: Page) -> None:
    """As a person does, until the new page stands. The driver's own way, and waiting for the next "load", take the
    end of the page before for the end of this one now and then."""
    sheet.wait_for_load_state("load")
    sheet.evaluate("() => { document.documentElement.dataset.before = 'yes'; setTimeout(() => location.reload(), 0); }")
    expect(sheet.locator("html:not([data-before])")).to_be_attached()


def requests(home: Installation) -> int:
    return int(home.query("SELECT COUNT(*) FROM store_message")[0][0])


def test_twenty_requests_at_the_same_instant_send_once(home: Installation, browser: Browser, start: Start) -> None:
    with page(browser) as sheet:
        start(sheet)
        sheet.click("button[name=then][value=check]")
        sheet.locator("form:has(button.main.big)").evaluate(AT_ONCE)
        assert requests(home) == 1
        sheet.click("form button.main.big")
        expect(sheet.locator("table.history tbody")).to_have_count(GOOD)
        assert requests(home) == 1
        wait_for(lambda: len(letters(home)) == 3, "all that can arrive has arrived")
        assert set(letters(home).values()) == {1}


def test_reloads_in_the_middle_of_sending(home: Installation, browser: Browser, start: Start) -> None:
    # The last one's server takes its time: the sending is not over while the page is reloaded.
    people = ["Prénom;Nom;Adresse e-mail", *(f"Awa;{n};p{n}@accepte.simulator.invalid" for n in range(MANY - 1))]
    people.append("Noé;Lent;noe@lent.simulator.invalid")
    with page(browser) as sheet:
        start(sheet, people="\n".join(people))
        sheet.click("button[name=then][value=check]")
        sheet.click("form button.main.big")
        for _ in range(5):
            expect(sheet.locator("#sending")).to_contain_text(f"sur {MANY}")
            reload(sheet)
        expect(sheet.locator("#sending")).to_contain_text(f"{MANY} sur {MANY}", timeout=SOON)
        wait_for(lambda: len(letters(home)) == MANY, "all have arrived")
        assert set(letters(home).values()) == {1} and requests(home) == 1


def test_the_way_back_after_sending_leads_to_no_second_sending(
    home: Installation, browser: Browser, start: Start
) -> None:
    with page(browser) as sheet:
        start(sheet)
        sheet.click("button[name=then][value=check]")
        sheet.click("form button.main.big")
        expect(sheet.locator("table.history tbody")).to_have_count(GOOD)
        wait_for(lambda: len(letters(home)) == 3, "all that can arrive has arrived")
        sheet.go_back()  # to the last page before sending, whose button may still be there
        again = sheet.locator("form button.main.big")
        if again.count():
            again.click()
        expect(sheet.locator("table.history tbody")).to_have_count(GOOD)
        sheet.go_back()  # to the draft
        expect(sheet.locator("main")).to_contain_text("Rien n'a été envoyé deux fois")
        assert requests(home) == 1 and set(letters(home).values()) == {1}


def _kept(home: Installation) -> str:
    [(subject, html)] = home.query("SELECT subject, html FROM store_draft")
    return f"{subject}\n{html}"


def test_a_login_that_expires_while_one_writes_loses_no_word(
    home: Installation, browser: Browser, start: Start
) -> None:
    with page(browser, expected="401") as sheet:
        start(sheet)
        draft = sheet.url
        home.query("DELETE FROM django_session")
        sheet.fill("#subject", "Écrit après la fin de la connexion")
        sheet.locator("#rich-text").press_sequentially("Un mot de plus. ")
        expect(sheet.locator("#draft-state [role=alert]")).to_contain_text("Ce que vous avez écrit est conservé")
        sheet.click("button[name=then][value=login]")
        sheet.fill("input[name=login]", WRITER)
        sheet.fill("input[name=password]", PASSWORD)
        sheet.click("form button.main")
        expect(sheet).to_have_url(re.compile(re.escape(draft)))
        expect(sheet.locator("#subject")).to_have_value("Écrit après la fin de la connexion")
        expect(sheet.locator("#rich-text")).to_contain_text("Un mot de plus.")
        expect(sheet.locator("#files")).to_contain_text("convocation.pdf")
        sheet.click("button[name=then][value='']")
        wait_for(lambda: "Un mot de plus." in _kept(home), "what was written after the end of the login is kept")
        assert "Écrit après la fin de la connexion" in _kept(home)


def test_the_server_restarts_while_a_record_is_made(home: Installation, browser: Browser, tmp_path: Path) -> None:
    """The page that waits for it goes on by itself."""
    home.send([f"p{number}@accepte.simulator.invalid" for number in range(3000)])
    with page(browser, expected="ERR_CONNECTION") as sheet:
        log_in(sheet, home.url, STAFF, PASSWORD)
        (session,) = home.query(f"SELECT id FROM store_trainingsession WHERE reference = '{SESSION}'")[0]
        sheet.goto(f"{home.url}/o/formation-exemple/sessions/{session}/suivi/emails/releves")
        sheet.click("main form.box button.main")
        wait_for(lambda: _done(home) > 0, "some of the record is made", pause=0.02)
        home.stop()
        assert home.query("SELECT finished_at FROM store_export") == [(None,)], "it was finished already"
        home.serve()
        with sheet.expect_download() as told:
            sheet.locator("a[href$='/fichier']").click(timeout=2 * SOON)
        record = tmp_path / "releve.pdf"
        told.value.save_as(record)
        assert "unchanged since" in home.run("verify", str(record))
        assert len(home.query("SELECT id FROM store_export")) == 1


def _done(home: Installation) -> int:
    return sum(int(done) for (done,) in home.query("SELECT done FROM store_export WHERE finished_at IS NULL"))
