"""Which certificate a mail server must show, by its own DNS (DANE: RFC 6698, RFC 7672)."""

from bienrecu.protocol.dane.match import NotTheirs, match
from bienrecu.protocol.dane.tlsa import Tlsa, read_tlsa

__all__ = ("NotTheirs", "Tlsa", "match", "read_tlsa")
