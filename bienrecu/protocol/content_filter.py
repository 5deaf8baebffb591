"""How rspamd and SpamAssassin's spamd are asked about a message, and what they answer.

rspamd: JSON over HTTP (`/checkv2`). spamd: its own protocol, SPAMC/1.5, of which REPORT gives a table of rules."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from bienrecu.domain.filter_verdict import FilterRule, FilterVerdict

RSPAMD, SPAMASSASSIN = "rspamd", "SpamAssassin"
MOST_ANSWER = 512 * 1024
"""Octets of an answer that are read."""

_MOST_RULES = 300
_SPAM = re.compile(rb"^Spam: (?:True|False) ; (-?[0-9.]{1,12}) / (-?[0-9.]{1,12})\r?$", re.MULTILINE | re.IGNORECASE)
_RULE = re.compile(r"^\s*(-?[0-9]{1,5}(?:\.[0-9]{1,3})?) ([A-Za-z0-9_]{2,60})(?: +(.*))?$")
_MORE = re.compile(r"^ {20,}(\S.*)$")


class BadAnswer(ValueError):
    """This is no answer of such a filter; the text says why."""


def read_rspamd(answer: bytes) -> FilterVerdict:
    """Raises BadAnswer."""
    try:
        found = json.loads(answer[:MOST_ANSWER])
        symbols = list(found["symbols"].values())[:_MOST_RULES]
        rules = tuple(_symbol(symbol) for symbol in symbols)
        return FilterVerdict(RSPAMD, _points(found["required_score"]), rules)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadAnswer(f"not the JSON of a check ({type(error).__name__})") from None


def _symbol(symbol: dict[str, Any]) -> FilterRule:
    return FilterRule(str(symbol["name"])[:60], _points(symbol["score"]), str(symbol.get("description", ""))[:200])


def _points(value: Any) -> float:
    points = float(value)
    if not math.isfinite(points):
        raise ValueError("not a number of points")
    return max(-1000.0, min(1000.0, points))


# Where SpamAssassin looked, which opens what it says of some rules.
_WHERE = re.compile(r"\A(?:BODY|FULL|RAW|URI): ")


def ask_spamd(message: bytes) -> bytes:
    """What to send to spamd; then the sending side is closed."""
    return b"REPORT SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % len(message) + message


def read_spamd(answer: bytes) -> FilterVerdict:
    """Raises BadAnswer."""
    head, _, body = answer[:MOST_ANSWER].partition(b"\r\n\r\n")
    spam = _SPAM.search(head)
    if not head.startswith(b"SPAMD/") or b" 0 EX_OK" not in head[:40] or spam is None:
        first = head[:100].decode("latin-1").partition("\r\n")[0]
        raise BadAnswer(f"not the report of a check: {first!r}")
    return FilterVerdict(SPAMASSASSIN, _limit(spam[2]), tuple(_table(body.decode("utf-8", "replace")))[:_MOST_RULES])


def _limit(text: bytes) -> float:
    try:
        return _points(text)
    except ValueError:
        raise BadAnswer("a limit that is no number") from None


def _table(report: str) -> Iterator[FilterRule]:
    """The lines below the last ruler; a description may go on in the next line."""
    last: FilterRule | None = None
    for line in report.rpartition("\n---- ")[2].splitlines():
        if rule := _RULE.match(line):
            if last:
                yield last
            last = FilterRule(rule[2], _points(rule[1]), _WHERE.sub("", (rule[3] or "").strip())[:200])
        elif last and (more := _MORE.match(line)):
            last = FilterRule(last.name, last.points, f"{last.said} {more[1].strip()}"[:200])
    if last:
        yield last
