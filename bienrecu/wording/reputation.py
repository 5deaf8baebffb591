"""What figures say of a domain's reputation, and what to do about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.domain.reputation import PEAK, Counts, Level, of_addresses, of_complaints, of_refusals
from bienrecu.wording import when
from bienrecu.wording.operators import operator


class Remedy(StrEnum):
    """Where the way out is; pages know the links."""

    SLOW_DOWN = "slow_down"
    CLEAN_ADDRESSES = "clean_addresses"
    FINISH_DOMAIN = "finish_domain"


@dataclass(frozen=True, slots=True)
class Advice:
    """`what` we see, and what to `do`."""

    level: Level
    remedy: Remedy
    what: str
    do: str


def level(found: Level) -> str:
    return {Level.FINE: _("fine"), Level.WATCH: _("to be watched"), Level.ACT: _("act now")}[found]


def share(count: int, total: int) -> str:
    """ "1.5%"; empty when nothing was sent."""
    return _("{n}%").format(n=number_format(100 * count / total, 1)) if total else ""


def advice(code: str, counts: Counts) -> Iterator[Advice]:
    """About what was sent to one operator."""

    def sign(level: Level, remedy: Remedy, count: int, what: str, do: str) -> Advice:
        told = what.format(name=operator(code), n=count, share=share(count, counts.sent))
        return Advice(level, remedy, told, do)

    if found := of_complaints(counts):
        what = _("{name}: {n} people marked your e-mails as junk ({share}).")
        do = _("Slow down, and write only to people who expect it: above 0.3%, mail services begin to refuse.")
        yield sign(found, Remedy.SLOW_DOWN, counts.complaints, what, do)
    if counts.unauthenticated:
        what = ngettext(
            "{name}: {n} e-mail was refused because your domain does not prove who sends.",
            "{name}: {n} e-mails were refused because your domain does not prove who sends.",
            counts.unauthenticated,
        )
        do = _("Finish the set-up of your domain: its page says which record is missing.")
        yield sign(Level.ACT, Remedy.FINISH_DOMAIN, counts.unauthenticated, what, do)
    if found := of_addresses(counts):
        what = _("{name}: {n} addresses do not exist ({share}).")
        do = _("Clean these addresses: whoever writes to many that do not exist is taken for a sender of junk.")
        yield sign(found, Remedy.CLEAN_ADDRESSES, counts.bad_addresses, what, do)
    if found := of_refusals(counts):
        what = _("{name}: {n} e-mails were refused for another reason than the address ({share}).")
        do = _("Slow down: spread your sendings over several days, until the refusals become fewer.")
        yield sign(found, Remedy.SLOW_DOWN, counts.refused_otherwise, what, do)


def sudden(day: date, volume: int, now: datetime) -> Advice:
    said = when.day(datetime.combine(day, now.timetz()), now)
    return Advice(
        Level.WATCH,
        Remedy.SLOW_DOWN,
        _("On {day}, {n} e-mails left: more than {times} times your usual day.").format(
            day=said, n=number_format(volume, force_grouping=True), times=PEAK
        ),
        _("Slow down: mail services distrust a sender whose volume jumps. Spread your sendings over several days."),
    )


def urgent(
    operators: Mapping[str, Counts], peak: date | None, days: Mapping[date, Counts], now: datetime
) -> list[Advice]:
    """What cannot wait for somebody to open the page."""
    found = [one for code, counts in operators.items() for one in advice(code, counts) if one.level is Level.ACT]
    return [*found, sudden(peak, days[peak].sent, now)] if peak else found
