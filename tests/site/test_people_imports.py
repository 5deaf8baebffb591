"""Importing a file of people, through the pages: seen first, imported once and whole or not at all, undone."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from bienrecu.store.models import AuditEntry, Consent, Contact, Enrolment, PeopleImport, Role, TrainingSession
from bienrecu.submission.people.limits import MOST_LINES
from tests.builders import a_contact, a_recipient, a_session, a_user
from tests.site.sheets import book_of, workbook

pytestmark = pytest.mark.django_db

MOST_MEMORY = 300  # MB beyond what the process had before

FIVE_BAD = """\
Prénom;Nom;E-mail;Rôle;Consentement
Awa;Diallo;awa@exemple.fr;formatrice;oui
Léa;Sans;;participant;
Paul;Deux;paul@exemple.fr, paul@exemple.com;participant;
Karim;Mal;karim.exemple.fr;participant;
Maud;Longue;{long}@exemple.fr;participant;
Awa;DIALLO;AWA@exemple.fr;participant;
Zoé;Faure;zoe@gmial.com;participant;
=1+1;Roche;ines@exemple.fr;chef;hier
""".format(long="m" * 250).encode("cp1252")


@pytest.fixture
def session() -> TrainingSession:
    return a_session()


@pytest.fixture
def client(session: TrainingSession) -> Client:
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    client.force_login(a_user(Role.SENDER, session.organisation))
    return client


def upload(client: Client, session: TrainingSession, raw: bytes, name: str = "inscrits.csv") -> Any:
    url = reverse("import_participants", args=[session.organisation.slug, session.id])
    return client.post(url, {"file": SimpleUploadedFile(name, raw)}, follow=True)


def act(client: Client, name: str, **data: str) -> Any:
    made = PeopleImport.objects.defer("rows").select_related("organisation").latest("id")
    return client.post(reverse(f"import_{name}", args=[made.organisation.slug, made.id]), data, follow=True)


def words(page: Any) -> str:
    return re.sub(r"\s+", " ", page.content.decode())


def nothing_is_there() -> bool:
    return not (Contact.objects.exists() or Enrolment.objects.exists() or Consent.objects.exists())


def test_each_bad_line_is_shown_with_its_reason_and_nothing_is_imported_yet(
    client: Client, session: TrainingSession
) -> None:
    page = upload(client, session, FIVE_BAD)
    said = {row.number: row.why for row in page.context["bad"]["rows"]}
    assert said.keys() == {3, 4, 5, 6, 7}
    assert "no e-mail address" in said[3] and "several addresses" in said[4] and "name@domain" in said[5]
    assert "name@domain" in said[6] and "line 2 already" in said[7]
    assert [line.suggestion for line in page.context["doubtful"]["rows"]] == ["zoe@gmail.com"]
    assert "“chef” is not known" in page.context["partial"]["rows"][0].why
    assert nothing_is_there()


def test_the_good_lines_are_imported_once_however_often_that_is_asked(client: Client, session: TrainingSession) -> None:
    upload(client, session, FIVE_BAD)
    act(client, "decide", accepted="8")
    for _ in range(10):
        act(client, "apply")
    assert sorted(Contact.objects.values_list("email", flat=True)) == [
        "awa@exemple.fr",
        "ines@exemple.fr",
        "zoe@gmail.com",
    ]
    assert Contact.objects.get(email="ines@exemple.fr").first_name == "=1+1"  # text, and nothing else
    assert session.participants.count() == 3
    assert AuditEntry.objects.filter(action="people_imported").count() == 1
    assert Consent.objects.get().granted


def test_undoing_leaves_what_was_there_and_what_is_used_since(client: Client, session: TrainingSession) -> None:
    before = a_contact(session.organisation, first_name="", last_name="", email="awa@exemple.fr")
    upload(client, session, FIVE_BAD)
    act(client, "apply")
    ines = Contact.objects.get(email="ines@exemple.fr")
    a_recipient(session, contact=ines)
    for _ in range(2):
        page = act(client, "undo")
    assert "Inès" not in words(page) and "1 contact stays" in words(page)
    before.refresh_from_db()
    assert (before.first_name, list(Contact.objects.order_by("id"))) == ("", [before, ines])
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"\n" * 5000, "it names nobody"),
        (b"email;nom\n", "it names nobody"),
        (b"," * 1_000_000, "it names nobody"),
        (b"%PDF-1.7", "it is no list"),
        (b'email\nzoe@exemple.fr\n"noe@exemple.fr\n', "line 3 cannot be read"),
        (b"email\n" + b"a@exemple.fr\n" * (MOST_LINES + 10), "it has more than 50000 lines"),
        (b"email\n" + b"a" * 10_000_000, "it is larger than 10 MB"),
        (book_of(b"\0" * 150_000_000), "it is too large once unpacked"),
        (book_of("<a>" * 1_000_000), "it cannot be read as an Excel workbook"),
    ],
)
def test_a_file_that_is_no_list_says_so_beside_its_field_and_leaves_nothing(
    raw: bytes, said: str, client: Client, session: TrainingSession
) -> None:
    page = upload(client, session, raw)
    assert page.status_code == 422
    assert f"This file cannot be used: {said}" in " ".join(page.context["form"].errors["file"])
    assert not PeopleImport.objects.exists() and nothing_is_there()


@pytest.mark.parametrize("name", ["a\0b.csv", "\ud800.csv", "../../etc/passwd", "x" * 400 + ".csv", "<b>.csv"])
def test_the_name_of_the_file_is_only_a_name(name: str, client: Client, session: TrainingSession) -> None:
    page = upload(client, session, b"email\nzoe@exemple.fr\n", name.encode("utf-8", "surrogatepass").decode("latin-1"))
    assert page.status_code == 200
    assert "<b>" not in PeopleImport.objects.get().file_name or "<b>.csv" not in words(page)


def test_ten_thousand_columns_are_mapped_among_the_first_hundred(client: Client, session: TrainingSession) -> None:
    rows = [[f"c{at}" for at in range(10_000)], ["Zoé", "zoe@exemple.fr", *["x"] * 9_998]]
    for raw in ("\n".join(map(";".join, rows)).encode(), workbook(rows)):
        page = upload(client, session, raw)
        assert "Only the first 100 columns are read." in words(page)
        assert len(page.context["columns"]) == 100
    act(client, "columns", **{"column-1": "email", "column-0": "first_name"})
    act(client, "apply")
    assert str(Contact.objects.get()) == "Zoé"


def test_who_stands_below_merged_cells_is_imported_without_what_they_hid(
    client: Client, session: TrainingSession
) -> None:
    merged = '<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="C3:C4"/></mergeCells>'
    rows = [["Inscrits 2027", "", ""], ["E-mail", "Nom", "Entreprise"], ["zoe@exemple.fr", "Faure", "Sud"]]
    upload(client, session, workbook([*rows, ["noe@exemple.fr", "Roche", ""]], merged), "inscrits.xlsx")
    act(client, "apply")
    assert list(Contact.objects.order_by("id").values_list("last_name", "company")) == [("Faure", "Sud"), ("Roche", "")]


@contextmanager
def no_contact(address: str) -> Iterator[None]:
    """The database itself fails when it is to take that contact."""
    on_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if on_postgresql:
            body = "BEGIN RAISE EXCEPTION 'disk full'; END"
            cursor.execute(f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
            begin = f"FOR EACH ROW WHEN (NEW.email = '{address}') EXECUTE FUNCTION fail()"
        else:
            begin = f"WHEN NEW.email = '{address}' BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        cursor.execute(f"CREATE TRIGGER failing BEFORE INSERT ON store_contact {begin}")
        yield
        cursor.execute(f"DROP TRIGGER failing {'ON store_contact' if on_postgresql else ''}")


def test_what_fails_in_the_middle_leaves_nothing_and_can_be_done_again(
    client: Client, session: TrainingSession
) -> None:
    lines = "".join(f"P{number};p{number}@exemple.fr;oui\n" for number in range(5000))
    upload(client, session, f"nom;email;consentement\n{lines}".encode())
    with no_contact("p4500@exemple.fr"):
        assert act(client, "apply").status_code == 500
    made = PeopleImport.objects.get()
    assert nothing_is_there() and made.applied_at is None and len(made.rows) == 5000
    act(client, "apply")
    assert (Contact.objects.count(), session.participants.count(), Consent.objects.count()) == (5000,) * 3


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Fails for more memory than MOST_MEMORY. Linux forgets the peak when it is told to."""
    Path("/proc/self/clear_refs").write_text("5")
    before, started = memory("VmRSS"), time.monotonic()
    yield
    grown, seconds = memory("VmHWM") - before, time.monotonic() - started
    print(f"{connection.vendor}, {what}: {grown:.0f} MB, {seconds:.1f} s")
    assert grown < MOST_MEMORY


def memory(name: str) -> float:
    told = Path("/proc/self/status").read_text()
    return int(re.findall(rf"{name}:\s+(\d+)", told)[0]) / 1024


def test_fifty_thousand_lines_are_seen_imported_and_undone(client: Client, session: TrainingSession) -> None:
    lines = "".join(
        f"Prénom{number};Nom{number};p{number}@exemple.fr;Entreprise {number % 900};oui;{'x' * 100}\n"
        for number in range(MOST_LINES)
    )
    raw = f"prénom;nom;email;entreprise;consentement;note\n{lines}".encode("cp1252")
    with measured(f"{MOST_LINES} lines, {len(raw) / 1e6:.1f} MB, seen"):
        assert "50,000 lines can be imported" in words(upload(client, session, raw)).replace("50000", "50,000")
    with measured("imported"):
        act(client, "apply")
    assert (Contact.objects.count(), session.participants.count(), Consent.objects.count()) == (MOST_LINES,) * 3
    with measured("seen again, all of them known"):
        assert upload(client, session, raw).context["preview"].known == MOST_LINES
    PeopleImport.objects.latest("id").delete()
    with measured("undone"):
        act(client, "undo")
    assert nothing_is_there()
