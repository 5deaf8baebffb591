"""DKIM signing (RFC 6376, RFC 8463)."""

from bienrecu.protocol.dkim.key import Key, KeyRefused, dns_record, load_key, make_key
from bienrecu.protocol.dkim.sign import sign

__all__ = ("Key", "KeyRefused", "dns_record", "load_key", "make_key", "sign")
