"""What stands in each section of the filed document, taken from the plan and nothing else.

A section for which the plan holds nothing says so: a document that hides its gaps is filed and
forgotten. The order of the sections is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from huiyin.domain.documents import Block, Bullets, Paragraph, Table
from huiyin.domain.plans.filed import more_tables, tables
from huiyin.domain.plans.filed.names import Names

Section = Callable[[Names], Iterator[Block]]


def _some(section: Iterator[Block], names: Names) -> Iterator[Block]:
    """A section without its sentences that the plan is silent: it is one of several in a place."""
    yield from (block for block in section if block != silent(names))


def _shown(names: Names, *found: Table) -> Iterator[Block]:
    """The tables that have rows; else the sentence that the plan is silent."""
    held = [table for table in found if table.rows]
    yield from held
    if not held:
        yield silent(names)


def silent(names: Names) -> Paragraph:
    return Paragraph(names.say("silent"))


def scope(n: Names) -> Iterator[Block]:
    yield Paragraph(n.text(n.plan.scope.applies))
    hazards = n.listed(map(n.value, n.plan.about.hazards))
    yield Paragraph(n.say("hazards", hazards=hazards))


def levels(n: Names) -> Iterator[Block]:
    if n.plan.levels:
        yield Paragraph(n.say("levels", count=len(n.plan.levels)))
    yield from _shown(n, tables.levels(n))


def organisation(n: Names) -> Iterator[Block]:
    if n.plan.roles:
        yield Paragraph(n.say("organisation", count=len(n.plan.roles)))
    yield from _shown(n, tables.roles(n))


def reporting(n: Names) -> Iterator[Block]:
    if n.plan.reports:
        yield Paragraph(n.say("reporting"))
    yield from _shown(n, tables.reports(n))


def judging(n: Names) -> Iterator[Block]:
    """GB/T 29639-2020, 6.3.1.2: by decision, or by itself when the conditions are met."""
    automatic = [level for level in n.plan.levels.values() if level.automatic]
    named = n.listed(n.text(level.title) for level in automatic)
    if n.plan.triggers:
        yield Paragraph(n.say("automatic", levels=named) if automatic else n.say("by-decision"))
    yield from _shown(n, tables.triggers(n))


def warning_start(n: Names) -> Iterator[Block]:
    yield from _shown(n, *(more_tables.warning(n, w) for w in n.plan.warnings.values()))


def preparation(n: Names) -> Iterator[Block]:
    """GB/T 29639-2020, 6.3.2.2: teams, things and communication that are made ready."""
    plan, ready = n.plan, []
    if plan.roles:
        ready.append(n.say("ready-roles", roles=n.entries(plan.roles, plan.roles)))
    if plan.resources:
        ready.append(n.say("ready-resources", resources=n.entries(plan.resources, plan.resources)))
    if plan.callout:
        ready.append(n.say("ready-calls", calls=n.entries(plan.callout, plan.callout)))
    if not ready:
        yield silent(n)
        return
    yield Paragraph(n.say("preparation"))
    yield Bullets(tuple(ready))


def warning_end(n: Names) -> Iterator[Block]:
    named = [t for t in n.plan.triggers.values() if t.exit is not None]
    if not named:
        yield silent(n)
        return
    yield Paragraph(n.say("warning-end"))
    yield Bullets(
        tuple(
            n.say("exit", trigger=n.text(t.title), variable=t.variable, exit=f"{t.exit:f} {t.unit}")
            for t in named
        )
    )


def activation(n: Names) -> Iterator[Block]:
    for level in sorted(n.plan.levels.values(), key=lambda level: level.number):
        title, by = n.text(level.title), n.roles(level.authority)
        if level.authority:
            yield Paragraph(n.say("activates", level=title, roles=by))
    yield from _shown(n, tables.callout(n))


def special_activation(n: Names) -> Iterator[Block]:
    """Section 7.3: when, by whom, how people are called and what is reported, in one place."""
    yield from levels(n)
    yield from judging(n)
    yield from activation(n)
    yield from reporting(n)


def handling(n: Names) -> Iterator[Block]:
    yield from _shown(n, tables.tasks(n, ("immediate",)), tables.tasks(n, ("control",)))
    yield from mustering(n)


def mustering(n: Names) -> Iterator[Block]:
    muster = n.plan.muster
    if muster is None:
        return
    if muster.target is not None:
        states = n.listed(map(n.value, muster.states))
        yield Paragraph(n.say("muster", target=n.seconds(muster.target), states=states))
    table = tables.muster_units(n)
    if table.rows:
        yield table


def support(n: Names) -> Iterator[Block]:
    yield from _shown(n, tables.tasks(n, ("support",)))


def ending(n: Names) -> Iterator[Block]:
    end = n.plan.demobilisation
    if end is None:
        yield silent(n)
        return
    yield Paragraph(n.text(end.criteria))
    if end.authority:
        yield Paragraph(n.say("ends", roles=n.roles(end.authority)))
    for level in sorted(n.plan.levels.values(), key=lambda level: level.number):
        if level.ends:
            yield Paragraph(
                n.say("ends-level", level=n.text(level.title), roles=n.roles(level.ends))
            )


def aftercare(n: Names) -> Iterator[Block]:
    yield from _shown(n, tables.tasks(n, ("recover",)))
    end = n.plan.demobilisation
    if end is not None and end.handover:
        yield Paragraph(n.text(end.handover))
    if end is not None and end.destroy_after is not None:
        yield Paragraph(n.say("destroyed", period=n.span(end.destroy_after)))


def communication(n: Names) -> Iterator[Block]:
    yield Paragraph(n.say("see-contacts")) if n.plan.contacts else silent(n)
    table = more_tables.nil_returns(n)
    if table.rows:
        yield table


def teams(n: Names) -> Iterator[Block]:
    yield from _shown(n, tables.teams(n))


def equipment(n: Names) -> Iterator[Block]:
    yield Paragraph(n.say("see-resources")) if n.plan.resources else silent(n)


def other_support(n: Names) -> Iterator[Block]:
    """Drills, and those who need help: what the standard leaves to the unit."""
    yield from _shown(n, more_tables.programme(n), more_tables.held(n))


def special_support(n: Names) -> Iterator[Block]:
    yield from teams(n)
    yield from equipment(n)
    yield from communication(n)


def profile(n: Names) -> Iterator[Block]:
    if n.text(n.plan.about.summary):
        yield Paragraph(n.text(n.plan.about.summary))
    yield from _shown(n, more_tables.sites(n), more_tables.populations(n))


def risks(n: Names) -> Iterator[Block]:
    yield from _shown(n, more_tables.risks(n))


def system(n: Names) -> Iterator[Block]:
    about = n.plan.about
    yield Paragraph(n.say("system", kind=n.value(about.kind), version=about.version))
    if about.parent:
        yield Paragraph(n.say("parent", parent=about.parent))
    if about.replaces:
        yield Paragraph(n.say("replaces", replaces=about.replaces))
    yield from _shown(n, more_tables.basis(n))


def resources(n: Names) -> Iterator[Block]:
    yield from _shown(n, tables.resources(n))


def contacts(n: Names) -> Iterator[Block]:
    yield from _shown(n, tables.contacts(n), tables.staff(n))
    if n.who is None or not n.who.private:
        yield Paragraph(n.say("private-apart"))


def forms(n: Names) -> Iterator[Block]:
    reports = [more_tables.report_form(n, report) for report in n.plan.reports.values()]
    yield from _shown(n, *reports)


def routes(n: Names) -> Iterator[Block]:
    yield from _shown(n, tables.points(n), tables.routes(n))
    yield Paragraph(n.say("drawings"))


def agreements(n: Names) -> Iterator[Block]:
    yield Paragraph(n.say("agreements"))


def card_hazard(n: Names) -> Iterator[Block]:
    yield Paragraph(n.text(n.plan.scope.applies))
    yield from risks(n)


def card_duties(n: Names) -> Iterator[Block]:
    yield from _shown(n, tables.roles(n))


def card_handling(n: Names) -> Iterator[Block]:
    """Section 8.3: how it is called in, what is done, to whom it is reported."""
    said = [
        block
        for section in (judging(n), _shown(n, tables.callout(n)), handling(n), reporting(n))
        for block in _some(section, n)
    ]
    yield from said or [silent(n)]


def card_heed(n: Names) -> Iterator[Block]:
    """Section 8.4: protection of people, use of equipment, safety at the scene."""
    heeded = [n.text(w.attention) for w in n.plan.warnings.values()]
    heeded += [n.text(w.measures) for w in n.plan.warnings.values()]
    for population in n.plan.scope.populations.values():
        if population.help:
            heeded.append(n.text(population.help))
    for role in n.plan.roles.values():
        if role.skills:
            heeded.append(
                n.say("only-skilled", role=n.text(role.title), skills=n.skills(role.skills))
            )
    for point in n.plan.muster.points.values() if n.plan.muster else ():
        if point.unsafe:
            hazards = n.listed(map(n.value, point.unsafe))
            heeded.append(n.say("unsafe", point=n.text(point.title), hazards=hazards))
    said = tuple(dict.fromkeys(text for text in heeded if text))
    yield Bullets(said) if said else silent(n)


SECTIONS: dict[str, Section] = {
    "activation": activation,
    "aftercare": aftercare,
    "agreements": agreements,
    "card-duties": card_duties,
    "card-handling": card_handling,
    "card-heed": card_heed,
    "card-hazard": card_hazard,
    "communication": communication,
    "contacts": contacts,
    "ending": ending,
    "equipment": equipment,
    "forms": forms,
    "handling": handling,
    "judging": judging,
    "levels": levels,
    "organisation": organisation,
    "other-support": other_support,
    "preparation": preparation,
    "profile": profile,
    "reporting": reporting,
    "resources": resources,
    "risks": risks,
    "routes": routes,
    "scope": scope,
    "special-activation": special_activation,
    "special-support": special_support,
    "support": support,
    "system": system,
    "teams": teams,
    "warning-end": warning_end,
    "warning-start": warning_start,
}
