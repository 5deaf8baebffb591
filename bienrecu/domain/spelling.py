"""Domains that look mistyped: "gmial.com" for gmail.com, "orange.f" for orange.fr.

People type the same sixty domains over and over, and slip in the same ways. A slip is recognised by its distance to
one of those, counted more strictly where a company's own domain could look like it."""

from collections.abc import Iterator

from publicsuffixlist import PublicSuffixList

from bienrecu.domain.mailbox_provider import is_mailbox_provider

# Most used first: of two at the same distance, the first is meant.
_PROVIDERS = """
    gmail.com orange.fr hotmail.fr hotmail.com yahoo.fr wanadoo.fr free.fr laposte.net outlook.fr sfr.fr outlook.com
    live.fr icloud.com yahoo.com neuf.fr bbox.fr aol.com numericable.fr club-internet.fr me.com msn.com live.com
    protonmail.com proton.me aliceadsl.fr gmx.fr gmx.com cegetel.net noos.fr mac.com ymail.com rocketmail.com
    googlemail.com dartybox.com bouygtel.fr tele2.fr libertysurf.fr nordnet.fr caramail.com lilo.org mailo.com
    net-c.com netcourrier.com infonie.fr pm.me ik.me windowslive.com aol.fr numericable.com worldonline.fr freesbee.fr
    mail.com zaclys.com tuta.com tutanota.com posteo.net skynet.be telenet.be bluewin.ch videotron.ca
""".split()
_KNOWN = frozenset(_PROVIDERS)

# Endings that do not exist, whatever stands before them.
_ENDING_SLIPS = {
    **dict.fromkeys(("con", "cmo", "ocm", "comm", "coom", "vom", "xom", "cim", "clm", "conm", "c0m"), "com"),
    **dict.fromkeys(("f", "frr", "ffr", "fre", "rf", "fr1"), "fr"),
    **dict.fromkeys(("nte", "ner", "nett", "bet"), "net"),
}
_SUFFIXES = PublicSuffixList(accept_unknown=False)
_LONGEST = 60  # characters; a longer one is no slip of these


def suggestion(domain: str) -> str | None:
    """What `domain`, as it was typed, most probably should be; None when nothing looks wrong with it."""
    typed = domain.strip().lower()
    if len(typed) > _LONGEST:
        return None
    tidy = ".".join(part for part in typed.replace(",", ".").replace(";", ".").split(".") if part)
    if _is_known(tidy):
        return tidy if tidy != typed else None
    found = min(_near(tidy), default=None)
    if found is not None:
        return _PROVIDERS[found[1]]
    return _with_its_ending(tidy, comma="," in typed)


def _is_known(domain: str) -> bool:
    return domain in _KNOWN or is_mailbox_provider(domain)


def _near(domain: str) -> Iterator[tuple[int, int]]:
    """Each provider that `domain` may stand for: the distance, then its rank."""
    name, _, ending = domain.partition(".")
    for rank, provider in enumerate(_PROVIDERS):
        its_name, _, its_ending = provider.partition(".")
        if domain == its_name + its_ending or domain.rpartition(".")[0] == "gmail":
            yield 1, rank  # without its dot; and Gmail has no other ending
        if (of_name := _name_distance(name, its_name)) is None:
            continue
        if (of_ending := _ending_distance(ending, its_ending)) is None:
            continue
        if not (of_ending and _exists(ending) and (of_name or len(its_name) < 5)):  # free.fi is somebody else's
            yield of_name + of_ending, rank


def _ending_distance(ending: str, right: str) -> int | None:
    """0 when right, 1 for a slip, None when it means something else: people at orange.com are not at orange.fr."""
    if ending == right:
        return 0
    near = abs(len(ending) - len(right)) < 2 and distance(ending, right) == 1
    return 1 if near or _ENDING_SLIPS.get(ending) == right else None


def _name_distance(name: str, right: str) -> int | None:
    """How far `name` is from `right`, or None when that is no slip. Short names have too many neighbours, and
    nobody misses the first letter: grange.fr, france.fr and outdoor.com are real."""
    if name == right:
        return 0
    first_is_there = name[:1] == right[0] or name[:2] == right[1::-1]
    if len(right) < 4 or not first_is_there or abs(len(name) - len(right)) > 2:
        return None
    far = distance(name, right)
    if len(right) == 4:  # a letter doubled, or two swapped
        return 1 if far == 1 and len(name) >= 4 and set(name) == set(right) else None
    if far == 2:
        return 2 if len(right) >= 7 and name[0] == right[0] and name[-1] == right[-1] else None
    return 1 if far == 1 else None


def _exists(ending: str) -> bool:
    return _SUFFIXES.publicsuffix(ending) is not None


def _with_its_ending(domain: str, *, comma: bool) -> str | None:
    name, _, ending = domain.rpartition(".")
    right = _ENDING_SLIPS.get(ending) or (ending if comma and _exists(ending) else "")
    return f"{name}.{right}" if name and right else None


def distance(one: str, other: str) -> int:
    """Letters to add, drop, change, or swap with their neighbour (Damerau-Levenshtein, each place touched once)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
