"""One folder of a mailbox, over IMAP (RFC 3501, 6851). Everything here blocks.

MailboxError
├── MailboxUnreachableError
├── MailboxLoginError
└── MailboxFolderError"""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Self
from urllib.parse import unquote, urlsplit

import imap_tools
from imap_tools.errors import ImapToolsError

from bienrecu.protocol.message.parse import Fields, read_fields

MAX_SIZE = 10 * 1024 * 1024
"""Bytes of a mail that are fetched; the rest is ignored."""
IMAP_ERRORS = (OSError, imaplib.IMAP4.error, ImapToolsError)
"""What a server, or the way to it, can do to us at any moment."""

_TIMEOUT = 60.0
_AWAY = ("Bienrecu", "Traites")
_KEYWORD = "BienrecuTraite"
_UID = re.compile(rb"\bUID (\d+)")
_REFUSALS = (imaplib.IMAP4.error, ImapToolsError)


class MailboxError(Exception):
    """Why the mailbox cannot be read, and what to do."""


class MailboxUnreachableError(MailboxError): ...


class MailboxLoginError(MailboxError): ...


class MailboxFolderError(MailboxError): ...


@dataclass(frozen=True, slots=True)
class Place:
    """A mailbox: `imaps://user:password@host:993/INBOX`, or `imap://` with STARTTLS (in clear on loopback)."""

    host: str
    port: int
    is_tls: bool
    user: str
    password: str = field(repr=False)
    folder: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in ("imap", "imaps") or not (parts.hostname and parts.username):
            raise ValueError("A mailbox looks like imaps://user:password@host:993/INBOX.")
        is_tls = parts.scheme == "imaps"
        user, password = unquote(parts.username), unquote(parts.password or "")
        folder = unquote(parts.path.strip("/")) or "INBOX"
        return cls(parts.hostname, parts.port or (993 if is_tls else 143), is_tls, user, password, folder)


class ImapFolder:
    """A session, logged in, with the folder selected. Methods raise one of IMAP_ERRORS.

    `validity`: when it changes, the numbers of mails (UIDs) mean other mails."""

    def __init__(self, place: Place) -> None:
        """Raises MailboxError, and OSError when the line dies."""
        self._box = _open(place)
        # Many servers say what they can do only to those who are logged in.
        _, known = self._box.client.capability()
        self._box.client.capabilities = tuple(known[-1].decode().upper().split())
        _, validity = self._box.client.response("UIDVALIDITY")
        self.validity: bytes = (validity and validity[0]) or b""
        self._away = self._make_folder() if "MOVE" in self._box.client.capabilities else ""

    def uids_from(self, first: int) -> list[int]:
        """The mails that were not put away, from `first` on, in order."""
        found = self._box.uids(f"UNDELETED UNKEYWORD {_KEYWORD} UID {first}:*", charset=None)
        # "first:*" always names the last mail, even one before `first` (RFC 3501 §6.4.8).
        return sorted(uid for uid in map(int, found) if uid >= first)

    def headers(self, uids: list[int], names: tuple[str, ...]) -> list[tuple[int, Fields]]:
        """The fields called `names` of each mail that is still there. Nothing is marked as seen."""
        found = self._fetch(",".join(map(str, uids)), f"(UID BODY.PEEK[HEADER.FIELDS ({' '.join(names)})])")
        return [(uid, read_fields(header)) for uid, header in found]

    def whole(self, uid: int) -> bytes:
        """Empty when it is no longer there."""
        return next((raw for _, raw in self._fetch(str(uid), f"(UID BODY.PEEK[]<0.{MAX_SIZE}>)")), b"")

    def put_away(self, uids: list[int]) -> None:
        """Into a folder when the server can move in one step: copying and deleting could lose mail in between."""
        if not uids:
            return
        numbers = ",".join(map(str, uids))
        if self._away:
            self._box.move(numbers, self._away)
            return
        answer, _ = self._box.client.uid("STORE", numbers, "+FLAGS", rf"(\Seen {_KEYWORD})")
        if answer != "OK":  # a server without keywords
            self._box.client.uid("STORE", numbers, "+FLAGS", r"(\Seen)")

    def close(self) -> None:
        with suppress(*IMAP_ERRORS):
            self._box.logout()

    def _fetch(self, uids: str, what: str) -> Iterator[tuple[int, bytes]]:
        answer, items = self._box.client.uid("FETCH", uids, what)
        if answer != "OK":
            raise imaplib.IMAP4.error(f"FETCH answered {answer}")
        for item, following in zip(items, [*items[1:], b""], strict=True):
            if isinstance(item, tuple):
                # The number stands before the content or after it.
                after = following if isinstance(following, bytes) else b""
                uid = _UID.search(item[0]) or _UID.search(after)
                if uid:
                    yield int(uid[1]), item[1]

    def _make_folder(self) -> str:
        """The folder for what we have kept; empty when there can be none."""
        existing = {folder.name: folder.delim for folder in self._box.folder.list()}
        delimiter = next(filter(None, existing.values()), "/")
        name = delimiter.join(_AWAY)
        # Some servers want all folders below the inbox.
        for candidate in (name, f"INBOX{delimiter}{name}"):
            if candidate in existing:
                return candidate
            with suppress(*_REFUSALS):
                self._box.folder.create(candidate)
                return candidate
        return ""


def _open(place: Place) -> imap_tools.BaseMailBox:
    try:
        box = _connect(place)
    except IMAP_ERRORS as error:
        remedy = "Check the host and the port in the address of the mailbox."
        raise MailboxUnreachableError(f"{place.host}:{place.port} does not answer: {error}. {remedy}") from error
    try:
        _log_in(box, place)
        _select(box, place)
    except BaseException:
        box.client.shutdown()
        raise
    return box


def _log_in(box: imap_tools.BaseMailBox, place: Place) -> None:
    is_plain = place.user.isascii() and place.password.isascii()
    log_in = box.login if is_plain else box.login_utf8
    try:
        log_in(place.user, place.password, None)
    except _REFUSALS as error:
        remedy = "Check user and password in the address of the mailbox; @ and : in them are written %40 and %3A."
        raise MailboxLoginError(f"{place.host} refused the login of {place.user}: {error}. {remedy}") from error


def _select(box: imap_tools.BaseMailBox, place: Place) -> None:
    try:
        box.folder.set(place.folder)
    except _REFUSALS as error:
        raise MailboxFolderError(f"{place.host} has no folder {place.folder} for {place.user}: {error}.") from error


def _connect(place: Place) -> imap_tools.BaseMailBox:
    if place.is_tls:
        return imap_tools.MailBox(place.host, place.port, timeout=_TIMEOUT, ssl_context=ssl.create_default_context())
    if _is_loopback(place.host):
        return imap_tools.MailBoxUnencrypted(place.host, place.port, timeout=_TIMEOUT)
    return imap_tools.MailBoxStartTls(
        place.host, place.port, timeout=_TIMEOUT, ssl_context=ssl.create_default_context()
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
