"""Dates, times and durations as people write them. `now` is in the reader's time zone; all else is shown in it."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def moment(at: datetime, now: datetime) -> str:
    """ "on 8 January at 09:14", "le 8 janvier à 09:14"; with the year when it is not the current one."""
    return _("on {day} at {time}").format(day=day(at, now), time=_clock(at, now))


def brief(at: datetime, now: datetime) -> str:
    """ "at 09:29" today, "on 6 Jan at 09:29" any other day."""
    if _is_today(at, now):
        return _("at {time}").format(time=_clock(at, now))
    return _("on {day} at {time}").format(day=short_day(at, now), time=_clock(at, now))


def day(at: datetime, now: datetime) -> str:
    """ "8 January", "8 janvier", "1er janvier"."""
    months = _("January February March April May June July August September October November December")
    return _dated(at, now, months)


def short_day(at: datetime, now: datetime) -> str:
    """ "8 Jan", "8 janv."."""
    return _dated(at, now, _("Jan Feb March April May June July Aug Sept Oct Nov Dec"))


def weekday(at: datetime, now: datetime) -> str:
    """ "Tue 5 Jan", "mar. 5 janv."."""
    names = _("Mon Tue Wed Thu Fri Sat Sun").split()
    return f"{names[_here(at, now).weekday()]} {short_day(at, now)}"


def span(length: timedelta) -> str:
    """ "40 minutes", "5 hours", "3 days", rounded down, at least one minute."""
    minutes = max(1, int(length.total_seconds() // 60))
    if minutes < 90:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    if (hours := minutes // 60) < 48:
        return ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    return ngettext("{n} day", "{n} days", hours // 24).format(n=hours // 24)


def _dated(at: datetime, now: datetime, months: str) -> str:
    here = _here(at, now)
    number = _("1st") if here.day == 1 else str(here.day)
    year = "" if here.year == now.year else f" {here.year}"
    return f"{number} {months.split()[here.month - 1]}{year}"


def _clock(at: datetime, now: datetime) -> str:
    return f"{_here(at, now):%H:%M}"


def _is_today(at: datetime, now: datetime) -> bool:
    return _here(at, now).date() == now.date()


def _here(at: datetime, now: datetime) -> datetime:
    return at.astimezone(now.tzinfo)
