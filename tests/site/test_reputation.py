"""Réputation: what was sent is counted once, judged with a minimum of cases, and told with what to do."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.reputation import Counts
from bienrecu.store import record
from bienrecu.store.models import Attempt, HostedDomain, Organisation, Recipient, Role, SendingDay, SendingDomain, User
from bienrecu.store.queries import reputation
from bienrecu.store.queries.emails import exact_bytes
from bienrecu.store.tally import count_events
from bienrecu.submission.reputation_alert import send_due
from tests.builders import a_message, a_recipient, a_session, a_user, an_organisation
from tests.site.pages import text

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 1, 20, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def at_noon(time_machine: object) -> None:
    time_machine.move_to(NOW, tick=False)  # type: ignore[attr-defined]


def happened(
    row: Recipient, kind: Kind, reason: Reason | None = None, *, tried: bool = True, n: int = 1, host: str = ""
) -> None:
    attempt = Attempt.objects.create(recipient=row, started_at=NOW, ended_at=NOW, host=host) if tried else None
    record.add([record.NewEvent(row.id, kind, NOW, f"{kind}:{n}", reason, attempt_id=attempt and attempt.id)])


def row_to(address: str, organisation: Organisation) -> Recipient:
    message = a_message(a_session(organisation), author_address="envoi@of-exemple.fr")
    return a_recipient(message=message, address=address, events=[])


def counted(minutes: int = 2) -> dict[str, Counts]:
    count_events(NOW + timedelta(minutes=minutes))
    fields = Counts.__dataclass_fields__
    return {row[0]: Counts(*row[1:]) for row in SendingDay.objects.values_list("operator", *fields)}


def a_day(organisation: Organisation, day: date = TODAY, **fields: object) -> None:
    known = {"organisation": organisation, "domain": "of-exemple.fr", "operator": "gmail", "day": day}
    SendingDay.objects.create(**known | fields)


def page(client: Client) -> str:
    return text(client.get(reverse("reputation", args=["of"])))


def test_what_was_recorded_this_very_minute_waits_for_what_another_process_is_still_writing(
    organisation: Organisation,
) -> None:
    happened(row_to("a@gmail.com", organisation), Kind.DELIVERED)
    assert counted(minutes=0) == {}
    assert counted(minutes=2)["gmail"].sent == 1


@pytest.mark.parametrize(
    ("host", "operator"),
    [
        ("aspmx.l.google.com", "gmail"),
        ("ALT1.ASPMX.L.GOOGLE.COM.", "gmail"),
        ("aspmx2.googlemail.com", "gmail"),
        ("client-example.mail.protection.outlook.com", "microsoft"),
        ("client-example.p-v1.mx.microsoft", "microsoft"),
        ("mx1.mail.ovh.net", "others"),
        ("google.com.client.example", "others"),
        ("mx.notgoogle.com", "others"),
        ("", "others"),
    ],
)
def test_a_company_s_domain_counts_for_whoever_takes_its_mail(
    organisation: Organisation, host: str, operator: str
) -> None:
    happened(row_to("a@Client.example", organisation), Kind.DELIVERED, host=host)
    happened(row_to("b@client.example", organisation), Kind.REFUSED, Reason.SPAM_CONTENT, host=host)
    assert counted() == {operator: Counts(sent=2, refused=1)}


def test_what_only_passed_a_relay_teaches_nothing_about_the_domain(organisation: Organisation) -> None:
    happened(row_to("a@client.example", organisation), Kind.HANDED_OVER, host="smtp-relay.google.com")
    happened(row_to("a@client.example", organisation), Kind.REFUSED, Reason.POLICY, host="smtp-relay.google.com")
    counted()
    assert not HostedDomain.objects.exists()


def test_a_domain_that_moves_is_counted_for_its_new_host_from_then_on(organisation: Organisation) -> None:
    for number, host in enumerate(("aspmx.l.google.com", "x.mail.protection.outlook.com", "mx1.mail.ovh.net"), 1):
        happened(row_to("a@client.example", organisation), Kind.DELIVERED, host=host, n=number)
        known = counted()
        assert sum(one.sent for one in known.values()) == number
    assert known == {code: Counts(sent=1) for code in ("gmail", "microsoft", "others")}
    assert not HostedDomain.objects.exists()


def test_the_hosts_of_many_domains_are_asked_for_at_once(
    organisation: Organisation, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        happened(row_to(f"a@c{number}.example", organisation), Kind.DELIVERED, host="aspmx.l.google.com")
    with django_assert_max_num_queries(14):
        assert counted() == {"gmail": Counts(sent=40)}
    assert HostedDomain.objects.count() == 40


def test_what_happened_is_counted_once_for_its_operator(organisation: Organisation) -> None:
    happened(row_to("a@gmail.com", organisation), Kind.DELIVERED)
    happened(row_to("b@orange.fr", organisation), Kind.REFUSED, Reason.ADDRESS_UNKNOWN)
    happened(row_to("c@wanadoo.fr", organisation), Kind.REFUSED, Reason.AUTH_FAILED)
    assert counted(0) == {}  # an event with a lower number may still be on its way
    expected = {
        "gmail": Counts(sent=1),
        "orange": Counts(sent=2, refused=2, bad_addresses=1, unauthenticated=1),
    }
    assert counted() == expected
    assert counted(3) == expected


def test_a_return_a_complaint_and_waits_count_beside_what_was_sent(organisation: Organisation) -> None:
    row = row_to("a@entreprise.example", organisation)
    happened(row, Kind.DEFERRED, Reason.GREYLISTED)
    happened(row, Kind.DEFERRED, Reason.RATE_LIMITED, n=2)
    happened(row, Kind.DELIVERED)
    happened(row, Kind.RETURNED, Reason.MAILBOX_FULL, tried=False)
    happened(row, Kind.COMPLAINT, tried=False)
    assert counted() == {"others": Counts(sent=1, refused=1, complaints=1, deferred=1)}


def test_rehearsals_and_servers_that_nobody_reached_say_nothing_of_a_reputation(organisation: Organisation) -> None:
    happened(row_to("a@boite-pleine.simulator.invalid", organisation), Kind.REFUSED, Reason.MAILBOX_FULL)
    happened(row_to("a@gmail.com", organisation), Kind.EXPIRED, Reason.CONNECTION_FAILED)
    assert counted() == {"gmail": Counts(sent=1)}


def test_many_events_are_counted_in_parts(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bienrecu.store.tally._AT_ONCE", 3)
    for number in range(8):
        happened(row_to(f"p{number}@gmail.com", organisation), Kind.DELIVERED)
    assert counted() == {"gmail": Counts(sent=8)}


def test_an_empty_page_teaches(client: Client, administrator: User) -> None:
    shown = page(client)
    assert "Rien à dire pour l'instant" in shown
    assert "Un expéditeur mal jugé est refusé" in shown


def test_what_is_wrong_is_said_with_what_to_do_and_where(client: Client, organisation: Organisation) -> None:
    a_day(organisation, sent=1000, refused=60, bad_addresses=55, complaints=4)
    a_day(organisation, operator="orange", sent=80, refused=12, unauthenticated=12)
    shown = page(client)
    assert "Gmail, Google Workspace : 55 adresses n'existent pas (5,5 %). à traiter" in shown
    assert (
        "Gmail, Google Workspace : 4 personnes ont signalé vos e-mails comme indésirables (0,4 %). à traiter" in shown
    )
    assert "Orange, Wanadoo : 12 e-mails ont été refusés parce que votre domaine ne prouve pas qui envoie." in shown
    assert "quel enregistrement manque" in shown
    html = client.get(reverse("reputation", args=["of"])).content.decode()
    for name in ("suppressions", "sessions", "sender"):
        assert f'<a href="{reverse(name, args=["of"])}">' in html


def test_a_domain_that_is_being_set_up_is_where_its_advice_leads(client: Client, organisation: Organisation) -> None:
    domain = SendingDomain.objects.create(organisation=organisation, name="of-exemple.fr", state_since=NOW)
    a_day(organisation, sent=80, refused=12, unauthenticated=12)
    html = client.get(reverse("reputation", args=["of"])).content.decode()
    assert f'<a href="{reverse("domain", args=["of", domain.pk])}">' in html


def test_too_few_cases_are_not_judged(client: Client, organisation: Organisation) -> None:
    a_day(organisation, sent=49, refused=20, bad_addresses=20)
    a_day(organisation, operator="orange", sent=300, complaints=1)
    assert "Rien à faire" in page(client)


def test_a_sudden_volume_is_told(client: Client, organisation: Organisation) -> None:
    for back in range(2, 12):
        a_day(organisation, TODAY - timedelta(days=back), sent=80)
    a_day(organisation, sent=900)
    assert "Le 20 janvier, 900 e-mails sont partis : plus de 3 fois une journée ordinaire." in page(client)


def test_plots_say_in_words_what_they_show(client: Client, organisation: Organisation) -> None:
    a_day(organisation, TODAY - timedelta(days=8), sent=1200)
    a_day(organisation, sent=300)
    html = client.get(reverse("reputation", args=["of"])).content.decode()
    assert 'aria-label="E-mails envoyés : 1 500 en 30 jours, au plus 1 200 le 12 janv."'.replace(" ", "") in (
        html.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace("&#x27;", "'")
    )
    assert "style=" not in html


def test_others_see_nothing_of_it(client: Client, organisation: Organisation) -> None:
    a_day(an_organisation(), sent=500)
    assert reputation.figures(organisation, NOW) == []
    assert "Rien à dire pour l'instant" in page(client)


def alerts() -> list[tuple[str, str]]:
    rows = Recipient.objects.filter(message__key__startswith="reputation:").order_by("id")
    return [(row.address, row.subject) for row in rows]


def test_too_many_complaints_are_told_once_a_week(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    a_day(organisation, sent=900, complaints=2)
    assert (send_due(NOW), alerts()) == (0, [])
    a_day(organisation, operator="orange", sent=900, complaints=9)
    assert (send_due(NOW), send_due(NOW + timedelta(hours=5))) == (1, 0)
    assert alerts() == [(administrator.email, "La réputation de of-exemple.fr est en jeu")]
    row = Recipient.objects.select_related("message").get(address=administrator.email)
    sent = exact_bytes(row)
    assert sent is not None
    body = message_from_bytes(sent.data, policy=policy.default).get_body(("plain",))
    assert body is not None
    words = " ".join(body.get_content().split())
    assert "Orange, Wanadoo : 9 personnes ont signalé vos e-mails comme indésirables" in words
    assert "/o/of/reputation" in words
    SendingDay.objects.update(day=TODAY + timedelta(days=7))
    assert send_due(NOW + timedelta(days=7)) == 1


def test_a_sudden_volume_is_told_to_administrators_and_stands_above_what_is_to_handle(
    client: Client, organisation: Organisation, administrator: User
) -> None:
    a_user(Role.SENDER, organisation)
    for back in range(2, 12):
        a_day(organisation, TODAY - timedelta(days=back), sent=80)
    shown = text(client.get(reverse("to_handle", args=["of"])))
    assert "est en jeu" not in shown
    a_day(organisation, sent=900)
    assert send_due(NOW) == 1
    assert [address for address, _ in alerts()] == [administrator.email]
    shown = text(client.get(reverse("to_handle", args=["of"])))
    assert "La réputation de of-exemple.fr est en jeu" in shown
    assert "Le 20 janvier, 900 e-mails sont partis" in shown
