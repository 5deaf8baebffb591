"""The page of the reputation: figures, drawings and advice, in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from bienrecu.domain.reputation import Counts, Level, of_addresses, of_complaints, of_refusals
from bienrecu.store.models import Organisation, SendingDomain
from bienrecu.store.queries.reputation import DomainFigures, figures
from bienrecu.store.queries.warm_up import stages
from bienrecu.web.access import MemberRequest
from bienrecu.web.warm_up import WarmUp
from bienrecu.web.warm_up import present as present_warm_up
from bienrecu.wording import reputation as words
from bienrecu.wording import when
from bienrecu.wording.operators import operator

_WIDTH, _HEIGHT = 10, 60  # of one day, in the units of the drawing


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Plot:
    """One figure over the days; `said` is what somebody who does not see it is told."""

    title: str
    total: str
    kind: str
    bars: list[Bar]
    most: str
    said: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in the table, its share and how it is judged; `word` stays empty when it is fine."""

    count: int
    share: str
    level: str
    word: str


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    counts: Counts
    figures: list[Figure]


@dataclass(frozen=True, slots=True)
class Told:
    """Advice with the link that leads to doing it."""

    advice: words.Advice
    level: str
    word: str
    href: str
    link: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one domain sent."""

    name: str
    verdict: str
    level: str
    told: list[Told]
    plots: list[Plot]
    lines: list[Line]
    days: list[tuple[str, Counts]]
    first: str
    last: str
    warm_up: WarmUp | None
    domain: SendingDomain | None


def parts(request: MemberRequest) -> list[Part]:
    organisation, now = request.organisation, timezone.localtime()
    domains = {one.name: one for one in organisation.sending_domains.select_related("organisation")}
    return [_part(organisation, one, domains.get(one.domain), now) for one in figures(organisation, now)]


def _part(organisation: Organisation, found: DomainFigures, domain: SendingDomain | None, now: datetime) -> Part:
    told = sorted(_advice(found, now), key=lambda one: -one.level)
    worst = max((one.level for one in told), default=Level.FINE)
    days = [(when.short_day(datetime.combine(day, time(12), UTC), now), counts) for day, counts in found.days.items()]
    return Part(
        name=found.domain,
        verdict=words.level(worst),
        level=worst.name.lower(),
        told=[_told(organisation, one, domain) for one in told],
        plots=list(_plots(days)),
        lines=[Line(operator(code), counts, _figures(counts)) for code, counts in found.operators.items()],
        days=[(day, counts) for day, counts in reversed(days) if counts != Counts()],
        first=days[0][0],
        last=days[-1][0],
        warm_up=present_warm_up(stages(domain, now)) if domain else None,
        domain=domain,
    )


def _advice(found: DomainFigures, now: datetime) -> Iterator[words.Advice]:
    for code, counts in found.operators.items():
        yield from words.advice(code, counts)
    if found.sudden:
        yield words.sudden(found.sudden, found.days[found.sudden].sent, now)


def _told(organisation: Organisation, one: words.Advice, domain: SendingDomain | None) -> Told:
    slug = organisation.slug
    href, link = {
        words.Remedy.SLOW_DOWN: (reverse("sessions", args=[slug]), _("Plan the sendings of a session")),
        words.Remedy.CLEAN_ADDRESSES: (reverse("suppressions", args=[slug]), _("See the addresses that failed")),
        words.Remedy.FINISH_DOMAIN: (
            reverse("domain", args=[slug, domain.pk]) if domain else reverse("sender", args=[slug]),
            _("Finish the set-up"),
        ),
    }[one.remedy]
    return Told(one, one.level.name.lower(), words.level(one.level), href, link)


def _figures(counts: Counts) -> list[Figure]:
    judged = [
        (counts.refused_otherwise, of_refusals(counts)),
        (counts.bad_addresses, of_addresses(counts)),
        (counts.complaints, of_complaints(counts)),
    ]
    return [
        Figure(count, words.share(count, counts.sent), level.name.lower(), words.level(level) if level else "")
        for count, level in judged
    ]


def _plots(days: Sequence[tuple[str, Counts]]) -> Iterator[Plot]:
    yield _plot(_("E-mails sent"), "volume", [(day, counts.sent) for day, counts in days])
    yield _plot(_("Refused or returned"), "refused", [(day, counts.refused) for day, counts in days])
    yield _plot(_("Marked as junk"), "complaints", [(day, counts.complaints) for day, counts in days])
    yield _plot(_("Asked to wait"), "deferred", [(day, counts.deferred) for day, counts in days])


def _plot(title: str, kind: str, days: Sequence[tuple[str, int]]) -> Plot:
    total, (peak_day, most) = sum(count for _day, count in days), max(days, key=lambda day: day[1])
    said = _("{title}: {total} in {days} days").format(title=title, total=_n(total), days=len(days))
    if most:
        said = _("{said}, at most {most} on {day}").format(said=said, most=_n(most), day=peak_day)
    bars = [
        Bar(number * _WIDTH + 1, round(_HEIGHT - height, 1), round(height, 1))
        for number, (_day, count) in enumerate(days)
        if count and (height := max(2.0, _HEIGHT * count / most))
    ]
    return Plot(title, _n(total), kind, bars, _n(most) if most else "", said)


def _n(count: int) -> str:
    return number_format(count, force_grouping=True)
