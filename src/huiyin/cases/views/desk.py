"""My desk and the search: lists of cases, never their content."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huiyin.cases import queries
from huiyin.cases.answering import waiting_for
from huiyin.cases.forms import FindForm
from huiyin.cases.presenting import rows
from huiyin.cases.released import told_to
from huiyin.cases.search import find
from huiyin.domain.access import CASE_ROLES, REGISTRAR, SUPERVISOR, Actor, may
from huiyin.domain.errors import Refusal
from huiyin.people.naming import role_name
from huiyin.people.refusing import explain
from huiyin.people.staff import acting

PAGE = 50


def _start(text: str) -> int:
    """The first row of a page from the address; anything odd is the first page."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _tabs(chosen: str, counts: dict[str, int]) -> list[dict[str, object]]:
    titles = {
        "mine": _("Mine"),
        "unowned": _("Without an owner"),
        "soon": _("Falling due"),
        "overdue": _("Overdue"),
        "waiting": _("Waiting for the complainant"),
    }
    return [
        {
            "text": title,
            "href": f"{reverse('cases:desk')}?list={name}",
            "count": _shown(counts[name]),
            "current": name == chosen,
        }
        for name, title in titles.items()
    ]


def _chosen(asked: str, counts: dict[str, int]) -> str:
    """The list asked for; else what needs somebody first: my own cases, or what is not empty."""
    if asked in counts:
        return asked
    return next((name for name in counts if counts[name]), "mine")


def _shown(count: int) -> str:
    """Lists are counted up to a hundred, so that the desk costs the same on any number."""
    return f"{count}+" if count >= queries.MOST_COUNTED else str(count)


def _empty(chosen: str) -> tuple[str, str]:
    """What an empty list says: what would appear here, and when."""
    return {
        "mine": (_("Nothing waits for you"), _("Cases assigned to you by name appear here.")),
        "unowned": (
            _("Every case has an owner"),
            _("New cases of your unit appear here until somebody owns them."),
        ),
        "soon": (
            _("Nothing falls due this week"),
            _("Cases whose legal date lies within seven days appear here."),
        ),
        "overdue": (
            _("Nothing is overdue"),
            _("Cases whose legal date has passed appear here and stay until they are answered."),
        ),
        "waiting": (
            _("No question is open"),
            _("Your cases in which the complainant has been asked something appear here."),
        ),
    }[chosen]


@login_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """One list of the desk, 50 rows a page, nearest legal date first."""
    actor = acting(request)
    if not any(actor.has(role) for role in CASE_ROLES):
        return _other_desk(request, actor)
    now = timezone.now()
    desk = queries.desk(actor, now, queries.soon_until(now))
    lists, counts = desk.named(), queries.desk_counts(desk)
    chosen = _chosen(request.GET.get("list", ""), counts)
    start = _start(request.GET.get("from", ""))
    found = list(lists[chosen][start : start + PAGE + 1])
    title, text = _empty(chosen)
    context = {
        "section": "desk",
        "chosen": chosen,
        "tabs": _tabs(chosen, counts),
        "desk_counts": counts,
        "cases": rows(found[:PAGE]),
        "form": FindForm(),
        "first": start + 1,
        "last": start + len(found[:PAGE]),
        "previous": f"?list={chosen}&from={max(0, start - PAGE)}" if start else "",
        "next": f"?list={chosen}&from={start + PAGE}" if len(found) > PAGE else "",
        "conflicted": len(queries.needs_recusal(actor, now, timezone.localdate(now))),
        "asked_units": len(waiting_for(actor, now)),
        "told_units": sum(one.unread for one in told_to(actor)),
        "empty_title": title,
        "empty_text": text,
    }
    return render(request, "cases/desk.html", context)


@login_required
@require_safe
def recusal(request: HttpRequest) -> HttpResponse:
    """Cases whose owner has come into conflict and that need another one."""
    actor = acting(request)
    if not (actor.has(SUPERVISOR) or actor.has(REGISTRAR)):
        raise Refusal("not-allowed", verb="supervise")
    found = queries.needs_recusal(actor, timezone.now(), timezone.localdate())
    return render(request, "cases/recusal.html", {"section": "desk", "cases": rows(found)})


def _other_desk(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The desk of those who handle no case: what their role is for, and no case."""
    held = {
        grant.role: {"role": grant.role, "name": role_name(grant.role)} for grant in actor.grants
    }
    return render(request, "cases/desk_other.html", {"section": "desk", "held": held.values()})


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find by number or summary among the cases that the reader may see."""
    actor = acting(request)
    if not may(actor, "search"):
        raise Refusal("not-allowed", verb="search")
    asked = "q" in request.GET
    form = FindForm(request.GET if asked else None)
    context: dict[str, object] = {"section": "find", "form": form, "asked": asked}
    if asked and form.is_valid():
        try:
            context["cases"] = rows(find(actor, form.cleaned_data["q"]))
        except Refusal as refusal:
            form.add_error("q", explain(refusal).text)
    return render(request, "cases/find.html", context)
