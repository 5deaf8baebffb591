"""Which blocklist a reply names."""

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
