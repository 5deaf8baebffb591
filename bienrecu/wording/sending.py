"""What sending an e-mail will do, in one sentence."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.wording import when


def what_will_happen(people: int, subject: str, files: int, links: int, at: datetime | None, now: datetime) -> str:
    """ "27 people will receive “Your invitation” with 1 attachment, now." `at`: when, unless now."""
    said = when.moment(at, now) if at else _("now")
    sentence = ngettext(
        "{n} person will receive “{subject}”{files}, {when}.",
        "{n} people will receive “{subject}”{files}, {when}.",
        people,
    )
    return sentence.format(n=people, subject=subject, files=_with(files, links), when=said)


def what_was_done(people: int, subject: str, at: datetime | None, now: datetime) -> str:
    """Of an e-mail that is leaving, or that will leave `at`."""
    if at and at > now:
        text = ngettext(
            "“{subject}” will leave for {n} person {when}.", "“{subject}” will leave for {n} people {when}.", people
        )
        return text.format(n=people, subject=subject, when=when.moment(at, now))
    text = ngettext(
        "The sending of “{subject}” to {n} person has begun.",
        "The sending of “{subject}” to {n} people has begun.",
        people,
    )
    return text.format(n=people, subject=subject)


def spread(days: Sequence[tuple[date, int]], domain: str, now: datetime) -> str:
    """ "200 of these 900 e-mails leave today, …", when their domain is new; `days` are the days on which they leave."""
    total, today = sum(count for _day, count in days), dict(days).get(now.date(), 0)
    last = when.day(datetime.combine(days[-1][0], now.timetz()), now)
    return " ".join(
        (
            _(
                "{n} of these {total} e-mails leave today, the others on the days that follow, the last on {day}."
            ).format(n=today, total=total, day=last)
            if today
            else _("These e-mails leave on the days that follow, the last on {day}.").format(day=last),
            _(
                "The domain {domain} is new: mail services distrust a new sender that writes to many people at once."
            ).format(domain=domain),
        )
    )


def _with(files: int, links: int) -> str:
    said = ngettext(" with {n} attachment", " with {n} attachments", files).format(n=files) if files else ""
    if links and files:
        said += ngettext(" and {n} file to download", " and {n} files to download", links).format(n=links)
    elif links:
        said = ngettext(" with {n} file to download", " with {n} files to download", links).format(n=links)
    return said
