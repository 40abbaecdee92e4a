"""The files of a case as pages and API of both sides list them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from huiyin.cases.files import FileView, files_of
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.domain import filing
from huiyin.people import file_words as words
from huiyin.people.naming import role_name

ERASED = "erased"


def file_rows(files: Iterable[FileView]) -> list[dict[str, Any]]:
    """One row per file: what it is, what became of it, what the copy lacks and still has, and
    the chain of custody."""
    return [_row(file) for file in files]


def _row(file: FileView) -> dict[str, Any]:
    facts, media = file.facts, file.kind.media if file.kind else ""
    state = facts.state if file.kind is not None else ERASED
    copy = file.copy_kind if facts.state == filing.CLEANED else file.kind
    return {
        "id": facts.id,
        "n": facts.n,
        "kind": words.kind_name(media) if media else "",
        "size": words.size_words(file.size) if media else "",
        "state": words.state_words(state),
        "shape": words.shape_of(state),
        "waiting": state == filing.WAITING,
        "as_it_is": state == filing.AS_IT_IS,
        "reason": words.reason_words(facts.reason),
        "advice": words.advice_words(facts.reason),
        "removed": words.removed_words(file.removed),
        "remains": words.uncleanable_words(media) if media and facts.readable else "",
        "scan": words.scan_words(file.scan) if state != ERASED else "",
        "readable": facts.readable and state != ERASED,
        "can_give": state == filing.KEPT,
        "copy_kind": words.kind_name(copy.media) if copy and facts.readable else "",
        "copy_size": words.size_words(file.copy_size) if file.copy_size else "",
        "added": facts.at,
        "readings": [{"at": one.at, "role": role_name(one.role)} for one in facts.readings],
        "custody": _custody(file),
    }


def _custody(file: FileView) -> list[dict[str, Any]]:
    """Which bytes, under which hash, stand behind which leaf of the register."""
    links = [
        {
            "what": "original",
            "digest": file.digest,
            "sealed": file.sealed,
            "leaf": file.leaf,
            "seq": file.facts.seq,
        }
    ]
    if file.copy_sealed:
        links.append(
            {
                "what": "copy",
                "digest": file.copy_digest,
                "sealed": file.copy_sealed,
                "leaf": file.checked_leaf,
                "seq": file.facts.checked,
            }
        )
    return links


def files_out(case: Case) -> list[dict[str, Any]]:
    """The files as JSON values: codes and numbers, no words."""
    return [_out(file) for file in files_of(case, history_of(case))]


def _out(file: FileView) -> dict[str, Any]:
    return {
        "file": file.facts.id,
        "n": file.facts.n,
        "media": file.kind.media if file.kind else "",
        "size": file.size,
        "sha256": file.digest,
        "sealed_sha256": file.sealed,
        "leaf": file.leaf,
        "state": file.facts.state if file.kind else ERASED,
        "reason": file.facts.reason,
        "removed": list(file.removed),
        "copy_sha256": file.copy_digest,
        "copy_sealed_sha256": file.copy_sealed,
        "copy_leaf": file.checked_leaf,
    }


# What OpenAPI says of an answer that is a file.
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
FILE_ANSWER = {
    "responses": {
        200: {
            "description": "The file, as a download",
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    }
}
