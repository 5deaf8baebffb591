"""What every page knows: who asks, in which organisation, language and time zone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def person_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    return get_response
