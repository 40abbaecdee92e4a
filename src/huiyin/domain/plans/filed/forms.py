"""Forms for the first hours, filled as far as the plan knows: briefing and assignments.

In the style of ICS 201 and 204: what is planned stands there, what only the incident knows has room
for a pen. Every form says that it may be an exercise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from huiyin.domain.documents import Block, Break, Bullets, Document, Heading, Table
from huiyin.domain.languages import pick
from huiyin.domain.plans.duties import Role, Task
from huiyin.domain.plans.filed import tables
from huiyin.domain.plans.filed.names import Names

FORMS = ("201", "204")
ROOM, MUCH_ROOM = "\n\n", "\n" * 8


def form(names: Names, number: str, office: str, running: str) -> Document:
    """The form ``201`` (briefing) or ``204`` (an assignment for each role) of a plan."""
    say = _Words(names)
    title = say("briefing" if number == "201" else "assignment")
    blocks = _briefing(names, say) if number == "201" else _assignments(names, say)
    return Document(
        title=title,
        subtitle=names.text(names.plan.about.title),
        office=office,
        language=names.language,
        contents="",
        facts=(),
        signatures=(),
        running=running,
        blocks=tuple(blocks),
        short=True,
    )


class _Words:
    """The words of the forms."""

    def __init__(self, names: Names) -> None:
        self.words: Mapping[str, Any] = names.words["forms"]
        self.language = names.language

    def __call__(self, key: str) -> str:
        return pick(self.words[key], self.language)


def _blank(n: Names, say: _Words, keys: Sequence[str], room: str = ROOM) -> Table:
    """Fields to be filled in by hand."""
    rows = tuple((say(key), room) for key in keys)
    return Table(say("head"), (n.say("item"), n.say("content")), rows, (3, 7))


def _briefing(n: Names, say: _Words) -> Iterator[Block]:
    yield _blank(n, say, ("exercise", "incident", "number", "begun", "level"))
    yield _blank(n, say, ("situation", "sketch"), MUCH_ROOM)
    yield _blank(n, say, ("objectives",), "\n" * 4)
    yield _with_room(
        say("organisation"),
        (n.field("role"), n.field("holders"), n.field("deputies"), say("present")),
        [
            (n.text(r.title), n.people(r.holders), n.people(r.deputies))
            for r in n.plan.roles.values()
        ],
    )
    yield _with_room(
        say("actions"),
        (n.field("title"), n.field("role"), n.field("within"), say("done")),
        [_action(n, task) for task in n.plan.tasks.values()],
    )
    if n.plan.resources:
        yield _with_room(
            say("resources"),
            (n.field("title"), n.field("quantity"), n.field("kept"), say("arrived")),
            [_thing(n, entry) for entry in n.plan.resources.values()],
        )
    yield _blank(n, say, ("prepared",))


def _assignments(n: Names, say: _Words) -> Iterator[Block]:
    working = [r for r in n.plan.roles.values() if _tasks(n, r)]
    for number, role in enumerate(working, 1):
        if number > 1:
            yield Break()  # each sheet goes to another team
        yield Heading(1, str(number), n.text(role.title))
        yield from _assignment(n, say, role)


def _assignment(n: Names, say: _Words, role: Role) -> Iterator[Block]:
    yield _blank(n, say, ("exercise", "incident", "period"))
    leads = [
        (say("leads"), n.people((*role.holders, *role.deputies))),
        (say("reports-to"), n.entry(n.plan.roles, role.reports_to) if role.reports_to else ""),
        (say("people"), ROOM),
    ]
    yield Table(say("role"), (n.say("item"), n.text(role.title)), tuple(leads), (3, 7))
    head = (n.field("title"), n.field("within"), n.field("measure"), say("done"))
    rows = [
        (n.text(t.title), n.seconds(t.finish_by or t.start_by), n.text(t.measure))
        for t in _tasks(n, role)
    ]
    yield _with_room(say("work"), head, rows)
    things = {
        name: n.entry(n.plan.resources, name) for t in _tasks(n, role) for name in t.resources
    }
    if things:
        held = [(title,) for title in things.values()]
        yield _with_room(say("things"), (n.field("title"), say("arrived")), held)
    calls = [c for c in n.plan.callout.values() if role.id in c.to]
    if calls:
        yield Bullets(tuple(f"{say('communication')}: {n.text(call.title)}" for call in calls))
    skills = n.skills(role.skills)
    if skills:
        yield Bullets((n.say("only-skilled", role=n.text(role.title), skills=skills),))
    yield _blank(n, say, ("instructions", "prepared"))


def _tasks(n: Names, role: Role) -> list[Task]:
    return [task for task in n.plan.tasks.values() if task.role == role.id]


def _action(n: Names, task: Task) -> tuple[str, ...]:
    role = n.entry(n.plan.roles, task.role) if task.role else ""
    return n.text(task.title), role, n.seconds(task.finish_by or task.start_by)


def _thing(n: Names, entry: Any) -> tuple[str, ...]:
    site = n.entry(n.plan.scope.sites, entry.site) if entry.site else ""
    return n.text(entry.title), f"{entry.quantity} {entry.unit}".strip(), site


def _with_room(caption: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    """A table whose last column is for the pen."""
    written = tuple((*row, "\n") for row in rows)
    shares = [3, *[2] * (len(head) - 2), 3]
    return Table(caption, head, written, tables.widths(shares, (head, *written)))
