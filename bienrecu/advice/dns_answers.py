"""Everything that the DNS answers about a sending domain, and what each answer means for its e-mails.

The DNS is a function handed in, bounded by whoever hands it in: None is the answer of nobody, and proves nothing."""

import re
from base64 import b64decode
from collections.abc import Callable, Sequence

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from bienrecu.advice.domain_records import is_policy, plain_name, policy_names, tag
from bienrecu.domain.dns_answer import Answer, Level, Topic
from bienrecu.domain.sending_domain import RETURNS_LABEL
from bienrecu.protocol.mta_sts import policy_id
from bienrecu.protocol.spf import Node, Trouble, include_tree

Ask = Callable[[str, str], Sequence[str] | None]

_LONGEST = 300  # characters of an answer that are shown
_MOST = 12  # answers of one kind that are shown
_SHORT, _ADVISED = 1024, 2048


def answer(topic: Topic, code: str, level: Level, name: str, found: Sequence[str] = (), **known: str | int) -> Answer:
    return Answer(topic, code, level, name, tuple(text[:_LONGEST] for text in found[:_MOST]), known)


def silent(topic: Topic, name: str) -> Answer:
    return answer(topic, "silent", Level.UNKNOWN, name)


def about_domain(domain: str, selectors: Sequence[str], mailboxes: Sequence[str], ask: Ask) -> list[Answer]:
    """`selectors` are the names of its DKIM records, `mailboxes` the domains that its senders and replies live in."""
    return [
        *(key_answer(name, ask(name, "TXT")) for name in selectors),
        policy_answer(domain, ask),
        spf_answer(Topic.SPF, include_tree(domain, ask)),
        *(mailbox_answer(name, ask) for name in dict.fromkeys([domain, *mailboxes])),
        secure_answer(domain, ask),
        reports_answer(domain, ask),
    ]


def key_answer(name: str, found: Sequence[str] | None) -> Answer:
    """RFC 6376 §3.6.1, RFC 8301 §3.2."""
    if found is None:
        return silent(Topic.KEY, name)
    keys = [text for text in found if tag(text, "p") is not None]
    if not keys:
        return answer(Topic.KEY, "missing", Level.WRONG, name, found)
    if len(keys) > 1:
        return answer(Topic.KEY, "several", Level.WRONG, name, keys)
    public = tag(keys[0], "p") or ""
    if not public:
        return answer(Topic.KEY, "revoked", Level.WRONG, name, keys)
    if tag(keys[0], "k") == "ed25519":
        return answer(Topic.KEY, "modern", Level.FINE, name, keys)
    bits = _bits(public)
    if bits < _SHORT:
        code, level = ("too_short" if bits else "unreadable"), Level.WRONG
    else:
        code, level = ("short", Level.NOTE) if bits < _ADVISED else ("fine", Level.FINE)
    if level == Level.FINE and "y" in (tag(keys[0], "t") or "").split(":"):
        code, level = "testing", Level.NOTE
    return answer(Topic.KEY, code, level, name, keys, bits=bits)


def _bits(public: str) -> int:
    """Of an RSA key; 0 when it is none."""
    try:
        key = load_der_public_key(b64decode(public))
    except (ValueError, UnsupportedAlgorithm):
        return 0
    return key.key_size if isinstance(key, RSAPublicKey) else 0


def policy_answer(domain: str, ask: Ask) -> Answer:
    """RFC 9989 §4.7, §4.10: of the domain, or of the closest one above that has one."""
    for place in policy_names(domain):
        found = ask(place, "TXT")
        if found is None:
            return silent(Topic.POLICY, place)
        policies = [text for text in found if is_policy(text)]
        if policies:
            return _published_policy(place, policies)
    return answer(Topic.POLICY, "missing", Level.WRONG, f"_dmarc.{domain}")


def _published_policy(place: str, policies: Sequence[str]) -> Answer:
    asked = (tag(policies[0], "p") or "").lower()
    if len(policies) > 1 or asked not in ("none", "quarantine", "reject"):
        return answer(Topic.POLICY, "several" if len(policies) > 1 else "wrong", Level.WRONG, place, policies)
    if (tag(policies[0], "aspf") or "r").lower() == "s":
        # Our returns live below the domain: only the signature aligns.
        return answer(Topic.POLICY, "strict", Level.NOTE, place, policies)
    if re.search(r";\s*(pct|rf|ri)\s*=", policies[0]):
        return answer(Topic.POLICY, f"{asked}_old", Level.NOTE, place, policies)
    return answer(Topic.POLICY, asked, Level.NOTE if asked == "none" else Level.FINE, place, policies)


def spf_answer(topic: Topic, tree: Node) -> Answer:
    """RFC 7208, with what is included and what it costs."""
    lines = [f"{'  ' * depth}{node.domain}: {node.text or node.trouble or ''}" for depth, node in _with_depth(tree)]
    code, level = _spf_verdict(tree)
    return answer(topic, code, level, tree.domain, lines, n=tree.lookups)


def _spf_verdict(tree: Node) -> tuple[str, Level]:
    troubles = [node.trouble for node in tree.walk() if node.trouble not in (None, Trouble.DEPENDS)]
    if Trouble.NO_ANSWER in troubles:
        return "silent", Level.UNKNOWN
    if tree.trouble == Trouble.MISSING:
        return "missing", Level.NOTE
    if troubles:
        return str(troubles[0]) if tree.trouble else "spoilt", Level.WRONG
    if tree.too_many:
        return "too_many", Level.WRONG
    if re.search(r"(^| )\+?all( |$)", tree.text, re.IGNORECASE):
        return "everybody", Level.WRONG
    return "fine", Level.FINE


def _with_depth(node: Node, depth: int = 0) -> list[tuple[int, Node]]:
    return [(depth, node), *(one for below in node.included for one in _with_depth(below, depth + 1))]


def mailbox_answer(name: str, ask: Ask) -> Answer:
    """Whether the domain takes mail (RFC 5321 §5.1, RFC 7505): some receivers ask that of a sender."""
    found = ask(name, "MX")
    if found is None:
        return silent(Topic.MAILBOX, name)
    hosts = [plain_name(text.split()[-1]) for text in found if text.split()]
    if found and not any(hosts):
        return answer(Topic.MAILBOX, "none", Level.WRONG, name, found)
    addresses = [addresses_of(host, ask) for host in (hosts or [name])[:5]]
    if any(addresses):
        return answer(Topic.MAILBOX, "fine" if hosts else "implicit", Level.FINE, name, found)
    if any(one is None for one in addresses):
        return silent(Topic.MAILBOX, name)
    return answer(Topic.MAILBOX, "nowhere" if hosts else "missing", Level.WRONG, name, found)


def addresses_of(name: str, ask: Ask) -> list[str] | None:
    four, six = ask(name, "A"), ask(name, "AAAA")
    return None if four is None and six is None else [*(four or ()), *(six or ())]


def secure_answer(domain: str, ask: Ask) -> Answer:
    """MTA-STS (RFC 8461): about the mail that comes to the domain."""
    name = f"_mta-sts.{domain}"
    found = ask(name, "TXT")
    if found is None:
        return silent(Topic.SECURE, name)
    if not found:
        return answer(Topic.SECURE, "missing", Level.OPTIONAL, name)
    known = policy_id(found) is not None
    return answer(Topic.SECURE, "fine" if known else "wrong", Level.FINE if known else Level.WRONG, name, found)


def reports_answer(domain: str, ask: Ask) -> Answer:
    """TLS reports (RFC 8460)."""
    name = f"_smtp._tls.{domain}"
    found = ask(name, "TXT")
    if found is None:
        return silent(Topic.REPORTS, name)
    asked = [text for text in found if text.startswith("v=TLSRPTv1")]
    if not asked:
        return answer(Topic.REPORTS, "missing", Level.OPTIONAL, name)
    fine = len(asked) == 1 and bool(tag(asked[0], "rua"))
    return answer(Topic.REPORTS, "fine" if fine else "wrong", Level.FINE if fine else Level.WRONG, name, asked)


def returns_name(domain: str) -> str:
    """Where its e-mails' reports come back to."""
    return f"{RETURNS_LABEL}.{domain}"
