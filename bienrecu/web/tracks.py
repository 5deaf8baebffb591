"""The small drawing beside a status: who holds the message now, and where it stopped.

Four places in a row: us, on the way, their mail service, the person. The words beside it say the same."""

from bienrecu.domain.status import Status

REACHED, STOPPED, AHEAD = "reached", "stopped", "ahead"

_PLACES = 4
_HOLDER = {Status.REQUESTED: 0, Status.SENT: 1, Status.RECEIVED: 2, Status.OPENED: 3}
_STOPPED_AT = {Status.SEND_ERROR: 0, Status.RECEPTION_IMPOSSIBLE: 2}


def places(status: Status) -> list[str]:
    """What each of the four places shows."""
    if status in _STOPPED_AT:
        stop = _STOPPED_AT[status]
        return [REACHED] * stop + [STOPPED] + [AHEAD] * (_PLACES - stop - 1)
    reached = _HOLDER[status] + 1
    return [REACHED] * reached + [AHEAD] * (_PLACES - reached)
