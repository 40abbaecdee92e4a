"""The rules of the lint, one module per family; importing this enters all of them.

A rule says only where something is wrong, with the facts; its words, severity and source stand
in ``huiyin/plans/rules/<family>.toml``. To add one: the function here, the words there, and a
line in ``tests/domain/plan_breaks.py`` that triggers it.
"""

from huiyin.domain.plans.rules import (
    age,
    authority,
    callout,
    ending,
    limits,
    muster,
    reports,
    roles,
    roster,
    staffing,
    structure,
    tasks,
    triggers,
    warnings,
)

__all__ = [
    "age",
    "authority",
    "callout",
    "ending",
    "limits",
    "muster",
    "reports",
    "roles",
    "roster",
    "staffing",
    "structure",
    "tasks",
    "triggers",
    "warnings",
]
