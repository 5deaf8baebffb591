"""What we write ourselves to one person about their account: an invitation, a link to choose another password;
or in the name of somebody who asks for help."""

from django.utils.html import linebreaks, urlize

from bienrecu.store.models import Message, Organisation, User
from bienrecu.store.models.mail import EmailType
from bienrecu.submission.post import post
from bienrecu.submission.request import Person, Request


def notify(
    organisation: Organisation,
    address: str,
    *,
    subject: str,
    text: str,
    key: str,
    name: str = "",
    by: User | None = None,
    reply_address: str = "",
) -> Message:
    """Posts `text` in the name of `organisation`; empty lines part its paragraphs, addresses become links.

    Raises Refused. What is written goes in as a value, never as a template: names of people and organisations are in
    it."""
    return post(
        Request(
            organisation=organisation,
            type=EmailType.FREE_MESSAGE,
            key=key,
            subject="{{ written_subject }}",
            html="{{ written|safe }}",
            recipients=[Person(address, name, variables={"written_subject": subject, "written": _html(text)})],
            requested_by=by,
            reply_address=reply_address,
            confidential=True,
        )
    )


def _html(text: str) -> str:
    return str(linebreaks(urlize(text, autoescape=True)))
