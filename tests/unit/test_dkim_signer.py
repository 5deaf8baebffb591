"""Which key signs for which sender."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bienrecu.adapters.dkim_signer import KeySigner
from bienrecu.delivery.ports import Content
from bienrecu.protocol.dkim import load_key, make_key

PEM = make_key("ed25519")
NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
CONTENT = Content(b"From: a@of.example\r\n\r\nBonjour\r\n", b"tail\r\n")


@dataclass
class StoppedClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def jitter(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("signing waits for nothing")


def signatures(from_domain: str) -> list[str]:
    """Domain and selector of each signature made for `from_domain`."""
    names = [("of.example", "a"), ("of.example", "b"), ("courrier.of.example", "c"), ("autre.example", "d")]
    signer = KeySigner([load_key(PEM, domain, selector) for domain, selector in names], StoppedClock())
    tags = [tag.strip(";") for tag in signer.sign(CONTENT, from_domain).decode().split()]
    return [tag for tag in tags if tag.startswith(("d=", "s="))]


@pytest.mark.parametrize(
    ("from_domain", "expected"),
    [
        ("of.example", ["d=of.example", "s=a", "d=of.example", "s=b"]),
        ("OF.example", ["d=of.example", "s=a", "d=of.example", "s=b"]),
        ("paris.of.example", ["d=of.example", "s=a", "d=of.example", "s=b"]),
        ("courrier.of.example", ["d=courrier.of.example", "s=c"]),
        ("x.courrier.of.example", ["d=courrier.of.example", "s=c"]),
        ("faux-of.example", []),
        ("example", []),
        ("", []),
    ],
)
def test_the_closest_domain_signs_and_no_other(from_domain: str, expected: list[str]) -> None:
    assert signatures(from_domain) == expected


def test_a_signature_bears_the_time_of_our_clock() -> None:
    signer = KeySigner([load_key(PEM, "of.example", "a")], StoppedClock())
    assert f"t={int(NOW.timestamp())};".encode() in signer.sign(CONTENT, "of.example")
