"""Making a roster, its duties, its members, its rules."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huiyin.domain.access import SUPERVISOR, Actor
from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.values import RestRule, Window
from huiyin.people.models import Membership
from huiyin.people.naming import Names, staff_names
from huiyin.people.refusing import pick, tag
from huiyin.people.staff import acting
from huiyin.rosters import acts, presenting
from huiyin.rosters.setup_forms import (
    EndForm,
    MemberForm,
    RestForm,
    RoleChangeForm,
    RoleForm,
    RosterForm,
    RowForm,
    RuleForm,
)
from huiyin.rosters.views.opening import Opened, Step, context, opened, taken


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new roster with its first duty."""
    actor, names = acting(request), Names()
    units = sorted(actor.units(SUPERVISOR))
    if not units:
        raise Refusal("not-allowed", verb="edit")
    form = RosterForm(
        request.POST if request.method == "POST" else None,
        units=[(unit, names.unit(unit)) for unit in units],
    )
    if request.method == "POST" and form.is_valid():
        return redirect("rosters:setup", _made(form.cleaned_data, actor, names).pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "rosters/new.html", {"section": "rosters", "form": form}, status=status)


def _made(data: dict[str, Any], actor: Actor, names: Names) -> Any:
    now, language = timezone.now(), tag()
    zone = names.tree.units[data["unit"]].zone or timezone.get_default_timezone_name()
    row = acts.create(data["unit"], {language: data["title"]}, zone, actor, now)
    window = Window(begins=data["begins"], ends=data["ends"])
    acts.add_role(row.pk, {language: data["role"]}, window, actor, now, line=data["line"])
    return row


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest, roster: str) -> HttpResponse:
    """Duties, members, rules: what stands, and forms to add and to end."""
    page = opened(request, roster, "edit")
    steps, status = _steps(page, request), 200
    if request.method == "POST":
        answer, status = taken(request, steps, "rosters:setup", page.row.pk)
        if answer is not None:
            return answer
    more = {"forms": {name: step.form for name, step in steps.items()}, **_standing(page)}
    return render(request, "rosters/setup.html", context(page, "setup", **more), status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: HttpRequest, roster: str, duty: str) -> HttpResponse:
    """One duty, to be changed from now on."""
    page = opened(request, roster, "edit")
    row = page.row.roles.filter(key=duty).first()
    if row is None:
        raise Http404
    form = RoleChangeForm(
        request.POST if request.method == "POST" else None,
        people=presenting.people_choices(page.value, page.today),
        days=_days_of(page, row.days),
        initial={
            "role": pick(row.title), "days": row.days, "begins": row.begins, "ends": row.ends,
            "people": row.people, "line": row.line, "able": [str(p) for p in row.able],
        },
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        step = Step(form, lambda d: _change_role(page, duty, d), _("Changed from now on."))
        answer, status = taken(request, {"role": step}, "rosters:setup", page.row.pk)
        if answer is not None:
            return answer
    more = {"form": form, "duty": pick(row.title)}
    return render(request, "rosters/role.html", context(page, "setup", **more), status=status)


def _days_of(page: Opened, standing: str) -> presenting.Choices:
    """On which days a duty can be; days that were brought otherwise stay a choice."""
    known = presenting.days_choices(bool(page.row.calendar))
    return known if standing in dict(known) else [*known, (standing, standing)]


def _change_role(page: Opened, duty: str, d: dict[str, Any]) -> object:
    window = Window(begins=d["begins"], ends=d["ends"])
    new = acts.RoleChange(
        {tag(): d["role"]}, window, d["days"], d["people"], d["line"], tuple(d["able"])
    )
    return acts.change_role(page.row.pk, duty, new, page.actor, page.now)


def _steps(page: Opened, request: HttpRequest) -> dict[str, Step]:
    sent, roster, actor, now = request.POST.get("do", ""), page.row.pk, page.actor, page.now

    def data(name: str) -> Any:
        return request.POST if sent == name else None

    people = presenting.people_choices(page.value, page.today)
    rule = RuleForm(
        data("rule"), people=people, roles=presenting.role_choices(page.value),
        days=presenting.days_choices(bool(page.row.calendar)), today=page.today,
    )  # fmt: skip
    member = MemberForm(data("member"), accounts=_accounts(page), today=page.today)
    return {
        "rule": Step(rule, lambda d: _add_rule(page, d), _("The rule holds from that day.")),
        "member": Step(
            member,
            lambda d: acts.add_member(roster, int(d["account"]), d["since"], actor, now),
            _("Added. Name them in a rule, or they never serve."),
        ),
        "rest": Step(
            RestForm(data("rest")),
            lambda d: acts.add_rest(
                roster, RestRule("new", d["kind"], d["hours"], d["source"], d["days"]), actor, now
            ),
            _("The limit holds. “Gaps and fairness” tells where it is broken."),
        ),
        "end-rest": Step(
            RowForm(data("end-rest")),
            lambda d: acts.end_rest(roster, d["row"], actor, now),
            _("Taken back."),
        ),
        "role": Step(RoleForm(data("role")), lambda d: _add_role(page, d), _("Added.")),
        "end-rule": Step(
            EndForm(data("end-rule")),
            lambda d: acts.end_rule(roster, d["row"], d["until"], actor, now),
            _("The rule ends on that day."),
        ),
        "end-member": Step(
            EndForm(data("end-member")),
            lambda d: acts.end_member(roster, d["row"], d["until"], actor, now),
            _("They serve until that day."),
        ),
    }


def _add_rule(page: Opened, d: dict[str, Any]) -> object:
    rule = acts.NewRule(
        d["role"], tuple(d["people"]), d["begins"], d["ends"], d["turn"], d["since"], d["count"],
        d["days"], d["cover"],
    )  # fmt: skip
    return acts.add_rule(page.row.pk, rule, page.actor, page.now)


def _add_role(page: Opened, d: dict[str, Any]) -> object:
    window = Window(begins=d["begins"], ends=d["ends"])
    return acts.add_role(
        page.row.pk, {tag(): d["role"]}, window, page.actor, page.now, line=d["line"],
        people=d["people"],
    )  # fmt: skip


def _accounts(page: Opened) -> presenting.Choices:
    """Staff of the roster's unit and of those below it who are no members yet."""
    units = Names().tree.reach(page.row.unit_id)
    held = {int(p) for p, _name in presenting.people_choices(page.value, page.today)}
    rows = Membership.objects.filter(unit_id__in=units, until=None, user__is_active=True)
    ids = set(rows.values_list("user_id", flat=True)) - held
    return sorted(staff_names(ids).items(), key=lambda pair: pair[1])


def _standing(page: Opened) -> dict[str, object]:
    names = {p: person.name for p, person in page.value.people.items()}
    return {
        "rules": [
            {
                "row": r.pk,
                "role": pick(r.role.title),
                "people": ", ".join(names.get(str(p), "—") for p in r.people),
                "days": presenting.days_words(r.days),
                "time": f"{r.begins:%H:%M}–{r.ends:%H:%M}",
                "turn": presenting.turn_words(r),
                "since": r.since,
                "until": r.until,
            }
            for r in page.row.rules.select_related("role")
            if not r.until or r.until >= page.today
        ],
        "members": [
            {"row": m.user_id, "name": names[str(m.user_id)], "since": m.since, "until": m.until}
            for m in page.row.members.all()
        ],
        "rests": [
            {"row": r.pk, "words": presenting.rest_words(r), "source": r.source}
            for r in page.row.rests.all()
        ],
        "roles": [
            {
                "key": r.key,
                "title": pick(r.title),
                "days": presenting.days_words(r.days),
                "able": ", ".join(names.get(str(p), "—") for p in r.able),
                "time": f"{r.begins:%H:%M}–{r.ends:%H:%M}",
                "people": r.people,
                "line": r.line,
            }
            for r in page.row.roles.all()
        ],
    }
