"""How allauth behaves here: staff only, no self-registration, no lock-out, sessions listed."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from huiyin.people.models import User
from huiyin.people.sessions import note


class StaffOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no stubs
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves; residents need no account."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """Somebody chose a password of their own: the one-time password is over."""
        user.once_until = None
        super().set_password(user, password)

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponse:
        """Keep the new session for the user's own list."""
        answer: HttpResponse = super().post_login(request, user, **options)
        note(request, user)
        return answer

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failures count for a name *and* the address they come from: counted by name alone,
        anybody could keep a colleague out by typing wrong passwords (privacy.md, receipt code)."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{self.get_client_ip(request)}"
