"""Notices without a machine-readable part: who, whether final, why. Those of `tests/corpus/notices.toml`, and more."""

import tomllib
from pathlib import Path

import pytest

from bienrecu.domain.event import Kind
from bienrecu.returns.explain import Told, explain
from bienrecu.returns.interpret import Interpretation, ReturnKind, interpret
from bienrecu.returns.transcript import reply_in

PAUL, ANNE = "paul@example.org", "anne@example.org"
ORIGINAL = "\n\nReceived: from mx.of.example\nSubject: 550 5.2.2 Mailbox full\nTo: zoe@example.net\n\nBonjour"
HOST = "host mx.example.org[192.0.2.7]"


def notice(
    text: str, subject: str = "Undeliverable: Convocation", author: str = "postmaster@mx.example.org"
) -> Interpretation:
    header = (
        f"From: {author}\nTo: r.abc@returns.example.net\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n"
    )
    return interpret(f"{header}\n{text}{ORIGINAL}".encode())


def told(found: Interpretation) -> list[tuple[str, Kind, str, bool]]:
    return [
        (next(iter(part.addresses), ""), part.kind, str(part.diagnosis.reason), part.diagnosis.permanent)
        for part in found.reported
        if part.diagnosis
    ]


NOTICES = tomllib.loads((Path(__file__).parents[1] / "corpus/notices.toml").read_text("utf-8"))


@pytest.mark.parametrize("case", NOTICES["returned"], ids=lambda case: case["by"])
def test_a_notice_is_read_whatever_system_wrote_it(case: dict[str, str]) -> None:
    assert told(notice(case["text"])) == [(PAUL, Kind.RETURNED, case["reason"], True)]


@pytest.mark.parametrize("case", NOTICES["delayed"], ids=lambda case: case["by"])
def test_a_warning_is_no_failure(case: dict[str, str]) -> None:
    [(address, kind, _, permanent)] = told(notice(case["text"], "Warning: message delayed 4 hours"))
    assert (address, kind, permanent) == (PAUL, Kind.DELAYED, False)


def test_two_recipients_in_one_notice_each_have_their_own_reason() -> None:
    text = f"could not be delivered:\n\n<{PAUL}>: 550 5.1.1 User unknown\n\n<{ANNE}>: 452 4.2.2 Mailbox full\n"
    assert told(notice(text)) == [
        (PAUL, Kind.RETURNED, "address_unknown", True),
        (ANNE, Kind.RETURNED, "mailbox_full", False),
    ]


def test_the_person_to_ask_for_help_is_not_who_failed() -> None:
    text = f"could not be delivered:\n\n<{PAUL}>: 550 User unknown\n\nFor assistance contact helpdesk@example.org.\n"
    assert [address for address, *_ in told(notice(text))] == [PAUL]


@pytest.mark.parametrize(
    ("stage", "reason"),
    [("RCPT TO", "address_unknown"), ("end of DATA", "recipient_refuses"), ("MAIL FROM", "sender_refused")],
)
def test_the_stage_of_a_refusal_counts(stage: str, reason: str) -> None:
    text = f"could not be delivered\n\n<{PAUL}>: {HOST} said: 550 User unknown (in reply to {stage} command)\n"
    assert [why for _, _, why, _ in told(notice(text))] == [reason]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "Re: Convocation",
            "I got an error 550 5.1.1 User unknown for paul@example.org, could not be delivered, help?",
        ),
        ("Fwd: Undelivered Mail Returned to Sender", "<paul@example.org>: 550 5.1.1 User unknown"),
        ("Question", "Bonjour, la boîte de paul@example.org est pleine."),
        (
            "Mail non reçu",
            "Bonjour, la convocation n'a pas pu m'être remise : écrivez à paul@example.org, échec sinon.",
        ),
        ("Erreur de date", "Impossible de venir le 12 : la date n'existe pas. paul@example.org"),
        ("Votre message n'a pas été reçu", "Il a été refusé, je crois. Mon autre adresse : paul@example.org"),
        (
            "Question",
            "Your message did not reach me in time. Please write to paul@example.org, this address failed to work.",
        ),
        ("Delivery failed", "The parcel was not delivered, paul@example.org does not exist. Can you help?"),
    ],
)
def test_a_person_who_tells_of_a_failure_is_no_failure(subject: str, text: str) -> None:
    letter = f"From: Awa <awa@example.org>\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    assert interpret(letter.encode()).kind is ReturnKind.ORDINARY


@pytest.mark.parametrize(
    "subject", ["Automatic reply: Convocation", "Réponse automatique : Convocation", "Out of office"]
)
def test_an_absence_that_speaks_of_full_mailboxes_is_no_failure(subject: str) -> None:
    for author in ("awa@example.org", "postmaster@example.org"):
        found = notice("My mailbox is full, undeliverable mails will be lost: 550 5.2.2.", subject, author)
        assert found.kind is ReturnKind.AUTO_REPLY


@pytest.mark.parametrize(
    ("then", "reason"),
    [("554 5.0.0 Service unavailable", "recipient_refuses"), ("<<< 503 Need RCPT", "address_unknown")],
)
def test_data_refused_for_want_of_a_recipient_is_a_recipient_refused(then: str, reason: str) -> None:
    """Commands are sent together (RFC 2920): the answer to RCPT is quoted after DATA."""
    text = f"had permanent fatal errors\n<{PAUL}>\n\n... while talking to mx.example.org.:\n>>> DATA\n"
    assert [why for _, _, why, _ in told(notice(f"{text}<<< 550 User unknown\n{then}\n"))] == [reason]


def test_a_server_that_could_not_verify_our_address_asks_for_no_person() -> None:
    found = notice(f"could not be delivered:\n\n<{PAUL}>: 550 Sender verification failed\n")
    assert (found.kind, found.reported[0].kind) == (ReturnKind.REPORT, Kind.RETURNED)


def test_a_person_who_speaks_of_their_filter_is_no_challenge() -> None:
    letter = (
        b"From: Awa <awa@example.org>\nSubject: Re: Convocation\n\nOur Mailinblack held it, I have it now. Thanks!\n"
    )
    assert interpret(letter).kind is ReturnKind.ORDINARY


WORDS = tomllib.loads((Path(__file__).parents[1] / "corpus/system-words.toml").read_text("utf-8"))


@pytest.mark.parametrize(("reason", "words"), [(reason, words) for reason, said in WORDS.items() for words in said])
def test_what_a_system_says_in_its_own_words_has_its_reason(reason: str, words: str) -> None:
    assert explain(words, Told(words), delayed=False).reason == reason


def test_what_a_gateway_puts_around_a_reply_is_not_the_reply() -> None:
    raw = (
        "From: MAILER-DAEMON@x\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; paul@example.org\n"
        "Action: failed\nStatus: 5.0.0\n"
        "Diagnostic-Code: smtp; 5.1.0 - Unknown address error 550-'5.2.2 Mailbox full' (delivery attempts: 0)\n--b--\n"
    )
    assert told(interpret(raw.encode())) == [(PAUL, Kind.RETURNED, "mailbox_full", True)]


ENCLOSED = (
    "From: Gateway <gateway@example.org>\nSubject: Problem\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n"
    "<paul@example.org>: user unknown\n\n--b\nContent-Type: message/rfc822\n\nSubject: Convocation\n\n--b--\n"
)


def test_who_returns_a_message_without_a_return_path_is_no_person() -> None:
    found = interpret(f"Return-Path: <>\n{ENCLOSED}".encode())
    assert told(found) == [(PAUL, Kind.RETURNED, "address_unknown", True)]


def test_who_forwards_a_message_has_a_return_path() -> None:
    assert interpret(f"Return-Path: <awa@example.org>\n{ENCLOSED}".encode()).kind is ReturnKind.ORDINARY


@pytest.mark.parametrize(
    "before",
    ["", "<<< ", "[", "(reason: ", "Remote Server returned '", "Diagnostic code: smtp; ", "host mx[192.0.2.7] said: "],
)
def test_a_reply_is_found_however_it_is_quoted(before: str) -> None:
    assert reply_in(f"It could not be delivered.\n{before}550 5.2.2 Mailbox full").startswith("550 5.2.2 Mailbox full")
