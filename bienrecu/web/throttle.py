"""How often something was asked for, over all processes together. A few too many may pass when they come at once."""

import time

from django.core.cache import cache


def asked(name: str, seconds: int) -> int:
    """How often `name` was asked for in this stretch of `seconds`, this time included."""
    key = f"asked:{name}:{int(time.time()) // seconds}"
    times: int = cache.get(key, 0) + 1
    # Not `incr`: kept in the database, a number that is counted up gets the cache's own time to live.
    cache.set(key, times, seconds)
    return times
