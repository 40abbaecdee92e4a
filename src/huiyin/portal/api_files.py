"""Files in the API: base64 in, what was taken and what not out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Any

from huiyin.cases.filing import Sorted
from huiyin.domain.errors import Refusal
from huiyin.people.refusing import explain
from huiyin.portal.api_shapes import FileIn


def decoded(files: Sequence[FileIn]) -> Iterator[tuple[str, bytes]]:
    """Names and bytes. Raises Refusal ``file-not-base64`` (place): a program's mistake, told
    before anything is recorded."""
    found = []
    for place, file in enumerate(files, 1):
        try:
            found.append((file.name, base64.b64decode(file.data, validate=True)))
        except (binascii.Error, ValueError) as error:
            raise Refusal("file-not-base64", place=place) from error
    return iter(found)


def refused_out(done: Sorted) -> list[dict[str, Any]]:
    """The files that were not taken, with the same words as on the pages."""
    out = []
    for place, refusal in done.refused:
        words = explain(refusal)
        out.append(
            {"place": place, "code": words.code, "title": words.text, "detail": words.remedy}
        )
    return out
