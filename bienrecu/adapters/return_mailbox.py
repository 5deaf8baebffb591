"""Reads returns from a mailbox over IMAP, for those who cannot receive mail themselves.

Mail that came to none of our return addresses is left alone: the mailbox may be somebody's."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import TypeVar

import structlog

from bienrecu.adapters.imap_folder import IMAP_ERRORS, ImapFolder, MailboxError, Place
from bienrecu.adapters.return_receiver import Keep, KeepReport
from bienrecu.protocol.dsn.parse import parse_report
from bienrecu.protocol.message.parse import Fields
from bienrecu.returns.interpret import interpret
from bienrecu.returns.reference import tokens_in
from bienrecu.returns.return_path import ReturnPaths

log = structlog.get_logger()

T = TypeVar("T")

_BATCH = 50
_MAX_FAILURES = 10  # in one reading: then the trouble is ours, not a mail's
_LONGEST_WAIT = 900.0  # seconds
# Where mail systems write the address a mail came to, the surest first.
_ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_WANTED = (*_ADDRESSED, "Return-Path", "Content-Type")
_ADDRESS = re.compile(r"[^\s<>,;\"()]{1,64}@[^\s<>,;\"()]{1,255}")


class ReturnMailbox:
    """Gives the mails of a mailbox that came to our return addresses to `keep`, then puts them away.

    The same mail is kept again when we are interrupted in between. Raises ValueError when `url` is no mailbox."""

    def __init__(
        self,
        url: str,
        keep: Keep,
        paths: ReturnPaths,
        poll_seconds: float = 60.0,
        *,
        keep_report: KeepReport | None = None,
    ) -> None:
        self._place, self._paths, self._poll = Place.parse(url), paths, poll_seconds
        self._keep, self._keep_report = keep, keep_report
        self._validity, self._next_uid = b"", 1

    async def run(self, stop: asyncio.Event) -> None:
        """Reads until `stop` is set; what goes wrong is tried again after growing waits."""
        wait = self._poll
        while not stop.is_set():
            try:
                await self.read()
                wait = self._poll
            except (MailboxError, *IMAP_ERRORS) as error:
                wait = min(2 * wait, _LONGEST_WAIT)
                log.error("returns mailbox failed", host=self._place.host, error=str(error), again_in=wait)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)

    async def read(self) -> int:
        """Reads what is new, once. Returns how many mails were kept. Raises MailboxError or one of IMAP_ERRORS."""
        folder = await asyncio.to_thread(ImapFolder, self._place)
        try:
            return await self._read(folder)
        finally:
            await asyncio.to_thread(folder.close)

    async def _read(self, folder: ImapFolder) -> int:
        if folder.validity != self._validity:
            self._validity, self._next_uid = folder.validity, 1
        uids = await asyncio.to_thread(folder.uids_from, self._next_uid)
        kept, failed = 0, list[int]()
        for start in range(0, len(uids), _BATCH):
            batch = uids[start : start + _BATCH]
            done = await self._keep_all(folder, batch, failed)
            kept += len(done)
            # First, so that a server that cannot put away does not keep us from reading on.
            self._next_uid = min(failed, default=batch[-1] + 1)
            await asyncio.to_thread(folder.put_away, done)
            if len(failed) >= _MAX_FAILURES:
                break
        return kept

    async def _keep_all(self, folder: ImapFolder, uids: list[int], failed: list[int]) -> list[int]:
        """Keeps those of `uids` that are ours and returns them; adds those that could not be kept to `failed`."""
        done = list[int]()
        for uid, header in await asyncio.to_thread(folder.headers, uids, _WANTED):
            if not (keeping := await self._offer(folder, uid, header)):
                continue
            try:
                await keeping()
                done.append(uid)
            except Exception as error:
                failed.append(uid)
                log.error("return not kept", uid=uid, exc_info=error)
        return done

    async def _offer(self, folder: ImapFolder, uid: int, header: Fields) -> Callable[[], Awaitable[None]] | None:
        """What keeps a mail; None of one that is not ours."""
        about = self._found(header, self._paths.domain_of) if self._keep_report else []
        if about and self._keep_report:
            return partial(self._keep_report, await asyncio.to_thread(folder.whole, uid), about)
        return await self._offer_return(folder, uid, header)

    async def _offer_return(self, folder: ImapFolder, uid: int, header: Fields) -> Callable[[], Awaitable[None]] | None:
        tokens = self._found(header, self._paths.token_of)
        if not tokens and "multipart/report" not in " ".join(_values(header, "Content-Type")).lower():
            return None
        raw = await asyncio.to_thread(folder.whole, uid)
        offered: list[str | None] = [*(tokens or self._tokens_returned(raw))]
        if not offered and tokens_in(interpret(raw)):
            # A relay put its own return path in place of ours: whose it is, is for the store to find out.
            offered = [None]
        sender = " ".join(_values(header, "Return-Path")[:1]).strip("<>")
        return partial(self._keep, raw, sender, offered) if raw and offered else None

    def _found(self, header: Fields, read: Callable[[str], T | None]) -> list[T]:
        """What `read` makes of the addresses that the mail came to."""
        for name in _ADDRESSED:
            if found := _signed(_values(header, name), read):
                return found
        return []

    def _tokens_returned(self, raw: bytes) -> list[str]:
        """From the return path of the message that a report returns: only we can have signed it."""
        report = parse_report(raw)
        return _signed(_values(report.returned_headers, "Return-Path"), self._paths.token_of) if report else []


def _signed(values: Iterable[str], read: Callable[[str], T | None]) -> list[T]:
    addresses = (match[0] for value in values for match in _ADDRESS.finditer(value[:10_000]))
    return list(dict.fromkeys(found for address in addresses if (found := read(address)) is not None))


def _values(header: Fields, name: str) -> list[str]:
    return [value for known, value in header if known.lower() == name.lower()]
