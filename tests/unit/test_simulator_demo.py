"""The demonstration's people and papers."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.domain.address import Address
from bienrecu.domain.status import Status
from bienrecu.simulator.behaviours import Act, behaviour_of
from bienrecu.simulator.demo_data import convocation_pdf, demo, french_moment
from bienrecu.simulator.pdf import Line, one_page

TODAY = date(2026, 11, 5)
DEMO = demo(TODAY)
FIRST = DEMO.sessions[0]
PARTICIPANTS = [person for person in FIRST.people if person.role == "participant"]
EVERYBODY = {person.email: person for session in DEMO.sessions for person in session.people}


def test_everybody_has_a_valid_address_of_the_simulator() -> None:
    for email in EVERYBODY:
        assert behaviour_of(email) is not None
        assert str(Address.parse(email)) == email


def test_one_convocation_shows_all_six_statuses() -> None:
    ends = Counter(behaviour.ends for p in PARTICIPANTS if (behaviour := behaviour_of(p.email)))
    assert set(ends) == set(Status)
    assert sum(ends.values()) == 27
    assert ends[Status.RECEIVED] == max(ends.values())


def test_who_is_to_be_seen_opening_agreed_to_it() -> None:
    seen = (Act.OPEN, Act.GMAIL_DISPLAY, Act.APPLE_PREFETCH)
    openers = [p for p in EVERYBODY.values() for step in behaviour_of(p.email).after if step.act in seen]  # type: ignore[union-attr]
    assert openers
    assert all(person.tracking_consent for person in openers)


def test_there_are_a_trainer_and_a_company_contact() -> None:
    assert Counter(person.role for person in FIRST.people) == {"participant": 27, "trainer": 1, "company": 1}


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_whatever_the_day_sessions_are_on_working_days_soon(today: date) -> None:
    for session in demo(today).sessions:
        assert today + timedelta(days=7) <= session.starts.date() <= today + timedelta(days=21)
        assert session.starts < session.ends
        assert session.ends.weekday() < 5


def test_the_template_uses_the_variables_that_exist_and_no_other() -> None:
    used = set(re.findall(r"{{ ([a-z._]+) }}", DEMO.convocation_subject + DEMO.convocation_html))
    assert used == {"prenom", "nom", "session.titre", "session.debut", "session.lieu", "organisme.nom"}


def test_a_moment_reads_as_french_people_write_it() -> None:
    assert french_moment(demo(date(2026, 11, 18)).sessions[0].starts) == "mardi 1er décembre 2026 à 9 h 00"


def objects(pdf: bytes) -> list[bytes]:
    """What the cross-reference table points to, number by number, found as a reader finds it: from the end."""
    (start,) = re.findall(rb"startxref\n(\d+)\n%%EOF\n$", pdf)
    table = pdf[int(start) :]
    (count,) = re.findall(rb"^xref\n0 (\d+)\n0000000000 65535 f \n", table)
    entries = re.findall(rb"^(\d{10}) 00000 n $", table, re.MULTILINE)
    assert len(entries) == int(count) - 1
    return [pdf[int(entry) :] for entry in entries]


def test_the_convocation_is_a_pdf_whose_table_points_to_its_objects() -> None:
    pdf = convocation_pdf(FIRST, DEMO.organisation)
    found = objects(pdf)
    assert all(body.startswith(b"%d 0 obj\n" % number) for number, body in enumerate(found, 1))
    assert re.search(rb"/Root 1 0 R", pdf) and found[0].startswith(b"1 0 obj\n<< /Type /Catalog")


def test_the_length_of_the_page_s_content_is_the_declared_one() -> None:
    content = objects(convocation_pdf(FIRST, DEMO.organisation))[3]
    (length, stream) = re.findall(rb"/Length (\d+) >>\nstream\n(.*?)endstream", content, re.DOTALL)[0]
    assert len(stream) == int(length)
    assert "Sécurité incendie, équipiers de première intervention".encode("cp1252") in stream


@pytest.mark.parametrize("text", ["(a) \\ b", "a) Tj ET", "\u4f60"])
def test_no_text_breaks_the_page(text: str) -> None:
    content = objects(one_page(text, [Line(text)]))[3]
    unescaped = re.sub(rb"\\.", b"", content.partition(b"endstream")[0])
    assert unescaped.count(b"(") == unescaped.count(b")") == 1
