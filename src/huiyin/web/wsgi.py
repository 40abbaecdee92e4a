"""The WSGI entry point that granian serves.

Handing in by API is the one address under load, and it knows neither session nor account:
it goes through a shorter row of middleware, and so does the answer to a flood of wrong codes
(``gate``). Everything else goes through all of it.

``huiyin serve`` imports this once and forks its web processes afterwards; any other WSGI server
can take ``application`` from here as well.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.web.settings")
gc.disable()  # loading makes much that stays and nearly nothing to collect; see the end
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  (Django must be set up first)
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connections  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import get_resolver  # noqa: E402
from django.utils.translation import gettext, override  # noqa: E402
from granian.utils.proxies import wrap_wsgi_with_proxy_headers  # noqa: E402

from huiyin.web.gate import App, Environ, gate  # noqa: E402
from huiyin.web.views import many_wrong_codes  # noqa: E402

HAND_IN = "/api/v1/cases"
_NEEDED = (
    "django.middleware.security.SecurityMiddleware",
    "huiyin.web.middleware.RefusalMiddleware",
    "huiyin.web.middleware.PrivacyHeadersMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
)


class ShortHandler(WSGIHandler):
    """Django's handler with the middleware that a hand-in by API needs."""

    needed: tuple[str, ...] = _NEEDED

    def load_middleware(self, is_async: bool = False) -> None:
        """Django reads its list from the settings and from nowhere else."""
        whole = settings.MIDDLEWARE
        settings.MIDDLEWARE = [name for name in whole if name in self.needed]
        try:
            super().load_middleware(is_async)
        finally:
            settings.MIDDLEWARE = whole


class WrongCodeHandler(ShortHandler):
    """Answers every request alike: very many wrong codes are coming in."""

    needed = (*_NEEDED, "csp.middleware.CSPMiddleware")  # it may be a page

    def _get_response(self, request: HttpRequest) -> HttpResponse:
        """Django calls this, inside all middleware, to find and run the view."""
        return many_wrong_codes(request)


def _dispatcher() -> App:
    pages, hand_in = gate(WSGIHandler(), WrongCodeHandler()), ShortHandler()
    # Two threads that both compute only take the interpreter from each other, and whoever waits
    # for it may hold the database's write lock meanwhile: one hand-in at a time for each process
    # is half as fast again. Pages keep their thread.
    one_at_a_time = threading.Lock()

    def dispatch(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == HAND_IN:
            with one_at_a_time:
                return hand_in(environ, start_response)
        return pages(environ, start_response)

    return dispatch


application = _dispatcher()
if settings.CONFIG.proxies:
    # Only a named proxy may say who the caller is; anybody else's headers are ignored.
    application = wrap_wsgi_with_proxy_headers(
        application, trusted_hosts=[p.strip() for p in settings.CONFIG.proxies.split(",")]
    )


def load_pages() -> None:
    """Load what the first pages would otherwise load one after the other, in each process:
    addresses with their views, the languages' texts."""
    connections.close_all()
    get_resolver().url_patterns  # noqa: B018  (reading it loads every view)
    for language, _ in settings.LANGUAGES:
        with override(language):
            gettext("Name")
    _keep()


def _keep() -> None:
    # What is loaded by now stays for good: the collector need not look at it again and again,
    # and memory that it does not touch stays shared between the processes.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


_keep()
