"""A mail account of an organisation's own, at a real server that lets one user in."""

from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.dns_server import TestDnsServer

HOST, ADDRESS, USER, PASSWORD = "mail.of-exemple.fr", "contact@of-exemple.fr", "contact", "cheval agrafe pile"


class Door:
    """Lets one user in, who may send from one address, and with our return address if `takes_ours`."""

    def __init__(self) -> None:
        self.takes_ours, self.takes_own = True, True
        self.sent: list[bytes] = []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not (self.takes_own if address == ADDRESS else self.takes_ours):
            return "553 5.7.1 Sender address rejected: not owned by user contact"
        envelope.mail_from = address
        return "250 2.1.0 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.sent.append(envelope.content or b"")  # type: ignore[arg-type]
        return "250 2.0.0 Ok"


def let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    fine = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=fine, handled=False)


class MailServer:
    def __init__(self, door: Door, controller: Controller, names: TestDnsServer) -> None:
        self.door, self.names, self.port = door, names, controller.port

    def form(self, **other: Any) -> dict[str, Any]:
        given = {"address": ADDRESS, "host": HOST, "port": self.port, "security": "starttls", "user": USER}
        return given | {"password": PASSWORD} | other
