"""Writing an e-mail: the draft keeps itself, whatever happens meanwhile."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.store.models import AuditEntry, Draft, EmailType, Role, TextModel, TrainingSession, User
from bienrecu.submission.mail_html import MOST_TEXT
from bienrecu.submission.texts import LANGUAGES, product_text
from bienrecu.submission.writing import drafts
from bienrecu.submission.writing.drafts import version
from tests.builders import PASSWORD, a_user
from tests.site.pages import HTMX, text
from tests.site.writing import a_class, field, of, somebody_who_sends, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> TrainingSession:
    return a_class()


@pytest.fixture
def user(session: TrainingSession) -> User:
    return somebody_who_sends(session)


@pytest.fixture
def client(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def draft(session: TrainingSession, user: User) -> Draft:
    return drafts.start(session, product_text("convocation", "fr"), user)


def test_each_type_begins_with_a_good_text_of_ours(client: Client, session: TrainingSession) -> None:
    place = reverse("new_email", args=[session.organisation.slug, session.pk])
    assert "Convocation" in text(client.get(place))
    response = client.post(place, {"with": "convocation", "language": "fr"}, follow=True)
    assert "Votre convocation" in unescape(response.content.decode())
    assert Draft.objects.get().html.count("{{ prenom }}") == 1


def test_beginning_twice_goes_on_with_the_untouched_draft(client: Client, session: TrainingSession) -> None:
    place = reverse("new_email", args=[session.organisation.slug, session.pk])
    for _ in range(2):
        client.post(place, {"with": "evaluation", "language": "en"})
    assert Draft.objects.count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_texts_can_be_sent_as_they_are_once_their_file_is_attached(
    session: TrainingSession, user: User, language: str
) -> None:
    for product in (product_text(type, language) for type in EmailType.values):
        draft = drafts.start(session, product, user)
        problems = drafts.problems_of(drafts.request_of(draft), timezone.now(), without_files=True)
        expected = ["subject_missing"] if product.type == "free_message" else []
        assert [problem.code for problem in problems] == expected, product


def test_typing_saves_by_itself_and_says_when(client: Client, draft: Draft) -> None:
    response = client.post(of(draft), written(draft), headers=HTMX)
    assert "Enregistré à" in text(response)
    draft.refresh_from_db()
    assert (draft.subject, draft.html) == ("Votre venue", "<p>Bonjour {{ prenom }}</p>")
    assert field(response, "seen") == version(draft)
    assert "2 personnes" in text(response)


def test_a_reload_shows_what_was_saved(client: Client, draft: Draft) -> None:
    client.post(of(draft), written(draft), headers=HTMX)
    assert field(client.get(of(draft)), "subject") == "Votre venue"


def test_without_script_a_plain_text_with_blank_lines_is_enough(client: Client, draft: Draft) -> None:
    given = written(draft, rich="", html="", text="Bonjour {{ prenom }},\r\n\r\nVoir https://exemple.fr/plan\r\net <b>")
    assert client.post(of(draft), given).status_code == 302
    draft.refresh_from_db()
    assert draft.html.count("<p>") == 2
    assert '<a href="https://exemple.fr/plan">' in draft.html
    assert "&lt;b&gt;" in draft.html


def test_without_script_an_untouched_text_keeps_its_looks(client: Client, draft: Draft) -> None:
    before = draft.html
    shown = re.search(r"<textarea[^>]*>(.*?)</textarea>", client.get(of(draft)).content.decode(), re.DOTALL)
    plain = unescape(shown[1]).replace("\n", "\r\n")
    client.post(of(draft), written(draft, rich="", html="", text=plain, subject="Autre"))
    draft.refresh_from_db()
    assert (draft.subject, draft.html) == ("Autre", before)


def test_of_two_tabs_the_later_one_is_told_and_overwrites_nothing(client: Client, draft: Draft) -> None:
    both_saw = version(draft)
    client.post(of(draft), written(draft, subject="Premier"), headers=HTMX)
    response = client.post(of(draft), written(draft, subject="Second", seen=both_saw), headers=HTMX)
    assert "dans un autre onglet" in text(response)
    draft.refresh_from_db()
    assert draft.subject == "Premier"


def test_the_later_tab_keeps_its_text_on_the_page_and_may_prefer_it(client: Client, draft: Draft) -> None:
    both_saw = version(draft)
    client.post(of(draft), written(draft, subject="Premier"))
    response = client.post(of(draft), written(draft, subject="Second", seen=both_saw))
    assert response.status_code == 409
    assert field(response, "subject") == "Second"
    client.post(of(draft), written(draft, subject="Second", seen=both_saw, overwrite="1"))
    draft.refresh_from_db()
    assert draft.subject == "Second"


def test_what_was_written_while_the_login_expired_is_there_after_logging_in(
    client: Client, draft: Draft, user: User
) -> None:
    passport = field(client.get(of(draft)), "passport")
    client.logout()
    typed = client.post(of(draft), written(draft, subject="Sauvé", passport=passport), headers=HTMX)
    assert "Ce que vous avez écrit est conservé" in text(typed)
    response = client.post(of(draft), written(draft, subject="Sauvé 2", passport=passport))
    assert response.url.startswith(reverse("account_login"))
    after = client.post(response.url, {"login": user.email, "password": PASSWORD, "next": of(draft)}, follow=True)
    assert field(after, "subject") == "Sauvé 2"
    client.post(of(draft), written(draft, subject="Sauvé 2"))
    draft.refresh_from_db()
    assert draft.subject == "Sauvé 2"
    assert "reconnecter" not in text(client.get(of(draft)))


def test_strangers_leave_nothing_in_our_database_by_posting_to_a_draft(draft: Draft) -> None:
    stranger = Client()
    for passport in ("", "forged:xx:yy"):
        stranger.post(of(draft), written(draft, passport=passport))
    assert "sessionid" not in stranger.cookies
    assert not stranger.session.get("written")


def test_what_one_person_wrote_is_not_shown_to_the_next_one_at_that_browser(client: Client, draft: Draft) -> None:
    passport = field(client.get(of(draft)), "passport")
    client.logout()
    client.post(of(draft), written(draft, subject="À moi", passport=passport))
    client.force_login(a_user(Role.SENDER, draft.organisation))
    assert field(client.get(of(draft)), "subject") != "À moi"


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ('<p onclick="x()" style="color:red">a<script>alert(1)</script></p>', "<p>a</p>"),
        ('<form action="//x"><input name="a"><iframe src="//x"></iframe>b</form>', "b"),
        ('<a href="javascript:alert(1)">c</a><a href="/o/x">d</a>', "<a>c</a><a>d</a>"),
        ("<svg><p><style><img src=x onerror=alert(1)></style></svg>", ""),
        ("<div>e</div><div><b>f</b></div>", "<p>e</p><p><strong>f</strong></p>"),
        ("<p>{{&nbsp;pre<b>nom</b>&nbsp;}}</p>", "<p>{{ prenom }}</p>"),
    ],
)
def test_of_what_is_pasted_only_harmless_html_stays(client: Client, draft: Draft, pasted: str, kept: str) -> None:
    client.post(of(draft), written(draft, html=pasted), headers=HTMX)
    draft.refresh_from_db()
    assert draft.html == kept


def test_a_megabyte_of_text_is_refused_with_words_and_the_rest_is_kept(client: Client, draft: Draft) -> None:
    before = draft.html
    response = client.post(of(draft), written(draft, subject="Nouveau", html="x" * 1_000_000), headers=HTMX)
    assert "trop long" in text(response)
    draft.refresh_from_db()
    assert (draft.subject, draft.html) == ("Nouveau", before)


@pytest.mark.parametrize(
    "hostile", ["{{" * (MOST_TEXT // 2), "<p></p>" * (MOST_TEXT // 7), " " * (MOST_TEXT - 1) + "x"]
)
def test_hostile_repetition_is_cleaned_in_no_time(client: Client, draft: Draft, hostile: str) -> None:
    assert client.post(of(draft), written(draft, html=hostile), headers=HTMX).status_code == 200


def test_a_reply_address_that_is_none_is_said_beside_its_field_and_a_public_one_is_warned_of(
    client: Client, draft: Draft
) -> None:
    wrong = client.post(of(draft), written(draft, reply_address="camille"))
    assert wrong.status_code == 422
    assert "n'est pas de la forme nom@domaine" in text(wrong)
    draft.refresh_from_db()
    free = client.post(of(draft), written(draft, reply_address="camille@gmail.com"), headers=HTMX)
    assert "messagerie grand public" in text(free)


def test_a_reader_may_not_write(session: TrainingSession, draft: Draft) -> None:
    reader = Client()
    reader.force_login(a_user(Role.READER, session.organisation))
    assert reader.get(of(draft)).status_code == 403
    assert reader.post(of(draft), written(draft)).status_code == 403


PAGES = ["draft", "draft_preview", "draft_message", "draft_check", "text_of_draft"]
ACTS = ["draft", "draft_files", "draft_test", "draft_check", "draft_leave_out", "draft_copy", "draft_delete"]


def test_another_organisations_drafts_are_not_there(draft: Draft) -> None:
    other = a_user(Role.ADMINISTRATOR)
    slug = other.memberships.get().organisation.slug
    stranger = Client()
    stranger.force_login(other)
    for name in PAGES:
        assert stranger.get(reverse(name, args=[slug, draft.pk])).status_code == 404, name
    for name in ACTS:
        assert stranger.post(reverse(name, args=[slug, draft.pk])).status_code == 404, name
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_looking_changes_nothing(client: Client, draft: Draft) -> None:
    before = version(draft)
    for name in PAGES:
        client.get(of(draft, name))
    draft.refresh_from_db()
    assert (version(draft), Draft.objects.count()) == (before, 1)


def test_drafts_are_listed_resumed_and_deleted(client: Client, draft: Draft) -> None:
    place = reverse("new_email", args=[draft.organisation.slug, draft.session_id])
    assert of(draft) in client.get(place).content.decode()
    client.post(of(draft, "draft_delete"))
    assert of(draft) not in client.get(place).content.decode()


def test_a_text_kept_from_a_draft_is_offered_for_the_next_one(client: Client, draft: Draft, user: User) -> None:
    place = of(draft, "text_of_draft")
    assert field(client.get(place), "subject") == draft.subject
    given = {"name": "Convocation SST", "type": "convocation", "language": "fr", "subject": "S", "rich": "1"}
    client.post(place, given | {"html": "<p>Notre texte<script>1</script></p>"})
    kept = TextModel.objects.get()
    assert (kept.name, kept.html) == ("Convocation SST", "<p>Notre texte</p>")
    assert AuditEntry.objects.filter(action="text_changed", by=user).count() == 1
    start = reverse("new_email", args=[draft.organisation.slug, draft.session_id])
    assert "Convocation SST" in text(client.get(start))
    client.post(start, {"with": f"text-{kept.pk}"})
    assert Draft.objects.filter(html=kept.html, type="convocation").exists()


def test_texts_are_changed_and_deleted_and_two_do_not_share_a_name(client: Client, draft: Draft) -> None:
    slug = draft.organisation.slug
    given = {"name": "A", "type": "programme", "language": "fr", "subject": "S", "rich": "1", "html": "<p>x</p>"}
    client.post(reverse("text_new", args=[slug]), given)
    again = client.post(reverse("text_new", args=[slug]), given)
    assert again.status_code == 422
    assert "déjà un modèle" in text(again)
    kept = TextModel.objects.get()
    client.post(reverse("text", args=[slug, kept.pk]), given | {"html": "<p>y</p>"})
    kept.refresh_from_db()
    assert kept.html == "<p>y</p>"
    client.post(reverse("text_delete", args=[slug, kept.pk]))
    assert not TextModel.objects.exists()
    assert client.get(reverse("texts", args=[slug])).status_code == 200
