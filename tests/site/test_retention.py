"""What is kept, how long, and what stays of an old e-mail."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import Model, QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.audit import Action
from bienrecu.domain.event import Kind
from bienrecu.domain.status import Flag, Status
from bienrecu.store import record, retention
from bienrecu.store.audit import note
from bienrecu.store.models import (
    Attempt,
    AuditEntry,
    DomainReport,
    Export,
    HelpAnswer,
    Invitation,
    Message,
    MessageContent,
    Organisation,
    PeopleImport,
    Recipient,
    RecipientContent,
    Report,
    Role,
    SendingDomain,
    SessionCount,
    Suppression,
    TrainingSession,
    User,
)
from bienrecu.store.queries.emails import exact_bytes
from bienrecu.submission.notice import notify
from tests.builders import a_contact, a_message, a_recipient, a_session, a_user, an_organisation, organisation_of
from tests.site.pages import text

pytestmark = pytest.mark.django_db

NOW = datetime(2030, 6, 15, 9, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_purged_yet() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def old_session(**fields: Any) -> TrainingSession:
    return a_session(**({"ends_on": date(2026, 2, 1)} | fields))


def an_old_email(session: TrainingSession | None = None, **fields: Any) -> Recipient:
    row = a_recipient(session or old_session(), requested_at=LONG_AGO, **fields)
    Message.objects.filter(pk=row.message_id).update(requested_at=LONG_AGO)
    return row


@pytest.mark.parametrize(
    ("now", "months", "expected"),
    [
        (datetime(2027, 3, 31), 1, datetime(2027, 2, 28)),
        (datetime(2028, 2, 29), 12, datetime(2027, 2, 28)),
        (datetime(2027, 1, 10), 1, datetime(2026, 12, 10)),
        (datetime(2027, 1, 10), 36, datetime(2024, 1, 10)),
    ],
)
def test_months_are_those_of_the_calendar(now: datetime, months: int, expected: datetime) -> None:
    assert retention.months_before(now, months) == expected


def test_an_old_e_mail_loses_what_names_people_and_keeps_what_proves() -> None:
    row = an_old_email(name="Awa Diallo", address="awa@exemple.fr", subject="Convocation de Awa Diallo")
    RecipientContent.objects.update(sha256="fingerprint", signatures=b"DKIM-Signature: d=exemple.fr")
    row.message.attachments.create(name="Diallo.pdf", content_type="application/pdf", size=3, sha256="ab")
    Attempt.objects.create(
        recipient=row, started_at=LONG_AGO, ended_at=LONG_AGO, host="mx.exemple.fr", reply="250 awa@", transcript="awa"
    )
    Report.objects.create(recipient=row, received_at=LONG_AGO, digest="d", raw=b"awa", sender="awa@exemple.fr")
    done = retention.purge(row.organisation, NOW)
    assert done.emails == 1
    after = Recipient.objects.get(pk=row.pk)
    assert "awa" not in f"{after.name} {after.address} {after.subject} {after.search}".lower()
    assert (after.status, after.since, after.type, after.msg_id) == (row.status, row.since, row.type, row.msg_id)
    assert exact_bytes(after) is None and not MessageContent.objects.exists()
    attempt, report = after.attempts.get(), after.reports.get()
    assert after.content.sha256 == "fingerprint"
    assert (attempt.host, attempt.reply, attempt.transcript) == ("mx.exemple.fr", "", "")
    assert (bytes(report.raw), report.sender, report.digest) == (b"", "", "d")
    file = after.message.attachments.get()
    assert (file.name, file.sha256) == ("….pdf", "ab")
    assert after.events.count() == row.events.count() == 2 and not after.events.exclude(words="").exists()


def test_one_person_keeps_one_pseudonym_in_an_organisation_and_another_elsewhere() -> None:
    session, elsewhere = old_session(), old_session()
    rows = [
        an_old_email(session, address=address) for address in ("awa@exemple.fr", "AWA@exemple.fr", "leo@exemple.fr")
    ]
    other = an_old_email(elsewhere, address="awa@exemple.fr")
    retention.purge(session.organisation, NOW)
    retention.purge(elsewhere.organisation, NOW)
    names = [Recipient.objects.get(pk=row.pk).address for row in (*rows, other)]
    assert names[0] == names[1] and len(set(names)) == 3


@pytest.mark.parametrize(
    "session",
    [
        {"ends_on": date(2029, 1, 1)},
        {"ends_on": None, "starts_on": date(2029, 1, 1)},
        {"ends_on": date(2027, 6, 15)},
        {"ends_on": date(2029, 1, 1), "starts_on": date(2026, 1, 12)},
    ],
)
def test_the_clock_begins_when_the_session_ends(session: dict[str, Any]) -> None:
    row = an_old_email(old_session(**session))
    assert not retention.purge(row.organisation, NOW) and exact_bytes(Recipient.objects.get(pk=row.pk))


def test_an_e_mail_asked_for_after_the_session_counts_from_then() -> None:
    row = a_recipient(old_session(), requested_at=NOW - timedelta(days=30))
    Message.objects.update(requested_at=NOW - timedelta(days=30))
    assert not retention.purge(row.organisation, NOW)


def test_a_session_without_dates_counts_from_the_request() -> None:
    row = an_old_email(old_session(ends_on=None))
    assert retention.due(row.organisation, NOW).emails == 1


def test_what_still_waits_to_leave_is_not_touched() -> None:
    row = an_old_email()
    Recipient.objects.update(due_at=NOW)
    assert not retention.purge(row.organisation, NOW)


def test_purging_goes_by_batches_and_can_be_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_BATCH", 2)
    session = old_session()
    message = an_old_email(session).message
    for _ in range(4):
        a_recipient(message=message)
    expected = retention.due(session.organisation, NOW)
    assert expected.emails == 5 and retention.purge(session.organisation, NOW) == expected
    assert session.organisation.audit.get(action=Action.DATA_PURGED).detail["emails"] == 5
    AuditEntry.objects.all().delete()
    assert not retention.due(session.organisation, NOW) and not retention.purge(session.organisation, NOW)


def test_the_counts_of_a_session_stay_true() -> None:
    row = an_old_email(status=Status.RECEIVED)
    retention.purge(row.organisation, NOW)
    assert SessionCount.objects.get(session=row.session, status=Status.RECEIVED).count == 1


def test_another_organisation_is_not_touched() -> None:
    theirs = an_old_email()
    retention.purge(an_organisation(), NOW)
    assert exact_bytes(Recipient.objects.get(pk=theirs.pk))


def old_things_of(organisation: Organisation) -> list[QuerySet[Any]]:
    """One of everything that a purge deletes besides e-mails; where each can be looked for."""
    of = {"organisation": organisation, "by": a_user(Role.ADMINISTRATOR, organisation)}
    domain = SendingDomain.objects.create(organisation=organisation, name="of.fr", state="verified", state_since=NOW)
    told = {"kind": "dmarc", "begin": LONG_AGO, "end": LONG_AGO, "received_at": LONG_AGO, "total": 1, "failed": 0}
    gone = {"address": "partie@exemple.fr", "reason": "address_moved", "created_at": LONG_AGO}
    message = a_message(a_session(organisation), confidential=True)
    a_recipient(message=message)
    made: list[tuple[Model, str]] = [
        (Export.objects.create(**of, format="csv"), "asked_at"),
        (PeopleImport.objects.create(**of), "created_at"),
        (Suppression.objects.create(organisation=organisation, **gone), "lifted_at"),
        (DomainReport.objects.create(organisation=organisation, domain=domain, **told), "end"),
        (Invitation.objects.create(**of, email="lea@exemple.fr", token=f"{organisation.pk:032d}"), "created_at"),
        (HelpAnswer.objects.create(**of, topic="received", helped=True), "at"),
        (AuditEntry.objects.create(**of, action="signed_in"), "at"),
        (message, "requested_at"),
    ]
    kept = [type(one)._default_manager.filter(pk=one.pk) for one, _when in made]
    for rows, (_one, when) in zip(kept, made, strict=True):
        rows.update(**{when: LONG_AGO})
    return kept


def test_what_is_around_the_e_mails_goes_too_and_nothing_of_another_organisation() -> None:
    ours, theirs = an_organisation(), an_organisation()
    of_ours, of_theirs = old_things_of(ours), old_things_of(theirs)
    retention.purge(ours, NOW)
    assert [rows.model.__name__ for rows in of_ours if rows.exists()] == []
    assert [rows.model.__name__ for rows in of_theirs if not rows.exists()] == []


def test_an_old_signal_of_opening_is_not_claimed_any_more() -> None:
    row = a_recipient(status=Status.RECEIVED, tracked=True)
    record.add([record.NewEvent(row.id, Kind.OPENED, row.requested_at + timedelta(hours=1), "opened")])
    later = row.requested_at + timedelta(days=250)
    assert retention.purge(row.organisation, later).openings == 1
    row.refresh_from_db()
    assert row.status == Status.RECEIVED and not row.events.filter(kind=Kind.OPENED).exists()
    counts = {one.status: one.count for one in SessionCount.objects.filter(session=row.session)}
    assert counts[Status.RECEIVED] == 1 and counts[Status.OPENED] == 0


def test_what_the_person_did_themselves_outlasts_a_signal_of_opening() -> None:
    row = a_recipient(status=Status.OPENED)
    at = row.requested_at + timedelta(seconds=1)
    record.add([record.NewEvent(row.id, kind, at, kind) for kind in (Kind.OPENED, Kind.MACHINE_LOAD)])
    retention.purge(row.organisation, row.requested_at + timedelta(days=250))
    row.refresh_from_db()
    assert row.status == Status.OPENED and Flag(row.flags) & Flag.CONFIRMED and not Flag(row.flags) & Flag.MACHINE_LOAD


def test_a_recent_signal_of_opening_is_kept() -> None:
    row = a_recipient(status=Status.RECEIVED)
    record.add([record.NewEvent(row.id, Kind.OPENED, row.requested_at, "opened")])
    assert not retention.purge(row.organisation, row.requested_at + timedelta(days=150))


def test_old_entries_of_the_audit_log_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_BATCH", 2)
    organisation = an_organisation()
    for _ in range(5):
        note(organisation, None, Action.EMAIL_SENT, "old")
    AuditEntry.objects.update(at=LONG_AGO)
    note(organisation, None, Action.EMAIL_SENT, "new")
    AuditEntry.objects.filter(target="new").update(at=NOW)
    assert retention.purge(organisation, NOW).audit == 5
    assert {entry.target for entry in organisation.audit.all()} == {"new", ""}


def test_a_mail_about_an_account_is_kept_for_a_month() -> None:
    organisation = an_organisation()
    message = notify(organisation, "lea@exemple.fr", subject="Lien", text="https://exemple.fr/secret", key="k")
    retention.purge(organisation, timezone.now() + timedelta(days=29))
    assert Message.objects.filter(pk=message.pk).exists()
    retention.purge(organisation, timezone.now() + timedelta(days=31))
    assert not Message.objects.filter(pk=message.pk).exists()


def test_every_organisation_is_purged_in_turn_and_not_every_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [an_old_email(), an_old_email()]
    retention.purge_due(NOW)
    assert all(exact_bytes(Recipient.objects.get(pk=row.pk)) is None for row in rows)
    looked = []
    monkeypatch.setattr(retention, "purge", lambda organisation, now: looked.append(organisation))
    retention.purge_due(NOW)
    assert looked == []


# The page


def durations(**changed: Any) -> dict[str, Any]:
    return {"keep_emails_months": 36, "keep_openings_months": 6, "keep_audit_months": 36} | changed


def test_what_a_shorter_duration_deletes_is_shown_before(client: Client, administrator: User) -> None:
    organisation = organisation_of(administrator)
    row = an_old_email(a_session(organisation, ends_on=date(2026, 1, 6)))
    Message.objects.update(requested_at=timezone.now() - timedelta(days=200))
    TrainingSession.objects.update(ends_on=timezone.now().date() - timedelta(days=200))
    where = reverse("keeping", args=[organisation.slug])
    page = client.post(where, durations(keep_emails_months=2))
    assert "le contenu de 1 e-mail" in text(page)
    organisation.refresh_from_db()
    assert organisation.keep_emails_months == 36 and exact_bytes(Recipient.objects.get(pk=row.pk))
    client.post(where, durations(keep_emails_months=2, confirmed="yes"))
    organisation.refresh_from_db()
    assert organisation.keep_emails_months == 2
    assert organisation.audit.get().detail == {"fields": ["keep_emails_months"]}
    assert "le contenu de 1 e-mail" in text(client.get(where))


@pytest.mark.parametrize("wrong", [{"keep_emails_months": 0}, {"keep_openings_months": 37}, {"keep_audit_months": "x"}])
def test_a_duration_that_makes_no_sense_is_told(client: Client, administrator: User, wrong: Any) -> None:
    where = reverse("keeping", args=[organisation_of(administrator).slug])
    assert client.post(where, durations(**wrong)).status_code == 422


@pytest.mark.parametrize("role", [Role.READER, Role.SENDER])
@pytest.mark.parametrize("name", ["keeping", "contact_data", "contact_export", "contact_erase"])
def test_only_administrators_decide_what_is_kept(client: Client, role: Role, name: str) -> None:
    organisation = an_organisation()
    contact = a_contact(organisation)
    client.force_login(a_user(role, organisation))
    where = reverse(name, args=[organisation.slug] if name == "keeping" else [organisation.slug, contact.pk])
    assert client.post(where, durations(name=str(contact), confirmed="yes")).status_code in (403, 405)
    assert client.get(where).status_code in (403, 405)
    contact.refresh_from_db()
    assert contact.erased_at is None and not organisation.audit.exists()


@pytest.mark.parametrize("name", ["contact_data", "contact_export", "contact_erase"])
def test_others_contacts_are_not_there(client: Client, administrator: User, name: str) -> None:
    theirs = a_contact()
    where = reverse(name, args=[organisation_of(administrator).slug, theirs.pk])
    assert client.post(where, {"name": str(theirs)}).status_code in (404, 405)
    assert client.get(where).status_code in (404, 405)
