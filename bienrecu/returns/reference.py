"""Which of our messages a report says it is about, for relays that put a return path of their own in place of ours.

Less certain than the signed return path: whoever has seen the message knows its Message-ID and its ENVID. So the
report must name the recipient of that very message too, and it suppresses nobody."""

from bienrecu.domain.signed_token import is_token
from bienrecu.returns.interpret import Interpretation, ReturnKind
from bienrecu.returns.match import Addressee

_SAY_WHOM = frozenset({ReturnKind.REPORT, ReturnKind.COMPLAINT})


def tokens_in(found: Interpretation) -> tuple[str, ...]:
    """What may be tokens of ours in its ENVID (RFC 3461 §4.4) and in the Message-ID that it returns."""
    if found.kind not in _SAY_WHOM:
        return ()
    named = (found.envid, found.message_id.strip("<>").partition("@")[0])
    return tuple(dict.fromkeys(token for token in named if is_token(token)))


def is_about(found: Interpretation, recipient: Addressee, token: str) -> bool:
    """Whether it names both the message whose token this is, and its recipient."""
    addresses = [*found.about, *(address for part in found.reported for address in part.addresses)]
    names_message = found.envid == token or found.message_id == recipient.message_id
    return names_message and recipient.address.casefold() in map(str.casefold, addresses)
