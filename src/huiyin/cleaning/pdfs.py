"""PDFs made anew, page by page, from a list of what may stay.

Deleting what is known to be bad leaves what nobody thought of (embedded files hang in five
places). So nothing of the old file is kept: pages, fonts, pictures and drawing instructions are
copied one by one into an empty document (``pdf_parts``), each with the entries of the list and
no other. Form fields are drawn into their page first, because people see them; notes, links,
attachments, scripts, layers switched off, earlier versions and every description stay behind.
A line under a black bar stays where it is: what a page covers, it still holds.
"""

from __future__ import annotations

import io
from contextlib import suppress

import pikepdf
from pikepdf import Dictionary, Name, Pdf

from huiyin.cleaning.pdf_parts import Copier
from huiyin.cleaning.results import (
    CLEANED,
    DYNAMIC_FORM,
    LOCKED,
    MALFORMED,
    MOST_OBJECTS,
    MOST_PAGES,
    TOO_DEMANDING,
    TOO_MANY_PAGES,
    Result,
    kept,
    refused,
)


def clean(data: bytes, media: str) -> Result:
    """A new PDF with the pages of ``data``. Raises NotCleaned."""
    try:
        with Pdf.open(io.BytesIO(data)) as source:
            return _rebuilt(source, data)
    except pikepdf.PasswordError as error:
        raise refused(LOCKED) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise refused(MALFORMED) from error


def _rebuilt(source: Pdf, data: bytes) -> Result:
    _check(source)
    removed = _told(source, data)
    _draw_fields(source)
    target = Pdf.new()
    copier = Copier(source, target)
    for page in source.pages:
        target.pages.append(pikepdf.Page(copier.page(page)))
    if not len(target.pages):
        raise refused(MALFORMED)
    removed |= copier.removed
    out = io.BytesIO()
    target.save(out, deterministic_id=True)
    return Result(CLEANED, media="application/pdf", removed=removed, copy=out.getvalue())


def _check(source: Pdf) -> None:
    if len(source.objects) > MOST_OBJECTS:
        raise refused(TOO_DEMANDING)
    if len(source.pages) > MOST_PAGES:
        raise refused(TOO_MANY_PAGES)
    form = source.Root.get(Name.AcroForm)
    if isinstance(form, Dictionary) and Name.XFA in form:
        # What such a form shows is computed by the reader's program, not written in the pages.
        raise kept(DYNAMIC_FORM)


def _told(source: Pdf, data: bytes) -> dict[str, int]:
    """What the file holds besides its pages, for the people who read that it was left out."""
    root = source.Root
    names = root.get(Name.Names)
    notes = sum(len(page.get(Name.Annots, [])) for page in source.pages)
    found = {
        "description": int(Name.Metadata in root or Name.Info in source.trailer),
        "attachments": len(source.attachments) + int(Name.AF in root),
        "scripts": int(Name.OpenAction in root or Name.AA in root or _in(names, Name.JavaScript)),
        "notes": notes,
        "layers": int(Name.OCProperties in root),
        "versions": max(0, data.count(b"%%EOF") - 1),
        "signature": int(b"/ByteRange" in data),
    }
    return {name: count for name, count in found.items() if count}


def _in(names: object, name: Name) -> bool:
    return isinstance(names, Dictionary) and name in names


def _draw_fields(source: Pdf) -> None:
    """Draw filled-in form fields into their page; every other annotation goes first."""
    for page in source.pages:
        notes = page.get(Name.Annots)
        if notes is None:
            continue
        fields = [
            n for n in notes if isinstance(n, Dictionary) and n.get(Name.Subtype) == Name.Widget
        ]
        page[Name.Annots] = pikepdf.Array(fields)
    # A broken form must not cost the pages; its fields are then left out.
    with suppress(pikepdf.PdfError, RuntimeError, ValueError):
        source.generate_appearance_streams()
        source.flatten_annotations("screen")


def _is_field(note: object) -> bool:
    return isinstance(note, Dictionary) and note.get(Name.Subtype) == Name.Widget
