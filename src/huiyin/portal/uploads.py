"""Receiving a small file without ever writing it to disk.

Django would put a large upload into the machine's temporary folder, in plain; a receipt names
a case, so it stays in memory, and what is larger than a receipt can be is refused on the way.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from huiyin.domain.verification import MAX_BYTES


class SmallInMemory(FileUploadHandler):
    """Keeps one file of at most ``MAX_BYTES`` in memory; reads on without keeping beyond that
    and says so in ``too_large``."""

    too_large = False

    def new_file(self, *args: Any, **options: Any) -> None:
        """A file begins."""
        super().new_file(*args, **options)
        self.held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Part of the file."""
        if start + len(raw_data) > MAX_BYTES:
            self.too_large = True
            raise StopUpload(connection_reset=False)
        self.held.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file is whole."""
        self.held.seek(0)
        return InMemoryUploadedFile(
            file=self.held,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
        )
