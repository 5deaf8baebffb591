"""At which point of the conversation a quoted refusal came, and what it can then not mean.

What a server says of an address after MAIL is about ours, not the recipient's. And a server that took the recipient,
then the message, and only then says that there is no such user, contradicts itself: large operators answer so for
their customers' filters. The address must not be given up for it, unless the enhanced code says unknown as well."""

import re
from dataclasses import replace

from bienrecu.diagnosis import Diagnosis
from bienrecu.domain.enhanced_code import EnhancedCode
from bienrecu.domain.reason import Reason

_STAGES = (
    ("dot", r"in reply to end of data|after end of data|end of message|final dot|final data"),
    ("data", r"in reply to data|after data|like our data|smtp command\s+data"),
    ("rcpt", r"in reply to rcpt|after rcpt|like our rcpt|rcpt to:?<|rcpt to generated|to a rcpt"),
    ("mail", r"in reply to mail|after mail from|like our mail from|after pipelined mail"),
    ("ehlo", r"in reply to (?:ehlo|helo)|after (?:ehlo|helo)"),
    (
        "connect",
        r"after initial connection|refused to talk to me|while performing the (?:initial|ehlo) (?:greeting|handshake)",
    ),
)
_PATTERNS = [(stage, re.compile(pattern, re.IGNORECASE)) for stage, pattern in _STAGES]

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
_THE_WORDS = re.compile(r"user unknown|unknown user|no such user", re.IGNORECASE)
_SAYS_UNKNOWN = frozenset({(1, 1), (1, 10), (1, 6)})


def stage_in(text: str) -> str:
    """The stage at which `text` says that something was refused, "" when it names none."""
    text = text[:_MAX_READ]
    if refused := _REFUSED_COMMAND.search(text):
        stage = _STAGE_OF_COMMAND.get(refused[1].lower(), "")
        return "rcpt" if stage == "data" and _NO_RECIPIENT_LEFT.search(text, refused.end()) else stage
    return next((stage for stage, pattern in _PATTERNS if pattern.search(text)), "")


def at_stage(found: Diagnosis, stage: str, enhanced: EnhancedCode | None) -> Diagnosis:
    """`found`, unless the stage says that it cannot be meant."""
    if found.reason not in _ABOUT_ADDRESS:
        return found
    if stage == "mail":
        return replace(found, reason=Reason.SENDER_REFUSED, certainty="likely")
    late = stage in ("data", "dot") and _THE_WORDS.search(found.evidence)
    if late and not (enhanced and (enhanced.subject, enhanced.detail) in _SAYS_UNKNOWN):
        return replace(found, reason=Reason.RECIPIENT_REFUSES, certainty="guess")
    return found
