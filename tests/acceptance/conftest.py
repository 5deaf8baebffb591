"""What the acceptance tests share: names that all lead here, one browser, PostgreSQL that keeps what it promised."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

pytest.register_assert_rewrite("tests.acceptance.installation")

from playwright.sync_api import Browser

from tests.acceptance.browser import chromium
from tests.acceptance.installation import Installation
from tests.acceptance.names import Names
from tests.acceptance.ports import free_port
from tests.postgres import Postgres

_numbers = count(1)


@pytest.fixture(scope="session")
def names() -> Iterator[Names]:
    with Names(unknown=frozenset({"nowhere.test"})) as names:
        yield names


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Durable: tests that kill programs must not depend on luck."""
    with Postgres(durable=True) as server:
        yield server


@pytest.fixture
def new_database(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """The address of an empty database, of one kind or the other. PostgreSQL is started when it is first asked for."""

    def new_database(kind: str) -> str:
        if kind == "sqlite":
            return ""
        server: Postgres = request.getfixturevalue("postgres")
        return server.create_database(f"acceptance{next(_numbers)}")

    return new_database


@pytest.fixture
def home() -> Iterator[Installation]:
    """An installation that runs, with the simulated world to write to."""
    with Installation(simulator="yes", simulator_listen=f"127.0.0.1:{free_port()}") as home:
        home.serve()
        yield home
