"""The texts that an e-mail begins with: the product's own, in `texts/`, one for each type and language."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bienrecu.store.models import EmailType

LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """`subject` and `html` are templates."""

    type: str
    language: str
    subject: str
    html: str


@cache
def product_text(type: str, language: str) -> Text:
    """Raises KeyError for a type or a language that there is none for."""
    if type not in EmailType.values or language not in LANGUAGES:
        raise KeyError(type, language)
    # The first line holds the subject, as the title of the page that the file is.
    source = (files("bienrecu.submission") / "texts" / language / f"{type}.html").read_text("utf-8")
    title, _, html = source.partition("\n")
    return Text(type, language, title.removeprefix("<title>").removesuffix("</title>"), html.strip())
