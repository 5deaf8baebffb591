"""Files: how much they weigh, and what became of those sent as links."""

from datetime import datetime

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.wording import when

MEGABYTE = 1_000_000


def size(octets: int) -> str:
    """ "340 kB", "2.1 MB": the megabytes that the limits are told in."""
    if octets < MEGABYTE:
        return _("%s kB") % number_format(max(1, round(octets / 1000)) if octets else 0)
    return _("%s MB") % number_format(round(octets / MEGABYTE, 1), 0 if octets % MEGABYTE == 0 else 1)


def link_words(times: int, expires_at: datetime | None, now: datetime) -> str:
    """ "Sent as a link, until 3 March. Downloaded 2 times." `expires_at`: None when it is not kept any more."""
    if expires_at and expires_at > now:
        until = _("Sent as a link, until {day}.").format(day=when.day(expires_at, now))
    else:
        until = _("Sent as a link, which has expired.")
    none = _("Not downloaded so far, as far as we know.")
    downloads = ngettext("Downloaded {n} time.", "Downloaded {n} times.", times).format(n=times)
    return f"{until} {downloads}" if times else f"{until} {none}"
