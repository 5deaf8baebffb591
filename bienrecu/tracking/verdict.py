"""Who loaded the image of a message: a person, or a machine on its way.

Only the verdict and its date may be kept. Nothing here returns an address, a user agent or any part of one."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from bienrecu.domain.event import Kind

MACHINE_HASTE = 10.0
"""Seconds after acceptance within which nobody opens a message; filters and prefetching caches do."""

_MAX_AGENT = 1000
_PREFETCH_FIELDS = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_PREFETCH = re.compile("prefetch|preview|prerender", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kind` is Kind.OPENED or Kind.MACHINE_LOAD; `why` names the rule that decided, never the visitor."""

    kind: Kind
    why: str


@dataclass(frozen=True, slots=True)
class Signature:
    name: str
    is_machine: bool
    pattern: re.Pattern[str]
    example: str


def _load() -> tuple[Signature, ...]:
    table = tomllib.loads(files(__package__).joinpath("signatures.toml").read_text("utf-8"))
    return tuple(
        Signature(
            row["name"],
            row["verdict"] == "machine",
            re.compile(row["pattern"], re.IGNORECASE),
            row["example"],
        )
        for row in table["signature"]
    )


SIGNATURES = _load()


def verdict(
    *, method: str, user_agent: str, headers: Mapping[str, str], seconds_since_accepted: float | None
) -> Verdict:
    """Whether a load of the image is credible as a person's act; in doubt it is a machine's.

    `headers` are the request's, names in lower case. `seconds_since_accepted` counts from the moment the last
    server we spoke to took the message; None when none has yet."""
    if method != "GET":
        return _machine("method")
    if any(_PREFETCH.search(headers.get(name, "")) for name in _PREFETCH_FIELDS):
        return _machine("prefetch-header")
    if seconds_since_accepted is None:
        return _machine("before-acceptance")
    if seconds_since_accepted <= MACHINE_HASTE:
        return _machine("too-soon")
    return _by_agent(user_agent.strip()[:_MAX_AGENT])


def person_pressed(*, user_agent: str, headers: Mapping[str, str], seconds_since_accepted: float | None) -> bool:
    """Whether a button behind a link was pressed by a person, as far as can be told: filters that follow links seldom
    press, and those that do say so, or come at once."""
    seen = verdict(method="GET", user_agent=user_agent, headers=headers, seconds_since_accepted=seconds_since_accepted)
    return seen.kind is Kind.OPENED


def _by_agent(agent: str) -> Verdict:
    if not agent:
        return _machine("no-agent")
    for signature in SIGNATURES:
        if signature.pattern.search(agent):
            return Verdict(Kind.MACHINE_LOAD if signature.is_machine else Kind.OPENED, signature.name)
    # No mail program or browser that we know: a credible open needs better than that.
    return _machine("unknown-agent")


def _machine(why: str) -> Verdict:
    return Verdict(Kind.MACHINE_LOAD, why)
