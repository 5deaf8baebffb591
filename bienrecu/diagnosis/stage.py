"""At which point of the conversation a refusal came, and what it can then not mean.

What a server says of an address after MAIL is about ours, not the recipient's. And a server that took the recipient,
then the message, and only then says that there is no such user, contradicts itself: large operators answer so for
their customers' filters. So does one whose enhanced code says that the mailbox exists (X.2.0, X.2.1), unless it says
so at RCPT. The address must not be given up for it."""

import re

from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.reason import Reason

# In lower case, on one line. Cisco's gateways say 5.1.0 when the recipient was refused, 5.3.0 later.
_STAGES = (
    ("dot", ("in reply to end of data", "after end of data", "end of message", "final dot", "final data")),
    ("dot", ("5.3.0 - other mail system",)),
    ("data", ("in reply to data", "after data", "like our data", "smtp command data")),
    ("rcpt", ("in reply to rcpt", "after rcpt", "like our rcpt", "rcpt to:<", "rcpt to generated", "to a rcpt")),
    ("rcpt", ("rcpt to<", "error following rcpt")),
    ("mail", ("in reply to mail", "after mail from", "like our mail from", "after pipelined mail")),
    ("ehlo", ("in reply to ehlo", "in reply to helo", "after ehlo", "after helo")),
    ("greeting", ("after initial connection", "refused to talk to me", "while performing the initial greeting")),
    ("greeting", ("while performing the ehlo handshake", "while performing the initial handshake")),
)

_MAX_READ = 8000  # characters
# In a quoted conversation: the first command that the server's next line refuses.
_REFUSED_COMMAND = re.compile(r"^[ \t]{0,8}>>> ?(\S{1,10})[^\n]{0,600}\n[ \t]{0,8}<<< ?[45]\d\d", re.MULTILINE)
# The commands were sent together (RFC 2920): what refused DATA refused its only recipient before.
_NO_RECIPIENT_LEFT = re.compile(
    r"<<< ?(?:503|554)[^\n]{0,80}(?:need rcpt|no valid recipients|recipient first)", re.IGNORECASE
)
_STAGE_OF_COMMAND = {"mail": "mail", "rcpt": "rcpt", "data": "data", ".": "dot", "ehlo": "ehlo", "helo": "ehlo"}

_ABOUT_ADDRESS = frozenset(
    {Reason.ADDRESS_UNKNOWN, Reason.ADDRESS_INVALID, Reason.DOMAIN_UNKNOWN, Reason.DOMAIN_NO_MAIL}
)
# The words of those operators; "mailbox not found" is meant, whenever it is said.
_THE_WORDS = re.compile(r"user unknown|unknown user|no such user|addressee unknown", re.IGNORECASE)
_SAYS_UNKNOWN = frozenset({(1, 1), (1, 10), (1, 6)})
_SAYS_THAT_IT_EXISTS = frozenset({(2, 0), (2, 1)})


def stage_in(text: str) -> str:
    """The stage at which `text` says that something was refused, "" when it names none."""
    text = text[:_MAX_READ]
    if refused := _REFUSED_COMMAND.search(text):
        stage = _STAGE_OF_COMMAND.get(refused[1].lower(), "")
        return "rcpt" if stage == "data" and _NO_RECIPIENT_LEFT.search(text, refused.end()) else stage
    said = " ".join(text.lower().split())
    return next((stage for stage, words in _STAGES if any(word in said for word in words)), "")


def contradicted(reason: Reason, evidence: str, stage: str, enhanced: EnhancedCode | None) -> Reason | None:
    """What is meant instead of `reason`, where the stage or the code says that it cannot be; None when it can."""
    if reason not in _ABOUT_ADDRESS:
        return None
    if stage == "mail":
        return Reason.SENDER_REFUSED
    code = (enhanced.subject, enhanced.detail) if enhanced else None
    late = stage in ("data", "dot") and code not in _SAYS_UNKNOWN
    cannot_be = late or (stage != "rcpt" and code in _SAYS_THAT_IT_EXISTS)
    return Reason.RECIPIENT_REFUSES if cannot_be and _THE_WORDS.search(evidence) else None
