"""What people fill in about their organisation and themselves."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from bienrecu.store.models import Organisation, Role, User
from bienrecu.wording.types import user_role

# The zones of France, then the others by their name.
_FRANCE = (
    "Europe/Paris America/Martinique America/Guadeloupe America/Cayenne America/Miquelon Indian/Reunion Indian/Mayotte "
    "Pacific/Noumea Pacific/Tahiti Pacific/Wallis Pacific/Marquesas Pacific/Gambier"
).split()
_REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
_LONGEST_KEPT = 240  # months


def zones() -> list[Any]:
    others = sorted(zone for zone in available_timezones() - set(_FRANCE) if zone.startswith(_REGIONS))
    return [(_("France"), _named(_FRANCE)), (_("Elsewhere"), [*_named(others), ("UTC", "UTC")])]


def _named(zones: Iterable[str]) -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ").replace("/", " / ")) for zone in zones]


def roles() -> list[tuple[str, str]]:
    return [(role.value, user_role(role.value)) for role in Role]


class OrganisationForm(forms.ModelForm):
    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As recipients read it, before the address."))
    help_contact = forms.CharField(
        label=_("Help contact"),
        required=False,
        max_length=500,
        help_text=_(
            "Where your users are led when they ask for help: an e-mail address, or the link of a page or chat."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Of what recipients read besides your own text: links, dates, the confirmation page."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=zones, help_text=_("Used for dates and scheduled times.")
    )

    class Meta:
        model = Organisation
        fields = ("name", "help_contact", "language", "time_zone")

    def clean_help_contact(self) -> str:
        return _contact(self.cleaned_data["help_contact"].strip())


def _contact(given: str) -> str:
    """`given` as a link that is safe to follow: https, http, or mailto. Raises ValidationError."""
    if not given:
        return ""
    parts = urlsplit(given)
    if parts.scheme in ("http", "https") and parts.hostname:
        return given
    address = given.removeprefix("mailto:")
    try:
        validate_email(address)
    except ValidationError:
        raise ValidationError(_("Give an e-mail address, or a link that begins with https://.")) from None
    return f"mailto:{address}"


class TrackingForm(forms.ModelForm):
    open_tracking = forms.TypedChoiceField(
        choices=[("off", _("Off")), ("consent", _("With the agreement of each person"))],
        coerce=lambda chosen: chosen == "consent",
    )

    class Meta:
        model = Organisation
        fields = ("open_tracking",)


class RetentionForm(forms.ModelForm):
    keep_emails_months = forms.IntegerField(
        label=_("E-mails: content, attachments, servers' answers (months)"),
        min_value=1,
        max_value=_LONGEST_KEPT,
        help_text=_("Counted from the end of the session, or from the request of an e-mail without a session."),
    )
    keep_openings_months = forms.IntegerField(
        label=_("Signals of opening (months)"),
        min_value=1,
        max_value=36,
        help_text=_("Counted from each signal. Keep them no longer than you need them."),
    )
    keep_audit_months = forms.IntegerField(
        label=_("Audit log (months)"),
        min_value=6,
        max_value=_LONGEST_KEPT,
        help_text=_("Counted from each entry."),
    )

    class Meta:
        model = Organisation
        fields = ("keep_emails_months", "keep_openings_months", "keep_audit_months")


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=roles, initial=Role.SENDER)

    def __init__(self, *arguments: Any, organisation: Organisation, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._organisation = organisation

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if self._organisation.users.filter(email__iexact=email).exists():
            raise ValidationError(_("This person is already a user of your organisation."))
        return email


class JoinForm(forms.Form):
    """A new account for the address that was invited."""

    name = forms.CharField(label=_("First and last name"), max_length=200)
    password = forms.CharField(label=_("Password, at least 10 characters"), widget=forms.PasswordInput, strip=False)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class PersonForm(forms.ModelForm):
    name = forms.CharField(label=_("First and last name"), max_length=200)
    language = forms.ChoiceField(
        label=_("Language of your pages"),
        required=False,
        choices=lambda: [("", _("That of my browser")), *settings.LANGUAGES],
    )
    time_zone = forms.ChoiceField(
        label=_("Your time zone"), required=False, choices=lambda: [("", _("That of the organisation")), *zones()]
    )

    class Meta:
        model = User
        fields = ("name", "language", "time_zone")


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("Of the program that gets it, for example “our learning platform”."),
    )
