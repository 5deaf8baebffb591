"""From a request to the bytes for each of its recipients."""

import html as html_entities
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import css_inline
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bienrecu.domain.address import Address
from bienrecu.protocol.message import Draft, Mailbox, MessageError, compose_head, compose_tail
from bienrecu.store.queries.consents import have_answered
from bienrecu.store.queries.unsubscribed import OPTIONAL
from bienrecu.submission.by_link import block
from bienrecu.submission.links import confirmation_url, consent_url, image_url, unsubscribe_url
from bienrecu.submission.request import Person, Problem, Request
from bienrecu.submission.sender import author_of, reply_to
from bienrecu.submission.template import TemplateProblem, fill_html, fill_text, variables_for
from bienrecu.submission.text_parts import TextParts
from bienrecu.tracking.consent import carries_image

_MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Copy:
    """One recipient's copy: `head` is what is theirs alone (see `protocol/message/compose.py`)."""

    person: Person
    address: Address
    token: str
    msg_id: str
    subject: str
    tracked: bool
    head: bytes

    @property
    def address_key(self) -> str:
        """How suppressions name an address: case is ignored, as nearly all mail systems do."""
        return str(self.address).lower()


def shared_tail(request: Request, boundary: str) -> bytes:
    """What all copies composed with `boundary` end with: the attachments."""
    return compose_tail(request.attachments, boundary=boundary)


def compose_all(
    request: Request, boundary: str, tokens: Iterator[str], date: datetime
) -> tuple[list[Copy], list[Problem]]:
    """Every recipient's copy, and what is missing for those who have none. Addresses were checked before."""
    composer = _Composer(request, boundary, date)
    copies: list[Copy] = []
    problems: list[Problem] = []
    for person in request.recipients:
        try:
            copies.append(composer.copy_for(person, next(tokens)))
        except TemplateProblem as problem:
            problems.append(_problem(person, problem))
            if not problem.variable:
                break  # the template itself is wrong: for everybody
        except MessageError as error:
            problems.append(Problem("cannot_compose", _("This cannot be written: %s") % error, person.address))
        if len(problems) >= _MOST_PROBLEMS:
            break
    return copies, problems


def _problem(person: Person, problem: TemplateProblem) -> Problem:
    if problem.variable:
        text = _("“%s” is empty for this person: complete their record or the template.") % problem.variable
        return Problem("variable_empty", text, person.address)
    return Problem("template_wrong", _("The template cannot be read: %s") % problem.text)


MOST_SUBJECT = 998
"""Characters of a subject, filled in (RFC 5322 §2.1.1 has it of a line)."""


class _Composer:
    """What the copies of one request have in common, worked out once."""

    def __init__(self, request: Request, boundary: str, date: datetime) -> None:
        self._request, self._boundary, self._date = request, boundary, date
        self._html = _inlined(request.html)
        self._texts = TextParts(self._html, lambda body: self._page(body, "", ""))
        self._leaves_at = timezone.localtime(date, ZoneInfo(request.organisation.time_zone))
        self._answered = have_answered([person.contact.pk for person in request.recipients if person.contact])
        self._may_be_spared = request.type in OPTIONAL and not request.confidential
        with translation.override(request.written_in):
            self._author = author_of(request.organisation, request.about)
            self._reply_to = reply_to(request.organisation, request.reply_address, request.about)
            self._confirm = _("Confirm that you have received this e-mail")
            self._choose = _("Following of opening: your choice")
            self._spare = _("Receive no more e-mails of this type")

    def copy_for(self, person: Person, token: str) -> Copy:
        request = self._request
        variables = variables_for(person, request.session, request.organisation, request.written_in)
        subject = fill_text(self._request.subject, variables).strip()
        if len(subject) > MOST_SUBJECT:
            raise MessageError(f"the subject has {len(subject)} characters, and may have {MOST_SUBJECT}")
        tracked = self._may_track(person)
        end = block(request.links, token, self._leaves_at, request.written_in)
        end += "" if request.confidential else self._footer(person, token)
        end += _image(token) if tracked else ""
        html = self._page(fill_html(self._html, variables), subject, end)
        address, msg_id = Address.parse(person.address), f"{token}@{self._author.address.domain}"
        draft = Draft(
            author=self._author,
            recipient=Mailbox(person.name, address),
            reply_to=self._reply_to,
            subject=subject,
            text=self._texts.of(html, variables, end),
            html=html,
            message_id=msg_id,
            date=self._date,
            extra=_unsubscribe_fields(token) if self._may_be_spared else (),
        )
        head = compose_head(draft, boundary=self._boundary, attached=bool(self._request.attachments))
        return Copy(person, address, token, msg_id, subject, tracked, head)

    def _footer(self, person: Person, token: str) -> str:
        links = [(confirmation_url(token), self._confirm)]
        if self._chooses(person):
            links.append((consent_url(token), self._choose))
        if self._may_be_spared:
            links.append((unsubscribe_url(token), self._spare))
        return _footer(links)

    def _may_track(self, person: Person) -> bool:
        agreed = person.contact is not None and person.contact.tracking_consent_at is not None
        return carries_image(organisation_tracks=self._request.organisation.open_tracking, person_agrees=agreed)

    def _chooses(self, person: Person) -> bool:
        """Whether they are led to the page of their consent: where there is something to agree to or to withdraw."""
        contact = person.contact
        return contact is not None and (self._request.organisation.open_tracking or contact.pk in self._answered)

    def _page(self, body: str, subject: str, end: str) -> str:
        language = self._request.written_in
        end = _BEGIN + end + _END if end else ""
        if _BODY_END.search(body):
            return _BODY_END.sub(lambda match: end + match[0], body, count=1)
        title = html_entities.escape(subject)
        return (
            f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
            f'</head>\n<body style="{_LOOK}">\n{body}\n{end}</body></html>\n'
        )


# Without it, mail programs show a text that brings no look of its own in whatever letters they have.
_LOOK = "font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5"
_BODY_END = re.compile(r"</body\s*>", re.IGNORECASE)

# Around what each copy gets at its end, so that it can be taken off when the e-mail is sent again.
_BEGIN, _END = "<!--our end-->", "<!--/our end-->\n"
_OUR_END = re.compile(f"{_BEGIN}.*?{_END.strip()}(\\r?\\n)?", re.DOTALL)


def without_our_end(html: str) -> str:
    """A page as it was composed, without the links and the image of the copy that it was."""
    return _OUR_END.sub("", html)


def _unsubscribe_fields(token: str) -> tuple[tuple[str, str], ...]:
    """For the button that mail programs show (RFC 2369, RFC 8058 §3.1): one press asks for no page there, and may be
    promised over https alone."""
    url = unsubscribe_url(token)
    listed = ("List-Unsubscribe", f"<{url}>")
    one_click = ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    return (listed, one_click) if url.startswith("https:") else (listed,)


def _footer(links: Sequence[tuple[str, str]]) -> str:
    style = "margin:24px 0 0;padding:12px 0 0;border-top:1px solid #dddddd;font-size:14px"
    written = "<br>\n".join(f'<a href="{url}">{html_entities.escape(text)}</a>' for url, text in links)
    return f'<p style="{style}">{written}</p>\n'


def _image(token: str) -> str:
    return f'<img src="{image_url(token)}" width="1" height="1" alt="">\n'


def _inlined(html: str) -> str:
    """Mail programs ignore style sheets: their rules go into the elements. Nothing remote is fetched."""
    if "<style" not in html.lower():
        return html
    return css_inline.inline(html, load_remote_stylesheets=False, keep_at_rules=True)
