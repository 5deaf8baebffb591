"""How sure we are of a reason that a server's or a report's words were found to say."""

from typing import Literal

from bienrecu.domain.reason import Reason, facts

Certainty = Literal["sure", "likely", "guess"]
"""sure: the server said so in a sentence that we know or in its operator's code; likely: its words together or its
enhanced code say so; guess: all we have is a reply code, or nothing. The values are stored, and keep their meaning."""


def sets_aside(reason: Reason | None, certainty: Certainty | None) -> bool:
    """Whether an address that failed for `reason` is not written to any more: by its own fault, and not by a guess.

    Without a certainty nobody's words were judged: it is what we saw ourselves."""
    return reason is not None and facts(reason).suppresses and certainty != "guess"
