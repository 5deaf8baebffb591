"""A sending domain: what is to be published, what answers mean, how long a broken one is believed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.advice.domain_records import Record, judge, key_record, policy_names, records
from bienrecu.domain.sending_domain import GRACE, DomainState, Purpose, Verdict, next_state

S, V = DomainState, Verdict
NOW = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)
KEYS = [
    key_record(Purpose.KEY, "br-1._domainkey.of.example", "v=DKIM1; k=rsa; p=AAAA", "", needed=True),
    key_record(Purpose.NEXT_KEY, "br-2._domainkey.of.example", "v=DKIM1; p=BBBB", "br-2.dkim.example", needed=False),
]


def test_the_records_of_a_domain() -> None:
    wanted = records("of.example", KEYS, "returns.example.net", "contact@of.example")
    assert [(one.kind, one.name, one.value, one.needed) for one in wanted] == [
        ("TXT", "br-1._domainkey.of.example", "v=DKIM1; k=rsa; p=AAAA", True),
        ("CNAME", "br-2._domainkey.of.example", "br-2.dkim.example", False),
        ("TXT", "_dmarc.of.example", "v=DMARC1; p=none; rua=mailto:contact@of.example", True),
        ("CNAME", "retours.of.example", "returns.example.net", False),
        ("MX", "of.example", "", False),
    ]


def test_the_spf_of_its_top_and_what_dmarc_forgot_are_never_asked_for() -> None:
    for one in records("of.example", KEYS, "returns.example.net", "contact@of.example"):
        assert not (one.name == "of.example" and one.kind == "TXT")
        assert not any(f"{tag}=" in one.value for tag in ("pct", "rf", "ri"))


@pytest.mark.parametrize(
    ("purpose", "value", "found", "expected"),
    [
        (Purpose.KEY, "v=DKIM1; p=AA/A", ["v=DKIM1; k=rsa; p=AA/A"], V.FINE),
        (Purpose.KEY, "v=DKIM1; p=AAAA", ["v=DKIM1;p=AA AA"], V.FINE),
        (Purpose.KEY, "v=DKIM1; p=AAAA", ["v=DKIM1; p=BBBB"], V.DIFFERENT),
        (Purpose.KEY, "v=DKIM1; p=AAAA", ["v=DKIM1; p="], V.DIFFERENT),
        (Purpose.KEY, "v=DKIM1; p=AAAA", ["something else"], V.MISSING),
        (Purpose.KEY, "v=DKIM1; p=AAAA", [], V.MISSING),
        (Purpose.KEY, "v=DKIM1; p=AAAA", None, V.UNKNOWN),
        (Purpose.POLICY, "", ["v=DMARC1; p=reject; pct=50"], V.FINE),
        (Purpose.POLICY, "", ["v=spf1 -all", "v=DMARC1;p=none"], V.FINE),
        (Purpose.POLICY, "", ["v=DMARC1; p=none", "v=DMARC1; p=reject"], V.DIFFERENT),
        (Purpose.POLICY, "", ["v=DMARC1; rua=mailto:a@b.example"], V.DIFFERENT),
        (Purpose.POLICY, "", ["v=DMARC12; p=none"], V.MISSING),
        (Purpose.RETURNS, "returns.example.net", ["Returns.Example.net."], V.FINE),
        (Purpose.RETURNS, "returns.example.net", ["elsewhere.example."], V.DIFFERENT),
        (Purpose.TLS_REPORTS, "", ["v=TLSRPTv1; rua=mailto:somebody@of.example", "v=spf1 -all"], V.FINE),
        (Purpose.TLS_REPORTS, "", ["v=TLSRPTv1;", "v=TLSRPTv1; rua=mailto:a@of.example"], V.DIFFERENT),
        (Purpose.TLS_REPORTS, "", ["v=spf1 -all"], V.MISSING),
        (Purpose.MAILBOX, "", ["10 mx.of.example."], V.FINE),
        (Purpose.MAILBOX, "", ["0 ."], V.DIFFERENT),
        (Purpose.MAILBOX, "", [], V.MISSING),
    ],
)
def test_what_an_answer_is_worth(purpose: Purpose, value: str, found: list[str] | None, expected: Verdict) -> None:
    assert judge(Record(purpose, "TXT", "x.example", value), found) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["v=DKIM1; p=BBBB"], V.FINE),
        (["v=DKIM1; p=AAAA"], V.DIFFERENT),
        (["BR-2.dkim.example."], V.BEHIND),
        (["br-1.dkim.example."], V.DIFFERENT),
        ([], V.MISSING),
        (None, V.UNKNOWN),
    ],
)
def test_a_key_that_we_publish_is_judged_by_what_is_in_the_end(found: list[str] | None, expected: Verdict) -> None:
    assert judge(KEYS[1], found) == expected


@given(st.sampled_from(Purpose), st.lists(st.text(max_size=60), max_size=4))
def test_whatever_the_dns_answers_is_judged(purpose: Purpose, found: list[str]) -> None:
    assert judge(Record(purpose, "TXT", "x.example", "v=DKIM1; p=AAAA"), found) in Verdict


def test_a_policy_may_stand_above_and_a_long_name_is_climbed_in_steps() -> None:
    assert policy_names("mail.of.example") == ["_dmarc.mail.of.example", "_dmarc.of.example"]
    assert len(policy_names(".".join("abcdefghijklmnop"))) == 7


@pytest.mark.parametrize(
    ("state", "age", "needed", "after"),
    [
        (S.TO_SET_UP, 0, [V.MISSING, V.FINE], S.WAITING),
        (S.TO_SET_UP, 0, [V.FINE, V.FINE], S.VERIFIED),
        (S.WAITING, 90, [V.MISSING, V.MISSING], S.WAITING),
        (S.WAITING, 0, [V.FINE, V.UNKNOWN], S.WAITING),
        (S.VERIFIED, 90, [V.FINE, V.UNKNOWN], S.VERIFIED),
        (S.VERIFIED, 90, [V.FINE, V.MISSING], S.BROKEN),
        (S.VERIFIED, 90, [V.FINE, V.BEHIND], S.BROKEN),
        (S.TO_SET_UP, 0, [V.FINE, V.BEHIND], S.WAITING),
        (S.VERIFIED, 90, [V.DIFFERENT, V.UNKNOWN], S.BROKEN),
        (S.BROKEN, 23, [V.FINE, V.MISSING], S.BROKEN),
        (S.BROKEN, 24, [V.FINE, V.MISSING], S.FALLEN_BACK),
        (S.BROKEN, 24, [V.UNKNOWN, V.UNKNOWN], S.FALLEN_BACK),
        (S.BROKEN, 24, [V.FINE, V.FINE], S.VERIFIED),
        (S.FALLEN_BACK, 90, [V.FINE, V.MISSING], S.FALLEN_BACK),
        (S.FALLEN_BACK, 90, [V.FINE, V.FINE], S.VERIFIED),
    ],
)
def test_from_state_to_state(state: S, age: int, needed: list[V], after: S) -> None:
    assert next_state(state, NOW - timedelta(hours=age), needed, NOW) == after


def test_only_a_verified_domain_sends_and_a_broken_one_for_a_while() -> None:
    assert [state for state in S if state.may_send] == [S.VERIFIED, S.BROKEN]
    assert timedelta(hours=1) < GRACE <= timedelta(days=3)
