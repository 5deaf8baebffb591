"""Line ends in whatever people type: no field of any form, of any model, of any request adds a field to an e-mail or to
an answer. The forms are those of the pages themselves, so that a new one is tried as soon as there is one."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import lxml.html
import pytest
from django.core.cache import cache
from django.db import models, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bienrecu.protocol.message import Attachment
from bienrecu.store.models import Contact, Organisation, Recipient, TrainingSession
from bienrecu.store.queries.emails import exact_bytes
from bienrecu.submission.post import post
from bienrecu.submission.request import Person, Refused, Request
from tests.permissions import PAGES, May, Who
from tests.site.connections import watched
from tests.site.pages import ADDRESSES
from tests.site.parties import a_request
from tests.site.world import World, a_world

pytestmark = pytest.mark.django_db

EVIL = "voleur@evil.example"
PAYLOADS = [
    f"Léa\r\nBcc: {EVIL}\r\n\r\nCorps",
    f"lea@exemple.fr\nBcc: {EVIL}",
    f"https://exemple.fr/\rLocation: http://{EVIL}/",
    f"http://169.254.169.254/latest/\u2028Bcc: {EVIL}",
]
TYPED = {"text", "email", "search", "url", "tel", "number", "hidden", "password", "date", "time", "datetime-local", ""}
ALLOWED = {"from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type"}
ALLOWED |= {"content-transfer-encoding", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post"}
ALLOWED |= {"x-auto-response-suppress", "feedback-id"}

Form = tuple[str, str, dict[str, str], str]
"""The page, where its form is sent to, what it would send untouched, the field to try."""


def assert_whole(raw: bytes) -> None:
    head = raw.partition(b"\r\n\r\n")[0]
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", head)
    names = [line.partition(b":")[0].decode().lower() for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert set(names) <= ALLOWED
    assert len(names) == len(set(names))


def assert_e_mails_whole(rows: Iterator[Recipient] | Any) -> int:
    count = 0
    for row in rows:
        found = exact_bytes(row)
        if found is not None:
            assert_whole(found.data)
            assert EVIL not in row.address
            count += 1
    return count


@pytest.fixture
def world() -> World:
    return a_world()


def pages(world: World) -> Iterator[tuple[str, str]]:
    """The name and the address of all that an administrator may look at."""
    for route, name in ADDRESSES:
        if PAGES[name].look not in (May.NOBODY, May.EVERYBODY):
            yield name, reverse(name, kwargs=world.arguments(Who.ADMINISTRATOR, name, route))


def forms(client: Client, world: World) -> Iterator[Form]:
    seen = set()
    for name, address in pages(world):
        response = client.get(address)
        if response.status_code != 200 or "text/html" not in response.headers["Content-Type"]:
            continue
        for form in lxml.html.fromstring(response.content.decode()).forms:
            if form.method.upper() != "POST":
                continue
            action, untouched = form.action or address, dict(form.form_values())
            for field in typed(form):
                if (action, field) not in seen:
                    seen.add((action, field))
                    yield name, action, untouched, field


def typed(form: Any) -> list[str]:
    fields = [one for one in form.inputs if one.name and one.name != "csrfmiddlewaretoken"]
    return [one.name for one in fields if one.tag != "input" or (one.get("type") or "") in TYPED]


def test_no_field_of_any_form_adds_a_field_anywhere(world: World) -> None:
    client = Client()
    client.force_login(world.people[Who.ADMINISTRATOR])  # type: ignore[arg-type]
    every = [*forms(client, world)]
    assert len(every) > 80
    with watched() as tried:
        assert try_all(client, world, every) > 3
    assert tried == []


def try_all(client: Client, world: World, every: list[Form]) -> int:
    """How many e-mails were written meanwhile."""
    written = 0
    for page, action, untouched, field in every:
        for payload in PAYLOADS:
            cache.clear()
            with transaction.atomic():
                before = set(Recipient.objects.values_list("id", flat=True))
                response = client.post(action, untouched | {field: payload}, headers={"X-Tried": f"{page} {field}"})
                assert_answer_whole(response, f"{page}: {action}, {field}")
                written += assert_e_mails_whole(Recipient.objects.exclude(id__in=before))
                transaction.set_rollback(True)
            client.force_login(world.people[Who.ADMINISTRATOR])  # type: ignore[arg-type]
    return written


def assert_answer_whole(response: HttpResponse, where: str) -> None:
    assert response.status_code < 500, where
    for name, value in response.items():
        assert not re.search(r"[\r\n]", f"{name}{value}"), where
        assert name.lower() not in ("bcc", "set-cookie2"), where


def texts(model: type[models.Model]) -> list[Any]:
    return [one for one in model._meta.get_fields() if isinstance(one, (models.CharField, models.TextField))]


EVERY = "{{ prenom }} {{ nom }} {{ entreprise }} {{ organisme.nom }} {{ session.titre }} {{ session.lieu }}"
MODELS = [(model, field) for model in (Organisation, TrainingSession, Contact) for field in texts(model)]
NAMES = {"first_name": "Awa", "last_name": "Diallo", "company": "Exemple"}
MAY_BE_REFUSED = {
    "email",
    "address",
    "sender_address",
    "reply_address",
    "type",
    "html",
    "subject",
    "content_type",
    "role",
}
LEFT = {"slug", "language", "time_zone", "search"}  # chosen from a list, or made by us


@pytest.mark.parametrize(
    ("model", "field"),
    [(model, field) for model, field in MODELS if field.name not in LEFT and not field.choices],
    ids=lambda one: getattr(one, "__name__", getattr(one, "name", "")),
)
@pytest.mark.parametrize("payload", PAYLOADS[:2], ids=["name", "address"])
def test_no_text_that_is_kept_adds_a_field(model: type[models.Model], field: Any, payload: str) -> None:
    request = a_request()
    contact = Contact.objects.create(organisation=request.organisation, email="awa@exemple.fr", **NAMES)
    things = {Organisation: request.organisation, TrainingSession: request.session, Contact: contact}
    setattr(things[model], field.name, payload[: field.max_length or 1000])
    things[model].save()
    sent = tried(dataclasses.replace(request, subject=EVERY, html=f"<p>{EVERY}</p>", recipients=[Person.of(contact)]))
    assert sent == 1 or field.name in MAY_BE_REFUSED


REQUEST = [one.name for one in dataclasses.fields(Request) if one.type in ("str", str) and one.name != "language"]
PERSON = [one.name for one in dataclasses.fields(Person) if one.type in ("str", str)]


UNFIT = ["x" * 1200, "a\0b", "\ud800"]  # columns are narrower, and databases refuse some letters


@pytest.mark.parametrize("payload", [*PAYLOADS, *UNFIT], ids=repr)
@pytest.mark.parametrize(
    "name", [*REQUEST, *(f"person.{name}" for name in PERSON), "file.filename", "file.content_type"]
)
def test_no_text_of_a_request_adds_a_field(name: str, payload: str) -> None:
    kind, _dot, field = name.rpartition(".")
    person = {"address": "awa@exemple.fr", **NAMES} | ({field: payload} if kind == "person" else {})
    file = {"filename": "a.pdf", "content_type": "application/pdf"} | ({field: payload} if kind == "file" else {})
    changed = {} if kind else {field: payload}
    given: dict[str, Any] = {"recipients": [Person(**person)], "attachments": [Attachment(**file, content=b"x")]}
    given |= {"subject": EVERY, "html": f"<p>{EVERY}</p>"} | changed
    assert tried(a_request(**given)) == 1 or field in MAY_BE_REFUSED or payload in UNFIT


def tried(request: Request) -> int:
    """How many e-mails came of it, all of them whole."""
    try:
        message = post(request)
    except Refused:
        return 0
    assert message.requested_at <= timezone.now()
    return assert_e_mails_whole(message.recipients.all())


def test_without_line_ends_the_same_request_is_sent() -> None:
    """Else nothing would have been tried above."""
    message = post(a_request(subject=EVERY, html=f"<p>{EVERY}</p>", recipients=[Person("awa@exemple.fr", **NAMES)]))
    assert assert_e_mails_whole(message.recipients.all()) == 1


@pytest.mark.parametrize("payload", UNFIT, ids=repr)
def test_no_variable_is_more_than_the_e_mail_can_hold(payload: str) -> None:
    person = Person("awa@exemple.fr", **NAMES, variables={"code": payload})
    sent = tried(a_request(subject="{{ code }}", html="<p>{{ code }}</p>", recipients=[person]))
    assert sent == 0
