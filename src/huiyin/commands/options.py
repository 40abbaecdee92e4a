"""How the pure commands speak: one line for a wrong option, one line for a refusal.

They need no Django and no installation, so they read the texts of refusals themselves.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import NoReturn

from huiyin.calendars import ids, load
from huiyin.domain.calendars import Calendar, parse
from huiyin.domain.errors import Refusal

DATA_LANGUAGES = ("en", "zh-Hans", "zh-Hant")
LANGUAGES = {"en": "en", "zh": "zh-Hans", "zh-Hans": "zh-Hans", "zh-Hant": "zh-Hant"}


class WrongCall(Exception):
    """The call cannot be understood; the text names the option and the accepted form."""


class OneLineParser(argparse.ArgumentParser):
    """argparse that raises ``WrongCall`` with the accepted form instead of printing usage."""

    def __init__(self, *args: object, forms: Mapping[str, str] | None = None, **kw: object) -> None:
        super().__init__(*args, allow_abbrev=False, **kw)  # type: ignore[arg-type]  # passed on
        self.forms = forms or {}

    def error(self, message: str) -> NoReturn:
        found = re.search(r"--[a-z-]+", message)
        option = found.group() if found else ""
        if option in self.forms and "required" in message:
            raise WrongCall(f"{option} is missing; expected {self.forms[option]}")
        if option in self.forms:
            raise WrongCall(f"{option} needs one value: {self.forms[option]}")
        raise WrongCall(message)


def choice(option: str, value: str, accepted: tuple[str, ...]) -> str:
    """``value`` if it is one of ``accepted``; ``WrongCall`` names them all."""
    if value not in accepted:
        raise WrongCall(f"{option}: {value!r} is not one of {', '.join(accepted)}")
    return value


def language(value: str) -> str:
    """``--lang``: en, zh (simplified), zh-Hans or zh-Hant."""
    return LANGUAGES[choice("--lang", value, tuple(LANGUAGES))]


def calendar(value: str) -> Calendar:
    """A shipped calendar by name, or one read from a TOML file."""
    if value in ids():
        return load(value)
    if not value.endswith(".toml"):
        raise WrongCall(
            f"--calendar: there is no calendar {value!r}; "
            f"there are {', '.join(ids())}, or give a .toml file"
        )
    try:
        return parse(Path(value).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise WrongCall(f"--calendar: cannot read {value!r}: {reason}") from error


def sentence(refusal: Refusal, language: str = "en", *rooms: str) -> str:
    """Text and remedy of a refusal in one line; ``rooms`` name the tables of refusals that may
    have it, without any the one about time."""
    folder = files("huiyin.web").joinpath("refusals")
    texts = (folder.joinpath(f"{room}.toml").read_text("utf-8") for room in rooms or ("time",))
    entry = {code: e for text in texts for code, e in tomllib.loads(text).items()}[refusal.code]
    data = {key: _shown(value) for key, value in refusal.data.items()}
    return f"{entry[language]} {entry['remedy'][language]}".format_map(data).strip()


def complain(command: str, text: str, status: int = 2) -> int:
    """Print one line on standard error; returns the exit status."""
    print(f"huiyin {command}: {' '.join(text.split())}", file=sys.stderr)
    return status


def _shown(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(str(item) for item in value)
    return str(value)
