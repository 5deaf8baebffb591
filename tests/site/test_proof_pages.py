"""The page where records for an audit are asked for and found again."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bienrecu.proof import ask as asking
from bienrecu.store.models import Export, Organisation, Role, TrainingSession
from tests.builders import a_recipient, a_session, a_user, an_organisation
from tests.site.proofs import an_export

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation() -> Organisation:
    return an_organisation()


@pytest.fixture
def session(organisation: Organisation) -> TrainingSession:
    session = a_session(organisation, title="Secourisme")
    a_recipient(session)
    return session


@pytest.fixture
def reader(client: Client, organisation: Organisation) -> Client:
    client.force_login(a_user(Role.READER, organisation, language="fr"))
    return client


def page(session: TrainingSession) -> str:
    return f"/o/{session.organisation.slug}/sessions/{session.id}/suivi/emails/releves"


def text(response: Any) -> str:
    return response.content.decode()


def test_a_reader_asks_for_a_record_of_what_is_filtered_and_comes_back_to_it(
    reader: Client, session: TrainingSession
) -> None:
    answer = reader.post(page(session) + "/demander?status=sent&q=awa", {"format": "pdf", "language": "en"})
    export = Export.objects.get()
    assert answer.status_code == 302 and answer["Location"] == page(session) + f"?q=awa&status=sent#record-{export.id}"
    assert (export.format, export.language, export.question) == ("pdf", "en", "q=awa&status=sent")
    shown = text(reader.get(answer["Location"]))
    assert "En attente" in shown and "hx-get" in shown and "Recherche" in shown


def test_the_menu_of_history_leads_there_with_its_filter_and_a_format(reader: Client, session: TrainingSession) -> None:
    shown = text(reader.get(page(session).replace("releves", "historique") + "?status=received&sort=recipient"))
    link = f"{page(session)}?status=received&amp;sort=recipient&amp;format=xlsx"
    assert f'href="{link}"' in shown
    chosen = text(reader.get(link.replace("&amp;", "&")))
    assert 'value="xlsx" checked' in chosen and "Prendre tous les e-mails" in chosen
    assert f'action="{page(session)}/demander?status=received"' in chosen


def test_the_language_is_that_of_the_page_unless_chosen(reader: Client, session: TrainingSession) -> None:
    reader.post(page(session) + "/demander", {"format": "xlsx"})
    assert Export.objects.get().language == "fr"


def test_looking_asks_for_nothing(reader: Client, session: TrainingSession) -> None:
    reader.get(page(session))
    assert reader.get(page(session) + "/demander").status_code == 405
    assert not Export.objects.exists()


@pytest.mark.parametrize("asked", [{}, {"format": "exe"}, {"format": "pdf", "language": "xx"}])
def test_what_cannot_be_asked_for_is_refused_in_words(
    reader: Client, session: TrainingSession, asked: dict[str, str]
) -> None:
    answer = reader.post(page(session) + "/demander", asked, follow=True)
    assert "Choisissez un format et une langue." in text(answer)
    assert not Export.objects.exists()


def test_too_many_at_once_are_refused_in_words(reader: Client, session: TrainingSession, monkeypatch: Any) -> None:
    monkeypatch.setattr(asking, "MOST_WAITING", 0)
    answer = reader.post(page(session) + "/demander", {"format": "pdf"}, follow=True)
    assert "attendent déjà leur tour" in text(answer)


def test_progress_shows_until_the_record_can_be_had(reader: Client, session: TrainingSession) -> None:
    export = an_export(session, claimed_at=timezone.now(), done=30, total=60)
    line = f"/o/{session.organisation.slug}/releves/{export.id}"
    shown = text(reader.get(line))
    assert 'value="50"' in shown and "every 2s" in shown and "news" not in shown
    assert reader.get(line + "/fichier").status_code == 404
    Export.objects.update(finished_at=timezone.now(), content=b"the file", file_name="releve-1.csv")
    shown = text(reader.get(line))
    assert "Télécharger" in shown and "every 2s" not in shown and "est prêt" in shown
    file = reader.get(line + "/fichier")
    assert file.content == b"the file" and file["Content-Type"] == "text/csv; charset=utf-8"
    assert file["Content-Disposition"] == 'attachment; filename="releve-1.csv"'


@pytest.mark.parametrize(
    ("problem", "words"), [("too_many", "Resserrez le filtre"), ("failed", "Demandez-le de nouveau")]
)
def test_a_record_that_could_not_be_made_says_why(
    reader: Client, session: TrainingSession, problem: str, words: str
) -> None:
    an_export(session, problem=problem, finished_at=timezone.now())
    shown = text(reader.get(page(session)))
    assert words in shown and "every 2s" not in shown


def test_earlier_records_are_listed_with_who_asked_the_newest_first(reader: Client, session: TrainingSession) -> None:
    by = a_user(organisation=session.organisation, name="Camille Morel")
    older, newer = an_export(session, by=by), an_export(session)
    shown = text(reader.get(page(session)))
    assert shown.index(f'id="record-{newer.id}"') < shown.index(f'id="record-{older.id}"')
    assert "par Camille Morel" in shown


def test_the_page_says_what_records_do_not_establish_and_that_one_may_leave(
    reader: Client, session: TrainingSession
) -> None:
    an_export(session)
    shown = text(reader.get(page(session))).replace("&#x27;", "'")
    assert "Ce n'est pas un envoi recommandé électronique." in shown
    assert "si le serveur redémarre" in shown


def test_others_organisations_records_are_not_there(client: Client, session: TrainingSession) -> None:
    elsewhere = an_organisation()
    client.force_login(a_user(Role.ADMINISTRATOR, elsewhere))
    export = an_export(session, content=b"x")
    theirs, ours = f"/o/{session.organisation.slug}", f"/o/{elsewhere.slug}"
    for start in (theirs, ours):
        assert client.get(f"{start}/sessions/{session.id}/suivi/emails/releves").status_code == 404
        assert client.post(f"{start}/sessions/{session.id}/suivi/emails/releves/demander").status_code == 404
        assert client.get(f"{start}/releves/{export.id}").status_code == 404
        assert client.get(f"{start}/releves/{export.id}/fichier").status_code == 404
    assert Export.objects.count() == 1


def test_the_list_shows_how_large_records_are_without_loading_them(reader: Client, session: TrainingSession) -> None:
    for _ in range(5):
        an_export(session, content=b"x" * 2048, finished_at=timezone.now())
    with CaptureQueriesContext(connection) as queries:
        shown = text(reader.get(page(session)))
    assert shown.count("2,0") == 10  # on each button, and in its name
    about = [query["sql"] for query in queries if "store_export" in query["sql"]]
    assert len(about) == 1 and '"content",' not in about[0]
