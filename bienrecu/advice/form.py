"""The body: text against images and links, what is hidden, what mail programs refuse, how much it weighs."""

import re
from collections.abc import Iterator

from bienrecu.advice.letter import Letter
from bienrecu.domain.advice import Advice, Rule, Severity

KILOBYTE = 1024
# Gmail shows the first 102 KB of a page, and hides what follows behind a link.
HEAVY, TOO_HEAVY = 90 * KILOBYTE, 100 * KILOBYTE
_LITTLE_TEXT, _NO_TEXT = 400, 40  # characters
_WORDS_PER_LINK, _FEW_LINKS, _MANY_LINKS = 50, 6, 20
_SOME = 20  # characters of hidden text: less is a mark of an editor
_PREVIEW = 300  # characters; the line that lists of e-mails show is shorter than that
_WORD = re.compile(r"\w+")


def advice(letter: Letter) -> Iterator[Advice]:
    if letter.html is not None:
        yield from _images(letter)
        yield from _unseen(letter)
        yield from _weight(letter)
        yield from _text_part(letter)
        if letter.page.active:
            severity = Severity.WARNING if letter.page.active == ["css"] else Severity.STRONG
            yield Advice(Rule.HTML_ACTIVE, severity, {"shown": ", ".join(letter.page.active)})
    yield from _links(letter)


def _images(letter: Letter) -> Iterator[Advice]:
    page = letter.page
    if not page.images:
        return
    characters = len("".join(page.text.split()))
    if characters < _NO_TEXT:
        yield Advice(Rule.IMAGE_ONLY, Severity.STRONG)
    elif characters < _LITTLE_TEXT and any(_is_large(image.width, image.height) for image in page.images):
        yield Advice(Rule.TEXT_SHORT_FOR_IMAGES, Severity.WARNING, {"n": characters})


def _is_large(width: int, height: int) -> bool:
    """A logo is not: it takes the place of a few words."""
    return not (width or height) or (width or 300) * (height or 300) > 40_000


def _links(letter: Letter) -> Iterator[Advice]:
    targets = _targets(letter)
    words = len(_WORD.findall(re.sub(r"https?://\S+", " ", letter.words)))
    if targets and words <= 5:
        yield Advice(Rule.LINK_ONLY, Severity.STRONG)
    elif len(targets) > max(_FEW_LINKS, min(words / _WORDS_PER_LINK, _MANY_LINKS)):
        yield Advice(Rule.TEXT_SHORT_FOR_LINKS, Severity.WARNING, {"n": len(targets)})


def _targets(letter: Letter) -> set[str]:
    if letter.html is None:
        return set(re.findall(r"https?://\S{3,2000}", letter.text or ""))
    return {link.target for link in letter.page.links if link.target.startswith(("http:", "https:"))}


def _unseen(letter: Letter) -> Iterator[Advice]:
    amounts = letter.page.amounts
    if amounts["invisible"] > _SOME or amounts["hidden"] > _PREVIEW:
        yield Advice(Rule.TEXT_HIDDEN, Severity.STRONG)
    if amounts["tiny"] > _SOME:
        yield Advice(Rule.TEXT_TINY, Severity.WARNING)
    if amounts["faint"] > _SOME:
        yield Advice(Rule.TEXT_FAINT, Severity.WARNING)


def _weight(letter: Letter) -> Iterator[Advice]:
    if letter.html_weight >= HEAVY:
        severity = Severity.STRONG if letter.html_weight >= TOO_HEAVY else Severity.WARNING
        yield Advice(Rule.HTML_HEAVY, severity, {"n": round(letter.html_weight / KILOBYTE)})


def _text_part(letter: Letter) -> Iterator[Advice]:
    if letter.text is None:
        yield Advice(Rule.TEXT_PART_MISSING, Severity.WARNING)
    elif _differ(letter.text, letter.page.text):
        yield Advice(Rule.TEXT_PART_DIFFERS, Severity.WARNING)


def _differ(text: str, seen: str) -> bool:
    """Whether more than half of the words of one are not in the other."""
    one, other = (set(_WORD.findall(words.lower())) for words in (re.sub(r"https?://\S+", " ", text), seen))
    if len(other) < 10:
        return bool(other) and not one & other
    return len(one & other) < len(other) / 2
