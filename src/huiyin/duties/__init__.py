"""The shipped laws with duties (reports, supplements, drills): one YAML file each.

Only reading package files lives here. What a duty is: ``huiyin.domain.duties``. A plan names a duty
by its id, which is unique over all files.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from huiyin.domain.duties.model import Duty, Law
from huiyin.domain.duties.reading import read
from huiyin.domain.errors import Refusal


@cache
def ids() -> list[str]:
    """The ids of all shipped laws, sorted."""
    names = (entry.name for entry in files(__package__).iterdir())
    return sorted(name[:-5] for name in names if name.endswith(".yaml"))


@cache
def load(law_id: str) -> Law:
    """A shipped law. Raises ``Refusal("law-unknown")``."""
    if law_id not in ids():
        raise Refusal("law-unknown", law=law_id, known=ids())
    return read((files(__package__) / f"{law_id}.yaml").read_bytes(), f"{law_id}.yaml")


@cache
def all_duties() -> dict[str, Duty]:
    """Every duty by its id."""
    return {duty.id: duty for law in ids() for duty in load(law).duties.values()}


def duty(duty_id: str) -> Duty:
    """A duty by its id. Raises ``Refusal("duty-unknown")``."""
    found = all_duties().get(duty_id)
    if found is None:
        raise Refusal("duty-unknown", duty=duty_id, known=sorted(all_duties()))
    return found
