"""The table of behaviours, and how an address names one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.diagnosis.diagnose import diagnose
from bienrecu.domain.address import Address
from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.event import Event, Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Status, standing
from bienrecu.simulator.behaviours import BEHAVIOURS, Act, Behaviour, Conduct, behaviour_of, is_simulated

NAMES = [name for behaviour in BEHAVIOURS for name in (behaviour.name_en, behaviour.name_fr)]
# The wait below which the load of an image is held to be a machine's.
MACHINES_HASTE = 10


def named(name: str) -> Behaviour:
    behaviour = behaviour_of(f"{name}@simulator.invalid")
    assert behaviour is not None
    return behaviour


def test_a_name_means_one_behaviour_only() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_can_stand_in_the_domain_after_a_plus_or_alone(name: str) -> None:
    addresses = [
        f"hugo.petit@{name}.simulator.invalid",
        f"hugo.petit+{name}@simulator.invalid",
        f"hugo+petit+{name}@simulator.invalid",
        f"{name}@simulator.invalid",
        f"Hugo.Petit@{name.upper()}.Simulator.INVALID",
    ]
    assert {behaviour_of(address) for address in addresses} == {named(name)}


@pytest.mark.parametrize("name", NAMES)
def test_every_simulated_address_passes_our_own_check_of_addresses(name: str) -> None:
    assert str(Address.parse(f"hugo@{name}.simulator.invalid")) == f"hugo@{name}.simulator.invalid"


@pytest.mark.parametrize(
    "address",
    [
        "nobody@simulator.invalid",
        "a@nothing.simulator.invalid",
        "a@b.mailbox-full.simulator.invalid",
        "a@mailbox-full.example.org",
        "a@mailbox-full.simulator.invalid.example.org",
        "@mailbox-full.simulator.invalid",
        "mailbox-full",
        "",
    ],
)
def test_an_address_that_names_no_behaviour_has_none(address: str) -> None:
    assert behaviour_of(address) is None


@given(st.text())
def test_any_text_may_be_asked_for_its_behaviour(text: str) -> None:
    assert behaviour_of(text) is None or is_simulated(text)


def test_all_six_statuses_can_be_rehearsed() -> None:
    assert {behaviour.ends for behaviour in BEHAVIOURS} == set(Status)


def test_a_person_takes_longer_than_a_machine_to_display_images() -> None:
    displays = [step for b in BEHAVIOURS for step in b.after if step.act in (Act.OPEN, Act.GMAIL_DISPLAY)]
    assert displays
    assert all(step.delay(f"{n}@simulator.invalid") > MACHINES_HASTE for step in displays for n in range(50))


def test_machines_load_images_before_a_person_could() -> None:
    loads = [step for b in BEHAVIOURS for step in b.after if step.act in (Act.APPLE_PREFETCH, Act.SCAN)]
    assert len(loads) == 2
    assert all(step.latest < MACHINES_HASTE for step in loads)


def test_people_do_not_all_open_their_mail_in_the_same_second() -> None:
    (step,) = named("opens").after
    assert len({round(step.delay(f"{n}@opens.simulator.invalid")) for n in range(50)}) > 5


def test_everything_has_happened_within_a_minute() -> None:
    assert all(step.latest < 30 for b in BEHAVIOURS for step in b.after)


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda b: b.name_en)
def test_a_refusal_and_its_enhanced_code_are_of_the_same_class(behaviour: Behaviour) -> None:
    for reply in (behaviour.at_rcpt, behaviour.at_dot, *(step.said for step in behaviour.after if step.said)):
        code = EnhancedCode.find(reply)
        assert code and str(code.klass) == reply[0]


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda b: b.name_en)
def test_who_ends_as_a_failure_refuses_or_returns_for_good(behaviour: Behaviour) -> None:
    answers = [behaviour.at_rcpt, behaviour.at_dot, *(s.said for s in behaviour.after if s.act is Act.REPORT_FAILED)]
    assert behaviour.ends.is_failure == any(answer.startswith("5") for answer in answers)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("try-later", Reason.SERVER_ERROR),
        ("unknown-mailbox", Reason.ADDRESS_UNKNOWN),
        ("mailbox-full", Reason.MAILBOX_FULL),
        ("mailbox-disabled", Reason.MAILBOX_DISABLED),
        ("ip-blocked", Reason.IP_BLOCKLISTED),
        ("spam", Reason.SPAM_CONTENT),
        ("message-too-large", Reason.MESSAGE_TOO_LARGE),
        ("too-many", Reason.RATE_LIMITED),
        ("not-authenticated", Reason.AUTH_FAILED),
        ("sender-refused", Reason.SENDER_REFUSED),
        ("domain-blocked", Reason.DOMAIN_BLOCKLISTED),
        ("poor-reputation", Reason.REPUTATION),
        ("no-reverse-name", Reason.NO_REVERSE_DNS),
        ("encryption-required", Reason.TLS_REQUIRED),
        ("attachment-refused", Reason.ATTACHMENT_REFUSED),
        ("link-blocked", Reason.LINK_BLOCKLISTED),
        ("virus-found", Reason.VIRUS),
        ("some-senders-only", Reason.RECIPIENT_REFUSES),
        ("internal-rule", Reason.POLICY),
        ("moved", Reason.ADDRESS_MOVED),
        ("says-nothing", Reason.UNDETERMINED),
    ],
)
def test_each_refusal_is_understood_and_ends_where_the_table_says(name: str, reason: Reason) -> None:
    behaviour = named(name)
    stage, reply = ("dot", behaviour.at_dot) if behaviour.at_rcpt.startswith("2") else ("rcpt", behaviour.at_rcpt)
    found = diagnose(reply.format(recipient=f"hugo@{name}.simulator.invalid", ip="127.0.0.1"), None, None, stage)
    kind = Kind.REFUSED if found.permanent else Kind.DEFERRED
    now = datetime(2026, 11, 3, 9, tzinfo=UTC)
    assert found.reason is reason
    assert standing([Event(Kind.REQUESTED, now), Event(kind, now, found.reason)]).status is behaviour.ends


def test_only_a_person_s_act_ends_as_opened() -> None:
    opened = {b.after[0].act for b in BEHAVIOURS if b.ends is Status.OPENED}
    assert opened == {Act.OPEN, Act.GMAIL_DISPLAY, Act.CONFIRM, Act.REPLY}


def test_whoever_cuts_the_line_after_taking_the_message_leaves_it_at_sent() -> None:
    assert [b.conduct for b in BEHAVIOURS if b.ends is Status.SENT] == [Conduct.CUTS_AFTER_DOT]
