"""Reports about a domain: those of real reporters are read, what is broken or meant to harm is refused."""

import gzip
import json
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.protocol.domain_report import (
    DmarcReport,
    Source,
    TlsPolicy,
    TlsReport,
    read_dmarc,
    read_reports,
    read_tls,
)
from tests.reports import xml, zipped

STANDARDS = Path(__file__).resolve().parents[2].parent / "shared/data/standards"
with_standards = pytest.mark.skipif(not STANDARDS.is_dir(), reason=f"the reports are not there ({STANDARDS})")


REPORT = DmarcReport(
    reporter="Receveur",
    report_id="r1",
    domain="of.example",
    policy="none",
    begin=1767225600,
    end=1767311999,
    sources=(
        Source("192.0.2.1", 5, "none", True, False, "of.example"),
        Source("198.51.100.9", 2, "none", False, False, "of.example"),
    ),
)


@pytest.mark.parametrize(
    "ns", ["", ' xmlns="urn:ietf:params:xml:ns:dmarc-2.0"', ' xmlns="http://dmarc.org/dmarc-xml/0.1"']
)
def test_a_report_is_read_whatever_its_namespace(ns: str) -> None:
    assert read_dmarc(xml(ns=ns)) == REPORT
    assert (REPORT.total, REPORT.failed) == (7, 2)


def mailed(content: bytes, kind: str) -> bytes:
    head = f"Subject: Report domain: of.example\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    return head.encode() + content


@pytest.mark.parametrize(
    "sent",
    [
        xml(),
        b"\xef\xbb\xbf" + xml(),
        gzip.compress(xml()),
        zipped(xml()),
        gzip.compress(zipped(xml())),
        mailed(xml(), "text/xml"),
        mailed(gzip.compress(xml()), "application/gzip"),
        mailed(zipped(xml()), "application/zip"),
    ],
)
def test_a_report_is_found_however_it_is_packed(sent: bytes) -> None:
    assert read_reports(sent) == [REPORT]


def test_several_in_one_archive_are_all_read() -> None:
    assert len(read_reports(zipped(*[xml()] * 3))) == 3
    assert len(read_reports(zipped(*[xml()] * 50))) == 20


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)
SECRET = '<!DOCTYPE l [<!ENTITY i SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize("doctype", [f"{LAUGHS}]>", f"{SECRET}]>", '<!DOCTYPE f SYSTEM "http://127.0.0.1:9/x.dtd">'])
def test_entities_are_neither_expanded_nor_fetched(doctype: str) -> None:
    found = read_dmarc(xml(doctype=doctype, name="&i;"))
    assert found is None or found.sources[1].header_from == ""


@pytest.mark.parametrize("pack", [gzip.compress, zipped], ids=["gzip", "zip"])
def test_a_bomb_costs_next_to_nothing(pack: object) -> None:
    bomb = pack(b"<" + b" " * 200_000_000)  # type: ignore[operator]
    tracemalloc.start()
    began = time.monotonic()
    assert read_reports(bomb) == []
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.monotonic() - began < 5
    assert most < 60_000_000


def test_boxes_in_boxes_are_opened_to_a_depth() -> None:
    packed = xml()
    for _level in range(8):
        packed = gzip.compress(packed)
    assert read_reports(packed) == []


@given(st.binary(max_size=500), st.sampled_from([b"", b"<feedback>", b'{"policies":[', b"\x1f\x8b", b"PK\x03\x04"]))
def test_whatever_comes_is_read(raw: bytes, start: bytes) -> None:
    read_reports(start + raw)
    read_dmarc(start + raw)
    read_tls(start + raw)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner) | st.dictionaries(
    st.sampled_from(["policies", "policy", "summary", "organization-name", "failure-details"]), inner)))  # fmt: skip
def test_json_of_any_shape_is_read(given_: object) -> None:
    read_tls(json.dumps(given_).encode())


@with_standards
def test_reports_that_others_have_read_give_the_same_totals() -> None:
    """Beside Stalwart's own reading."""
    folder = STANDARDS / "dmarc-aggregate/stalwart"
    compared = 0
    for expected in sorted(folder.glob("*.json")):
        theirs = json.loads(expected.read_text())
        source = next(
            folder / f"{expected.stem}{suffix}"
            for suffix in (".xml", ".eml")
            if (folder / f"{expected.stem}{suffix}").exists()
        )
        (ours,) = read_reports(source.read_bytes())
        assert isinstance(ours, DmarcReport)
        rows = [one["row"] for one in theirs["record"]]
        assert ours.reporter == theirs["report_metadata"]["org_name"]
        assert ours.report_id == theirs["report_metadata"]["report_id"]
        assert ours.domain == theirs["policy_published"]["domain"]
        assert ours.policy == theirs["policy_published"]["p"].lower()
        assert [one.ip for one in ours.sources] == [row["source_ip"] for row in rows]
        assert [one.count for one in ours.sources] == [row["count"] for row in rows]
        results = [(row["policy_evaluated"]["dkim"], row["policy_evaluated"]["spf"]) for row in rows]
        assert [(one.dkim, one.spf) for one in ours.sources] == [(d == "Pass", s == "Pass") for d, s in results]
        compared += 1
    assert compared >= 4


@with_standards
def test_all_valid_reports_are_read_and_all_invalid_ones_refused() -> None:
    files = [one for one in (STANDARDS / "dmarc-aggregate").rglob("*") if one.suffix in (".xml", ".gz", ".zip", ".eml")]
    wrong = [one.name for one in files if bool(read_reports(one.read_bytes())) == ("invalid" in one.name)]
    assert len(files) >= 30
    assert wrong == []


@with_standards
@pytest.mark.parametrize("name", ["rfc8460.json", "smtp_tls.json", "google.com_smtp_tls_report.eml"])
def test_tls_reports_of_others(name: str) -> None:
    (found,) = read_reports((STANDARDS / "tlsrpt/parsedmarc" / name).read_bytes())
    assert isinstance(found, TlsReport)
    assert all(policy.domain and policy.successes + policy.failed for policy in found.policies)


@with_standards
def test_the_example_of_rfc_8460() -> None:
    (found,) = read_reports((STANDARDS / "tlsrpt/parsedmarc/rfc8460.json").read_bytes())
    failures = (("certificate-expired", 100), ("starttls-not-supported", 200), ("validation-failure", 3))
    assert isinstance(found, TlsReport)
    assert found.policies == (TlsPolicy("company-y.example", "sts", 5326, 303, failures),)
