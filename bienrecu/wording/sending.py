"""What sending an e-mail will do, in one sentence."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.wording import when


def what_will_happen(people: int, subject: str, files: int, at: datetime | None, now: datetime) -> str:
    """ "27 people will receive “Your invitation” with 1 attachment, now." `at`: when, unless now."""
    sentence = ngettext(
        "{n} person will receive “{subject}”{files}, {when}.",
        "{n} people will receive “{subject}”{files}, {when}.",
        people,
    )
    return sentence.format(n=people, subject=subject, files=_with(files), when=when.moment(at, now) if at else _("now"))


def what_happened(people: int, subject: str, at: datetime | None, now: datetime) -> str:
    if at:
        text = ngettext(
            "{n} e-mail “{subject}” will leave {when}.", "{n} e-mails “{subject}” will leave {when}.", people
        )
        return text.format(n=people, subject=subject, when=when.moment(at, now))
    text = ngettext("{n} e-mail “{subject}” is leaving.", "{n} e-mails “{subject}” are leaving.", people)
    return text.format(n=people, subject=subject)


def _with(files: int) -> str:
    return ngettext(" with {n} attachment", " with {n} attachments", files).format(n=files) if files else ""
