"""Strings made to break programs: in a subject, a display name, a link; and the end of data of SMTP."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path

from bienrecu.domain.address import Address
from bienrecu.protocol.message import Draft, Mailbox, compose
from bienrecu.protocol.message.fields import one_line
from bienrecu.protocol.smtp.body import on_the_wire
from bienrecu.submission.mail_html import from_text
from tests.standards.suite import Score, safely

_HERE = Address("contact", "of.example")
_NAMES = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}


def suites(folder: Path) -> Iterator[Score]:
    naughty = json.loads((folder / "strings/blns.json").read_text("utf-8"))
    yield _fields("Naughty strings in fields", naughty)
    injected = (folder / "injection/crlf.txt").read_text("utf-8").splitlines()
    yield _fields("CRLF injection in fields", [form for one in injected for form in _forms(one)])
    yield _links(folder / "injection/ssrf-urls.txt")
    yield _smuggling(folder / "smtp/smuggling-end-of-data.json")


def _forms(text: str) -> list[str]:
    """As it stands, and as a program that decodes too eagerly would have it."""
    decoded = re.sub(r"%0([ad])", lambda found: {"a": "\n", "d": "\r"}[found[1]], text, flags=re.IGNORECASE)
    return [text, decoded, f"Bonjour\r\nBcc: {decoded}@evil.example", f"Bonjour\r\n\r\n{decoded}"]


def _fields(name: str, strings: list[str]) -> Score:
    score = Score(name, "no field added, and the words are there when read back", beside="email (stdlib) writes")
    for text in strings:
        score.count(
            repr(text)[:60], _is_whole(_composed(text), text), safely(lambda text=text: _is_whole(_stdlib(text), text))
        )
    return score


def _composed(text: str) -> bytes:
    author, recipient = Mailbox(text, _HERE), Mailbox(text, _HERE)
    now = datetime(2026, 1, 5, tzinfo=UTC)
    return compose(Draft(author, recipient, text, text, "m@of.example", now), boundary="b").head


def _stdlib(text: str) -> bytes:
    from email.headerregistry import Address as Other

    message = EmailMessage()
    message["From"] = message["To"] = Other(text, "contact", "of.example")
    message["Subject"] = text
    message.set_content(text)
    return message.as_bytes(policy=policy.SMTP)


def _is_whole(raw: bytes, text: str) -> bool:
    head = raw.partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    bare = re.search(rb"(?<!\r)\n|\r(?!\n)", head)
    message = message_from_bytes(raw)
    subject = str(make_header(decode_header(message["Subject"] or "")))
    return not bare and len(names) == len(set(names)) and set(names) <= _NAMES and _same(subject, text)


def _same(read: str, meant: str) -> bool:
    return re.sub(r"\s+", " ", read).strip() == re.sub(r"\s+", " ", one_line(meant)).strip()


def _links(file: Path) -> Score:
    score = Score("Addresses of inner networks in texts", "shown as text or a plain link: nothing is fetched")
    for line in file.read_text("utf-8").splitlines():
        html = from_text(line)
        score.count(line, not re.search(r"<(?!/?(?:p|br|a)\b)|href=\"(?!https?:|mailto:)", html))
    return score


def _smuggling(file: Path) -> Score:
    score = Score("SMTP smuggling", "what leaves has CRLF line ends only, and one end of data")
    for end in json.loads(file.read_text("utf-8")):
        sent = b"".join(on_the_wire((f"Subject: x\r\n\r\nHello{end}MAIL FROM:<a@b>\r\n".encode(),)))
        bare = re.search(rb"(?<!\r)\n|\r(?!\n)", sent)
        score.count(repr(end), not bare and sent.count(b"\r\n.\r\n") == 1 and sent.endswith(b"\r\n.\r\n"))
    return score
