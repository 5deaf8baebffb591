"""All that can be said of a whole message, ours and other filters': for the command and the API."""

from collections.abc import Callable, Collection

from bienrecu.advice import Letter, advise, read_letter
from bienrecu.submission import content_filters
from bienrecu.wording.advice_entries import Entry, entry, filter_entry


def lint(raw: bytes, failed_of: Callable[[Letter], Collection[str]] = lambda _: ()) -> list[Entry]:
    """Worst first, then what filters say. `failed_of` knows which recipients an e-mail did not reach before."""
    letter = read_letter(raw)
    return [
        *(entry(advice) for advice in advise(letter, failed_of(letter))),
        *(filter_entry(said) for said in content_filters.ask(raw)),
    ]
