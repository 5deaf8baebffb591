"""Name servers that mean harm: whatever they answer costs little time, raises nothing and is never believed."""

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Iterator

import dns.message
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from bienrecu.adapters.dns_lookup import DnsLookup
from bienrecu.adapters.system_clock import SystemClock
from bienrecu.domain.sending_domain import DomainState
from bienrecu.protocol.spf import include_tree
from bienrecu.store.models import Role
from bienrecu.submission.domains import setup
from bienrecu.submission.domains.dns import Dns
from bienrecu.submission.domains.look import look
from tests.builders import a_user, an_organisation
from tests.hostile import DNS, DnsTrial, Outcome
from tests.site.domains import NOW

MOST_SECONDS = 8
MOST_TOGETHER = 15


class HostileServer:
    """Answers over UDP what fits there, and the rest over TCP."""

    def __init__(self, trial: DnsTrial) -> None:
        self._trial, self._stopped = trial, threading.Event()
        self._udp, self._tcp = _both()
        self.asked = 0
        self.port: int = self._udp.getsockname()[1]
        for run in (self._over_udp, self._over_tcp):
            threading.Thread(target=run, daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        for one in (self._udp, self._tcp):
            one.close()

    def _over_udp(self) -> None:
        while not self._stopped.is_set():
            try:
                wire, sender = self._udp.recvfrom(4096)
            except OSError:
                return
            self.asked += 1
            query = dns.message.from_wire(wire)
            reply = self._trial.answer(query)
            if reply is not None and (self._trial.drip or len(reply) > 1200):
                short = dns.message.make_response(query)
                short.flags |= dns.flags.TC
                reply = short.to_wire()
            if reply is not None:
                self._udp.sendto(reply, sender)

    def _over_tcp(self) -> None:
        while not self._stopped.is_set():
            try:
                line, _sender = self._tcp.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with line:
            try:
                (length,) = struct.unpack("!H", line.recv(2))
                reply = self._trial.answer(dns.message.from_wire(line.recv(length))) or b""
                whole = struct.pack("!H", len(reply)) + reply
                for octet in [whole[at : at + 1] for at in range(30)] if self._trial.drip else [whole]:
                    line.sendall(octet)
                    self._stopped.wait(1 if self._trial.drip else 0)
            except (OSError, struct.error):
                return


def _both() -> tuple[socket.socket, socket.socket]:
    while True:
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            tcp.bind(udp.getsockname())
        except OSError:
            udp.close()
            tcp.close()
            continue
        tcp.listen(20)
        return udp, tcp


@pytest.fixture(params=DNS, ids=[trial.tried for trial in DNS])
def trial(request: pytest.FixtureRequest) -> DnsTrial:
    trial: DnsTrial = request.param
    return trial


@pytest.fixture
def server(trial: DnsTrial, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileServer]:
    server = HostileServer(trial)
    monkeypatch.setattr(settings.BIENRECU, "dns_servers", (("127.0.0.1", server.port),))
    yield server
    server.stop()


def outcome(found: list[str] | None) -> Outcome:
    if found is None:
        return Outcome.UNKNOWN
    return Outcome.TEXT if any(found) else Outcome.NOTHING


def test_a_look_at_a_domain_is_answered_in_time(server: HostileServer, trial: DnsTrial) -> None:
    began = time.monotonic()
    found = Dns().ask("of-exemple.fr", "TXT")
    assert time.monotonic() - began < MOST_SECONDS
    assert outcome(found) is trial.outcome
    assert len(found or ()) <= 50
    assert "forged" not in "".join(found or ())


async def test_the_engine_is_answered_in_time(server: HostileServer, trial: DnsTrial) -> None:
    lookup = DnsLookup((("127.0.0.1", server.port),), SystemClock(), lifetime=3.0)
    async with asyncio.timeout(MOST_SECONDS):
        answer = await lookup.ask("of-exemple.fr", "TXT")
    assert len(answer.records) <= 200
    assert "forged" not in "".join(answer.records)
    assert bool(answer.trouble) is (trial.outcome is Outcome.UNKNOWN)


@pytest.mark.django_db
@pytest.mark.parametrize("trial", [DNS[-1], DNS[-2], DNS[3], DNS[5]], ids=lambda trial: trial.tried)
def test_an_administrator_who_waits_gets_their_page(client: Client, server: HostileServer, trial: DnsTrial) -> None:
    user = a_user(Role.ADMINISTRATOR, an_organisation(slug="of"), language="fr")
    client.force_login(user)
    domain = setup.add(user.organisations.get(), "of-exemple.fr", user)
    began = time.monotonic()
    assert look(domain, NOW) != DomainState.VERIFIED
    assert time.monotonic() - began < MOST_TOGETHER
    shown = client.get(reverse("domain", args=["of", domain.pk])).content
    assert b"<script>alert" not in shown
    assert len(shown) < 200_000


def endless(name: str, kind: str) -> list[str]:
    """Each record includes two more."""
    return [f"v=spf1 include:a.{name[:60]} include:b.{name[:60]} -all"] if kind == "TXT" else []


def test_an_spf_record_without_end_is_cut() -> None:
    asked: list[str] = []
    tree = include_tree("of.fr", lambda name, kind: (asked.append(name), endless(name, kind))[1])
    assert len(asked) <= 50
    assert tree.too_many


def test_names_that_nobody_answers_for_are_asked_three_times() -> None:
    asked: list[str] = []
    record = "v=spf1 " + " ".join(f"a:n{number}.fr" for number in range(40)) + " -all"

    def ask(name: str, kind: str) -> list[str] | None:
        asked.append(name)
        return [record] if name == "of.fr" else None

    include_tree("of.fr", ask)
    assert len(asked) == 4
