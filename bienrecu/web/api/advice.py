"""POST /api/v1/advice: what filters and readers would hold against a message, before it is sent by whoever sends it."""

from collections.abc import Collection
from email.utils import getaddresses
from typing import Annotated

import msgspec
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError

from bienrecu.advice import File, Letter, advise
from bienrecu.protocol.message import text_from_html
from bienrecu.store.models import Organisation
from bienrecu.store.queries.failed_before import failed_before
from bienrecu.submission.lint import lint
from bienrecu.web.api.answer import ApiError, answer
from bienrecu.web.api.key import with_key
from bienrecu.wording.advice_entries import entry

MOST = 30 * 1024 * 1024
"""Octets of a request."""

_Line = Annotated[str, msgspec.Meta(max_length=1000)]
_Text = Annotated[str, msgspec.Meta(max_length=2_000_000)]


class Attached(msgspec.Struct, forbid_unknown_fields=True):
    """A file by what is known of it; `size` in octets, before encoding."""

    name: _Line
    size: Annotated[int, msgspec.Meta(ge=0, le=10**12)] = 0
    content_type: _Line = ""


class Written(msgspec.Struct, forbid_unknown_fields=True, rename={"author": "from"}):
    """A message that is not composed yet. `from` and `reply_to` may have a name before their address."""

    subject: _Line = ""
    html: _Text | None = None
    text: _Text | None = None
    author: _Line = ""
    reply_to: _Line = ""
    to: Annotated[list[_Line], msgspec.Meta(max_length=1000)] = []
    attachments: Annotated[list[Attached], msgspec.Meta(max_length=100)] = []


@with_key
def advice(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """As `bienrecu lint --json`; and it knows which recipients this organisation did not reach before."""

    def failed(letter: Letter) -> Collection[str]:
        return failed_before(organisation, list(letter.recipients))

    match request.content_type:
        case "message/rfc822":
            return answer(lint(_body(request), failed))
        case "application/json":
            letter = _letter(_body(request))
            return answer([entry(one) for one in advise(letter, failed(letter))])
        case _other:
            text = "Send a message/rfc822 or application/json."
            raise ApiError(415, "content_type_unknown", text, Accept_Post="message/rfc822, application/json")


def _body(request: HttpRequest) -> bytes:
    """Read by ourselves: Django's own limit is meant for forms."""
    too_large = ApiError(413, "too_large", f"At most {MOST:,} octets.")
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length[:20]) > MOST:
        raise too_large
    try:
        body = request.read(MOST + 1)
    except (UnreadablePostError, RawPostDataException):
        raise ApiError(400, "body_lost", "The request was cut short.") from None
    if len(body) > MOST:
        raise too_large
    if not body.strip():
        raise ApiError(400, "body_missing", "The request has no body.")
    return body


def _letter(body: bytes) -> Letter:
    try:
        given = msgspec.json.decode(body, type=Written)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ApiError(422, "json_wrong", str(error)[:500]) from None
    text = given.text if given.text is not None or given.html is None else text_from_html(given.html)
    return Letter(
        subject=given.subject.strip(),
        text=text,
        html=given.html,
        html_weight=len((given.html or "").encode("utf-8", "replace")),
        author=_address(given.author),
        reply_to=_address(given.reply_to)[1],
        recipients=[address for _name, address in getaddresses(given.to) if address],
        files=[File(file.name, file.size, file.content_type) for file in given.attachments],
    )


def _address(given: str) -> tuple[str, str]:
    return next(iter(getaddresses([given])), ("", ""))
