"""The index that narrows a search: `bienrecu/store/search_index.py`."""

from datetime import UTC
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from bienrecu.domain.searchable import searchable
from bienrecu.store import search_index
from bienrecu.store.models import Recipient, TrainingSession
from bienrecu.store.queries import history
from bienrecu.store.queries.filters import Filters
from bienrecu.store.queries.history import NEWEST_FIRST, Question
from tests.builders import a_recipient, a_session

pytestmark = pytest.mark.django_db


def ids(text: str, most: int = 10) -> list[int] | None:
    """None: there may be others."""
    found, are_all = search_index.candidates(Filters(text=text).search_patterns, most)
    return found if are_all else None


def test_it_follows_what_is_written_changed_and_removed() -> None:
    row = a_recipient(name="Élodie Lambert", address="elodie_l@exemple.fr")
    other = a_recipient(name="Noé Lambert", address="noe@exemple.fr")
    assert ids("lambert elodie_l") == [row.pk] and sorted(ids("LAMBÉRT") or []) == [row.pk, other.pk]
    row.search = searchable("Personne effacée", "x@erased.invalid", "")
    row.save()
    assert ids("lambert") == [other.pk] and ids("effacee") == [row.pk]
    other.delete()
    assert ids("lambert") == []


def test_it_says_when_it_cannot_tell() -> None:
    a_recipient(name="Awa Diallo"), a_recipient(name="Aïcha Diallo")
    assert ids("") is None and ids("aw") is None
    assert ids("diallo", most=2) is None and len(ids("diallo", most=3) or []) == 2


def test_of_too_many_it_names_the_newest_or_nobody() -> None:
    _oldest, newest = a_recipient(name="Awa Diallo"), a_recipient(name="Aïcha Diallo")
    found, are_all = search_index.candidates(["%diallo%"], 1)
    assert found in ([newest.pk], []) and not are_all


def test_it_is_made_again_when_a_migration_made_the_table_anew() -> None:
    row = a_recipient(name="Awa Diallo")
    with connection.cursor() as cursor:
        of_table = " ON store_recipient" if connection.vendor == "postgresql" else ""
        names = ["keep"] if of_table else ["keep", "change", "remove"]
        for name in names:
            cursor.execute(f"DROP TRIGGER {search_index.TABLE}_{name}{of_table}")
    Recipient.objects.filter(pk=row.pk).update(search="zoe faure")
    assert search_index.install()
    assert ids("diallo") == [] and ids("faure") == [row.pk]


def test_without_it_the_same_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    session = a_session()
    row = a_recipient(session=session, name="Awa Diallo")
    monkeypatch.setattr(search_index, "is_there", lambda: False)
    assert ids("diallo") is None
    assert [found.id for found in _found(session, text="diallo")] == [row.pk]


def _found(session: TrainingSession, **filters: Any) -> list[history.Row]:
    return history.page(Question(session.pk, Filters(**filters), NEWEST_FIRST, UTC), history.counts(session.pk)).rows


class NothingIsMissed(TestCase):
    @given(name=st.text("aéZ_%\\'\"* ", max_size=12), word=st.text("aez_%\\'\"*", min_size=1, max_size=5))
    def test_what_the_text_holds_is_among_the_candidates(self, name: str, word: str) -> None:
        row = a_recipient(name=name)
        found = ids(word, most=1000)
        assert found is None or (row.pk in found) >= (searchable(word) in row.search)
