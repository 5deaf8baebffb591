"""The signer of the engine: our keys, each for its domain and what lies below."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from bienrecu.delivery.ports import Clock, Content
from bienrecu.protocol.dkim import Key, sign


class KeySigner:
    """Signs with all keys of the closest domain: that of the From field, or one it lies in (relaxed alignment,
    RFC 9989). Two keys for one domain, RSA and Ed25519 say, give two signatures. `own` knows the keys that
    organisations have for theirs; they come before those of whoever runs this."""

    def __init__(self, keys: Iterable[Key], clock: Clock, own: Callable[[str], Sequence[Key]] = lambda _: ()) -> None:
        self._own = own
        self._keys: dict[str, list[Key]] = defaultdict(list)
        for key in keys:
            self._keys[key.domain].append(key)
        self._clock = clock

    def sign(self, content: Content, from_domain: str) -> bytes:
        keys = self._own(from_domain.lower()) or self._keys_for(from_domain.lower())
        return sign(content.head, content.tail, keys, now=int(self._clock.now().timestamp())) if keys else b""

    def _keys_for(self, domain: str) -> Sequence[Key]:
        while domain and domain not in self._keys:
            domain = domain.partition(".")[2]
        return self._keys.get(domain, [])
