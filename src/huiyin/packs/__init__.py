"""The shipped rule packs: law as data, one YAML file each, read once and kept.

Only reading package files lives here. What a pack is: ``huiyin.domain.packs``; what makes a
file invalid: ``huiyin.domain.pack_reading``.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

from huiyin.domain.errors import Refusal
from huiyin.domain.pack_reading import read
from huiyin.domain.packs import Pack

COMMON = "common"


@cache
def ids() -> list[str]:
    """The ids of all shipped packs, sorted."""
    names = (entry.name for entry in files(__package__).iterdir())
    return sorted(n[:-5] for n in names if n.endswith(".yaml") and n != f"{COMMON}.yaml")


@cache
def common_text() -> bytes:
    """The file that ``include: common`` refers to."""
    return (files(__package__) / f"{COMMON}.yaml").read_bytes()


@cache
def versions(pack_id: str) -> tuple[Pack, ...]:
    """All versions of a pack, oldest first. Raises ``Refusal``: pack-unknown, pack-invalid."""
    if pack_id not in ids():
        raise Refusal("pack-unknown", pack=pack_id, known=ids())
    source = (files(__package__) / f"{pack_id}.yaml").read_bytes()
    return read(source, f"{pack_id}.yaml", common_text())


@cache
def load(pack_id: str, version: str | None = None) -> Pack:
    """A pack in one version, by default the newest.

    Raises ``Refusal``: pack-unknown, pack-version-missing, pack-invalid.
    """
    known = versions(pack_id)
    if version is None:
        return known[-1]
    for pack in known:
        if pack.version == version:
            return pack
    raise Refusal("pack-version-missing", pack=pack_id, version=version)


def version_for(pack_id: str, day: date) -> Pack:
    """The version in force on the (local) day a case starts.

    Raises ``Refusal("pack-version-missing", pack=, date=)`` before the first version.
    """
    for pack in reversed(versions(pack_id)):
        if pack.valid_from <= day and (pack.valid_until is None or day <= pack.valid_until):
            return pack
    raise Refusal("pack-version-missing", pack=pack_id, date=day.isoformat())
