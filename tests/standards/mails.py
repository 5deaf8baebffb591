"""Mails of strangers: taken apart, advised on, signed. Within a time each, and never an exception."""

import json
import re
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

from bienrecu.advice import advise, read_letter
from bienrecu.protocol.dkim import dns_record, load_key, make_key, sign
from bienrecu.protocol.message.parse import Part, parse, read_header, to_text
from bienrecu.returns.interpret import interpret
from bienrecu.web.preview import preview
from tests.standards.suite import Score, safely

_PATIENCE = 0.1  # seconds for one mail, and as much again for each 100 kB
_SIGNED_AT = 1_767_600_000
# Fields, each with what continues it, up to the empty line (RFC 5322 §2.2): else it is no message.
_HEADER = re.compile(rb"(?:[!-9;-~]+:[^\r\n]*\r\n(?:[ \t]+[^ \t\r\n][^\r\n]*\r\n)*)+\r\n")


def suites(folder: Path) -> Iterator[Score]:
    yield _read(folder)
    yield _parts(folder / "mime/mime-tools")
    yield _texts(folder / "mime/stalwart")
    yield _advised(folder / "content")
    yield _signed(folder)


def _mails(folder: Path) -> list[Path]:
    return [one for one in sorted(folder.rglob("*")) if one.suffix in (".eml", ".msg") or one.parent.name == "cpython"]


def _read(folder: Path) -> Score:
    score = Score("MIME: hostile mails", "read, shown and judged within 100 ms", beside="email (stdlib)")
    files = _mails(folder / "mime")
    for file in files:
        interpret(file.read_bytes())  # what it needs is loaded once, and not for the first mail's account
    for file in files:
        raw = file.read_bytes()
        began = time.process_time()
        preview(raw)
        interpret(raw)
        in_time = time.process_time() - began < _PATIENCE * (1 + len(raw) / 100_000)
        theirs = safely(lambda raw=raw: [part.get_payload(decode=True) for part in _walked(raw)])
        score.count(f"{file.parent.name}/{file.name}", in_time, theirs)
    return score


def _walked(raw: bytes) -> Iterator[object]:
    message = message_from_bytes(raw, policy=policy.default)
    for part in message.walk():
        _ = [str(value) for value in part.values()]
        yield part


def _leaves(message: Part) -> list[Part]:
    return [part for part in message.walk() if not part.parts]


def _parts(folder: Path) -> Score:
    score = Score("MIME: parts", "type and decoded size of a part, as MIME-tools has them", beside="email (stdlib)")
    score.note = "what is left stands in an enclosed message, which is left closed: it is not the sender's own"
    for expected in sorted(folder.glob("*.ref.json")):
        raw = (folder / expected.name.replace(".ref.json", ".msg")).read_bytes()
        ours = [(part.content_type, len(part.content())) for part in _leaves(parse(raw))]
        theirs = _stdlib_parts(raw)
        for name, part in json.loads(expected.read_text("utf-8")).items():
            if "Size" in part and part.get("Type") and not part["Type"].startswith(("multipart/", "message/")):
                size = int(part["Size"])
                score.count(
                    f"{expected.stem}: {name}",
                    _is_among(part["Type"], size, ours),
                    _is_among(part["Type"], size, theirs),
                )
    return score


def _is_among(type_: str, size: int, parts: list[tuple[str, int]]) -> bool:
    """The last line end before a delimiter is the delimiter's (RFC 2046 §5.1.1), which not all agree on."""
    return any(found == type_.lower() and abs(length - size) <= 2 for found, length in parts)


def _stdlib_parts(raw: bytes) -> list[tuple[str, int]]:
    parts = (part for part in message_from_bytes(raw).walk() if not part.is_multipart())
    return [(part.get_content_type(), len(part.get_payload(decode=True) or b"")) for part in parts]


def _texts(folder: Path) -> Score:
    score = Score("MIME: texts", "decoded text of a part, as Stalwart has it", beside="email (stdlib)")
    for expected in sorted(folder.rglob("*.json")):
        raw = expected.with_suffix(".eml").read_bytes()
        ours = {_plain(to_text(part.content(), part.parameter("charset"))) for part in _leaves(parse(raw))}
        theirs = _stdlib_texts(raw)
        for number, text in enumerate(_expected_texts(json.loads(expected.read_text("utf-8")))):
            score.count(f"{expected.parent.name}/{expected.stem}: {number}", text in ours, text in theirs)
    return score


def _expected_texts(message: dict[str, object]) -> Iterator[str]:
    parts = message["parts"]
    assert isinstance(parts, list)
    for part in parts:
        body = part["body"] if isinstance(part["body"], dict) else {}
        if text := _plain(str(body.get("Text") or body.get("Html") or "")):
            yield text


def _stdlib_texts(raw: bytes) -> set[str]:
    found = set()
    for part in message_from_bytes(raw, policy=policy.default).walk():
        if part.get_content_maintype() == "text":
            try:
                found.add(_plain(part.get_content()))
            except Exception:
                continue
    return found


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _advised(folder: Path) -> Score:
    score = Score("Advice: mails of rspamd's tests", "advised on, without an exception")
    for file in sorted((folder / "rspamd").glob("*.eml")):
        score.count(file.name, isinstance(advise(read_letter(file.read_bytes())), list))
    return score


def _signed(folder: Path) -> Score:
    """What is signed is what we would send of it: CRLF line ends, one From field."""
    import dkim

    keys = [load_key(make_key("rsa"), "of.example", "r1"), load_key(make_key("ed25519"), "of.example", "e1")]
    records = {f"{name}.": text for name, text in map(dns_record, keys)}
    score = Score("DKIM: our signatures", "both (RSA, Ed25519) verify", beside="dkimpy verifies")
    for file in _mails(folder):
        raw = re.sub(rb"\r\n|\r|\n", b"\r\n", file.read_bytes())
        if not _HEADER.match(raw) or _from_fields(raw) != 1:
            continue
        whole = sign(raw, b"", keys, now=_SIGNED_AT) + raw
        answers = [safely(lambda n=n, whole=whole: _verifies(dkim, whole, n, records)) for n in (0, 1)]
        score.count(str(file.relative_to(folder)), all(answers))
    return score


def _verifies(dkim: object, whole: bytes, number: int, records: dict[str, str]) -> bool:
    lookup = lambda name, timeout=5: records[name.decode() if isinstance(name, bytes) else name].encode()  # noqa: E731
    return bool(dkim.DKIM(whole).verify(idx=number, dnsfunc=lookup))  # type: ignore[attr-defined]


def _from_fields(raw: bytes) -> int:
    head = raw.partition(b"\r\n\r\n")[0]
    return sum(name.lower() == "from" for name, _value in read_header(head + b"\r\n\r\n"))
