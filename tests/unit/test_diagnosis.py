"""From a reply to a reason: the plain cases, and the order in which the evidence counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.diagnosis import Diagnosis, diagnose
from bienrecu.diagnosis.by_enhanced_code import reason_of_enhanced_code
from bienrecu.diagnosis.receiver import receiving_host
from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.reason import Reason


def said(text: str, stage: str = "rcpt", receiver: str = "") -> Diagnosis:
    """The diagnosis of a reply as a session sees it: its code and enhanced code read from the text."""
    return diagnose(text, int(text[:3]), EnhancedCode.find(text), stage, receiver)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("550 5.1.1 <paul@example.org>: Recipient address rejected: User unknown", Reason.ADDRESS_UNKNOWN),
        ("550 No such user here", Reason.ADDRESS_UNKNOWN),
        ("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", Reason.ADDRESS_UNKNOWN),
        ("552 5.2.2 The recipient's inbox is out of storage space", Reason.MAILBOX_FULL),
        ("550 5.2.1 The email account that you tried to reach is disabled", Reason.MAILBOX_DISABLED),
        ("450 4.2.1 The user you are trying to contact is receiving mail at a rate", Reason.RATE_LIMITED),
        ("450 4.2.1 <paul@example.org>: this mailbox is inactive and has been disabled", Reason.MAILBOX_DISABLED),
        ("451 4.7.1 Greylisting in action, please come back later", Reason.GREYLISTED),
        ("450 4.2.0 <paul@example.org>: Recipient address rejected: Greylisted", Reason.GREYLISTED),
        ("421 4.7.0 Error: too many errors", Reason.RATE_LIMITED),
        ("550 spam detected", Reason.SPAM_CONTENT),
        ("550 5.7.1 This message is likely unsolicited mail", Reason.SPAM_CONTENT),
        ("550 5.7.1 [192.0.2.7] is listed at zen.spamhaus.org", Reason.IP_BLOCKLISTED),
        ("550 5.7.1 Sender domain listed by dbl.spamhaus.org", Reason.DOMAIN_BLOCKLISTED),
        ("554 5.7.1 A link in the message is listed by multi.surbl.org", Reason.LINK_BLOCKLISTED),
        ("554 5.7.1 <paul@example.org>: Relay access denied", Reason.RELAY_DENIED),
        ("550 5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy", Reason.AUTH_FAILED),
        ("550 5.7.1 SPF check failed", Reason.AUTH_FAILED),
        ("550 5.7.1 Client host rejected: cannot find your reverse hostname", Reason.NO_REVERSE_DNS),
        ("530 5.7.0 Must issue a STARTTLS command first", Reason.TLS_REQUIRED),
        ("552 5.3.4 Message size exceeds fixed limit", Reason.MESSAGE_TOO_LARGE),
        ("554 5.7.1 Virus found in the message", Reason.VIRUS),
        ("552 5.7.0 This attachment type is not allowed", Reason.ATTACHMENT_REFUSED),
        ("553 5.1.8 Domain of sender address does not exist", Reason.SENDER_REFUSED),
        ("535 5.7.8 Username and password not accepted", Reason.SUBMISSION_REFUSED),
        ("452 4.3.1 Insufficient system storage", Reason.SERVER_FULL),
        ("554 5.4.6 Too many hops", Reason.MAIL_LOOP),
        ("550 La boîte aux lettres du destinataire est pleine", Reason.MAILBOX_FULL),
        ("550 Adresse inconnue", Reason.ADDRESS_UNKNOWN),
    ],
)
def test_unmistakable_words_are_understood(reply: str, reason: Reason) -> None:
    found = said(reply)
    assert (found.reason, found.certainty) == (reason, "sure")
    assert found.evidence in reply


@pytest.mark.parametrize(
    ("reply", "reason", "operator_code"),
    [
        (
            "552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]",
            Reason.MAILBOX_FULL,
            "OFR_417",
        ),
        ("550 5.1.1 Adresse d au moins un destinataire invalide. OFR_416 [416]", Reason.ADDRESS_UNKNOWN, "OFR_416"),
        ("421 mwinf5c04 ME Trop de connexions. OFR004_104 [104]", Reason.RATE_LIMITED, "OFR004_104"),
        ("550 5.7.1 Service refuse. Veuillez essayer plus tard. OFR_397 [397]", Reason.AUTH_FAILED, "OFR_397"),
        ("550 5.5.0 Service refuse. Veuillez essayer plus tard. LPN007_510", Reason.SPAM_CONTENT, "LPN007_510"),
        ("450 4.7.1 Client host rejected. LPN027_503", Reason.REPUTATION, "LPN027_503"),
        ("421 HL:IFC connection frequency exceeded", Reason.RATE_LIMITED, "HL:IFC"),
        ("554 5.7.1 Sessions refused. AUP#CXDNS", Reason.NO_REVERSE_DNS, "AUP#CXDNS"),
        ("554 5.7.1 PT000000 rejected", Reason.NO_REVERSE_DNS, "PT000000"),
        ("450 4.7.1 Your server was blocked. SFR_IN_101", Reason.REPUTATION, "SFR_IN_101"),
        ("450 4.7.1 Your server was blocked. SFR_IN_205", Reason.RATE_LIMITED, "SFR_IN_205"),
        ("554 5.7.1 Refused. OXSUS0001_105", Reason.NO_REVERSE_DNS, "OXSUS0001_105"),
    ],
)
def test_the_codes_of_operators_beat_all_else(reply: str, reason: Reason, operator_code: str) -> None:
    found = said(reply)
    assert (found.reason, found.operator_code, found.certainty) == (reason, operator_code, "sure")


def test_words_beat_the_enhanced_code() -> None:
    assert said("550 5.7.1 No such user here").reason is Reason.ADDRESS_UNKNOWN
    assert said("550 5.1.1 Your message looks like spam").reason is Reason.SPAM_CONTENT


def test_the_enhanced_code_beats_the_reply_code() -> None:
    found = said("550 5.2.2 Sorry")
    assert (found.reason, found.evidence, found.certainty) == (Reason.MAILBOX_FULL, "5.2.2", "likely")


def test_an_enhanced_code_in_the_reply_is_more_precise_than_the_vague_one_of_the_report() -> None:
    found = diagnose("smtp; 550 5.2.2 Sorry", None, EnhancedCode(5, 0, 0), "")
    assert found.reason is Reason.MAILBOX_FULL


def test_access_denied_is_an_unknown_address_only_with_outlook_s_code() -> None:
    assert said("550 5.4.1 Recipient address rejected: Access denied").reason is Reason.ADDRESS_UNKNOWN
    assert said("550 5.7.1 Access denied").reason is Reason.POLICY


@pytest.mark.parametrize(
    ("reply", "stage", "reason"),
    [
        ("550 Sorry", "rcpt", Reason.ADDRESS_UNKNOWN),
        ("550 Sorry", "mail", Reason.SENDER_REFUSED),
        ("550 Sorry", "dot", Reason.POLICY),
        ("554 Sorry", "dot", Reason.UNDETERMINED),
        ("550 Sorry", "", Reason.UNDETERMINED),
        ("550 Sorry (in reply to RCPT TO command)", "", Reason.ADDRESS_UNKNOWN),
        ("550 Sorry", "auth", Reason.SUBMISSION_REFUSED),
        ("450 Sorry", "rcpt", Reason.UNDETERMINED),
        ("421 Sorry", "greeting", Reason.UNDETERMINED),
        ("554 Sorry", "greeting", Reason.IP_BLOCKLISTED),
        ("556 Sorry", "rcpt", Reason.DOMAIN_NO_MAIL),
    ],
)
def test_without_words_the_stage_gives_no_more_than_a_guess(reply: str, stage: str, reason: Reason) -> None:
    found = said(reply, stage)
    assert (found.reason, found.certainty) == (reason, "guess")


@pytest.mark.parametrize(
    ("reply", "stage", "reason"),
    [
        ("550 User unknown", "rcpt", Reason.ADDRESS_UNKNOWN),
        ("550 User unknown", "dot", Reason.RECIPIENT_REFUSES),
        ("550 5.1.1 User unknown", "dot", Reason.ADDRESS_UNKNOWN),
        ("550 Mailbox not found", "dot", Reason.ADDRESS_UNKNOWN),
        ("550 5.2.1 User unknown", "", Reason.RECIPIENT_REFUSES),
        ("550 5.2.1 User unknown", "rcpt", Reason.ADDRESS_UNKNOWN),
        ("550 No such user", "mail", Reason.SENDER_REFUSED),
        ("550 User unknown (in reply to end of DATA command)", "", Reason.RECIPIENT_REFUSES),
        ("550 <paul@example.org>: User unknown", "", Reason.ADDRESS_UNKNOWN),
        ("550 : User unknown", "", Reason.RECIPIENT_REFUSES),
    ],
)
def test_what_contradicts_the_stage_or_the_code_gives_no_address_up(reply: str, stage: str, reason: Reason) -> None:
    assert said(reply, stage).reason is reason


@pytest.mark.parametrize(
    ("host", "greeting", "known_as"),
    [
        ("smtpz4.laposte.net", "220 whatever", "smtpz4.laposte.net"),
        ("mx.ecole.example", "220 smtpz4.laposte.net ESMTP", "smtpz4.laposte.net"),
        ("mx.ecole.example", "220-smtp-in.orange.fr ready", "smtp-in.orange.fr"),
        ("mx.ecole.example", "220 mx.ecole.example ESMTP Postfix", "mx.ecole.example"),
        ("mx.ecole.example", "554 smtp-in.orange.fr", "mx.ecole.example"),
    ],
)
def test_a_receiver_is_known_by_its_name_or_by_its_greeting(host: str, greeting: str, known_as: str) -> None:
    assert receiving_host(host, f"    0 ms [connected]\n   12 ms S: {greeting}\n   13 ms C: EHLO x") == known_as


def test_a_receiver_can_give_its_own_meaning_to_a_sentence() -> None:
    reply = "550 5.5.0 Service refuse. Veuillez essayer plus tard."
    assert said(reply, receiver="smtpz4.laposte.net").reason is Reason.SPAM_CONTENT
    assert said(reply, receiver="smtp-in.orange.fr").reason is Reason.REPUTATION


@pytest.mark.parametrize(
    "reply",
    [
        "550 <spam@virus.example>: Sorry",
        "550 spam@mailbox-full.example: Sorry",
        "550 Sorry (host blacklist.example[192.0.2.1] said: no) helo=<greylist.quota.example>",
        "550 host spamhaus-mx.example.org[192.0.2.1] said: Sorry",
    ],
)
def test_what_addresses_and_hosts_are_called_says_nothing(reply: str) -> None:
    assert said(reply, "dot").certainty == "guess"


def test_a_sentence_over_several_lines_is_read_as_one() -> None:
    reply = (
        "550-5.7.1 Gmail has detected that this message is likely\n550-5.7.1 unsolicited mail. To reduce\n550 5.7.1 it"
    )
    assert said(reply, "dot").reason is Reason.SPAM_CONTENT


def test_the_blocklist_is_named() -> None:
    assert said("554 5.7.1 blocked using b.barracudacentral.org").blocklist == "Barracuda"
    assert said("550 5.1.1 User unknown (mail gateway by Barracuda)").blocklist == ""


@pytest.mark.parametrize("reply", ["452 4.2.2 Mailbox full", "450 4.1.1 User unknown", "451 Sorry", "421 4.7.0 Sorry"])
def test_a_temporary_refusal_is_never_a_permanent_conclusion(reply: str) -> None:
    assert not said(reply).permanent


@pytest.mark.parametrize("reply", ["550 5.7.1 Greylisted", "550 5.4.5 Daily sending quota exceeded"])
def test_who_asks_us_to_wait_is_asked_again_whatever_the_code(reply: str) -> None:
    assert not said(reply).permanent


def test_words_without_any_code_are_as_permanent_as_what_they_say() -> None:
    assert diagnose("This user doesn't have an example account", None, None, "").permanent
    assert not diagnose("Connection timed out", None, None, "connect").permanent


def test_what_nothing_explains_is_undetermined() -> None:
    found = said("554 5.0.0 Transaction failed", "dot")
    assert (found.reason, found.certainty, found.permanent) == (Reason.UNDETERMINED, "guess", True)


@given(
    text=st.text(max_size=6000),
    code=st.none() | st.integers(200, 599),
    stage=st.sampled_from(["", "greeting", "rcpt", "dot", "strange"]),
)
def test_any_words_get_a_diagnosis(text: str, code: int | None, stage: str) -> None:
    found = diagnose(text, code, None, stage)
    assert found.reason in Reason
    assert code is None or code >= 500 or not found.permanent


@given(
    st.builds(EnhancedCode, st.sampled_from([2, 4, 5]), st.integers(0, 9), st.integers(0, 999)),
)
def test_any_enhanced_code_has_a_reason_or_none(code: EnhancedCode) -> None:
    assert reason_of_enhanced_code(code) in {None, *Reason}
