"""Asking for a record."""

from urllib.parse import urlencode

from django.db import transaction

from bienrecu.domain.audit import Action
from bienrecu.proof.facts import Format
from bienrecu.store import audit
from bienrecu.store.models import Export, TrainingSession, User
from bienrecu.store.queries import filter_query
from bienrecu.store.queries.filters import Filters

MOST_WAITING = 20
"""Records of one organisation that may wait to be made."""


class TooManyWaiting(Exception):
    """Others of the organisation are to be made first."""


def ask(session: TrainingSession, by: User, format: Format, language: str, filters: Filters) -> Export:
    """An export to be made in the background; the very one that the same person already waits for, if there is one."""
    wanted = {
        "organisation_id": session.organisation_id,
        "session": session,
        "by": by,
        "format": format,
        "language": language,
        "question": urlencode(list(filter_query.pairs(filters))),
    }
    with transaction.atomic():
        # Two requests of one double click come one after the other.
        TrainingSession.objects.select_for_update().get(id=session.id)
        waiting = Export.objects.defer("content").filter(organisation=session.organisation_id, finished_at=None)
        if same := waiting.filter(**wanted).first():
            return same
        if waiting.count() >= MOST_WAITING:
            raise TooManyWaiting
        export = Export.objects.create(**wanted)
        audit.note(
            session.organisation,
            by,
            Action.PROOF_EXPORTED,
            session,
            export=export.id,
            format=str(format),
            language=language,
            filter=export.question,
        )
    return export
