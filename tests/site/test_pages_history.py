"""Session › Suivi › E-mails › Historique, as people and their browsers ask for it."""

import re
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status
from bienrecu.store import record
from bienrecu.store.models import Recipient, TrainingSession, User
from bienrecu.store.queries import history
from bienrecu.web import history_address
from bienrecu.wording import statuses
from tests.builders import ASKED, a_message, a_recipient, a_session, a_user, an_organisation
from tests.site.pages import HTMX, text

pytestmark = pytest.mark.django_db
PART = HTMX | {"HX-Target": "history"}


@pytest.fixture
def session() -> TrainingSession:
    return a_session()


@pytest.fixture
def user(session: TrainingSession) -> User:
    return a_user(organisation=session.organisation, language="fr")


@pytest.fixture
def page(client: Client, session: TrainingSession, user: User) -> Any:
    client.force_login(user)

    def ask(query: str = "", **headers: Any) -> Any:
        return client.get(address(session) + query, headers=headers.get("headers", {}))

    return ask


def address(session: TrainingSession) -> str:
    return reverse("history", args=[session.organisation.slug, session.pk])


def poll_of(response: Any) -> str:
    found = re.search(r'hx-get="([^"]*seen=[^"]*)"', response.content.decode())
    assert found
    return unescape(found[1]).partition("?")[2]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_status_stands_there_in_words(page: Any, session: TrainingSession, user: User, language: str) -> None:
    user.language = language
    user.save()
    for status in Status:
        a_recipient(session, status)
    shown = text(page())
    with translation.override(language):
        assert all(statuses.label(status) in shown for status in Status)
    assert f'lang="{language}"' in page().content.decode()


def test_a_row_says_to_whom_what_and_why_it_is_not_there(page: Any, session: TrainingSession) -> None:
    a_recipient(
        session,
        events=[(Kind.REFUSED, Reason.MAILBOX_FULL)],
        name="Hugo Petit",
        address="hugo@exemple.fr",
        subject="Votre convocation",
        attachment_count=2,
    )
    shown = text(page())
    for words in ("Hugo Petit", "hugo@exemple.fr", "Participant", "Votre convocation", "2 pièces jointes"):
        assert words in shown
    assert "Réception impossible" in shown and "boîte pleine" in shown
    label = "Afficher l'e-mail « Votre convocation » envoyé à Hugo Petit"
    assert label in unescape(page().content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def test_what_was_not_sent_shows_when_it_was_asked_for(page: Any, session: TrainingSession) -> None:
    a_recipient(session, Status.REQUESTED)
    assert "Pas de date d'envoi" in text(page()) and ASKED.strftime("%Y-%m-%dT09:14") in page().content.decode()


def test_names_and_subjects_cannot_carry_markup_into_the_page(page: Any, session: TrainingSession) -> None:
    a_recipient(session, name="<script>alert(1)</script>", subject='"><img src=x onerror=alert(1)>')
    source = page().content.decode()
    assert "<script>alert" not in source and "<img" not in source


def test_an_empty_history_explains_itself(page: Any) -> None:
    assert "Aucun e-mail pour cette session" in text(page())


def test_filters_stand_in_the_address_and_as_tags_that_can_be_removed(page: Any, session: TrainingSession) -> None:
    a_recipient(session, name="Awa Diallo")
    a_recipient(session, Status.SEND_ERROR, name="Noé Lambert")
    response = page("?q=noé&status=send_error&type=convocation&attachment=no")
    assert "Noé Lambert" in text(response) and "Awa Diallo" not in text(response)
    assert "1 e-mail sur 2" in text(response)
    tags = re.findall(r'<li><a href="([^"]*)" aria-label="([^"]*)"', response.content.decode())
    labels = [re.sub(r"\s", " ", unescape(label)) for _, label in tags]
    assert labels == [
        "Retirer le filtre : Recherche : « noé »",
        "Retirer le filtre : Convocation",
        "Retirer le filtre : Sans pièce jointe",
        "Retirer le filtre : Erreur à l'envoi",
    ]
    assert unescape(tags[0][0]) == "?attachment=no&type=convocation&status=send_error"


def test_a_counter_shows_its_status_alone_and_pressed_again_all(page: Any, session: TrainingSession) -> None:
    a_recipient(session, Status.RECEIVED)
    pattern = r'<a href="([^"]*)" class="received"( aria-current="true")?>'
    (href, current), *_ = re.findall(pattern, page().content.decode())
    assert href == "?status=received" and not current
    (href, current), *_ = re.findall(pattern, page("?status=received").content.decode())
    assert href == "?" and current


def test_nothing_found_offers_the_way_out(page: Any, session: TrainingSession) -> None:
    a_recipient(session)
    assert "Aucun e-mail ne correspond" in text(page("?q=zzz")) and 'href="?"' in page("?q=zzz").content.decode()


def test_the_sorted_column_says_so_and_offers_the_other_way(page: Any, session: TrainingSession) -> None:
    a_recipient(session)
    source = page("?sort=recipient").content.decode()
    assert re.search(r'class="recipient" aria-sort="ascending".*?href="\?sort=-recipient"', source, re.DOTALL)
    assert source.count("aria-sort") == 1


def test_pages_are_reached_by_plain_links(page: Any, session: TrainingSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PAGE", 2)
    for number in range(5):
        a_recipient(session, name=f"person {number}")
    first = page().content.decode()
    following = re.search(r'id="page-next" href="([^"]*)"', first)
    assert following and "person 4" in first and 'id="page-previous" >' in first
    second = page(unescape(following[1])).content.decode()
    assert "person 2" in second and "person 4" not in second
    back = re.search(r'id="page-previous" href="([^"]*)"', second)
    assert back and "person 4" in page(unescape(back[1])).content.decode()
    assert "person 0" in page("?before=end").content.decode()


def test_a_filter_asked_for_by_htmx_brings_the_very_part_that_the_page_holds(
    page: Any, session: TrainingSession
) -> None:
    a_recipient(session)
    whole, part = page("?q=awa"), page("?q=awa", headers=PART)
    assert part.content.decode().strip() in whole.content.decode()
    assert "<html" not in part.content.decode() and "HX-Request" in part.headers["Vary"]


def test_going_back_brings_the_whole_page(page: Any, session: TrainingSession) -> None:
    a_recipient(session)
    assert "<html" in page(headers=PART | {"HX-History-Restore-Request": "true"}).content.decode()


def test_a_page_that_looks_again_gets_nothing_when_nothing_changed(page: Any, session: TrainingSession) -> None:
    a_recipient(session)
    response = page("?" + poll_of(page("?sort=-status")), headers=HTMX)
    assert (response.status_code, response.content) == (204, b"")
    assert page("?" + poll_of(page())).status_code == 200  # a person who comes by that address sees the page


def test_a_page_that_looks_again_gets_the_rows_it_would_hold_now(page: Any, session: TrainingSession) -> None:
    row = a_recipient(session)
    poll = poll_of(page("?q=awa"))
    record.add([record.NewEvent(row.pk, Kind.CONFIRMED, ASKED, "confirmed")])
    fragment = page("?" + poll, headers=HTMX).content.decode().strip()
    assert "Reçu et ouvert" in fragment and fragment in page("?q=awa").content.decode()


def test_a_new_row_is_news_too(page: Any, session: TrainingSession) -> None:
    a_recipient(session)
    poll = poll_of(page())
    a_recipient(session)
    assert page("?" + poll, headers=HTMX).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_asks_the_database_the_same_few_questions_however_long_it_is(
    page: Any, session: TrainingSession, rows: int, django_assert_max_num_queries: Any
) -> None:
    message = a_message(session)
    for _ in range(rows):
        a_recipient(message=message, status=Status.OPENED)
    with django_assert_max_num_queries(14):
        page()


def test_the_history_of_another_organisation_is_not_there(client: Client, user: User) -> None:
    client.force_login(user)
    other = a_session(an_organisation())
    mine = user.organisations.get()
    assert client.get(address(other)).status_code == 404
    assert client.get(reverse("history", args=[mine.slug, other.pk])).status_code == 404


def test_who_is_logged_out_is_sent_to_the_login_and_back(client: Client, session: TrainingSession) -> None:
    response = client.get(address(session) + "?q=awa")
    assert response.status_code == 302
    assert response.headers["Location"] == reverse("account_login") + "?next=" + quote(address(session) + "?q=awa")
    assert client.get(address(session), headers=HTMX).headers["HX-Refresh"] == "true"


def test_a_page_carries_no_script_or_style_of_its_own(page: Any, session: TrainingSession) -> None:
    a_recipient(session)
    source = page().content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", source)
    policy = page().headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy


@pytest.mark.django_db(transaction=False)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                "q from to type recipient role subject attachment status reason sort after before seen".split()
            ),
            st.one_of(
                st.text(max_size=60), st.sampled_from(["end", "-date", "recipient", "WzEsIngiLDFd", "9999-12-31"])
            ),
        ),
        max_size=6,
    )
)
def test_whatever_stands_in_the_address_the_page_comes(page: Any, pairs: list[tuple[str, str]]) -> None:
    query = urlencode(pairs, errors="replace")
    assert page("?" + query).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "?q=awa&from=2027-01-05&to=2027-01-06&type=convocation&type=programme&role=trainer&status=sent&reason=virus",
        "?recipient=a&subject=b&attachment=yes&sort=-recipient",
        "?before=end",
    ],
)
def test_an_address_says_again_what_it_was_read_from(query: str) -> None:
    read = history_address.read(QueryDict(query[1:]))
    assert history_address.read(QueryDict(read.query[1:])) == read != history_address.HistoryAddress()


@pytest.mark.parametrize("order", ["date", "-recipient", "status"])
def test_a_place_in_the_pages_survives_its_address(page: Any, session: TrainingSession, order: str) -> None:
    a_recipient(session, name="Élodie & « Noé »")
    question = history.Question(
        session.pk, history.Filters(), history_address.read(QueryDict(f"sort={order}")).order, ASKED.tzinfo
    )
    (row,) = history.page(question, history.counts(session.pk)).rows
    cursor = history.Cursor(history.position(question.order, row))
    told = history_address.HistoryAddress(order=question.order).at(cursor)
    assert history_address.read(QueryDict(told[1:])).cursor == cursor


def test_the_row_of_a_recipient_without_a_name_shows_the_address(page: Any, session: TrainingSession) -> None:
    a_recipient(session, name="", address="formation@exemple.eu")
    assert text(page()).count("formation@exemple.eu") >= 1 and Recipient.objects.get().name == ""
