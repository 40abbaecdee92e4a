"""Pages that belong to no room: what Django itself asks for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old; nothing was recorded."""
    return render(request, "403_csrf.html", {"reason": reason}, status=403)
