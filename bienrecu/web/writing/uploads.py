"""Files that people send us, bounded while they are read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from bienrecu.submission.writing import draft_files


class BoundedUpload(FileUploadHandler):
    """Drops the file that goes beyond the limit of all together, and reads on: what was written beside is kept."""

    def __init__(self, request: HttpRequest, most: int) -> None:
        super().__init__(request)
        self.left = most  # octets
        self.dropped: list[str] = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.left -= len(raw_data)
        if self.left < 0:
            self.left += start + len(raw_data)
            self.dropped.append(self.file_name or "")
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile | None:
        return None


def bounded_upload(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views that take files; `dropped` tells which were too large.

    The check against forged requests reads the request, so it comes after the bound is set."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def bounded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        limit = draft_files.most_octets()
        request.upload_handlers.insert(0, BoundedUpload(request, limit))
        return protected(request, *args, **kwargs)

    return bounded


def dropped(request: HttpRequest) -> list[str]:
    """The names of the files of `request` that went beyond the limit."""
    _ = request.FILES  # they are known once it is read
    handlers = [one for one in request.upload_handlers if isinstance(one, BoundedUpload)]
    return [name for handler in handlers for name in handler.dropped]
