"""What comes back from simulated recipients, read with the standard library's parser."""

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.returns.interpret import ReturnKind, interpret
from bienrecu.simulator.behaviours import BEHAVIOURS, Act, Step
from bienrecu.simulator.letter import Letter
from bienrecu.simulator.programs import image_headers, scanner_headers
from bienrecu.simulator.reports import (
    Incident,
    auto_reply,
    complaint,
    delivery_report,
    human_reply,
    read_receipt,
)
from bienrecu.tracking.verdict import verdict

ORIGINAL = (
    b"From: Formation <contact@formation-exemple.test>\r\n"
    b"Subject: =?utf-8?q?Votre_convocation_=C3=A0_Lyon?=\r\n"
    b"Message-ID: <r1@formation-exemple.test>\r\n"
    b"Disposition-Notification-To: <retour+1@retours.test>\r\n"
    b"\r\nBonjour\r\n"
)


def incident(content: bytes = ORIGINAL, recipient: str = "hugo@late-return.simulator.invalid") -> Incident:
    return Incident(
        recipient=recipient,
        sender="retour+1@retours.test",
        letter=Letter.read(content),
        at=datetime(2026, 11, 3, 9, 30, tzinfo=UTC),
        said="550 5.1.1 User unknown",
        original_recipient="rfc822; hugo.petit@example.org",
        envelope_id="r1",
        client_ip="127.0.0.1",
    )


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    assert all(not line.endswith(b"\r") and b"\r" not in line[:-1] for line in content.split(b"\r\n"))
    return message


def parts(message: EmailMessage) -> list[EmailMessage]:
    return [part for part in message.iter_parts() if isinstance(part, EmailMessage)]


def blocks(part: EmailMessage) -> list[dict[str, str]]:
    """A machine-readable part as its groups of fields."""
    content = part.as_bytes(policy=email.policy.SMTP).partition(b"\r\n\r\n")[2].decode()
    return [dict(line.split(": ", 1) for line in group.splitlines()) for group in content.strip().split("\r\n\r\n")]


def test_a_report_of_failure_names_the_recipient_the_action_and_the_words() -> None:
    report = read(delivery_report(incident(), "failed"))
    assert report.get_content_type() == "multipart/report"
    assert report["Content-Type"].params["report-type"] == "delivery-status"
    assert report["Auto-Submitted"] == "auto-replied"
    words, facts, _ = parts(report)
    assert "550 5.1.1 User unknown" in words.get_content()
    assert blocks(facts) == [
        {
            "Reporting-MTA": "dns; mx.simulator.invalid",
            "Original-Envelope-Id": "r1",
            "Arrival-Date": "Tue, 03 Nov 2026 09:30:00 +0000",
        },
        {
            "Final-Recipient": "rfc822; hugo@late-return.simulator.invalid",
            "Original-Recipient": "rfc822; hugo.petit@example.org",
            "Action": "failed",
            "Status": "5.1.1",
            "Remote-MTA": "dns; mailstore.simulator.invalid",
            "Diagnostic-Code": "smtp; 550 5.1.1 User unknown",
        },
    ]


def test_a_report_returns_the_message_word_for_word() -> None:
    content = delivery_report(incident(), "failed")
    assert parts(read(content))[2].get_content_type() == "message/rfc822"
    assert ORIGINAL in content


def test_a_report_on_a_large_message_returns_its_header_alone() -> None:
    content = delivery_report(incident(ORIGINAL + b"x" * 60_000), "failed")
    assert parts(read(content))[2].get_content_type() == "text/rfc822-headers"
    assert b"xxx" not in content


def test_a_message_with_bare_octets_is_returned_and_declared_as_such() -> None:
    returned = parts(read(delivery_report(incident(ORIGINAL + b"\xe9t\xe9\r\n"), "failed")))[2]
    assert returned["Content-Transfer-Encoding"] == "8bit"


def test_an_address_beyond_ascii_is_reported_in_its_escaped_form() -> None:
    facts = parts(read(delivery_report(incident(recipient="jos\xe9@late-return.simulator.invalid"), "failed")))[1]
    assert blocks(facts)[1]["Final-Recipient"] == "utf-8; jos\\x{E9}@late-return.simulator.invalid"


def test_a_complaint_names_who_complained_and_about_what() -> None:
    report = read(complaint(incident()))
    assert report["Content-Type"].params["report-type"] == "feedback-report"
    (facts,) = blocks(parts(report)[1])
    assert facts["Feedback-Type"] == "abuse"
    assert facts["Original-Rcpt-To"] == "<hugo@late-return.simulator.invalid>"
    assert facts["Original-Mail-From"] == "<retour+1@retours.test>"
    assert facts["Source-IP"] == "127.0.0.1"


def test_a_read_receipt_names_the_message_that_was_displayed() -> None:
    report = read(read_receipt(incident()))
    assert report["Content-Type"].params["report-type"] == "disposition-notification"
    (facts,) = blocks(parts(report)[1])
    assert facts["Original-Message-ID"] == "<r1@formation-exemple.test>"
    assert facts["Disposition"].endswith("displayed")


def test_an_automatic_reply_says_that_it_is_one_and_a_person_s_does_not() -> None:
    automatic, human = read(auto_reply(incident())), read(human_reply(incident()))
    assert automatic["Auto-Submitted"] == "auto-replied"
    assert automatic["Subject"] == "Réponse automatique : Votre convocation à Lyon"
    assert human["Auto-Submitted"] is None
    assert human["Subject"] == "Re: Votre convocation à Lyon"


@pytest.mark.parametrize("write", [auto_reply, human_reply])
def test_a_reply_goes_to_the_author_in_the_same_thread(write: object) -> None:
    assert callable(write)
    reply = read(write(incident()))
    assert reply["To"] == "contact@formation-exemple.test"
    assert reply["In-Reply-To"] == reply["References"] == "<r1@formation-exemple.test>"


def test_a_subject_cannot_slip_a_field_into_the_reply() -> None:
    content = b"Subject: =?utf-8?q?a=0D=0ABcc:_eve@example.org?=\r\nFrom: a@b.test\r\n\r\n"
    reply = read(human_reply(incident(content)))
    assert reply["Bcc"] is None
    assert reply["Subject"] == "Re: a  Bcc: eve@example.org"


# The rehearsal is worth something only if the real receiver and the real judge of images see what was meant.


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (delivery_report(incident(), "failed"), ReturnKind.REPORT),
        (complaint(incident()), ReturnKind.COMPLAINT),
        (read_receipt(incident()), ReturnKind.READ_RECEIPT),
        (auto_reply(incident()), ReturnKind.AUTO_REPLY),
        (human_reply(incident()), ReturnKind.ORDINARY),
    ],
)
def test_our_receiver_of_returns_takes_each_for_what_it_is(content: bytes, kind: ReturnKind) -> None:
    assert interpret(content).kind is kind


@pytest.mark.parametrize(
    ("action", "kind"), [("failed", Kind.RETURNED), ("delayed", Kind.DELAYED), ("delivered", Kind.DELIVERED)]
)
def test_our_receiver_reads_the_action_and_the_recipient_of_a_report(action: str, kind: Kind) -> None:
    (reported,) = interpret(delivery_report(incident(), action)).reported
    assert reported.kind is kind
    assert "hugo.petit@example.org" in reported.addresses


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [("late-return", Reason.ADDRESS_UNKNOWN), ("late-mailbox-full", Reason.MAILBOX_FULL)],
)
def test_our_receiver_finds_the_reason_of_a_late_return(behaviour: str, reason: Reason) -> None:
    (step,) = _steps(behaviour)
    (reported,) = interpret(delivery_report(replace(incident(), said=step.said), "failed")).reported
    assert reported.diagnosis
    assert reported.diagnosis.reason is reason


def _steps(behaviour: str) -> tuple[Step, ...]:
    return next(b.after for b in BEHAVIOURS if b.name_en == behaviour)


@pytest.mark.parametrize(
    ("act", "kind"),
    [(Act.OPEN, Kind.OPENED), (Act.GMAIL_DISPLAY, Kind.OPENED), (Act.APPLE_PREFETCH, Kind.MACHINE_LOAD)],
)
@pytest.mark.parametrize("person", range(20))
def test_our_judge_of_images_sees_people_and_machines_as_meant(act: Act, kind: Kind, person: int) -> None:
    """Long after acceptance, so that the program's name alone decides."""
    assert _judged(image_headers(act, f"h{person}@simulator.invalid"), 60.0) is kind


def test_our_judge_of_images_knows_a_scanner_by_its_haste() -> None:
    (step,) = _steps("scanner")
    assert {_judged(scanner_headers(index), step.latest) for index in range(9)} == {Kind.MACHINE_LOAD}


def _judged(sent: dict[str, str], seconds: float) -> Kind:
    headers = {name.lower(): value for name, value in sent.items()}
    agent = headers["user-agent"]
    return verdict(method="GET", user_agent=agent, headers=headers, seconds_since_accepted=seconds).kind
