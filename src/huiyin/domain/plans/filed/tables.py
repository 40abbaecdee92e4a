"""The tables of a filed plan: one function each, from the plan's blocks.

A table without rows is none; whoever asks for it says what stands in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from huiyin.domain.documents import Table
from huiyin.domain.plans.duties import SYSTEM, Task
from huiyin.domain.plans.filed.names import Names

# Label of the column (a field of the plan), share of the page, what stands in it.
Column = tuple[str, int, Callable[[Any], str]]


def table(names: Names, caption: str, entries: Iterable[Any], columns: Sequence[Column]) -> Table:
    """One row per entry; columns in which no entry has anything are left out."""
    cells = [tuple(cell(entry) for _, _, cell in columns) for entry in entries]
    kept = [i for i in range(len(columns)) if any(row[i] for row in cells)]
    head = tuple(names.field(columns[i][0]) for i in kept)
    rows = tuple(tuple(row[i] for i in kept) for row in cells)
    wide = widths([columns[i][1] for i in kept], (head, *rows))
    return Table(caption[:1].upper() + caption[1:], head, rows, wide)


# A line of a table in small print holds about so many Latin letters.
LINE = 100
_MOST = 26  # a longer word (an address) may break
_WORDS = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+")


def widths(shares: Sequence[int], rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Shares of the line, such that the longest word of each column fits into it."""
    least = [min(_MOST, _longest(row[i] for row in rows)) + 3 for i in range(len(shares))]
    fixed: set[int] = set()
    while True:
        rest = max(0, LINE - sum(least[i] for i in fixed))
        whole = sum(shares[i] for i in range(len(shares)) if i not in fixed)
        wide = [least[i] if i in fixed else rest * shares[i] // whole for i in range(len(shares))]
        short = {i for i in range(len(shares)) if wide[i] < least[i]}
        if not short:
            return tuple(wide)
        fixed |= short


def _longest(cells: Iterable[str]) -> int:
    """Letters of the longest word; a Chinese character is wide and may stand alone on a line."""
    words = (word for cell in cells for word in _WORDS.findall(cell))
    return max((len(word) if word.isascii() else 2 * len(word) for word in words), default=1)


def levels(n: Names) -> Table:
    ordered = sorted(n.plan.levels.values(), key=lambda level: level.number)
    return table(
        n,
        n.block("levels"),
        ordered,
        [
            ("level", 3, lambda e: n.text(e.title)),
            (
                "criteria",
                4,
                lambda e: n.lines([*map(n.criterion, e.criteria), n.text(e.described)]),
            ),
            ("authority", 4, lambda e: n.roles(e.authority)),
            ("automatic", 1, lambda e: n.yes(e.automatic)),
            ("adjusts", 3, lambda e: n.roles(e.adjusts)),
            ("ends", 3, lambda e: n.roles(e.ends)),
            ("within", 2, lambda e: n.seconds(e.within)),
        ],
    )


def roles(n: Names) -> Table:
    return table(
        n,
        n.block("roles"),
        n.plan.roles.values(),
        [
            ("role", 3, lambda e: n.text(e.title) + (" ★" if e.critical else "")),
            ("function", 2, lambda e: n.value(e.function)),
            ("duties", 4, lambda e: n.text(e.duties)),
            ("holders", 3, lambda e: n.people(e.holders)),
            ("deputies", 3, lambda e: n.people(e.deputies)),
            ("within", 2, lambda e: n.seconds(e.within)),
            ("reports-to", 2, lambda e: n.entry(n.plan.roles, e.reports_to)),
        ],
    )


def teams(n: Names) -> Table:
    return table(
        n,
        n.say("teams"),
        n.plan.roles.values(),
        [
            ("role", 3, lambda e: n.text(e.title)),
            ("minimum", 1, lambda e: str(e.minimum)),
            ("holders", 4, lambda e: n.people(e.holders)),
            ("deputies", 4, lambda e: n.people(e.deputies)),
            ("skills", 3, lambda e: n.skills(e.skills)),
        ],
    )


def tasks(n: Names, phases: Sequence[str]) -> Table:
    found = [t for phase in phases for t in n.plan.tasks.values() if t.phase == phase]

    def limits(task: Task) -> str:
        start, finish = n.seconds(task.start_by), n.seconds(task.finish_by)
        return n.lines(
            [
                n.say("start-by", limit=start) if start else "",
                n.say("finish-by", limit=finish) if finish else "",
            ]
        )

    caption = n.listed(n.value(phase) for phase in phases)
    return table(
        n,
        caption,
        found,
        [
            ("title", 4, lambda e: n.text(e.title) + (" ★" if e.critical else "")),
            ("role", 3, lambda e: n.entry(n.plan.roles, e.role) if e.role else ""),
            ("within", 3, limits),
            ("after", 3, lambda e: n.entries(n.plan.tasks, e.after)),
            ("levels", 2, lambda e: n.entries(n.plan.levels, e.levels)),
            ("measure", 3, lambda e: n.text(e.measure)),
            ("evidence", 2, lambda e: n.text(e.evidence)),
        ],
    )


def triggers(n: Names) -> Table:
    def condition(e: Any) -> str:
        if e.manual:
            return n.text(e.described)
        value = f"{e.value:f}" if e.value is not None else ""
        window = n.say("window", window=n.seconds(e.window)) if e.window else ""
        sign = {">=": "≥", "<=": "≤"}.get(e.operator, e.operator)
        return f"{e.variable} {sign} {value} {e.unit} {window}".strip()

    return table(
        n,
        n.block("triggers"),
        n.plan.triggers.values(),
        [
            ("title", 3, lambda e: n.text(e.title)),
            ("criteria", 4, condition),
            ("level", 3, lambda e: n.entry(n.plan.levels, e.level)),
            ("exit", 1, lambda e: f"{e.exit:f} {e.unit}" if e.exit is not None else ""),
            ("watched-by", 2, lambda e: n.entry(n.plan.roles, e.watched_by)),
        ],
    )


def callout(n: Names) -> Table:
    def called(e: Any) -> str:
        return n.listed([n.entries(n.plan.roles, e.to), n.entries(n.plan.contacts, e.contacts)])

    def caller(e: Any) -> str:
        return n.value(e.caller) if e.caller == SYSTEM else n.entry(n.plan.roles, e.caller)

    def answer(e: Any) -> str:
        return n.value(e.acknowledge) + (f" {e.needed}" if e.acknowledge == "some" else "")

    return table(
        n,
        n.block("callout"),
        n.plan.callout.values(),
        [
            ("title", 3, lambda e: n.text(e.title)),
            ("caller", 2, caller),
            ("to", 4, called),
            ("mode", 1, lambda e: n.value(e.mode)),
            ("tries", 1, lambda e: str(e.tries)),
            ("wait", 1, lambda e: n.seconds(e.wait)),
            ("acknowledge", 2, answer),
            ("next", 2, lambda e: n.entry(n.plan.callout, e.next) if e.next else ""),
        ],
    )


def reports(n: Names) -> Table:
    def limit(e: Any) -> str:
        own = n.seconds(e.within)
        told = n.say("clock", limit=own, moment=n.value(e.clock)) if own else n.value(e.clock)
        return n.lines([told, n.asked(e.duty)])

    def items(e: Any) -> str:
        return n.lines(n.item(e.duty, item) for item in e.items)

    return table(
        n,
        n.block("reports"),
        n.plan.reports.values(),
        [
            ("title", 2, lambda e: n.text(e.title)),
            ("to", 2, lambda e: n.entry(n.plan.contacts, e.to)),
            ("role", 2, lambda e: n.entry(n.plan.roles, e.by)),
            ("within", 4, limit),
            ("items", 4, items),
            ("repeat", 1, lambda e: n.seconds(e.repeat)),
            ("supplement", 1, lambda e: n.span(e.supplement)),
        ],
    )


def points(n: Names) -> Table:
    muster = n.plan.muster
    return table(
        n,
        n.field("points"),
        muster.points.values() if muster else (),
        [
            ("point", 4, lambda e: n.text(e.title)),
            ("place", 3, lambda e: n.point(e.place)),
            ("capacity", 1, lambda e: str(e.capacity)),
            ("unsafe", 3, lambda e: n.listed(map(n.value, e.unsafe))),
            ("sheltered", 1, lambda e: n.yes(e.sheltered)),
        ],
    )


def routes(n: Names) -> Table:
    muster = n.plan.muster
    return table(
        n,
        n.field("routes"),
        muster.routes.values() if muster else (),
        [
            ("title", 4, lambda e: n.text(e.title)),
            ("site", 3, lambda e: n.entry(n.plan.scope.sites, e.site)),
            ("point", 3, lambda e: n.entry(muster.points, e.point) if muster else ""),
            ("step-free", 1, lambda e: n.yes(e.step_free)),
        ],
    )


def muster_units(n: Names) -> Table:
    muster = n.plan.muster

    def at(name: str) -> str:
        return n.entry(muster.points, name) if muster and name else ""

    return table(
        n,
        n.field("units"),
        muster.units.values() if muster else (),
        [
            ("title", 3, lambda e: n.text(e.title)),
            ("groups", 3, lambda e: n.entries(n.plan.scope.populations, e.groups)),
            ("members", 3, lambda e: n.listed(map(n.member, e.members))),
            ("warden", 2, lambda e: n.person(e.warden) if e.warden else ""),
            ("deputy", 2, lambda e: n.person(e.deputy) if e.deputy else ""),
            ("point", 2, lambda e: at(e.point)),
            ("alternate", 2, lambda e: at(e.alternate)),
        ],
    )


def resources(n: Names) -> Table:
    def owner(e: Any) -> str:
        return n.person(e.owner) if e.owner else ""

    def kept(e: Any) -> str:
        site = n.entry(n.plan.scope.sites, e.site) if e.site else ""
        return n.listed([site, n.text(e.kept)])

    return table(
        n,
        n.block("resources"),
        n.plan.resources.values(),
        [
            ("title", 4, lambda e: n.text(e.title)),
            ("quantity", 1, lambda e: f"{e.quantity} {e.unit}".strip()),
            ("kept", 3, kept),
            ("owner", 2, owner),
            ("expires", 2, lambda e: n.day(e.expires)),
            ("inspected", 2, lambda e: n.day(e.inspected)),
            ("inspect-every", 2, lambda e: n.span(e.inspect_every)),
        ],
    )


def contacts(n: Names) -> Table:
    def checked(e: Any) -> str:
        return n.lines(n.day(c.verified) for c in e.channels)

    return table(
        n,
        n.block("contacts"),
        n.plan.contacts.values(),
        [
            ("title", 4, lambda e: n.text(e.title)),
            ("purpose", 3, lambda e: n.text(e.purpose)),
            ("channels", 4, lambda e: n.lines(map(n.channel, e.channels))),
            ("verified", 2, checked),
        ],
    )


def staff(n: Names) -> Table:
    """Names and numbers of those who have a role; empty where the organisation keeps them apart."""
    who = n.who
    asked = [name for role in n.plan.roles.values() for name in (*role.holders, *role.deputies)]
    known = [p for p in (who.persons_of(tuple(asked)) if who else ()) if who and p in who.private]
    return table(
        n,
        n.say("staff"),
        known,
        [
            ("people", 3, lambda p: who.private[p].name if who else ""),
            ("unit", 3, lambda p: n.unit(who.people[p].unit) if who else ""),
            ("channels", 5, lambda p: n.lines(map(n.channel, who.channels(p))) if who else ""),
        ],
    )
