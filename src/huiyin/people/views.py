"""The sign-in page: allauth's, and in a demonstration the accounts that may be tried.

Everything else about signing in is allauth's own; the pages' look is in ``templates``.
"""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings

from huiyin.people.naming import Names, role_name
from huiyin.people.queries import accounts_by_role
from huiyin.people.refusing import pick


class SignIn(LoginView):  # type: ignore[misc]  # allauth ships no stubs
    """Username and password; in a demonstration also one button for each account."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and the demo accounts where this is a demonstration."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if settings.HUIYIN_DEMO:
            from huiyin.demo.accounts import PASSWORD

            context |= {"demo_password": PASSWORD, "demo_groups": _demo_groups()}
        return context


def _demo_groups() -> list[dict[str, Any]]:
    """The accounts of each role with post and unit, in the order of the procedure."""
    names = Names()
    return [
        {
            "role": role_name(role),
            "accounts": [
                {
                    "login": user.username,
                    "name": pick(user.display_name) or user.username,
                    "post": pick(user.post),
                    "unit": names.unit(unit),
                }
                for user, unit in found
            ],
        }
        for role, found in accounts_by_role()
    ]


sign_in = SignIn.as_view()
