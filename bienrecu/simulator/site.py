"""Our public site, the only place on the web that simulated recipients can reach."""

import http.client
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

_TIMEOUT = 10.0
_LARGEST_ANSWER = 1024 * 1024
_MOST_REDIRECTS = 3
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Answer:
    """`url` is where the redirects ended."""

    url: str
    status: int
    body: bytes


class Site:
    """Connects to the site's own host and port and to nothing else: of a URL only path and query are ever used."""

    def __init__(self, url: str) -> None:
        """Raises ValueError when `url` is not an absolute http or https one."""
        self._origin = _origin(url)
        if self._origin is None:
            raise ValueError(f"Unexpected site address {url!r}, use one like https://mail.example.org")

    def has(self, url: str) -> bool:
        """Whether `url` is the site's own: same scheme, host and port."""
        return _origin(url) == self._origin

    def connect(self) -> http.client.HTTPConnection:
        assert self._origin is not None
        scheme, host, port = self._origin
        kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
        return kind(host, port, timeout=_TIMEOUT)


@dataclass(slots=True)
class Browser:
    """Somebody's program on the site, cookies kept. Its calls block, and return None where no answer came."""

    site: Site
    headers: dict[str, str]
    _cookies: dict[str, str] = field(default_factory=dict)

    def get(self, url: str) -> Answer | None:
        return self._follow("GET", url, None)

    def post(self, url: str, fields: tuple[tuple[str, str], ...], page: str) -> Answer | None:
        """Sends a form found on `page`, whose address goes along, as browsers do and CSRF checks want."""
        extra = {"Content-Type": "application/x-www-form-urlencoded", "Referer": page}
        return self._follow("POST", url, urlencode(fields).encode(), extra)

    def _follow(self, method: str, url: str, body: bytes | None, extra: dict[str, str] | None = None) -> Answer | None:
        for _ in range(_MOST_REDIRECTS + 1):
            if not self.site.has(url):
                return None
            try:
                answer, location = self._ask(method, url, body, extra or {})
            except (OSError, http.client.HTTPException, ValueError):
                return None
            if not location:
                return answer
            method, url, body, extra = "GET", urljoin(url, location), None, None
        return None

    def _ask(self, method: str, url: str, body: bytes | None, extra: dict[str, str]) -> tuple[Answer, str]:
        connection = self.site.connect()
        try:
            connection.request(method, _target(urlsplit(url)), body, self.headers | self._cookie() | extra)
            response = connection.getresponse()
            for cookie in response.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                self._cookies[name.strip()] = value.strip()
            location = response.headers.get("Location", "") if 300 <= response.status < 400 else ""
            return Answer(url, response.status, response.read(_LARGEST_ANSWER)), location
        finally:
            connection.close()

    def _cookie(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())} if self._cookies else {}


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _origin(url: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]
