"""Whether what a server shows is what its DNS announces (RFC 7672 §3)."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256, sha512
from itertools import pairwise

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    DNSName,
    ExtensionNotFound,
    SubjectAlternativeName,
    load_der_x509_certificate,
)

from bienrecu.protocol.dane.tlsa import Tlsa

_LONGEST_CHAIN = 10


class NotTheirs(Exception):
    """The certificate is not one that the DNS announces; the text says so in English."""


def match(records: Sequence[Tlsa], chain: Sequence[bytes], name: str, now: datetime) -> Tlsa | None:
    """The record that vouches for `chain`, the server's certificates in DER, its own first. None when no record is
    usable: then TLS is needed, whoever it is with (§2.2). Raises NotTheirs."""
    usable = [record for record in records if record.is_usable]
    if not usable:
        return None
    try:
        certificates = [load_der_x509_certificate(der) for der in chain[:_LONGEST_CHAIN]]
        for record in usable:
            if certificates and _vouches(record, certificates, name, now):
                return record
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise NotTheirs("the server's certificate cannot be read") from None
    raise NotTheirs("the server's certificate is not one that its DNS announces (DANE)")


def _vouches(record: Tlsa, chain: Sequence[Certificate], name: str, now: datetime) -> bool:
    """With usage 3 neither names nor dates count (§3.1.1); with usage 2 they do, up to the announced issuer."""
    if record.usage == 3:
        return _is(record, chain[0])
    for place, certificate in enumerate(chain):
        if _is(record, certificate):
            path = chain[: place + 1]
            return _is_valid(path, now) and _is_named(chain[0], name)
    return False


def _is(record: Tlsa, certificate: Certificate) -> bool:
    whole = certificate.public_bytes(Encoding.DER)
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    shown = key if record.selector else whole
    if record.matching:
        shown = (sha256 if record.matching == 1 else sha512)(shown).digest()
    return shown == record.data


def _is_valid(path: Sequence[Certificate], now: datetime) -> bool:
    if any(not one.not_valid_before_utc <= now <= one.not_valid_after_utc for one in path):
        return False
    return all(_issued(below, above) for below, above in pairwise(path))


def _issued(below: Certificate, above: Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
        return above.extensions.get_extension_for_class(BasicConstraints).value.ca
    except (InvalidSignature, ExtensionNotFound, ValueError, TypeError):
        return False


def _is_named(certificate: Certificate, name: str) -> bool:
    try:
        names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    except ExtensionNotFound:
        return False
    parent = name.lower().partition(".")[2]
    known = [one.lower() for one in names.get_values_for_type(DNSName)]
    return name.lower() in known or f"*.{parent}" in known
