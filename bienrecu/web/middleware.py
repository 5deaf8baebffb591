"""What every page knows: the language of the person who asks, once they have chosen one."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


def person_middleware(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        # Whoever shows no session is nobody: the image in an e-mail must not cost a look into the database.
        known = settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated
        if known and request.user.language:
            translation.activate(request.user.language)
        return get_response(request)

    return middleware
