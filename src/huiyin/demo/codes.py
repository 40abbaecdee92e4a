"""The receipt codes of demo cases: they follow from the case's id, so that a guide can name
them. Real codes are random (``cases.submitting``)."""

from __future__ import annotations

import hashlib

from huiyin.domain.receipts import Code, make


def code_of(case_id: str) -> Code:
    """The receipt code of a demo case: always the same, so that a visitor can follow it.
    Demo cases hold invented data; real codes are random."""
    return make(hashlib.sha256(f"huiyin demo {case_id}".encode()).digest()[:15])
