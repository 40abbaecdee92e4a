"""Leave, overrides and temporary schedules: what stands, what can be added or taken back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huiyin.rosters import changes, presenting
from huiyin.rosters.forms import LeaveForm, OverrideForm
from huiyin.rosters.views.opening import Opened, Step, context, opened, taken

_ENDS = {
    "end-leave": changes.end_leave,
    "end-override": changes.end_override,
    "end-temporary": changes.end_temporary,
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, roster: str) -> HttpResponse:
    """The page; a POST adds or takes back one thing."""
    page = opened(request, roster)
    steps = _steps(page, request)
    status = 200
    if request.method == "POST":
        end = _ENDS.get(request.POST.get("do", ""))
        row = request.POST.get("row", "")
        if end is not None and row.isascii() and row.isdigit() and len(row) < 19:
            end(page.row.pk, int(row), page.actor, page.now)
            messages.success(request, _("Taken back."))
            return redirect("rosters:changes", page.row.pk)
        answer, status = taken(request, steps, "rosters:changes", page.row.pk)
        if answer is not None:
            return answer
    more: dict[str, Any] = {"forms": {name: step.form for name, step in steps.items()}}
    more |= {"standing": _standing(page)}
    return render(request, "rosters/changes.html", context(page, "changes", **more), status=status)


def _steps(page: Opened, request: HttpRequest) -> dict[str, Step]:
    """The forms that this reader may send, the one that was sent with its data."""
    sent = request.POST.get("do", "")
    common: dict[str, Any] = {"zone": page.value.zone, "today": page.today}
    common["at"] = presenting.usual_time(page.value)
    people = presenting.people_choices(page.value, page.today)
    own = [(p, name) for p, name in people if page.may_edit or p == page.actor.id]
    roles = presenting.role_choices(page.value)
    roster, actor, now = page.row.pk, page.actor, page.now

    def data(name: str) -> Any:
        return request.POST if sent == name else None

    steps = {}
    if own:
        form = LeaveForm(data("leave"), people=own, prefix="leave", **common)
        steps["leave"] = Step(
            form,
            lambda d: changes.add_leave(roster, d["person"], d["span"], actor, now),
            _("Entered. Look at the gaps: somebody else may have to serve."),
        )
    if page.may_edit and roles and people:
        choices = {"people": people, "roles": roles, **common}
        steps["override"] = Step(
            OverrideForm(data("override"), prefix="override", **choices),
            lambda d: changes.add_override(
                roster,
                d["role"],
                d["span"],
                d["out"] or None,
                d["into"] or None,
                actor,
                now,
                d["sure"],
            ),
            _("Changed."),
        )
    return steps


def _standing(page: Opened) -> list[dict[str, object]]:
    """What stands now and later, each with whether this reader may take it back."""
    roster = page.value
    found = []
    for x in roster.leave:
        mine = page.may_edit or x.person == page.actor.id
        words = _("%(name)s is away") % {"name": presenting.person_name(roster, x.person)}
        found.append((x.span, words, "end-leave", x.id, mine))
    for o in roster.overrides:
        found.append((o.span, _override_words(page, o), "end-override", o.id, page.may_edit))
    for t in roster.temporary:
        people = dict.fromkeys(presenting.person_name(roster, d.person) for d in t.duties)
        names = ", ".join(people)
        words = _("Temporary schedule: %(names)s") % {"names": names or "—"}
        found.append((t.span, words, "end-temporary", t.id, page.may_edit))
    return [
        {
            "begin": presenting.local(span.start, roster.zone),
            "end": presenting.local(span.end, roster.zone),
            "words": words, "do": do, "row": row, "may": may,
            "href": reverse("rosters:duties", args=[page.row.pk, row])
            if do == "end-temporary" else "",
        }
        for span, words, do, row, may in sorted(found, key=lambda f: (f[0], f[2], f[3]))
        if span.end > page.now
    ]  # fmt: skip


def _override_words(page: Opened, override: Any) -> str:
    roster = page.value
    names = {
        "role": presenting.role_title(roster, override.role),
        "out": presenting.person_name(roster, override.out or ""),
        "into": presenting.person_name(roster, override.into or ""),
    }
    if override.out and override.into:
        return _("%(role)s: %(into)s instead of %(out)s") % names
    if override.into:
        return _("%(role)s: %(into)s in addition") % names
    return _("%(role)s: without %(out)s") % names
