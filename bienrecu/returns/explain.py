"""Why, from what a notice says: a reply that it quotes, else its own words about the recipient, else all of them."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files

from bienrecu.diagnosis import Diagnosis, diagnose
from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.reason import Reason
from bienrecu.protocol.dsn.parse import Action, RecipientReport
from bienrecu.protocol.message.parse import Part
from bienrecu.returns.named import named_at_line
from bienrecu.returns.notice_text import notice_text
from bienrecu.returns.transcript import reply_in


def _load() -> tuple[tuple[re.Pattern[str], Reason], ...]:
    table = tomllib.loads(files(__package__).joinpath("system_words.toml").read_text("utf-8"))
    return tuple((re.compile("|".join(rule["words"])), Reason(rule["reason"])) for rule in table["rule"])


_RULES = _load()


def explain(words: str, all_words: str, subject: str, delayed: bool) -> Diagnosis:
    """`words` is what is said of one recipient, `all_words` all that is said."""
    last = None
    for found in _opinions(words, all_words, subject):
        last = last or found
        if found.reason is not Reason.UNDETERMINED:
            return _with_class(found, words, all_words, delayed)
    assert last is not None
    return _with_class(last, words, all_words, delayed)


def _opinions(words: str, all_words: str, subject: str) -> Iterator[Diagnosis]:
    """The surest first."""
    reply = reply_in(words)
    quoted = diagnose(reply, None, None, "") if reply else None
    if quoted and quoted.certainty == "sure":
        yield quoted
    if not reply and (own := _own_words(words)):
        yield own
    own_part = diagnose(words, None, None, "")
    if own_part.certainty == "sure" or not quoted:
        yield own_part
    if quoted:
        yield quoted
    if own := _own_words(all_words):
        yield own
    if reply := reply_in(all_words):
        yield diagnose(reply, None, None, "")
    yield diagnose(all_words, None, None, "")
    yield diagnose(subject, None, None, "")


def _own_words(text: str) -> Diagnosis | None:
    lowered = text[:4000].lower()
    lowered = " ".join(lowered.split())
    for pattern, reason in _RULES:
        if match := pattern.search(lowered):
            return Diagnosis(reason, True, match[0], "sure")
    return None


def _with_class(found: Diagnosis, words: str, all_words: str, delayed: bool) -> Diagnosis:
    """Without a code, a notice that it failed is final."""
    return replace(found, permanent=not delayed and is_permanent(reply_in(words) or reply_in(all_words) or words))


def is_permanent(text: str) -> bool:
    """The class of the code in `text`; without one, what is returned is final."""
    code = EnhancedCode.find(text)
    if code:
        return code.is_permanent
    return text[:1] != "4"


def explain_field(recipient: RecipientReport, message: Part) -> Diagnosis:
    """What a standard report says of one recipient; where its field says nothing, what its words say."""
    found = diagnose(recipient.diagnostic, None, recipient.status, "", recipient.remote_mta)
    if found.reason is Reason.UNDETERMINED or not recipient.diagnostic:
        found = _from_words(recipient, message) or found
    return replace(found, permanent=_class_of(recipient))


def _from_words(recipient: RecipientReport, message: Part) -> Diagnosis | None:
    text = notice_text(message)
    named = dict(named_at_line(text, lambda _: False))
    ours = {address.lower() for address in recipient.addresses}
    words = next((said for address, said in named.items() if address.lower() in ours), text)
    found = explain(words, text, "", delayed=False)
    return None if found.reason is Reason.UNDETERMINED else found


def _class_of(recipient: RecipientReport) -> bool:
    if recipient.status:
        return recipient.status.is_permanent
    return recipient.action is Action.FAILED and is_permanent(reply_in(recipient.diagnostic) or recipient.diagnostic)
