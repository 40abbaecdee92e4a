"""The sign-in page: allauth's, and in a demonstration the accounts that may be tried.

Everything else about signing in is allauth's own; the pages' look is in ``templates``.
"""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings

from huiyin.people.models import User
from huiyin.people.naming import Names, role_name
from huiyin.people.queries import accounts_by_role
from huiyin.people.refusing import pick


class SignIn(LoginView):  # type: ignore[misc]  # allauth ships no stubs
    """Username and password; in a demonstration also one button for each account."""

    def get_form(self, form_class: Any = None) -> Any:
        """Without placeholders: they repeat the labels and look like something typed."""
        form = super().get_form(form_class)
        for field in form.fields.values():
            field.widget.attrs.pop("placeholder", None)
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, and the demo accounts where this is a demonstration."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        if settings.HUIYIN_DEMO:
            from huiyin.demo.accounts import PASSWORD

            context |= {"demo_password": PASSWORD, "demo_groups": _demo_groups()}
        return context


def _one_of_each(found: list[tuple[User, str]], names: Names) -> set[str]:
    """The first account of a role in each separate organisation."""
    first: dict[str, str] = {}
    for user, unit in found:
        first.setdefault(names.tree.line(unit)[-1], user.username)
    return set(first.values())


def _demo_groups() -> list[dict[str, Any]]:
    """The accounts of each role with post and unit, in the order of the procedure."""
    names = Names()
    groups = []
    for role, found in accounts_by_role():
        shown = _one_of_each(found, names)
        accounts = [
            {
                "login": user.username,
                "name": pick(user.display_name) or user.username,
                "post": pick(user.post),
                "unit": names.unit(unit),
            }
            for user, unit in found
        ]
        groups.append(
            {
                "role": role_name(role),
                "first": [a for a in accounts if a["login"] in shown],
                "rest": [a for a in accounts if a["login"] not in shown],
            }
        )
    return groups


sign_in = SignIn.as_view()
