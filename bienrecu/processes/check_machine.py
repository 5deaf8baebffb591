"""What can be found out on this machine alone: database, folders, ports, who is there."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from bienrecu.processes.finding import Finding, fine, problem, warning
from bienrecu.store.models import Organisation, User


def findings() -> Iterator[Finding]:
    try:
        _reach()
        up_to_date = not _missing_migrations()
    except (DatabaseError, psycopg.Error) as error:
        said = " ".join(str(error).split())
        yield problem(f"The database does not answer: {said}", "Check BIENRECU_DATABASE_URL and its server.")
        return
    yield from _database(up_to_date)
    yield from _public_url()
    yield from _ports()
    if up_to_date:
        yield from _people()


def _reach() -> None:
    """Asks PostgreSQL directly: the pool of connections would go on trying, and not say what is wrong."""
    if connection.vendor == "postgresql":
        known = connection.get_connection_params()
        where = {name: known[name] for name in ("dbname", "user", "password", "host", "port") if known.get(name)}
        psycopg.connect(**where, connect_timeout=5).close()


def _missing_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _database(up_to_date: bool) -> Iterator[Finding]:
    name = "PostgreSQL" if connection.vendor == "postgresql" else f"SQLite, {connection.settings_dict['NAME']}"
    if up_to_date:
        yield fine(f"The database answers and is up to date ({name}).")
    else:
        yield problem(f"The database is not up to date ({name}).", "bienrecu migrate, or just bienrecu serve.")


def _public_url() -> Iterator[Finding]:
    url = settings.BIENRECU.public_url
    parts = urlsplit(url)
    if parts.hostname in ("127.0.0.1", "localhost", "::1"):
        yield problem(
            f"Links in e-mails lead to {url}, which only this machine can open.",
            "Set BIENRECU_PUBLIC_URL to the address that people reach, for example https://emails.of-exemple.fr.",
        )
    elif parts.scheme != "https":
        yield warning(f"The pages are not encrypted ({url}).", "Put a proxy with a certificate in front and use https.")
    else:
        yield fine(f"Links in e-mails lead to {url}.")


def _ports() -> Iterator[Finding]:
    wanted = {"pages": settings.BIENRECU.listen, "receiver of returns": settings.BIENRECU.returns_listen}
    if settings.BIENRECU.simulator:
        wanted["simulator"] = settings.BIENRECU.simulator_listen
    for name, (host, port) in wanted.items():
        try:
            socket.create_server((host, port)).close()
        except PermissionError:
            yield problem(
                f"This user may not open port {port} ({name}).",
                "Use a port above 1023 and let the firewall or a proxy lead to it.",
            )
        except OSError:
            yield fine(f"Something listens on {host}:{port} ({name}): Bien Reçu itself, if it runs.")
        else:
            yield fine(f"{host}:{port} is free for the {name}.")


def _people() -> Iterator[Finding]:
    if not Organisation.objects.exists():
        yield warning(
            "There is no organisation yet.", "bienrecu add-organisation formation-exemple 'Formation Exemple'"
        )
    if not User.objects.filter(is_active=True, memberships__role="administrator").exists():
        yield warning("Nobody can log in as an administrator yet.", "bienrecu add-user you@of-exemple.fr")
