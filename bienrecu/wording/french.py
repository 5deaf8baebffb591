"""French small words before a name."""

import unicodedata

# The h of these first names is mute. In most others that begin with one (Hassan, Harry, Hans) it is not, and
# "de Hassan" never shocks where "d'Hassan" does.
_MUTE_H = (
    *("hadrien", "hector", "helen", "helier", "heliod", "heloi", "henri", "herm", "herve", "hilai", "hippol"),
    *("honor", "horac", "horten", "hubert", "hugo", "hugu", "hyacinth"),
)


def de(name: str) -> str:
    """ "de Paul", "d'Hugo", "d'Élise", "de Yann", "d'Yves"."""
    return f"d'{name}" if _elides(_plain(name)) else f"de {name}"


def _elides(name: str) -> bool:
    if name.startswith("h"):
        return name.startswith(_MUTE_H)
    if name.startswith("y"):  # a consonant before a vowel, a vowel before a consonant
        return name[1:2] not in ("", *"aeiou")
    return name[:1] in set("aeiouœæ")


def _plain(name: str) -> str:
    """Lower case, without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(c))
