"""A DNS server on loopback: the whole world's domains have their mail server on this machine."""

import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Names:
    """To be used as a context manager. Every domain has the MX `mx.<domain>`, at 127.0.0.1 or where `elsewhere` says
    of the domain, save those of `unknown`, which do not exist."""

    def __init__(self, unknown: frozenset[str] = frozenset(), elsewhere: Mapping[str, str] | None = None) -> None:
        self.unknown, self.elsewhere = unknown, elsewhere or {}
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def endpoint(self) -> str:
        host, port = self.socket.getsockname()
        return f"{host}:{port}"

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def _serve(self) -> None:
        while True:
            try:
                question, client = self.socket.recvfrom(4096)
                self.socket.sendto(self._answer(dns.message.from_wire(question)).to_wire(), client)
            except OSError:  # closed: the tests are over
                return

    def _answer(self, question: dns.message.Message) -> dns.message.Message:
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.AA | dns.flags.RA
        asked = question.question[0]
        domain = asked.name.to_text(omit_final_dot=True).lower()
        if domain in self.unknown or domain.removeprefix("mx.") in self.unknown:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif asked.rdtype == dns.rdatatype.MX:
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "MX", f"10 mx.{domain}."))
        elif asked.rdtype == dns.rdatatype.A:
            address = self.elsewhere.get(domain.removeprefix("mx."), "127.0.0.1")
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "A", address))
        return answer
