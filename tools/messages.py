"""Collects what is to be translated, keeps the French catalogue in step with it, compiles it. Needs no GNU gettext.

    python tools/messages.py           update django.po, compile django.mo, name what lacks French
    python tools/messages.py --check   change nothing; fail when something lacks French or is out of date

English stands in the code (gettext) and in the templates (translate). To translate, run this, write the French
into django.po, run it again. The .po is typed with ordinary spaces: the no-break spaces that French puts around
its punctuation come in when it is compiled."""

import re
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "bienrecu"
PO = SOURCES / "wording/locale/fr/LC_MESSAGES/django.po"
MO = PO.with_suffix(".mo")

_PLURAL, _CONTEXT = (1, 2), ((1, "c"), 2)
KEYWORDS = {
    **dict.fromkeys(("_", "N_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), _PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), _CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}

Text = str | list[str] | tuple[str, ...]  # more than one: the forms of a plural
Key = tuple[str | None, Text]  # context, English
Places = dict[Key, str]


class French(Catalog):
    """A catalogue whose header says nothing that changes from one day or machine to the next."""

    def __init__(self) -> None:
        super().__init__(locale="fr", header_comment="# Bien Reçu in French.", fuzzy=False)

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", "fr"),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


def collect(sources: Path = SOURCES) -> Places:
    """Every message to translate, and the file where it first stands."""
    found: Places = {}
    for path in sorted(sources.rglob("*")):
        for key in _messages_in(path):
            found.setdefault(key, path.relative_to(sources.parent).as_posix())
    return found


def _messages_in(path: Path) -> Iterator[Key]:
    if path.suffix == ".py":
        code = path.read_bytes()
    elif path.suffix in (".html", ".txt") and "templates" in path.parts:
        code = _as_python(path.read_text("utf-8"))
    else:
        return
    for _line, message, _comments, context in extract("python", BytesIO(code), KEYWORDS):
        if message:
            yield context, message


def _as_python(template: str) -> bytes:
    # Indentation means something to Python and nothing to a template.
    return "\n".join(map(str.lstrip, templatize(template).splitlines())).encode()


def merge(wanted: Iterable[Key], old: Catalog) -> French:
    """The catalogue of what is wanted, with the French of `old`; what is wanted no longer is left out."""
    new = French()
    for context, english in wanted:
        known = old.get(english, context)
        new.add(english, known.string if known and not known.fuzzy else "", context=context)
    return new


def flaws(catalogue: Catalog, places: Places) -> list[str]:
    """What lacks French, or names something that its English does not."""
    found = []
    for message in catalogue:
        if not message.id:
            continue
        where = places.get((message.context, message.id), PO.name)
        if not all(_forms(message.string)):
            found.append(f"{where}: no French for “{_forms(message.id)[0]}”")
        elif strange := _placeholder_flaw(message):
            found.append(f"{where}: {strange}")
    return found


def _placeholder_flaw(message: Message) -> str:
    english = set().union(*map(_placeholders, _forms(message.id)))
    for french in _forms(message.string):
        # French contracts the word before a name: de_name and a_name stand for name.
        named = {re.sub(r"^(de|a)_", "", name) for name in _placeholders(french)}
        if named - english or (english - named and not message.pluralizable):
            return f"“{french}” must name the same things as “{_forms(message.id)[0]}”"
    return ""


def _placeholders(text: str) -> set[str]:
    return {brace or percent for brace, percent in re.findall(r"\{(\w+)\}|%\((\w+)\)s", text)}


def _forms(text: Text | None) -> tuple[str, ...]:
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def as_po(catalogue: Catalog) -> bytes:
    out = BytesIO()
    write_po(out, catalogue, width=0, no_location=True, sort_output=True)
    return out.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    spaced = French()
    for message in catalogue:
        if message.id:
            forms = tuple(map(spaced_as_in_french, _forms(message.string)))
            spaced.add(message.id, forms if message.pluralizable else forms[0], context=message.context)
    out = BytesIO()
    write_mo(out, spaced)
    return out.getvalue()


def spaced_as_in_french(text: str) -> str:
    """With no-break spaces before : ; ? ! and inside « », where a line must not end."""
    return re.sub(r" (?=[:;?!»](?:\W|$))|(?<=«) ", "\N{NO-BREAK SPACE}", text)


def read() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="fr")


def check() -> list[str]:
    """All that is wrong with the catalogue as it stands; empty when nothing is."""
    places = collect()
    catalogue = merge(places, read())
    wrong = flaws(catalogue, places)
    if as_po(catalogue) != PO.read_bytes():
        wrong.append(f"{PO.name} is out of date: run make messages")
    elif not MO.exists() or as_mo(catalogue) != MO.read_bytes():
        wrong.append(f"{MO.name} is out of date: run make messages")
    return wrong


def update() -> list[str]:
    """Writes both files; returns what lacks French."""
    places = collect()
    PO.parent.mkdir(parents=True, exist_ok=True)
    catalogue = merge(places, read() if PO.exists() else French())
    PO.write_bytes(as_po(catalogue))
    MO.write_bytes(as_mo(catalogue))
    return flaws(catalogue, places)


def main(arguments: list[str]) -> int:
    is_check = arguments == ["--check"]
    if arguments and not is_check:
        print(__doc__)
        return 2
    wrong = check() if is_check else update()
    for line in wrong:
        print(line)
    print(f"{len(wrong)} to mend in {PO.relative_to(ROOT)}" if wrong else "Nothing lacks French.")
    return 1 if is_check and wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
