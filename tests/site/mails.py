"""Mails, read as whoever gets them would."""

from html import unescape

from bienrecu.store.models import Recipient
from bienrecu.store.queries.emails import exact_bytes
from bienrecu.web.preview import preview


def text(row: Recipient) -> str:
    exact = exact_bytes(row)
    assert exact
    return unescape(preview(exact.data).text)
