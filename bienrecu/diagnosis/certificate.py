"""Whether it was the server's certificate for which we did not go on."""

from bienrecu.domain.event import OURS

# In our own words, as `protocol/dane`, `adapters/dane_router.py` and `adapters/stream_network.py` say it.
_UNPROVEN = (
    "certificate is not one that its DNS announces",
    "the DNS does not say which certificates",
    "certificate not trusted",
)


def is_unproven(words: str) -> bool:
    """Whether `words`, the evidence of an attempt, say that the server did not prove whose it is."""
    return words.startswith(OURS) and any(one in words[:1000] for one in _UNPROVEN)
