"""Letters and receipts as tagged PDF (PDF/UA-1), through Typst, with the font that Huiyin ships.

The words come from wording.py, the page from letters/*.typ. Everything that people wrote crosses
into Typst as one JSON string: nothing of it is ever read as markup. Fonts of the machine are not
used, so that a letter looks the same everywhere. A letter names the case, never the complainant.
"""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

import segno
import typst

from huiyin.reports.wording import Fields, Filled, ids, load

HERE = Path(__file__).parent
LAYOUTS = HERE / "letters"
# The first has Latin and Chinese. The second, inside the typst wheel, has Arabic and Cyrillic.
FAMILIES = ("Noto Serif CJK SC", "DejaVu Sans Mono")
# Language and region choose the Taiwan forms of the characters for zh-Hant (OpenType locl).
LANGUAGE_AND_REGION = {"zh-Hans": ("zh", "cn"), "zh-Hant": ("zh", "tw"), "en": ("en", "gb")}

__all__ = ["fonts", "ids", "load", "render", "tagged"]


def render(template_id: str, language: str, fields: Fields) -> bytes:
    """The letter `template_id` in `language` ("zh-Hans", "zh-Hant", "en") as a tagged PDF.

    `fields` holds number, office, dated (date), optionally reference, office_lines, provisional
    (names of the date fields that are provisional), and what `load(template_id)` lists. The same
    fields give the same bytes. Raises Refusal: letter-unknown, letter-language-unknown,
    letter-field-missing, letter-field-unknown, letter-field-kind.
    """
    filled = Filled(template_id, language, fields)
    dated = filled.fields["dated"]
    assert isinstance(dated, date)  # Filled saw to it
    compiler = typst.Compiler(
        LAYOUTS / f"{filled.wording.layout}.typ",
        root=LAYOUTS,
        font_paths=fonts(),
        sys_inputs={"letter": json.dumps(_data(filled), ensure_ascii=False)},
    )
    return tagged(compiler, datetime.combine(dated, time(), UTC))


def tagged(compiler: typst.Compiler, stamp: datetime) -> bytes:
    """PDF/UA-1, which refuses a sign that no font shows (ISO 14289-1, 7.21.8). A letter with such
    a sign, an emoji say, is written all the same: tagged, the sign as an empty box and whole in
    the text, only without the claim to the standard."""
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=stamp)
    except typst.TypstError:
        pdf = compiler.compile(format="pdf", timestamp=stamp)
    assert isinstance(pdf, bytes)  # one document, no output file
    return pdf


@cache
def fonts() -> typst.Fonts:
    """Read once: the font file is 5 MB."""
    return typst.Fonts(include_system_fonts=False, font_paths=[HERE / "fonts"])


def _data(filled: Filled) -> dict[str, object]:
    """What the layouts read as `data`."""
    language, region = LANGUAGE_AND_REGION[filled.language]
    chinese = language == "zh"
    numbered = "reference_line" if filled.has("reference") else "number_line"
    data: dict[str, object] = {
        "lang": language,
        "region": region,
        "chinese": chinese,
        "leading": 0.85 if chinese else 0.7,
        "fonts": FAMILIES,
        "title": filled.text("title"),
        "number": filled.value("number"),
        "number-line": filled.text(numbered),
        "office": filled.value("office"),
        "office-lines": filled.values("office_lines"),
        "addressee": filled.text("addressee"),
        "dated": filled.value("dated"),
        "foot": filled.text("foot"),
        "dates-head": [filled.text(f"dates_{part}") for part in ("what", "until", "article")],
        "blocks": list(filled.blocks()),
    }
    return data | (_receipt_data(filled) if filled.wording.layout == "receipt" else {})


def _receipt_data(filled: Filled) -> dict[str, object]:
    """The extras of receipt.typ: the code in its box, the QR code as SVG."""
    picture = None
    if filled.has("qr"):
        out = io.BytesIO()
        segno.make(str(filled.fields["qr"]), error="m", micro=False).save(out, kind="svg", border=2)
        picture = out.getvalue().decode("utf-8")
    return {
        "number-label": filled.text("number_label"),
        "code": filled.value("code") if filled.has("code") else None,
        "code-label": filled.text("code_label"),
        "qr": picture,
        "qr-label": filled.text("qr_label"),
        "qr-alt": filled.text("qr_alt"),
    }
