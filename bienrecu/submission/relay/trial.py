"""A try of a mail account, as far as the message: nothing is sent."""

import ipaddress
import time
from dataclasses import dataclass

from django.conf import settings

from bienrecu.domain.public_address import is_public
from bienrecu.domain.relay_account import Security, Trouble
from bienrecu.protocol.smtp.events import BodyWanted, Finished, Opened, OpeningFailed, SessionEvent
from bienrecu.protocol.smtp.opening import StartTls
from bienrecu.protocol.smtp.session import Session
from bienrecu.protocol.smtp.stage import Stage
from bienrecu.protocol.smtp.transaction import Transaction
from bienrecu.protocol.smtp.transcript import Transcript
from bienrecu.submission.domains.dns import Dns
from bienrecu.submission.relay.line import Line, NotTrusted

_PATIENCE = 20.0  # seconds for a conversation
_MOST_SAID = 500


@dataclass(frozen=True, slots=True)
class Account:
    address: str
    host: str
    port: int
    security: Security
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Found:
    """`said` is in the server's words, or in English where it had none."""

    trouble: Trouble
    said: str = ""
    returns_to_us: bool = True


def try_out(account: Account) -> Found:
    """Logs in, and asks whether it may send: with our return address, and if not with the account's own."""
    addresses = _addresses(account.host)
    usable = [one for one in addresses if settings.BIENRECU.allow_private_addresses or is_public(one)]
    if not usable:
        return Found(Trouble.NOT_PUBLIC if addresses else Trouble.HOST_UNKNOWN)
    returns = settings.BIENRECU.return_path.replace("{token}", "try")
    found = _converse(account, usable[0], returns)
    if found.trouble is not Trouble.ADDRESS_REFUSED:
        return found
    own = _converse(account, usable[0], account.address)
    return Found(own.trouble, own.said, returns_to_us=False)


def _addresses(host: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        dns = Dns()
        return [*(dns.ask(host, "A") or ()), *(dns.ask(host, "AAAA") or ())]


def _converse(account: Account, address: str, reverse_path: str) -> Found:
    try:
        line = Line(address, account.port, account.host, _PATIENCE)
    except OSError as error:
        return Found(Trouble.UNREACHABLE, str(error))
    try:
        if account.security is Security.TLS:
            line.encrypt()
        return _until_known(_session(account), line, Transaction(reverse_path, account.address, ()))
    except NotTrusted as error:
        return Found(Trouble.NOT_TRUSTED, str(error))
    finally:
        line.close()


def _session(account: Account) -> Session:
    starttls = StartTls.REQUIRED if account.security is Security.STARTTLS else StartTls.NEVER
    return Session(
        settings.BIENRECU.hostname,
        Transcript(time.monotonic),
        time.monotonic,
        starttls=starttls,
        login=(account.user, account.password),
    )


def _until_known(session: Session, line: Line, transaction: Transaction) -> Found:
    while True:
        events = line.advance(session)
        if any(isinstance(event, Opened) for event in events):
            events = session.begin(transaction)
        for event in events:
            if (found := _reading(event)) is not None:
                return found


def _reading(event: SessionEvent) -> Found | None:
    match event:
        case BodyWanted():
            return Found(Trouble.NONE)  # closing the line now takes it back
        case Finished():
            return Found(Trouble.ADDRESS_REFUSED, _said(event.result.reply, event.result.detail))
        case OpeningFailed():
            return Found(_at(event), _said(event.reply, event.detail))
    return None


def _said(reply: object, detail: str) -> str:
    return str(reply or detail)[:_MOST_SAID]


def _at(event: OpeningFailed) -> Trouble:
    match event.stage:
        case Stage.STARTTLS:
            return Trouble.NO_ENCRYPTION
        case Stage.AUTH:
            return Trouble.LOGIN_REFUSED if event.reply else Trouble.NO_LOGIN
        case _:
            return Trouble.NO_MAIL_SERVER
