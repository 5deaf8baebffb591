"""Which blocklist a reply names, and the page where that list says more."""

import re

_LISTS = {
    "Spamhaus": r"spamhaus|\b(?:sbl|xbl|pbl)\b",
    "SpamCop": r"spamcop",
    "Barracuda": r"barracuda",
    "SORBS": r"sorbs",
    "UCEPROTECT": r"uceprotect",
    "Abusix": r"abusix",
    "Cloudmark": r"cloudmark",
    "Proofpoint": r"proofpoint",
    "Invaluement": r"invaluement",
    "PSBL": r"\bpsbl\b",
    "SURBL": r"surbl",
    "URIBL": r"uribl",
    "Mailspike": r"mailspike",
    "NiX Spam": r"nixspam|ix\.dnsbl\.manitu",
    "Trend Micro": r"trend ?micro|mail-abuse\.(?:com|org)",
    "Hostkarma": r"hostkarma|junkemailfilter",
    "SpamRATS": r"spamrats",
    "Backscatterer": r"backscatterer",
    "0spam": r"\b0spam\b",
    "DroneBL": r"dronebl",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _LISTS.items()}


def named_list(text: str) -> str:
    """The name of the first blocklist we know in `text`, or ""."""
    return next((name for name, pattern in _PATTERNS.items() if pattern.search(text)), "")


_PAGES = {
    "Spamhaus": "https://check.spamhaus.org/",
    "SpamCop": "https://www.spamcop.net/bl.shtml",
    "Barracuda": "https://www.barracudacentral.org/lookups",
    "UCEPROTECT": "https://www.uceprotect.net/en/rblcheck.php",
    "Abusix": "https://lookup.abusix.com/",
    "Cloudmark": "https://csi.cloudmark.com/en/reset/",
    "Proofpoint": "https://ipcheck.proofpoint.com/",
    "Invaluement": "https://www.invaluement.com/lookup/",
    "PSBL": "https://psbl.org/",
    "SURBL": "https://surbl.org/surbl-analysis",
    "URIBL": "https://admin.uribl.com/",
    "Mailspike": "https://mailspike.io/ip_verify",
    "Trend Micro": "https://servicecentral.trendmicro.com/en-us/ers/ip-lookup/",
    "SpamRATS": "https://www.spamrats.com/lookup.php",
    "Backscatterer": "https://www.backscatterer.org/?target=test",
    "DroneBL": "https://dronebl.org/lookup",
}


def page_of(name: str) -> str:
    """Where the list called `name` is asked about an address, and to take it off; "" when we know of no page."""
    return _PAGES.get(name, "")
