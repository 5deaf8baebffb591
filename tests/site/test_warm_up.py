"""A new domain sends little at first: what waits is promised a day, and no day lets go more than its allowance."""

import threading
from collections import Counter
from copy import copy
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from bienrecu.domain.event import Kind
from bienrecu.domain.large_operator import CODES, operator_of
from bienrecu.domain.warm_up import allowance
from bienrecu.store import queue, warm_up
from bienrecu.store.models import Attempt, HostedDomain, Recipient, SendingDay, SendingDomain
from bienrecu.store.queries import emails
from bienrecu.store.queries.warm_up import stages
from bienrecu.submission.post import cancel, post
from bienrecu.submission.request import Person
from bienrecu.submission.schedule import reschedule
from tests.builders import a_user
from tests.site.parties import a_request, an_organisation, posted
from tests.site.warming_up import NOW, TODAY, a_new_domain, by_day, many

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_half_past_nine")]


@pytest.fixture
def domain() -> SendingDomain:
    return a_new_domain(an_organisation())


def a_good_day(domain: SendingDomain, days_ago: int, operator: str = "gmail", **counts: int) -> None:
    day = TODAY - timedelta(days=days_ago)
    known = {"organisation": domain.organisation, "domain": domain.name, "operator": operator, "day": day}
    SendingDay.objects.create(**known | {"sent": 50} | counts)


def claimed(now: datetime, engine: str = "e1", destination: str = "gmail.com") -> int:
    found = 0
    while rows := queue.claim(engine, [destination], 20, now):
        found += len(rows)
    return found


def test_fifty_leave_today_and_the_others_on_the_mornings_after(domain: SendingDomain) -> None:
    posted(*many(130))
    assert by_day() == {0: 50, 1: 50, 2: 30}
    assert Recipient.objects.filter(due_at=datetime(2027, 1, 6, 7, tzinfo=UTC)).count() == 50  # 08:00 in Paris
    assert claimed(NOW) == 50
    assert claimed(NOW + timedelta(hours=12)) == 0


def test_each_large_operator_has_its_own_allowance_and_all_others_have_one_together(domain: SendingDomain) -> None:
    posted(*many(60), *many(60, "orange.fr"), *many(10, "wanadoo.fr"), *many(90, "a.example"), *many(60, "b.example"))
    left = {d: claimed(NOW, destination=d) for d in ("gmail.com", "orange.fr", "wanadoo.fr", "a.example", "b.example")}
    assert left["gmail.com"] == 50
    assert left["orange.fr"] + left["wanadoo.fr"] == 50
    assert left["a.example"] + left["b.example"] == 100


def test_domains_whose_mail_google_takes_share_the_allowance_of_gmail(domain: SendingDomain) -> None:
    HostedDomain.objects.create(domain="client.example", operator="gmail")
    posted(*many(30), *many(30, "client.example"), *many(90, "a.example"))
    assert by_day() == {0: 140, 1: 10}
    left = {d: claimed(NOW, destination=d) for d in ("gmail.com", "client.example", "a.example")}
    assert left["gmail.com"] + left["client.example"] == 50
    assert left["a.example"] == 90
    [gmail, others] = [one for one in stages(domain, NOW) if one.operator in ("gmail", "others")]
    assert (gmail.begun, gmail.waiting, others.begun, others.waiting) == (50, 10, 90, 0)


def test_what_is_learned_after_days_were_promised_holds_when_they_come(domain: SendingDomain) -> None:
    posted(*many(90, "client.example"))
    assert by_day() == {0: 90}
    HostedDomain.objects.create(domain="client.example", operator="microsoft")
    assert claimed(NOW, destination="client.example") == 50
    assert by_day() == {1: 40}


def test_a_simulated_recipient_a_mail_to_oneself_and_one_about_an_account_never_wait(domain: SendingDomain) -> None:
    posted(*many(60))
    me = a_user(organisation=domain.organisation, email="moi@gmail.com")
    free = [
        *posted(*many(300, "boite-pleine.simulator.invalid"), key="simulated"),
        *posted("moi@gmail.com", key="test", requested_by=me),
        *posted("autre@gmail.com", key="account", confidential=True),
    ]
    assert by_day(*free) == {0: 302}
    assert {row.warm_up_id for row in free} == {None}


def test_what_sends_from_the_shared_address_or_from_a_known_domain_never_waits() -> None:
    an_organisation()
    posted(*many(300))
    other = a_new_domain(an_organisation("old"))
    SendingDomain.objects.update(warming_since=None)
    post(a_request(other.organisation, recipients=[Person(one, "Awa") for one in many(300)]))
    assert by_day() == {0: 600}


def test_days_that_went_well_bring_more(domain: SendingDomain) -> None:
    for days_ago in (1, 2, 3):
        a_good_day(domain, days_ago)
    posted(*many(100))
    assert by_day() == {0: 75, 1: 25}


def test_complaints_hold_the_allowance(domain: SendingDomain) -> None:
    for days_ago in (1, 2, 3):
        a_good_day(domain, days_ago, complaints=3)
    posted(*many(100))
    assert by_day() == {0: 50, 1: 50}


def test_five_people_need_not_wait_for_five_hundred(domain: SendingDomain) -> None:
    posted(*many(500))
    few = posted(*many(5), key="few")
    assert by_day(*few) == {0: 5}
    assert by_day()[0] == 50


def test_engines_that_slept_for_days_let_no_day_go_twice(domain: SendingDomain) -> None:
    posted(*many(200))
    later = NOW + timedelta(days=2, hours=3)
    assert claimed(later) == 50
    assert by_day() == {3: 50, 4: 50, 5: 50}


def test_what_was_scheduled_leaves_no_sooner_and_makes_room(domain: SendingDomain) -> None:
    later = NOW + timedelta(days=2)
    planned = posted(*many(60), scheduled_at=later)
    assert by_day() == {2: 50, 3: 10}
    assert min(row.due_at for row in planned if row.due_at) == later
    posted(*many(160), key="now")
    assert by_day() == {0: 50, 1: 50, 2: 50, 3: 70}


def test_what_is_scheduled_anew_is_promised_anew(domain: SendingDomain) -> None:
    rows = posted(*many(60), scheduled_at=NOW + timedelta(days=2))
    assert reschedule(rows[0].message, NOW + timedelta(days=5), by=None)
    assert by_day() == {5: 50, 6: 10}


def test_what_waited_for_days_is_tried_for_days_and_is_dated_of_its_day(domain: SendingDomain) -> None:
    """It is not old when it leaves: neither for whoever gives up after three days, nor in its Date field."""
    posted(*many(60))
    claimed(NOW)
    tomorrow = NOW + timedelta(days=1)
    [first, *_] = queue.claim("e1", ["gmail.com"], 20, tomorrow)
    assert first.due_since == tomorrow
    row = Recipient.objects.select_related("message").get(pk=first.id)
    bytes_now = emails.exact_bytes(row)
    assert bytes_now is not None
    assert b"\r\nDate: Wed, 06 Jan 2027 09:30:00 +0000\r\n" in b"\r\n" + bytes_now.data


def test_a_retry_is_not_held_again(domain: SendingDomain) -> None:
    posted(*many(60))
    rows = queue.claim("e1", ["gmail.com"], 50, NOW)
    again = NOW + timedelta(minutes=5)
    results = [
        queue.Result(row.id, Kind.DEFERRED, None, Attempt(recipient_id=row.id, started_at=NOW, ended_at=NOW), again)
        for row in rows
    ]
    queue.write("e1", results, [])
    assert claimed(again) == 50


def test_ending_it_lets_all_go(domain: SendingDomain) -> None:
    posted(*many(200))
    claimed(NOW)
    warm_up.end(domain)
    assert claimed(NOW) == 150
    posted(*many(200), key="after")
    assert claimed(NOW) == 200


def test_a_domain_of_three_months_is_new_no_more() -> None:
    a_new_domain(an_organisation(), since=NOW - timedelta(days=90))
    posted(*many(400))
    assert claimed(NOW) == 400


def test_what_waits_can_be_cancelled_before_anything_left(domain: SendingDomain) -> None:
    rows = posted(*many(60), scheduled_at=NOW + timedelta(days=1))
    assert cancel(rows[0].message, by=None)
    assert by_day() == {}


def test_the_forecast_is_what_then_happens(domain: SendingDomain) -> None:
    people = Counter({"gmail.com": 130, "of.example": 120})
    promised = warm_up.forecast(domain, people, NOW, NOW)
    posted(*many(130), *many(120, "of.example"))
    assert {(at.date() - TODAY).days: count for at, count in promised.items()} == by_day() == {0: 150, 1: 70, 2: 30}


def test_fifty_thousand_at_once_from_a_domain_of_three_days(
    domain: SendingDomain, capsys: pytest.CaptureFixture[str]
) -> None:
    places = ["gmail.com"] * 8 + ["orange.fr", "outlook.fr", "hotmail.fr", "free.fr", "sfr.fr", "laposte.net"]
    places += ["wanadoo.fr", "yahoo.fr", *(f"entreprise{number}.example" for number in range(4))]
    for part in range(5):  # no message may have more than ten thousand
        rows = posted(*(f"p@{place}" for place in dict.fromkeys(places)), key=str(part))
        _multiply(rows, [places[number % len(places)] for number in range(len(rows), 10_000)])
    warm_up.place(rows[0].message, NOW)
    spread: Counter[tuple[date, str]] = Counter()
    for destination, at in Recipient.objects.values_list("destination", "due_at"):
        assert at is not None
        spread[at.astimezone(UTC).date(), operator_of(destination)] += 1
    assert sum(spread.values()) == 50_000
    for (day, operator), count in spread.items():
        most = allowance((day - TODAY).days, operator)
        assert most is None or count <= most
    waiting = Recipient.objects.filter(due_at__gt=NOW)
    assert waiting.count() == 50_000 - (7 * 50 + 100)
    assert not waiting.filter(warm_up=None).exists()
    with capsys.disabled():
        _print(spread)


def _multiply(rows: list[Recipient], places: list[str]) -> None:
    """More recipients of the same message, quicker than by composing what each would get."""
    like = {row.destination: row for row in rows}
    more = []
    for number, place in enumerate(places):
        one = copy(like[place])
        one.pk, one.address = None, f"p{number}@{place}"
        one.token = f"{one.message_id:06d}{number:010d}"
        more.append(one)
    Recipient.objects.bulk_create(more, batch_size=1000)


def _print(spread: Counter[tuple[date, str]]) -> None:
    print(f"\n50,000 e-mails at once from a domain of three days, on {connection.vendor}: how many leave each day")
    print("day".ljust(12), *(code.rjust(9) for code in CODES), "all".rjust(9))
    for day in sorted({day for day, _ in spread}):
        counts = [spread[day, code] for code in CODES]
        print(day.isoformat().ljust(12), *(f"{n:9,}" for n in counts), f"{sum(counts):9,}")


@pytest.mark.django_db(transaction=True)
def test_engines_share_one_allowance(domain: SendingDomain) -> None:
    posted(*many(400))
    Recipient.objects.update(due_at=NOW)  # as if they had all been promised today
    found: list[int] = []

    def run(name: str) -> None:
        try:
            found.extend(claimed(NOW, name) for _ in range(3))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(f"e{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(found) == 50
    assert Recipient.objects.filter(claimed_by__isnull=False).count() == 50
    assert by_day() == {1: 50, 2: 50, 3: 75, 4: 75, 5: 75, 6: 25}
