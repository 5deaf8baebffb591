"""Tokens that only we can have made: in return addresses, in the links of a message.

A token names one recipient: 16 characters of base32 in lower case (80 random bits), kept in the store. Its
signature is 10 more (50 bits of HMAC-SHA256): short enough for an address, and a guess costs a conversation
with our server."""

import hashlib
import hmac
import re
from base64 import b32encode
from typing import Literal

Purpose = Literal["return", "report", "confirm", "image", "consent", "download", "unsubscribe"]
"""What a signature is good for: the link that loads the image must not be able to confirm."""

TOKEN_LENGTH = 16
SIGNATURE_LENGTH = 10
SIGNED_LENGTH = TOKEN_LENGTH + SIGNATURE_LENGTH

_BASE32 = re.compile("[a-z2-7]+")


def is_token(text: str) -> bool:
    """Whether it has the form of one: nobody has signed it yet."""
    return len(text) == TOKEN_LENGTH and _BASE32.fullmatch(text) is not None


def sign(secret: bytes, purpose: Purpose, token: str) -> str:
    """`token` and its signature, SIGNED_LENGTH characters. Raises ValueError when `token` is none."""
    if not is_token(token):
        raise ValueError(f"A token is {TOKEN_LENGTH} characters of a-z2-7, not {token!r}.")
    return token + _signature(secret, purpose, token)


def verify(secret: bytes, purpose: Purpose, signed: str) -> str | None:
    """The token in `signed`, in whatever case it came back; None unless we signed it for `purpose`."""
    signed = signed.lower()
    if len(signed) != SIGNED_LENGTH or not _BASE32.fullmatch(signed):
        return None
    token, signature = signed[:TOKEN_LENGTH], signed[TOKEN_LENGTH:]
    return token if hmac.compare_digest(signature, _signature(secret, purpose, token)) else None


def _signature(secret: bytes, purpose: Purpose, token: str) -> str:
    digest = hmac.digest(secret, f"{purpose}\0{token}".encode(), hashlib.sha256)
    return b32encode(digest)[:SIGNATURE_LENGTH].decode().lower()
