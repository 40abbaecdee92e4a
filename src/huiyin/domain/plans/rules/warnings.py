"""Prepared warnings: the eight matters of the law, a ground for a public one, drills marked."""

from __future__ import annotations

from collections.abc import Iterator

from huiyin.domain.plans.findings import Hit, rule
from huiyin.domain.plans.model import Warning
from huiyin.domain.plans.subject import Subject, at

# The eight matters of 突发事件应对法 (2024) art. 64.
MATTERS = {
    "category": {"zh-Hans": "类别", "zh-Hant": "類別", "en": "category"},
    "colour": {"zh-Hans": "级别", "zh-Hant": "級別", "en": "level"},
    "start": {"zh-Hans": "起始时间", "zh-Hant": "起始時間", "en": "start"},
    "area": {"zh-Hans": "可能影响范围", "zh-Hant": "可能影響範圍", "en": "area"},
    "attention": {"zh-Hans": "警示事项", "zh-Hant": "警示事項", "en": "matters to heed"},
    "measures": {"zh-Hans": "应当采取的措施", "zh-Hant": "應當採取的措施", "en": "measures"},
    "issuer": {"zh-Hans": "发布单位", "zh-Hant": "發佈單位", "en": "issuer"},
    "issued": {"zh-Hans": "发布时间", "zh-Hant": "發佈時間", "en": "time of issue"},
}
_DRILL_WORDS = ("演练", "演練", "演习", "演習", "drill", "exercise")


@rule("warnings-matter")
def matter(subject: Subject) -> Iterator[Hit]:
    for warning in subject.plan.warnings.values():
        for key, title in MATTERS.items():
            if not getattr(warning, key):
                facts = {"warning": warning.title, "matter": title, "key": key}
                yield Hit(at("warnings", warning.id), facts)


@rule("warnings-no-authority")
def no_authority(subject: Subject) -> Iterator[Hit]:
    """Only governments issue public warnings."""
    for warning in subject.plan.warnings.values():
        if warning.scope == "Public" and warning.status == "Actual" and not warning.authority:
            yield Hit(at("warnings", warning.id, "scope"), {"warning": warning.title})


@rule("warnings-drill-unmarked")
def drill_unmarked(subject: Subject) -> Iterator[Hit]:
    """A text that speaks of a drill under the status of a real alert."""
    for warning in subject.plan.warnings.values():
        if warning.status == "Actual" and _speaks_of_drill(warning):
            yield Hit(at("warnings", warning.id, "status"), {"warning": warning.title})


@rule("warnings-drill-note")
def drill_note(subject: Subject) -> Iterator[Hit]:
    for warning in subject.plan.warnings.values():
        if warning.status == "Exercise" and not warning.note:
            yield Hit(at("warnings", warning.id), {"warning": warning.title})


@rule("warnings-no-drill-text")
def no_drill_text(subject: Subject) -> Iterator[Hit]:
    """Real alerts are prepared and drills are planned, but no alert for drills."""
    statuses = {w.status for w in subject.plan.warnings.values()}
    exercises = subject.plan.exercises
    if "Actual" in statuses and "Exercise" not in statuses and exercises and exercises.programme:
        yield Hit("/warnings", {})


@rule("warnings-no-audience")
def no_audience(subject: Subject) -> Iterator[Hit]:
    """CAP 1.2: a private alert names its addresses, a restricted one its restriction."""
    for warning in subject.plan.warnings.values():
        if warning.scope != "Public" and not warning.audience:
            yield Hit(at("warnings", warning.id), {"warning": warning.title})


def _speaks_of_drill(warning: Warning) -> bool:
    said = [*warning.title.values(), *warning.attention.values()]
    return any(word in text.lower() for text in said for word in _DRILL_WORDS)
