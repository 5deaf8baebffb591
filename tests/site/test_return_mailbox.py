"""The reader of a mailbox, against an IMAP server on loopback."""

import asyncio
import socket

import pytest

from bienrecu.adapters.imap_folder import MailboxFolderError, MailboxLoginError, MailboxUnreachableError, Place
from bienrecu.adapters.return_mailbox import ReturnMailbox
from bienrecu.returns.return_path import ReturnPaths
from tests.site.imap_server import ImapServer

PATHS = ReturnPaths(b"a secret of the installation", "retours+{token}@of.example")
TOKEN, OTHER = "abcdefghij234567", "zyxwvutsrq765432"
Kept = tuple[bytes, str, list[str | None]]


def mail(field: str, body: str = "Sorry.") -> bytes:
    return f"Return-Path: <sender@example.org>\r\n{field}\r\nSubject: A mail\r\n\r\n{body}\r\n".encode()


RETURNED = mail(f"Delivered-To: {PATHS.address(TOKEN)}")
SOMEBODY_S = mail("To: Direction <contact@of.example>")
FORGED = mail(f"To: {PATHS.address(TOKEN).replace('+a', '+b')}")
REPORT_TO_THE_MAILBOX = (
    "To: contact@of.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
    "Final-Recipient: rfc822; paul@example.org\r\nAction: failed\r\n\r\n"
    f"--b\r\nContent-Type: message/rfc822\r\n\r\nReturn-Path: <{PATHS.address(OTHER)}>\r\n\r\n--b--\r\n"
).encode()


class Shelf:
    """Keeps mails in memory, or fails to."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        self.refused: list[bytes] = []

    async def keep(self, raw: bytes, sender: str, tokens: list[str | None]) -> None:
        if raw in self.refused:
            raise OSError("disk full")
        self.kept.append((raw, sender, tokens))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


async def test_what_is_ours_is_kept_and_moved_what_is_not_stays_unseen(shelf: Shelf) -> None:
    async with ImapServer(SOMEBODY_S, RETURNED, FORGED) as server:
        reader = ReturnMailbox(server.url(), shelf.keep, PATHS)
        assert await reader.read() == 1
        assert await reader.read() == 0
    assert shelf.kept == [(RETURNED, "sender@example.org", [TOKEN])]
    assert server.folders == {"Bienrecu.Traites": [RETURNED]}
    assert [(left.raw, left.flags) for left in server.inbox.values()] == [(SOMEBODY_S, set()), (FORGED, set())]


async def test_a_report_about_a_domain_goes_to_those_not_to_returns(shelf: Shelf) -> None:
    kept: list[tuple[bytes, list[int]]] = []

    async def keep_report(raw: bytes, numbers: list[int]) -> None:
        kept.append((raw, numbers))

    report = mail(f"To: {PATHS.report_address(41)}", "A report")
    async with ImapServer(SOMEBODY_S, report, RETURNED) as server:
        reader = ReturnMailbox(server.url(), shelf.keep, PATHS, keep_report=keep_report)
        assert await reader.read() == 2
    assert kept == [(report, [41])]
    assert [raw for raw, _sender, _tokens in shelf.kept] == [RETURNED]


@pytest.mark.parametrize("name", ["Delivered-To", "X-Original-To", "Envelope-To", "To"])
async def test_the_signed_address_is_found_wherever_servers_write_it(shelf: Shelf, name: str) -> None:
    async with ImapServer(mail(f"{name}: Retours <{PATHS.address(TOKEN).upper()}>, x@of.example")) as server:
        await ReturnMailbox(server.url(), shelf.keep, PATHS).read()
    assert [tokens for _, _, tokens in shelf.kept] == [[TOKEN]]


async def test_a_report_whose_own_address_was_lost_is_known_by_the_return_path_it_returns(shelf: Shelf) -> None:
    async with ImapServer(REPORT_TO_THE_MAILBOX) as server:
        await ReturnMailbox(server.url(), shelf.keep, PATHS).read()
    assert shelf.kept == [(REPORT_TO_THE_MAILBOX, "", [OTHER])]


@pytest.mark.parametrize(
    ("names", "kept"), [(f"Message-ID: <{OTHER}@of.example>", 1), ("Message-ID: <somebody.else@elsewhere.example>", 0)]
)
async def test_a_report_that_a_relay_sent_elsewhere_is_offered_when_it_may_be_about_a_message_of_ours(
    shelf: Shelf, names: str, kept: int
) -> None:
    """Whose it is, and whether that counts, is for the store to find out."""
    raw = REPORT_TO_THE_MAILBOX.replace(f"Return-Path: <{PATHS.address(OTHER)}>".encode(), names.encode())
    async with ImapServer(raw) as server:
        assert await ReturnMailbox(server.url(), shelf.keep, PATHS).read() == kept
    assert [tokens for _, _, tokens in shelf.kept] == [[None]] * kept


async def test_what_could_not_be_kept_stays_and_is_read_again(shelf: Shelf) -> None:
    other = mail(f"To: {PATHS.address(OTHER)}")
    shelf.refused = [RETURNED]
    async with ImapServer(RETURNED, other) as server:
        reader = ReturnMailbox(server.url(), shelf.keep, PATHS)
        assert await reader.read() == 1
        assert [left.raw for left in server.inbox.values()] == [RETURNED]
        shelf.refused = []
        assert await reader.read() == 1
    assert [raw for raw, _, _ in shelf.kept] == [other, RETURNED]
    assert server.inbox == {}


@pytest.mark.parametrize("server", [ImapServer(RETURNED, can_move=False), ImapServer(RETURNED, can_create=False)])
async def test_where_nothing_can_be_moved_mails_are_marked(shelf: Shelf, server: ImapServer) -> None:
    async with server:
        assert await ReturnMailbox(server.url(), shelf.keep, PATHS).read() == 1
        assert await ReturnMailbox(server.url(), shelf.keep, PATHS).read() == 0
    assert server.inbox[1].flags == {r"\Seen", "BienrecuTraite"}


async def test_where_nothing_can_be_marked_either_a_mail_is_kept_once_by_each_process(shelf: Shelf) -> None:
    async with ImapServer(RETURNED, can_move=False, keywords=False) as server:
        reader = ReturnMailbox(server.url(), shelf.keep, PATHS)
        assert [await reader.read(), await reader.read()] == [1, 0]
    assert server.inbox[1].flags == {r"\Seen"}


async def test_a_mailbox_made_anew_is_read_from_its_beginning(shelf: Shelf) -> None:
    async with ImapServer(SOMEBODY_S, SOMEBODY_S) as server:
        reader = ReturnMailbox(server.url(), shelf.keep, PATHS)
        await reader.read()
        server.inbox = ImapServer(RETURNED).inbox
        server.validity = 2
        assert await reader.read() == 1


async def test_many_mails_are_read_in_one_go(shelf: Shelf) -> None:
    async with ImapServer(*[mail(f"To: {PATHS.address(TOKEN)}", str(number)) for number in range(120)]) as server:
        assert await ReturnMailbox(server.url(), shelf.keep, PATHS).read() == 120
    assert len(server.folders["Bienrecu.Traites"]) == 120


async def test_a_refused_login_says_what_to_check_without_the_password(shelf: Shelf) -> None:
    async with ImapServer() as server:
        with pytest.raises(MailboxLoginError, match=r"refused the login of returns.*Check user") as refused:
            await ReturnMailbox(server.url("wr0ng"), shelf.keep, PATHS).read()
    assert "wr0ng" not in str(refused.value)


async def test_a_folder_that_is_not_there_is_named(shelf: Shelf) -> None:
    async with ImapServer() as server:
        with pytest.raises(MailboxFolderError, match="no folder Retours"):
            await ReturnMailbox(server.url(folder="Retours"), shelf.keep, PATHS).read()


async def test_a_server_that_does_not_answer_is_named(shelf: Shelf) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(MailboxUnreachableError, match=f"127.0.0.1:{port}"):
        await ReturnMailbox(f"imap://returns:secret@127.0.0.1:{port}", shelf.keep, PATHS).read()


async def test_reading_goes_on_after_trouble_until_it_is_stopped(shelf: Shelf) -> None:
    stop = asyncio.Event()

    async def keep(raw: bytes, sender: str, tokens: list[str | None]) -> None:
        await shelf.keep(raw, sender, tokens)
        stop.set()

    async with ImapServer(RETURNED) as server:
        server.bad_logins = 2
        await ReturnMailbox(server.url(), keep, PATHS, poll_seconds=0.01).run(stop)
    assert len(shelf.kept) == 1


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("imaps://retours%40of.example:p%3A%40ss@imap.of.example", ("imap.of.example", 993, True, "INBOX")),
        ("imap://u:p@imap.of.example:1143/Retours/Formation", ("imap.of.example", 1143, False, "Retours/Formation")),
    ],
)
def test_the_address_of_a_mailbox_is_read(url: str, place: tuple[str, int, bool, str]) -> None:
    found = Place.parse(url)
    assert (found.host, found.port, found.is_tls, found.folder) == place
    assert "p:@ss" not in repr(found)


@pytest.mark.parametrize("url", ["", "pop3://u:p@host", "imaps://host/INBOX", "imaps:///INBOX"])
def test_what_is_no_mailbox_is_refused_at_start(url: str, shelf: Shelf) -> None:
    with pytest.raises(ValueError, match="imaps://user:password"):
        ReturnMailbox(url, shelf.keep, PATHS)
