"""`bienrecu zone`: what whoever runs this publishes for organisations' own domains."""

from collections.abc import Iterator

import click
from django.conf import settings

from bienrecu.store.models import DomainKey
from bienrecu.submission.domains.setup import zone_name

_TTL = 3600
_STRING = 255  # octets of one string of a TXT record (RFC 1035 §3.3.14)


def run() -> int:
    if not settings.BIENRECU.dkim_zone:
        click.echo("There is nothing to publish: BIENRECU_DKIM_ZONE is not set.", err=True)
        return 1
    for line in lines():
        click.echo(line)
    return 0


def lines() -> Iterator[str]:
    """Those of a zone file, one per key."""
    for key in DomainKey.objects.order_by("selector"):
        strings = [f'"{key.record[at : at + _STRING]}"' for at in range(0, len(key.record), _STRING)]
        yield f"{zone_name(key)}. {_TTL} IN TXT {' '.join(strings)}"
