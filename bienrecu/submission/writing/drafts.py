"""E-mails being written: kept, copied, tried out, sent once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from bienrecu.domain.audit import Action
from bienrecu.protocol.message import Attachment
from bienrecu.store.audit import note
from bienrecu.store.models import Contact, Draft, DraftAttachment, Message, TextModel, TrainingSession, User
from bienrecu.submission.compose import compose_all, shared_tail
from bienrecu.submission.post import new_token, post
from bienrecu.submission.request import FileByLink, Person, Problem, Refused, Request
from bienrecu.submission.sender import reply_problems, sender_problems
from bienrecu.submission.template import variables_for
from bienrecu.submission.texts import Text
from bienrecu.submission.writing.audience import Audience, audience_of
from bienrecu.submission.writing.draft_check import problems_of


class StaleDraftError(Exception):
    """Somebody saved it since it was shown, in another tab or elsewhere: nothing was changed."""


class SentDraftError(Exception):
    """It has become an e-mail: what is sent is not changed any more."""


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody has written. `html` is clean (`mail_html.clean`); `contacts` are those of a picked audience."""

    subject: str
    html: str
    language: str
    reply_address: str
    audience: str
    contacts: Sequence[Contact]
    scheduled_at: datetime | None


def start(session: TrainingSession, text: Text | TextModel, by: User) -> Draft:
    """A draft that begins with `text`; the one that `by` began so and left untouched, if there is one."""
    begun = {
        "organisation": session.organisation,
        "session": session,
        "by": by,
        "type": text.type,
        "language": text.language,
        "subject": text.subject,
        "html": text.html,
        "reply_address": "",
        "audience": "",
        "scheduled_at": None,
    }
    untouched = Draft.objects.filter(**begun, message=None, attachments=None).first()
    return untouched or Draft.objects.create(**begun, key=new_token())


def save(draft: Draft, written: Written, *, seen: str | None) -> None:
    """Keeps what was written. `seen` is the `version` that the writer was shown; None overwrites whatever is there.

    Raises StaleDraftError or SentDraftError."""
    if sent_as(draft):
        raise SentDraftError
    with transaction.atomic():
        current = Draft.objects.select_for_update().get(pk=draft.pk)
        if seen is not None and version(current) != seen:
            raise StaleDraftError
        for name in ("subject", "html", "language", "reply_address", "audience", "scheduled_at"):
            setattr(draft, name, getattr(written, name))
        draft.save()
        draft.contacts.set(written.contacts)


def version(draft: Draft) -> str:
    """Changes whenever the draft is saved."""
    return draft.updated_at.isoformat()


def copy(draft: Draft, by: User) -> Draft:
    """A new draft that says the same to the same people, now."""
    with transaction.atomic():
        made = Draft.objects.get(pk=draft.pk)
        made.pk, made._state.adding = None, True
        made.key, made.by, made.message, made.scheduled_at = new_token(), by, None, None
        made.save()
        made.contacts.set(draft.contacts.all())
        for file in draft.attachments.order_by("id"):
            file.pk, file.draft = None, made
            file.save(force_insert=True)
    return made


def sent_as(draft: Draft) -> Message | None:
    """The e-mail that it has become. The key tells even when the process died before it noted which."""
    return Message.objects.filter(organisation=draft.organisation, key=draft.key).first()


def request_of(
    draft: Draft, by: User | None = None, *, with_files: bool = True, audience: Audience | None = None
) -> Request:
    """What sending it asks for. Without the content of the files it is good for looking only."""
    people = (audience or audience_of(draft)).people
    return Request(
        organisation=draft.organisation,
        session=draft.session,
        type=draft.type,
        key=draft.key,
        subject=draft.subject,
        html=draft.html,
        recipients=[Person.of(contact) for contact in people],
        attachments=[_attachment(file, with_files) for file in _files(draft, with_files).filter(linked=False)],
        links=[_link(file, with_files) for file in _files(draft, with_files).filter(linked=True)],
        scheduled_at=draft.scheduled_at,
        requested_by=by,
        reply_address=draft.reply_address,
        language=draft.language,
    )


def _files(draft: Draft, with_content: bool) -> QuerySet[DraftAttachment]:
    files = draft.attachments.order_by("id")
    return files if with_content else files.defer("content")


def _attachment(file: DraftAttachment, with_content: bool) -> Attachment:
    return Attachment(file.name, file.content_type, bytes(file.content) if with_content else b"")


def _link(file: DraftAttachment, with_content: bool) -> FileByLink:
    return FileByLink(file.name, file.content_type, file.size, bytes(file.content) if with_content else b"")


def look(request: Request, person: Person) -> tuple[bytes, list[Problem]]:
    """What `person` would get, all but the attachments; empty, with the reasons, when it cannot be made. Its links
    are nobody's."""
    if problems := sender_problems(request.organisation):
        return b"", problems
    one = replace(request, recipients=[person], reply_address=_usable(request.reply_address))
    copies, problems = compose_all(one, new_token(), iter([_NOBODY]), request.scheduled_at or timezone.now())
    return (copies[0].head if copies else b""), problems


_NOBODY = "a" * 16


def sample(request: Request) -> bytes:
    """The whole e-mail as its first recipient would get it; empty when it cannot be made."""
    if not request.recipients or sender_problems(request.organisation):
        return b""
    boundary, now = new_token(), request.scheduled_at or timezone.now()
    one = replace(request, recipients=request.recipients[:1], reply_address=_usable(request.reply_address))
    copies, _problems = compose_all(one, boundary, iter([_NOBODY]), now)
    return copies[0].head + shared_tail(one, boundary) if copies else b""


def _usable(reply_address: str) -> str:
    return "" if reply_problems(reply_address) else reply_address


def reviewed(draft: Draft, request: Request) -> str:
    """The same as long as sending would do what the last page says."""
    parts = [version(draft), *(f"{person.address}\0{person.name}" for person in request.recipients)]
    parts += [f"{id}\0{linked}" for id, linked in draft.attachments.order_by("id").values_list("id", "linked")]
    return hashlib.sha256("\1".join(parts).encode()).hexdigest()


def send(draft: Draft, by: User, *, seen: str, without_files: bool = False) -> Message:
    """Sends it, once however often this is called. `seen` is what `reviewed` was when the last page was shown;
    `without_files`: the writer knows that the text names an attachment and that there is none.

    Raises StaleDraftError, or Refused with every problem; then nothing was sent."""
    if message := sent_as(draft):
        return _noted(draft, message, by)
    request = request_of(draft, by)
    if reviewed(draft, request) != seen:
        raise StaleDraftError
    if problems := problems_of(request, timezone.now(), without_files=without_files):
        raise Refused(problems)
    return _noted(draft, post(request), by)


def _noted(draft: Draft, message: Message, by: User) -> Message:
    """Only the first of those who come here tells the audit log."""
    with transaction.atomic():
        if Draft.objects.filter(pk=draft.pk, message=None).update(message=message):
            recipients, when = message.recipient_count, message.scheduled_at
            at = {"scheduled_at": when.isoformat()} if when else {}
            note(draft.organisation, by, Action.EMAIL_SENT, message.subject, recipients=recipients, **at)
    return message


def rehearse(draft: Draft, person: Person | None, by: User, key: str) -> Message:
    """Sends to `by` what `person` would get, outside of the session's History. Raises Refused."""
    request = request_of(draft, by)
    values = variables_for(person, draft.session, draft.organisation, request.written_in) if person else {}
    if person is None:
        values = variables_for(Person(by.email, by.name), draft.session, draft.organisation, request.written_in)
    empty = dict.fromkeys(("prenom", "nom", "nom_complet", "entreprise"), "")
    to_oneself = Person(by.email, by.name, variables=empty | values)
    subject = _("[Test] %s") % request.subject if request.subject.strip() else ""
    return post(replace(request, key=key, subject=subject, recipients=[to_oneself], session=None, scheduled_at=None))
