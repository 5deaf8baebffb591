"""The check-up of all that failed in a session and waits for somebody: how many for one cause, the most first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from bienrecu.domain.check_up import Answer, Question, is_the_senders
from bienrecu.domain.reason import Reason
from bienrecu.store.models import Organisation, Recipient, TrainingSession
from bienrecu.store.queries import follow_up
from bienrecu.submission.check_up import of_sender, sender_of

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Group:
    """What `count` failures have in common: the reason of their refusals, or `sender`, in whose name they left. `some`
    of them are to be looked at."""

    count: int
    reason: Reason | None
    sender: Answer | None
    some: Sequence[Recipient]


def check_up_of(session: TrainingSession) -> list[Group]:
    rows = follow_up.unsettled(session.organisation).filter(session=session).order_by("id")
    kinds: dict[tuple[str, str], Q] = defaultdict(Q)
    for stored, address in rows.order_by().values_list("reason", "message__author_address").distinct():
        sender = sender_of(session.organisation, address)
        blamed = is_the_senders(Reason(stored or Reason.UNDETERMINED), sender)
        kinds[("", address) if blamed else (stored, "")] |= Q(reason=stored, message__author_address=address)
    groups = [_group(session.organisation, rows.filter(which), *cause) for cause, which in kinds.items()]
    return sorted(groups, key=lambda group: -group.count)


def _group(organisation: Organisation, rows: QuerySet[Recipient], stored: str, blamed: str) -> Group:
    """Of those with one reason, or with one sender to blame."""
    sender = of_sender(sender_of(organisation, blamed), blamed, Question.SENDER) if blamed else None
    reason = None if blamed else Reason(stored or Reason.UNDETERMINED)
    return Group(rows.count(), reason, sender, list(rows[:_SHOWN]))
