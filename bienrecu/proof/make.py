"""Makes the file of one export."""

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.text import slugify

from bienrecu.domain.status import Status
from bienrecu.proof import seal, write_csv, write_pdf, write_xlsx
from bienrecu.proof.facts import MOST_EMAILS, Format, Header, SessionFacts
from bienrecu.proof.gather import Step, asked_for, gather, missing
from bienrecu.proof.spool import Spool, spool
from bienrecu.store.models import Export, TrainingSession
from bienrecu.store.queries import filter_query

_WRITERS = {Format.CSV: write_csv.write, Format.XLSX: write_xlsx.write, Format.PDF: write_pdf.write}
_ARRIVED = frozenset({Status.RECEIVED.code, Status.OPENED.code})


class CannotBeMade(Exception):
    """Its argument names why, as Export.problem keeps it: "no_session", "too_many"."""


@dataclass(frozen=True, slots=True)
class Made:
    file_name: str
    content: bytearray


def make(export: Export, total: Callable[[int], None], step: Step) -> Made:
    """The record, sealed. `total` is told the number of steps, `step` each few that are done.

    Raises CannotBeMade, and whatever `step` raises."""
    session = export.session
    if session is None:
        raise CannotBeMade("no_session")
    format, zone = Format(export.format), zone_of(export)
    filters = filter_query.read(QueryDict(export.question))
    ids = asked_for(session, filters, zone, MOST_EMAILS[format])
    if len(ids) > MOST_EMAILS[format]:
        raise CannotBeMade("too_many")
    total(2 * len(ids))  # each is gathered, then written
    with translation.override(export.language), spool() as emails, spool() as absent:
        counts = gather(ids, emails, step)
        header = _header(export, session, counts, missing(session, filters, absent))
        return Made(_file_name(header), _written(header, emails, absent, step))


def zone_of(export: Export) -> ZoneInfo:
    """That of the person who asked: their days are what the filter means."""
    return ZoneInfo((export.by.time_zone if export.by else "") or export.organisation.time_zone)


def _header(export: Export, session: TrainingSession, counts: Counter[str], missing: int) -> Header:
    return Header(
        export=export.id,
        organisation=export.organisation.name,
        organisation_slug=export.organisation.slug,
        session=SessionFacts(
            session.id,
            session.reference,
            session.title,
            session.place,
            session.starts_on,
            session.ends_on,
            session.participants.count(),
        ),
        question=export.question,
        format=Format(export.format),
        language=export.language,
        time_zone=zone_of(export).key,
        made_by=str(export.by or ""),
        made_at=timezone.now(),
        emails=counts.total(),
        counts=dict(counts),
        not_received=sum(count for code, count in counts.items() if code not in _ARRIVED),
        missing=missing,
    )


def _written(header: Header, emails: Spool, absent: Spool, step: Step) -> bytearray:
    secret = settings.SECRET_KEY.encode()
    with tempfile.TemporaryFile(prefix="bienrecu-record-") as file:
        _WRITERS[header.format](file, header, emails, absent, seal.blank(secret), step)
        content = bytearray(file.tell())
        file.seek(0)
        file.readinto(content)
    seal.close(content, secret)
    return content


def _file_name(header: Header) -> str:
    """ "releve-sst-2027-01-12.pdf": the reference of the session, the number of the record."""
    stem = slugify(translation.gettext("record"))
    return f"{stem}-{slugify(header.session.reference)}-{header.export}.{header.format}"
