"""A line to a mail server for one short conversation, while somebody waits: bounded in time as a whole."""

import socket
import ssl
import time

from bienrecu.protocol.smtp.events import SessionEvent, TlsWanted
from bienrecu.protocol.smtp.session import Session

_PIECE = 4096


class NotTrusted(Exception):
    """The handshake failed; the text says why."""


class Line:
    """`address` was found to be the host's; nobody is asked again, as the answer might be another one."""

    def __init__(self, address: str, port: int, host: str, seconds: float) -> None:
        self._host, self._ends = host, time.monotonic() + seconds
        self._context = ssl.create_default_context()
        self._socket = socket.create_connection((address, port), self._left())

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer in time")
        return left

    def encrypt(self) -> str:
        """Raises NotTrusted."""
        self._socket.settimeout(self._left())
        try:
            under_tls = self._context.wrap_socket(self._socket, server_hostname=self._host)
        except ssl.SSLCertVerificationError as error:
            raise NotTrusted(error.verify_message) from error
        except (OSError, ValueError) as error:
            raise NotTrusted(str(error)) from error
        self._socket = under_tls
        return under_tls.version() or ""

    def advance(self, session: Session) -> list[SessionEvent]:
        """Says what is to be said and hears once. A dead line is news for the session, no error."""
        try:
            while block := session.data_to_send():
                self._socket.settimeout(self._left())
                self._socket.sendall(block)
            self._socket.settimeout(self._left())
            events = session.receive(self._socket.recv(_PIECE))
        except OSError as error:
            return session.line_died(str(error))
        if any(isinstance(event, TlsWanted) for event in events):
            session.tls_started(self.encrypt())
        return events

    def close(self) -> None:
        self._socket.close()
