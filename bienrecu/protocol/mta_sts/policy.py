"""The TXT record that announces a policy, and the policy."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 64 * 1024
"""Octets of a policy that are read (RFC 8461 §3.3 leaves the bound to us)."""
_LONGEST_AGE = 31_557_600  # seconds (§3.2)
_MOST_NAMES = 100
_ID = re.compile(r"[A-Za-z0-9]{1,32}")


class Mode(StrEnum):
    """What a policy asks of whoever sends (RFC 8461 §5)."""

    ENFORCE = "enforce"
    TESTING = "testing"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Policy:
    """`mx` are names in lower case; one that begins with "*." stands for one label more. `max_age` in seconds."""

    mode: Mode
    max_age: int
    mx: tuple[str, ...] = ()

    def allows(self, host: str) -> bool:
        """Whether a server of that name may receive (§4.1)."""
        host = host.rstrip(".").lower()
        above = host.partition(".")[2]
        return any(name == host or (name.startswith("*.") and name[2:] == above) for name in self.mx)


def policy_id(records: Sequence[str]) -> str | None:
    """The id that the TXT records under `_mta-sts` announce; None when there is no policy (§3.1)."""
    announced = [text for text in records if re.match(r"v=STSv1\s*;", text)]
    if len(announced) != 1:
        return None
    fields = (one.partition("=") for one in announced[0].split(";"))
    ids = [value.strip() for name, _, value in fields if name.strip() == "id"]
    return ids[0] if len(ids) == 1 and _ID.fullmatch(ids[0]) else None


def read_policy(text: bytes) -> Policy | None:
    """None when it is no valid policy (§3.2): then it is as if there were none."""
    fields = [line.partition(":") for line in text[:LONGEST].decode("utf-8", "replace").splitlines() if line.strip()]
    values: dict[str, list[str]] = {}
    for name, _, value in fields:
        values.setdefault(name.strip(), []).append(value.strip())
    mode, age = values.get("mode", [""])[0], values.get("max_age", [""])[0]
    names = tuple(name.lower().rstrip(".") for name in values.get("mx", [])[:_MOST_NAMES] if name)
    valid = values.get("version") == ["STSv1"] and mode in list(Mode) and re.fullmatch(r"\d{1,10}", age)
    if not valid or (mode != Mode.NONE and not names):
        return None
    return Policy(Mode(mode), min(int(age), _LONGEST_AGE), names)
