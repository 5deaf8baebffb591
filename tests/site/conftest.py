"""What many tests begin with: an organisation, who looks after it, a name server, a domain to send from."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client

from bienrecu.processes import logs, running
from bienrecu.store.models import Organisation, Role, SendingDomain, User
from bienrecu.submission.domains import setup
from tests.builders import a_user, an_organisation
from tests.dns_server import TestDnsServer


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
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands leave the process as they found it: neither its logs nor its end are theirs."""
    monkeypatch.setattr(logs, "begin", lambda part: None)
    monkeypatch.setattr(running, "end_with_parent", lambda: None)
