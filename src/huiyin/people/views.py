"""The pages of one's own account that differ from allauth's: signing in (in a demonstration with
the accounts that may be tried), the password, and where one is signed in.

Everything else about signing in is allauth's own; the pages' look is in ``templates``.
"""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView, PasswordChangeView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huiyin.domain.errors import Refusal
from huiyin.people import sessions as signed_in
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


@method_decorator(login_required, name="dispatch")
class ChangePassword(PasswordChangeView):  # type: ignore[misc]  # allauth ships no stubs
    """allauth's, except for an account without a password: nobody sets a first one by oneself."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Raises Refusal ``password-absent``."""
        if not request.user.has_usable_password():  # type: ignore[union-attr]  # signed in
            raise Refusal("password-absent")
        answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        return answer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; POST ends one of these sessions, or all others."""
    user = request.user
    assert isinstance(user, User)
    if request.method == "POST":
        return _end(request, user)
    rows = [
        {"row": row, "here": row.session == request.session.session_key}
        for row in signed_in.own(request, user)
    ]
    return render(request, "account/sessions.html", {"rows": rows})


def _end(request: HttpRequest, user: User) -> HttpResponse:
    chosen = request.POST.get("end", "")
    if chosen == "others":
        signed_in.end_others(request, user)
        messages.success(request, _("You are signed in here only."))
    elif chosen.isascii() and chosen.isdigit() and len(chosen) < 15:
        signed_in.end(user, int(chosen))
        messages.success(request, _("That session has ended."))
    return redirect("account_sessions")


sign_in = SignIn.as_view()
change_password = ChangePassword.as_view()
