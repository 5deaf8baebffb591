"""An organisation's own mail account: tried before it is used, each failure in words, never an address inside."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation

from bienrecu.adapters.account_router import AccountRouter
from bienrecu.adapters.dns_lookup import DnsLookup
from bienrecu.adapters.relay_accounts import Account, RelayAccounts
from bienrecu.adapters.system_clock import SystemClock
from bienrecu.delivery.ports import Login, RouteError
from bienrecu.domain.reason import Reason
from bienrecu.domain.relay_account import Security, Trouble, account_of, destination_of
from bienrecu.processes.deliver import may_be_reached
from bienrecu.store.models import AuditEntry, Organisation, Recipient, RelayAccount, Role
from bienrecu.store.sealed import unseal
from bienrecu.submission.relay import account, trial
from bienrecu.submission.sender import author_of, sender_problems
from bienrecu.wording import relay_account as words
from tests.builders import a_user, an_organisation
from tests.fakes import FakeRouter
from tests.site.mail_account import ADDRESS, HOST, PASSWORD, USER, MailServer
from tests.site.pages import page, text
from tests.site.parties import posted

pytestmark = pytest.mark.django_db


def kept() -> RelayAccount:
    return RelayAccount.objects.get()


def test_an_account_that_works_is_used(client: Client, mail_server: MailServer, organisation: Organisation) -> None:
    said = text(client.post(page("relay"), mail_server.form(), follow=True))
    assert "vos e-mails partent désormais par lui" in said
    row = kept()
    assert (row.trouble, row.returns_to_us, unseal(row.sealed).decode()) == ("", True, PASSWORD)
    assert PASSWORD.encode() not in bytes(row.sealed)
    assert mail_server.door.sent == []
    assert str(author_of(Organisation.objects.get()).address) == ADDRESS
    assert AuditEntry.objects.filter(action="relay_account_set").exists()
    assert PASSWORD not in client.get(page("relay")).content.decode()


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        ({"password": "faux"}, Trouble.LOGIN_REFUSED),
        ({"host": "nowhere.of-exemple.fr"}, Trouble.HOST_UNKNOWN),
        ({"host": "other.of-exemple.fr"}, Trouble.NOT_TRUSTED),
        ({"port": 9}, Trouble.UNREACHABLE),
        ({"security": "clear"}, Trouble.NO_LOGIN),
        ({"security": "tls"}, Trouble.NOT_TRUSTED),
    ],
)
def test_what_does_not_work_is_said_in_words_and_changes_nothing(
    client: Client, mail_server: MailServer, organisation: Organisation, change: dict[str, Any], trouble: Trouble
) -> None:
    response = client.post(page("relay"), mail_server.form(**change))
    assert response.status_code == 422
    shown = text(response)
    assert "Rien n'a été changé." in shown
    with translation.override("fr"):
        assert " ".join(words.trouble(trouble).split())[:40] in shown
    assert not RelayAccount.objects.exists()


def test_a_server_that_takes_its_own_return_address_only_gets_it(
    client: Client, mail_server: MailServer, organisation: Organisation
) -> None:
    mail_server.door.takes_ours = False
    shown = text(client.post(page("relay"), mail_server.form(), follow=True))
    assert "impose sa propre adresse" in shown
    assert kept().returns_to_us is False
    known = RelayAccounts(SystemClock()).read(kept().pk)
    assert known == Account(HOST, mail_server.port, Security.STARTTLS, Login(USER, PASSWORD), ADDRESS)
    mail_server.door.takes_own = False
    response = client.post(page("relay"), mail_server.form())
    assert "Sender address rejected" in text(response)
    assert "depuis cette adresse" in text(response)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.1.2.3", "fd00::1", HOST])
def test_an_address_inside_is_never_talked_to(
    client: Client, mail_server: MailServer, organisation: Organisation, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings.BIENRECU, "allow_private_addresses", False)
    called = []
    monkeypatch.setattr(trial, "Line", lambda *arguments: called.append(arguments))
    response = client.post(page("relay"), mail_server.form(host=host, port=587))
    assert "réseau privé" in text(response)
    assert not called


def test_ports_that_are_not_for_mail_are_refused(
    client: Client, mail_server: MailServer, organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings.BIENRECU, "allow_private_addresses", False)
    response = client.post(page("relay"), mail_server.form(port=6379))
    assert "On ne remet pas d'e-mails à ce port" in text(response).replace("’", "'")
    assert "Aucun (votre propre réseau" not in text(response)


def test_the_stored_password_goes_to_no_other_server(
    client: Client, mail_server: MailServer, organisation: Organisation
) -> None:
    client.post(page("relay"), mail_server.form())
    assert client.post(page("relay"), mail_server.form(password="")).status_code == 302
    response = client.post(page("relay"), mail_server.form(password="", host="other.of-exemple.fr"))
    assert "n'est gardé que pour le même serveur" in text(response)
    assert kept().host == HOST


def test_mail_waits_for_the_account_and_rehearsals_do_not(
    client: Client, mail_server: MailServer, organisation: Organisation
) -> None:
    client.post(page("relay"), mail_server.form())
    people = ("paul@client.example", "accepte@simulator.invalid")
    rows = posted(*people, organisation=Organisation.objects.get())
    assert [row.destination for row in rows] == [destination_of(kept().pk), "simulator.invalid"]
    assert rows[0].message.author_address == ADDRESS
    assert "1 e-mail attend encore" in text(client.get(page("relay")))
    client.post(page("relay_remove"))
    assert not RelayAccount.objects.exists()


def test_a_mailbox_of_a_public_service_may_send_through_its_own_server(
    client: Client, mail_server: MailServer, organisation: Organisation
) -> None:
    client.post(page("relay"), mail_server.form(address="of.exemple@gmail.com"))
    assert sender_problems(Organisation.objects.get()) == []


def test_a_daily_try_keeps_what_it_met(client: Client, mail_server: MailServer, organisation: Organisation) -> None:
    client.post(page("relay"), mail_server.form())
    assert account.try_due(timezone.now()) == 0
    mail_server.names.zones.pop(HOST)
    assert account.try_due(timezone.now() + timezone.timedelta(days=1)) == 1
    assert kept().trouble == Trouble.HOST_UNKNOWN
    assert "ne fonctionnait pas" in text(client.get(page("sender")))
    assert "Aucun serveur ne porte ce nom" in text(client.get(page("relay")))


async def routed(mail_server: MailServer, found: Account | None, address: str = destination_of(7)) -> Any:
    async def read(id: int) -> Account | None:
        return found

    lookup = DnsLookup(settings.BIENRECU.dns_servers, SystemClock())
    return await AccountRouter(FakeRouter(), read, lookup, may_be_reached).route(address)


async def test_the_engine_goes_through_the_account(mail_server: MailServer) -> None:
    route = await routed(mail_server, Account(HOST, 587, Security.STARTTLS, Login(USER, PASSWORD)))
    (host,) = route.hosts
    assert (host.name, host.addresses, host.port) == (HOST, ("127.0.0.1",), 587)
    assert (host.require_tls, host.implicit_tls, host.login) == (True, False, Login(USER, PASSWORD))
    assert (route.is_final, account_of(route.provider)) == (False, 7)


async def test_the_engine_never_goes_inside_whatever_the_dns_says_by_then(
    mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings.BIENRECU, "allow_private_addresses", False)
    with pytest.raises(RouteError, match="not public") as refused:
        await routed(mail_server, Account(HOST, 587, Security.STARTTLS, Login(USER, PASSWORD)))
    assert (refused.value.reason, refused.value.permanent) == (Reason.SUBMISSION_REFUSED, False)


async def test_mail_of_an_account_that_is_gone_says_so(mail_server: MailServer) -> None:
    with pytest.raises(RouteError, match="is gone") as refused:
        await routed(mail_server, None)
    assert refused.value.permanent


def test_accounts_of_others_are_not_seen(client: Client, mail_server: MailServer, organisation: Organisation) -> None:
    client.post(page("relay"), mail_server.form())
    other = a_user(Role.ADMINISTRATOR, an_organisation(slug="autre"))
    client.force_login(other)
    shown = client.get("/o/autre/reglages/expediteur/compte").content.decode()
    assert HOST not in shown
    assert client.post("/o/autre/reglages/expediteur/compte/retirer").status_code == 302
    assert RelayAccount.objects.count() == 1
    assert Recipient.objects.count() == 0
