"""What is left of a template that was not filled in."""

import re
from collections.abc import Iterator

from bienrecu.advice.letter import Letter
from bienrecu.domain.advice import Advice, Rule, Severity

_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_LEFT_OVER = re.compile(
    r"\{\{[^{}\n]{0,80}\}\}|\{%[^%\n]{0,80}%\}|\[\[[^\]\n]{0,80}\]\]|VAR\[[^\]\n]{0,80}\]"
    r"|\*\|[A-Z0-9_:]{2,40}\|\*|<%=?[^%\n]{0,80}%>|\$\{[^}\n]{1,80}\}"
    r"|(?<!\w)%(?:[A-Z][A-Z_]{2,40}|[a-z][a-z_]{2,40})%(?!\w)"
    r"|\[object Object\]"
)
_GREETING = r"(?:bonjour|bonsoir|hello|hi|dear|ch[eè]re?s?|cher\(e\))"
_TITLE = r"(?:\s+(?:m\.|mme|mlle|madame|monsieur|mr\.?|mrs\.?|ms\.?))"
_NOTHING = re.compile(
    rf"^\s*(?:{_GREETING}{_TITLE}?\s+,|(?:dear|ch[eè]re?s?|cher\(e\)){_TITLE}?\s*,(?<!monsieur,)(?<!madame,)"
    rf"|{_GREETING}(?:\s+(?:m\.|mme|mlle|mr\.?|mrs\.?|ms\.?))\s*,)",
    re.IGNORECASE | re.MULTILINE,
)
_NO_VALUE = re.compile(rf"^\s*{_GREETING}{_TITLE}?\s+(?:none|null|undefined|nan)\b", re.IGNORECASE | re.MULTILINE)
_NO_VALUE_AFTER_COLON = re.compile(r":\s+(None|null|undefined|NaN)[ \t]*[.,;]?$", re.MULTILINE)
_MOST_READ = 200_000


def advice(letter: Letter) -> Iterator[Advice]:
    text = letter.words[:_MOST_READ]
    written = f"{letter.subject}\n{_URL.sub(' ', text)}"
    found = _LEFT_OVER.search(written) or _NO_VALUE_AFTER_COLON.search(written)
    if found:
        yield Advice(Rule.VARIABLE_UNRESOLVED, Severity.BLOCKING, {"shown": found[0].strip(": \n")[:80]})
    greeting = _NO_VALUE.search(text) or _NOTHING.search(text)
    if greeting:
        yield Advice(Rule.GREETING_EMPTY, Severity.BLOCKING, {"shown": greeting[0].strip()[:80]})
