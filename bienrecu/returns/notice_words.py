"""The sentences of `notices.toml`: who writes notices, what they say, where what they return begins."""

import re
import tomllib
from importlib.resources import files

_TABLE: dict[str, list[str]] = tomllib.loads(files(__package__).joinpath("notices.toml").read_text("utf-8"))


def _any_of(name: str) -> re.Pattern[str]:
    return re.compile("|".join(_TABLE[name]))


_DAEMON, _SUBJECT = _any_of("daemon"), _any_of("subject")
_OPENING, _MACHINE_OPENING = _any_of("opening"), _any_of("machine_opening")
_DELAYED, _GIVEN_UP, _FAILED = _any_of("delayed"), _any_of("given_up"), _any_of("failed")
ORIGINAL = re.compile(rf"[-_=*>#:\s]{{0,80}}(?:{'|'.join(_TABLE['original'])})", re.IGNORECASE)
"""Matches the line that what is returned begins with."""


def is_daemon(author: str) -> bool:
    """Whether `author`, an address, is a mail system's."""
    return _DAEMON.search(author.lower()) is not None


def is_subject_of_notice(subject: str) -> bool:
    """Whether such notices of non-delivery begin so, in any of the languages of the table."""
    return _SUBJECT.match(subject.strip().lower()) is not None


def is_opening_of_notice(text: str) -> bool:
    """Whether its first sentence tells of a message that was not delivered."""
    return is_opening_of_machine(text) or _OPENING.match(" ".join(text.lower().split())) is not None


def is_opening_of_machine(text: str) -> bool:
    """Whether its first sentence is one that only mail systems write."""
    return _MACHINE_OPENING.match(" ".join(text.lower().split())) is not None


def says_delayed(words: str) -> bool:
    """Not yet, and whoever writes goes on trying."""
    words = words.lower()
    return _DELAYED.search(words) is not None and _GIVEN_UP.search(words) is None


def says_failed(words: str) -> bool:
    """Whether the words tell of an e-mail that was not delivered."""
    return _FAILED.search(words.lower()) is not None
