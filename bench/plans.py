"""What a plan costs: reading, lint and writing for 200 roles, 600 tasks and 2000 people.

``python -m bench.plans`` prints one JSON object; processor time in milliseconds, median of a few
rounds, with the machine's own baseline (hashing) beside it. The plan is the example
``chemical-leak`` grown large: 3 people per role and level, chains of tasks, a call-out tree.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from datetime import date
from typing import Any

from bench.clocks import measured
from huiyin import plans
from huiyin.domain.plans.linting import Files, lint
from huiyin.domain.plans.matching import resilience
from huiyin.domain.plans.reading import (
    items,
    organisation_of,
    plan_of,
    read_organisation,
    read_plan,
)
from huiyin.domain.plans.subject import Subject
from huiyin.domain.plans.writing import as_data, write

ROLES, TASKS, PEOPLE = 200, 600, 2000
DAY = date(2026, 11, 22)
T = {"zh-Hans": "某", "en": "some"}


def large() -> tuple[str, str]:
    """Plan and organisation as files."""
    plan, organisation = plans.example("chemical-leak")
    data, people = as_data(read_plan(plan)[0]), as_data(read_organisation(organisation)[0])
    _people(people)
    _roles(data)
    _rest(data)
    return write(plan_of(items(data))), write(organisation_of(items(people)))


def _people(data: dict[str, Any]) -> None:
    units = [u for u in data["units"] if u != "works"]
    away = [{"from": "2026-12-01", "until": "2026-12-05"}]
    data["posts"], data["duty"] = {}, {}
    data["people"] = {
        f"q{n:04d}": {
            "unit": units[n % len(units)],
            "skills": ["first-aid"],
            "fates": [f"f{n % 7}"],
            "leave": away if n % 9 == 0 else [],
        }
        for n in range(1, PEOPLE + 1)
    }
    data["private"] = {
        name: {
            "name": f"N {name}",
            "channels": [
                {"kind": "mobile", "address": f"+8612009{name[1:]}", "verified": "2026-11-01"},
                {"kind": "landline", "address": f"+8612055{name[1:]}", "verified": "2026-11-01"},
            ],
        }
        for name in data["people"]
    }


def _roles(data: dict[str, Any]) -> None:
    data["roles"] = {
        f"r{n:03d}": {
            "title": {"zh-Hans": f"岗位{n}", "en": f"Role {n}"},
            "function": "operations" if n else "command",
            "minimum": 3,
            "holders": [f"q{n * 10 + k:04d}" for k in range(1, 5)],
            "deputies": [f"q{(n * 10 + k) % PEOPLE + 1:04d}" for k in range(4, 11)],
            "skills": ["first-aid"],
            "critical": True,
            "within": "PT1H",
            **({"reports-to": f"r{(n - 1) // 6:03d}"} if n else {}),
        }
        for n in range(ROLES)
    }


def _rest(data: dict[str, Any]) -> None:
    """Everything that named the old roles and people names the new ones."""
    data["tasks"] = {
        f"t{n:03d}": {
            "title": {"zh-Hans": f"任务{n}", "en": f"Task {n}"},
            "role": f"r{n % ROLES:03d}",
            "phase": ("immediate", "control", "support", "recover")[n % 4],
            "finish-by": "P30D",
            "takes": "PT1M",
            "after": [f"t{n - 1:03d}"] if n % 50 else [],
            "evidence": T,
            "critical": True,
        }
        for n in range(TASKS)
    }
    for level in data["levels"].values():
        level.update(authority=["r000"], adjusts=["r000"], ends=["r000"], roles=[], within="P2D")
    for trigger in data["triggers"].values():
        trigger["watched-by"] = "r000"
    tree = {"title": T, "mode": "parallel", "ring": "PT1M", "talk": "PT1M", "wait": "PT1M"}
    data["callout"] = {"c000": {**tree, "caller": "system", "to": ["r000"]}}
    for n in range((ROLES + 4) // 6):
        to = [f"r{k:03d}" for k in range(n * 6 + 1, min(n * 6 + 7, ROLES))]
        data["callout"][f"c{n + 1:03d}"] = {**tree, "caller": f"r{n:03d}", "to": to}
    data["reports"]["accident"]["by"] = "r000"
    data["demobilisation"]["authority"] = ["r000"]
    data["plan"].update(status="draft")
    data["plan"].pop("approval")
    data["nil-return"] = {}
    units = data["muster"]["units"]
    units["shift"].update(warden="q0001", deputy="q0002")
    units["building"].update(warden="q0003", deputy="q0004", assistants=["q0005"])
    for thing in data["resources"].values():
        thing["owner"] = "q0001"
    for held in data["exercises"]["held"].values():
        for finding in held.get("findings", {}).values():
            finding["owner"] = "q0001"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    plan_text, org_text = large()
    plan, top = read_plan(plan_text)
    organisation, org_top = read_organisation(org_text)
    files, law, words = Files(top, org_top), plans.laws(), plans.catalogue()
    subject = Subject(plan, organisation, DAY)
    needs = subject.needs(subject.candidates)
    found = measured(
        {
            "read_plan": (1, lambda: read_plan(plan_text)),
            "read_organisation": (1, lambda: read_organisation(org_text)),
            "lint": (1, lambda: lint(plan, organisation, DAY, law, words, "en", files)),
            "resilience": (1, lambda: resilience(needs)),
            "write_plan": (1, lambda: write(plan)),
            "baseline_sha256_100k": (1, hashing),
        },
        rounds,
    )
    size = {"roles": len(plan.roles), "tasks": len(plan.tasks), "people": len(organisation.people)}
    size |= {"plan_bytes": len(plan_text.encode()), "organisation_bytes": len(org_text.encode())}
    times = {k: {n: round(v / 1000, 1) for n, v in f.items()} for k, f in found.items()}
    print(json.dumps({"size": size, "milliseconds": times}, indent=1))


def hashing() -> None:
    for n in range(100_000):
        hashlib.sha256(n.to_bytes(64, "big")).digest()


if __name__ == "__main__":
    main()
