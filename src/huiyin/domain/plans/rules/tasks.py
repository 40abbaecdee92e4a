"""Tasks: owner, limit, measure, and whether people and things suffice at the same time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from huiyin.domain.plans.duties import PHASES
from huiyin.domain.plans.findings import Hit, Term, rule
from huiyin.domain.plans.model import Task
from huiyin.domain.plans.subject import Subject, at

# Words that sound like a duty and cannot be checked; harmless where a measure stands beside.
VAGUE = {
    "zh-Hans": ("及时", "尽快", "加强", "适时", "妥善", "积极", "切实", "认真", "做好"),
    "zh-Hant": ("及時", "盡快", "加強", "適時", "妥善", "積極", "切實", "認真", "做好"),
    "en": ("promptly", "as soon as possible", "as appropriate", "strengthen", "properly", "ensure"),
}


@rule("tasks-no-owner")
def no_owner(subject: Subject) -> Iterator[Hit]:
    for task in subject.plan.tasks.values():
        if not task.role:
            yield Hit(at("tasks", task.id), {"task": task.title})


@rule("tasks-no-limit")
def no_limit(subject: Subject) -> Iterator[Hit]:
    for task in subject.plan.tasks.values():
        if task.finish_by is None and task.start_by is None:
            yield Hit(at("tasks", task.id), {"task": task.title})


@rule("tasks-vague")
def vague(subject: Subject) -> Iterator[Hit]:
    for task in subject.plan.tasks.values():
        word = next(_vague_words(task.title), None)
        if word and not task.measure:
            yield Hit(at("tasks", task.id, "title"), {"task": task.title, "word": word})


def _vague_words(title: Mapping[str, str]) -> Iterator[str]:
    for language, said in title.items():
        for word in VAGUE.get(language, ()):
            if word in said.lower():
                yield word


@rule("tasks-no-evidence")
def no_evidence(subject: Subject) -> Iterator[Hit]:
    for task in subject.plan.tasks.values():
        if task.critical and not task.evidence:
            yield Hit(at("tasks", task.id), {"task": task.title})


@rule("tasks-no-length")
def no_length(subject: Subject) -> Iterator[Hit]:
    """A critical task that takes nobody knows how long: the critical path cannot be counted."""
    for task in subject.plan.tasks.values():
        if task.critical and task.takes is None:
            yield Hit(at("tasks", task.id), {"task": task.title})


@rule("tasks-phase-empty")
def phase_empty(subject: Subject) -> Iterator[Hit]:
    present = {task.phase for task in subject.plan.tasks.values()}
    for phase in PHASES if present else ():
        if phase not in present:
            yield Hit("/tasks", {"phase": Term("values", phase)})


@rule("tasks-idle-role")
def idle_role(subject: Subject) -> Iterator[Hit]:
    busy = {task.role for task in subject.plan.tasks.values()}
    busy |= {r for level in subject.plan.levels.values() for r in (*level.authority, *level.ends)}
    busy |= {report.by for report in subject.plan.reports.values()}
    busy |= {t.watched_by for t in subject.plan.triggers.values()}
    for role in subject.plan.roles.values():
        if role.id not in busy:
            yield Hit(at("roles", role.id), {"role": role.title})


@rule("tasks-over-booked")
def over_booked(subject: Subject) -> Iterator[Hit]:
    """More of a thing wanted at one moment than there is, in the earliest schedule."""
    plan = subject.plan
    for name, resource in plan.resources.items():
        users = [t for t in plan.tasks.values() if t.resources.get(name)]
        wanted, moment = _peak(subject, users, name)
        if wanted > resource.quantity:
            facts = {
                "resource": resource.title,
                "wanted": wanted,
                "quantity": resource.quantity,
                "tasks": [t.title for t in moment],
            }
            yield Hit(at("resources", name, "quantity"), facts)


@rule("tasks-over-loaded")
def over_loaded(subject: Subject) -> Iterator[Hit]:
    """More people of a role wanted at one moment than the role has."""
    plan = subject.plan
    for name, role in plan.roles.items():
        users = [t for t in plan.tasks.values() if t.role == name]
        wanted, moment = _peak(subject, users, None)
        there = len(subject.candidates[name])
        if there and wanted > there:
            facts = {
                "role": role.title,
                "wanted": wanted,
                "there": there,
                "tasks": [t.title for t in moment],
            }
            yield Hit(at("roles", name), facts)


def _peak(subject: Subject, users: Sequence[Task], name: str | None) -> tuple[int, list[Task]]:
    """The most that is wanted at once, per level, and the tasks of that moment.

    Each task is taken at its earliest, and what ends makes room for what begins.
    """
    best: tuple[int, list[Task]] = (0, [])
    for level in [*subject.plan.levels] or [""]:
        ends = subject.ends[level]
        spans = [(ends[t.id] - (t.takes or 0), ends[t.id], t) for t in users if t.id in ends]
        wanted, moment = _highest(spans, name)
        if wanted > best[0]:
            best = wanted, [t for begin, end, t in spans if begin <= moment < end]
    return best


def _highest(spans: Sequence[tuple[int, int, Task]], name: str | None) -> tuple[int, int]:
    """The greatest sum over the spans that hold at one instant, and the first such instant."""
    steps = []
    for begin, end, task in spans:
        if begin < end:
            amount = task.resources.get(name, 0) if name else task.people
            steps += [(begin, 1, amount), (end, 0, -amount)]
    now = best = moment = 0
    for instant, _, amount in sorted(steps):
        now += amount
        if now > best:
            best, moment = now, instant
    return best, moment
