"""The simulation of a plan as a page: figures with their method, curve and table, what helps."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huiyin.domain.simulation.scenario import Curve
from huiyin.people.refusing import pick, tag
from huiyin.plans import presenting
from huiyin.plans.forms import SimulateForm
from huiyin.plans.priors import assumptions
from huiyin.plans.queries import Simulated
from huiyin.plans.queries import simulate as computed
from huiyin.plans.telling import Teller, percent
from huiyin.plans.views import loading
from huiyin.plans.views.loading import base, opened, organisation_of


@login_required
@require_safe
def simulate(request: HttpRequest, plan: str) -> HttpResponse:
    """What the plan is worth when the call goes out."""
    found = opened(request, plan)
    levels = [(level.id, pick(level.title)) for level in found.plan.levels.values()]
    form = SimulateForm(request.GET or None, levels)
    asked = form.cleaned_data if form.is_valid() else {}
    row, _value = organisation_of(found)
    done = computed(
        found, row, loading.today(), asked.get("hours") or "night", asked.get("level", "")
    )
    teller = Teller(found.plan, done.question, done.simulation, assumptions(), tag())
    context = base(found, form=form, **_figures(done, teller))
    return render(request, "plans/simulate.html", context)


def _figures(done: Simulated, teller: Teller) -> dict[str, Any]:
    found = done.simulation
    return {
        "reached": teller.reached(),
        "reached_name": teller.say("figure", "reached"),
        "figures": [
            {
                "name": teller.say("figure", name),
                "alone": teller.chance(twice.alone),
                "common": teller.chance(twice.common),
                "method": teller.method(twice.common),
            }
            for name, twice in (("in-time", found.in_time), ("filled", found.filled))
        ],
        "naive": percent(found.naive),
        "naive_name": teller.say("figure", "naive"),
        "curves": [
            _curve(teller, name, curve)
            for name, curve in (("answered", found.answered), ("there", found.there))
            if curve is not None
        ],
        "resilience": teller.resilience(found.resilience) if found.resilience else "",
        "number": found.resilience.number if found.resilience else None,
        "changes": [
            [teller.change(c), percent(c.before), percent(c.after), teller.change_method(c)]
            for c in done.changes
        ],
        "no_change": teller.say("change", "none"),
        "assumed": [*teller.rates(), *teller.notes()],
        "alone_word": teller.say("heading", "alone"),
        "common_word": teller.say("heading", "common"),
    }


def _curve(teller: Teller, name: str, curve: Curve) -> dict[str, Any]:
    rows = [[m, percent(a), percent(c)] for m, a, c in presenting.moments(curve)]
    return {
        "id": name,
        "name": teller.say("figure", name),
        "half": teller.half(curve),
        "method": teller.curve_method(curve),
        "picture": presenting.picture(curve),
        "rows": rows,
        "columns": [
            {"label": _("Minutes")},
            {"label": teller.say("heading", "alone"), "numeric": True},
            {"label": teller.say("heading", "common"), "numeric": True},
        ],
    }
