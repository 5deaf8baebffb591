"""Our signatures hold for those who check them: dkimpy, and mailauth of npm, over every mail that stands beside the
repository. Mails come as strangers wrote them; what is signed is what we would send of them, with CRLF line ends."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import dkim
import pytest

from bienrecu.protocol.dkim import Key, dns_record, load_key, make_key, sign
from bienrecu.protocol.message.parse import read_header

STANDARDS = Path(__file__).resolve().parents[2].parent / "shared/data/standards"
FOLDERS = ("arf", "content", "dkim", "dmarc-aggregate", "dmarc-failure", "mime", "tlsrpt")
NOW = 1_767_600_000
KEYS = [load_key(make_key("rsa"), "of.example", "r1"), load_key(make_key("ed25519"), "of.example", "e1")]
RECORDS = dict(map(dns_record, KEYS))
MAILAUTH = "mailauth@4.13.3"
SCRIPT = """
const { dkimVerify } = require('mailauth/lib/dkim/verify');
const fs = require('fs');
const { records, folder } = JSON.parse(fs.readFileSync('asked.json'));
const resolver = async (name) => {
  if (records[name]) return [[records[name]]];
  throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
};
(async () => {
  const found = {};
  for (const name of fs.readdirSync(folder)) {
    const { results } = await dkimVerify(fs.readFileSync(folder + '/' + name), { resolver, curTime: new Date(%d) });
    found[name] = results.filter((one) => one.signingDomain === 'of.example').map((one) => one.status.result);
  }
  fs.writeFileSync('found.json', JSON.stringify(found));
})();
"""

pytestmark = pytest.mark.skipif(not STANDARDS.is_dir(), reason=f"the mails are not there ({STANDARDS})")


@pytest.fixture(scope="module")
def signed() -> dict[str, bytes]:
    return {name: sign(raw, b"", KEYS, now=NOW) + raw for name, raw in mails()}


def mails() -> Iterator[tuple[str, bytes]]:
    """All that could be sent: with a From field of ours where there is none. Two of them, or a line in the header
    that is no field, make no message (RFC 5322 §2.2, §3.6)."""
    for folder in FOLDERS:
        for file in sorted((STANDARDS / folder).rglob("*")):
            if file.suffix in (".eml", ".msg", ".txt") and file.is_file():
                raw = as_sent(file.read_bytes())
                if fields(raw).count("from") == 1:
                    yield f"{len(str(file))}-{file.parent.name}-{file.name}", raw


def as_sent(raw: bytes) -> bytes:
    raw = re.sub(rb"\r\n|\r|\n", b"\r\n", raw.lstrip(b"\r\n"))
    raw = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    return raw if "from" in fields(raw) else b"From: contact@of.example\r\n" + raw


def fields(raw: bytes) -> list[str]:
    """The names in the header; none when it has a line that is no field."""
    header = raw.partition(b"\r\n\r\n")[0]
    tidy = all(re.match(rb"[!-9;-~]+[ \t]*:|[ \t]", line) for line in header.split(b"\r\n"))
    return [name.lower() for name, _ in read_header(raw)] if tidy else []


def test_dkimpy_accepts_all_of_them(signed: dict[str, bytes]) -> None:
    assert len(signed) > 150
    wrong = [name for name, raw in signed.items() if not all(dkimpy(raw, index) for index in range(len(KEYS)))]
    assert wrong == []


def dkimpy(raw: bytes, index: int) -> bool:
    def txt(name: bytes, timeout: float = 0) -> bytes | None:
        record = RECORDS.get(name.decode().rstrip("."))
        return record.encode() if record else None

    try:
        return bool(dkim.DKIM(raw).verify(idx=index, dnsfunc=txt))
    except dkim.DKIMException:
        return False


def test_mailauth_accepts_all_of_them(signed: dict[str, bytes], tmp_path: Path) -> None:
    install(tmp_path)
    folder = tmp_path / "mails"
    folder.mkdir()
    for name, raw in signed.items():
        (folder / name).write_bytes(raw)
    (tmp_path / "asked.json").write_text(json.dumps({"records": RECORDS, "folder": str(folder)}))
    (tmp_path / "verify.js").write_text(SCRIPT % (NOW * 1000))
    subprocess.run(["node", "verify.js"], cwd=tmp_path, check=True, timeout=120)
    found = json.loads((tmp_path / "found.json").read_text())
    assert found == {name: ["pass", "pass"] for name in signed}


def install(folder: Path) -> None:
    if not (shutil.which("npm") and shutil.which("node")):
        pytest.skip("npm is not installed (apt-get install npm)")
    command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", MAILAUTH]
    made = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if made.returncode:
        pytest.skip(f"{MAILAUTH} could not be had: {made.stderr.strip()[-200:]}")


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.algorithm)
def test_a_changed_mail_is_noticed(key: Key, signed: dict[str, bytes]) -> None:
    """So that the others could have failed."""
    raw = next(raw for raw in signed.values() if b"\r\n\r\n" in raw[:-4])
    index = KEYS.index(key)
    assert dkimpy(raw, index)
    assert not dkimpy(raw + b"x\r\n", index)
