"""Attachments: types that mail services refuse, and weight."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import PurePath

from bienrecu.advice.letter import File, Letter
from bienrecu.domain.advice import Advice, Rule, Severity

MEGABYTE = 1_000_000
# Encoding adds 37 %: what weighs 18 MB is 25 MB on its way, more than most mailboxes take.
LARGE, VERY_LARGE, TOO_LARGE = 5 * MEGABYTE, 7 * MEGABYTE, 18 * MEGABYTE
# What Gmail and Outlook refuse whoever sends it: programs, scripts, documents with macros, disk images.
FORBIDDEN_SUFFIXES = frozenset(
    """
    .ade .adp .apk .appx .bat .cab .chm .cmd .com .cpl .dll .dmg .docm .exe .hta .img .ins .iso .isp .jar .js .jse
    .lib .lnk .mde .msc .msi .msix .msp .mst .nsh .pif .potm .ppam .pptm .ps1 .reg .scr .sct .shb .sys .vb .vbe .vbs
    .vhd .vxd .wsc .wsf .wsh .xlam .xlsm .xll
    """.split()
)
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".ace", ".arj")
# Pages can hold scripts and forms; into the others, filters cannot look.
_OPAQUE = (".htm", ".html", ".xhtml", ".svg", ".rar", ".ace", ".arj")
_MOST_NAMES = 2000


def advice(letter: Letter) -> Iterator[Advice]:
    yield from _weight(letter)
    for file in letter.files:
        yield from _about(file)


def _weight(letter: Letter) -> Iterator[Advice]:
    total = sum(file.size for file in letter.files)
    steps = ((TOO_LARGE, Severity.BLOCKING), (VERY_LARGE, Severity.WARNING), (LARGE, Severity.INFO))
    for limit, severity in steps:
        if total > limit:
            yield Advice(Rule.ATTACHMENTS_HEAVY, severity, {"n": round(total / MEGABYTE)})
            return


def _about(file: File) -> Iterator[Advice]:
    facts = {"file": file.name[:100]}
    suffixes = PurePath(file.name.lower().strip()).suffixes[-2:]
    names, encrypted = _inside(file)
    if _is_forbidden(suffixes) or _holds_forbidden(names, is_document=not _is_archive(suffixes)):
        yield Advice(Rule.ATTACHMENT_FORBIDDEN, Severity.BLOCKING, facts)
    elif _is_risky(file, suffixes, encrypted=encrypted):
        yield Advice(Rule.ATTACHMENT_RISKY, Severity.WARNING, facts)


def _is_archive(suffixes: list[str]) -> bool:
    return bool(suffixes) and suffixes[-1] in _ARCHIVES


def _is_forbidden(suffixes: list[str]) -> bool:
    """What is packed in an archive by its name ("a.scr.xz", "a.zip.gz") counts as what it is; "a.tar.gz" is one."""
    inner = suffixes[0] if _is_archive(suffixes) and len(suffixes) == 2 else ""
    return suffixes[-1:] != [] and (
        suffixes[-1] in FORBIDDEN_SUFFIXES or inner in FORBIDDEN_SUFFIXES or (inner in _ARCHIVES and inner != ".tar")
    )


def _holds_forbidden(names: list[str], *, is_document: bool) -> bool:
    """Programs in an archive, an archive in an archive, macros in an office document (ECMA-376)."""
    if is_document:
        return any(name.endswith("vbaproject.bin") for name in names)
    return any(PurePath(name).suffix in FORBIDDEN_SUFFIXES or name.endswith(_ARCHIVES) for name in names)


def _is_risky(file: File, suffixes: list[str], *, encrypted: bool) -> bool:
    last = suffixes[-1] if suffixes else ""
    if last in _OPAQUE or encrypted or file.content.startswith(b"Rar!"):
        return True
    if last == ".pdf" or file.content_type == "application/pdf":
        return b"/Encrypt" in file.content or b"/JavaScript" in file.content
    return False


def _inside(file: File) -> tuple[list[str], bool]:
    """The names in a ZIP, in lower case, and whether one needs a password. Nothing is unpacked."""
    if not file.content.startswith(b"PK"):
        return [], False
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            entries = archive.infolist()[:_MOST_NAMES]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, OverflowError):
        return [], False
    return [entry.filename.lower() for entry in entries], any(entry.flag_bits & 1 for entry in entries)
