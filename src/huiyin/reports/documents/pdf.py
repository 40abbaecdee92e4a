"""A document as tagged PDF (PDF/UA-1) through Typst, with the font that Huiyin ships.

Words cross into Typst as one JSON string and are never read as markup. The same document and day
give the same bytes.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import typst

from huiyin.domain.documents import Block, Break, Bullets, Document, Heading, Paragraph
from huiyin.reports.letters import FAMILIES, fonts, tagged

HERE = Path(__file__).parent
# Language and region choose the forms of the characters (OpenType locl).
_REGION = {"zh-Hans": ("zh", "cn"), "zh-Hant": ("zh", "tw"), "en": ("en", "gb")}


def render(document: Document, dated: date) -> bytes:
    """The document as PDF; ``dated`` is the day that the file itself names."""
    compiler = typst.Compiler(
        HERE / "document.typ",
        root=HERE,
        font_paths=fonts(),
        sys_inputs={"document": json.dumps(_data(document), ensure_ascii=False)},
    )
    return tagged(compiler, datetime.combine(dated, time(), UTC))


def _data(document: Document) -> dict[str, object]:
    language, region = _REGION[document.language]
    return {
        "lang": language,
        "region": region,
        "chinese": language == "zh",
        "leading": 0.85 if language == "zh" else 0.7,
        "fonts": FAMILIES,
        "title": document.title,
        "subtitle": document.subtitle,
        "office": document.office,
        "contents": document.contents,
        "facts": document.facts,
        "signatures": [label for label, _ in document.signatures],
        "running": document.running,
        "short": document.short,
        "blocks": [_block(block) for block in document.blocks],
    }


def _block(block: Block) -> dict[str, object]:
    if isinstance(block, Heading):
        return {"kind": "heading", "level": block.level, "text": block.line}
    if isinstance(block, Paragraph):
        return {"kind": "text", "text": block.text}
    if isinstance(block, Bullets):
        return {"kind": "list", "items": block.items}
    if isinstance(block, Break):
        return {"kind": "break"}
    return {
        "kind": "table",
        "caption": block.caption,
        "head": block.head,
        "rows": block.rows,
        "widths": block.widths,
    }
