from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from bienrecu.wording import when
from bienrecu.wording.french import de

NOW = datetime(2027, 1, 8, 12, 0, tzinfo=ZoneInfo("Europe/Paris"))
MORNING = datetime(2027, 1, 8, 8, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Hugo Petit", "d'Hugo Petit"),
        ("Paul", "de Paul"),
        ("Awa Diallo", "d'Awa Diallo"),
        ("Élise", "d'Élise"),
        ("Inès Roche", "d'Inès Roche"),
        ("Œdipe", "d'Œdipe"),
        ("Hélène", "d'Hélène"),
        ("Hervé", "d'Hervé"),
        ("Hassan", "de Hassan"),
        ("Harry", "de Harry"),
        ("Yves", "d'Yves"),
        ("Yann", "de Yann"),
        ("Youssef", "de Youssef"),
        ("Noé Lambert", "de Noé Lambert"),
        ("Service formation", "de Service formation"),
        ("ines@exemple.net", "d'ines@exemple.net"),
        ("2e étage", "de 2e étage"),
        ("Ünal", "d'Ünal"),
        ("Y", "de Y"),
        ("山田", "de 山田"),
        ("", "de "),
    ],
)
def test_french_elides_before_a_vowel_and_a_mute_h(name: str, said: str) -> None:
    assert de(name) == said


def test_dates_read_as_a_french_person_writes_them() -> None:
    with override("fr"):
        assert when.moment(MORNING, NOW) == "le 8 janvier à 09:14"
        assert when.day(datetime(2027, 2, 1, 12, tzinfo=UTC), NOW) == "1er février"
        assert when.weekday(datetime(2027, 1, 5, 9, tzinfo=UTC), NOW) == "mar. 5 janv."


def test_dates_read_as_an_english_person_writes_them() -> None:
    with override("en"):
        assert when.moment(MORNING, NOW) == "on 8 January at 09:14"
        assert when.weekday(datetime(2027, 1, 5, 9, tzinfo=UTC), NOW) == "Tue 5 Jan"


def test_times_are_shown_in_the_readers_zone() -> None:
    with override("en"):
        assert when.brief(MORNING, NOW) == "at 09:14"
        assert when.brief(MORNING, NOW.astimezone(ZoneInfo("America/Martinique"))) == "at 04:14"


def test_another_day_is_named_and_another_year_too() -> None:
    with override("fr"):
        assert when.brief(datetime(2027, 1, 12, 8, tzinfo=UTC), NOW) == "le 12 janv. à 09:00"
        assert when.day(datetime(2026, 12, 31, 12, tzinfo=UTC), NOW) == "31 décembre 2026"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_month_and_every_day_of_the_week_has_its_name(language: str) -> None:
    with override(language):
        months = {when.day(datetime(2027, month, 2, tzinfo=UTC), NOW) for month in range(1, 13)}
        short = {when.short_day(datetime(2027, month, 2, tzinfo=UTC), NOW) for month in range(1, 13)}
        days = {when.weekday(datetime(2027, 3, day, tzinfo=UTC), NOW).split()[0] for day in range(1, 8)}
    assert (len(months), len(short), len(days)) == (12, 12, 7)


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=5), "1 minute"),
        (timedelta(minutes=40), "40 minutes"),
        (timedelta(hours=2), "2 heures"),
        (timedelta(hours=47), "47 heures"),
        (timedelta(hours=72), "3 jours"),
    ],
)
def test_durations_are_told_in_the_unit_that_suits_them(length: timedelta, said: str) -> None:
    with override("fr"):
        assert when.span(length) == said
