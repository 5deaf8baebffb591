"""`bienrecu read-report`: in words, in both languages, and for programs."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bienrecu.processes.commands import commands
from tests.reports import xml

TLS = {
    "organization-name": "Receveur",
    "report-id": "t1",
    "policies": [
        {
            "policy": {"policy-type": "sts", "policy-domain": "of.example"},
            "summary": {"total-successful-session-count": 40, "total-failure-session-count": 3},
            "failure-details": [{"result-type": "certificate-expired", "failed-session-count": 3}],
        }
    ],
}


pytestmark = pytest.mark.usefixtures("in_this_process")


def read(tmp_path: Path, content: bytes, *options: str) -> Result:
    file = tmp_path / "report"
    file.write_bytes(content)
    return CliRunner().invoke(commands, ["read-report", str(file), *options])


def test_who_sends_in_ones_name_and_what_fails(tmp_path: Path) -> None:
    result = read(tmp_path, gzip.compress(xml()), "--language", "fr")
    assert result.exit_code == 0
    assert "Receveur, 1 janvier 2026\xa0: 7 e-mails au nom de of.example." in result.output
    assert "2 e-mails venus de 198.51.100.9" in result.output
    assert "192.0.2.1" not in result.output


def test_encryption_that_failed_is_said_in_words(tmp_path: Path) -> None:
    result = read(tmp_path, json.dumps(TLS).encode())
    assert "40 encrypted connections to of.example, 3 that failed." in result.output
    assert "3 × the certificate has expired" in result.output


def test_programs_get_all_of_it(tmp_path: Path) -> None:
    (report,) = json.loads(read(tmp_path, xml(), "--json").output)
    assert (report["kind"], report["domain"], len(report["sources"])) == ("dmarc", "of.example", 2)


def test_what_is_no_report_is_refused_with_words(tmp_path: Path) -> None:
    result = read(tmp_path, b"Bonjour")
    assert result.exit_code == 2
    assert "no report" in result.output
