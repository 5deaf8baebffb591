from datetime import timedelta

import pytest
from django.utils.translation import override

from bienrecu.domain.event import Kind
from bienrecu.domain.reason import Reason
from bienrecu.domain.status import Flag, Status
from bienrecu.wording import events, flags


def line(kind: Kind, reason: Reason | None = None, **more: object) -> str:
    with override("fr"):
        return events.line(kind, reason, **more).replace("\xa0", " ")  # type: ignore[arg-type]


def test_a_line_of_the_timeline_says_what_happened_why_and_how_often() -> None:
    assert line(Kind.DEFERRED, Reason.MAILBOX_FULL, more=10) == "Refus provisoire : boîte pleine. 10 autres essais"
    assert line(Kind.DEFERRED, Reason.MAILBOX_FULL, more=1) == "Refus provisoire : boîte pleine. 1 autre essai"
    assert line(Kind.EXPIRED, after=timedelta(hours=72)) == "Abandon après 3 jours"
    assert line(Kind.RETURNED, Reason.SPAM_CONTENT) == "Renvoyé par un serveur : pris pour un indésirable"


def test_a_server_that_could_not_be_reached_refused_nothing() -> None:
    assert line(Kind.DEFERRED, Reason.CONNECTION_FAILED) == "Essai sans succès : sa messagerie ne répond pas"


def test_what_a_person_did_bears_their_name() -> None:
    assert line(Kind.REQUESTED, by="C. Morel") == "Demandé par C. Morel"
    assert line(Kind.NOTE, by="C. Morel", note="remis en main propre") == "Note de C. Morel : remis en main propre"


def test_acceptance_is_by_a_server_and_a_machines_load_leaves_the_opening_unknown() -> None:
    assert line(Kind.DELIVERED) == "Accepté par le serveur du destinataire"
    assert line(Kind.MACHINE_LOAD) == "Images chargées automatiquement : ouverture inconnue"


@pytest.mark.parametrize(
    ("status", "seen"),
    [
        (Status.RECEIVED, [Flag.COMPLAINT, Flag.MACHINE_LOAD]),
        (Status.OPENED, [Flag.CONTRADICTORY, Flag.COMPLAINT]),
        (Status.SEND_ERROR, [Flag.CONTRADICTORY, Flag.COMPLAINT, Flag.LATE_RETURN]),
    ],
)
def test_beside_a_status_stand_only_the_flags_that_add_to_it(status: Status, seen: list[Flag]) -> None:
    raised = Flag.COMPLAINT | Flag.MACHINE_LOAD | Flag.LATE_RETURN
    if status is not Status.RECEIVED:
        raised |= Flag.CONTRADICTORY
    assert flags.that_matter(status, raised) == seen
