"""Whether a machine wrote a mail: out of office, acknowledgement of a ticket (RFC 3834)."""

import re

from bienrecu.protocol.message.parse import Part, decode_words
from bienrecu.returns.notice_text import notice_text

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
    r"(?:(?:re|tr|fwd?|aw|sv) ?: *)*\W{0,3}(?:"
    r"automatyczna odpowied|autosvar|automatisch antwoord|automatische (?:reactie|antwort)|"
    r"resposta automática|自動(?:返信|応答)|"
    r"自动回复|"
    r"accusé de réception (?:automatique|de votre)|automatic acknowledge?ment|"
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
        or has_away_subject(message)
    )


def has_away_subject(message: Part) -> bool:
    """Whether its subject is that of an automatic reply."""
    return begins_automatic(decode_words(message.get("Subject")[:200]))


def begins_automatic(text: str) -> bool:
    """Whether `text` begins as the subject of an automatic reply does."""
    return _SUBJECT.match(text.strip()) is not None


def _is_bulk_answer(message: Part) -> bool:
    precedence = _first_word(message.get("Precedence"))
    if precedence in ("auto_reply", "auto-reply"):
        return True
    return precedence in ("bulk", "junk") and bool(message.get("In-Reply-To"))


def _first_word(value: str) -> str:
    return next(iter(re.split(r"[\s;(,]", value.strip().lower(), maxsplit=1)))


_MAX_READ = 4000  # characters
_LEFT = re.compile(
    r"no longer (?:works?|working|employed|with (?:the|our|us)|at (?:the|our)|part of|a member of)|"
    r"(?:has|have) left (?:the|our) (?:company|organi[sz]ation|team|firm)|"
    r"(?:this|my) (?:e-?mail )?(?:address|account|mailbox) is no longer (?:in use|used|active|monitored|valid)|"
    r"(?:changed|new) (?:my |his |her |our )?e-?mail address|"
    r"ne (?:travaille|fait) plus (?:partie|chez|dans|pour|à|au)|"
    r"n.est plus (?:salari|employ|en poste|collabora|dans (?:l.|notre|la))|"
    r"(?:a|ai) (?:définitivement )?quitté (?:la|l.|le|notre|ses|mes|son|mon)|"
    r"(?:cette|mon) (?:adresse|boîte|messagerie)[^.]{0,30} "
    r"n.est plus (?:utilisée|active|consultée|valide|en service|relevée)|"
    r"changé d.adresse|nouvelle adresse (?:e-?mail|mail|électronique|de messagerie)|"
    r"(?:arbeitet|ist) nicht mehr (?:bei|für|im unternehmen|in unserem)|ya no trabaja|non lavora più|werkt niet meer",
    re.IGNORECASE,
)


def says_moved(message: Part) -> bool:
    """Whether an automatic reply says that the person has left, or that the address is given up."""
    said = f"{decode_words(message.get('Subject')[:200])}\n{notice_text(message)[:_MAX_READ]}"
    return _LEFT.search(" ".join(said.split())) is not None
