"""The ground every test stands on: no way out of the machine, a database of its own, examples that can be replayed."""

import ipaddress
import os
import socket
import sys
from pathlib import Path
from typing import Any

import hypothesis
import pytest

hypothesis.settings.register_profile("here", deadline=None, print_blob=True)
hypothesis.settings.register_profile("ci", deadline=None, print_blob=True, derandomize=True, database=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")


class OutsideWorldError(Exception):
    """A test tried to reach something beyond this machine. No OSError: code that forgives those would hide it."""


def _refuse_the_outside(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook, as it sees all sockets of this process, whoever opens them (libpq and uvloop apart)."""
    if event in ("socket.connect", "socket.sendto"):
        where = arguments[1]
        host = where[0] if isinstance(where, tuple) else None  # a path: a Unix socket
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if isinstance(host, str) and not _is_here(host):
        raise OutsideWorldError(f"A test tried to reach {host} ({event}); tests speak to this machine only.")


def _is_here(host: str) -> bool:
    if host in ("", "localhost", socket.gethostname()):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


sys.addaudithook(_refuse_the_outside)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only the tests that open the database")


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.hasplugin("django"):
        return
    from django.conf import settings

    # The real hasher takes a tenth of a second a password, on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database-only"):
        others = [item for item in items if not _opens_database(item)]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if _opens_database(item)]


def _opens_database(item: pytest.Item) -> bool:
    asked_for = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(asked_for) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """SQLite in a file, as in production: in memory it knows no WAL, and threads would share one connection."""
    from django.db import connection

    if connection.vendor == "sqlite":
        folder: Path = tmp_path_factory.mktemp("database")
        connection.settings_dict["TEST"]["NAME"] = str(folder / "test.sqlite3")
        connection.settings_dict["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
