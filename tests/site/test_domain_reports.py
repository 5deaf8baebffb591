"""Reports about a sending domain: by mail and by hand, counted once, of that domain only, shown in words."""

import asyncio
import gzip
import smtplib
from base64 import encodebytes
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.adapters import domain_report_store
from bienrecu.adapters.return_receiver import ReturnReceiver
from bienrecu.domain.reported_source import Sender, Sort, Step, next_step
from bienrecu.processes.deliver import return_paths
from bienrecu.store import retention
from bienrecu.store.domain_reports import MOST_A_DAY
from bienrecu.store.models import DomainReport, Organisation, ReportedSource, Role, SendingDomain, User
from bienrecu.submission.domains import setup
from tests.builders import a_user, an_organisation
from tests.reports import YESTERDAY, a_record, dmarc, signed, tls, zipped
from tests.site.domains import keep
from tests.site.pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def domain(organisation: Organisation, administrator: User) -> SendingDomain:
    return setup.add(organisation, "of.fr", administrator)


@pytest.fixture
def receives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings.BIENRECU, "return_path", "r.{token}@returns.platform.example")


def page(domain: SendingDomain, name: str = "domain_reports") -> str:
    return reverse(name, args=["of", domain.pk])


def upload(client: Client, domain: SendingDomain, raw: bytes) -> Any:
    return client.post(page(domain), {"file": SimpleUploadedFile("rapport", raw)}, follow=True)


def test_a_report_added_by_hand_is_shown_in_words(client: Client, domain: SendingDomain) -> None:
    own = domain.keys.get(signs=True).selector
    records = [
        a_record("192.0.2.1", 120, "pass", "pass", signed("of.fr", own)),
        a_record("192.0.2.2", 30, "pass", "fail", signed("of.fr", "website")),
        a_record("192.0.2.3", 20, results=signed("tool.example")),
        a_record("192.0.2.4", 4),
    ]
    shown = text(upload(client, domain, gzip.compress(dmarc(*records))))
    assert "1 rapport ajouté." in shown
    assert "174 e-mails en votre nom," in shown
    assert "dont 150 reconnus comme les vôtres." in shown
    assert "prouvent qu'ils viennent de tool.example" in shown
    for label in (
        "Envoyé par Bien Reçu 192.0.2.1",
        "vôtre 192.0.2.2",
        "Sous un autre nom 192.0.2.3",
        "Non reconnu 192.0.2.4",
    ):
        assert label in shown
    assert "p=none" in shown


def test_the_same_report_is_counted_once_whoever_packs_it(client: Client, domain: SendingDomain) -> None:
    upload(client, domain, dmarc())
    assert "déjà là" in text(upload(client, domain, zipped(dmarc())))
    assert keep(domain, dmarc(id="r2"), dmarc(id="r2")).known == 1
    assert domain.reports.count() == 2


def test_reports_without_a_number_are_told_apart_by_what_they_say(domain: SendingDomain) -> None:
    assert keep(domain, dmarc(id=""), dmarc(id=""), dmarc(a_record("192.0.2.9", 8), id="")).new == 2


def test_encryption_that_failed_is_told_with_its_remedy(client: Client, domain: SendingDomain) -> None:
    shown = text(upload(client, domain, tls()))
    assert "43 connexions à vos serveurs" in shown
    assert "3 × le certificat a expiré. Faites renouveler le certificat" in shown


@pytest.mark.parametrize("about", ["other.fr", "fr", "notof.fr", "of.fr.example"])
def test_a_report_about_another_domain_is_left_out(client: Client, domain: SendingDomain, about: str) -> None:
    expected = about == "fr"  # the domain above: where a policy may stand
    upload(client, domain, dmarc(about=about))
    assert domain.reports.exists() == expected


@pytest.mark.parametrize("raw", [b"Bonjour", b"", b"<feedback/>", gzip.compress(b"<" + b" " * 30_000_000)])
def test_what_is_no_report_is_refused_with_words(client: Client, domain: SendingDomain, raw: bytes) -> None:
    response = client.post(page(domain), {"file": SimpleUploadedFile("rapport", raw)})
    assert response.status_code == 422
    assert 'class="wrong"' in response.content.decode()


@pytest.mark.parametrize("days", [-3, 900])
def test_reports_of_days_to_come_or_long_gone_are_not_kept(
    domain: SendingDomain, organisation: Organisation, days: int
) -> None:
    kept = keep(
        domain, dmarc(begin=timezone.now() - timedelta(days=days if days < 0 else organisation.keep_emails_months * 31))
    )
    assert (kept.new, kept.untimely) == (0, 1)


def test_dates_and_numbers_beyond_all_sense_are_bounded(client: Client, domain: SendingDomain) -> None:
    far = dmarc().replace(str(int(YESTERDAY.timestamp())).encode(), b"999999999999999")
    assert keep(domain, far).untimely == 1
    huge = [a_record(f"192.0.2.{number}", 999_999_999_999_999) for number in range(250)]
    assert keep(domain, dmarc(*huge), tls(failed=10**30), tls(name="B", kind="\x00\ud7ff" * 90)).new == 3
    assert client.get(page(domain)).status_code == 200


def test_a_very_long_report_keeps_its_sum(domain: SendingDomain) -> None:
    records = [a_record(f"10.0.{number // 250}.{number % 250}", 2) for number in range(2000)]
    keep(domain, dmarc(*records))
    assert ReportedSource.objects.count() == 501
    assert domain.reports.get().total == 4000
    assert sum(ReportedSource.objects.values_list("count", flat=True)) == 4000


def test_a_flood_is_cut_off(domain: SendingDomain) -> None:
    kept = keep(domain, *[dmarc(id=f"r{number}") for number in range(MOST_A_DAY + 5)])
    assert (kept.new, kept.too_many) == (MOST_A_DAY, 5)


def test_nothing_of_a_hostile_report_is_markup(client: Client, domain: SendingDomain) -> None:
    hostile = "&lt;script&gt;alert(1)&lt;/script&gt;"
    raw = dmarc(a_record(hostile, results=signed(hostile))).replace(b"Receveur", hostile.encode())
    shown = upload(client, domain, raw).content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


def test_reports_go_with_the_e_mails_they_are_about(domain: SendingDomain, organisation: Organisation) -> None:
    keep(domain, dmarc(), tls())
    retention.purge(organisation, timezone.now() + timedelta(days=31 * (organisation.keep_emails_months - 1)))
    assert domain.reports.count() == 2
    retention.purge(organisation, timezone.now() + timedelta(days=31 * (organisation.keep_emails_months + 1)))
    assert not DomainReport.objects.exists()


def test_the_records_to_publish_lead_reports_to_us(client: Client, domain: SendingDomain, receives: None) -> None:
    address = setup.reports_address(domain)
    assert address.endswith("@retours.of.fr")
    assert return_paths().domain_of(address) == domain.pk
    assert return_paths().token_of(address) is None
    shown = text(client.get(page(domain, "domain")))
    assert f"v=DMARC1; p=none; rua=mailto:{address}" in shown
    assert f"v=TLSRPTv1; rua=mailto:{address}" in shown
    assert address in (shown := text(client.get(page(domain))))
    assert "sans lui, aucun rapport n'arrive" in shown
    SendingDomain.objects.update(returns_ready=True)
    assert "sans lui, aucun rapport n'arrive" not in text(client.get(page(domain)))


def test_an_installation_that_receives_nothing_promises_nothing(client: Client, domain: SendingDomain) -> None:
    assert setup.reports_address(domain) == ""
    assert "TLSRPT" not in text(client.get(page(domain, "domain")))
    assert "Aucun rapport pour l'instant" in text(client.get(page(domain)))


def test_reports_of_others_are_not_seen(client: Client, domain: SendingDomain) -> None:
    keep(domain, dmarc())
    other = a_user(Role.ADMINISTRATOR, an_organisation(slug="autre"))
    client.force_login(other)
    assert client.get(page(domain)).status_code == 404
    assert client.get(reverse("domain_reports", args=["autre", domain.pk])).status_code == 404
    theirs = setup.add(other.organisations.get(), "of.fr", other)
    assert "Receveur" not in text(client.get(reverse("domain_reports", args=["autre", theirs.pk])))


# By mail.


def mailed(raw: bytes, to: str) -> bytes:
    head = f"From: dmarc@receveur.example\r\nTo: <{to}>\r\nSubject: Report domain: of.fr\r\nMIME-Version: 1.0\r\n"
    kind = "Content-Type: application/gzip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return f"{head}{kind}".encode() + encodebytes(raw).replace(b"\n", b"\r\n")


@pytest.fixture
def post_box(receives: None) -> Iterator[Any]:
    """Sends mails to the real receiver, and gives the codes of its answers."""

    async def received(to: str, raw: bytes) -> int:
        async def no_return(*_given: object) -> None:
            raise AssertionError("a report about a domain is no return")

        paths = return_paths()
        receiver = ReturnReceiver(no_return, paths, "127.0.0.1", 0, "mx.example", keep_report=domain_report_store.keep)
        port = await receiver.start()
        try:
            return await asyncio.to_thread(send, port, to, raw)
        finally:
            await receiver.stop()

    def send(port: int, to: str, raw: bytes) -> int:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as line:
            try:
                line.sendmail("dmarc@receveur.example", [to], raw)
            except smtplib.SMTPRecipientsRefused as refused:
                return next(iter(refused.recipients.values()))[0]
            except smtplib.SMTPResponseException as refused:
                return refused.smtp_code
            return 250

    yield lambda to, raw: asyncio.run(received(to, raw))
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_a_report_by_mail_is_kept_before_it_is_accepted(post_box: Any, domain: SendingDomain) -> None:
    address = setup.reports_address(domain)
    raw = mailed(gzip.compress(dmarc()), address)
    assert [post_box(address, raw), post_box(address, raw)] == [250, 250]
    report = domain.reports.get()
    assert (report.reporter, report.total, report.begin) == ("Receveur", 3, YESTERDAY.astimezone(UTC))


@pytest.mark.django_db(transaction=True)
def test_an_address_that_we_did_not_sign_takes_nothing(post_box: Any, domain: SendingDomain) -> None:
    address = setup.reports_address(domain)
    forged = f"{address[:10]}{'a' if address[10] != 'a' else 'b'}{address[11:]}"
    assert post_box(forged, mailed(gzip.compress(dmarc()), forged)) == 550


@pytest.mark.django_db(transaction=True)
def test_a_report_reaches_the_domain_of_its_address_only(post_box: Any, domain: SendingDomain) -> None:
    other = a_user(Role.ADMINISTRATOR, an_organisation(slug="autre"))
    theirs = setup.add(other.organisations.get(), "autre.fr", other)
    address = setup.reports_address(theirs)
    assert post_box(address, mailed(gzip.compress(dmarc()), address)) == 250
    assert not DomainReport.objects.exists()


BOMB = gzip.compress(b"<feedback>" + b" " * 100_000_000)
LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + dmarc()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("raw", "code"),
    [(BOMB, 250), (zipped(b"<" + b" " * 50_000_000), 250), (gzip.compress(LAUGHS), 250), (b"x" * 11_000_000, 552)],
    ids=["gzip bomb", "zip bomb", "entities", "too large"],
)
def test_hostile_mail_costs_an_answer(post_box: Any, domain: SendingDomain, raw: bytes, code: int) -> None:
    address = setup.reports_address(domain)
    assert post_box(address, mailed(raw, address)) == code
    assert not DomainReport.objects.exists()
    assert post_box(address, mailed(gzip.compress(dmarc()), address)) == 250
    assert domain.reports.count() == 1


# What to think of it.


@pytest.mark.parametrize(
    ("sender", "sort"),
    [
        (Sender("a", 5, failed=0, ours=5, signed=5, sent=5), Sort.OURS),
        (Sender("a", 5, failed=0, ours=0, signed=5, sent=0), Sort.PROVEN),
        (Sender("a", 5, failed=2, ours=0, signed=3, sent=0), Sort.PARTLY),
        (Sender("a", 5, failed=5, ours=0, signed=0, sent=0, proves_as="tool.example"), Sort.OTHER_NAME),
        (Sender("a", 5, failed=5, ours=0, signed=0, sent=0), Sort.UNPROVEN),
    ],
)
def test_a_sender_is_sorted_by_what_it_proves(sender: Sender, sort: Sort) -> None:
    assert sender.sort == sort


@pytest.mark.parametrize(
    ("given", "step"),
    [
        (("none", 900, 1, 30), Step.LOOK),
        (("none", 900, 0, 3), Step.WAIT),
        (("none", 20, 0, 30), Step.WAIT),
        (("none", 900, 0, 30), Step.TIGHTEN),
        (("reject", 900, 0, 3), Step.GOOD),
    ],
)
def test_a_policy_is_made_stricter_when_all_is_proven_for_long(given: tuple[str, int, int, int], step: Step) -> None:
    assert next_step(*given) == step
