"""Letters without their accents, in lower case, one for one: what servers write, accents come and go."""

import unicodedata

_LAST_LATIN = 0x24F  # beyond, what looks like an accent changes the letter (ド is no ト)


class _Folded(dict[int, str]):
    """What each letter becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        lowered = letter.lower()
        if len(lowered) > 1:  # İ: it would not stand at the same place any more
            lowered = letter
        folded = unicodedata.normalize("NFD", lowered)[0] if code <= _LAST_LATIN else lowered
        self[code] = folded
        return folded


_FOLDED = _Folded()


def fold(text: str) -> str:
    """As long as `text`, so that what is found in one can be shown from the other."""
    return text.translate(_FOLDED)


def fold_pattern(pattern: str) -> str:
    """A regular expression that finds in folded text what `pattern` means; its own letters (\\S) stay."""
    return "".join(letter if letter.isascii() else fold(letter) for letter in pattern)
