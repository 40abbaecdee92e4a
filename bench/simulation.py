"""What a simulation costs: 200 roles, 2000 people, all called at once, so that all is exact.

``python -m bench.simulation`` prints one JSON object: processor time in milliseconds, median of a
few rounds, and the machine's own baseline (hashing). The plan is that of ``bench.plans`` with one
call to everybody, by night, so that both curves (answered, arrived) are computed. Two shapes:
``departments`` (forty of five roles with fifty people who share a house) and ``chained`` (each
role shares people with the next over the whole plan, seven causes strike everywhere).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from bench.clocks import Work, measured
from bench.plans import DAY, PEOPLE, ROLES, hashing, large
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation
from huiyin.domain.plans.reading import (
    items,
    organisation_of,
    plan_of,
    read_organisation,
    read_plan,
)
from huiyin.domain.plans.writing import as_data
from huiyin.domain.simulation.asking import Question, question
from huiyin.domain.simulation.changes import best
from huiyin.domain.simulation.computing import compute
from huiyin.domain.simulation.counting import answers
from huiyin.plans.priors import assumptions

SEED, EACH = 1, 5


def chained() -> tuple[Plan, Organisation]:
    """The large plan with one message to all roles."""
    plan, people = _data()
    return plan_of(items(plan)), organisation_of(items(people))


def departments() -> tuple[Plan, Organisation]:
    """The same in forty departments: who may fill a role works in it, under one roof."""
    plan, people = _data()
    size = PEOPLE * EACH // ROLES
    for n, role in enumerate(plan["roles"].values()):
        first = n // EACH * size
        near = [f"q{first + (n % EACH * 9 + k) % size + 1:04d}" for k in range(12)]
        role.update(holders=near[:4], deputies=near[4:])
    for n, person in enumerate(people["people"].values()):
        person["fates"] = [f"house{n // size}"]
    return plan_of(items(plan)), organisation_of(items(people))


def _data() -> tuple[dict[str, Any], dict[str, Any]]:
    plan_text, org_text = large()
    plan, people = as_data(read_plan(plan_text)[0]), as_data(read_organisation(org_text)[0])
    group = plan["callout"]["c000"] | {"to": list(plan["roles"]), "acknowledge": "each"}
    plan["callout"] = {"c000": group}
    return plan, people


def works(name: str, asked: Question, ask: Callable[[], object]) -> dict[str, tuple[int, Work]]:
    """What is timed: asking, the figures with both curves, the three changes."""
    scenario, known = asked.scenario, answers(asked.scenario.callout)
    weight = compute(scenario, SEED).weight
    return {
        f"{name}_question": (1, ask),
        f"{name}_figures": (1, lambda: compute(scenario, SEED)),
        f"{name}_changes": (1, lambda: best(scenario, asked.offer, weight, known, SEED)),
    }


def run(rounds: int) -> dict[str, object]:
    """All figures as one object."""
    timed: dict[str, tuple[int, Work]] = {"baseline_sha256_100k": (1, hashing)}
    size = {}
    for make in (departments, chained):
        name, (plan, people) = make.__name__, make()

        def ask(plan: Plan = plan, people: Organisation = people) -> Question:
            return question(plan, people, assumptions(), DAY)

        asked = ask()
        exact = compute(asked.scenario, SEED)
        size[name] = {
            "roles": len(asked.scenario.staffing.needs),
            "people": exact.called,
            "states": exact.states,
            "method": exact.in_time.common.method,
            "left_out": exact.left_out,
        }
        timed |= works(name, asked, ask)
    found = measured(timed, rounds)
    times = {k: {n: round(v / 1000, 1) for n, v in f.items()} for k, f in found.items()}
    return {"size": size, "milliseconds": times}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    print(json.dumps(run(parser.parse_args().rounds), indent=1))


if __name__ == "__main__":
    main()
