"""`bienrecu send`: a message file and a CSV of recipients, into a session."""

import hashlib
import mimetypes
import re
from collections.abc import Sequence
from datetime import datetime
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from django.db import transaction
from django.utils import timezone

from bienrecu.processes.parties import give_up, organisation_named, session_named
from bienrecu.protocol.message import Attachment
from bienrecu.store.models import Message, Organisation
from bienrecu.submission.people.from_file import read_people
from bienrecu.submission.people.limits import BadFile
from bienrecu.submission.post import post
from bienrecu.submission.request import FileByLink, Refused, Request

_TITLE = re.compile(r"<title>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_SHOWN_PROBLEMS = 50


def run(
    *,
    session: str,
    type_: str,
    html: Path,
    recipients: Path,
    subject: str,
    attachments: Sequence[Path],
    links: Sequence[Path],
    scheduled_at: datetime | None,
    organisation: str,
    key: str,
    again: bool,
) -> int:
    owner = organisation_named(organisation)
    training = session_named(owner, session)
    body = _text(html)
    started = timezone.now()
    try:
        with transaction.atomic():
            request = Request(
                organisation=owner,
                type=type_,
                key=key or _key(again, session, type_, body, subject, recipients, attachments, "\0links", links),
                subject=subject or _title(body),
                html=body,
                recipients=read_people(recipients.read_bytes(), training),
                session=training,
                attachments=[_attachment(file) for file in attachments],
                links=[_link(file) for file in links],
                scheduled_at=_in_zone_of(owner, scheduled_at),
            )
            message = post(request)
    except BadFile as error:
        give_up(f"{recipients}: {error}")
    except Refused as refused:
        return _refuse(refused)
    return _tell(message, started)


def _tell(message: Message, started: datetime) -> int:
    if message.requested_at < started:
        when = timezone.localtime(message.requested_at).isoformat(" ", "seconds")
        click.echo(
            f"This very e-mail was already requested on {when}: nothing was sent twice. (--again sends it again.)"
        )
    elif message.scheduled_at:
        click.echo(
            f"Scheduled for {message.recipient_count} recipient(s), {message.scheduled_at.isoformat(' ', 'minutes')}."
        )
    else:
        click.echo(f"Requested for {message.recipient_count} recipient(s). Follow it: bienrecu status --session …")
    return 0


def _refuse(refused: Refused) -> int:
    click.echo("Nothing was sent:", err=True)
    for problem in refused.problems[:_SHOWN_PROBLEMS]:
        whom = f"{problem.recipient}: " if problem.recipient else ""
        click.echo(f"  {whom}{problem.sentence}", err=True)
    if len(refused.problems) > _SHOWN_PROBLEMS:
        click.echo(f"  … and {len(refused.problems) - _SHOWN_PROBLEMS} more.", err=True)
    return 1


def _key(again: bool, *parts: str | Path | Sequence[Path]) -> str:
    """Names the request by what it is made of, so that the same command given twice sends once."""
    digest = hashlib.sha256()
    for part in parts:
        for one in [part] if isinstance(part, str | Path) else part:
            digest.update(one.read_bytes() if isinstance(one, Path) else one.encode())
            digest.update(b"\0")
    return f"command:{digest.hexdigest()}" + (f":{timezone.now().isoformat()}" if again else "")


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except UnicodeDecodeError:
        give_up(f"{file} is not UTF-8 text: save it as UTF-8.")


def _title(body: str) -> str:
    found = _TITLE.search(body)
    return unescape(found[1]).strip() if found else ""


def _attachment(file: Path) -> Attachment:
    return Attachment(file.name, mimetypes.guess_type(file.name)[0] or "application/octet-stream", file.read_bytes())


def _link(file: Path) -> FileByLink:
    attachment = _attachment(file)
    return FileByLink(file.name, attachment.content_type, len(attachment.content), attachment.content)


def _in_zone_of(organisation: Organisation, at: datetime | None) -> datetime | None:
    return at and at.replace(tzinfo=ZoneInfo(organisation.time_zone))
