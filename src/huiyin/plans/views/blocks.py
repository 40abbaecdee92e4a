"""Editing a plan or an organisation block by block: what both editors do alike.

Each block is one form, each section a list, findings stand beside the fields. Works without
JavaScript: “Check” shows the findings for what is typed without keeping it, “Save” keeps it. Who
saves what somebody else has changed meanwhile is answered with 409, sees both, and decides.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from huiyin.domain.errors import Refusal
from huiyin.domain.plans.fields import Kind
from huiyin.domain.plans.findings import Finding
from huiyin.domain.plans.reading import items
from huiyin.domain.strict_yaml import Item
from huiyin.people.refusing import explain, pick, tag
from huiyin.plans import presenting, problems
from huiyin.plans.block_form import BlockForm, Targets, field_label, label
from huiyin.plans.editing import (
    NEW,
    NoSuchPlace,
    Spot,
    changed,
    entries,
    free_name,
    mark,
    removed,
    siblings,
    spot,
)
from huiyin.plans.queries import Opened


class Editor(ABC):
    """One place of one file in the editor. ``root``: what the file holds; ``file``: what findings
    call it; ``words``: where its labels stand; ``template``: its page."""

    root: Any
    file: str
    words: str
    template: str
    # Sections that have no list of their own on the pages.
    hidden: tuple[str, ...] = ()

    def __init__(self, request: HttpRequest, found: Opened, data: dict[str, Any]) -> None:
        self.request, self.found, self.data = request, found, data
        self.spot = Spot((), self.root, None, data, False)

    def go(self, pointer: str) -> None:
        """Stand at a place. Raises ``NoSuchPlace``."""
        self.spot = spot(self.data, tuple(p for p in pointer.split("/") if p), self.root)

    # -- what the two editors differ in ---------------------------------------------------------

    @property
    @abstractmethod
    def seen(self) -> int:
        """How many events the file has by now."""

    @property
    @abstractmethod
    def languages(self) -> tuple[str, ...]:
        """The languages of the file's texts."""

    @property
    @abstractmethod
    def open(self) -> bool:
        """Whether what is changed can be saved."""

    @abstractmethod
    def address(self, parts: tuple[str, ...]) -> str:
        """The page of a place."""

    @abstractmethod
    def targets(self) -> Targets:
        """For each section that fields refer to: id → what it is called."""

    @abstractmethod
    def value_of(self, top: Item) -> Any:
        """The value of plain data. Raises Refusal ``plan-invalid``."""

    @abstractmethod
    def lint(self, value: Any = None) -> list[Finding]:
        """The findings of what stands, or of ``value`` in its place."""

    @abstractmethod
    def keep(self, seen: int, value: Any) -> None:
        """Save. Raises the refusals of the act."""

    @abstractmethod
    def context(self) -> dict[str, Any]:
        """What the page shows besides."""

    def title_of(self, part: str, entry: Any) -> str:
        """What an entry of a list is called."""
        return (pick(entry.get("title")) if isinstance(entry, dict) else "") or part

    def done(self) -> None:
        """What is left to do when a place was saved."""
        return

    def typed(self) -> Any:
        """What the reader had typed here and not saved, if that is kept."""
        return None

    # -- the way of a request -------------------------------------------------------------------

    def form(self, posted: Any = None) -> BlockForm:
        """The form of the place."""
        return BlockForm(
            posted,
            spot=self.spot,
            languages=self.languages,
            targets=self.targets(),
            seen=self.seen,
            words=self.words,
        )

    def answer(self) -> HttpResponse:
        """The page, or what a press does."""
        if self.request.method != "POST":
            form = None if self.spot.listed else self.form(self.typed())
            return self.shown(form, self.lint())
        if self.spot.listed:
            raise Http404
        if self.request.POST.get("step") == "remove":
            return self._remove()
        return self._posted()

    def _posted(self) -> HttpResponse:
        form = self.form(self.request.POST)
        read = self.read(form)
        if read is None:
            return self.shown(form, self.lint(), 422)
        value, parts = read
        if self.request.POST.get("step") == "check":
            return self.shown(form, self.lint(value), checked=True)
        return self._save(form, value, parts)

    def read(self, form: BlockForm) -> tuple[Any, tuple[str, ...]] | None:
        """The whole value with what was typed, and where the block is then; None if it cannot
        be, which then stands beside the fields."""
        if not form.is_valid():
            return None
        taken = siblings(self.data, self.spot, self.root)
        name = form.cleaned_data.get("id", "") or free_name(self.spot, taken)
        if name in taken:
            form.add_error("id", _("There is an entry of this name already."))
            return None
        data, parts = changed(self.data, self.spot, form.values(), name, self.root)
        try:
            return self.value_of(items(data, self.file)), parts
        except Refusal as refusal:
            self._blame(form, refusal, ".".join(parts))
            return None

    def stale(self, form: BlockForm) -> bool:
        """Whether somebody changed this very block since the page was shown. A change elsewhere
        in the file does not matter: only the fields of this block are written."""
        older = form.cleaned_data["seen"] != self.seen
        return older and form.cleaned_data.get("was") != mark(self.spot)

    def _save(self, form: BlockForm, value: Any, parts: tuple[str, ...]) -> HttpResponse:
        seen = form.cleaned_data["seen"] if self.stale(form) else self.seen
        try:
            self.keep(seen, value)
        except Refusal as refusal:
            return self._refused(form, refusal)
        self.done()
        messages.success(self.request, self.saved())
        return redirect(self.address(parts))

    def saved(self) -> str:
        """What is said after saving."""
        return _("Saved.")

    def _refused(self, form: BlockForm, refusal: Refusal) -> HttpResponse:
        """The form with what was typed. After a stale refusal it carries the new count, so that
        saving again is a decision, and shows what the others wrote."""
        words = explain(refusal)
        if not refusal.code.endswith("-stale"):
            return self.shown(form, self.lint(), words.status, refusal=words)
        renewed = self.request.POST.copy()
        renewed["seen"], renewed["was"] = str(self.seen), mark(self.spot)
        form.data = renewed
        more: dict[str, Any] = {
            "refusal": words,
            "theirs": self.theirs(form),
            "meanwhile": self.meanwhile(),
        }
        return self.shown(form, self.lint(), words.status, **more)

    def theirs(self, form: BlockForm) -> list[tuple[str, str]]:
        """The fields that stand otherwise than they were typed: name, what stands."""
        stands = self.form()
        return [
            (str(stands[name].label), presenting.plain(stands.initial_of(name)))
            for name in stands.shown()
            if name in form.fields and stands.initial_of(name) != form[name].value()
        ]

    def meanwhile(self) -> tuple[str, datetime] | None:
        """Who changed the file last, and when."""
        return None

    def _remove(self) -> HttpResponse:
        if not self.spot.removable:
            raise Http404
        text = self.request.POST.get("seen", "")
        seen = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        if self.request.POST.get("was") == mark(self.spot):
            seen = self.seen
        try:
            self.keep(seen, self.value_of(items(self.without(), self.file)))
        except Refusal as refusal:
            words = explain(refusal)
            return self.shown(self.form(), self.lint(), words.status, refusal=words)
        self.done()
        messages.success(self.request, self.taken_out())
        return redirect(self.address(self.spot.parts[:-1]))

    def without(self) -> dict[str, Any]:
        """The data without the place."""
        return removed(self.data, self.spot)

    def taken_out(self) -> str:
        """What is said after taking something out."""
        return _("Taken out.")

    def _blame(self, form: BlockForm, refusal: Refusal, prefix: str) -> None:
        """Put each problem of the reader beside the field that it is about."""
        found = refusal.data.get("problems", [])
        assert isinstance(found, list)
        for problem in problems.told(found, tag()):
            rest = problem.where.removeprefix(prefix).strip(".").partition(".")[0]
            form.blame(rest, problem.what, problem.remedy)

    # -- the page -------------------------------------------------------------------------------

    def near(self, found: list[Finding]) -> list[Finding]:
        """The open findings about the place and what lies below it."""
        here = self.spot.pointer
        return [
            f
            for f in found
            if not f.accepted
            and f.file == self.file
            and (f.at == here or f.at.startswith(f"{here}/"))
        ]

    def shown(
        self,
        form: BlockForm | None,
        found: list[Finding],
        status: int = 200,
        checked: bool = False,
        **more: Any,
    ) -> HttpResponse:
        """The page of the place."""
        near = self.near(found)
        context = self.context() | {
            "form": form,
            "here": self.spot,
            "mark": mark(self.spot),
            "title": self.title(self.spot),
            "trail": self._trail(),
            "findings": self.in_words(near),
            "beside": self.beside(form, near) if form is not None else [],
            "listed": self._listed(near),
            "add": self.address((*self.spot.parts, NEW)) if self.spot.listed else "",
            "below": self._below(near),
            "checked": checked,
            "open": self.open,
            "seen": self.seen,
        }
        return render(self.request, self.template, {**context, **more}, status=status)

    def in_words(self, found: list[Finding]) -> list[presenting.Shown]:
        """Findings with the address of their form."""
        return presenting.shown(found, self.found.row.pk, True, organisation=True)

    def beside(self, form: BlockForm, near: list[Finding]) -> list[dict[str, Any]]:
        """The fields in order, each with the findings about it."""
        rows = []
        for key, kind in self.spot.fields():
            here = f"{self.spot.pointer}/{key}"
            about = [f for f in near if f.at == here]
            about += [f for f in near if f.at.startswith(f"{here}/")]
            row = {"key": key, "names": form.names_of(key, kind), "findings": self.in_words(about)}
            rows.append(row)
        return rows

    def title(self, here: Spot) -> str:
        """What a place is called."""
        if here.parts and here.parts[-1] == NEW:
            return _("New entry: %(section)s") % {"section": self.section(here)}
        entry = here.kind is not None and here.kind.name in ("many", "rows") and not here.listed
        if not entry:
            return self.section(here)
        return self.title_of(self._number(here), here.data)

    def _number(self, here: Spot) -> str:
        """The id of an entry; of one without, its number as people count."""
        part = here.parts[-1]
        rows = here.kind is not None and here.kind.name == "rows"
        return f"{self.section(here)} {int(part) + 1}" if rows else part

    def section(self, here: Spot) -> str:
        """What a block or section is called."""
        return self.block_name(here.section, len(here.parts) > 2)

    def block_name(self, key: str, deep: bool = False) -> str:
        """The label of a block or section."""
        found = label("blocks", key)
        return field_label(key, self.words) if found == key or deep else found

    def _trail(self) -> list[tuple[str, str]]:
        """The way back: the places above, the whole first."""
        parts = self.spot.parts
        return [
            (self.title(spot(self.data, parts[:n], self.root)), self.address(parts[:n]))
            for n in range(len(parts))
        ]

    def _listed(self, near: list[Finding]) -> list[dict[str, Any]]:
        here = self.spot
        return [
            {
                "title": self.title(spot(self.data, (*here.parts, part), self.root)),
                "part": part if here.kind is not None and here.kind.name == "many" else "",
                "href": self.address((*here.parts, part)),
                "findings": _about(near, f"{here.pointer}/{part}"),
            }
            for part, _entry in (entries(here) if here.listed else ())
        ]

    def _below(self, near: list[Finding]) -> list[dict[str, Any]]:
        """The blocks and sections below a block, with how much stands there."""
        if self.spot.listed or self.spot.is_new:
            return []
        return [
            self._link(key, kind, value, near)
            for key, kind, value in self.spot.nested()
            if self.spot.parts or key not in self.hidden
        ]

    def _link(self, key: str, kind: Kind, value: Any, near: list[Finding]) -> dict[str, Any]:
        return {
            "title": self.block_name(key, deep=bool(self.spot.parts)),
            "href": self.address((*self.spot.parts, key)),
            "count": len(value or ()) if kind.name != "one" else None,
            "absent": kind.name == "one" and value is None,
            "findings": _about(near, f"{self.spot.pointer}/{key}"),
        }


def _about(near: list[Finding], at: str) -> int:
    return sum(f.at == at or f.at.startswith(f"{at}/") for f in near)


def gone(editor: Editor, template: str) -> HttpResponse:
    """The answer to what was typed at a place that somebody has taken out meanwhile: everything
    that was typed, to be copied."""
    words = explain(Refusal("plan-place-gone"))
    left = ("csrfmiddlewaretoken", "seen", "was", "step")
    typed = [
        (name, text)
        for name, texts in editor.request.POST.lists()
        for text in texts
        if name not in left and text
    ]
    context = editor.context() | {"refusal": words, "typed": typed}
    return render(editor.request, template, context, status=words.status)


def standing_at(editor: Editor, pointer: str) -> HttpResponse | None:
    """Bring the editor to a place; what to answer instead where there is none (any more)."""
    try:
        editor.go(pointer)
    except NoSuchPlace:
        if editor.request.method != "POST":
            raise Http404 from None
        return gone(editor, "plans/gone.html")
    return None
