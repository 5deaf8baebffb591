"""Mails that came back and that nothing explains: Retours non compris."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from bienrecu.store.models import Organisation, Recipient, Report

MOST = 100
NOT_UNDERSTOOD = "not_understood"
"""What `returns/interpret.py` calls them."""
DISMISSED = "dismissed"
"""The kind of a report that somebody has read and put away."""


def not_understood(organisation: Organisation, *, of_nobody: bool) -> Sequence[Report]:
    """The latest first, without their bytes. `of_nobody`: also those that came to no return address of ours, which may
    concern any organisation: for where there is but one."""
    return list(_rows(organisation, of_nobody).select_related("recipient").defer("raw").order_by("-id")[:MOST])


def find(organisation: Organisation, id: int, *, of_nobody: bool) -> Report | None:
    return _rows(organisation, of_nobody).select_related("recipient").filter(id=id).first()


def candidates(organisation: Organisation, text: str) -> Sequence[Recipient]:
    """E-mails that a report may be about: the latest whose recipient or subject has all of these words."""
    rows = Recipient.objects.filter(organisation=organisation, message__confidential=False)
    for word in text.lower().split()[:5]:
        rows = rows.filter(search__contains=word)
    return list(rows.select_related("session").order_by("-requested_at", "-id")[:20])


def is_alone(organisation: Organisation) -> bool:
    """Whether there is but one organisation in this installation."""
    return not Organisation.objects.exclude(pk=organisation.pk).exists()


def _rows(organisation: Organisation, of_nobody: bool) -> QuerySet[Report]:
    whose = Q(organisation=organisation) | (Q(organisation=None) if of_nobody else Q(pk=None))
    return Report.objects.filter(whose, kind=NOT_UNDERSTOOD)
