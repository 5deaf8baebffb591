"""The rows of History: `bienrecu/store/queries/history.py`."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.store.models import ContactRole, EmailType, TrainingSession
from bienrecu.store.queries import history
from bienrecu.store.queries.filters import Filters
from bienrecu.store.queries.history import NEWEST_FIRST, START, Cursor, Order, Page, Question, Sort
from tests.builders import ASKED, a_message, a_recipient, a_session

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
ORDERS = [Order(sort, descending) for sort in Sort for descending in (False, True)]


def ask(session: TrainingSession, order: Order = NEWEST_FIRST, cursor: Cursor = START, **filters: Any) -> Page:
    question = Question(session.pk, Filters(**filters), order, PARIS)
    return history.page(question, history.counts(session.pk), cursor)


def names(session: TrainingSession, **filters: Any) -> list[str]:
    return sorted(row.name for row in ask(session, **filters).rows)


def walk(session: TrainingSession, order: Order, page: Page, **filters: Any) -> Iterator[Page]:
    yield page
    while page.after:
        page = ask(session, order, page.after, **filters)
        yield page


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> TrainingSession:
    """Forty people at all statuses, asked for in four batches of one instant each, on pages of seven."""
    monkeypatch.setattr(history, "PAGE", 7)
    session = a_session()
    for batch in range(4):
        message = a_message(session, requested_at=ASKED + timedelta(minutes=batch))
        for number in range(10):
            status = list(Status)[(batch + number) % 6]
            a_recipient(message=message, status=status, name=["Élodie", "Awa", "zoé", "Noé"][number % 4])
    return session


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("few", [1, 1000])
@pytest.mark.parametrize(
    "filters", [{}, {"text": "e"}, {"statuses": (Status.SENT, Status.RECEIVED)}, {"statuses": (Status.OPENED,)}]
)
def test_paging_shows_every_row_once_in_either_direction(
    crowd: TrainingSession, order: Order, few: int, filters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "LIMIT", few)
    forward = [row.id for page in walk(crowd, order, ask(crowd, order, **filters), **filters) for row in page.rows]
    wanted = set(filters.get("statuses", Status))
    assert len(forward) == len(set(forward)) == sum(history.counts(crowd.pk)[status] for status in wanted)

    page = ask(crowd, order, Cursor(backward=True), **filters)
    assert [row.id for row in page.rows] == forward[-7:] and page.after is None
    while page.before:
        following = page.rows[0].id
        page = ask(crowd, order, page.before, **filters)
        if page.before:
            assert forward[forward.index(page.rows[-1].id) + 1] == following
    assert [row.id for row in page.rows] == forward[:7]


def test_the_latest_request_stands_first(crowd: TrainingSession) -> None:
    asked = [row.requested_at for row in ask(crowd).rows]
    assert asked == sorted(asked, reverse=True) and asked[0] == ASKED + timedelta(minutes=3)


def test_a_row_does_not_move_when_it_is_sent_or_received() -> None:
    session = a_session()
    first, second = (a_recipient(session, Status.REQUESTED) for _ in range(2))
    before = [row.id for row in ask(session).rows]
    first.sent_at = ASKED + timedelta(hours=1)
    first.save()
    assert [row.id for row in ask(session).rows] == before == [second.pk, first.pk]


def test_names_are_sorted_without_case_or_accents() -> None:
    session = a_session()
    for name in ("zoé", "Élodie", "Eric", "awa"):
        a_recipient(session, name=name)
    assert [row.name for row in ask(session, Order(Sort.RECIPIENT, descending=False)).rows] == [
        "awa",
        "Élodie",
        "Eric",
        "zoé",
    ]


def test_in_order_of_status_the_newest_of_each_comes_first(crowd: TrainingSession) -> None:
    order = Order(Sort.STATUS, descending=False)
    rows = [row for page in walk(crowd, order, ask(crowd, order)) for row in page.rows]
    assert [(row.status, -row.requested_at.timestamp(), -row.id) for row in rows] == sorted(
        (row.status, -row.requested_at.timestamp(), -row.id) for row in rows
    )


def test_a_row_whose_status_changed_since_does_not_break_the_next_page(crowd: TrainingSession) -> None:
    order = Order(Sort.STATUS, descending=False)
    gone = history.position(order, ask(crowd, order).rows[0])
    crowd.counts.filter(status=Status.REQUESTED).update(count=0)
    assert ask(crowd, order, Cursor(gone)).rows[0].status == Status.SENT


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("lefevre", ["Élodie Lefèvre"]),
        ("LEFÈVRE élo", ["Élodie Lefèvre"]),
        ("noe@", ["Noé Lambert"]),
        ("convocation", ["Noé Lambert", "Élodie Lefèvre"]),
        ("100%", []),
        ("_", []),
        ("\\", []),
    ],
)
def test_search_minds_neither_case_nor_accents_nor_the_order_of_words(words: str, found: list[str]) -> None:
    session = a_session()
    a_recipient(session, name="Élodie Lefèvre", address="elodie@exemple.fr")
    a_recipient(session, name="Noé Lambert", address="noe@exemple.fr")
    assert names(session, text=words) == found


def test_each_column_filters_by_what_stands_in_it() -> None:
    session = a_session()
    a_recipient(session, name="Paul Convocation", subject="Bienvenue", role="trainer", attachment_count=2)
    a_recipient(session, name="Awa", subject="Votre convocation de Paul", type="programme")
    assert names(session, recipient="convocation") == ["Paul Convocation"]
    assert names(session, subject="paul") == ["Awa"]
    assert names(session, roles=(ContactRole.TRAINER,)) == ["Paul Convocation"]
    assert names(session, types=(EmailType.PROGRAMME,)) == ["Awa"]
    assert names(session, attachment=True) == ["Paul Convocation"]
    assert names(session, attachment=False) == ["Awa"]


def test_a_reason_is_found_among_failures_and_among_those_still_tried() -> None:
    session = a_session()
    a_recipient(session, name="failed", events=[(Kind.REFUSED, Reason.MAILBOX_FULL)])
    a_recipient(session, name="waiting", events=[(Kind.DEFERRED, Reason.MAILBOX_FULL)])
    a_recipient(session, name="other", events=[(Kind.REFUSED, Reason.VIRUS)])
    assert names(session, reasons=(Reason.MAILBOX_FULL,)) == ["failed", "waiting"]
    assert names(session, reasons=(Reason.VIRUS,), statuses=(Status.OPENED,)) == []


def test_days_are_those_of_the_reader() -> None:
    session = a_session()
    evening = datetime(2027, 1, 5, 23, 30, tzinfo=UTC)  # past midnight in Paris
    a_recipient(session, requested_at=evening)
    assert ask(session, since=date(2027, 1, 6), until=date(2027, 1, 6)).count == 1
    assert ask(session, until=date(2027, 1, 5)).count == 0
    assert ask(session, since=date(2027, 1, 7)).count == 0


def test_the_date_filtered_is_the_date_shown() -> None:
    session = a_session()
    a_recipient(session, requested_at=ASKED, sent_at=ASKED + timedelta(days=3))
    assert ask(session, since=date(2027, 1, 8), until=date(2027, 1, 8)).count == 1
    assert ask(session, until=date(2027, 1, 7)).count == 0


def test_beyond_the_limit_a_filtered_count_says_more_than(
    crowd: TrainingSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "LIMIT", 10)
    found = ask(crowd, text="exemple")
    assert (found.count, found.exact) == (10, False)
    found = ask(crowd, text="zoe")
    assert (found.count, found.exact) == (8, True)


def test_the_status_alone_is_counted_exactly_however_many(
    crowd: TrainingSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "LIMIT", 3)
    found = ask(crowd, statuses=(Status.REQUESTED, Status.SENT))
    assert found.exact and found.count == sum(history.counts(crowd.pk)[s] for s in (Status.REQUESTED, Status.SENT))


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_no_page_counts_everything_or_skips_rows(
    crowd: TrainingSession, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "LIMIT", 3)
    start = ask(crowd, order).after
    assert start is not None
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ask(crowd, order, start)
    said = [query["sql"] for query in queries]
    assert not any("OFFSET" in sql or "COUNT(" in sql for sql in said)
    assert all("LIMIT" in sql for sql in said if "store_recipient" in sql)


def test_sessions_do_not_see_each_others_rows() -> None:
    mine, other = a_session(), a_session()
    a_recipient(mine)
    assert ask(other).rows == [] and ask(mine).count == 1


def test_of_several_acts_the_one_that_says_most_is_told() -> None:
    session = a_session()
    row = a_recipient(session, events=[(Kind.DELIVERED, None), (Kind.OPENED, None), (Kind.CONFIRMED, None)])
    a_recipient(session)
    assert history.acts(ask(session).rows) == {row.pk: (Kind.CONFIRMED, ASKED + timedelta(seconds=3))}
