"""Signing keys: made, read, published (RFC 6376 §3.6, RFC 8301, RFC 8463)."""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

Algorithm = Literal["rsa-sha256", "ed25519-sha256"]

_REFUSED_BELOW, _ADVISED = 1024, 2048
_PKCS1, _SHA256 = PKCS1v15(), SHA256()
_LABEL = "[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)


class KeyRefused(ValueError):
    """Mail cannot be signed with this; the text says why, in English, and never shows the key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A private key, ready for use, and where its public half is published. `bits` is the size of an RSA modulus."""

    domain: str
    selector: str
    algorithm: Algorithm
    bits: int
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False, compare=False)

    @property
    def is_short(self) -> bool:
        """An RSA key that verifiers accept, shorter than the 2048 bits that RFC 8301 §3.2 asks of signers."""
        return self.algorithm == "rsa-sha256" and self.bits < _ADVISED

    def sign(self, data: bytes) -> bytes:
        """The signature of `data`, or of its SHA-256 with Ed25519 (RFC 8463 §3)."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, _PKCS1, _SHA256)
        return self.private.sign(sha256(data).digest())


def load_key(pem: bytes, domain: str, selector: str) -> Key:
    """`domain` in its ASCII form. Raises KeyRefused."""
    for name in (domain, selector):
        if not _NAME.fullmatch(name):
            raise KeyRefused(f"{name!r} is not a name the DNS can hold")
    try:
        private = load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise KeyRefused(f"The key {selector} of {domain} has a passphrase; remove it first") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyRefused(f"The key {selector} of {domain} is not a private key in PEM") from error
    if isinstance(private, Ed25519PrivateKey):
        return Key(domain.lower(), selector, "ed25519-sha256", 256, private)
    if not isinstance(private, RSAPrivateKey):
        raise KeyRefused(f"The key {selector} of {domain} is neither RSA nor Ed25519")
    if private.key_size < _REFUSED_BELOW:
        raise KeyRefused(f"The key {selector} of {domain} has {private.key_size} bits; it takes 2048")
    return Key(domain.lower(), selector, "rsa-sha256", private.key_size, private)


def make_key(kind: Literal["rsa", "ed25519"]) -> bytes:
    """A new private key, unencrypted PKCS#8 in PEM; RSA ones have 2048 bits, what fits most DNS panels."""
    private: RSAPrivateKey | Ed25519PrivateKey
    if kind == "rsa":
        private = generate_private_key(public_exponent=65537, key_size=_ADVISED)
    else:
        private = Ed25519PrivateKey.generate()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def dns_record(key: Key) -> tuple[str, str]:
    """Name and value of the TXT record to publish (RFC 6376 §3.6.1).

    The value is whole: whoever publishes it cuts it into strings of 255 octets."""
    if isinstance(key.private, RSAPrivateKey):
        kind, public = (
            "rsa",
            key.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        )
    else:
        kind, public = "ed25519", key.private.public_key().public_bytes_raw()
    return f"{key.selector}._domainkey.{key.domain}", f"v=DKIM1; k={kind}; p={b64encode(public).decode()}"
