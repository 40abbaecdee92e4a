"""The calendars that ship with Huiyin: one TOML file each, year tables with their source.

Reading them is the only thing that happens here; what a working day is lives in
``huiyin.domain.calendars``, and how each table was made in ``scripts/year_tables.py``.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from huiyin.domain.calendars import Calendar, parse
from huiyin.domain.errors import Refusal


@cache
def ids() -> list[str]:
    """The identifiers of all shipped calendars, in order."""
    names = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


@cache
def load(id: str) -> Calendar:
    """The shipped calendar ``id``; ``Refusal("calendar-unknown", calendar=, known=)``."""
    if id not in ids():
        raise Refusal("calendar-unknown", calendar=id, known=ids())
    return parse(files(__name__).joinpath(f"{id}.toml").read_text(encoding="utf-8"))
