"""What the DNS answers about the addresses that we send from ourselves: their names, whether a domain lets them send,
whether a blocklist has them."""

from collections.abc import Sequence
from ipaddress import ip_address

from bienrecu.advice.dns_answers import Ask, addresses_of, answer, silent
from bienrecu.advice.domain_records import plain_name
from bienrecu.domain.dns_answer import Answer, Level, Topic
from bienrecu.protocol.spf import Client, Result, check_host

_MOST_ADDRESSES = 8
# What lists answer to those whom they do not want to answer.
_NO_ANSWER = "127.255.255."


def about_servers(
    hello: str, addresses: Sequence[str], returns: str, lists: Sequence[tuple[str, str]], domain: str, ask: Ask
) -> list[Answer]:
    """`hello` is the name that we give, `addresses` where we send from (empty: those of `hello`), `returns` the domain
    of the reverse path, `lists` blocklists, each with what it lists: "ip" or "domain"."""
    ours = list(addresses or addresses_of(hello, ask) or ())[:_MOST_ADDRESSES]
    if not ours:
        return [answer(Topic.SERVER, "unknown", Level.UNKNOWN, hello)]
    return [
        *(server_answer(hello, address, ask) for address in ours),
        *(returns_answer(hello, address, returns, ask) for address in ours),
        *(
            list_answer(_reversed(address), zone, address, ask)
            for kind, zone in lists
            if kind == "ip"
            for address in ours
        ),
        *(list_answer(domain, zone, domain, ask) for kind, zone in lists if kind == "domain"),
    ]


def server_answer(hello: str, address: str, ask: Ask) -> Answer:
    """The address leads to a name, and that name back to it; so does the one we greet with."""
    name = ip_address(address).reverse_pointer
    found = ask(name, "PTR")
    greeted = addresses_of(hello, ask)
    if found is None or greeted is None:
        return silent(Topic.SERVER, address)
    known = {"address": address, "hello": hello}
    if not found:
        return answer(Topic.SERVER, "nameless", Level.WRONG, address, **known)
    names = [plain_name(text) for text in found]
    if not any(_is_among(address, addresses_of(one, ask)) for one in names[:5]):
        return answer(Topic.SERVER, "one_way", Level.WRONG, address, found, **known)
    if not _is_among(address, greeted):
        return answer(Topic.SERVER, "other_greeting", Level.NOTE, address, found, **known)
    return answer(Topic.SERVER, "fine", Level.FINE, address, found, **known)


def _is_among(address: str, found: Sequence[str] | None) -> bool:
    return any(ip_address(address) == ip_address(one) for one in found or ())


def returns_answer(hello: str, address: str, returns: str, ask: Ask) -> Answer:
    """SPF, as a receiver judges it (RFC 7208 §4)."""
    verdict = check_host(Client(address, hello, f"r@{returns}"), returns, ask)
    known = {"address": address, "domain": returns}
    if verdict.result == Result.PASS:
        return answer(Topic.RETURNS, "pass", Level.FINE, returns, **known)
    if verdict.result == Result.TEMPERROR:
        return silent(Topic.RETURNS, returns)
    code = "none" if verdict.result == Result.NONE else "refused"
    return answer(Topic.RETURNS, code, Level.WRONG, returns, [str(verdict.result)], **known)


def list_answer(asked: str, zone: str, what: str, ask: Ask) -> Answer:
    """RFC 5782 §2."""
    found = ask(f"{asked}.{zone}", "A")
    known = {"what": what, "list": zone}
    if found is None or any(text.startswith(_NO_ANSWER) for text in found):
        return answer(Topic.LIST, "silent", Level.UNKNOWN, what, found or (), **known)
    listed = [text for text in found if text.startswith("127.")]
    code, level = ("listed", Level.WRONG) if listed else ("fine", Level.FINE)
    return answer(Topic.LIST, code, level, what, listed, **known)


def _reversed(address: str) -> str:
    return ip_address(address).reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")
