"""Whether a machine wrote a mail: out of office, acknowledgement of a ticket (RFC 3834)."""

import re

from bienrecu.protocol.message.parse import Part, decode_words

_AUTOMATIC_FIELDS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply",
    "X-Mail-Autoreply",
    "X-Auto-Response-Suppress",
)
# Weaker than a field, for systems that set none: how their subjects begin.
_SUBJECT = re.compile(
    r"(?:(?:re|tr|fwd?|aw|sv) ?: *)*(?:"
    r"auto(?:matic)?[ -]?(?:reply|response|respond|réponse)|réponse automatique|automatische antwort|"
    r"respuesta automática|risposta automatica|out of (?:the )?office|(?:message )?d['’]absence|message d['’]absence|"
    r"absence du bureau|absente?\.? du bureau|absent(?:\(?e\)?)? jusqu|abwesenheits|vacation reply|away from my mail)",
    re.IGNORECASE,
)


def is_automatic(message: Part) -> bool:
    """True of what says so in its header, and of what has the subject of an out-of-office reply."""
    return (
        _first_word(message.get("Auto-Submitted")) not in ("", "no")
        or any(_first_word(message.get(name)) not in ("", "no", "none") for name in _AUTOMATIC_FIELDS)
        or _is_bulk_answer(message)
        or _SUBJECT.match(decode_words(message.get("Subject")[:200]).strip()) is not None
    )


def _is_bulk_answer(message: Part) -> bool:
    precedence = _first_word(message.get("Precedence"))
    if precedence in ("auto_reply", "auto-reply"):
        return True
    return precedence in ("bulk", "junk") and bool(message.get("In-Reply-To"))


def _first_word(value: str) -> str:
    return next(iter(re.split(r"[\s;(,]", value.strip().lower(), maxsplit=1)))
