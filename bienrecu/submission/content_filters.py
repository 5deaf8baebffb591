"""Asking the content filters that this installation names about a message. Of one that is down, slow or strange this is
said, and it keeps nothing from being sent."""

import http.client
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

from django.conf import settings

from bienrecu.domain.filter_verdict import FilterSilent, FilterVerdict
from bienrecu.protocol.content_filter import (
    MOST_ANSWER,
    RSPAMD,
    SPAMASSASSIN,
    BadAnswer,
    ask_spamd,
    read_rspamd,
    read_spamd,
)

PATIENCE = 8.0
"""Seconds for the whole of an answer. Somebody waits, and may send without it."""
_MOST_ASKED = 20 * 1024 * 1024

Said = FilterVerdict | FilterSilent


def is_configured() -> bool:
    """Whether the settings name a filter to ask."""
    return bool(settings.BIENRECU.rspamd_url or settings.BIENRECU.spamassassin)


def ask(message: bytes) -> list[Said]:
    """What each filter says; all are asked at once."""
    filters: list[tuple[str, Callable[[bytes], FilterVerdict]]] = []
    if settings.BIENRECU.rspamd_url:
        filters.append((RSPAMD, _ask_rspamd))
    if settings.BIENRECU.spamassassin:
        filters.append((SPAMASSASSIN, _ask_spamassassin))
    if not filters:
        return []
    with ThreadPoolExecutor(len(filters)) as pool:
        return list(pool.map(lambda one: _safely(*one, message), filters))


def _safely(name: str, question: Callable[[bytes], FilterVerdict], message: bytes) -> Said:
    if len(message) > _MOST_ASKED:
        return FilterSilent(name, "the message is too large to be asked about")
    try:
        return question(message)
    except TimeoutError:
        return FilterSilent(name, f"no answer within {PATIENCE:.0f} seconds")
    except (OSError, http.client.HTTPException) as error:
        return FilterSilent(name, f"cannot be reached ({error or type(error).__name__})")
    except BadAnswer as problem:
        return FilterSilent(name, str(problem))


def _ask_rspamd(message: bytes) -> FilterVerdict:
    until = time.monotonic() + PATIENCE
    url = urlsplit(settings.BIENRECU.rspamd_url)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    with closing(kind(url.hostname or "", url.port, timeout=PATIENCE)) as line:
        line.request("POST", f"{url.path.rstrip('/')}/checkv2", message, {"Content-Type": "message/rfc822"})
        answer = line.getresponse()
        if answer.status != http.client.OK:
            raise BadAnswer(f"the answer {answer.status} {answer.reason[:60]}")
        return read_rspamd(b"".join(_pieces(answer.read1, until)))


def _ask_spamassassin(message: bytes) -> FilterVerdict:
    until = time.monotonic() + PATIENCE
    host, port = settings.BIENRECU.spamassassin
    with socket.create_connection((host, port), timeout=PATIENCE) as line:
        line.sendall(ask_spamd(message))
        line.shutdown(socket.SHUT_WR)
        return read_spamd(b"".join(_pieces(line.recv, until)))


def _pieces(read: Callable[[int], bytes], until: float) -> Iterator[bytes]:
    """Until the end, the bound or the time: a filter that drips holds nobody up."""
    size = 0
    while size < MOST_ANSWER and (piece := read(65536)):
        yield piece
        size += len(piece)
        if time.monotonic() > until:
            raise TimeoutError
