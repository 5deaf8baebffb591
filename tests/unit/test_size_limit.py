import pytest

from bienrecu.diagnosis.size_limit import size_limit_in

SAID = {
    "552 5.2.2 Mailbox full, quota 100 MB exceeded": 100_000_000,
    "552 5.2.2 user over quota (1.5 GB)": 1_500_000_000,
    "552 5.2.2 Boîte pleine : quota de 1 Go dépassé": 1_000_000_000,
    "452 4.2.2 quota exceeded 512000K": 512_000_000,
    "552 5.3.4 Message size exceeds fixed maximum message size (10485760)": 10_485_760,
    "552 5.3.4 message size 25000000 exceeds size limit 20971520 of server mx.exemple.fr[192.0.2.7]": 20_971_520,
    "5.3.4 the message has 30000000 octets, the server takes 10240000": 10_240_000,
    "552 5.2.3 Message exceeds the 36 MB limit": 36_000_000,
    "552-5.3.4 Trop gros,\r\n552 5.3.4 taille maximale autorisée : 25 Mo": 25_000_000,
}
SAYS_NONE = [
    "552 5.2.2 <plein@exemple.fr>: Mailbox full, quota exceeded",
    "552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]",
    "552-5.2.2 The recipient's inbox is over quota. https://support.google.com/mail/?p=OverQuotaPerm 12si123456789.1",
    "421 4.7.0 maximum 20 connections; id 123456789",
    "552 5.2.2 quota 999999999999999999 bytes",
    "552 5.3.4 limit 0",
    "",
]


@pytest.mark.parametrize(("words", "octets"), SAID.items())
def test_the_limit_that_a_server_names_is_found(words: str, octets: int) -> None:
    assert size_limit_in(words) == octets


@pytest.mark.parametrize("words", SAYS_NONE)
def test_no_limit_is_made_up(words: str) -> None:
    assert size_limit_in(words) is None


def test_a_long_reply_costs_little() -> None:
    assert size_limit_in("quota exceeded limit 1 " * 100_000) is None
