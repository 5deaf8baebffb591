"""Who receives: a few sentences mean something else at each operator."""

import re

from bienrecu.domain.mail_operator import operator_of

_GREETING = re.compile(r"^.{0,16}S: 220[ -]([\w.-]{1,255})", re.MULTILINE)  # RFC 5321 §4.2: it gives its name


def receiving_host(host: str, transcript: str) -> str:
    """The name by which the receiver is known: that of its server in the DNS or, where a domain gives its operator's
    servers names of its own, the one that the server gives in its greeting."""
    if operator_of(host):
        return host
    greeting = _GREETING.search(transcript[:4000])
    return greeting[1] if greeting and operator_of(greeting[1]) else host
