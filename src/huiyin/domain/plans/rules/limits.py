"""Hard limit 8: people with a demand are never a hazard, an incident or a trigger.

The closed list of hazards has no such word; this looks at what authors write themselves. The
finding cannot be accepted. Words that also mean something harmless are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from huiyin.domain.plans.fields import key_of, kinds_of
from huiyin.domain.plans.findings import Hit, rule
from huiyin.domain.plans.subject import Subject, at

GATHERINGS = (
    "上访",
    "上訪",
    "信访",
    "信訪",
    "闹访",
    "鬧訪",
    "缠访",
    "纏訪",
    "维稳",
    "維穩",
    "群体性事件",
    "群體性事件",
    "聚众",
    "聚眾",
    "游行",
    "遊行",
    "示威",
    "罢工",
    "罷工",
    "静坐",
    "靜坐",
    "petitioner",
    "protest",
    "mass incident",
    "unrest",
    "demonstrators",
    "sit-in",
    "picket",
)
# The law that a plan rests on may well be called so; and an acceptance gives reasons.
ELSEWHERE = ("basis", "accepted")


@rule("limit-people-as-hazard")
def people_as_hazard(subject: Subject) -> Iterator[Hit]:
    for here, said in texts(subject.plan, ""):
        if here.split("/")[1] in ELSEWHERE:
            continue
        for word in GATHERINGS:
            if any(word in text.lower() for text in said.values()):
                yield Hit(here, {"word": word})
                break


def texts(block: Any, where: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Every text below a block with its pointer."""
    shape: Any = type(block)
    for name, kind in kinds_of(shape).items():
        value, here = getattr(block, name), where + at(key_of(name, kind))
        if kind.name == "text":
            yield here, value
        elif kind.name == "one" and value is not None:
            yield from texts(value, here)
        elif kind.name == "many":
            for key, entry in value.items():
                yield from texts(entry, here + at(key))
        elif kind.name == "rows":
            for n, entry in enumerate(value):
                yield from texts(entry, here + at(n))
