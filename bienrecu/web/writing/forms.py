"""What is written in the pages. A draft keeps whatever is well formed, even while something else is not."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bienrecu.domain.whole_number import whole_numbers
from bienrecu.protocol.message import text_from_html
from bienrecu.store.models import ContactRole, Draft, EmailType, Organisation, TextModel
from bienrecu.submission.mail_html import MOST_TEXT, clean, from_text
from bienrecu.submission.sender import reply_problems
from bienrecu.submission.texts import LANGUAGES
from bienrecu.submission.writing.audience import EVERYBODY, PICKED, members
from bienrecu.submission.writing.drafts import Written

MOST_PICKED = 500
"""Boxes to tick on one page, at most."""


class LetterForm(forms.Form):
    """A subject and a text. The text comes as `html` from the editor (then `rich` is "1"), else as plain `text`:
    one that was not touched keeps the looks that it had as `kept_html`."""

    subject = forms.CharField(max_length=998, required=False)
    rich = forms.CharField(required=False)
    html = forms.CharField(required=False)
    text = forms.CharField(required=False)

    def __init__(self, *args: Any, kept_html: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept_html = kept_html

    def clean_subject(self) -> str:
        return " ".join(self.cleaned_data["subject"].split())

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        source = given.get("html" if given.get("rich") else "text", "")
        if len(source) > MOST_TEXT:
            self.add_error("html", _("This text is too long to be sent, so it is not kept: shorten it."))
        else:
            given["html"] = clean(source) if given.get("rich") else self._of_text(source)
        return given

    def _of_text(self, text: str) -> str:
        untouched = _lines(text) == _lines(text_from_html(self.kept_html))
        return self.kept_html if untouched else from_text(text)

    @property
    def shown_html(self) -> str:
        """What the editor begins with: after an error, what was written."""
        return str(self.cleaned_data.get("html", self.kept_html)) if self.is_bound else self.kept_html

    @property
    def shown_text(self) -> str:
        return text_from_html(self.shown_html)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


class Ids(forms.Field):
    """Numbers of rows; what is none is left out, as are, later on, those of rows that are gone."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: list[str] | None) -> list[int]:
        return whole_numbers((value or [])[:MOST_PICKED])


class DraftForm(LetterForm):
    reply_address = forms.CharField(max_length=320, required=False)
    language = forms.ChoiceField(choices=[(code, code) for code in LANGUAGES], required=False)
    audience = forms.ChoiceField(
        choices=[(code, code) for code in (EVERYBODY, *ContactRole.values, PICKED)], required=False
    )
    contacts = Ids(required=False)
    when = forms.ChoiceField(choices=[("now", "now"), ("later", "later")], required=False)
    date = forms.DateField(required=False)
    time = forms.TimeField(required=False)

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, kept_html=draft.html, initial=_initial(draft), **kwargs)
        self.draft = draft

    def clean_reply_address(self) -> str:
        address: str = self.cleaned_data["reply_address"]
        for problem in reply_problems(address):
            self.add_error("reply_address", problem.sentence)
        return address

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        given["scheduled_at"] = self._moment(given) if given.get("when") == "later" else None
        return given

    def _moment(self, given: dict[str, Any]) -> datetime | None:
        day, hour = given.get("date"), given.get("time")
        if not isinstance(day, date) or not isinstance(hour, time):
            self.add_error("when", _("Choose a day and a time, or send now."))
            return None
        at = datetime.combine(day, hour, timezone.get_current_timezone())
        if at <= timezone.now():
            self.add_error("when", _("This time is past: choose a later one, or send now."))
        return at

    def written(self) -> Written:
        """All that is well formed; the rest as it was."""
        given, draft = self.cleaned_data, self.draft
        picked = given.get("contacts", []) if given.get("audience") == PICKED else []
        return Written(
            subject=given.get("subject", draft.subject),
            html=given["html"] if "html" not in self.errors else draft.html,
            language=given.get("language") or draft.language,
            reply_address=given.get("reply_address", draft.reply_address),
            audience=given.get("audience", draft.audience),
            contacts=list(members(draft.session).filter(id__in=picked)),
            scheduled_at=given.get("scheduled_at"),
        )


def _initial(draft: Draft) -> dict[str, Any]:
    at = draft.scheduled_at and timezone.localtime(draft.scheduled_at)
    return {
        "subject": draft.subject,
        "reply_address": draft.reply_address,
        "language": draft.language or draft.organisation.language,
        "audience": draft.audience,
        "contacts": list(draft.contacts.values_list("id", flat=True)) if draft.audience == PICKED else [],
        "when": "later" if at else "now",
        "date": at and at.date(),
        "time": at and at.time(),
    }


class TextForm(LetterForm):
    name = forms.CharField(max_length=200)
    type = forms.ChoiceField(choices=EmailType.choices)
    language = forms.ChoiceField(choices=[(code, code) for code in LANGUAGES])

    def __init__(self, *args: Any, organisation: Organisation, text: TextModel, **kwargs: Any) -> None:
        initial = {name: getattr(text, name) for name in ("name", "type", "language", "subject")}
        super().__init__(*args, kept_html=text.html, initial=initial, **kwargs)
        self.organisation, self.model = organisation, text

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        same = {name: given.get(name) for name in ("name", "type", "language")}
        others = TextModel.objects.filter(organisation=self.organisation, **same).exclude(pk=self.model.pk)
        if others.exists():
            self.add_error("name", _("You already have a text of this name for this type and language."))
        return given

    def save(self) -> TextModel:
        for name in ("name", "type", "language", "subject", "html"):
            setattr(self.model, name, self.cleaned_data[name])
        self.model.save()
        return self.model
