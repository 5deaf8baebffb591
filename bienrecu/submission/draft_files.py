"""The attachments of a draft."""

import mimetypes
from collections.abc import Sequence
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from bienrecu.store.models import Draft, DraftAttachment
from bienrecu.submission.check import file_problems, files_problems
from bienrecu.submission.request import Problem

_LONGEST_NAME = 200
_ENCODED = 1.37  # base64 with its line ends


def add(draft: Draft, uploads: Sequence[UploadedFile]) -> list[Problem]:
    """Keeps the files that may be sent; says of the others why not."""
    problems: list[Problem] = []
    with transaction.atomic():
        Draft.objects.select_for_update().get(pk=draft.pk)
        sizes = list(draft.attachments.values_list("size", flat=True))
        for upload in uploads:
            name, size = clean_name(upload.name or ""), upload.size or 0
            found = file_problems(name, size) or _none_more(name, [*sizes, size])
            problems += found
            if not found:
                _keep(draft, name, upload)
                sizes.append(size)
    return problems


def _none_more(name: str, sizes: Sequence[int]) -> list[Problem]:
    return [
        Problem(problem.code, _("“%(name)s” was not added. %(why)s") % {"name": name, "why": problem.sentence})
        for problem in files_problems(sizes)
    ]


def _keep(draft: Draft, name: str, upload: UploadedFile) -> None:
    DraftAttachment.objects.create(
        draft=draft,
        name=name,
        # What the browser says it is depends on the machine that it runs on.
        content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=upload.size,
        content=upload.read(),
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
