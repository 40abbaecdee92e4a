"""The calendars: those that ship with Huiyin, and an installation's own, which go before them.

One TOML file each, year tables with their source. An installation's own calendars lie in the
folder ``calendars`` of its data folder: ``ID.toml`` is the one in use, ``ID@VERSION.toml`` one
that cases were once computed with. Reading is the only thing that happens here; what a working
day is lives in ``huiyin.domain.calendars``, and how each table was made in
``scripts/year_tables.py``.
"""

from __future__ import annotations

import os
import re
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from huiyin.domain.calendars import Calendar, parse
from huiyin.domain.errors import Refusal

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,40}\Z")
_OWN: list[Path] = []


def use(folder: Path) -> None:
    """Look for an installation's own calendars in ``folder`` (the settings know which)."""
    _OWN[:] = [folder]


def own_folder() -> Path:
    """Where this installation's own calendars lie; the folder need not exist."""
    if _OWN:
        return _OWN[0]
    return Path(os.environ.get("HUIYIN_DATA", "huiyin-data")) / "calendars"


@cache
def _shipped() -> frozenset[str]:
    names = (entry.name for entry in files(__name__).iterdir())
    return frozenset(name.removesuffix(".toml") for name in names if name.endswith(".toml"))


def ids() -> list[str]:
    """The identifiers of all calendars, shipped and own, in order."""
    own = (path.stem for path in own_folder().glob("*.toml") if _ID.match(path.stem))
    return sorted(_shipped().union(own))


def load(id: str, version: str | None = None) -> Calendar:
    """The calendar ``id`` in use, or in the version that a case was computed with.

    Raises ``Refusal``: calendar-unknown, calendar-invalid (an own file is broken),
    calendar-version-missing.
    """
    if _ID.match(id) is None:
        raise Refusal("calendar-unknown", calendar=id[:40], known=ids())
    found = _own(id) or _from_package(id)
    if found is None:
        raise Refusal("calendar-unknown", calendar=id, known=ids())
    if version is None or found.version == version:
        return found
    return _older(id, version)


def _older(id: str, version: str) -> Calendar:
    shipped = _from_package(id)
    if shipped is not None and shipped.version == version:
        return shipped
    kept = _own(f"{id}@{version}") if _VERSION.match(version) else None
    if kept is None:
        raise Refusal("calendar-version-missing", calendar=id, version=version[:40])
    return kept


@cache
def _from_package(id: str) -> Calendar | None:
    if id not in _shipped():
        return None
    return parse(files(__name__).joinpath(f"{id}.toml").read_text(encoding="utf-8"))


def _own(name: str) -> Calendar | None:
    """A file of the installation, read again only when it has changed."""
    path = own_folder() / f"{name}.toml"
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return None
    return _read(path, changed)


@lru_cache(maxsize=64)
def _read(path: Path, changed: int) -> Calendar:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Refusal("calendar-invalid", place=path.name, problem="not UTF-8 text") from error
    return parse(text)
