"""The phases of a session, and how long each may last (RFC 5321 §4.5.3.2)."""

from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """In the order in which they come."""

    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"
    """The final dot has gone out, or may have."""
    RESET = "reset"
    """RSET, or the lone dot that ends an unwanted DATA (RFC 2920 §3.1): never what decides."""
    QUIT = "quit"


# Seconds. Those the standard does not give (connect, reset, quit) are ours: nobody's message hangs on them.
TIMEOUT: Final = {
    Stage.CONNECT: 30.0,
    Stage.GREETING: 300.0,
    Stage.EHLO: 300.0,
    Stage.STARTTLS: 300.0,
    Stage.AUTH: 300.0,
    Stage.MAIL: 300.0,
    Stage.RCPT: 300.0,
    Stage.DATA: 120.0,
    Stage.DOT: 600.0,
    Stage.RESET: 20.0,
    Stage.QUIT: 2.0,
}

BLOCK_TIMEOUT: Final = 180.0
"""For each block of the message to be taken by the other side."""
