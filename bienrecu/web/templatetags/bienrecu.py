"""What templates need beyond Django's own: times as people read them, the drawings."""

from datetime import UTC, date, datetime, time
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from bienrecu.domain.status import Status
from bienrecu.store.models import TrainingSession
from bienrecu.web.tracks import places
from bienrecu.wording import help, types, when
from bienrecu.wording.size import size

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from web/_icons.html; words beside it say what it means."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="#icon-{}"/></svg>', name)


@register.simple_tag
def track(status: Status) -> SafeString:
    return format_html('<svg class="track" aria-hidden="true"><use href="#track-{}"/></svg>', Status(status).code)


@register.inclusion_tag("web/_tracks.html")
def tracks() -> dict[str, object]:
    """The drawings that `track` shows, once per page."""
    return {"tracks": [(status.code, list(zip((7, 23, 39, 55), places(status), strict=True))) for status in Status]}


@register.inclusion_tag("web/help/_page.html", takes_context=True)
def page_help(context: dict[str, Any], topic: str) -> dict[str, Any]:
    """What the page says about itself, folded at its end; it asks whether it helped."""
    shared = {name: context.get(name) for name in ("organisation", "request")}
    return shared | {"topic": topic, "help": help.page_help(topic)}


@register.filter
def weight(octets: int) -> str:
    """ "340 kB", "2.1 MB"."""
    return size(octets)


@register.filter
def email_type(code: str) -> str:
    return types.email_type(code)


@register.filter
def code(status: Status) -> str:
    return Status(status).code


@register.filter
def whole(number: int) -> str:
    """Large numbers in groups of three digits."""
    return number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def moment(at: datetime) -> str:
    """ "on 8 January at 09:14"."""
    return when.moment(at, timezone.localtime())


@register.filter
def brief(at: datetime) -> str:
    """ "at 09:29" today, "on 6 Jan at 09:29" any other day."""
    return when.brief(at, timezone.localtime())


@register.filter
def day(at: datetime) -> str:
    """ "8 January", with the year when it is not the current one."""
    return when.day(at, timezone.localtime())


@register.filter
def short_day(at: datetime) -> str:
    return when.short_day(at, timezone.localtime())


@register.filter
def offset(at: datetime) -> str:
    """How far the time shown is from UTC: "UTC+1", "UTC+5:30"."""
    minutes = int((timezone.localtime(at).utcoffset() or UTC.utcoffset(None)).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


@register.filter
def days(session: TrainingSession) -> str:
    """When a session takes place: "12–13 January 2027", "28 January – 2 February"; empty without a date."""
    first, last = session.starts_on, session.ends_on or session.starts_on
    if first is None or last is None:
        return ""
    if first == last:
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{_('1st') if first.day == 1 else first.day}–{_day(last)}"
    return f"{_day(first)} – {_day(last)}"


def _day(day: date) -> str:
    return when.day(datetime.combine(day, time(12), UTC), timezone.localtime())
