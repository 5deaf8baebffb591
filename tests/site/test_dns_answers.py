"""All that the DNS answers about a domain: what each answer means, asked of a real name server within bounds."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.test import Client

from bienrecu.advice.dns_answers import key_answer
from bienrecu.config import parsers
from bienrecu.domain.dns_answer import Level
from bienrecu.protocol.dkim import dns_record, load_key
from bienrecu.store.models import Organisation, SendingDomain, User
from bienrecu.wording import dns_answers as words
from tests.dns_server import SERVFAIL, TestDnsServer
from tests.site.domains import publish
from tests.site.pages import page, text

pytestmark = pytest.mark.django_db
D, OURS, HELLO, RETURNS = "of-exemple.fr", "192.0.2.25", "mx.plateforme.example", "returns.plateforme.example"


def rsa(bits: int) -> str:
    key = generate_private_key(65537, bits)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return dns_record(load_key(pem, "of.example", "a"))[1]


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ([rsa(2048)], "fine"),
        ([rsa(1024)], "short"),
        ([rsa(2048) + "; t=y"], "testing"),
        (["v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="], "modern"),
        (["v=DKIM1; k=rsa; p="], "revoked"),
        (["v=DKIM1; p=AAAA"], "unreadable"),
        (["v=DKIM1; p=%%%"], "unreadable"),
        (["v=DKIM1; p=AAAA", "v=DKIM1; p=BBBB"], "several"),
        (["hello"], "missing"),
        ([], "missing"),
        (None, "silent"),
    ],
)
def test_a_key_says_its_kind_and_length(found: list[str] | None, code: str) -> None:
    assert key_answer("a._domainkey.of.example", found).code == code


@pytest.fixture
def asked(client: Client, names: TestDnsServer, domain: SendingDomain, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(settings.BIENRECU, "hostname", HELLO)
    monkeypatch.setattr(settings.BIENRECU, "sending_addresses", (OURS,))
    monkeypatch.setattr(settings.BIENRECU, "return_path", "r.{token}@returns.plateforme.example")
    publish(names, domain)
    names.zones |= {
        D: [("MX", f"10 mx.{D}."), ("TXT", '"v=spf1 include:_spf.other.example -all"')],
        f"mx.{D}": [("A", "192.0.2.1")],
        "_spf.other.example": [("TXT", '"v=spf1 ip4:192.0.2.0/28 -all"')],
        "25.2.0.192.in-addr.arpa": [("PTR", f"{HELLO}.")],
        HELLO: [("A", OURS)],
        RETURNS: [("TXT", f'"v=spf1 ip4:{OURS} -all"')],
    }

    def ask(**zones: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
        names.zones |= {name.replace("__", "."): records for name, records in zones.items()}
        SendingDomain.objects.update(answered_at=None)
        assert client.post(page("domain_answers", domain.pk)).status_code == 302
        kept = SendingDomain.objects.get().answers
        return {(one["topic"], one["name"]): one["code"] for one in kept}

    return ask


def test_a_domain_in_good_order(asked: Any, client: Client, domain: SendingDomain) -> None:
    found = asked()
    selector = domain.keys.get(signs=True).selector
    expected = {
        ("key", f"{selector}._domainkey.{D}"): "fine",
        ("policy", f"_dmarc.{D}"): "none",
        ("spf", D): "fine",
        ("mailbox", D): "fine",
        ("server", OURS): "fine",
        ("returns", RETURNS): "pass",
        ("secure", f"_mta-sts.{D}"): "missing",
        ("reports", f"_smtp._tls.{D}"): "fine",
    }
    assert {one: found.get(one) for one in expected} == expected
    assert not any(topic == "list" for topic, _name in found)  # none is asked unless it was set
    shown = text(client.get(page("domain_answers", domain.pk)))
    for said in (
        "1 des 10 recherches permises",
        "_spf.other.example: v=spf1 ip4",
        "2048 bits",
        "mènent l'un à l'autre",
    ):
        assert said in shown.replace("\u2019", "'")


@pytest.mark.parametrize(
    ("zones", "topic", "name", "code"),
    [
        ({D: [("TXT", '"v=spf1 a -all"'), ("TXT", '"v=spf1 -all"')]}, "spf", D, "several"),
        ({D: [("TXT", '"v=spf1 +all"')]}, "spf", D, "everybody"),
        ({D: [("TXT", '"v=spf1 include:nothing.example -all"')]}, "spf", D, "spoilt"),
        ({D: [("TXT", '"v=spf1 ' + " ".join(f"a:h{n}.example" for n in range(11)) + ' -all"')]}, "spf", D, "too_many"),
        ({D: [("MX", "0 .")]}, "mailbox", D, "none"),
        ({f"mx.{D}": [("TXT", '"x"')]}, "mailbox", D, "nowhere"),
        ({D: [("TXT", '"x"')]}, "mailbox", D, "missing"),
        ({D: [("A", "192.0.2.3")]}, "mailbox", D, "implicit"),
        ({D: [SERVFAIL]}, "mailbox", D, "silent"),
        ({f"_dmarc.{D}": [("TXT", '"v=DMARC1; p=reject; pct=50"')]}, "policy", f"_dmarc.{D}", "reject_old"),
        ({f"_dmarc.{D}": [("TXT", '"v=DMARC1; p=reject; aspf=s"')]}, "policy", f"_dmarc.{D}", "strict"),
        ({f"_dmarc.{D}": [("TXT", '"v=DMARC1; rua=mailto:a@b.example"')]}, "policy", f"_dmarc.{D}", "wrong"),
        ({f"_dmarc.{D}": [("TXT", '"x"')]}, "policy", f"_dmarc.{D}", "missing"),
        ({"25.2.0.192.in-addr.arpa": [("TXT", '"x"')]}, "server", OURS, "nameless"),
        ({"25.2.0.192.in-addr.arpa": [("PTR", "elsewhere.example.")]}, "server", OURS, "one_way"),
        ({HELLO: [("A", "192.0.2.99")], "25.2.0.192.in-addr.arpa": [("PTR", "o.example.")], "o.example": [("A", OURS)]},
         "server", OURS, "other_greeting"),
        ({RETURNS: [("TXT", '"v=spf1 -all"')]}, "returns", RETURNS, "refused"),
        ({f"_mta-sts.{D}": [("TXT", '"v=STSv1; id=20270105"')]}, "secure", f"_mta-sts.{D}", "fine"),
        ({f"_smtp._tls.{D}": [("TXT", '"v=TLSRPTv1; rua=mailto:a@b.example"')]}, "reports", f"_smtp._tls.{D}", "fine"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(
    asked: Any,
    client: Client,
    domain: SendingDomain,
    zones: dict[str, Any],
    topic: str,
    name: str,
    code: str,
) -> None:
    assert asked(**zones)[topic, name] == code
    (kept,) = [one for one in SendingDomain.objects.get().answers if (one["topic"], one["name"]) == (topic, name)]
    assert words.sentence(kept)
    assert client.get(page("domain_answers", domain.pk)).status_code == 200


def test_lists_that_were_set_are_asked(asked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = tuple(parsers.blocklist(one) for one in ("bl.example", "domain:dbl.example", "refuses.example"))
    monkeypatch.setattr(settings.BIENRECU, "blocklists", lists)
    found = asked(
        **{"25.2.0.192.bl.example": [("A", "127.0.0.2")], "25.2.0.192.refuses.example": [("A", "127.255.255.254")]}
    )
    kept = [one for one in SendingDomain.objects.get().answers if one["topic"] == "list"]
    assert [(one["known"]["list"], one["code"]) for one in kept] == [
        ("bl.example", "listed"),
        ("refuses.example", "silent"),
        ("dbl.example", "fine"),
    ]
    assert found["list", D] == "fine"


def test_every_code_has_its_sentence_and_a_level() -> None:
    for topic, sentences in words._MEANINGS.items():
        assert words.topic(topic).title
        assert all(sentences.values())
    assert {level.value for level in Level} == {"fine", "optional", "note", "wrong", "unknown"}


def test_a_hostile_zone_ends_and_is_shown_as_text(asked: Any, client: Client, domain: SendingDomain) -> None:
    many = " ".join(f"include:n{n}.example" for n in range(20))
    zones = {f"n{n}.example": [("TXT", f'"v=spf1 {many} -all"')] for n in range(20)}
    zones[D] = [("TXT", '"v=spf1 include:n0.example <script>alert(1)</script> -all"'), ("MX", "10 <x>.example.")]
    asked(**zones)
    shown = client.get(page("domain_answers", domain.pk)).content.decode()
    assert "<script>alert" not in shown
    assert len(SendingDomain.objects.get().answers) < 30


def test_nobody_is_asked_by_looking(client: Client, names: TestDnsServer, domain: SendingDomain) -> None:
    assert client.get(page("domain_answers", domain.pk)).status_code == 200
    assert names.questions == []
    assert Organisation.objects.count() == 1
    assert User.objects.count() == 1
