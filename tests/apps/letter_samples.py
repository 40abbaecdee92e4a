"""One complete set of fields per letter; the words are in letter_samples.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

_SAMPLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def sample(letter: str, language: str, wanted: set[str]) -> dict[str, object]:
    """Fields for `letter`: the common ones and those named in `wanted`."""
    words = _SAMPLES["en" if language == "en" else "zh-Hans"]
    values: dict[str, object] = {**_SAMPLES["every"], **_SAMPLES["days"], **words}
    values["dates"] = [
        {"label": words["label"], "due": values["reply_by"], "article": words["next_article"]},
        {"label": words["label2"], "due": values["due"], "article": words["article"]},
    ]
    values["parts"] = [{"heading": words["act"], "text": words["facts"].split("\n")[0]}]
    if letter == "receipt":
        values["received"] = values["receipt_received"]
    names = {"number", "office", "office_lines", "dated", "reference"} | wanted
    return {name: values[name] for name in names}
