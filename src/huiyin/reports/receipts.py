"""The receipt on paper: number, next dates with article, the register's twelve words, and, in the
moment of handing in, the code. What it proves by arithmetic is in the receipt file, not here.
"""

from __future__ import annotations

from dataclasses import dataclass

from huiyin.cases.citing import cite
from huiyin.cases.models import Case
from huiyin.cases.recording import History
from huiyin.domain.fingerprints import words_of
from huiyin.domain.languages import pick
from huiyin.domain.packs import LANGUAGES
from huiyin.people.directory import directory
from huiyin.register.queries import head
from huiyin.reports import letters


@dataclass(frozen=True)
class Paper:
    """Where the case is followed; ``code`` and ``qr`` (the address with the code) only for the
    one who was just given the code."""

    url: str
    code: str = ""
    qr: str = ""


def receipt_pdf(case: Case, history: History, language: str, paper: Paper) -> bytes:
    """The receipt of a case as it stands, as tagged PDF. Raises the refusals of ``render``."""
    tag = language if language in LANGUAGES else "en"
    given = {
        "number": case.number,
        "office": _office(case, tag),
        "dated": history.state.last.astimezone(history.law.zone).date(),
        "received": history.state.started.astimezone(history.law.zone).date(),
        "dates": _dates(history, tag),
        "url": paper.url,
        "code": paper.code,
        "qr": paper.qr,
        "words": " ".join(words_of(head().root, tag)),
    }
    return letters.render("receipt", tag, {name: value for name, value in given.items() if value})


def _office(case: Case, tag: str) -> str:
    tree = directory()
    body = next((u for u in tree.line(case.unit_id) if u in tree.bodies), case.unit_id)
    return pick(tree.units[body].name, tag)


def _dates(history: History, tag: str) -> list[dict[str, object]]:
    """The dates that the office owes now, soonest first."""
    pack = history.law.pack
    running = [c for c in history.state.running() if c.owed_by == "office" and c.due is not None]
    return [
        {
            "label": pick(pack.limits[c.limit].title, tag),
            "due": c.due.due if c.due else None,
            "article": cite(pack, pack.limits[c.limit].basis, tag),
        }
        for c in sorted(running, key=lambda c: (c.due_at is None, c.due_at))
    ]
