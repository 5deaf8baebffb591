"""In whose name e-mails leave: a domain set up step by step against a name server, an address proven, a fall back."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.adapters.domain_keys import DomainKeys
from bienrecu.adapters.system_clock import SystemClock
from bienrecu.domain.sending_domain import DomainState, Purpose
from bienrecu.protocol.dkim import dns_record
from bienrecu.store.models import Message, Organisation, Recipient, Role, SendingDomain, User
from bienrecu.store.sealed import SealBroken, seal, unseal
from bienrecu.submission import sender_proof
from bienrecu.submission.domains import setup
from bienrecu.submission.domains.look import look, look_due
from bienrecu.submission.sender import author_of, reply_to
from tests.builders import a_user, an_organisation
from tests.dns_server import SERVFAIL, TestDnsServer
from tests.site.domains import NOW, publish, state
from tests.site.pages import HTMX, page, text
from tests.site.parties import posted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("typed", ["of-exemple.fr", "contact@OF-exemple.fr", " www.of-exemple.fr. "])
def test_a_domain_is_begun_however_it_is_typed(client: Client, organisation: Organisation, typed: str) -> None:
    response = client.post(page("domain_add"), {"name": typed})
    domain = organisation.sending_domains.get()
    assert (domain.name, response["Location"]) == ("of-exemple.fr", page("domain", domain.pk))
    client.post(page("domain_add"), {"name": typed})
    assert organisation.sending_domains.count() == 1


@pytest.mark.parametrize("typed", ["", "gmail.com", "contact@orange.fr", "of exemple", "http://of.fr/x", "a" * 400])
def test_what_is_no_domain_of_theirs_is_refused_with_words(
    client: Client, organisation: Organisation, typed: str
) -> None:
    response = client.post(page("domain_add"), {"name": typed})
    assert response.status_code == 422
    assert 'class="wrong"' in response.content.decode()
    assert not organisation.sending_domains.exists()


def test_keys_are_made_sealed_and_shown_as_the_records_to_publish(client: Client, domain: SendingDomain) -> None:
    shown = text(client.get(page("domain", domain.pk)))
    first, second = domain.keys.order_by("id")
    assert (first.signs, second.signs) == (True, False)
    for key in (first, second):
        assert f"{key.selector}._domainkey" in shown
        assert key.record in shown
        assert b"PRIVATE" not in bytes(key.sealed)
        assert b"PRIVATE" in unseal(key.sealed)
    assert "pct=" not in shown


def test_a_seal_opens_under_its_own_key_only(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = seal(b"secret")
    assert unseal(sealed) == b"secret"
    monkeypatch.setattr(settings, "SECRET_KEY", "another key that is long enough for anybody")
    with pytest.raises(SealBroken):
        unseal(sealed)


def test_from_nothing_to_verified_to_broken_to_fallen_back_and_again(
    names: TestDnsServer, domain: SendingDomain, organisation: Organisation
) -> None:
    organisation.sender_address = "contact@of-exemple.fr"
    organisation.save()
    assert look(domain, NOW) == DomainState.WAITING
    publish(names, domain, Purpose.POLICY)
    assert look(domain, NOW) == DomainState.WAITING
    publish(names, domain)
    assert look(domain, NOW) == DomainState.VERIFIED
    publish(names, domain, Purpose.KEY)
    assert look(domain, NOW) == DomainState.BROKEN
    assert str(author_of(organisation).address) == "contact@of-exemple.fr"
    assert look(domain, NOW + timedelta(hours=23)) == DomainState.BROKEN
    assert look(domain, NOW + timedelta(hours=24)) == DomainState.FALLEN_BACK
    assert author_of(organisation).address.domain == settings.BIENRECU.platform_address.domain
    assert str(reply_to(organisation).address) == "contact@of-exemple.fr"  # type: ignore[union-attr]
    publish(names, domain)
    assert look(domain, NOW + timedelta(hours=30)) == DomainState.VERIFIED
    assert str(author_of(organisation).address) == "contact@of-exemple.fr"
    told = Recipient.objects.order_by("id").values_list("subject", flat=True)
    assert list(told) == [f"of-exemple.fr : {word}" for word in ("Vérifié", "Cassé", "Mis de côté", "Vérifié")]


def test_name_servers_that_do_not_answer_break_nothing(names: TestDnsServer, domain: SendingDomain) -> None:
    publish(names, domain)
    look(domain, NOW)
    for name in list(names.zones):
        names.zones[name] = [SERVFAIL]
    assert look(domain, NOW + timedelta(days=1)) == DomainState.VERIFIED
    domain.refresh_from_db()
    assert domain.returns_ready


def test_each_state_is_looked_at_in_its_own_time(names: TestDnsServer, domain: SendingDomain) -> None:
    assert look_due(NOW) == 0  # nobody has asked yet
    publish(names, domain)
    look(domain, NOW)
    assert look_due(NOW + timedelta(hours=23)) == 0
    assert look_due(NOW + timedelta(hours=24)) == 1
    names.zones.clear()
    assert look_due(NOW + timedelta(hours=49)) == 1
    assert state(domain) == DomainState.BROKEN
    assert look_due(NOW + timedelta(hours=50)) == 1


def test_the_page_says_what_the_dns_answers(client: Client, names: TestDnsServer, domain: SendingDomain) -> None:
    names.zones[f"{domain.keys.order_by('id')[0].selector}._domainkey.of-exemple.fr"] = [("TXT", '"v=DKIM1; p=AAAA"')]
    names.zones["of-exemple.fr"] = [("MX", "0 .")]
    response = client.post(page("domain_check", domain.pk), headers=HTMX)
    shown = text(response)
    assert "En attente du DNS" in shown
    assert "v=DKIM1; p=AAAA" in shown
    assert "hx-trigger" in response.content.decode()
    SendingDomain.objects.update(checked_at=None)
    publish(names, domain)
    response = client.post(page("domain_check", domain.pk), headers=HTMX)
    assert "Vérifié" in text(response)
    assert "hx-trigger" not in response.content.decode()


def test_a_hostile_answer_is_shown_as_text_and_bounded(
    client: Client, names: TestDnsServer, domain: SendingDomain
) -> None:
    names.zones["_dmarc.of-exemple.fr"] = [("TXT", '"v=DMARC1; <script>alert(1)</script>"')] * 2
    client.post(page("domain_check", domain.pk))
    shown = client.get(page("domain", domain.pk)).content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


def test_looking_at_the_page_asks_nobody(client: Client, names: TestDnsServer, domain: SendingDomain) -> None:
    client.get(page("domain", domain.pk))
    client.get(page("sender"))
    assert names.questions == []
    assert client.get(page("domain_check", domain.pk)).status_code == 405


def verified(names: TestDnsServer, domain: SendingDomain) -> None:
    publish(names, domain)
    assert look(domain, timezone.now()) == DomainState.VERIFIED


def test_an_address_is_used_once_its_reader_has_agreed(
    client: Client, names: TestDnsServer, domain: SendingDomain, organisation: Organisation
) -> None:
    verified(names, domain)
    client.post(page("sender"), {"sender_address": "contact@of-exemple.fr", "reply_address": ""})
    organisation.refresh_from_db()
    assert organisation.sender_address == ""
    proof = organisation.sender_proofs.get()
    assert Message.objects.filter(key=f"sender-proof:{proof.pk}", recipients__address="contact@of-exemple.fr").exists()
    link = reverse("sender_proof", args=[proof.token])
    client.logout()
    assert client.get(link).status_code == 200
    organisation.refresh_from_db()
    assert organisation.sender_address == ""
    assert "contact@of-exemple.fr" in text(client.post(link))
    organisation.refresh_from_db()
    assert organisation.sender_address == "contact@of-exemple.fr"
    assert client.get(link).status_code == 404


def test_a_link_is_good_for_seven_days_and_the_last_one_only(organisation: Organisation, administrator: User) -> None:
    first = sender_proof.ask(organisation, author_of(organisation).address, administrator)
    second = sender_proof.ask(organisation, author_of(organisation).address, administrator)
    assert sender_proof.find(first.token) is None
    assert sender_proof.find(second.token) == second
    type(second).objects.update(created_at=timezone.now() - timedelta(days=8))
    assert sender_proof.find(second.token) is None


@pytest.mark.parametrize(
    ("address", "words"),
    [("nous@gmail.com", "ne peut pas servir d'adresse d'envoi"), ("nous@ailleurs.fr", "n'est pas encore vérifié")],
)
def test_an_address_that_would_be_refused_is_told_beside_its_field(
    client: Client, organisation: Organisation, address: str, words: str
) -> None:
    response = client.post(page("sender"), {"sender_address": address, "reply_address": ""})
    assert response.status_code == 422
    assert words in text(response)
    assert not organisation.sender_proofs.exists()


def test_replies_to_a_public_service_are_kept_with_a_warning(client: Client, organisation: Organisation) -> None:
    response = client.post(page("sender"), {"sender_address": "", "reply_address": "nous@orange.fr"}, follow=True)
    assert "messagerie publique" in text(response)
    organisation.refresh_from_db()
    assert organisation.reply_address == "nous@orange.fr"


def test_the_engine_gets_the_key_and_the_way_back_of_a_verified_domain(
    names: TestDnsServer, domain: SendingDomain
) -> None:
    assert DomainKeys(SystemClock()).read("of-exemple.fr").keys == ()
    verified(names, domain)
    engine = DomainKeys(SystemClock())
    own = engine.read("of-exemple.fr")
    assert own.returns == "of-exemple.fr"
    (key,) = own.keys
    signing = domain.keys.get(signs=True)
    assert dns_record(key) == (f"{signing.selector}._domainkey.of-exemple.fr", signing.record)
    assert engine.known("of-exemple.fr") == own.keys
    assert engine.known("ailleurs.fr") == ()


def test_a_removed_domain_takes_its_address_along(
    client: Client, domain: SendingDomain, organisation: Organisation
) -> None:
    Organisation.objects.update(sender_address="contact@of-exemple.fr")
    client.post(page("domain_remove", domain.pk))
    organisation.refresh_from_db()
    assert organisation.sender_address == ""
    assert not organisation.sending_domains.exists()


def test_domains_of_others_are_not_seen(client: Client, domain: SendingDomain) -> None:
    other = a_user(Role.ADMINISTRATOR, an_organisation(slug="autre"))
    client.force_login(other)
    assert client.get(reverse("domain", args=["autre", domain.pk])).status_code == 404
    assert client.post(reverse("domain_check", args=["autre", domain.pk])).status_code == 404
    assert client.post(reverse("domain_remove", args=["autre", domain.pk])).status_code == 404
    mine = setup.add(other.organisations.get(), "of-exemple.fr", other)
    assert not set(mine.keys.values_list("selector", flat=True)) & set(domain.keys.values_list("selector", flat=True))


@pytest.mark.parametrize("role", [Role.READER, Role.SENDER])
def test_only_administrators_choose_the_sender(client: Client, role: Role, organisation: Organisation) -> None:
    client.force_login(a_user(role, organisation))
    assert client.get(page("sender")).status_code == 403
    assert client.post(page("domain_add"), {"name": "of-exemple.fr"}).status_code == 403


def test_an_address_that_whoever_runs_this_answers_for_stays(organisation: Organisation, domain: SendingDomain) -> None:
    """Beginning to set a domain up must not stop what works."""
    organisation.sender_address = "contact@of-exemple.fr"
    assert str(author_of(organisation).address) == "contact@of-exemple.fr"
    assert re.fullmatch(r"contact@of-exemple\.fr", posted(organisation=_saved(organisation))[0].message.author_address)


def _saved(organisation: Organisation) -> Organisation:
    organisation.save()
    return organisation
