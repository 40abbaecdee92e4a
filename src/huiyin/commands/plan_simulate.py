"""``huiyin plan simulate``: what a plan is worth when the call goes out, each figure with method.

Reads a plan and an organisation file, needs no installation. Progress goes to standard error.
Exit status 0, 1 for a plan that cannot be read, 2 for a wrong call.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

from huiyin import plans
from huiyin.commands.options import LANGUAGES, WrongCall
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import HOURS, Organisation
from huiyin.domain.plans.reading import MOST_BYTES, read_organisation, read_plan
from huiyin.domain.simulation.asking import question
from huiyin.domain.simulation.changes import best
from huiyin.domain.simulation.computing import compute
from huiyin.domain.simulation.counting import answers
from huiyin.domain.simulation.distributions import mean
from huiyin.domain.simulation.scenario import Change, Curve, Figure, Simulation, Twice
from huiyin.plans.priors import assumptions
from huiyin.plans.telling import Teller, percent, say

# Played figures start from this number unless told otherwise: equal calls, equal figures.
SEED = 20240628


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``simulate`` to the commands of ``huiyin plan``."""
    parser = commands.add_parser("simulate", help="compute call-out, staffing and resilience")
    parser.add_argument("file", help="a plan file, or the name of an example")
    parser.add_argument("--org", metavar="FILE", help="the organisation file of the plan")
    parser.add_argument("--level", default="", help="a response level of the plan; default: all")
    parser.add_argument("--hours", choices=HOURS, default="night", help="when the call goes out")
    parser.add_argument("--on", metavar="DATE", help="the day, for leave; default: today")
    parser.add_argument("--seed", type=int, default=SEED, help="of figures that are played")
    parser.add_argument("--json", action="store_true", help="the result as JSON")
    parser.add_argument("--lang", choices=tuple(LANGUAGES), default="en", help="language")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compute and print. Raises Refusal for a plan that is none, WrongCall, OSError."""
    language = LANGUAGES[arguments.lang]
    plan, organisation = _read(arguments.file, arguments.org)
    assumed = assumptions()
    asked = question(
        plan, organisation, assumed, _day(arguments.on), hours=arguments.hours,
        level=_level(arguments.level, plan.levels),
    )  # fmt: skip

    def tell(step: str) -> None:
        print(f"… {say('step', step, language)}", file=sys.stderr)

    found = compute(asked.scenario, arguments.seed, tell)
    tell("changes")
    known = answers(asked.scenario.callout)
    changes = best(asked.scenario, asked.offer, found.weight, known, arguments.seed)
    teller = Teller(plan, asked, found, assumed, language)
    if arguments.json:
        told = as_data(teller, changes) | {"hours": arguments.hours, "level": arguments.level}
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(teller, changes)))
    return 0


def _read(file: str, organisation: str | None) -> tuple[Plan, Organisation | None]:
    """Plan and organisation of the files; an example brings its own organisation."""
    named = file in plans.examples()
    plan = read_plan(plans.example(file)[0] if named else _bytes(file), file)[0]
    if organisation:
        return plan, read_organisation(_bytes(organisation), organisation)[0]
    return plan, read_organisation(plans.example(file)[1], file)[0] if named else None


def _bytes(name: str) -> bytes:
    """As much of a file as shows whether it is too large for a plan."""
    with Path(name).open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _level(level: str, levels: Mapping[str, object]) -> str:
    if level and level not in levels:
        raise WrongCall(f"--level: {level!r} is not one of {', '.join(levels)}")
    return level


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()  # noqa: DTZ011  # a local day
    except ValueError:
        raise WrongCall(f"--on: {text!r} is not a date YYYY-MM-DD") from None


# -- as JSON --------------------------------------------------------------------------------


def as_data(teller: Teller, changes: tuple[Change, ...]) -> dict[str, object]:
    """The whole answer as plain data; the shape is promised."""
    found = teller.simulation
    return {
        "plan": teller.plan.about.id,
        "version": teller.plan.about.version,
        "called": found.called,
        "reached": {
            "mean": mean(found.count_common),
            "alone": found.count,
            "common": found.count_common,
            "method": found.count_method,
        },
        "filled": asdict(found.filled),
        "in_time": asdict(found.in_time),
        "naive": found.naive,
        "answered": asdict(found.answered),
        "there": asdict(found.there) if found.there else None,
        "resilience": asdict(found.resilience) if found.resilience else None,
        "weight": _heaviest(found),
        "states": found.states,
        "changes": [asdict(c) | {"gain": c.gain, "text": teller.change(c)} for c in changes],
        "rates": teller.rates(),
        "notes": teller.notes(),
    }


def _heaviest(found: Simulation) -> dict[str, float]:
    ranked = sorted(found.weight.items(), key=lambda item: (-item[1], item[0]))
    return dict(ranked[:10])


# -- in words -------------------------------------------------------------------------------


def _lines(teller: Teller, changes: tuple[Change, ...]) -> list[str]:
    found, title = teller.simulation, teller.say
    lines = [f"{teller.plan.about.id} {teller.plan.about.version}"]
    how = title("method", "exact" if found.count_method == "exact" else "played")
    lines.append(f"{title('figure', 'reached')}: {teller.reached()}  [{how}]")
    for name, twice in (("in-time", found.in_time), ("filled", found.filled)):
        lines += [title("figure", name), *_twice(teller, twice)]
    lines.append(f"{title('figure', 'naive')}: {percent(found.naive)}")
    for name, curve in (("answered", found.answered), ("there", found.there)):
        if curve:
            how = teller.curve_method(curve)
            lines += [f"{title('figure', name)}: {teller.half(curve)}  [{how}]", *_bars(curve)]
    if found.resilience:
        number = found.resilience.number
        said = teller.resilience(found.resilience)
        lines.append(f"{title('figure', 'resilience')}: {number}. {said}")
    lines += [title("heading", "changes"), *_changes(teller, changes)]
    lines += [title("heading", "assumed")]
    return lines + [f"  - {line}" for line in (*teller.rates(), *teller.notes())]


def _twice(teller: Teller, twice: Twice) -> list[str]:
    def line(name: str, figure: Figure) -> str:
        said = teller.say("heading", name)
        return f"  {teller.chance(figure):>8}  {said}  [{teller.method(figure)}]"

    return [line("alone", twice.alone), line("common", twice.common)]


def _bars(curve: Curve) -> list[str]:
    """A few moments of a curve with bars."""
    pairs = list(zip(curve.seconds, curve.common, strict=True))
    shown = pairs[:: max(1, len(pairs) // 8)]
    return [
        f"  {seconds / 60:6.1f} min {percent(chance):>8}  {'#' * round(40 * chance)}"
        for seconds, chance in shown
    ]


def _changes(teller: Teller, changes: tuple[Change, ...]) -> list[str]:
    if not changes:
        return [f"  {teller.say('change', 'none')}"]
    return [
        f"  {n}. {teller.change(c)}: {percent(c.before)} → {percent(c.after)}"
        f"  [{teller.change_method(c)}]"
        for n, c in enumerate(changes, 1)
    ]
