"""Signing keys: which are taken, and what is published of them."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from bienrecu.protocol.dkim import KeyRefused, dns_record, load_key, make_key

# From `openssl genrsa 512`: the library makes none that short.
RSA_512 = """
MIIBPAIBAAJBAObwJ4DAFPywaJyYjkS0D/Otmt3+itnIHtHUnzaPPVeu/FtMH+gH
l3GMKYh1sTWxpugb8P6e/Au06MxuGGMMCHECAwEAAQJBAJmvrLpUGiNnytab9+Hk
6tDB8dRWt1Tjhw8hLquCe9JDT8nx4azazyaaRxLK3ZsyYA8x59Zmzok78C33La2+
eyECIQD6yrbva7ntW3MuHpsqZyKmIt3uCO4Fy4FGyyd0IkqHjQIhAOu75COFYANS
EMc2zK79hB//6mvcWp0OEmb05QrxgKl1AiEAjj0++BfPQfHmJ7gwJSKNolCQMptZ
9GtxjOdYHyP7xVkCICYfygKwpFmFIS+Gvk2itIaUVe5Bwenah8Fc49oEOsGtAiEA
v+gchMrDOKXpUzfeiQSz2Rw1HzfJ8YU4PLjtjlfcl+U=
"""
RSA_1024 = rsa.generate_private_key(public_exponent=65537, key_size=1024)


def pem(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    return private.private_bytes(Encoding.PEM, form, NoEncryption())


def test_a_short_rsa_key_is_taken_and_said_to_be_short() -> None:
    key = load_key(pem(RSA_1024), "of.example", "s")
    assert key.is_short
    assert key.bits == 1024


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_keys_we_make_are_long_enough(kind: str) -> None:
    assert not load_key(make_key(kind), "of.example", "s").is_short


def test_keys_made_by_openssl_genrsa_are_read() -> None:
    assert load_key(pem(RSA_1024, PrivateFormat.TraditionalOpenSSL), "of.example", "s").algorithm == "rsa-sha256"


def test_a_key_that_verifiers_ignore_is_refused() -> None:
    short = f"-----BEGIN RSA PRIVATE KEY-----{RSA_512}-----END RSA PRIVATE KEY-----\n"
    with pytest.raises(KeyRefused, match="has 512 bits; it takes 2048"):
        load_key(short.encode(), "of.example", "s")


@pytest.mark.parametrize(
    ("unfit", "why"),
    [
        (pem(ec.generate_private_key(ec.SECP256R1())), "neither RSA nor Ed25519"),
        (RSA_1024.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), "not a private key"),
        (
            RSA_1024.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"open")),
            "has a passphrase",
        ),
        (b"", "not a private key"),
    ],
    ids=["elliptic-curve", "public", "passphrase", "empty"],
)
def test_what_is_no_usable_key_is_refused_with_the_reason(unfit: bytes, why: str) -> None:
    with pytest.raises(KeyRefused, match=f"The key s of of.example .*{why}"):
        load_key(unfit, "of.example", "s")


@given(st.binary(max_size=300))
def test_bytes_that_are_no_key_never_get_past(unfit: bytes) -> None:
    with pytest.raises(KeyRefused):
        load_key(b"-----BEGIN PRIVATE KEY-----\n" + unfit, "of.example", "s")


@pytest.mark.parametrize(
    ("domain", "selector"),
    [
        ("of.example;", "s"),
        ("of..example", "s"),
        ("", "s"),
        ("of.example", ""),
        ("of.example", "a b"),
        ("é.fr", "s"),
        ("a.fr\r\nX: y", "s"),
    ],
)
def test_names_that_would_break_the_signature_are_refused(domain: str, selector: str) -> None:
    with pytest.raises(KeyRefused, match="is not a name"):
        load_key(pem(RSA_1024), domain, selector)


def test_a_key_never_shows_in_a_log_line() -> None:
    assert "private" not in repr(load_key(make_key("ed25519"), "of.example", "s")).lower()


def test_the_record_of_an_rsa_key_is_its_public_half() -> None:
    name, value = dns_record(load_key(pem(RSA_1024), "OF.example", "2026a"))
    assert name == "2026a._domainkey.of.example"
    public = RSA_1024.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode().split("\n")
    assert value == "v=DKIM1; k=rsa; p=" + "".join(public[1:-2])


def test_the_record_of_an_ed25519_key_is_that_of_rfc_8463() -> None:
    # The example of appendix A.1 and A.2 of the RFC.
    private = ed25519.Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    )
    assert dns_record(load_key(pem(private), "football.example.com", "brisbane")) == (
        "brisbane._domainkey.football.example.com",
        "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    )
