"""Why, from what a notice says: a reply that it quotes, else its own words about the recipient, else all of them."""

from collections.abc import Iterator
from dataclasses import replace

from bienrecu.diagnosis import Diagnosis, diagnose
from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.reason import Reason
from bienrecu.protocol.dsn.parse import Action, RecipientReport
from bienrecu.protocol.message.parse import Part
from bienrecu.returns.named import named_at_line
from bienrecu.returns.notice_text import notice_text
from bienrecu.returns.stage import at_stage, stage_in
from bienrecu.returns.system_words import gave_up, own_words
from bienrecu.returns.transcript import reply_in


def explain(words: str, all_words: str, subject: str, delayed: bool) -> Diagnosis:
    """`words` is what is said of one recipient, `all_words` all that is said."""
    opinions = list(_until_determined(_opinions(words, all_words, subject)))
    permanent = is_permanent(reply_in(words) or reply_in(all_words) or words)
    return replace(opinions[-1], permanent=permanent and not delayed)


def _until_determined(opinions: Iterator[Diagnosis]) -> Iterator[Diagnosis]:
    for opinion in opinions:
        yield opinion
        if opinion.reason is not Reason.UNDETERMINED:
            return


def _opinions(words: str, all_words: str, subject: str) -> Iterator[Diagnosis]:
    """The surest first."""
    reply = reply_in(words)
    if own := own_words(words):
        yield own
    yield from _of_reply(reply, words)
    yield _of_text(words)
    if reply:
        yield _diagnosed(reply, words)
    if found := gave_up(words):
        yield found
    yield from _of_reply(reply_in(all_words), all_words)
    if own := own_words(all_words):
        yield own
    yield _of_text(all_words)
    if found := gave_up(all_words):
        yield found
    yield _of_text(subject)


def _of_reply(reply: str, context: str) -> Iterator[Diagnosis]:
    """What a reply quoted in `context` means, when its own words or code say it."""
    if reply and (found := _diagnosed(reply, context)).certainty != "guess":
        yield found


def _of_text(text: str) -> Diagnosis:
    return _diagnosed(text, text)


def _diagnosed(text: str, context: str, status: EnhancedCode | None = None, remote_mta: str = "") -> Diagnosis:
    stage = stage_in(context)
    return at_stage(diagnose(text, None, status, stage, remote_mta), stage, EnhancedCode.find(text))


def is_permanent(text: str) -> bool:
    """The class of the code in `text`; without one, what is returned is final."""
    code = EnhancedCode.find(text)
    return code.is_permanent if code else text[:1] != "4"


def explain_field(recipient: RecipientReport, message: Part) -> Diagnosis:
    """What a standard report says of one recipient; where its fields say nothing, what its words say."""
    words, text = _words_about(recipient, message)
    found = _diagnosed(recipient.diagnostic, f"{words}\n{recipient.diagnostic}", recipient.status, recipient.remote_mta)
    if found.reason is Reason.UNDETERMINED:
        found = next((other for other in _opinions(words, text, "") if other.reason is not Reason.UNDETERMINED), found)
    return replace(found, permanent=_class_of(recipient))


def _words_about(recipient: RecipientReport, message: Part) -> tuple[str, str]:
    """What the words of a report say of one recipient, and all they say."""
    text = notice_text(message)
    ours = {address.lower() for address in recipient.addresses}
    named = named_at_line(text, lambda address: address.lower() not in ours)
    return next((said for _, said in named if said), text), text


def _class_of(recipient: RecipientReport) -> bool:
    if recipient.status:
        return recipient.status.is_permanent
    return recipient.action is Action.FAILED and is_permanent(reply_in(recipient.diagnostic) or recipient.diagnostic)
