"""Pages of accounts. A one-time password stands on one answer and nowhere else."""

from __future__ import annotations

import os

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.administration import account_acts
from huiyin.administration.forms import AccountForm, RoleForm, initial_texts
from huiyin.administration.queries import account_rows, role_rows
from huiyin.administration.recording import Author
from huiyin.administration.views.common import (
    administrators,
    author,
    blame,
    page,
    sent,
    unit_choices,
)
from huiyin.cases.moving import owned_by
from huiyin.domain.errors import Refusal
from huiyin.people.models import User
from huiyin.people.refusing import explain

ENTROPY = 15


@administrators
def accounts(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in, or might."""
    return page(request, "accounts", accounts=account_rows(timezone.localdate()))


@administrators
def add(request: HttpRequest) -> HttpResponse:
    """A new account with its first role; answers with its one-time password."""
    form = AccountForm(request.POST or None, units=unit_choices(), new=True)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _added(request, form)
            except Refusal as refusal:
                status = blame(form, refusal)
    return page(
        request,
        "form",
        status,
        form=form,
        title=_("Add an account"),
        back="administration:accounts",
    )


def _added(request: HttpRequest, form: AccountForm) -> HttpResponse:
    said, now, today = form.cleaned_data, timezone.now(), timezone.localdate()
    by, login = author(request), said["login"]
    names, posts = form.texts("display"), form.texts("post")
    password = account_acts.add_account_with_role(
        login, names, posts, os.urandom(ENTROPY), (said["role"], said["unit"]), today, by, now
    )
    return page(request, "once", login=login, password=password, until=now + account_acts.ONCE)


@administrators
def account(request: HttpRequest, login: str) -> HttpResponse:
    """One account: name and post, roles, password, whether it is open."""
    user = User.objects.filter(username=login).first()
    if user is None:
        raise Http404
    if request.method != "POST":
        return _show(request, user)
    does = {
        "rename": _rename,
        "grant": _grant,
        "end": _end,
        "reset": _reset,
        "close": _close,
        "open": _open,
    }
    do = does.get(request.POST.get("do", ""))
    return do(request, user) if do else _show(request, user, 422)


def _show(
    request: HttpRequest,
    user: User,
    status: int = 200,
    *,
    renaming: AccountForm | None = None,
    granting: RoleForm | None = None,
) -> HttpResponse:
    initial = {
        **initial_texts("display", user.display_name),
        **initial_texts("post", user.post),
    }
    form = renaming or AccountForm(None, units=(), new=False, initial=initial)
    context = {
        "account": user,
        "title": user.get_full_name(),
        "form": form,
        "granting": granting or RoleForm(None, units=unit_choices()),
        "roles": role_rows(user, timezone.localdate()),
    }
    return page(request, "account", status, **context)


def _rename(request: HttpRequest, user: User) -> HttpResponse:
    form = AccountForm(request.POST, units=(), new=False)

    def act(by: Author) -> str:
        names, posts = form.texts("display"), form.texts("post")
        account_acts.rename(user.username, names, posts, by, timezone.now())
        return _("Saved.")

    answer = sent(request, form, act, "administration:account", user.username)
    return (
        answer if isinstance(answer, HttpResponse) else _show(request, user, answer, renaming=form)
    )


def _grant(request: HttpRequest, user: User) -> HttpResponse:
    form = RoleForm(request.POST, units=unit_choices())

    def act(by: Author) -> str:
        said, today = form.cleaned_data, timezone.localdate()
        account_acts.grant(
            user.username, said["role"], said["unit"], today, today, by, timezone.now()
        )
        return _("Given.")

    answer = sent(request, form, act, "administration:account", user.username)
    return (
        answer if isinstance(answer, HttpResponse) else _show(request, user, answer, granting=form)
    )


def _freed(count: int) -> str:
    """What happened to the cases of somebody who may not own them any more."""
    if not count:
        return ""
    said = ngettext(
        "%(n)d open case has no owner now and waits to be assigned.",
        "%(n)d open cases have no owner now and wait to be assigned.",
        count,
    )
    return " " + said % {"n": count}


def _back(request: HttpRequest, user: User, told: str) -> HttpResponse:
    messages.success(request, told)
    return redirect("administration:account", user.username)


def _refused(request: HttpRequest, user: User, refusal: Refusal) -> HttpResponse:
    words = explain(refusal)
    messages.error(request, f"{words.text} {words.remedy}")
    return _show(request, User.objects.get(pk=user.pk), words.status)


def _ask(request: HttpRequest, user: User, title: str) -> HttpResponse | None:
    """The page to confirm on, until it was: what follows cannot be undone as a whole."""
    if "sure" in request.POST:
        return None
    values = {name: request.POST.get(name, "") for name in ("do", "role", "unit")}
    return page(
        request,
        "confirm",
        account=user,
        title=title,
        values=values.items(),
        cases=len(owned_by(user.pk)),
    )


def _end(request: HttpRequest, user: User) -> HttpResponse:
    if (asking := _ask(request, user, _("End this role"))) is not None:
        return asking
    role, unit = request.POST.get("role", ""), request.POST.get("unit", "")
    try:
        freed = account_acts.end_role(
            user.username, role, unit, timezone.localdate(), author(request), timezone.now()
        )
    except Refusal as refusal:
        return _refused(request, user, refusal)
    return _back(request, user, _("The role has ended.") + _freed(freed))


def _reset(request: HttpRequest, user: User) -> HttpResponse:
    now = timezone.now()
    password = account_acts.reset(user.username, os.urandom(ENTROPY), author(request), now)
    until = now + account_acts.ONCE
    return page(request, "once", login=user.username, password=password, until=until)


def _close(request: HttpRequest, user: User) -> HttpResponse:
    if (asking := _ask(request, user, _("Close this account"))) is not None:
        return asking
    try:
        freed = account_acts.deactivate(
            user.username, timezone.localdate(), author(request), timezone.now()
        )
    except Refusal as refusal:
        return _refused(request, user, refusal)
    return _back(request, user, _("Closed. Nobody signs in with it any more.") + _freed(freed))


def _open(request: HttpRequest, user: User) -> HttpResponse:
    account_acts.activate(user.username, author(request), timezone.now())
    return _back(request, user, _("Opened again."))
