"""A plan as a document that is filed: its words, and what the law asks for, put into one.

The order is that of GB/T 29639-2020 (``domain/plans/filed``); drawing it as PDF or Word is
``huiyin.reports.documents``. The command and the pages make the same document.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from huiyin import duties, plans
from huiyin.domain.documents import Document
from huiyin.domain.duties import telling
from huiyin.domain.languages import pick
from huiyin.domain.plans.filed.filing import file_plan
from huiyin.domain.plans.filed.names import Legal
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation


@cache
def words() -> dict[str, Any]:
    """Sentences and order of the document."""
    return tomllib.loads((files("huiyin.plans") / "document.toml").read_text("utf-8"))


def build(plan: Plan, who: Organisation | None, language: str, private: bool) -> Document:
    """The document of a plan with all that is shipped: labels, words, legal duties."""
    return file_plan(
        plan, who, plans.labels(), words(), language, legal=_legal(language), private=private
    )


def dated(plan: Plan, today: date) -> date:
    """The day that the file names: of the approval, else of the last change, else today."""
    approval = plan.about.approval
    return (approval.on if approval else plan.about.revised) or today


def _legal(language: str) -> dict[str, Legal]:
    """What the law asks for with each duty that a plan may name."""
    say = words()["sentences"]["law-asks"]
    found = {}
    for name, one in duties.all_duties().items():
        law = duties.load(one.law)
        limit, cited = telling.limit(one, language), telling.cited(law, one.basis, language)
        items = {item: pick(text, language) for item, text in one.items.items()}
        found[name] = Legal(pick(say, language).format(limit=limit, cited=cited), items)
    return found
