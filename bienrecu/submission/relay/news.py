"""That an organisation's own mail account works no more, or again, told to its administrators."""

from datetime import datetime

from django.utils.translation import gettext as _

from bienrecu.domain.relay_account import Trouble
from bienrecu.store.models import RelayAccount
from bienrecu.submission import administrators
from bienrecu.submission.administrators import Letter
from bienrecu.submission.links import relay_url
from bienrecu.wording import relay_account as words


def tell_broken(row: RelayAccount, now: datetime, waiting: int) -> None:
    def written() -> Letter:
        said = _("The server's answer: {said}").format(said=row.said) if row.said else ""
        paragraphs = (
            _("Hello,"),
            words.broken(row.address, row.trouble_since or now, now),
            words.trouble(Trouble(row.trouble)),
            said,
            words.waiting(waiting),
            relay_url(row.organisation.slug),
        )
        return Letter(_("{address}: the account does not work").format(address=row.address), _given(paragraphs))

    administrators.tell(row.organisation, f"account:{row.pk}:broken:{now:%Y%m%dT%H%M%S}", written)


def tell_mended(row: RelayAccount, now: datetime) -> None:
    def written() -> Letter:
        paragraphs = (
            _("Hello,"),
            _(
                "Your e-mails leave through your mail account {address} again. What waited for it leaves by itself."
            ).format(address=row.address),
            relay_url(row.organisation.slug),
        )
        return Letter(_("{address}: the account works again").format(address=row.address), paragraphs)

    administrators.tell(row.organisation, f"account:{row.pk}:mended:{now:%Y%m%dT%H%M%S}", written)


def _given(paragraphs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filter(None, paragraphs))
