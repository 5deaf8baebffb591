"""The programs that load images and follow links, as they name themselves in HTTP requests."""

import zlib

from bienrecu.simulator.behaviours import Act

_IMAGES = "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
_PAGES = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"

BROWSER_HEADERS = {"User-Agent": _FIREFOX, "Accept": _PAGES, "Accept-Language": "fr,fr-FR;q=0.8,en;q=0.5"}

_MAIL_PROGRAMS = (
    "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17932; Pro)",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
)
_APPLE_RELAY = "Mozilla/5.0"
_GMAIL_PROXY = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
# Security programs take the names of ordinary browsers; it is their haste that gives them away.
_SCANNERS = (
    _FIREFOX,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1",
)


def image_headers(act: Act, recipient: str) -> dict[str, str]:
    """How the images of a mail are asked for: by a proxy, or by the program that this person always uses."""
    own = _MAIL_PROGRAMS[zlib.crc32(recipient.encode()) % len(_MAIL_PROGRAMS)]
    name = {Act.APPLE_PREFETCH: _APPLE_RELAY, Act.GMAIL_DISPLAY: _GMAIL_PROXY}.get(act, own)
    return {"User-Agent": name, "Accept": _IMAGES}


def scanner_headers(index: int) -> dict[str, str]:
    return {"User-Agent": _SCANNERS[index % len(_SCANNERS)], "Accept": "*/*"}
