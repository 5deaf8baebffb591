"""Files sent as a link: what the e-mail says of them, how long they are there, and who may have them."""

import hashlib
import html
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.store.models import Attachment, LinkedFile, Message
from bienrecu.submission.links import download_url
from bienrecu.submission.request import FileByLink
from bienrecu.wording import when
from bienrecu.wording.size import size

_STYLE = "margin:24px 0 0;padding:12px 16px;border:1px solid #c9d3e6;border-radius:6px"


def expiry(leaves_at: datetime) -> datetime:
    """Until when what an e-mail links to can be downloaded."""
    return leaves_at + timedelta(days=settings.BIENRECU.link_days)


def block(files: Sequence[FileByLink], token: str, now: datetime, language: str) -> str:
    """What stands in place of `files` in an e-mail that leaves `now`, in HTML."""
    if not files:
        return ""
    with translation.override(language):
        title = ngettext("File to download:", "Files to download:", len(files))
        until = _("Until {day}.").format(day=when.day(expiry(now), now))
        names = [f"{html.escape(file.name)} ({size(file.size)})" for file in files]
    url = download_url(token)
    links = "<br>\n".join(f'<a href="{url}">{name}</a>' for name in names)
    return f'<p style="{_STYLE}"><b>{title}</b><br>\n{links}<br>\n<small>{until}</small></p>\n'


def store(message: Message, files: Sequence[FileByLink], expires_at: datetime) -> None:
    """Keeps what is to be downloaded, beside the attachments of `message`."""
    for file in files:
        kept = Attachment.objects.create(
            message=message,
            name=file.name,
            content_type=file.content_type,
            size=len(file.content),
            sha256=hashlib.sha256(file.content).hexdigest(),
            linked=True,
        )
        LinkedFile.objects.create(attachment=kept, expires_at=expires_at, content=file.content)


def links_of(message: Message) -> list[FileByLink] | None:
    """The files of `message` that were sent as links; None when one has expired."""
    files = list(message.attachments.filter(linked=True).select_related("file").order_by("id"))
    if any(not hasattr(file, "file") for file in files):
        return None
    return [FileByLink(file.name, file.content_type, file.size, bytes(file.file.content)) for file in files]


def drop_expired(now: datetime) -> int:
    """Deletes what can no longer be downloaded; that it was sent stays."""
    return LinkedFile.objects.filter(expires_at__lte=now).delete()[0]
