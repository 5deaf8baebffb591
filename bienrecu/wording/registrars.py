"""Where the records go, at the companies where most French domains are kept."""

from dataclasses import dataclass

from bienrecu.wording.mark import N_


@dataclass(frozen=True, slots=True)
class Registrar:
    name: str
    way: str
    hint: str


_SHORT_NAME = N_("Type the name without your domain: it is added by itself.")
_WHOLE_NAME = N_("Type the name as shown; if it is refused, add your domain to it.")

REGISTRARS = (
    Registrar("OVHcloud", N_("Web Cloud › Domain names › your domain › DNS zone › Add an entry"), _SHORT_NAME),
    Registrar("Gandi", N_("Domain names › your domain › DNS records › Add a record"), _SHORT_NAME),
    Registrar("IONOS", N_("Domains & SSL › your domain › DNS › Add record"), _SHORT_NAME),
    Registrar("Infomaniak", N_("Web & Domains › your domain › DNS zone › Add an entry"), _SHORT_NAME),
    Registrar("o2switch", N_("cPanel › Zone Editor › your domain › Manage › Add record"), _WHOLE_NAME),
    Registrar("Cloudflare", N_("your domain › DNS › Records › Add record, and “DNS only” for the CNAME"), _SHORT_NAME),
    Registrar(
        N_("Elsewhere"), N_("Look for “DNS zone” or “DNS records”, or send the text below to your IT."), _WHOLE_NAME
    ),
)
