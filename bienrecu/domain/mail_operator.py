"""Who runs a mail server, as people call them: an operator's name says more than mx3-17.example-filter.net."""

_OPERATORS = {
    "Gmail": "gmail-smtp-in.l.google.com gmail.com googlemail.com",
    "Google": "google.com",
    "Outlook.com": "olc.protection.outlook.com hotmail.com live.com outlook.com msn.com",
    "Microsoft 365": "mail.protection.outlook.com mx.microsoft",
    "Yahoo": "yahoodns.net yahoo.com yahoo.fr aol.com",
    "Apple (iCloud)": "icloud.com me.com mac.com apple.com",
    "Orange": "orange.fr wanadoo.fr orange-business.com",
    "La Poste": "laposte.net",
    "Free": "free.fr proxad.net",
    "SFR": "sfr.fr neuf.fr cegetel.net numericable.fr",
    "Bouygues Telecom": "bbox.fr bouyguestelecom.fr bouygtel.fr",
    "OVHcloud": "ovh.net ovh.com ovh.ca",
    "Gandi": "gandi.net",
    "IONOS": "ionos.fr ionos.com kundenserver.de 1and1.fr perfora.net",
    "Infomaniak": "infomaniak.ch infomaniak.com",
    "o2switch": "o2switch.net",
    "RENATER": "renater.fr",
    "Proton": "protonmail.ch proton.me",
    "Zoho": "zoho.com zoho.eu",
    "GMX": "gmx.net gmx.com web.de",
    "Mailo": "mailo.com",
    "Proofpoint": "pphosted.com ppe-hosted.com",
    "Mimecast": "mimecast.com",
    "Barracuda": "barracudanetworks.com",
    "Vade": "vadesecure.com oxsus-vadesecure.net",
    "Mailinblack": "mailinblack.com",
    "Altospam": "altospam.com",
    "Cisco": "iphmx.com",
    "Trend Micro": "trendmicro.com trendmicro.eu",
    "Sophos": "sophos.com",
    "Hornetsecurity": "hornetsecurity.com antispameurope.com",
    "Symantec": "messagelabs.com",
}
_OF = {suffix: name for name, suffixes in _OPERATORS.items() for suffix in suffixes.split()}


def operator_of(host: str) -> str:
    """The operator of the server called `host`; "" for one we do not know. The longest name that we know decides."""
    labels = host.lower().rstrip(".").split(".")[-6:]
    return next((_OF[name] for n in range(len(labels)) if (name := ".".join(labels[n:])) in _OF), "")
