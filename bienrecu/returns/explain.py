"""Why, from what a notice says: a reply that it quotes, else its own words about the recipient, else all of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from bienrecu.diagnosis import Diagnosis, diagnose
from bienrecu.diagnosis.stage import stage_in
from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.reason import Reason
from bienrecu.protocol.dsn.parse import Action, RecipientReport
from bienrecu.returns.named import expanded_from, named_at_line
from bienrecu.returns.system_words import gave_up, own_words
from bienrecu.returns.transcript import deferral_in, reply_in, unwrapped

# Characters of a reply that are read for its meaning: reports may name very many recipients.
_MAX_REPLY, _MAX_SHORT_REPLY = 1500, 100
_TEMPORARY_CODE = re.compile(r"code\W{1,3}4\d\d\b", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """All that a notice says. What it means as a whole is worked out once, however many recipients it names."""

    text: str
    subject: str = ""

    @cached_property
    def meaning(self) -> Diagnosis:
        return _first_determined(_opinions_of_all(self.text, self.subject))

    @cached_property
    def reply(self) -> str:
        return reply_in(self.text)

    @cached_property
    def stage(self) -> str:
        return stage_in(self.text)

    @cached_property
    def expanded(self) -> dict[str, str]:
        return expanded_from(self.text)

    @cached_property
    def _said(self) -> dict[str, str]:
        """What is said of each address that begins a line; addresses in lower case."""
        return {address.lower(): words for address, words in named_at_line(self.text, lambda _: False)}

    def of(self, recipient: RecipientReport) -> str:
        """What is said of `recipient`; all, when nothing is said of them alone."""
        said = (self._said.get(address.lower()) for address in recipient.addresses)
        return next(filter(None, said), self.text)


def explain(words: str, told: Told, *, delayed: bool) -> Diagnosis:
    """`words` is what the notice says of one recipient."""
    found = _of_words(words, told)
    if delayed:
        return replace(found, permanent=False)
    permanent = is_permanent(reply_in(words) or told.reply or words)
    return replace(_unless_ran_out(found, words, told, permanent=permanent), permanent=permanent)


def explain_field(recipient: RecipientReport, told: Told, *, with_words: bool = True) -> Diagnosis:
    """What a standard report says of one recipient; where its fields say nothing, what its words say."""
    words = told.of(recipient) if with_words else ""
    reply = (unwrapped(recipient.diagnostic) or deferral_in(words))[: _MAX_REPLY if with_words else _MAX_SHORT_REPLY]
    stage = stage_in(recipient.diagnostic) or (told.stage if words == told.text else stage_in(words))
    found = diagnose(reply, None, recipient.status, stage, recipient.remote_mta or _domain(recipient))
    if found.certainty != "sure":
        found = own_words(reply) or found
    if found.reason is Reason.UNDETERMINED and with_words:
        other = _of_words(words, told)
        found = found if other.reason is Reason.UNDETERMINED else other
    permanent = _class_of(recipient)
    if recipient.action is Action.FAILED or not reply:
        found = _unless_ran_out(found, f"{recipient.status} {reply}", told, permanent=permanent)
    return replace(found, permanent=permanent)


def _unless_ran_out(found: Diagnosis, words: str, told: Told, *, permanent: bool) -> Diagnosis:
    """A server that was never reached has no reason of its own: that we gave up is what there is to know. It says so,
    or it follows: the trouble was temporary, and the message came back. (A DNS that fails is a cause to be told.)"""
    if found.reason is not Reason.CONNECTION_FAILED:
        return found
    said = own_words(words) or gave_up(f"{words}\n{told.subject}")
    return said or (found if permanent else replace(found, reason=Reason.EXPIRED, certainty="likely"))


def _domain(recipient: RecipientReport) -> str:
    """Who receives, where the report does not say which server refused."""
    return next((address.rpartition("@")[2] for address in reversed(recipient.addresses)), "")


def is_permanent(text: str) -> bool:
    """The class of the code in `text`; without one, what is returned is final."""
    if code := EnhancedCode.find(text):
        return code.is_permanent
    return text[:1] != "4" and _TEMPORARY_CODE.search(text[:_MAX_REPLY]) is None


def _of_words(words: str, told: Told) -> Diagnosis:
    if words == told.text:
        return told.meaning
    found = _first_determined(_opinions(words))
    return told.meaning if found.reason is Reason.UNDETERMINED else found


def _first_determined(opinions: Iterator[Diagnosis | None]) -> Diagnosis:
    """The first that knows a reason; else the first."""
    given = filter(None, opinions)
    first = next(given)
    if first.reason is not Reason.UNDETERMINED:
        return first
    return next((other for other in given if other.reason is not Reason.UNDETERMINED), first)


def _opinions(words: str) -> Iterator[Diagnosis | None]:
    """The surest first."""
    quoted = _diagnosed(reply, words) if (reply := reply_in(words)) else None
    yield quoted if quoted and quoted.certainty == "sure" else None
    yield own_words(words)
    yield quoted if quoted and quoted.certainty == "likely" else None
    # What stands around a reply is not the server's.
    around = _diagnosed(words, words)
    yield around if not quoted or around.certainty == "sure" else None
    yield quoted
    yield around
    yield gave_up(words)


def _opinions_of_all(text: str, subject: str) -> Iterator[Diagnosis | None]:
    yield from _opinions(text)
    yield _diagnosed(subject, text)


def _diagnosed(text: str, context: str) -> Diagnosis:
    return diagnose(text, None, None, stage_in(context))


def _class_of(recipient: RecipientReport) -> bool:
    """The class of the reply; what stands in Status may be the sending system's own (Postfix's soft_bounce)."""
    if code := EnhancedCode.find(recipient.diagnostic) or recipient.status:
        return code.is_permanent
    return recipient.action is Action.FAILED and is_permanent(reply_in(recipient.diagnostic) or recipient.diagnostic)
