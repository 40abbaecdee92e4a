"""Words for what verification and ``ledger check`` found, in each language; needs no Django.

Sentences of refusals are not repeated here: a finding ``event-proof-malformed`` is the place
``event-`` and the sentence of the refusal ``proof-malformed``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from huiyin.domain.findings import Finding, Verdict
from huiyin.register.faults import Fault

LANGUAGES = ("zh-Hans", "zh-Hant", "en")


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("huiyin.register").joinpath("verdicts.toml").read_text("utf-8"))


@cache
def _refusals() -> dict[str, Any]:
    found = files("huiyin").joinpath("web", "refusals", "register.toml")
    return tomllib.loads(found.read_text("utf-8"))


def say(finding: Finding, language: str) -> str:
    """The finding in one of LANGUAGES. Raises KeyError for an unknown code."""
    data = {name: _shown(value) for name, value in finding.data.items()}
    if finding.code.startswith("words-") and "kind" in data:
        data["kind"] = _text_name(data["kind"], language)
    return _template(finding.code, language).format_map(_Blank(data))


def say_refusal(code: str, data: Mapping[str, object], language: str) -> str:
    """A refusal's sentence and remedy, for commands that run without Django."""
    entry = _refusals()[code]
    shown = _Blank({name: _shown(value) for name, value in data.items()})
    return f"{entry[language]} {entry['remedy'][language]}".format_map(shown)


def table(language: str) -> dict[str, dict[str, str]]:
    """All words that a check of a receipt can need in one language, for a page that speaks
    without a server: verdicts, kinds, findings, places, names of texts, refusals and their
    remedies."""
    parts = {
        part: {code: str(texts[language]) for code, texts in _words()[part].items()}
        for part in ("verdicts", "kinds", "findings", "places", "texts")
    }
    heard = {code: entry for code, entry in _refusals().items() if entry["status"] in (404, 422)}
    parts["refusals"] = {code: str(entry[language]) for code, entry in heard.items()}
    remedies = {
        code: entry for code, entry in heard.items() if code.startswith(("vkey-", "policy-"))
    }
    parts["remedies"] = {code: str(e["remedy"][language]) for code, e in remedies.items()}
    return parts


def closing(verdict: Verdict, language: str) -> str:
    """The last line of the report."""
    return str(_words()["verdicts"][verdict.status][language])


def kind(finding: Finding, language: str) -> str:
    """proved, failed or open, in words."""
    return str(_words()["kinds"][finding.kind][language])


def say_text(event: int, name: str, language: str) -> str:
    """Which text of which event it is; a name that we do not know stays as it is."""
    place = str(_words()["places"]["event-"][language]).format(event=event)
    return _shown(place + _text_name(name, language))


def _text_name(name: str, language: str) -> str:
    return str(_words()["texts"].get(name, {}).get(language, name))


def say_fault(fault: Fault, language: str) -> str:
    """A fault of ``ledger check`` in words: place, what is wrong, what it looks like."""
    words = _words()
    data = _Blank({name: _shown(value) for name, value in fault.data.items()})
    place = f"{fault.place} {fault.where}".strip()
    text = str(words["faults"][fault.code][language]).format_map(data)
    return f"{place}: {text} [{words['causes'][fault.cause][language]}]"


def say_check(part: str, language: str, **data: object) -> str:
    """How ``ledger check`` ends: sound, faulty, more."""
    return str(_words()["check"][part][language]).format_map(data)


def say_monitor(finding: Finding, language: str) -> str:
    """A finding of ``huiyin monitor`` in words. Raises KeyError for an unknown code."""
    data = _Blank({name: _shown(value) for name, value in finding.data.items()})
    return str(_words()["monitor"][finding.code][language]).format_map(data)


def say_monitor_end(status: int, language: str) -> str:
    """The last line of ``huiyin monitor``."""
    return str(_words()["monitor"]["sound" if status == 0 else "faulty"][language])


def language_of(environment: Mapping[str, str]) -> str:
    """The language that a terminal's locale asks for, English if it is none of ours."""
    locale = environment.get("LC_ALL") or environment.get("LANG") or ""
    if not locale.startswith("zh"):
        return "en"
    return "zh-Hant" if locale[3:5] in ("TW", "HK", "MO") else "zh-Hans"


def _template(code: str, language: str) -> str:
    words, refusals = _words(), _refusals()
    for part in ("findings", "packages"):
        if code in words[part]:
            return str(words[part][code][language])
    for prefix, place in words["places"].items():
        if code.startswith(prefix) and code.removeprefix(prefix) in refusals:
            return str(place[language] + refusals[code.removeprefix(prefix)][language])
    raise KeyError(code)


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _shown(value: object) -> str:
    """Hostile text must not move the cursor or turn the line around."""
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return "".join(c if c.isprintable() else "\ufffd" for c in text)
