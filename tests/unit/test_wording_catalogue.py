"""What holds for every sentence that people read about statuses and reasons, in both languages."""

import re
from dataclasses import astuple

import pytest
from django.utils.translation import override

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Flag, Status
from bienrecu.wording import advice, check_up, events, flags, reasons, statuses, types
from tests.unsaid import CLAIMS, JARGON, NEVER, NOT_OPENED
from tools import messages

LANGUAGES = ["fr", "en"]
Pairs = list[tuple[str, str]]

# The same word in both languages.
SHARED = {"Contacts", "Important", "Note", "Participant", "Participants", "Sessions", "{n} minute"}

# What cannot do without the names of records, as they are typed elsewhere.
ABOUT_DNS = tuple(
    f"wording/{name}.py"
    for name in ("sending_domain", "dns_answers", "registrars", "domain_report", "reported_sources")
)


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    """English and French of each sentence of this folder, every form of a plural by itself."""
    places = messages.collect(messages.SOURCES / "wording")
    found: Pairs = []
    for message in messages.read():
        if places.get((message.context, message.id), ABOUT_DNS[0]) not in ABOUT_DNS:
            english = message.id if isinstance(message.id, tuple) else (message.id,)
            french = message.string if isinstance(message.id, tuple) else (message.string,)
            found += zip(english, french, strict=True)
    return found


def test_the_catalogue_is_whole_and_up_to_date() -> None:
    assert messages.check() == []


def test_every_sentence_about_statuses_and_reasons_has_its_french(pairs: Pairs) -> None:
    assert len(pairs) > 200
    assert [english for english, french in pairs if not french] == []
    assert {english for english, french in pairs if english == french and english[0].isalpha()} <= SHARED


@pytest.fixture(scope="module")
def everything() -> list[str]:
    """Each sentence of every page and command, in both languages."""
    found: list[str] = []
    for message in messages.read():
        for text in (message.id, message.string) if message.id else ():
            found += text if isinstance(text, tuple) else [text]
    return found


def test_no_page_at_all_says_the_words_that_frighten(everything: list[str]) -> None:
    assert len(everything) > 2000
    assert [text for text in everything if re.search(NEVER, text, re.IGNORECASE)] == []


@pytest.mark.parametrize(
    "word", ["bounced", "Rebond", "SMTP", "hard bounce", "DSN", "un 5xx", "le DNS", "listes noires"]
)
def test_such_words_would_be_seen(word: str) -> None:
    assert re.search(JARGON, f"L'e-mail ({word}) n'est pas arrivé.", re.IGNORECASE)


def test_statuses_reasons_flags_advice_and_the_check_up_are_among_the_sentences_looked_at(pairs: Pairs) -> None:
    said = [one for words in (*statuses._WORDS.values(), *reasons._WORDS.values()) for one in astuple(words)]
    said += [one for words in flags._WORDS.values() for one in astuple(words) if one]
    said += [one for words in advice._WORDS.values() for one in words]
    said += [*check_up._QUESTIONS.values(), *check_up._FINDINGS.values()]
    said += [one for answers in check_up._ANSWERS.values() for one in answers.values() if one]
    looked_at = {english for english, _french in pairs}
    assert len(said) > 250
    assert [one for one in said if one not in looked_at] == []


@pytest.mark.parametrize("pattern", [JARGON, CLAIMS, NOT_OPENED], ids=["jargon", "claims", "not opened"])
def test_no_sentence_speaks_like_a_mail_server_or_claims_more_than_we_know(pattern: str, pairs: Pairs) -> None:
    assert [text for pair in pairs for text in pair if re.search(pattern, text, re.IGNORECASE)] == []


def test_no_sentence_is_longer_than_twenty_words(pairs: Pairs) -> None:
    assert [text for pair in pairs for text in pair if longest_sentence(text) > 20] == []


def longest_sentence(text: str) -> int:
    sentences = re.split(r"(?<=[.!?]) ", text)
    return max(len([word for word in sentence.split() if re.search(r"\w", word)]) for sentence in sentences)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_reason_flag_and_event_has_its_words(language: str) -> None:
    with override(language):
        for status in Status:
            said = statuses.words(status)
            assert all((said.label, said.meaning, said.limit, said.next_step))
        for reason in Reason:
            words = reasons.words(reason)
            assert all((words.label, words.title, words.cause, words.limit, words.advice, reasons.who(reason)))
        assert all(flags.words(flag).note for flag in Flag)
        assert all(events.line(kind) for kind in Kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_statuses_and_no_two_reasons_sound_the_same(language: str) -> None:
    with override(language):
        assert len({statuses.label(status) for status in Status}) == len(Status)
        assert len({reasons.label(reason) for reason in Reason}) == len(Reason)
        assert len({events.line(kind) for kind in Kind}) == len(Kind)


def test_the_six_labels_are_the_ones_people_know() -> None:
    with override("fr"):
        assert [statuses.label(status) for status in Status] == [
            "Demandé",
            "Envoyé",
            "Reçu",
            "Réception impossible",
            "Erreur à l'envoi",
            "Reçu et ouvert",
        ]
    with override("en"):
        assert [statuses.label(status) for status in Status] == [
            "Requested",
            "Sent",
            "Received",
            "Could not be received",
            "Sending error",
            "Received and opened",
        ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reasons_label_fits_in_a_table_and_continues_a_sentence(language: str) -> None:
    with override(language):
        for reason in Reason:
            label = reasons.label(reason)
            assert len(label) <= 40
            assert label[0].islower()
            assert not label.endswith(".")


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_without_a_case_speak_of_the_recipient(language: str) -> None:
    with override(language):
        for reason in Reason:
            words = reasons.words(reason)
            for text in (words.title, words.cause, words.limit, words.advice):
                assert text[0].isupper()
                assert not re.search(r"[{}]|\b(de|à) le\b", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_types_and_roles_have_names(language: str) -> None:
    with override(language):
        names = [types.email_type(code) for code in types.EMAIL_TYPES]
        names += [types.contact_role(code) for code in types.CONTACT_ROLES]
        names += [types.user_role(code) for code in types.USER_ROLES]
    assert len(set(names)) == len(names)
