"""Before Django: a flood of wrong receipt codes is answered shortly, a right code never is.

Whoever shows a code is looked up here with one query. A right code walks on to its page as if
nothing were here. Wrong ones walk on as well, so that a slip of the pen is explained, but only as
many a second as cost nothing worth speaking of; the others get one answer for all kinds of wrong
codes, without sessions, tables or a page made anew. No address is looked at and nothing is kept.
"""

from __future__ import annotations

import io
import re
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import QueryDict

from huiyin.portal.acts import opens

Environ = dict[str, Any]
App = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

API, PAGE = "/api/v1/follow", "/follow/"
SCHEME = "receipt "
FORM = "application/x-www-form-urlencoded"
# The form of the page has a code and a token; nothing of ours sends more.
LONGEST_FORM = 4096
# Full answers to wrong codes: at most this many a second for each process, and so many at once
# after a quiet time. Each costs some milliseconds; typing people never come near.
PER_SECOND, AT_ONCE = 8.0, 20.0


class Allowance:
    """So many a second, a few more after a quiet time; one for all threads of a process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._left, self._seen = AT_ONCE, clock()

    def take(self) -> bool:
        """True and one less, or False if none is left now."""
        with self._lock:
            now = self._clock()
            self._left = min(AT_ONCE, self._left + (now - self._seen) * PER_SECOND)
            self._seen = now
            if self._left < 1:
                return False
            self._left -= 1
            return True


def typed_code(environ: Environ) -> str | None:
    """The code that a request shows, as typed; None for a request that shows none.

    What cannot be read here counts as an empty, hence wrong code: no page of ours sends it.
    """
    path = environ["PATH_INFO"]
    if path.startswith(API):
        shown: str = environ.get("HTTP_AUTHORIZATION", "")
        return shown[len(SCHEME) :] if shown[: len(SCHEME)].lower() == SCHEME else None
    if path == PAGE and environ["REQUEST_METHOD"] == "POST":
        return _from_form(environ)
    return None


def _from_form(environ: Environ) -> str:
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    length = environ.get("CONTENT_LENGTH") or ""
    if kind != FORM or not (length.isascii() and length.isdigit() and int(length) <= LONGEST_FORM):
        return ""
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)  # Django reads it once more
    try:
        return QueryDict(body, encoding="utf-8").get("code") or ""
    except ValueError:  # more fields than the settings allow, bytes that are no text
        return ""


def gate(pages: App, shortly: App, allowance: Allowance | None = None) -> App:
    """``pages``, with ``shortly`` for wrong codes beyond the allowance."""
    left, kept = allowance or Allowance(), keeping(shortly)

    def enter(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        typed = typed_code(environ)
        if typed is None or _may_pass(typed, left):
            return pages(environ, start_response)
        return kept(environ, start_response)

    return enter


# What the short answer depends on; all of it, not only the language's part of the cookies, would
# make one answer for each reader.
_DIFFERS = ("HTTP_HOST", "wsgi.url_scheme", "HTTP_ACCEPT_LANGUAGE")
_LANGUAGE = re.compile(rf"(?:^|;\s*){settings.LANGUAGE_COOKIE_NAME}=([\w-]{{1,20}})")
_MOST_KEPT = 100


def keeping(app: App) -> App:
    """``app``, whose answers tell nobody apart, with each kind of them made only once."""
    kept: dict[tuple[str, ...], tuple[list[Any], bytes]] = {}

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        kind = _kind(environ)
        found = kept.get(kind)
        if found is None:
            given: list[Any] = []
            body = b"".join(app(environ, lambda *head: given.extend(head)))
            found = given, body
            if len(kept) < _MOST_KEPT and given[0].startswith("429"):
                kept[kind] = found
        start_response(found[0][0], list(found[0][1]))
        return [found[1]]

    return answer


def _kind(environ: Environ) -> tuple[str, ...]:
    chosen = _LANGUAGE.search(environ.get("HTTP_COOKIE", ""))
    page = str(environ["PATH_INFO"] == PAGE)
    return (page, chosen[1] if chosen else "", *(environ.get(name, "")[:200] for name in _DIFFERS))


def _may_pass(typed: str, left: Allowance) -> bool:
    try:
        return opens(typed) or left.take()
    except DatabaseError:  # Django says what is the matter, and nobody is kept out by it
        return True
