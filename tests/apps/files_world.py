"""Short ways for tests to hand in files and to let the cleaner look at them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django_tasks_db.models import DBTaskResult

from huiyin.cases.file_job import clean_file
from huiyin.cases.files import FileView, files_of
from huiyin.cases.filing import sort_out
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.domain.receipts import Code
from huiyin.vault import files as vault_files
from tests.people import NOW, Town
from tests.planted_files import PLANT, docx, jpeg


def given(*files: tuple[str, bytes]) -> tuple[object, ...]:
    """Files as the hand-in takes them."""
    return sort_out(files).taken


def with_photo(town: Town, now: datetime = NOW, **more: object) -> tuple[Case, Code]:
    """A complaint with one planted photograph, not looked at yet."""
    done, code = town.hand_in(now=now, files=given((f"{PLANT}.jpg", jpeg())), **more)
    return done.case, code


def with_document(town: Town, **more: object) -> tuple[Case, Code]:
    """A complaint with an office document, which nothing of ours can clean."""
    done, code = town.hand_in(files=given((f"{PLANT}.docx", docx())), **more)
    return done.case, code


def look(case: Case) -> list[str]:
    """Do the cleaner's jobs of a case at once."""
    waiting = vault_files.waiting(case.vault)
    return [clean_file.func(case.number, file.hex, 0) for file in waiting]


def files(case: Case) -> tuple[FileView, ...]:
    """The files of a case as they are now."""
    return files_of(case, history_of(case))


def jobs(case: Case) -> list[UUID]:
    """The files that jobs were left for."""
    rows = DBTaskResult.objects.filter(task_path=clean_file.module_path)
    return [
        UUID(row.args_kwargs["args"][1])
        for row in rows
        if row.args_kwargs["args"][0] == case.number
    ]
