"""The text parts of the copies of one message, worked out once for all copies that differ in plain words only.

To read HTML takes a good part of the time of a submission, and what is read is nearly the same for everybody. So the
template is read once, with a mark for each variable, and the marks are replaced by the values. Whatever could make a
difference is read whole: conditions, variables within a tag, values that are no plain words."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bienrecu.protocol.message import text_from_html

_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_]\w*(?:\.\w+)*)\s*\}\}")
_WITHIN_A_TAG = re.compile(r"<[^<>]*\{\{")
_LOGIC = ("{%", "{#", "\ue000")
# Of no alphabet: nobody's text holds it, and no reader takes it for a blank.
_MARK = "\ue000"


class TextParts:
    """`page` makes a whole page of a body, without what each copy gets at its end."""

    def __init__(self, template: str, page: Callable[[str], str]) -> None:
        self._names = _VARIABLE.findall(template)
        self._pieces: list[str] = []
        self._is_proved = False
        if _is_plain(template, len(self._names)):
            pieces = text_from_html(page(_VARIABLE.sub(_MARK, template))).split(_MARK)
            # One less where a variable stands in what no reader sees.
            self._pieces = pieces if len(pieces) == len(self._names) + 1 else []

    def of(self, html: str, variables: Mapping[str, Any], end: str) -> str:
        """The text of `html`, the page filled in with `variables`, with `end` at its end."""
        text = self._joined(variables, end) if self._pieces else None
        if text is not None and self._is_proved:
            return text
        whole = text_from_html(html)
        if text is not None:  # the first copy shows whether the end can be read apart
            self._is_proved, self._pieces = True, self._pieces if text == whole else []
        return whole

    def _joined(self, variables: Mapping[str, Any], end: str) -> str | None:
        values = [_plain(variables, name) for name in self._names]
        if not all(values):
            return None
        words = [word for pair in zip(self._pieces, [*values, ""], strict=True) for word in pair]
        return "\n\n".join(filter(None, ("".join(words), text_from_html(end) if end else "")))


def _is_plain(template: str, variables: int) -> bool:
    if any(sign in template for sign in _LOGIC) or _WITHIN_A_TAG.search(template):
        return False
    return template.count("{{") == template.count("}}") == variables


def _plain(variables: Mapping[str, Any], name: str) -> str:
    """The value of the variable, "" when it is no plain words."""
    value: Any = variables
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    # A letter at its beginning keeps it from being taken for an empty line.
    is_words = isinstance(value, str) and value[:1].isalnum() and value.isprintable()
    return value if is_words and value == " ".join(value.split()) else ""
