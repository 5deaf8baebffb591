"""Which servers a domain lets send in its name (RFC 7208): its record, what that includes, and the verdict on one
server. The DNS is a function handed in; nobody's record or answer raises or runs on."""

from bienrecu.protocol.spf.check import MOST_LOOKUPS, Client, Result, Verdict, check_host
from bienrecu.protocol.spf.record import Record, RecordError, read_record
from bienrecu.protocol.spf.tree import Node, Trouble, include_tree

__all__ = (
    "MOST_LOOKUPS",
    "Client",
    "Node",
    "Record",
    "RecordError",
    "Result",
    "Trouble",
    "Verdict",
    "check_host",
    "include_tree",
    "read_record",
)
