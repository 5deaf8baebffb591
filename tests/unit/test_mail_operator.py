import pytest

from bienrecu.domain.mail_operator import operator_of

KNOWN = {
    "smtp-in.orange.fr": "Orange",
    "gmail-smtp-in.l.google.com": "Gmail",
    "alt2.gmail-smtp-in.l.google.com.": "Gmail",
    "ASPMX.L.GOOGLE.COM": "Google",
    "ecole-fr.mail.protection.outlook.com": "Microsoft 365",
    "hotmail-com.olc.protection.outlook.com": "Outlook.com",
    "mx1-eu1.ppe-hosted.com": "Proofpoint",
    "orange.fr": "Orange",
}


@pytest.mark.parametrize(("host", "name"), KNOWN.items())
def test_a_known_operator_goes_by_its_name(host: str, name: str) -> None:
    assert operator_of(host) == name


@pytest.mark.parametrize("host", ["", "mx.entreprise.fr", "orange.fr.exemple.net", "pasorange.fr", "fr", "192.0.2.7"])
def test_nobody_is_taken_for_somebody_else(host: str) -> None:
    assert operator_of(host) == ""
