"""SPF: the record, the verdict on a server, the include tree. The openspf suite itself runs in `make standards`."""

from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.protocol.spf import (
    Client,
    RecordError,
    Result,
    Trouble,
    check_host,
    include_tree,
    read_record,
)

Zone = dict[tuple[str, str], Sequence[str] | None]


def asker(zone: Zone, asked: list[str] | None = None):
    def ask(name: str, kind: str) -> Sequence[str] | None:
        if asked is not None:
            asked.append(name)
        return zone.get((name.lower(), kind), ())

    return ask


def verdict(record: str, ip: str = "192.0.2.1", **zone: Sequence[str] | None) -> Result:
    names: Zone = {("example.com", "TXT"): [record]}
    names |= {(f"{name}.example.com", "A"): records for name, records in zone.items()}
    return check_host(Client(ip, "mx.example.com", "ana@example.com"), "example.com", asker(names)).result


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", Result.PASS),
        ("v=spf1 ip4:198.51.100.1 -all", Result.FAIL),
        ("v=spf1 ip4:198.51.100.1 ~all", Result.SOFTFAIL),
        ("v=spf1 ?all", Result.NEUTRAL),
        ("v=spf1", Result.NEUTRAL),
        ("v=spf10 -all", Result.NONE),
        ("v=spf1 a:one.example.com -all", Result.PASS),
        ("v=spf1 ipv4:192.0.2.1 -all", Result.PERMERROR),
        ("v=spf1 include:missing.example.com -all", Result.PERMERROR),
        ("v=spf1 -all redirect=a.example.com redirect=b.example.com", Result.PERMERROR),
    ],
)
def test_what_a_record_says_of_a_server(record, result):
    assert verdict(record, one=["192.0.2.1"]) == result


def test_a_mapped_address_is_the_ipv4_one():
    assert verdict("v=spf1 ip4:192.0.2.1 -all", "::ffff:192.0.2.1") == Result.PASS


def test_nobody_answering_is_no_verdict():
    assert verdict("v=spf1 a:one.example.com -all", one=None) == Result.TEMPERROR


def test_a_third_name_that_leads_nowhere_spoils_the_record():
    assert verdict("v=spf1 a:x.example.com a:y.example.com -all") == Result.FAIL
    assert verdict("v=spf1 a:x.example.com a:y.example.com a:z.example.com -all") == Result.PERMERROR


def test_an_eleventh_lookup_spoils_the_record():
    ten = "v=spf1 " + " ".join(f"a:h{number}.example.com" for number in range(10))
    zone = {f"h{number}": ["198.51.100.9"] for number in range(11)}
    assert verdict(f"{ten} -all", **zone) == Result.FAIL
    assert verdict(f"{ten} a:h10.example.com -all", **zone) == Result.PERMERROR


def test_a_record_that_includes_itself_ends():
    asked: list[str] = []
    ask = asker({("loop.example", "TXT"): ["v=spf1 include:loop.example -all"]}, asked)
    assert check_host(Client("192.0.2.1", "h", "a@loop.example"), "loop.example", ask).result == Result.PERMERROR
    assert len(asked) <= 11


def test_macros_stand_for_the_sender_and_its_server():
    zone: Zone = {
        ("example.com", "TXT"): ["v=spf1 exists:%{ir}.%{l1r-}.spf.%{d2} -all exp=why.example.com"],
        ("why.example.com", "TXT"): ["%{i} may not send for %{d}"],
        ("1.2.0.192.ana.spf.example.com", "A"): ["127.0.0.2"],
    }
    other = Client("192.0.2.1", "mx", "marie-ana@example.com")
    assert check_host(other, "example.com", asker(zone)).result == Result.FAIL
    assert check_host(Client("192.0.2.1", "mx", "ana-b@example.com"), "example.com", asker(zone)).result == Result.PASS
    refused = check_host(Client("192.0.2.9", "mx", "ana@example.com"), "example.com", asker(zone))
    assert refused.explanation == "192.0.2.9 may not send for example.com"


def test_the_tree_counts_what_receivers_will_ask():
    zone: Zone = {
        ("of.fr", "TXT"): ["v=spf1 mx include:_spf.host.fr include:gone.fr ip4:192.0.2.1 -all", "other=text"],
        ("of.fr", "MX"): ["10 mx.host.fr."],
        ("_spf.host.fr", "TXT"): ["v=spf1 a:out.host.fr redirect=more.host.fr"],
        ("more.host.fr", "TXT"): ["v=spf1 ip4:198.51.100.0/24 ~all"],
    }
    tree = include_tree("OF.fr.", asker(zone))
    assert [node.domain for node in tree.walk()] == ["of.fr", "_spf.host.fr", "more.host.fr", "gone.fr"]
    assert (tree.lookups, tree.too_many) == (5, False)
    assert [node.trouble for node in tree.walk()] == [None, None, None, Trouble.MISSING]
    assert tree.included[0].void == 1  # out.host.fr has no address


@pytest.mark.parametrize(
    ("texts", "trouble"),
    [
        ([], Trouble.MISSING),
        (None, Trouble.NO_ANSWER),
        (["v=spf1 -all", "v=spf1 ~all"], Trouble.SEVERAL),
        (["v=spf1 include: -all"], Trouble.WRONG),
        (["v=spf1 caf\xe9 -all"], Trouble.WRONG),
    ],
)
def test_why_a_record_is_worth_nothing(texts, trouble):
    assert include_tree("of.fr", asker({("of.fr", "TXT"): texts})).trouble == trouble


def test_a_tree_without_end_is_cut():
    def ask(name: str, kind: str) -> Sequence[str]:
        asked.append(name)
        return [f"v=spf1 include:a.{name[:40]} include:b.{name[:40]} -all"] if kind == "TXT" else []

    asked: list[str] = []
    tree = include_tree("of.fr", ask)
    assert len(asked) <= 50
    assert tree.too_many


def test_servers_that_never_answer_are_not_asked_for_ever():
    asked: list[str] = []

    def ask(name: str, kind: str) -> Sequence[str] | None:
        asked.append(name)
        if name == "of.fr":
            return ["v=spf1 " + " ".join(f"include:n{number}.fr" for number in range(40)) + " -all"]
        return None

    assert {node.trouble for node in include_tree("of.fr", ask).included} == {Trouble.NO_ANSWER}
    assert len(asked) == 4


@given(st.text(max_size=300))
def test_no_text_does_more_than_refuse(text):
    with suppress(RecordError):
        read_record(f"v=spf1 {text}")


@given(st.text(alphabet="v=spf1 ainclude:mxptrexists%{}dslr./0192-~?+_", max_size=200), st.ip_addresses())
def test_no_record_and_no_answer_does_more_than_a_verdict(text, ip):
    def ask(name: str, kind: str) -> Sequence[str]:
        return [f"v=spf1 {text}"] if kind == "TXT" else [text]

    assert check_host(Client(str(ip), text, text), "example.com", ask).result in Result
    include_tree("example.com", ask)
