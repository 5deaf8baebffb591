"""One e-mail's case as plain text: what goes along when somebody asks for help about it."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bienrecu.domain.status import Status
from bienrecu.store.models import Recipient
from bienrecu.store.queries import emails
from bienrecu.store.queries.emails import Case
from bienrecu.web import case as cases
from bienrecu.web import it_note
from bienrecu.web.access import MemberRequest
from bienrecu.web.check_up import as_text
from bienrecu.wording import statuses
from bienrecu.wording.facts import labelled

_MOST_LINES = 40
_LONGEST_REPLY = 2000


def diagnosis(recipient: Recipient, request: MemberRequest) -> str:
    """In the reader's language and time zone; paragraphs parted by an empty line. The content of the e-mail is not
    in it."""
    found = emails.case(recipient)
    looked_at = as_text(found, request) if Status(recipient.status).is_failure else ()
    parts = (_head(recipient, request), _card(found, request), looked_at, _timeline(found), _note(found))
    return "\n\n".join(filter(None, map("\n".join, parts)))


def _head(recipient: Recipient, request: MemberRequest) -> Iterator[str]:
    whom = f"{recipient.name} <{recipient.address}>" if recipient.name else recipient.address
    yield labelled(_("E-mail"), recipient.subject)
    yield labelled(_("Recipient"), whom)
    yield labelled(_("Status"), statuses.label(Status(recipient.status)))
    yield f"Message-ID: {recipient.msg_id}"
    yield request.build_absolute_uri(reverse("email", args=[request.organisation.slug, recipient.id]))


def _card(found: Case, request: MemberRequest) -> Iterator[str]:
    card = cases.card_of(found, request.organisation, timezone.localtime())
    yield card.title
    yield labelled(_("What we know"), card.know)
    if card.sure:
        yield labelled(_("How sure we are"), card.sure)
    yield labelled(_("What we do not know"), card.dont_know)
    yield labelled(_("What you can do"), f"{card.can_do} {card.page}".strip())


def _timeline(case: Case) -> Iterator[str]:
    for line in cases.timeline(case)[-_MOST_LINES:]:
        yield f"{timezone.localtime(line.at):%Y-%m-%d %H:%M:%S %z}  {line.text}"


def _note(case: Case) -> Iterator[str]:
    """The note for one's own IT department; where nothing was said against the e-mail, what its server answered."""
    for note in it_note.notes(case, emails.exact_bytes(case.recipient)):
        if note.name == "ours":
            yield from (note.title, note.text.strip())
            return
    for attempt in [one for one in cases.evidence(case.attempts) if one.reply][:1]:
        yield labelled(_("The server's answer"), attempt.host)
        yield attempt.reply[:_LONGEST_REPLY]
