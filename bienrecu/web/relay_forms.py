"""An organisation's own mail account, as an administrator fills it in."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bienrecu.domain.address import Address, AddressError
from bienrecu.domain.relay_account import USUAL_PORTS, Security
from bienrecu.store.models import RelayAccount
from bienrecu.submission.relay.account import opened
from bienrecu.submission.relay.trial import Account
from bienrecu.wording.relay_account import SECURITIES

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?")


class RelayForm(forms.Form):
    address = forms.EmailField(
        label=_("Sending address"),
        max_length=254,
        help_text=_("The address of this account: your e-mails leave in its name."),
    )
    host = forms.CharField(
        label=_("Server for sending"),
        max_length=253,
        help_text=_("As your provider names it, for example mail.gandi.net."),
    )
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535, initial=587)
    security = forms.ChoiceField(label=_("Encryption"))
    user = forms.CharField(label=_("User name"), max_length=254, help_text=_("Often the same as the address."))
    password = forms.CharField(
        label=_("Password"),
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *arguments: Any, kept: RelayAccount | None, **options: Any) -> None:
        names = ("address", "host", "port", "security", "user")
        initial = {name: getattr(kept, name) for name in names} if kept else {}
        super().__init__(*arguments, initial=initial, **options)
        self._kept = kept
        offered = [one for one in Security if one is not Security.CLEAR or settings.BIENRECU.allow_private_addresses]
        self.fields["security"].choices = [(one.value, gettext(SECURITIES[one])) for one in offered]  # type: ignore[attr-defined]
        if kept:
            self.fields["password"].help_text = _("Leave it empty to keep the one that is stored.")

    def clean_address(self) -> str:
        try:
            return str(Address.parse(self.cleaned_data["address"]))
        except AddressError:
            raise ValidationError(_("This address is not of the form name@domain.")) from None

    def clean_host(self) -> str:
        host: str = self.cleaned_data["host"].rstrip(".").lower()
        if not _HOST.fullmatch(host):
            raise ValidationError(_("Type the name of the server alone, such as mail.gandi.net."))
        return host

    def clean_port(self) -> int:
        port: int = self.cleaned_data["port"]
        if port not in USUAL_PORTS and not settings.BIENRECU.allow_private_addresses:
            raise ValidationError(_("Mail is not handed in at this port: it is usually 587 or 465."))
        return port

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("password") and not self._is_same_login(given):
            self.add_error("password", _("Type the password: it is kept for the same server and user only."))
        return given

    def _is_same_login(self, given: dict[str, Any]) -> bool:
        """A stored password is never said to another server than the one that it was typed for."""
        names = ("host", "port", "security", "user")
        return self._kept is not None and all(given.get(name) == getattr(self._kept, name) for name in names)

    @property
    def account(self) -> Account:
        given = self.cleaned_data
        password = given["password"] or (opened(self._kept).password if self._kept else "")
        security = Security(given["security"])
        return Account(given["address"], given["host"], given["port"], security, given["user"], password)
