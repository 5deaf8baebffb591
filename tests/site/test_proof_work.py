"""Records are made in the background, once each, whatever happens to those who make them."""

import hashlib
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.domain.audit import Action
from bienrecu.processes import work
from bienrecu.processes.serve import parts
from bienrecu.proof import ask as asking
from bienrecu.proof import queue
from bienrecu.proof.ask import TooManyWaiting, ask
from bienrecu.proof.facts import MOST_EMAILS, Format
from bienrecu.proof.queue import CLAIM_LASTS, ClaimLost, claim
from bienrecu.store.models import AuditEntry, Export, TrainingSession
from bienrecu.store.queries.filters import EVERYBODY, Filters
from tests.builders import a_recipient, a_session, a_user
from tests.site.proofs import an_export

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> TrainingSession:
    session = a_session()
    for _ in range(3):
        a_recipient(session)
    return session


def work_once() -> bool:
    return work.work_once(threading.Event())


def test_serve_runs_the_worker() -> None:
    assert "work" in parts()


def test_what_is_asked_for_is_made_and_kept_with_its_hash(session: TrainingSession) -> None:
    by = a_user(organisation=session.organisation)
    export = ask(session, by, Format.PDF, "en", Filters(text="awa"))
    assert work_once() and not work_once()
    export.refresh_from_db()
    assert bytes(export.content).startswith(b"%PDF") and export.finished_at and not export.problem
    assert export.sha256 == hashlib.sha256(export.content).hexdigest()
    assert (export.question, export.total) == ("q=awa", 6)
    assert export.file_name == f"record-{session.reference}-{export.id}.pdf"


def test_asking_is_noted_in_the_audit_log(session: TrainingSession) -> None:
    by = a_user(organisation=session.organisation)
    export = ask(session, by, Format.CSV, "fr", Filters(text="awa"))
    noted = AuditEntry.objects.get(action=Action.PROOF_EXPORTED)
    assert (noted.by, noted.target) == (by, session.title)
    assert noted.detail == {"export": export.id, "format": "csv", "language": "fr", "filter": "q=awa"}


def test_a_double_click_asks_once_and_asking_again_later_asks_again(session: TrainingSession) -> None:
    by = a_user(organisation=session.organisation)
    first = ask(session, by, Format.CSV, "fr", EVERYBODY)
    assert ask(session, by, Format.CSV, "fr", EVERYBODY) == first
    assert ask(session, by, Format.CSV, "en", EVERYBODY) != first
    work_once()
    assert ask(session, by, Format.CSV, "fr", EVERYBODY) != first


def test_one_organisation_cannot_keep_the_worker_for_itself(session: TrainingSession, monkeypatch: Any) -> None:
    by = a_user(organisation=session.organisation)
    monkeypatch.setattr(asking, "MOST_WAITING", 1)
    ask(session, by, Format.CSV, "fr", EVERYBODY)
    with pytest.raises(TooManyWaiting):
        ask(session, by, Format.PDF, "fr", EVERYBODY)


def test_the_oldest_is_made_first_and_only_by_one(session: TrainingSession) -> None:
    older, newer = an_export(session), an_export(session)
    taken = [claim(), claim(), claim()]
    assert [one.id if one else None for one in taken] == [older.id, newer.id, None]


def test_a_worker_told_to_stop_gives_back_what_it_was_making(session: TrainingSession) -> None:
    an_export(session)
    stop = threading.Event()
    stop.set()
    work.work_once(stop)
    export = Export.objects.get()
    assert export.claimed_at is None and export.finished_at is None
    assert work_once()
    assert Export.objects.get().content


def test_what_a_dead_worker_left_is_made_by_another_after_a_while(session: TrainingSession) -> None:
    an_export(session, claimed_at=timezone.now() - CLAIM_LASTS + timedelta(seconds=30), done=2)
    assert claim() is None
    Export.objects.update(claimed_at=timezone.now() - CLAIM_LASTS - timedelta(seconds=1))
    assert work_once()
    assert Export.objects.get().content


def test_a_worker_that_lost_its_claim_changes_nothing_any_more(session: TrainingSession) -> None:
    an_export(session)
    slow = claim()
    assert slow
    Export.objects.update(claimed_at=timezone.now() - CLAIM_LASTS * 2)
    quick = claim()
    assert quick
    with pytest.raises(ClaimLost):
        slow.finish(content=b"late")
    slow.release()
    quick.finish(content=b"in time")
    assert bytes(Export.objects.get().content) == b"in time"


def test_progress_is_told_while_it_is_made(session: TrainingSession, monkeypatch: Any) -> None:
    monkeypatch.setattr(queue, "_BEAT", 0.0)
    seen = []
    write = queue.Claim._write
    monkeypatch.setattr(queue.Claim, "_write", lambda self, **values: (seen.append(values), write(self, **values))[1])
    an_export(session)
    work_once()
    assert [values["done"] for values in seen if "done" in values] == [3, 4, 5, 6]


@pytest.mark.parametrize("problem", ["too_many", "no_session"])
def test_what_cannot_be_made_says_why(session: TrainingSession, monkeypatch: Any, problem: str) -> None:
    export = an_export(session)
    if problem == "too_many":
        monkeypatch.setitem(MOST_EMAILS, Format.CSV, 2)
    else:
        Export.objects.update(session=None)
    work_once()
    export.refresh_from_db()
    assert (export.problem, export.content) == (problem, None) and export.finished_at


def test_a_fault_of_ours_ends_one_record_and_not_the_worker(session: TrainingSession, monkeypatch: Any) -> None:
    an_export(session)
    an_export(session, "pdf")
    monkeypatch.setattr(work, "make", lambda *_: 1 / 0)
    assert work_once()
    monkeypatch.undo()
    assert work_once()
    assert list(Export.objects.order_by("id").values_list("problem", flat=True)) == ["failed", ""]


@pytest.mark.django_db(transaction=True)
def test_a_long_silence_of_the_work_does_not_lose_the_claim(monkeypatch: Any) -> None:
    """The writing of a PDF says nothing for minutes; a thread of its own keeps the claim meanwhile."""
    monkeypatch.setattr(queue, "_SIGN", 0.02)
    an_export(a_session())
    mine = claim()
    assert mine
    before = Export.objects.get().claimed_at
    with mine.kept():
        end = time.monotonic() + 20
        while Export.objects.get().claimed_at == before and time.monotonic() < end:
            time.sleep(0.05)
    assert Export.objects.get().claimed_at > before
    mine.finish(content=b"made")


def test_the_page_says_that_a_record_was_interrupted(session: TrainingSession) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(a_user(organisation=session.organisation))
    page = reverse("records", args=[session.organisation.slug, session.id])
    an_export(session, claimed_at=timezone.now())
    assert "begins again by itself" not in client.get(page).content.decode()
    Export.objects.update(claimed_at=timezone.now() - queue.SILENT - timedelta(seconds=1))
    assert "begins again by itself" in client.get(page).content.decode()
