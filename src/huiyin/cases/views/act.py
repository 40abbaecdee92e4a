"""The page of one act: what it asks for, what it leads to, what the complainant will read.

GET shows the form. POST plays the act through and shows what will be sent; POST with
``step=send`` records it. Acts that only concern the office are recorded at once. A page that
somebody else has overtaken is answered with 409, what is new, and the typed text.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huiyin.cases import commenting
from huiyin.cases.acting import Request, asked_unit, by_staff, texts_of
from huiyin.cases.consequences import consequences
from huiyin.cases.forms import ActForm
from huiyin.cases.presenting import act_view
from huiyin.cases.queries import facts_of, visible_to
from huiyin.cases.rehearsing import Rehearsal, rehearse
from huiyin.cases.story import ActView, Entry
from huiyin.cases.views.loading import Opened, open_case
from huiyin.domain.access import OWNER, REVIEWER, candidates
from huiyin.domain.echoes import Echo
from huiyin.domain.errors import Refusal
from huiyin.domain.languages import tag_of
from huiyin.domain.packs import LANGUAGES, ActRule
from huiyin.people.naming import Names, staff_names
from huiyin.people.queries import actors_reaching
from huiyin.people.refusing import explain, pick, tag


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """One act of one case."""
    opened = open_case(request, number)
    if request.method == "POST" and _done_already(opened, act, request.POST):
        messages.info(request, _("This was recorded already; nothing was recorded twice."))
        return redirect("cases:case", number)
    view = act_view(opened.story, act)
    if view is None:
        return _not_open(request, opened, act)
    posted = request.method == "POST"
    form = _form(opened, view, request.POST if posted else None)
    if not posted or request.POST.get("step") == "change":
        return _page(request, opened, view, form)
    if not form.is_valid():
        return _page(request, opened, view, form, 422)
    return _play(request, opened, view, form)


def _play(request: HttpRequest, opened: Opened, view: ActView, form: ActForm) -> HttpResponse:
    number, now = opened.case.number, timezone.now()
    asked = Request(view.id, form.values(), form.cleaned_data["seen"])
    try:
        if request.POST.get("step") != "send" and _asks_once_more(form.rule, asked):
            return _check(request, opened, view, form, rehearse(number, asked, opened.actor, now))
        by_staff(number, asked, opened.actor, now)
    except Refusal as refusal:
        return _refused(request, opened, view, form, refusal)
    messages.success(request, _("Recorded: %(act)s.") % {"act": view.title})
    if visible_to(opened.actor).filter(number=number).exists():
        return redirect("cases:case", number)
    return redirect("cases:desk")


def _asks_once_more(rule: ActRule, asked: Request) -> bool:
    """Whether the act is shown once more before it is recorded: when the complainant or another
    unit will read something, when the case moves on, or when it cannot be taken back."""
    texts = any(field.kind == "text" and asked.values.get(field.id) for field in rule.fields)
    moves = bool(rule.to) or rule.moves_unit or rule.recuses or rule.decides or rule.answers
    return moves or bool(rule.letter) or (texts and not rule.internal) or rule.leaves


# --- the form --------------------------------------------------------------------------------


def _form(opened: Opened, view: ActView, data: Any) -> ActForm:
    kinds = {field.kind for field in view.fields}
    rule = opened.history.law.pack.acts[view.id]
    return ActForm(
        data,
        act=view,
        story=opened.story,
        pack=opened.history.law.pack,
        tag=tag(),
        people=_people(opened) if "person" in kinds else (),
        units=_units(opened, rule) if "unit" in kinds else (),
        summary=opened.case.summary if rule.summarises else "",
    )


def _people(opened: Opened) -> list[tuple[str, str]]:
    """Those who may own the case now; nobody excluded is offered."""
    facts = facts_of(opened.case, opened.history.state)
    role = REVIEWER if facts.level else OWNER
    able = candidates(actors_reaching(facts.unit, [role], timezone.localdate()), facts)
    names = staff_names(a.id for a in able if a.id != facts.owner)
    return sorted(names.items(), key=lambda item: item[1])


def _units(opened: Opened, rule: ActRule) -> list[tuple[str, str]]:
    """Units that the act may name. A case never goes to the unit complained of; but that unit
    may be asked for its comment."""
    names, about = Names(), opened.case.about_unit_id
    tree = names.tree
    return [
        (unit.id, names.unit(unit.id))
        for unit in tree.units.values()
        if unit.open
        and not (rule.moves_unit and about is not None and about in tree.line(unit.id))
        and not (rule.moves_unit and unit.id == opened.story.state.unit)
    ]


# --- the pages -------------------------------------------------------------------------------


def _drawn(
    request: HttpRequest, opened: Opened, page: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page with its times in the time zone of the procedure."""
    with timezone.override(opened.history.law.zone):
        return render(request, page, context, status=status)


def _page(
    request: HttpRequest,
    opened: Opened,
    view: ActView,
    form: ActForm,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    rule, state = form.rule, opened.story.state
    context = {
        "section": "desk",
        "case": opened.case,
        "story": opened.story,
        "act": view,
        "form": form,
        "consequences": consequences(form.pack, state, rule, tag()),
        "public": not view.internal and any(f.kind == "text" for f in view.fields),
        "checks": _asks_once_more(rule, Request(view.id, {f.id: "x" for f in view.fields})),
        "nobody": any(f.kind == "person" for f in view.fields) and not form.choices["person"],
        **more,
    }
    return _drawn(request, opened, "cases/act.html", context, status=status)


def _check(
    request: HttpRequest, opened: Opened, view: ActView, form: ActForm, rehearsal: Rehearsal
) -> HttpResponse:
    """What will be recorded and what the complainant will read, with the way back."""
    language = tag_of(opened.case.language)
    context = {
        "section": "desk",
        "case": opened.case,
        "story": opened.story,
        "act": view,
        "form": form,
        "rehearsal": rehearsal,
        "letter_language": language if language in LANGUAGES else "en",
        "texts": [
            (form.fields[f.id].label, form.cleaned_data[f.id])
            for f in view.fields
            if f.kind == "text" and form.cleaned_data.get(f.id)
        ],
        "facts": _facts(form),
        "leaves": form.rule.leaves,
        "echoes": _echoes(opened, form) if form.rule.leaves else (),
        "consequences": consequences(form.pack, opened.story.state, form.rule, tag()),
    }
    return _drawn(request, opened, "cases/check.html", context)


def _echoes(opened: Opened, form: ActForm) -> list[Echo]:
    """What the texts repeat of the complainant, for the owner to look at."""
    asked = Request(form.act.id, form.values())
    texts = [text for _, text in texts_of(form.rule, asked)]
    unit = asked_unit(form.rule, asked)
    return commenting.found(opened.case, opened.history, opened.actor, texts, unit)


def _facts(form: ActForm) -> list[dict[str, str]]:
    """The fields that are not texts, as chosen."""
    found = []
    for field in form.act.fields:
        value = form.cleaned_data.get(field.id)
        if field.kind != "text" and value not in (None, ""):
            labels = dict(getattr(form.fields[field.id], "choices", ()))
            shown = date_format(value) if isinstance(value, date) else labels.get(value, value)
            found.append({"key": field.label, "value": str(shown)})
    return found


def _refused(
    request: HttpRequest, opened: Opened, view: ActView, form: ActForm, refusal: Refusal
) -> HttpResponse:
    """The form with what is wrong; what was typed stays. After a stale refusal it carries the
    new length of the history, so that sending again is a decision."""
    since: list[Entry] = []
    if refusal.code == "stale":
        since = _since(opened, form.cleaned_data.get("seen"))
        refusal = Refusal("stale", case=opened.case.number, since=[e.title for e in since])
        renewed: Any = request.POST.copy()
        renewed["seen"] = str(opened.story.seq)
        form.data = renewed
    words = explain(refusal)
    return _page(request, opened, view, form, words.status, refusal=words, since=since)


def _since(opened: Opened, seen: object) -> list[Entry]:
    known = int(str(seen)) if str(seen or "").isdigit() else opened.story.seq
    return [entry for entry in opened.story.entries if entry.seq > known]


def _done_already(opened: Opened, act: str, posted: Any) -> bool:
    """Whether this very request was recorded since the page was shown: the same person, act and
    texts. A second press of the button then does nothing."""
    for entry in _since(opened, posted.get("seen")):
        if (entry.act, entry.actor) != (act, opened.actor.id):
            continue
        sent = {text.field: posted.get(text.field, "") for text in entry.texts}
        if all(" ".join(sent[t.field].split()) == " ".join(t.text.split()) for t in entry.texts):
            return True
    return False


def _not_open(request: HttpRequest, opened: Opened, act: str) -> HttpResponse:
    """Says which acts are open instead, and keeps what was typed; an act that no pack knows is
    a plain 404."""
    rule = opened.history.law.pack.act(act)
    refusal = Refusal(
        "act-not-open",
        act=pick(rule.title),
        stage=opened.story.stage_title,
        open=[view.title for view in opened.story.acts],
    )
    since = _since(opened, request.POST.get("seen"))
    if since:
        refusal = Refusal("stale", case=opened.case.number, since=[e.title for e in since])
    typed = [request.POST.get(f.id, "") for f in rule.fields if f.kind == "text"]
    words = explain(refusal)
    context = {
        "section": "desk",
        "case": opened.case,
        "story": opened.story,
        "refusal": words,
        "since": since,
        "typed": "\n\n".join(text for text in typed if text.strip()),
    }
    return _drawn(request, opened, "cases/not_open.html", context, status=words.status)
