"""Looking up the names of the addresses that reports tell of: in the background, few at a time."""

from datetime import datetime

from bienrecu.advice.source_name import source_name
from bienrecu.store import source_names
from bienrecu.submission.domains.dns import Dns

_MOST_AT_ONCE = 20
_MOST_SILENCES = 2


def look_due(now: datetime) -> int:
    """How many were found out. Where the DNS does not answer, the others wait for the next time."""
    dns, silences, told = Dns(), 0, 0
    for row in source_names.due(now, _MOST_AT_ONCE):
        if (found := source_name(row.ip, dns.ask)) is not None:
            source_names.found(row, found.name, found.confirmed, now)
            told += 1
            continue
        source_names.silent(row, now)
        silences += 1
        if silences == _MOST_SILENCES:
            break
    source_names.forget_old(now)
    return told
