"""Receiving files without ever writing them to disk.

Django would put a large upload into the machine's temporary folder, in plain. So every address
drops files (``Dropped``, set for all of them) but the few that ask for one: what they receive
stays in memory, and what is larger than they take is read on without being kept.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from huiyin.cases.filing import most_bytes
from huiyin.domain.errors import Refusal


class Dropped(FileUploadHandler):
    """For addresses that ask for no file: nothing of one is kept."""

    def new_file(self, *args: Any, **options: Any) -> None:
        """A file begins and is passed over."""
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never called."""

    def file_complete(self, file_size: int) -> None:
        """Never called."""


# A request as a whole: several photographs at once, on a line that will carry them.
TIMES_A_FILE = 4


def most_together() -> int:
    """The bytes of all files of one request."""
    return TIMES_A_FILE * most_bytes()


# The last field of every form with files: missing, the upload was cut off on its way.
END = "whole"


class FilesInMemory(FileUploadHandler):
    """Keeps several files in memory as (name, bytes); None for one that is too large."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.given: list[tuple[str, bytes | None]] = []
        self._room = most_together()

    def new_file(self, *args: Any, **options: Any) -> None:
        """A file begins."""
        super().new_file(*args, **options)
        self._held: bytearray | None = bytearray()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Part of the file; of one that is too large nothing is kept."""
        self._room -= len(raw_data)
        if self._held is None or self._room < 0 or start + len(raw_data) > most_bytes():
            self._held = None
        else:
            self._held += raw_data

    def file_complete(self, file_size: int) -> None:
        """The file is whole; Django itself gets nothing."""
        data = bytes(self._held) if self._held is not None else None
        self.given.append((self.file_name or "", data))


View = Callable[..., HttpResponse]


def receives_files(view: View) -> View:
    """For pages that ask for files. The token against forged forms is checked inside, after the
    upload handler is set: reading a token reads the whole form."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def receiving(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        request.upload_handlers = [FilesInMemory(request)]
        answer: HttpResponse = protected(request, *args, **named)
        return answer

    return receiving


def given_files(request: HttpRequest) -> list[tuple[str, bytes | None]]:
    """The files of a form. Raises Refusal ``upload-cut-off`` if its end is missing."""
    posted = request.POST  # reads the form, and with it the files
    handler = next((h for h in request.upload_handlers if isinstance(h, FilesInMemory)), None)
    given = handler.given if handler is not None else []
    if END not in posted:
        raise Refusal("upload-cut-off")
    return given


def most_in_words() -> dict[str, int]:
    """The limits as pages tell them before anybody chooses a file."""
    return {"each": settings.HUIYIN_FILE_MB, "together": TIMES_A_FILE * settings.HUIYIN_FILE_MB}
