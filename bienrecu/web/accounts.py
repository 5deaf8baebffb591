"""How django-allauth behaves here."""

import logging
import secrets
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from bienrecu.store.models import Membership
from bienrecu.submission.notice import notify
from bienrecu.submission.request import Refused

_log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: administrators invite."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This address and this password do not go together."),
        "too_many_login_attempts": _("Too many attempts with this address. Wait five minutes, then try again."),
        "account_inactive": _("This account is closed. Ask an administrator of your organisation to open it again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *arguments: Any, **options: Any) -> None:
        """Who logs in or out sees it by the page they come to."""

    def format_email_subject(self, subject: str) -> str:
        return f"Bien Reçu : {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail about somebody's account, posted like any other, in the name of an organisation of theirs.

        When none can leave, the page says so instead of breaking."""
        membership = Membership.objects.filter(user__email__iexact=email).select_related("organisation").first()
        if membership is None:  # nothing to open with that account either
            _log.warning("no mail about an account: its owner belongs to no organisation")
            return
        mail = self.render_mail(template_prefix, email, {"request": self.request, "email": email, **context})
        key = f"account:{secrets.token_urlsafe(24)}"
        try:
            notify(membership.organisation, email, subject=mail.subject, text=str(mail.body), key=key)
        except Refused as refused:
            _log.error("a mail about an account was refused: %s", refused)
            raise ImmediateHttpResponse(render(self.request, "account/mail_failed.html", status=503)) from refused
