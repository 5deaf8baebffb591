"""How names, addresses and subjects are searched: without case or accents."""

import unicodedata


def searchable(*texts: str) -> str:
    """`texts` in lower case without accents, joined by a line feed, which no search contains."""
    decomposed = unicodedata.normalize("NFKD", "\n".join(texts))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
