"""The whole job of somebody who prepares a training session, from logging in to the proof for an audit."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from playwright.sync_api import Page, expect

from bienrecu.simulator.demo_data import convocation_pdf, demo
from tests.acceptance.hands import Keyboard, Mouse
from tests.acceptance.installation import PASSWORD, Installation

PEOPLE = """\
Prénom;Nom;Adresse e-mail;Entreprise;Rôle
Awa;Diallo;awa@accepte.simulator.invalid;Ateliers du Rhône;participant
Noé;Lambert;noe@confirme.simulator.invalid;Ateliers du Rhône;participant
Inès;Roche;ines@adresse-inconnue.simulator.invalid;Imprimerie Sud;participant
Hugo;Petit;hugo@boite-pleine.simulator.invalid;Imprimerie Sud;participant
Zoé;Faure;zoe@ouvre.simulator.invalid;Cabinet Zoé;formateur
Léa;Sans adresse;;Imprimerie Sud;participant
Paul;Deux;paul@exemple.fr, paul@exemple.com;Imprimerie Sud;participant
Karim;Mal écrite;karim.exemple.fr;Imprimerie Sud;participant
Maud;Trop longue;{long}@exemple.fr;Imprimerie Sud;participant
Awa;Diallo;awa@accepte.simulator.invalid;Ateliers du Rhône;participant
""".format(long="m" * 250)
GOOD, BAD = 5, 5
WRITER = "marie@accepte.simulator.invalid"
TITLE = "Habilitation électrique"
# Typed the same in whatever order a browser asks for day and month.
DAY = date(date.today().year + 1, 10, 10)
STATUSES = {
    "fr": ["Reçu", "Reçu et ouvert", "Erreur à l'envoi", "Réception impossible"],
    "en": ["Received", "Received and opened", "Sending error", "Could not be received"],
}
SOON = 60_000  # milliseconds


@dataclass
class Story:
    """`look` is called at each step with its name."""

    home: Installation
    sheet: Page
    hands: Mouse | Keyboard
    language: str
    folder: Path
    look: Callable[[Page, str], None] = lambda *_: None
    people: str = PEOPLE

    def play(self) -> None:
        self.begin()
        self.log_in()
        self.prepare()
        self.import_people()
        self.write()
        self.preview()
        self.send()
        self.follow()
        self.correct()
        self.hand_over()
        self.export()

    def begin(self) -> None:
        self.home.run("add-user", WRITER, "--name", "Marie Exemple", "--password", PASSWORD)

    def see(self, name: str) -> None:
        self.look(self.sheet, f"story-{self.language}-{name}")

    def log_in(self) -> None:
        self.sheet.goto(self.home.url)
        self.hands.press(f"form.languages button[value={self.language}]")
        expect(self.sheet.locator("html")).to_have_attribute("lang", self.language)
        self.see("01-login")
        self.hands.write("input[name=login]", WRITER)
        self.hands.write("input[name=password]", PASSWORD)
        self.hands.press("form button.main")
        expect(self.sheet.locator("h1")).to_have_text("Sessions")
        self.see("02-sessions")

    def prepare(self) -> None:
        self.hands.press("a[href$='/sessions/nouvelle']")
        self.hands.write("input[name=title]", TITLE)
        self.hands.write("input[name=reference]", "HE-1")
        self.hands.write("input[name=place]", "12 rue de la République, Lyon")
        self.hands.write("input[name=starts_on]", f"{DAY:%Y-%m-%d}")
        self.see("03-session")
        self.hands.press("main form button.main")
        expect(self.sheet.locator("h1")).to_have_text(TITLE)
        self.see("04-participants-empty")

    def import_people(self) -> None:
        file = self.folder / "inscrits.csv"
        file.write_text(self.people, encoding="cp1252")
        self.hands.press("a[href$='/participants/importer']")
        self.hands.attach("input[type=file]", file)
        self.see("05-import")
        self.hands.press("form[enctype] button.main")
        if self.people == PEOPLE:
            expect(self.sheet.locator("#verdict")).to_contain_text(str(GOOD))
            expect(self.sheet.locator("#bad-title")).to_contain_text(str(BAD))
        self.see("06-import-checked")
        self.hands.press("form[action$='/appliquer'] button")
        expect(self.sheet.locator(".steps li").last).to_have_attribute("aria-current", "step")
        self.see("07-imported")

    def write(self) -> None:
        data = demo(date.today())
        paper = self.folder / "convocation.pdf"
        paper.write_bytes(convocation_pdf(data.sessions[0], data.organisation))
        self.hands.press("a[href$='/participants'].main")
        self.hands.press(".tabs a[href$='/nouveau']")
        self.see("08-new-email")
        self.hands.press("button[name=with][value=convocation]")
        self.hands.write("#subject", "Convocation : {{ session.titre }}")
        self.hands.write("#reply", "contact@formation-exemple.test")
        self.hands.attach("#file-input", paper)
        expect(self.sheet.locator("#files")).to_contain_text("convocation.pdf")
        expect(self.sheet.locator("#draft-state [role=alert]")).to_have_count(0)
        self.see("09-draft")

    def preview(self) -> None:
        self.hands.press("button[name=then][value=preview]")
        expect(self.sheet.locator("nav.copies")).to_contain_text(re.compile(rf"1 \w+ {GOOD}"))
        self.hands.press("#copy-next")
        expect(self.sheet.locator("nav.copies")).to_contain_text(re.compile(rf"2 \w+ {GOOD}"))
        self.see("10-preview")
        self.hands.press("form[action$='/essai'] button")
        expect(self.sheet.locator(".notice")).to_contain_text(WRITER)
        self.see("11-tested")

    def send(self) -> None:
        self.hands.press("a[href$='/envoi'].main")
        expect(self.sheet.locator(".lead")).to_contain_text(str(GOOD))
        self.see("12-check")
        self.hands.press("button.main.big")
        expect(self.sheet.locator("table.history tbody")).to_have_count(GOOD)

    def follow(self) -> None:
        """Statuses change under the eyes of somebody who is doing something else on the page, and stays there."""
        self.hands.write("input[data-live]", "@")
        for label in STATUSES[self.language]:
            word = self.sheet.locator("table.history .stand .word", has_text=re.compile(rf"{label}$"))
            expect(word.first).to_be_visible(timeout=SOON)
        assert self.sheet.evaluate("document.activeElement.matches('input[data-live]')"), "the focus was moved"
        self.see("13-history")

    def correct(self) -> None:
        self.hands.press(".main-nav a[href$='/a-traiter']")
        self.see("14-to-handle")
        self.hands.write("form.correct input[name=address]", "ines@accepte.simulator.invalid")
        self.hands.press("form.correct button")
        expect(self.sheet.locator(".notice")).to_contain_text("ines@accepte.simulator.invalid")
        self.see("15-corrected")

    def hand_over(self) -> None:
        self.hands.press("a[href*='/remis-autrement']")
        self.see("16-handed-over")
        self.hands.write("textarea[name=how]", "Remise en main propre le premier matin.")
        self.hands.press("article form button.main")
        expect(self.sheet.locator("#others")).to_have_count(0)
        self.see("17-nothing-left")

    def export(self) -> None:
        self.hands.press(".main-nav a[href^='/o/']")
        self.hands.press("main a[href*='/historique']")
        resent = self.sheet.locator("table.history tbody", has_text="ines@accepte")
        expect(resent.locator(".stand.received")).to_be_visible(timeout=SOON)
        self.see("18-history-after")
        self.hands.press(".export button")
        self.hands.press("a[href*='format=pdf']")
        self.hands.press("main form.box button.main")
        expect(self.sheet.locator("a[href$='/fichier']")).to_be_visible(timeout=SOON)
        self.see("19-record")
        with self.sheet.expect_download() as told:
            self.hands.press("a[href$='/fichier']")
        record = self.folder / told.value.suggested_filename
        told.value.save_as(record)
        assert record.read_bytes().startswith(b"%PDF-")
        said = self.home.run("verify", str(record))
        assert "unchanged since" in said and f"{GOOD + 1} of {GOOD + 1} e-mails say the same" in said
