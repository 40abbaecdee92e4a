"""The editor of a plan: its places, the draft that keeps itself while somebody types."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huiyin.domain.plans.findings import Finding
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.reading import plan_of
from huiyin.domain.plans.writing import as_data
from huiyin.domain.strict_yaml import Item
from huiyin.history.queries import last
from huiyin.people.naming import staff_names
from huiyin.plans import acts, drafts, presenting
from huiyin.plans.block_form import BlockForm, Targets, label
from huiyin.plans.models import Typed
from huiyin.plans.queries import Opened
from huiyin.plans.views.blocks import Editor, standing_at
from huiyin.plans.views.loading import base, findings_of, needs, opened, organisation_of


class PlanEditor(Editor):
    """One place of a draft."""

    root, file, words, template = Plan, "plan", "fields", "plans/edit.html"

    def __init__(self, request: HttpRequest, found: Opened) -> None:
        super().__init__(request, found, as_data(found.plan))
        self._kept: Typed | None = None

    @property
    def plan(self) -> str:
        """The plan's id."""
        return str(self.found.row.pk)

    @property
    def seen(self) -> int:
        """See ``Editor``."""
        return int(self.found.row.seq)

    @property
    def languages(self) -> tuple[str, ...]:
        """See ``Editor``."""
        return self.found.plan.about.languages

    @property
    def open(self) -> bool:
        """See ``Editor``."""
        return self.found.version.status == "draft"

    def address(self, parts: tuple[str, ...]) -> str:
        """See ``Editor``."""
        return presenting.block_address(self.plan, parts)

    def targets(self) -> Targets:
        """See ``Editor``."""
        _row, organisation = organisation_of(self.found)
        return presenting.targets(self.found.plan, organisation)

    def value_of(self, top: Item) -> Plan:
        """See ``Editor``."""
        return plan_of(top)

    def lint(self, value: Any = None) -> list[Finding]:
        """See ``Editor``."""
        return findings_of(self.found, value)

    def keep(self, seen: int, value: Any) -> None:
        """See ``Editor``."""
        acts.save(self.plan, seen, value, self.found.actor, timezone.now())

    def context(self) -> dict[str, Any]:
        """See ``Editor``."""
        return base(self.found, kept=self._kept, autosaves=self.open and not self.spot.listed)

    def block_name(self, key: str, deep: bool = False) -> str:
        """See ``Editor``; the whole plan is called so."""
        return super().block_name(key, deep) if key else label("blocks", "plan")

    def saved(self) -> str:
        """See ``Editor``."""
        return _("Saved as a draft.")

    def taken_out(self) -> str:
        """See ``Editor``."""
        return _("Taken out. The version before is not changed by this.")

    def done(self) -> None:
        """What was typed here is in the draft now."""
        drafts.drop(self.plan, self.found.actor, self.spot.pointer)

    def typed(self) -> Any:
        """What the reader typed here before and did not save."""
        if self.open:
            self._kept = drafts.kept(self.plan, self.found.actor, self.spot.pointer)
        return drafts.as_posted(self._kept) if self._kept else None

    def meanwhile(self) -> tuple[str, datetime] | None:
        """See ``Editor``."""
        event = last(self.plan)
        if event is None or event.event.actor is None:
            return None
        name = staff_names([int(event.event.actor)]).get(event.event.actor, "")
        return name, event.event.at

    # -- while somebody types -------------------------------------------------------------------

    def keep_typed(self) -> HttpResponse:
        """Keep what is typed apart from the draft, and say what the check finds in it. Asked by
        the page's script; nothing depends on it."""
        form = self.form(self.request.POST)
        now = timezone.now()
        fields = _fields(form, self.request.POST)
        drafts.keep(self.plan, self.spot.pointer, fields, self.found.actor, now)
        read = self.read(form)
        said = _("Kept at %(time)s, not saved yet.") % {"time": _clock(now)}
        stale = form.is_valid() and self.stale(form)
        if stale:
            said = _(
                "Kept. Somebody else has changed this block meanwhile: when you save, you see both."
            )
        answer: dict[str, Any] = {"said": said, "stale": stale}
        if read is not None:
            near = self.near(self.lint(read[0]))
            answer["beside"] = {row["key"]: _drawn(row) for row in self.beside(form, near)}
        return JsonResponse(answer)

    def drop_typed(self) -> HttpResponse:
        """Throw away what was typed here and not saved."""
        drafts.drop(self.plan, self.found.actor, self.spot.pointer)
        messages.success(self.request, _("Thrown away. Here is what stands in the draft."))
        return redirect(self.address(self.spot.parts))


def _fields(form: BlockForm, posted: QueryDict) -> dict[str, list[str]]:
    return {name: posted.getlist(name) for name in form.fields}


def _clock(now: datetime) -> str:
    return date_format(timezone.localtime(now), "H:i")


def _drawn(row: dict[str, Any]) -> str:
    if not row["findings"]:
        return ""
    return render_to_string("plans/findings.html", {"findings": row["findings"]})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, plan: str, pointer: str = "") -> HttpResponse:
    """One place of a draft: shown, checked, saved or taken out."""
    found = opened(request, plan)
    needs(found, "write")
    editor = PlanEditor(request, found)
    elsewhere = standing_at(editor, pointer)
    if elsewhere is not None:
        return elsewhere
    step = request.POST.get("step") if not editor.spot.listed else ""
    if step == "keep":
        return editor.keep_typed()
    if step == "drop":
        return editor.drop_typed()
    return editor.answer()
