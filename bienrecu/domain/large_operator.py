"""The operators that judge a sender by its volume, and the domains of their mailboxes.

What they think of a domain is separate from what others think (https://cllavio.com/blog/email-warmup-playbook).
Whoever runs their own server, or has it run for them, is "others": many, each of whom sees little of us."""

from collections.abc import Mapping
from itertools import chain

OTHERS = "others"

# The codes are stored: they never change meaning.
DOMAINS: Mapping[str, tuple[str, ...]] = {
    "gmail": ("gmail.com", "googlemail.com"),
    "microsoft": (
        *("hotmail.com", "hotmail.fr", "live.com", "live.fr", "msn.com"),
        *("outlook.com", "outlook.fr", "windowslive.com"),
    ),
    "yahoo": ("aol.com", "aol.fr", "rocketmail.com", "yahoo.com", "yahoo.fr", "ymail.com"),
    "orange": ("orange.fr", "voila.fr", "wanadoo.fr"),
    "free": ("aliceadsl.fr", "free.fr", "freesbee.fr", "infonie.fr", "libertysurf.fr", "online.fr"),
    "sfr": (
        *("cario.fr", "cegetel.net", "club-internet.fr", "guideo.fr", "neuf.fr", "noos.fr", "numericable.com"),
        *("numericable.fr", "sfr.fr", "sfr.net"),
    ),
    "laposte": ("laposte.net",),
}

CODES = (*DOMAINS, OTHERS)
ALL_DOMAINS = tuple(chain.from_iterable(DOMAINS.values()))

_OPERATOR = {domain: code for code, domains in DOMAINS.items() for domain in domains}


def operator_of(domain: str) -> str:
    """Who judges what is sent to mailboxes of `domain`, in lower case."""
    return _OPERATOR.get(domain, OTHERS)
