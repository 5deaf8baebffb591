"""How django-allauth behaves here."""

import logging
from smtplib import SMTPException
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

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
        """A mail about somebody's account. When none can leave, the page says so instead of breaking."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException) as error:
            _log.exception("a mail about an account could not leave")
            page = render(self.request, "account/mail_failed.html", status=503)
            raise ImmediateHttpResponse(page) from error
