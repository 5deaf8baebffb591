"""What strangers may do to us, and what answers: docs/hostile-input.md is made from it by tools/hostile_doc.py, and
each line is tried by the test that it names. The answers of name servers are tried one by one from here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import dns.flags
import dns.message
import dns.name
import dns.rrset

Query = dns.message.Message


class Outcome(StrEnum):
    """What becomes of a question."""

    NOTHING = "as if nothing were published"
    UNKNOWN = "as if nobody had answered, which proves nothing"
    TEXT = "a text, bounded, shown as text"


@dataclass(frozen=True, slots=True)
class DnsTrial:
    """`answer` makes the octets to send back, over UDP unless it is too long; None sends none."""

    tried: str
    answer: Callable[[Query], bytes | None]
    outcome: Outcome
    drip: bool = False  # one octet at a time, over TCP


def _reply(query: Query) -> dns.message.Message:
    return dns.message.make_response(query, recursion_available=True)


def _asked(query: Query) -> str:
    return query.question[0].name.to_text()


def _with(query: Query, *records: tuple[str, str, list[str]]) -> bytes:
    reply = _reply(query)
    for name, kind, values in records:
        reply.answer.append(dns.rrset.from_text_list(name, 300, "IN", kind, values))
    return reply.to_wire(max_size=0xFFFF)


def _cname_to_itself(query: Query) -> bytes:
    return _with(query, (_asked(query), "CNAME", [_asked(query)]))


def _cname_circle(query: Query) -> bytes:
    return _with(query, (_asked(query), "CNAME", ["other.example."]), ("other.example.", "CNAME", [_asked(query)]))


def _long_chain(query: Query) -> bytes:
    names = [_asked(query), *(f"n{number}.example." for number in range(60))]
    return _with(query, *((name, "CNAME", [after]) for name, after in pairwise(names)))


def _huge_text(query: Query) -> bytes:
    return _with(query, (_asked(query), "TXT", [" ".join(['"' + "x" * 255 + '"'] * 240)]))


def _many_records(query: Query) -> bytes:
    return _with(query, (_asked(query), "TXT", [f'"record {number}"' for number in range(1500)]))


def _not_ascii(query: Query) -> bytes:
    return _with(query, (_asked(query), "TXT", ['"v=DKIM1; p=\\255\\254\\000<script>alert(1)</script>"']))


def _empty_text(query: Query) -> bytes:
    return _with(query, (_asked(query), "TXT", ['""', '"" ""']))


def _header(query: Query, answers: int) -> bytes:
    return query.to_wire()[:2] + b"\x81\x80\x00\x01" + answers.to_bytes(2) + b"\x00\x00\x00\x00"


def _question(query: Query) -> bytes:
    return _asked_wire(query) + b"\x00\x10\x00\x01"


def _asked_wire(query: Query) -> bytes:
    return bytes(query.question[0].name.to_wire() or b"")


def _pointer_to_itself(query: Query) -> bytes:
    start = _header(query, 1) + _question(query)
    return start + (0xC000 | len(start)).to_bytes(2) + b"\x00\x10\x00\x01\x00\x00\x01\x2c\x00\x02\x01x"


def _label_bomb(query: Query) -> bytes:
    """Labels of 63 octets, far beyond the 255 that a name may have."""
    return (
        _header(query, 1)
        + _question(query)
        + (b"\x3f" + b"a" * 63) * 200
        + b"\x00\x00\x10\x00\x01\x00\x00\x00\x00\x00\x00"
    )


def _cut(query: Query) -> bytes:
    whole = _with(query, (_asked(query), "TXT", ['"v=DKIM1; p=AAAA"']))
    return whole[:-9]


def _more_than_there_is(query: Query) -> bytes:
    return _header(query, 65535) + _question(query)


def _other_question(query: Query) -> bytes:
    other = dns.message.make_query("other.example", "TXT", id=query.id)
    return _with(other, ("other.example.", "TXT", ['"v=DKIM1; p=forged"']))


def _other_id(query: Query) -> bytes:
    other = dns.message.make_query(query.question[0].name, "TXT", id=(query.id + 1) % 65536)
    return _with(other, (_asked(query), "TXT", ['"v=DKIM1; p=forged"']))


def _noise(query: Query) -> bytes:
    return query.to_wire()[:2] + bytes(range(256)) * 2


def _truncated_for_ever(query: Query) -> bytes:
    reply = _reply(query)
    reply.flags |= dns.flags.TC
    return reply.to_wire()


def _silence(query: Query) -> None:
    return None


DNS = [
    DnsTrial("a name that stands for itself (CNAME)", _cname_to_itself, Outcome.UNKNOWN),
    DnsTrial("two names that stand for each other", _cname_circle, Outcome.UNKNOWN),
    DnsTrial("a chain of sixty names", _long_chain, Outcome.UNKNOWN),
    DnsTrial("a text of 60 kB", _huge_text, Outcome.TEXT),
    DnsTrial("1,500 records in one answer", _many_records, Outcome.TEXT),
    DnsTrial("octets that are no text, and markup", _not_ascii, Outcome.TEXT),
    DnsTrial("texts without a letter", _empty_text, Outcome.NOTHING),
    DnsTrial("a name that points to itself in the packet", _pointer_to_itself, Outcome.UNKNOWN),
    DnsTrial("a name of 12,800 octets", _label_bomb, Outcome.UNKNOWN),
    DnsTrial("an answer cut in the middle of a record", _cut, Outcome.UNKNOWN),
    DnsTrial("65,535 records announced, none there", _more_than_there_is, Outcome.UNKNOWN),
    DnsTrial("the answer to another question", _other_question, Outcome.UNKNOWN),
    DnsTrial("an answer with another number, as somebody forges it", _other_id, Outcome.UNKNOWN),
    DnsTrial("noise", _noise, Outcome.UNKNOWN),
    DnsTrial("“ask again over TCP”, over TCP too", _truncated_for_ever, Outcome.NOTHING),
    DnsTrial("silence", _silence, Outcome.UNKNOWN),
    DnsTrial("one octet in a second", _huge_text, Outcome.UNKNOWN, drip=True),
]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page: what is tried, what answers, by which test."""

    tried: str
    answer: str
    test: str


def _of_dns() -> Iterator[Line]:
    for trial in DNS:
        yield Line(trial.tried, trial.outcome, "tests/site/test_hostile_dns.py")


_DNS, _FIELDS, _INSIDE = (f"tests/site/test_hostile_{name}.py" for name in ("dns", "fields", "addresses"))
_REPORTS, _REPORTS_BY_MAIL = "tests/unit/test_domain_reports.py", "tests/site/test_domain_reports.py"
_PEOPLE = "tests/site/test_people_files.py"

TABLE = {
    "What name servers answer": [
        *_of_dns(),
        Line("an SPF record that includes two others, and so on without end", "50 records are read, and no more", _DNS),
        Line("an SPF record with forty names that nobody answers for", "three are asked", _DNS),
        Line("all of it at once, while an administrator waits", "the page comes in 15 seconds", _DNS),
    ],
    "Reports and files": [
        Line("entities that grow without end (XML bomb)", "refused: a report has none of its own", _REPORTS),
        Line("entities that read a file or a page", "refused, nothing is read or fetched", _REPORTS),
        Line("gzip and ZIP that hold 200 MB", "refused in 5 seconds and 60 MB", _REPORTS),
        Line("archives in archives", "three are opened", _REPORTS),
        Line("the same by mail", "accepted and dropped; the next report is read", _REPORTS_BY_MAIL),
        Line("a mail of more than 10 MB", "refused (552)", _REPORTS_BY_MAIL),
        Line("300 reports and more in a day", "the others are left out", _REPORTS_BY_MAIL),
        Line("a report about somebody else's domain", "left out, whoever sent it where", _REPORTS_BY_MAIL),
        Line("an address for reports that we did not sign", "refused (550)", _REPORTS_BY_MAIL),
        Line("numbers, dates and letters beyond all sense", "bounded, or left out", _REPORTS_BY_MAIL),
        Line("spreadsheets that grow when they are opened, or never end", "refused with what to do", _PEOPLE),
    ],
    "Line ends in fields (CRLF)": [
        Line(
            "every field of every form of every page, with line ends and a Bcc field in it",
            "refused, or kept; no answer and no e-mail gets a field more",
            _FIELDS,
        ),
        Line("every text kept of an organisation, a session, a contact", "the e-mail's fields are the same", _FIELDS),
        Line(
            "every text of a request to send, and of its files", "refused, or the e-mail's fields are the same", _FIELDS
        ),
        Line("the same with NUL, half a character, or 1,200 letters", "refused in words, on both databases", _FIELDS),
    ],
    "Addresses that lead inside (SSRF)": [
        Line(
            "links of texts, help and chat, over every field of every form", "kept as links: nobody connects", _FIELDS
        ),
        Line("the server of a mail account, by address or by name", "refused: not public; nobody connects", _INSIDE),
        Line("a recipient's domain whose servers stand inside", "refused; nobody connects", _INSIDE),
        Line("a domain whose MTA-STS policy stands inside", "not asked; nobody connects", _INSIDE),
        Line("a new place in the code that opens connections", "fails the test until it is looked at", _INSIDE),
    ],
}
