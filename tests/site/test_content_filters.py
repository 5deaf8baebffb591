"""Filters that are down, slow or strange: said, and nothing waits for them. Real ones: tests/acceptance."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from bienrecu.domain.filter_verdict import FilterSilent
from bienrecu.submission import content_filters
from tests.site.linting import FINE, lint
from tests.site.pages import HTMX, text
from tests.site.writing import a_bonjour, of, sent

Talk = Callable[[socket.socket], None]


@contextmanager
def a_server(talk: Talk) -> Iterator[int]:
    """One that does `talk` with whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    line, _ = server.accept()
                    with line, suppress(OSError):
                        talk(line)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def hears_and_hangs(line: socket.socket) -> None:
    while line.recv(65536):
        pass
    time.sleep(1.5)


def drips(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(40):
        line.sendall(b" ")
        time.sleep(0.05)


def hangs_up(line: socket.socket) -> None:
    line.recv(10)


def talks_without_end(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(200):
        line.sendall(b"x" * 65536)


def forbids(line: socket.socket) -> None:
    line.recv(65536)
    line.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_filters, "PATIENCE", 0.5)


def use(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setattr(settings.BIENRECU, "rspamd_url", f"http://127.0.0.1:{port}")
    monkeypatch.setattr(settings.BIENRECU, "spamassassin", ("127.0.0.1", port))


@pytest.mark.parametrize("talk", [hears_and_hangs, drips, hangs_up, talks_without_end, forbids])
def test_whatever_the_server_does_both_are_said_to_be_silent_in_time(talk: Talk, monkeypatch: Any) -> None:
    with a_server(talk) as port:
        use(monkeypatch, port)
        began = time.monotonic()
        said = content_filters.ask(b"Subject: x\r\n\r\ny\r\n")
        assert time.monotonic() - began < 5
    assert [one.filter for one in said] == ["rspamd", "SpamAssassin"]
    assert all(isinstance(one, FilterSilent) and one.why for one in said)


def test_a_closed_port_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with a_server(hangs_up) as port:
        pass
    use(monkeypatch, port)
    found = json.loads(lint(tmp_path, FINE, "--json").output)
    assert [(one["rule"], one["severity"]) for one in found] == [("rspamd", "info"), ("spamassassin", "info")]
    assert all("cannot be reached" in one["message"] for one in found)
    assert lint(tmp_path, FINE).exit_code == 0


@pytest.mark.django_db
def test_the_last_page_asks_apart_and_sending_does_not_wait(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draft = a_bonjour()
    client.force_login(draft.by)
    assert "Interroger le filtre" not in text(client.get(of(draft, "draft_check")))
    with a_server(hangs_up) as port:
        use(monkeypatch, port)
        assert "Interroger le filtre" in text(client.get(of(draft, "draft_check")))
        part = text(client.get(of(draft, "draft_filters"), headers=HTMX))
        assert "rspamd ne s'est pas fait entendre" in part and "peut partir quand même" in part
        assert "<html" in client.get(of(draft, "draft_filters")).content.decode()
        assert sent(client, draft, without_files="1").status_code == 302
