"""What people fill in about contacts, training sessions, consent and files of people."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from bienrecu.domain.address import Address, AddressError
from bienrecu.domain.spelling import suggestion
from bienrecu.store.models import Contact, ContactRole, TrainingSession
from bienrecu.submission.consent import TEXT_VERSION
from bienrecu.submission.people import contacts, sessions
from bienrecu.submission.people.matching import name_of
from bienrecu.wording.types import contact_role


def roles() -> list[tuple[str, str]]:
    return [(role.value, contact_role(role.value)) for role in ContactRole]


class ContactForm(forms.ModelForm):
    """`suggested` is the address that was probably meant, `others` who has it already: the form is asked once more
    with them, and answered by `spelling` and `shared`."""

    first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    email = forms.CharField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=roles)

    class Meta:
        model = Contact
        fields = contacts.FIELDS

    suggested = ""
    others: tuple[Contact, ...] = ()
    same: Contact | None = None

    def clean_email(self) -> str:
        try:
            typed = Address.parse(self.cleaned_data["email"])
        except AddressError:
            raise ValidationError(__("This address is not of the form name@domain: correct it.")) from None
        meant = suggestion(typed.domain)
        corrected = f"{typed.local}@{meant}"
        answer = self.data.get("spelling", "")
        if meant and answer == corrected:
            return corrected
        is_unchanged = str(typed).lower() == str(self.initial.get("email", "")).lower()
        if meant and answer != str(typed) and not is_unchanged:
            self.suggested = corrected
            raise ValidationError(__("This address looks mistyped: say which one is right."))
        return str(typed)

    def clean(self) -> None:
        super().clean()
        if "email" not in self.cleaned_data:
            return
        person = Contact(**{name: self.cleaned_data.get(name, "") for name in contacts.FIELDS})
        there = contacts.sharing(self.instance.organisation, person.email, but=self.instance)
        self.same = next((one for one in there if name_of(one) == name_of(person)), None)
        if self.same:
            self.add_error(None, __("This person is already in your contacts."))
        elif there and not self.data.get("shared") and "email" in self.changed_data:
            self.others = tuple(there)
            self.add_error("email", __("Somebody else has this address: say below whether they share it."))


class SessionForm(forms.ModelForm):
    title = forms.CharField(label=_("Title"), max_length=200, help_text=_("As it may stand in your e-mails."))
    starts_on = forms.DateField(
        label=_("First day"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    ends_on = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    owner = forms.ModelChoiceField(
        label=_("Follows this session"),
        queryset=None,
        required=False,
        empty_label=_("Nobody in particular"),
        help_text=_("Gets the mails about failures."),
    )
    reference = forms.SlugField(
        label=_("Reference"),
        max_length=60,
        required=False,
        help_text=_("What commands and other programs call it. Left empty, it is made from the title."),
    )

    class Meta:
        model = TrainingSession
        fields = ("title", "starts_on", "ends_on", "place", "owner", "reference")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["owner"].queryset = self.instance.organisation.users.order_by("name", "email")  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        data, session = self.cleaned_data, self.instance
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", __("The last day is before the first: correct one of them."))
        if last and not first and "starts_on" in data:
            self.add_error("starts_on", __("Say the first day too."))
        if not data.get("reference") and "reference" in data:
            data["reference"] = session.reference or sessions.proposed_reference(
                session.organisation, data.get("title", "")
            )
        wanted = TrainingSession(id=session.id, organisation=session.organisation, reference=data.get("reference", ""))
        if wanted.reference and sessions.is_taken(wanted):
            self.add_error("reference", __("Another session has this reference: choose another one."))


class ConsentForm(forms.Form):
    """An answer that somebody gave on paper, by telephone, in the room."""

    answer = forms.ChoiceField(
        label=_("Answer"), choices=[("yes", _("Agrees")), ("no", _("Does not agree, or withdraws"))]
    )
    day = forms.DateField(label=_("Given on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    text = forms.ChoiceField(
        label=_("Text they were shown"),
        required=False,
        choices=[(TEXT_VERSION, _("That of the page linked in each e-mail")), ("", _("Another text, of your own"))],
    )

    def clean_day(self) -> datetime:
        """At what time it counts: now for today, so that it comes after what happened this morning."""
        day: date = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise ValidationError(__("This day is yet to come."))
        if day.year < 1990:
            raise ValidationError(__("This day is too long ago."))
        return timezone.now() if day == timezone.localdate() else timezone.make_aware(datetime.combine(day, time(12)))


class FileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), at most 10 MB and 50,000 lines."),
        error_messages={"required": _("Choose a file first."), "empty": _("This file is empty: choose another one.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
