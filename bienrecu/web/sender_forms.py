"""In whose name an organisation's e-mails leave, as an administrator fills it in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bienrecu.domain.address import Address, AddressError
from bienrecu.domain.mailbox_provider import is_mailbox_provider
from bienrecu.store.models import Organisation
from bienrecu.store.models.mail import EmailType
from bienrecu.submission.request import About
from bienrecu.submission.sender import may_send, sender_problems
from bienrecu.wording.types import email_type

_MOST_SESSIONS = 200


class SenderForm(forms.Form):
    sender_address = forms.EmailField(
        label=_("Sending address"),
        required=False,
        max_length=254,
        help_text=_(
            "An address of a domain that is verified below; a link is sent there first. Empty: the shared address of "
            "this service."
        ),
    )
    reply_address = forms.EmailField(
        label=_("Reply address"),
        required=False,
        max_length=254,
        help_text=_("Where recipients' answers go. Best at the same domain as the sending address."),
    )

    def __init__(self, *arguments: Any, organisation: Organisation, **options: Any) -> None:
        initial = {name: getattr(organisation, name) for name in ("sender_address", "reply_address")}
        super().__init__(*arguments, initial=initial, **options)
        self._organisation = organisation

    def clean_sender_address(self) -> str:
        given = _tidy(self.cleaned_data["sender_address"])
        if not given or given == self._organisation.sender_address:
            return given
        for problem in sender_problems(Organisation(slug=self._organisation.slug, sender_address=given)):
            raise ValidationError(problem.sentence)
        address = Address.parse(given)
        _check_domain(self._organisation, address)
        return given

    def clean_reply_address(self) -> str:
        return _tidy(self.cleaned_data["reply_address"])

    @property
    def doubtful_reply(self) -> bool:
        """Filters are wary of replies that go to a mail service for everybody."""
        given: str = self.cleaned_data.get("reply_address", "")
        return bool(given) and is_mailbox_provider(given.rpartition("@")[2])


def _tidy(given: str) -> str:
    try:
        return str(Address.parse(given)) if given else ""
    except AddressError:
        raise ValidationError(_("This address is not of the form name@domain.")) from None


def _check_domain(organisation: Organisation, address: Address) -> None:
    if not may_send(organisation, address.domain):
        text = _("The domain %(domain)s is not verified yet: set it up below, then choose this address.")
        raise ValidationError(text, params={"domain": address.domain})


class ExceptionForm(forms.Form):
    """`about` is a type of e-mails, or the number of a session."""

    about = forms.ChoiceField(label=_("For"))
    sender_address = forms.EmailField(
        label=_("Sending address"),
        required=False,
        max_length=254,
        help_text=_("Of a verified domain; a link is sent there first. Empty: as for everything else."),
    )
    reply_address = forms.EmailField(
        label=_("Reply address"), required=False, max_length=254, help_text=_("Empty: as for everything else.")
    )

    def __init__(self, *arguments: Any, organisation: Organisation, **options: Any) -> None:
        super().__init__(*arguments, prefix="exception", **options)
        self._organisation = organisation
        sessions = organisation.sessions.filter(archived_at=None).order_by("-id")[:_MOST_SESSIONS]
        self.fields["about"].choices = [  # type: ignore[attr-defined]
            (gettext("A type of e-mail"), [(code, email_type(code)) for code in EmailType.values]),
            (gettext("A session"), [(str(session.pk), session.title) for session in sessions]),
        ]

    def clean_sender_address(self) -> str:
        given = _tidy(self.cleaned_data["sender_address"])
        if given:
            _check_domain(self._organisation, Address.parse(given))
        return given

    def clean_reply_address(self) -> str:
        return _tidy(self.cleaned_data["reply_address"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors and not given["sender_address"] and not given["reply_address"]:
            raise ValidationError(_("Give a sending address, a reply address, or both."))
        return given

    @property
    def chosen(self) -> About:
        about: str = self.cleaned_data["about"]
        session = self._organisation.sessions.get(pk=int(about)) if about.isdecimal() else None
        return About("" if session else about, session)


class DomainForm(forms.Form):
    name = forms.CharField(
        label=_("Your domain"),
        max_length=300,
        help_text=_("What stands after the “@” in your addresses, for example formation-exemple.fr."),
    )
