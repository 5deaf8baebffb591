"""Impatient hands, lost logins and power cuts, in a real browser: nothing is lost, nothing is sent twice, and the page
says so."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bienrecu.domain.status import Flag
from tests.acceptance.browser import log_in, page, picture
from tests.acceptance.installation import PASSWORD, STAFF, Installation, eventually_equal, kill, wait_for
from tests.acceptance.names import Names
from tests.acceptance.packages import needs
from tests.acceptance.sink import Sink, running_sink

pytestmark = needs("chromium")

SOON = 60_000  # milliseconds
FEW, MANY = 20, 2500
PEOPLE = [f"person{number}@domain{number % 50}.test" for number in range(FEW)]
FILE = "E-mail;Prénom;Nom\n" + "".join(f"{address};Awa;Nom{number}\n" for number, address in enumerate(PEOPLE))
UNFINISHED = "SELECT count(*) FROM store_recipient WHERE due_at IS NOT NULL"


@dataclass
class House:
    """An installation that sends to a sink, with Marie at her browser."""

    home: Installation
    sink: Sink
    sheet: Page

    def prepare(self, folder: Path) -> None:
        """Marie logs in and imports her people into the session."""
        log_in(self.sheet, self.home.url, STAFF, PASSWORD)
        self.sheet.wait_for_url("**/o/**")
        file = folder / "inscrits.csv"
        file.write_text(FILE)
        self.sheet.goto(f"{self.session}/participants/importer")
        self.sheet.set_input_files("input[type=file]", file)
        self.sheet.click("form[enctype] button.main")
        self.sheet.click("form[action$='/appliquer'] button")

    @property
    def session(self) -> str:
        return f"{self.home.url}/o/formation-exemple/sessions/1"

    def write(self, subject: str) -> None:
        self.sheet.goto(f"{self.session}/suivi/emails/nouveau")
        self.sheet.click("button[name=with][value=free_message]")
        self.sheet.fill("#subject", subject)

    def check(self) -> None:
        self.sheet.click("button[name=then][value=check]")
        expect(self.sheet.locator("button.main.big")).to_be_visible()

    def sent_once(self, subject: str, people: int = FEW) -> None:
        """In the database, and at the server of those who were written to."""
        asked = f"SELECT count(*), max(recipient_count) FROM store_message WHERE subject = '{subject}'"
        eventually_equal(lambda: self.home.query(asked), lambda: [(1, people)])
        eventually_equal(lambda: self.home.query(UNFINISHED), lambda: [(0,)])


@pytest.fixture(params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, new_database: Callable[[str], str], browser: Browser, names: Names, tmp_path: Path
) -> Iterator[House]:
    with (
        running_sink(tmp_path) as sink,
        Installation(database_url=new_database(request.param), dns_servers=names.endpoint, smtp_port=sink.port) as home,
        page(browser, language="fr") as sheet,
    ):
        home.serve()
        house = House(home, sink, sheet)
        house.prepare(tmp_path)
        yield house


def parts(home: Installation) -> dict[str, int]:
    """The processes that `bienrecu serve` runs, by their command."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes().split(b"\0")
            if f"BIENRECU_DATA_DIR={home.home}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found[command[3].decode()] = int(process.name)
    return found


@contextmanager
def pages_that_hang(home: Installation) -> Iterator[None]:
    """The pages' server stops at once, and goes on at the end with all that it was asked meanwhile."""
    web = parts(home)["web"]
    os.kill(web, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(web, signal.SIGCONT)


def cut_the_power(home: Installation) -> None:
    """Kills every process at once, without a warning."""
    for pid in parts(home).values():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for process in home.processes:
        kill(process)
    home.processes.clear()


def test_ten_double_clicks_send_once(house: House) -> None:
    house.write("Dix doubles clics")
    house.check()
    button = house.sheet.locator("button.main.big").bounding_box()
    assert button
    with pages_that_hang(house.home):
        for _ in range(10):
            house.sheet.mouse.dblclick(button["x"] + 20, button["y"] + 10)
    expect(house.sheet.locator(".notice")).to_contain_text(str(FEW), timeout=SOON)
    assert house.sheet.url.split("?")[0].endswith("/historique")
    house.sent_once("Dix doubles clics")
    assert house.sink.taken().total() == FEW
    picture(house.sheet, "resilience-double-clicks")


def test_a_power_cut_while_a_record_is_made_and_e_mails_leave(house: House, browser: Browser, tmp_path: Path) -> None:
    home = house.home
    # Another page than that of the fixture: this one may complain of a server that is gone.
    logged_in = browser.new_context(storage_state=house.sheet.context.storage_state(), locale="fr-FR")
    sheet = logged_in.new_page()
    house.sheet.goto("about:blank")
    people = [f"one{number}@domain{number % 50}.test" for number in range(MANY)]
    home.send(people)
    sheet.goto(f"{house.session}/suivi/emails/releves")
    sheet.click("main form.box button.main")
    wait_for(lambda: home.query("SELECT max(done) FROM store_export")[0][0] > 0, "the record is being made", pause=0.02)
    cut_the_power(home)
    assert home.query("SELECT count(*) FROM store_export WHERE finished_at IS NULL") == [(1,)]
    expect(sheet.locator("#connection")).to_be_visible(timeout=SOON)
    picture(sheet, "resilience-server-gone")
    home.serve()
    expect(sheet.locator("#connection")).to_be_hidden(timeout=SOON)
    expect(sheet.locator("a[href$='/fichier']")).to_be_visible(timeout=3 * SOON)
    picture(sheet, "resilience-record-made")
    with sheet.expect_download() as told:
        sheet.click("a[href$='/fichier']")
    record = tmp_path / "record.pdf"
    told.value.save_as(record)
    assert "unchanged since" in home.run("verify", str(record))
    assert home.query("SELECT count(*) FROM store_export") == [(1,)]
    eventually_equal(lambda: home.query(UNFINISHED), lambda: [(0,)], seconds=120)
    taken = house.sink.taken()
    assert set(taken) == set(people)
    flagged = {
        row[0] for row in home.query("SELECT address, flags FROM store_recipient") if row[1] & Flag.POSSIBLE_DUPLICATE
    }
    assert {address for address, times in taken.items() if times > 1} <= flagged
    logged_in.close()
    print(f"{taken.total() - MANY} e-mails arrived twice, all of them said to be possible duplicates")
