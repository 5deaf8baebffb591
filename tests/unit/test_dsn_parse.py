"""The standard's report, and the ways in which real ones depart from it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.protocol.dsn.parse import Action, DeliveryReport, RecipientReport, parse_report

CORPUS = Path(__file__).parents[1] / "corpus"


def corpus(name: str) -> DeliveryReport:
    report = parse_report((CORPUS / f"{name}.eml").read_bytes())
    assert report is not None
    return report


def report_of(groups: str) -> DeliveryReport:
    raw = (
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\nContent-Type: message/delivery-status\n\n{groups}\n\n--b--\n"
    )
    report = parse_report(raw.encode())
    assert report is not None
    return report


def recipient_of(fields: str) -> RecipientReport:
    [recipient] = report_of(f"Reporting-MTA: dns; mx.example.org\n\n{fields}").recipients
    return recipient


def test_all_that_a_report_says_is_there() -> None:
    report = corpus("unknown-user")
    assert report.reporting_mta == "mx.example.org"
    assert report.envid == "abcdefghij234567"
    assert report.arrival_date == datetime(2026, 1, 6, 8, 15, 1, tzinfo=UTC)
    assert report.returned_message_id == "<m1.abcdefghij234567@returns.example.net>"
    assert ("Subject", "Convocation") in report.returned_headers
    assert report.recipients == (
        RecipientReport(
            final_recipient="paul@example.org",
            original_recipient="paul@example.org",
            action=Action.FAILED,
            status=EnhancedCode(5, 1, 1),
            diagnostic="smtp; 550 5.1.1 <paul@example.org>: Recipient address rejected: User unknown",
            remote_mta="store.example.org",
            will_retry_until=None,
        ),
    )


def test_a_delay_says_until_when_they_try() -> None:
    assert corpus("three-recipients").recipients[2].will_retry_until == datetime(2026, 1, 11, 8, 15, 1, tzinfo=UTC)


def test_a_reply_longer_than_250_characters_is_kept_whole_in_the_diagnostic() -> None:
    [recipient] = corpus("long-reply").recipients
    assert len(recipient.diagnostic) > 250
    assert recipient.diagnostic.endswith("It was considered spam.")
    assert "\n" not in recipient.diagnostic


def test_the_translated_human_part_does_not_matter() -> None:
    raw = (CORPUS / "translated.eml").read_bytes()
    other_words = raw.replace("Échec de la remise pour ces destinataires".encode(), "配信不能".encode())
    assert other_words != raw
    assert parse_report(raw) == parse_report(other_words)


def test_ordinary_mail_is_no_report() -> None:
    assert parse_report((CORPUS / "answer.eml").read_bytes()) is None


def test_a_report_enclosed_in_a_letter_is_not_the_letter_s() -> None:
    assert parse_report((CORPUS / "forwarded-report.eml").read_bytes()) is None


@pytest.mark.parametrize(
    ("field", "address"),
    [
        ("rfc822;paul@example.org", "paul@example.org"),
        ("RFC822; <paul@example.org>", "paul@example.org"),
        ("rfc822; paul@example.org (expanded from: <team@example.org>)", "paul@example.org"),
        ("paul@example.org", "paul@example.org"),
        ("rfc822;paul+40example.org", "paul@example.org"),
        ("rfc822;paul+2B1@example.org", "paul+2B1@example.org"),
        (r"utf-8; andr\x{E9}@exemple.example", "andré@exemple.example"),
        (r"utf-8; \x{D800}@exemple.example", "\ufffd@exemple.example"),
    ],
)
def test_an_address_is_read_however_it_is_written(field: str, address: str) -> None:
    assert recipient_of(f"Final-Recipient: {field}\nAction: failed").final_recipient == address


@pytest.mark.parametrize(
    ("fields", "action"),
    [
        ("Diagnostic-Code: smtp; 550 No such user", Action.FAILED),
        ("Diagnostic-Code: 452-4.2.2 Mailbox full", Action.DELAYED),
        ("Action: Failed (permanently)\nStatus: 4.4.7", Action.FAILED),
        ("Action: delayed\nStatus: 5.1.1", Action.DELAYED),
        ("Status: 5.1.1 (bad destination mailbox address)", Action.FAILED),
        ("Status: 4.2.2", Action.DELAYED),
        ("Action: unheard-of\nStatus: 2.1.5", Action.DELIVERED),
        ("Action: expanded\nStatus: 2.0.0", Action.EXPANDED),
    ],
)
def test_the_action_decides_and_without_one_the_class_of_the_status(fields: str, action: Action) -> None:
    assert recipient_of(f"Final-Recipient: rfc822; paul@example.org\n{fields}").action is action


@pytest.mark.parametrize("fields", ["Action: failed\nStatus: 5.1.1", "Final-Recipient: rfc822; paul@example.org"])
def test_a_group_without_a_name_or_without_a_fate_is_left_out(fields: str) -> None:
    assert report_of(f"Reporting-MTA: dns; mx.example.org\n\n{fields}").recipients == ()


def test_a_blank_line_that_was_lost_does_not_mix_two_recipients() -> None:
    report = report_of(
        "Reporting-MTA: dns; mx.example.org\n"
        "Original-Recipient: rfc822; anne@example.org\nFinal-Recipient: rfc822; anne@example.org\n"
        "Action: delivered\nStatus: 2.0.0\n"
        "Original-Recipient: rfc822; paul@example.org\nFinal-Recipient: rfc822; paul@example.org\n"
        "Action: failed\nStatus: 5.1.1\n"
    )
    assert [(known.original_recipient, known.action) for known in report.recipients] == [
        ("anne@example.org", Action.DELIVERED),
        ("paul@example.org", Action.FAILED),
    ]


def test_a_fold_without_indentation_is_still_one_field() -> None:
    recipient = recipient_of(
        "Final-Recipient: rfc822; paul@example.org\nAction: failed\n"
        "Diagnostic-Code: smtp; 550 5.7.1 Our policy\ndoes not allow it\nRemote-MTA: dns; store.example.org"
    )
    assert recipient.diagnostic == "smtp; 550 5.7.1 Our policy does not allow it"
    assert recipient.remote_mta == "store.example.org"


def test_the_machine_readable_part_may_be_encoded() -> None:
    raw = (
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n"
        b"Content-Transfer-Encoding: base64\n\n"
        b"UmVwb3J0aW5nLU1UQTogZG5zOyBteAoKRmluYWwtUmVjaXBpZW50OiByZmM4MjI7\n"
        b"IGFAYi5jCkFjdGlvbjogZmFpbGVkCg==\n--b--\n"
    )
    report = parse_report(raw)
    assert report is not None
    assert [recipient.final_recipient for recipient in report.recipients] == ["a@b.c"]


def test_the_header_alone_may_be_returned() -> None:
    raw = (CORPUS / "unknown-user.eml").read_bytes().replace(b"message/rfc822", b"text/rfc822-headers")
    report = parse_report(raw)
    assert report is not None
    assert report.returned_message_id == "<m1.abcdefghij234567@returns.example.net>"
