"""How allauth behaves here: staff only, no self-registration."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from huiyin.people.models import User


class StaffOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no stubs
    """Accounts are made by an administrator."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves; residents need no account."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """Somebody chose a password of their own: the one-time password is over."""
        user.once_until = None
        super().set_password(user, password)
