"""What is assumed about answering, read from ``priors.toml``. No Django here: commands use it."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from huiyin.domain.simulation.answering import Figure
from huiyin.domain.simulation.asking import Assumptions


@lru_cache(maxsize=1)
def assumptions() -> Assumptions:
    """The shipped assumptions."""
    data = tomllib.loads(files("huiyin.plans").joinpath("priors.toml").read_text("utf-8"))
    figures = {
        (f["channel"], f["hours"]): Figure(
            f["channel"], f["answered"], f["asked"], f["source"], f["what"]
        )
        for f in data["figure"]
    }
    assumed = data["assumed"]
    return Assumptions(
        figures=figures,
        stands_for=data["stands-for"],
        weight=float(assumed["weight"]),
        ring=assumed["ring"],
        talk=assumed["talk"],
        wait=assumed["wait"],
        cause=assumed["cause"],
        travel_mean=float(data["travel"]["mean"]),
        travel_deviation=float(data["travel"]["deviation"]),
    )
