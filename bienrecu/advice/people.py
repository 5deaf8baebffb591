"""In whose name it goes, where replies go, and to whom."""

import re
from collections.abc import Collection, Iterator

from bienrecu.advice.letter import Letter
from bienrecu.domain.advice import Advice, Rule, Severity
from bienrecu.domain.mailbox_provider import is_mailbox_provider
from bienrecu.domain.spelling import suggestion

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NEEDED = ("date", "from", "message-id", "to")


def about_sender(letter: Letter) -> Iterator[Advice]:
    shown, address = letter.author
    domain, reply_domain = _domain(address), _domain(letter.reply_to)
    if is_mailbox_provider(domain):
        yield Advice(Rule.FROM_MAILBOX_PROVIDER, Severity.STRONG, {"address": address, "domain": domain})
    elif is_mailbox_provider(reply_domain):
        facts = {"address": letter.reply_to, "domain": reply_domain}
        yield Advice(Rule.REPLIES_TO_MAILBOX_PROVIDER, Severity.WARNING, facts)
    named = _ADDRESS.search(shown)
    if named and named[0].lower() != address.lower():
        yield Advice(Rule.ADDRESS_IN_SENDER_NAME, Severity.STRONG, {"address": named[0]})
    if reply_domain and reply_domain != domain and domain in {_domain(one) for one in letter.recipients}:
        yield Advice(Rule.REPLIES_LEAVE_DOMAIN, Severity.STRONG, {"address": letter.reply_to, "domain": domain})
    yield from _header(letter)


def _header(letter: Letter) -> Iterator[Advice]:
    if letter.header is None:
        return
    missing = [name for name in _NEEDED if name not in letter.header]
    if missing:
        yield Advice(Rule.HEADER_INCOMPLETE, Severity.WARNING, {"shown": ", ".join(missing)})


def about_recipients(letter: Letter) -> Iterator[Advice]:
    for address in letter.recipients:
        local, _, domain = address.rpartition("@")
        if local and (meant := suggestion(domain)) is not None:
            facts = {"address": address, "meant": f"{local}@{meant}"}
            yield Advice(Rule.RECIPIENT_MISTYPED, Severity.WARNING, facts)
            return


def that_failed(failed: Collection[str]) -> Iterator[Advice]:
    if failed:
        facts: dict[str, str | int] = {"n": len(failed), "address": min(failed)}
        yield Advice(Rule.RECIPIENTS_FAILED_BEFORE, Severity.WARNING, facts)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip().lower() if "@" in address else ""
