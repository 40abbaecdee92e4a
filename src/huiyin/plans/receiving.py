"""Receiving a plan or an organisation as a file, in memory alone.

Every address drops files (``FILE_UPLOAD_HANDLERS``), so that nothing is ever spooled to a disk in
clear; an organisation's file holds names and telephone numbers. What is longer than a plan may be
is cut one byte beyond, and the reader then says that it is too long.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from huiyin.domain.plans.reading import MOST_BYTES

View = Callable[..., HttpResponse]


class PlanInMemory(FileUploadHandler):
    """Keeps one file, at most one byte more than ``MOST_BYTES`` of it."""

    def new_file(self, *args: Any, **options: Any) -> None:
        """A file begins."""
        super().new_file(*args, **options)
        self._held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Part of the file; what is too much is read on and not kept."""
        self._held.write(raw_data[: max(0, MOST_BYTES + 1 - start)])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file is whole."""
        size = self._held.tell()
        self._held.seek(0)
        return InMemoryUploadedFile(
            self._held, self.field_name, self.file_name, self.content_type, size, self.charset
        )


def receives_plan(view: View) -> View:
    """For pages that ask for a file. The token against forged forms is checked inside, after the
    upload handler is set: reading a token reads the whole form."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def receiving(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        request.upload_handlers = [PlanInMemory(request)]
        return protected(request, *args, **named)

    return receiving
