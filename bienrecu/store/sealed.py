"""Secrets in the database: sealed with a key that only the installation's secret key gives."""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBroken(ValueError):
    """It was sealed under another secret key, or is damaged."""


def seal(secret: bytes) -> bytes:
    """Sealed under the secret key of this installation."""
    return _fernet(settings.SECRET_KEY).encrypt(secret)


def unseal(sealed: bytes) -> bytes:
    """Raises SealBroken."""
    try:
        return _fernet(settings.SECRET_KEY).decrypt(bytes(sealed))
    except InvalidToken:
        raise SealBroken from None


@lru_cache(maxsize=4)
def _fernet(secret_key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"bienrecu sealed secrets").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
