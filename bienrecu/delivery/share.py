"""How the engines divide what a provider allows, without asking each other."""

from zlib import crc32

from bienrecu.delivery.ports import Share


def share_of(limit: int, provider: str, share: Share) -> int:
    """How many of the provider's `limit` connections are this engine's. All engines' sum to `limit` exactly.

    What cannot be divided evenly begins with another engine for each provider, lest the first engine do it all."""
    even, left_over = divmod(limit, share.count)
    place = (share.index + crc32(provider.encode())) % share.count
    return even + (place < left_over)
