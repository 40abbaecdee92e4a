"""The printed shares of an officer's key, one tagged PDF each: words as data, Typst for the page.

A share is a secret; whoever renders it writes it only where the operator asked for it.
"""

from __future__ import annotations

import io
import json
import tomllib
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

import segno
import typst

from huiyin.domain.recovery import Share
from huiyin.reports.letters import FAMILIES, LANGUAGE_AND_REGION, LAYOUTS, fonts, tagged


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((LAYOUTS / "share.toml").read_text("utf-8"))


def render_share(share: Share, language: str, office: str, made: date) -> bytes:
    """The sheet of one share in ``language`` ("zh-Hans", "zh-Hant", "en") as a tagged PDF."""
    compiler = typst.Compiler(
        LAYOUTS / "share.typ",
        root=LAYOUTS,
        font_paths=fonts(),
        sys_inputs={"letter": json.dumps(_data(share, language, office, made), ensure_ascii=False)},
    )
    return tagged(compiler, datetime.combine(made, time(), UTC))


def _data(share: Share, language: str, office: str, made: date) -> dict[str, object]:
    """What house.typ and share.typ read as ``data``."""
    words = _words()[language]
    tongue, region = LANGUAGE_AND_REGION[language]
    of = words["of"].format(
        role=words[share.role],
        generation=share.generation,
        mark=share.mark.hex().upper(),
        made=made.isoformat(),
    )
    out = io.BytesIO()
    segno.make(share.text, error="m", micro=False).save(out, kind="svg", border=2)
    return {
        "lang": tongue,
        "region": region,
        "chinese": tongue == "zh",
        "leading": 0.85 if tongue == "zh" else 0.7,
        "fonts": FAMILIES,
        "title": words["title"].format(place=share.place),
        "number": "",
        "number-line": of,
        "office": office,
        "office-lines": [],
        "dated": made.isoformat(),
        "dates-head": [],
        "foot": of,
        "groups": list(share.groups),
        "groups-label": words["groups"],
        "heading": words["heading"],
        "lines": words["lines"],
        "use-heading": words["use_heading"],
        "use": words["use"],
        "qr": out.getvalue().decode(),
        "qr-label": words["qr"],
    }
