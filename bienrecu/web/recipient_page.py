"""A page for somebody we wrote to, who has no account: in the language of the e-mail that led there, in the time zone
of the organisation, and nobody else's business."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation

from bienrecu.store.models import Recipient


def show(
    request: HttpRequest, recipient: Recipient, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    organisation, language = recipient.organisation, recipient.message.written_in
    with translation.override(language), timezone.override(ZoneInfo(organisation.time_zone)):
        known = {"recipient": recipient, "sender": organisation} | context
        response = render(request, template, known, status=status)
        response["Content-Language"] = language
    return private(response)


def private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response
