"""All that is kept of one person, to be handed to them: right of access and portability (GDPR, articles 15 and 20)."""

import json
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db import transaction
from django.utils import timezone

from bienrecu.domain.audit import Action
from bienrecu.domain.status import Status
from bienrecu.store.audit import note
from bienrecu.store.erasure import emails_of
from bienrecu.store.models import Contact, Recipient, User
from bienrecu.store.queries.emails import exact_bytes
from bienrecu.wording import statuses, types


def export(contact: Contact, *, by: User) -> IO[bytes]:
    """A zip file, at its beginning: `data.json`, and each e-mail as it was sent (RFC 5322) while it is kept.

    Times are UTC (ISO 8601). Written to disk as it grows: attachments may be large."""
    with transaction.atomic():
        file = TemporaryFile()  # noqa: SIM115  the response closes it
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            emails = [_email(row, archive) for row in emails_of(contact).select_related("message", "session")]
            data = _person(contact) | {"emails": emails}
            archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2))
        note(contact.organisation, by, Action.CONTACT_EXPORTED, contact, emails=len(emails))
    file.seek(0)
    return file


def _person(contact: Contact) -> dict[str, Any]:
    return {
        "exported_at": timezone.now().isoformat(),
        "organisation": contact.organisation.name,
        "contact": {
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "email": contact.email,
            "company": contact.company,
            "role": types.contact_role(contact.role),
            "created_at": contact.created_at.isoformat(),
        },
        "opening_followed_since": _time(contact.tracking_consent_at),
        "answers_about_opening": [
            {"agreed": one.granted, "at": one.at.isoformat(), "source": one.source, "text_version": one.text_version}
            for one in contact.consents.order_by("at", "id")
        ],
        "no_more_e_mails_of_type": [
            {"type": types.email_type(one.type), "since": one.at.isoformat(), "taken_back": _time(one.ended_at)}
            for one in contact.organisation.unsubscriptions.filter(address=contact.email.lower()).order_by("at")
        ],
        "sessions": [
            {"reference": one.reference, "title": one.title, "starts_on": str(one.starts_on or "")}
            for one in contact.sessions.order_by("starts_on", "id")
        ],
    }


def _email(row: Recipient, archive: ZipFile) -> dict[str, Any]:
    exact = exact_bytes(row)
    name = f"emails/{row.pk}.eml" if exact else None
    if exact and name:
        archive.writestr(name, exact.data)
    return {
        "subject": row.subject,
        "type": types.email_type(row.type),
        "session": row.session.title if row.session else None,
        "to": row.address,
        "name": row.name,
        "requested_at": row.requested_at.isoformat(),
        "sent_at": _time(row.sent_at),
        "status": statuses.label(Status(row.status)),
        "status_since": row.since.isoformat(),
        "file": name,
        "events": [
            {"kind": kind, "at": at.isoformat(), "reason": reason, "words": words}
            for kind, at, reason, words in row.events.order_by("at", "id").values_list("kind", "at", "reason", "words")
        ],
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
