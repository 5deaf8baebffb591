"""The subject."""

import re
from collections.abc import Iterator

from bienrecu.advice.letter import Letter
from bienrecu.domain.advice import Advice, Rule, Severity

# A telephone shows 33 to 48 characters of a subject, a computer 60 to 70.
LONG, VERY_LONG, TOO_LONG = 50, 70, 120
_FEW_MARKS = 4
_REPLY = re.compile(r"\s*(re|tr|fw|fwd|rép|réf|aw)\s*:\s*", re.IGNORECASE)
_LINK = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
_MARKS = re.compile(r"[!?*$€%#~=]")
_SHOUTS = re.compile(r"!\s?!|\?\s?!|!\s?\?|\?\s?\?|\*{2,}|\.{4,}|={2,}")
_MONEY = re.compile(r"[$£¥]|€")
_WORD = re.compile(r"[^\W\d_]{2,}")
# Short words in capitals are initials, and so are those that people of a trade know: SST, CACES, HACCP.
_INITIALS = 5
_SURE_INITIALS = 4


def advice(letter: Letter) -> Iterator[Advice]:
    subject = letter.subject
    if not subject.strip():
        yield Advice(Rule.SUBJECT_MISSING, Severity.BLOCKING)
        return
    yield from _length(subject)
    yield from _capitals(subject)
    yield from _punctuation(subject)
    if _LINK.search(subject):
        yield Advice(Rule.SUBJECT_LINK, Severity.STRONG)
    if _REPLY.match(subject) and not _answers(letter):
        yield Advice(Rule.SUBJECT_FAKE_REPLY, Severity.WARNING)
    if _MONEY.search(subject):
        yield Advice(Rule.SUBJECT_CURRENCY, Severity.INFO)


def _answers(letter: Letter) -> bool:
    return bool(letter.header and letter.header & {"references", "in-reply-to"})


def _length(subject: str) -> Iterator[Advice]:
    length = len(subject)
    for limit, severity in ((TOO_LONG, Severity.STRONG), (VERY_LONG, Severity.WARNING), (LONG, Severity.INFO)):
        if length > limit:
            yield Advice(Rule.SUBJECT_LONG, severity, {"length": length})
            return


def _capitals(subject: str) -> Iterator[Advice]:
    words = _WORD.findall(subject)
    loud = [word for word in words if word.isupper() and len(word) > _INITIALS]
    letters = [letter for word in words for letter in word]
    upper = sum(letter.isupper() for letter in letters)
    if len(letters) >= 10 and len(words) >= 2 and upper == len(letters):
        yield Advice(Rule.SUBJECT_CAPITALS, Severity.STRONG)
    elif len(loud) >= 2 or (len(letters) >= 10 and loud and 2 * upper >= len(letters)):
        yield Advice(Rule.SUBJECT_CAPITALS, Severity.WARNING)


def _punctuation(subject: str) -> Iterator[Advice]:
    if _SHOUTS.search(subject) or len(_MARKS.findall(subject)) > _FEW_MARKS:
        yield Advice(Rule.SUBJECT_PUNCTUATION, Severity.WARNING)


def mended(rule: str, subject: str) -> str | None:
    """`subject` without what `rule` holds against it; None when only its writer can tell."""
    match rule:
        case Rule.SUBJECT_FAKE_REPLY:
            better = _first_capital(_REPLY.sub("", subject, count=1))
        case Rule.SUBJECT_CAPITALS:
            better = _first_capital(_quietened(subject))
        case Rule.SUBJECT_PUNCTUATION:
            better = re.sub(r"\s*([!?*=~#.])[\s!?*=~#.]*\1[!?*=~#.]*", r"\1", _SHOUTS.sub(_one_mark, subject))
        case _:
            return None
    better = better.strip()
    return better if better and better != subject.strip() else None


def _one_mark(found: re.Match[str]) -> str:
    """ "!!" is "!", "?!" is "?"; stars and the like are nothing."""
    return "?" if "?" in found[0] else "!" if "!" in found[0] else "…" if "." in found[0] else ""


def _quietened(subject: str) -> str:
    """Initials and variables stay as they are."""
    pieces = re.split(r"(\{\{.*?\}\})", subject)
    return "".join(piece if piece.startswith("{{") else re.sub(r"\w+", _quiet_word, piece) for piece in pieces)


def _quiet_word(found: re.Match[str]) -> str:
    word = found[0]
    is_word = len(word) > _SURE_INITIALS or word.lower() in _SMALL
    return word.lower() if word.isupper() and is_word else word


_SMALL = frozenset(
    "le la les de des du un une et en à au aux ou pour sur par vos votre nos notre the of to in on".split()
)


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
