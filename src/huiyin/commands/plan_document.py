"""``huiyin plan document``: a plan as a file for those who must file paper, PDF or Word.

The order is that of GB/T 29639-2020. Names and numbers of people stay out unless ``--private`` is
given. Needs no installation.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from huiyin import plans
from huiyin.commands import options
from huiyin.commands.options import WrongCall
from huiyin.domain.errors import Refusal
from huiyin.domain.plans.filed.filing import fill_form
from huiyin.domain.plans.filed.forms import FORMS
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation
from huiyin.plans.filing import build, dated, words

Read = Callable[[argparse.Namespace], tuple[Plan, Organisation | None]]


def add_to(command: argparse.ArgumentParser, read: Read) -> None:
    """Give ``document`` its options; ``read`` reads the files that it names."""
    command.add_argument("--pdf", metavar="OUT", help="write a tagged PDF")
    command.add_argument("--docx", metavar="OUT", help="write a Word file")
    command.add_argument("--form", choices=FORMS, help="a form for the first hours instead")
    command.add_argument("--private", action="store_true", help="with names and numbers of people")
    command.set_defaults(run=lambda arguments: _document(arguments, read))


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
    day = dated(plan, datetime.now(UTC).astimezone().date())
    # Typst and python-docx cost half a second; only this command pays it.
    from huiyin.reports.documents import pdf, word

    for name, render in ((arguments.pdf, pdf.render), (arguments.docx, word.render)):
        if name:
            _write(name, render(document, day))
            print(name)
    return 0


def _write(name: str, source: bytes) -> None:
    part = Path(f"{name}.part")
    part.write_bytes(source)
    os.replace(part, name)
