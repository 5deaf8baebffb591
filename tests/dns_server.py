"""A name server on loopback, over UDP and TCP, with the zones a test gives it."""

import socketserver
import struct
import threading
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

NXDOMAIN = ("NXDOMAIN", "")
SERVFAIL = ("SERVFAIL", "")
TIMEOUT = ("TIMEOUT", "")
"""Stand in the place of a record: the name has no other, and this is how the server behaves when asked about it."""

Zones = dict[str, list[tuple[str, str]]]


class TestDnsServer:
    """`zones` are names with their records, type and value as in a zone file, and may be changed at any time:
    {"example.org": [("MX", "10 mx.example.org."), ("A", "127.0.0.1")], "broken.example": [SERVFAIL]}.

    A name that is not in it does not exist, unless it is above one that is. A null MX is ("MX", "0 ."). A broken
    answer about one type only is ("MX SERVFAIL", ""). `questions` are all that were asked, as (name, type, "udp" or
    "tcp")."""

    __test__ = False  # for pytest

    def __init__(self, zones: Zones, ttl: int = 300) -> None:
        self.zones, self.ttl = zones, ttl
        self.authentic = False  # whether it says that it has validated its answers
        self.questions: list[tuple[str, str, str]] = []
        self.released = threading.Event()
        self._servers: list[socketserver.BaseServer] = []

    def start(self) -> int:
        """Returns the port, the same for UDP and TCP, on 127.0.0.1."""
        while True:
            udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), _handler(_UdpHandler, self))
            port = int(udp.server_address[1])
            try:
                tcp = _TcpServer(("127.0.0.1", port), _handler(_TcpHandler, self))
            except OSError:  # somebody has that port on TCP
                udp.server_close()
                continue
            break
        self._servers = [udp, tcp]
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return port

    def stop(self) -> None:
        self.released.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def __enter__(self) -> "TestDnsServer":
        self.port = self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def answer(self, wire: bytes, over: str) -> bytes | None:
        """None: say nothing."""
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return None
        name = query.question[0].name.to_text(omit_final_dot=True).lower()
        type_ = dns.rdatatype.to_text(query.question[0].rdtype)
        self.questions.append((name, type_, over))
        reply = dns.message.make_response(query, recursion_available=True)
        reply.flags |= dns.flags.AD if self.authentic else 0
        records = self.zones.get(name, [])
        behaviours = {kind.removeprefix(f"{type_} ") for kind, value in records if not value}
        if "TIMEOUT" in behaviours:
            return None
        if "SERVFAIL" in behaviours:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif "NXDOMAIN" in behaviours or not self._exists(name):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        else:
            self._fill(reply, name, type_)
        most = 0xFFFF if over == "tcp" else max(512, query.payload)
        try:
            return reply.to_wire(max_size=most)
        except dns.exception.TooBig:
            short = dns.message.make_response(query, recursion_available=True)
            short.flags |= dns.flags.TC
            return short.to_wire()

    def _exists(self, name: str) -> bool:
        return any(known == name or known.endswith(f".{name}") for known in self.zones)

    def _fill(self, reply: dns.message.Message, name: str, type_: str) -> None:
        for _ in range(8):  # CNAMEs
            values = [value for kind, value in self.zones.get(name, []) if kind == type_]
            aliases = [value for kind, value in self.zones.get(name, []) if kind == "CNAME"]
            if values:
                reply.answer.append(dns.rrset.from_text_list(f"{name}.", self.ttl, "IN", type_, values))
            if values or not aliases:
                return
            reply.answer.append(dns.rrset.from_text_list(f"{name}.", self.ttl, "IN", "CNAME", aliases))
            name = aliases[0].rstrip(".").lower()


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


class _UdpHandler(socketserver.BaseRequestHandler):
    dns: TestDnsServer

    def handle(self) -> None:
        wire, socket = self.request
        if (reply := self.dns.answer(wire, "udp")) is not None:
            socket.sendto(reply, self.client_address)


class _TcpHandler(socketserver.BaseRequestHandler):
    dns: TestDnsServer

    def handle(self) -> None:
        try:
            (length,) = struct.unpack("!H", self._read(2))
            reply = self.dns.answer(self._read(length), "tcp")
        except (OSError, struct.error):
            return
        if reply is None:
            self.dns.released.wait(30)  # a TCP line that closes would be an answer too
        else:
            self.request.sendall(struct.pack("!H", len(reply)) + reply)

    def _read(self, length: int) -> bytes:
        data = b""
        while len(data) < length and (more := self.request.recv(length - len(data))):
            data += more
        return data


def _handler(kind: type[Any], server: TestDnsServer) -> type[Any]:
    return type(kind.__name__, (kind,), {"dns": server})
