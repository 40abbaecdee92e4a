"""``huiyin plan document``: a plan as a file for those who must file paper, PDF or Word.

The order is that of GB/T 29639-2020. Names and numbers of people stay out unless ``--private`` is
given. Needs no installation.
"""

from __future__ import annotations

import argparse
import os
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from huiyin import duties, plans
from huiyin.commands import duty, options
from huiyin.commands.options import WrongCall
from huiyin.domain.documents import Document
from huiyin.domain.errors import Refusal
from huiyin.domain.languages import pick
from huiyin.domain.plans.filed.filing import file_plan, fill_form
from huiyin.domain.plans.filed.forms import FORMS
from huiyin.domain.plans.filed.names import Legal
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation

Read = Callable[[argparse.Namespace], tuple[Plan, Organisation | None]]


def add_to(command: argparse.ArgumentParser, read: Read) -> None:
    """Give ``document`` its options; ``read`` reads the files that it names."""
    command.add_argument("--pdf", metavar="OUT", help="write a tagged PDF")
    command.add_argument("--docx", metavar="OUT", help="write a Word file")
    command.add_argument("--form", choices=FORMS, help="a form for the first hours instead")
    command.add_argument("--private", action="store_true", help="with names and numbers of people")
    command.set_defaults(run=lambda arguments: _document(arguments, read))


@cache
def words() -> dict[str, Any]:
    """Sentences and order of the document."""
    return tomllib.loads((files("huiyin.plans") / "document.toml").read_text("utf-8"))


def build(plan: Plan, who: Organisation | None, language: str, private: bool) -> Document:
    """The document of a plan with all that is shipped: labels, words, legal duties."""
    return file_plan(
        plan, who, plans.labels(), words(), language, legal=_legal(language), private=private
    )


def _legal(language: str) -> dict[str, Legal]:
    """What the law asks for with each duty that a plan may name."""
    say = words()["sentences"]["law-asks"]
    found = {}
    for name, one in duties.all_duties().items():
        law = duties.load(one.law)
        limit, cited = duty.limit(one, language), duty.cited(law, one.basis, language)
        items = {item: pick(text, language) for item, text in one.items.items()}
        found[name] = Legal(pick(say, language).format(limit=limit, cited=cited), items)
    return found


def _document(arguments: argparse.Namespace, read: Read) -> int:
    if not (arguments.pdf or arguments.docx):
        raise WrongCall("document needs --pdf OUT or --docx OUT")
    plan, who = read(arguments)
    if arguments.private and who is None:
        raise WrongCall("--private needs --org FILE, which holds names and numbers")
    language = options.language(arguments.lang)
    try:
        if arguments.form:
            private = arguments.private
            document = fill_form(
                arguments.form, plan, who, plans.labels(), words(), language, private=private
            )
        else:
            document = build(plan, who, language, arguments.private)
    except Refusal as refusal:
        raise WrongCall(options.sentence(refusal, language, "documents")) from refusal
    dated = _dated(plan)
    # Typst and python-docx cost half a second; only this command pays it.
    from huiyin.reports.documents import pdf, word

    for name, render in ((arguments.pdf, pdf.render), (arguments.docx, word.render)):
        if name:
            _write(name, render(document, dated))
            print(name)
    return 0


def _dated(plan: Plan) -> date:
    """The day that the file names: of the approval, else of the last change, else today."""
    approval = plan.about.approval
    known = approval.on if approval else plan.about.revised
    return known or datetime.now(UTC).astimezone().date()


def _write(name: str, source: bytes) -> None:
    part = Path(f"{name}.part")
    part.write_bytes(source)
    os.replace(part, name)
