"""The records that a sending domain needs, and whether what the DNS answers will do.

The SPF record at the domain's top is nobody's business here: the return address has a subdomain of its own. Of DMARC
only what RFC 9989 still knows is advised."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bienrecu.domain.sending_domain import RETURNS_LABEL, Purpose, Verdict


@dataclass(frozen=True, slots=True)
class Record:
    """`name` is whole, without its last dot. What is not `needed` is only better to have. `behind` is what has to be
    found in the end where `value` is but the way there."""

    purpose: Purpose
    kind: str
    name: str
    value: str
    needed: bool = True
    behind: str = ""


def key_record(purpose: Purpose, name: str, text: str, leads_to: str, *, needed: bool) -> Record:
    """The DKIM record `text`, to be published under `name`, or under `leads_to` by us if there is such a place."""
    if leads_to:
        return Record(purpose, "CNAME", name, leads_to, needed, text)
    return Record(purpose, "TXT", name, text, needed)


def records(domain: str, keys: Sequence[Record], returns: str, reports_to: str, tls_to: str = "") -> list[Record]:
    """`keys` are the DKIM records; `returns` is where reports come back to, empty when they are read from a mailbox;
    `reports_to` gets the DMARC reports, `tls_to` those about encryption, if any."""
    wanted = list(keys)
    policy = f"v=DMARC1; p=none; rua=mailto:{reports_to}"
    wanted.append(Record(Purpose.POLICY, "TXT", f"_dmarc.{domain}", policy))
    if returns:
        wanted.append(Record(Purpose.RETURNS, "CNAME", f"{RETURNS_LABEL}.{domain}", returns, needed=False))
    if tls_to:
        value = f"v=TLSRPTv1; rua=mailto:{tls_to}"
        wanted.append(Record(Purpose.TLS_REPORTS, "TXT", f"_smtp._tls.{domain}", value, needed=False))
    return [*wanted, Record(Purpose.MAILBOX, "MX", domain, "", needed=False)]


def judge(record: Record, found: Sequence[str] | None) -> Verdict:
    """`found` is what is published of its kind under its name; None: nobody answered."""
    if found is None:
        return Verdict.UNKNOWN
    match record.purpose:
        case Purpose.KEY | Purpose.NEXT_KEY | Purpose.FORMER_KEY:
            return _judge_key(record, found)
        case Purpose.POLICY:
            policies = [text for text in found if is_policy(text)]
            return _one_of(len(policies) == 1 and tag(policies[0], "p") is not None, policies)
        case Purpose.TLS_REPORTS:
            asked = [text for text in found if re.match(r"v=TLSRPTv1\s*;", text)]
            return _one_of(len(asked) == 1, asked)
        case Purpose.RETURNS:
            return _one_of(record.value in [plain_name(text) for text in found], found)
        case Purpose.MAILBOX:
            hosts = [text.split()[-1] for text in found if text.split()]
            return _one_of(any(host != "." for host in hosts), hosts)


def _judge_key(record: Record, found: Sequence[str]) -> Verdict:
    """`found` are the texts in the end of the way, or the way itself where nothing is in its end."""
    published = [tag(text, "p") for text in found if tag(text, "p") is not None]
    if not published and any(plain_name(text) == record.value for text in found):
        return Verdict.BEHIND
    return _one_of(tag(record.behind or record.value, "p") in published, published or (record.behind and found))


def plain_name(text: str) -> str:
    """A name of the DNS as we write it."""
    return text.rstrip(".").lower()


def _one_of(fine: bool, published: Sequence[object]) -> Verdict:
    return Verdict.FINE if fine else Verdict.DIFFERENT if published else Verdict.MISSING


def is_policy(text: str) -> bool:
    """Whether a TXT record is one of DMARC (RFC 9989 §4.7)."""
    return re.match(r"v\s*=\s*DMARC1\s*(;|$)", text) is not None


def tag(text: str, name: str) -> str | None:
    """The value of a tag in a list of them (RFC 6376 §3.2), without white space."""
    for one in text[:4096].split(";"):
        key, _, value = one.partition("=")
        if key.strip() == name:
            return re.sub(r"\s", "", value)
    return None


def policy_names(domain: str) -> list[str]:
    """Where a DMARC record may stand, the closest first (RFC 9989 §4.10)."""
    labels = domain.split(".")
    parents = [labels[at:] for at in range(len(labels) - 1)]
    return [f"_dmarc.{'.'.join(parent)}" for parent in [parents[0], *[one for one in parents[1:] if len(one) <= 7]]]
