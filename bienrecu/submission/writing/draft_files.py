"""The attachments of a draft."""

import mimetypes
from collections.abc import Sequence
from pathlib import PurePath

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from bienrecu.advice.attachments import LARGE
from bienrecu.store.models import Draft, DraftAttachment
from bienrecu.submission.check import file_problems, files_problems
from bienrecu.submission.request import Problem
from bienrecu.wording.size import MEGABYTE

_LONGEST_NAME = 200
_ENCODED = 1.37  # base64 with its line ends


def add(draft: Draft, uploads: Sequence[UploadedFile]) -> list[Problem]:
    """Keeps the files that may be sent; says of the others why not."""
    problems: list[Problem] = []
    with transaction.atomic():
        Draft.objects.select_for_update().get(pk=draft.pk)
        room = _Room(draft)
        for upload in uploads:
            name, size = clean_name(upload.name or ""), upload.size or 0
            found = file_problems(name, size)
            linked = not found and room.problems(size, linked=False) != []  # what is too heavy is better as a link
            found = found or _not_added(name, room.problems(size, linked=linked))
            problems += found
            if not found:
                _keep(draft, name, upload, linked=linked)
                room.take(size, linked=linked)
    return problems


class _Room:
    """What a draft has, and what more would be too much."""

    def __init__(self, draft: Draft, *, without: int = 0) -> None:
        self._sizes: dict[bool, list[int]] = {False: [], True: []}
        for size, linked in draft.attachments.exclude(pk=without).values_list("size", "linked"):
            self.take(size, linked=linked)

    def take(self, size: int, *, linked: bool) -> None:
        self._sizes[linked].append(size)

    def problems(self, size: int, *, linked: bool) -> list[Problem]:
        sizes = {**self._sizes, linked: [*self._sizes[linked], size]}
        return files_problems(sizes[False], sizes[True])


def most_octets() -> int:
    """What a draft can take in all, attached and linked."""
    return (settings.BIENRECU.max_message_size + settings.BIENRECU.max_linked_size) * MEGABYTE


def send_as_link(draft: Draft, file_id: int, *, linked: bool) -> list[Problem]:
    """A file goes as a link, or as an attachment; says why not."""
    with transaction.atomic():
        Draft.objects.select_for_update().get(pk=draft.pk)
        file = draft.attachments.defer("content").filter(pk=file_id).exclude(linked=linked).first()
        if file is None:
            return []
        if problems := _Room(draft, without=file.pk).problems(file.size, linked=linked):
            return problems
        file.linked = linked
        file.save(update_fields=["linked"])
    return []


def lighten(draft: Draft) -> None:
    """The heaviest attachments become links, until the rest weighs little."""
    for file in draft.attachments.filter(linked=False).order_by("-size").values("pk", "size"):
        left = draft.attachments.filter(linked=False).aggregate(octets=Sum("size", default=0))["octets"]
        if left <= LARGE or send_as_link(draft, file["pk"], linked=True):
            return


def _not_added(name: str, problems: Sequence[Problem]) -> list[Problem]:
    return [
        Problem(problem.code, _("“%(name)s” was not added. %(why)s") % {"name": name, "why": problem.sentence})
        for problem in problems
    ]


def _keep(draft: Draft, name: str, upload: UploadedFile, *, linked: bool) -> None:
    DraftAttachment.objects.create(
        draft=draft,
        name=name,
        # What the browser says it is depends on the machine that it runs on.
        content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=upload.size,
        content=upload.read(),
        linked=linked,
    )


def clean_name(name: str) -> str:
    """Without folders and without characters that cannot be seen, at most 200 characters, its ending kept."""
    seen = "".join(character for character in name.replace("\\", "/").rpartition("/")[2] if character.isprintable())
    path = PurePath(seen.strip(". ") or "fichier")
    ending = path.suffix[:20]
    return path.stem[: _LONGEST_NAME - len(ending)] + ending


def weight(octets: int) -> int:
    """What files of so many octets weigh in an e-mail."""
    return round(octets * _ENCODED)
