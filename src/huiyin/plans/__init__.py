"""Plans: data and texts of the readiness wing: words of the rules, example plans.

Only reading package files lives here. The rules are in ``huiyin.domain.plans``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from huiyin import calendars, duties
from huiyin.domain.errors import Refusal
from huiyin.domain.plans.findings import Catalogue, Labels, Words, words_of
from huiyin.domain.plans.land import Land
from huiyin.domain.plans.land import parse as parse_land
from huiyin.domain.plans.laws import Laws

# The day on which the example plans are complete: their dates do not move with the calendar.
EXAMPLES_DAY = "2026-11-22"


def _tables(folder: str) -> list[dict[str, object]]:
    entries = sorted(files(__package__).joinpath(folder).iterdir(), key=lambda e: e.name)
    return [tomllib.loads(e.read_text("utf-8")) for e in entries if e.name.endswith(".toml")]


@cache
def laws() -> Laws:
    """The laws of all jurisdictions we have, with the calendars that they name."""
    found = tuple(duties.load(name) for name in duties.ids())
    return Laws(found, {law.calendar: calendars.load(law.calendar) for law in found})


@cache
def catalogue() -> Catalogue:
    """The words of all rules by id. Raises ValueError if two files define one rule."""
    found: dict[str, Words] = {}
    for table in _tables("rules"):
        for name, words in words_of(table).items():
            if name in found:
                raise ValueError(f"{name} is defined twice")
            found[name] = words
    return found


@cache
def labels() -> Labels:
    """Names of blocks, fields and values of a plan file."""
    text = files(__package__).joinpath("labels.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def land() -> Land:
    """Where on Earth there is land, coarsely."""
    return parse_land(files(__package__).joinpath("land.txt").read_text("utf-8"))


@cache
def examples() -> list[str]:
    """The names of the example plans; ``NAME.org.yaml`` is the organisation of ``NAME.yaml``."""
    names = (e.name for e in files(__package__).joinpath("examples").iterdir())
    return sorted(n[:-5] for n in names if n.endswith(".yaml") and not n.endswith(".org.yaml"))


def example(name: str) -> tuple[bytes, bytes]:
    """An example plan and its organisation as files. Raises ``Refusal("example-unknown")``."""
    if name not in examples():
        raise Refusal("example-unknown", name=name, known=examples())
    folder: Traversable = files(__package__).joinpath("examples")
    organisation = folder / f"{name.removesuffix('-card')}.org.yaml"
    return (folder / f"{name}.yaml").read_bytes(), organisation.read_bytes()
