"""One HTTP request, small and bounded: no redirects, no proxies of the environment, no retries.

For witnesses and for ``huiyin monitor``; the whole answer is read up to a limit, within a time.
Needs no Django.
"""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

PATIENCE = 10.0  # seconds for connecting and for each read
TEXT = "text/plain; charset=utf-8"
MOST = 2_000_000  # bytes of an answer


@dataclass(frozen=True, slots=True)
class Reply:
    """``status`` 0: no answer, and ``problem`` says why."""

    status: int
    content_type: str = ""
    body: bytes = b""
    problem: str = ""

    @property
    def text(self) -> str:
        """The beginning of the body, in one printable line."""
        shown = self.body[:200].decode("utf-8", "replace")
        return "".join(c if c.isprintable() else " " for c in shown).strip()


def add_checkpoint(prefix: str, body: bytes) -> Reply:
    """POST a submission below a witness's address."""
    return request("POST", prefix.rstrip("/") + "/add-checkpoint", body, most=100_000)


def get(url: str, most: int = MOST) -> Reply:
    """GET one address."""
    return request("GET", url, None, most)


def request(method: str, url: str, body: bytes | None, most: int = MOST, kind: str = TEXT) -> Reply:
    """Ask once. Never raises for what the address or the other side says."""
    try:
        connection, path = _connection(url)
    except (ValueError, http.client.InvalidURL) as error:
        return Reply(0, problem=f"{url[:200]}: {error}")
    try:
        headers = {"Content-Type": kind} if body is not None else {}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        data = answer.read(most + 1)
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        return Reply(0, problem=f"{type(error).__name__}: {error}"[:200])
    finally:
        connection.close()
    if len(data) > most:
        return Reply(0, problem=f"the answer has more than {most} bytes")
    return Reply(answer.status, answer.headers.get("Content-Type", ""), data)


def _connection(url: str) -> tuple[http.client.HTTPConnection, str]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("use an address that starts with http:// or https://")
    if any(not c.isprintable() or c == " " or not c.isascii() for c in parts.path + parts.query):
        raise ValueError("an address has no spaces and only ASCII letters")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "http":
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=PATIENCE), path
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(
        parts.hostname, parts.port, timeout=PATIENCE, context=context
    ), path
