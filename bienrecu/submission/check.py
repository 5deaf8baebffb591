"""What can be wrong with a request before anything is filled in."""

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bienrecu.advice.attachments import FORBIDDEN_SUFFIXES
from bienrecu.domain.address import Address, AddressError
from bienrecu.store.models.mail import EmailType
from bienrecu.store.queries import unsubscribed
from bienrecu.submission.request import Person, Problem, Request
from bienrecu.submission.sender import reply_problems, sender_problems
from bienrecu.wording.size import MEGABYTE

MOST_RECIPIENTS = 10_000
MOST_ATTACHMENTS = 20


def problems_of(request: Request) -> list[Problem]:
    """Everything that can be said without filling in the template; the recipients' own problems last."""
    return [
        *_message_problems(request),
        *sender_problems(request.organisation),
        *reply_problems(request.reply_address),
        *_attachment_problems(request),
        *_recipient_problems(request.recipients),
        *_unsubscribed_problems(request),
    ]


def _message_problems(request: Request) -> list[Problem]:
    found = []
    if request.type not in EmailType.values:
        found.append(Problem("type_unknown", _("“%s” is not a type of e-mail.") % request.type))
    if not request.subject.strip():
        found.append(Problem("subject_missing", _("Add a subject.")))
    if not request.html.strip():
        found.append(Problem("body_missing", _("Write the message.")))
    if not request.key or len(request.key) > 200:
        found.append(Problem("key_invalid", _("The key of a request has 1 to 200 characters.")))
    if not request.recipients:
        found.append(Problem("no_recipient", _("Choose at least one recipient.")))
    if len(request.recipients) > MOST_RECIPIENTS:
        text = ngettext("At most %d recipient at once.", "At most %d recipients at once.", MOST_RECIPIENTS)
        found.append(Problem("too_many_recipients", text % MOST_RECIPIENTS))
    return found


def _attachment_problems(request: Request) -> list[Problem]:
    found = []
    for attachment in request.attachments:
        found += file_problems(attachment.filename, len(attachment.content))
    for link in request.links:
        found += file_problems(link.name, link.size)
    sizes = [len(attachment.content) for attachment in request.attachments]
    return found + files_problems(sizes, [link.size for link in request.links])


def file_problems(name: str, size: int) -> list[Problem]:
    """What is wrong with one attachment of `size` octets."""
    found = []
    if PurePath(name.lower()).suffix in FORBIDDEN_SUFFIXES:
        text = _("“%(name)s”: mail services refuse this type of file. Send a PDF or a link.") % {"name": name}
        found.append(Problem("attachment_forbidden", text))
    if not size:
        found.append(Problem("attachment_missing", _("“%(name)s” is empty: add the file again.") % {"name": name}))
    return found


def files_problems(sizes: Sequence[int], linked: Sequence[int]) -> list[Problem]:
    """What is wrong with the attachments together, and with the files sent as links, of that many octets each."""
    found = []
    if len(sizes) + len(linked) > MOST_ATTACHMENTS:
        found.append(Problem("too_many_attachments", _("At most %d attachments.") % MOST_ATTACHMENTS))
    limit = settings.BIENRECU.max_message_size
    if sum(sizes) > limit * MEGABYTE:
        text = _("The attachments weigh more than %d MB together. Make them smaller, or send a link.") % limit
        found.append(Problem("too_large", text))
    limit = settings.BIENRECU.max_linked_size
    if sum(linked) > limit * MEGABYTE:
        text = _("The files to download weigh more than %d MB together. Make them smaller.") % limit
        found.append(Problem("links_too_large", text))
    return found


def _unsubscribed_problems(request: Request) -> list[Problem]:
    if request.confidential:
        return []  # about their account
    left = unsubscribed.among(request.organisation, request.type, [person.address for person in request.recipients])
    text = _("This person asked for no more e-mails of this type.")
    return [
        Problem("unsubscribed", text, person.address) for person in request.recipients if person.address.lower() in left
    ]


def _recipient_problems(people: Sequence[Person]) -> list[Problem]:
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    for person in people:
        try:
            Address.parse(person.address)
        except AddressError:
            found.append(Problem("address_invalid", _("This address is not of the form name@domain."), person.address))
            continue
        # Two people may share a mailbox; the same person twice is a mistake.
        seen[person.address.lower(), person.name.lower()] += 1
        if seen[person.address.lower(), person.name.lower()] == 2:
            found.append(Problem("recipient_twice", _("This person is in the list twice."), person.address))
    return found
