"""How the API answers."""

from typing import Any

from django.http import HttpResponse, JsonResponse


class ApiError(Exception):
    """A refusal: `code` for programs, `message` for the person who writes them."""

    def __init__(self, status: int, code: str, message: str, **fields: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.fields = status, code, message, fields


def answer(content: Any) -> HttpResponse:
    return _private(JsonResponse(content, safe=False, json_dumps_params={"ensure_ascii": False}))


def refuse(error: ApiError) -> HttpResponse:
    response = JsonResponse({"error": {"code": error.code, "message": error.message}}, status=error.status)
    for name, value in error.fields.items():
        response[name.replace("_", "-")] = value
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
