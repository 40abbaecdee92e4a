"""What the pages of plans show of values: blocks in words, findings with links, curves as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.domain.languages import pick
from huiyin.domain.plans import organisation as shapes
from huiyin.domain.plans.fields import Kind, key_of, kinds_of
from huiyin.domain.plans.findings import Finding
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.showing import _Page
from huiyin.domain.simulation.scenario import Curve
from huiyin.people.refusing import tag
from huiyin.plans import labels
from huiyin.plans.block_form import label

SHAPES = {"error": "late", "warning": "soon", "note": "info"}


def severity(name: str) -> str:
    """The word for how grave a finding is."""
    return {"error": _("Error"), "warning": _("Warning"), "note": _("Note")}[name]


@dataclass(frozen=True)
class Shown:
    """A finding on a page: its words, how grave it is, and where it is put right."""

    text: str
    remedy: str
    source: str
    severity: str
    word: str
    at: str
    href: str
    rule: str
    accepted: str


def shown(
    found: Iterable[Finding], plan: str, editable: bool, *, organisation: bool = False
) -> list[Shown]:
    """Findings with the address of the form that they are about. ``editable``: the reader may
    change the plan; ``organisation``: and the organisation behind it."""
    may = {"plan": editable, "organisation": organisation}
    return [
        Shown(
            f.text, f.remedy, f.source, f.severity, severity(f.severity), f.at,
            _form_of(plan, f.at, f.file) if may.get(f.file) else "",
            f.rule, f.accepted,
        )
        for f in found
    ]  # fmt: skip


def _form_of(plan: str, at: str, file: str) -> str:
    """The form that holds the place: of the nearest block around it."""
    parts = [part for part in at.split("/") if part]
    here: Any = Plan if file == "plan" else shapes.Organisation
    kept: list[str] = []
    while parts:
        part, kind = parts[0], _kind(here, parts[0])
        if kind is None or kind.name not in ("one", "many", "rows"):
            break
        take = 1 if kind.name == "one" or len(parts) == 1 else 2
        kept += parts[:take]
        parts, here = parts[take:], kind.of
        del part
    return (block_address if file == "plan" else organisation_address)(plan, tuple(kept))


def _kind(shape: Any, key: str) -> Kind | None:
    return next((k for n, k in kinds_of(shape).items() if key_of(n, k) == key), None)


def block_address(plan: str, parts: tuple[str, ...]) -> str:
    """The address of the form of a block."""
    if not parts:
        return reverse("plans:edit", args=[plan])
    return reverse("plans:block", args=[plan, "/".join(parts)])


def organisation_address(plan: str, parts: tuple[str, ...]) -> str:
    """The address of the form of a block of the organisation."""
    if not parts:
        return reverse("plans:organisation-edit", args=[plan])
    return reverse("plans:organisation-block", args=[plan, "/".join(parts)])


def plain(value: Any) -> str:
    """What a field holds, in one line."""
    if isinstance(value, bool):
        return label("values", "yes" if value else "no")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    return str(value) if value not in (None, "") else "–"


def counts(found: Iterable[Finding]) -> dict[str, int]:
    """How many open findings there are of each severity."""
    numbers = dict.fromkeys(SHAPES, 0)
    for finding in found:
        if not finding.accepted:
            numbers[finding.severity] += 1
    return numbers


# -- a plan in words ------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One field in words, or the heading of what lies below it."""

    name: str
    value: str
    below: tuple[Line, ...] = ()


def in_words(plan: Plan, organisation: shapes.Organisation | None) -> list[Line]:
    """The whole plan block by block. People appear by post or id, never by name."""
    words = _Words(_Page(plan, organisation, labels(), tag()))
    return [
        Line(label("blocks", key_of(name, kind)), "", words.below(getattr(plan, name), kind))
        for name, kind in kinds_of(Plan).items()
        if getattr(plan, name) not in (None, (), {})
    ]


class _Words:
    def __init__(self, page: _Page) -> None:
        self.page = page

    def below(self, value: Any, kind: Kind) -> tuple[Line, ...]:
        if kind.name == "one":
            return tuple(self.lines(value))
        entries = value.values() if kind.name == "many" else value
        return tuple(
            Line(self.page.title(entry) or str(n), "", tuple(self.lines(entry)))
            for n, entry in enumerate(entries, 1)
        )

    def lines(self, block: Any) -> list[Line]:
        shape: Any = type(block)
        found = []
        for name, kind in kinds_of(shape).items():
            value, key = getattr(block, name), key_of(name, kind)
            if value in (None, "", (), {}):
                continue
            if kind.name in ("one", "many", "rows"):
                found.append(Line(label("fields", key), "", self.below(value, kind)))
            else:
                found.append(Line(label("fields", key), self.page.value(value, kind)))
        return found


def targets(
    plan: Plan, organisation: shapes.Organisation | None
) -> Mapping[str, Mapping[str, str]]:
    """For each section that fields refer to: id → what it is called."""
    found: dict[str, dict[str, str]] = {}
    for (section, name), title in _Page(plan, organisation, labels(), tag()).titles.items():
        found.setdefault(section, {})[name] = pick(title, tag()) or name
    people = dict.fromkeys(organisation.people if organisation else ())
    who = {name: name for name in people}
    found["who"] = {**found.get("who", {}), **who}
    found["who-or-unit"] = {**found.get("who-or-unit", {}), **who}
    held = plan.exercises.held if plan.exercises else {}
    found["held"] = {name: name for name in held}
    return found


# -- a curve as a picture -------------------------------------------------------------------

WIDTH, HEIGHT, LEFT, BOTTOM = 640, 260, 52, 40


@dataclass(frozen=True)
class Picture:
    """A curve to be drawn as SVG; all in the units of its view box."""

    width: int
    height: int
    common: str
    alone: str
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    left: int
    base: int
    right: int


def picture(curve: Curve) -> Picture:
    """The lines of a curve with its scales: minutes across, per cent upwards."""
    last, base, right = curve.seconds[-1], HEIGHT - BOTTOM, WIDTH - 12

    def x(seconds: float) -> float:
        return round(LEFT + (right - LEFT) * seconds / last, 1)

    def y(chance: float) -> float:
        return round(base - (base - 12) * chance, 1)

    def line(values: Iterable[float]) -> str:
        pairs = [(0, 0.0), *zip(curve.seconds, values, strict=True)]
        return " ".join(f"{x(seconds)},{y(chance)}" for seconds, chance in pairs)

    minutes = _ticks(last // 60)
    return Picture(
        WIDTH,
        HEIGHT,
        line(curve.common),
        line(curve.alone),
        [(x(m * 60), str(m)) for m in minutes],
        [(y(p / 100), str(p)) for p in (0, 25, 50, 75, 100)],
        LEFT,
        base,
        right,
    )


def _ticks(minutes: int) -> list[int]:
    step = next(s for s in (5, 10, 15, 20, 30, 60, 120) if minutes <= 8 * s or s == 120)
    return list(range(0, minutes + 1, step))


def moments(curve: Curve, wanted: int = 10) -> list[tuple[str, float, float]]:
    """Some moments of a curve for its table: minutes, without and with common causes."""
    rows = list(zip(curve.seconds, curve.alone, curve.common, strict=True))
    step = max(1, len(rows) // wanted)
    return [(f"{s / 60:.1f}", a, c) for s, a, c in rows[step - 1 :: step]]
