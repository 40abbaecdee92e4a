"""The organisation behind a plan: bringing its file, who is reached how, reachability tests."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.domain.errors import Refusal
from huiyin.domain.plans.fields import key_of, kinds_of
from huiyin.domain.plans.organisation import Organisation as Value
from huiyin.domain.plans.reading import MOST_BYTES, read_organisation
from huiyin.domain.plans.writing import write
from huiyin.people.directory import directory
from huiyin.people.naming import Names
from huiyin.people.receiving import receives_one
from huiyin.people.refusing import explain, pick
from huiyin.plans import contacts, presenting, queries
from huiyin.plans.block_form import label
from huiyin.plans.forms import FileForm, ReachForm
from huiyin.plans.models import Card, Organisation, ReachTest
from huiyin.plans.queries import Opened
from huiyin.plans.views.acting import told, upload
from huiyin.plans.views.loading import base, needs, opened, organisation_of


@receives_one(MOST_BYTES)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, plan: str) -> HttpResponse:
    """The organisation; whoever keeps it brings files and writes down tests."""
    found = opened(request, plan)
    if request.method != "POST":
        return _page(request, found)
    needs(found, "write")
    try:
        if request.POST.get("step") == "test":
            return _test(request, found)
        if request.POST.get("step") == "begin":
            return _begin(request, found)
        return _bring(request, found)
    except Refusal as refusal:
        return _page(request, found, explain(refusal).status, **told(refusal))


def _bring(request: HttpRequest, found: Opened) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, 422, form=form)
    value, _top = read_organisation(upload(form.cleaned_data["file"]), "file")
    contacts.bring(found.row.unit_id, value, found.actor, timezone.now(), found.owned)
    messages.success(request, _("The organisation was brought in."))
    return redirect("plans:organisation", found.row.pk)


def _begin(request: HttpRequest, found: Opened) -> HttpResponse:
    """An organisation of the plan's own unit, to be filled in on pages."""
    unit = directory().units[found.row.unit_id]
    about = found.plan.about
    titles = {language: pick(unit.name, language) or unit.id for language in about.languages}
    contacts.begin(unit.id, titles, about.zone, found.actor, timezone.now(), found.owned)
    messages.success(request, _("Begun. Add the people first, then posts and skills."))
    return redirect("plans:organisation-edit", found.row.pk)


def _test(request: HttpRequest, found: Opened) -> HttpResponse:
    row, value = organisation_of(found)
    form = ReachForm(request.POST, [(p, p) for p in value.people] if value else [])
    if not form.is_valid():
        return _page(request, found, 422, reach=form)
    given = form.cleaned_data
    unit = row.unit_id if row else found.row.unit_id
    contacts.note_test(
        unit, given["person"], given["channel"], given["hours"], given["answered"] == "yes",
        given["on"], found.actor, timezone.now(), found.owned,
    )  # fmt: skip
    messages.success(request, _("The test was written down; the figures use it from now on."))
    return redirect("plans:organisation", found.row.pk)


def _page(request: HttpRequest, found: Opened, status: int = 200, **more: object) -> HttpResponse:
    row, value = organisation_of(found)
    people = [(p, p) for p in value.people] if value else []
    context = base(
        found,
        organisation=value,
        may_begin=found.may("write") and (row is None or row.unit_id != found.row.unit_id),
        sections=_sections(found, value) if row and found.may_write_organisation(row) else [],
        from_unit=Names().unit(row.unit_id) if row else "",
        form=FileForm(),
        reach=ReachForm(None, people),
        people=_people(found, row) if row else [],
        tests=_tests(row) if row else [],
    )
    return render(request, "plans/organisation.html", {**context, **more}, status=status)


def _sections(found: Opened, value: object) -> list[dict[str, object]]:
    """The blocks of the organisation that have pages of their own."""
    return [
        {
            "title": label("organisation", key_of(name, kind)),
            "href": presenting.organisation_address(found.row.pk, (key_of(name, kind),)),
            "count": len(getattr(value, name)) if kind.name != "one" else None,
        }
        for name, kind in kinds_of(Value).items()
        if name != "private"
    ]


def _people(found: Opened, row: Organisation) -> list[dict[str, object]]:
    """Everybody by id; names and numbers only for those who keep them."""
    with_contacts, editable = found.may("contacts"), found.may_write_organisation(row)
    value = queries.with_contacts(row) if with_contacts else queries.organisation_value(row)
    assert value is not None
    days = dict(Card.objects.filter(organisation=row).values_list("person", "destroy_on"))
    return [
        {
            "id": person.id,
            "skills": [
                pick(value.skills[s].title) if s in value.skills else s for s in person.skills
            ],
            "who": value.private[person.id].name if person.id in value.private else "",
            "channels": [
                f"{label('values', c.kind)} {c.address}" for c in value.channels(person.id)
            ],
            "destroy_on": days.get(person.id),
            "href": presenting.organisation_address(found.row.pk, ("people", person.id))
            if editable
            else "",
        }
        for person in value.people.values()
    ]


def _tests(row: Organisation) -> list[dict[str, object]]:
    tests = ReachTest.objects.filter(organisation=row).order_by("-on", "-id")[:20]
    return [
        {"person": t.person, "channel": label("values", t.channel), "hours": t.hours,
         "answered": t.answered, "on": t.on}
        for t in tests
    ]  # fmt: skip


@login_required
@require_safe
def file(request: HttpRequest, plan: str) -> HttpResponse:
    """The organisation as a file; with names and numbers for those who keep them."""
    found = opened(request, plan)
    row, value = organisation_of(found)
    if row is None or value is None:
        raise Refusal("organisation-unknown")
    whole = queries.with_contacts(row) if found.may("contacts") else value
    answer = HttpResponse(write(whole), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{value.about.id}.org.yaml"'
    return answer
