"""The operators that judge a sender by its volume, and the domains of their mailboxes.

What they think of a domain is separate from what others think (https://cllavio.com/blog/email-warmup-playbook).
A company whose mail Google or Microsoft runs is judged by them: the servers that take its mail say so. Whoever runs
their own server, or has it run by others, is "others": many, each of whom sees little of us."""

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

# The ends of the names of servers that take mail for domains of customers.
_HOSTS = {
    "google.com": "gmail",
    "googlemail.com": "gmail",
    "protection.outlook.com": "microsoft",
    "mx.microsoft": "microsoft",
}
_MOST_LABELS = 3

CODES = (*DOMAINS, OTHERS)
ALL_DOMAINS = tuple(chain.from_iterable(DOMAINS.values()))

_OPERATOR = {domain: code for code, domains in DOMAINS.items() for domain in domains}


def operator_of_host(host: str) -> str:
    """Who judges what is sent to the domains whose mail the server called `host` takes."""
    labels = host.lower().rstrip(".").split(".")[-_MOST_LABELS:]
    ends = (".".join(labels[n:]) for n in range(len(labels)))
    return next((_HOSTS[end] for end in ends if end in _HOSTS), OTHERS)


def operator_of(domain: str) -> str:
    """Who judges what is sent to mailboxes of `domain`, in lower case, as far as its name says."""
    return _OPERATOR.get(domain, OTHERS)
