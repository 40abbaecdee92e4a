"""Receiving one file of a form in memory alone, with the token against forged forms kept.

Every address drops files (``FILE_UPLOAD_HANDLERS``), so that nothing is ever spooled to a disk in
clear. A page that asks for one file says how large it may be; one byte more than that is kept, so
that its reader can say that it is too long, and the rest is read on without being kept.
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

View = Callable[..., HttpResponse]


class OneInMemory(FileUploadHandler):
    """Keeps one file, at most one byte more than ``most`` of it; then ``size`` is ``most`` + 1."""

    def __init__(self, request: HttpRequest, most: int) -> None:
        super().__init__(request)
        self._most = most

    def new_file(self, *args: Any, **options: Any) -> None:
        """A file begins."""
        super().new_file(*args, **options)
        self._held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Part of the file; what is too much is read on and not kept."""
        self._held.write(raw_data[: max(0, self._most + 1 - start)])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file is whole."""
        size = self._held.tell()
        self._held.seek(0)
        return InMemoryUploadedFile(
            self._held, self.field_name, self.file_name, self.content_type, size, self.charset
        )


def receives_one(most: int) -> Callable[[View], View]:
    """For pages that ask for one file of at most ``most`` bytes. The token is checked inside,
    after the upload handler is set: reading a token reads the whole form."""

    def wrap(view: View) -> View:
        protected = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def receiving(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            request.upload_handlers = [OneInMemory(request, most)]
            answer: HttpResponse = protected(request, *args, **named)
            return answer

        return receiving

    return wrap
