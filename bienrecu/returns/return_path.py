"""A signed return address for each recipient: the only thing by which a report can move a status. Reports about a
domain have addresses of their own, of the same form."""

import re
from base64 import b32decode, b32encode

from bienrecu.domain.sending_domain import RETURNS_LABEL
from bienrecu.domain.signed_token import SIGNED_LENGTH, Purpose, sign, verify

_PLACE = "{token}"
_MAX_LOCAL_PART = 64  # octets, RFC 5321 §4.5.3.1.1
_MIN_SECRET = 16  # bytes
_TOKEN_OCTETS = 10  # 16 characters of base32
_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")
_SOURCE_ROUTE = re.compile(r"^@[^:]*:")


class ReturnPaths:
    """Makes and recognises return addresses of the form of `template`.

    `template` is an address with `{token}` in its local part, for example `r.{token}@returns.example.net`, or
    `retours+{token}@of.example` in a mailbox that knows plus addressing. Raises ValueError when it is not, or
    when `secret` has less than 16 bytes."""

    def __init__(self, secret: bytes, template: str) -> None:
        local, at, domain = template.rpartition("@")
        if not (at and domain and template.count(_PLACE) == 1 and _PLACE in local and _ADDRESS.fullmatch(template)):
            raise ValueError(f"A return address looks like r.{_PLACE}@returns.example.net, not {template!r}.")
        if len(local.encode()) - len(_PLACE) + SIGNED_LENGTH > _MAX_LOCAL_PART:
            raise ValueError(f"{template!r} is too long: at most 64 octets before the @ (RFC 5321 §4.5.3.1.1).")
        if len(secret) < _MIN_SECRET:
            raise ValueError(f"The secret of the return addresses needs {_MIN_SECRET} bytes or more.")
        self._secret, self._template = secret, template
        self.domain = domain.lower()
        before, after = map(re.escape, local.split(_PLACE))
        at = f"@(?:{re.escape(domain)}|{RETURNS_LABEL}\\.[^\\s<>@]{{1,250}})"
        # Some systems change the case of local parts on the way.
        self._pattern = re.compile(f"{before}([a-z2-7]{{{SIGNED_LENGTH}}}){after}{at}", re.IGNORECASE | re.ASCII)

    def address(self, token: str, own_domain: str = "") -> str:
        """The return address of the recipient whose token this is, below the sender's `own_domain` if it has a way
        back there. Raises ValueError when `token` is none."""
        return self._address(sign(self._secret, "return", token), own_domain)

    def report_address(self, number: int, own_domain: str = "") -> str:
        """The address for reports about the sending domain of that `number` (RFC 9990, RFC 8460). Anybody reads it in
        the DNS; nobody can make one of another domain."""
        token = b32encode(number.to_bytes(_TOKEN_OCTETS)).decode().lower()
        return self._address(sign(self._secret, "report", token), own_domain)

    def _address(self, signed: str, own_domain: str) -> str:
        address = self._template.replace(_PLACE, signed)
        return f"{address.rpartition('@')[0]}@{RETURNS_LABEL}.{own_domain}" if own_domain else address

    def token_of(self, address: str) -> str | None:
        """The token in `address`, bare, in angle brackets or with a source route (RFC 5321 §4.1.1.3).

        None unless we signed it."""
        return self._verified(address, "return")

    def domain_of(self, address: str) -> int | None:
        """The number of the sending domain that `address` takes reports about; None unless we signed it."""
        token = self._verified(address, "report")
        return int.from_bytes(b32decode(token.upper())) if token else None

    def _verified(self, address: str, purpose: Purpose) -> str | None:
        bare = _SOURCE_ROUTE.sub("", address.strip().removeprefix("<").removesuffix(">"))
        match = self._pattern.fullmatch(bare)
        return verify(self._secret, purpose, match[1]) if match else None
