"""What many tests begin with: an organisation, who looks after it, a name server, what e-mails leave through."""

import ssl
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.test import Client

from bienrecu.processes import logs, running
from bienrecu.store.models import Organisation, Role, SendingDomain, User
from bienrecu.submission.domains import setup
from tests.acceptance.ports import free_port
from tests.builders import a_user, an_organisation
from tests.dns_server import TestDnsServer
from tests.engine.scripted_server import self_signed
from tests.site.mail_account import HOST, Door, MailServer, let_in
from tests.site.warming_up import NOW


@pytest.fixture
def administrator(client: Client) -> User:
    """Logged in at `client`; reads French."""
    user = a_user(Role.ADMINISTRATOR, an_organisation(name="Formation Exemple", slug="of"), language="fr")
    client.force_login(user)
    return user


@pytest.fixture
def organisation(administrator: User) -> Organisation:
    """The administrator's, whose pages are those of `pages.page`."""
    return administrator.organisations.get()


@pytest.fixture
def domain(organisation: Organisation, administrator: User) -> SendingDomain:
    """Just begun: nothing of it is published."""
    return setup.add(organisation, "of-exemple.fr", administrator)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestDnsServer]:
    """The only name server that is asked."""
    server = TestDnsServer({})
    monkeypatch.setattr(settings.BIENRECU, "dns_servers", (("127.0.0.1", server.start()),))
    yield server
    server.stop()


@pytest.fixture
def at_half_past_nine(time_machine: object) -> None:
    """On the morning of `warming_up`."""
    time_machine.move_to(NOW, tick=False)  # type: ignore[attr-defined]


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands leave the process as they found it: neither its logs nor its end are theirs."""
    monkeypatch.setattr(logs, "begin", lambda part: None)
    monkeypatch.setattr(running, "end_with_parent", lambda: None)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    return self_signed(tmp_path_factory.mktemp("tls"), HOST)


@pytest.fixture
def mail_server(certificate: tuple[ssl.SSLContext, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    context, file = certificate
    door = Door()
    controller = Controller(
        door,
        "127.0.0.1",
        free_port(),
        tls_context=context,
        authenticator=let_in,
        auth_required=True,
        require_starttls=True,
    )
    names = TestDnsServer({HOST: [("A", "127.0.0.1")], "other.of-exemple.fr": [("A", "127.0.0.1")]})
    monkeypatch.setattr(settings.BIENRECU, "dns_servers", (("127.0.0.1", names.start()),))
    monkeypatch.setattr(settings.BIENRECU, "allow_private_addresses", True)
    monkeypatch.setenv("SSL_CERT_FILE", file)
    controller.start()
    yield MailServer(door, controller, names)
    controller.stop()
    names.stop()
