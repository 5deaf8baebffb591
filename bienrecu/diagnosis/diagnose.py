"""From what a server said to a reason.

The words and the operators' own codes beat the enhanced code, which beats the reply code: 550 5.7.1 may be spam,
a blocklist, authentication, an unknown address or a relay. What nothing explains is undetermined."""

from dataclasses import dataclass

from bienrecu.diagnosis.blocklist import named_list
from bienrecu.diagnosis.by_enhanced_code import reason_of_enhanced_code, reason_of_own_code
from bienrecu.diagnosis.by_operator_code import find_operator_code
from bienrecu.diagnosis.by_reply_code import reason_of_reply_code
from bienrecu.diagnosis.by_reply_text import VOCABULARY, find_words
from bienrecu.diagnosis.reply_text import leading_code, plain_words, without_links
from bienrecu.diagnosis.stage import contradicted, stage_in
from bienrecu.domain.certainty import Certainty
from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.mail_operator import operator_of
from bienrecu.domain.reason import Reason


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """`permanent`: whether the same attempt would be refused again, as far as anybody can tell; `permanent_code`:
    whether the server's code says so (RFC 5321 §4.2.1), which it does even where it means "slow down".

    `evidence` is the words or the code that decided. `operator_code` is for example "OFR_416", `blocklist` for
    example "Spamhaus", both empty when none is named."""

    reason: Reason
    permanent: bool
    evidence: str
    certainty: Certainty
    permanent_code: bool = True
    operator_code: str = ""
    blocklist: str = ""


def diagnose(text: str, code: int | None, enhanced: EnhancedCode | None, stage: str, receiver: str = "") -> Diagnosis:
    """Why a server refused, put off or returned a message.

    `text` is its reply, whole, several lines or one; `code` and `enhanced` are looked for in it when None.
    `stage` is the SMTP phase: greeting, ehlo, starttls, auth, mail, rcpt, data, dot; empty when unknown.
    `receiver` is the name of the receiving server, for the few sentences whose meaning depends on it."""
    code, said = code or leading_code(text), EnhancedCode.find(text)
    enhanced, stage = _most_precise(enhanced, said), stage or stage_in(text)
    reason, evidence, certainty, operator_code = _decide(text, code, enhanced, stage, operator_of(receiver))
    if other := contradicted(reason, evidence, stage, said):
        reason, certainty = other, "likely" if stage == "mail" else "guess"
    return Diagnosis(
        reason=reason,
        permanent=_is_permanent(reason, code, enhanced),
        evidence=evidence,
        certainty=certainty,
        permanent_code=_has_permanent_code(reason, code, enhanced),
        operator_code=operator_code,
        blocklist=named_list(text) if reason in _LISTED else "",
    )


# What a code says that says next to nothing: then words that we know only one by one say more.
_VAGUE = frozenset({None, Reason.POLICY})

_LISTED = frozenset({Reason.IP_BLOCKLISTED, Reason.DOMAIN_BLOCKLISTED, Reason.LINK_BLOCKLISTED, Reason.REPUTATION})


Decision = tuple[Reason, str, Certainty, str]
"""The reason, the evidence, how certain, the operator's code."""


def _decide(text: str, code: int | None, enhanced: EnhancedCode | None, stage: str, receiver: str) -> Decision:
    return (
        _by_own_code(text, enhanced)
        or _by_words(plain_words(text), code, enhanced, receiver)
        or _by_code(code, enhanced, stage)
        or (Reason.UNDETERMINED, str(enhanced or code or ""), "guess", "")
    )


def _by_own_code(text: str, enhanced: EnhancedCode | None) -> Decision | None:
    """The codes of one operator, in its words or by its numbers."""
    if operator := find_operator_code(text):
        return operator.reason, operator.code, "sure", operator.code
    own = reason_of_own_code(enhanced) if enhanced else None
    return (own, str(enhanced), "sure", "") if own else None


def _by_words(plain: str, code: int | None, enhanced: EnhancedCode | None, receiver: str) -> Decision | None:
    """A sentence; where there is none and the code says next to nothing, or where it is vague, words that we know one
    by one."""
    sentence = find_words(plain, code, enhanced, receiver)
    if sentence and not sentence.vague:
        return sentence.reason, sentence.words, "sure", ""
    is_vague = sentence or enhanced is None or reason_of_enhanced_code(enhanced) in _VAGUE
    if is_vague and (words := find_words(without_links(plain), code, enhanced, receiver, VOCABULARY)):
        return words.reason, words.words, "likely", ""
    return (sentence.reason, sentence.words, "sure", "") if sentence else None


def _by_code(code: int | None, enhanced: EnhancedCode | None, stage: str) -> Decision | None:
    if enhanced and (of_code := reason_of_enhanced_code(enhanced)):
        return of_code, str(enhanced), "likely", ""
    of_code = reason_of_reply_code(code, stage) if code else None
    return (of_code, str(code), "guess", "") if of_code else None


def _most_precise(given: EnhancedCode | None, in_text: EnhancedCode | None) -> EnhancedCode | None:
    """Reports often carry a vague 5.0.0 beside a reply that says 5.1.1."""
    if given is None or (in_text is not None and given.detail == 0 and given.klass == in_text.klass):
        return in_text
    return given


# Who says these wants to be asked again, whatever the code.
_ALWAYS_TEMPORARY = frozenset({Reason.GREYLISTED, Reason.RATE_LIMITED})

# Without any code, the reason alone says whether asking again could help.
_PERMANENT_BY_NATURE = frozenset(
    {
        Reason.ADDRESS_UNKNOWN,
        Reason.ADDRESS_INVALID,
        Reason.ADDRESS_MOVED,
        Reason.DOMAIN_UNKNOWN,
        Reason.DOMAIN_NO_MAIL,
        Reason.MESSAGE_MALFORMED,
        Reason.MAILBOX_DISABLED,
        Reason.RECIPIENT_REFUSES,
        Reason.RELAY_DENIED,
        Reason.MESSAGE_TOO_LARGE,
        Reason.VIRUS,
        Reason.ATTACHMENT_REFUSED,
        Reason.SENDER_REFUSED,
        Reason.MAIL_LOOP,
        Reason.EXPIRED,
    }
)


def _is_permanent(reason: Reason, code: int | None, enhanced: EnhancedCode | None) -> bool:
    return reason not in _ALWAYS_TEMPORARY and _has_permanent_code(reason, code, enhanced)


def _has_permanent_code(reason: Reason, code: int | None, enhanced: EnhancedCode | None) -> bool:
    """Without any code, the reason alone says."""
    if code:
        return code >= 500
    if enhanced:
        return enhanced.is_permanent
    return reason in _PERMANENT_BY_NATURE
