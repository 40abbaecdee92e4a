"""A document as Word (OOXML) through python-docx: real headings, a table of contents, tables whose
head repeats on each page, for offices that file and edit paper.

The same document and day give the same bytes. Word numbers the pages of the contents itself when
it opens the file (it may ask first); the titles stand there from the beginning.
"""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import docx
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from huiyin.domain.cap.writing import UNPRINTABLE
from huiyin.domain.documents import Block, Break, Bullets, Document, Heading, Paragraph, Table

ACCENT = RGBColor(0x1D, 0x5C, 0x63)
FAINT = RGBColor(0x5A, 0x64, 0x68)
# Names of fonts that an office's machine has; Word takes another where one is missing.
FONTS = {
    "zh-Hans": ("Times New Roman", "宋体", "zh-CN"),
    "zh-Hant": ("Times New Roman", "新細明體", "zh-TW"),
    "en": ("Times New Roman", "宋体", "en-GB"),
}
BODY, SMALL = Pt(11), Pt(9)
LINE = 16.6  # centimetres between the margins
_STAMP = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can name


def render(document: Document, dated: date) -> bytes:
    """The document as .docx; ``dated`` is the day that the file itself names."""
    file = docx.Document()
    _properties(file, document, dated)
    _styles(file, document.language)
    _page(file, document)
    if document.short:
        _head(file, document)
    else:
        _cover(file, document)
        _contents(file, document)
    for block in document.blocks:
        _block(file, block)
    if document.short:
        _signatures(file, document)
    out = io.BytesIO()
    file.save(out)
    return _same_bytes(out.getvalue())


def _properties(file: Any, document: Document, dated: date) -> None:
    properties = file.core_properties
    properties.title, properties.author = (
        _clean(document.title)[:255],
        _clean(document.office)[:255],
    )
    properties.subject, properties.language = document.subtitle, document.language
    properties.comments = properties.keywords = ""
    properties.last_modified_by = _clean(document.office)[:255]
    properties.created = properties.modified = datetime.combine(dated, time())
    properties.revision = 1


def _styles(file: Any, language: str) -> None:
    latin, eastern, tag = FONTS[language]
    for name, size, colour in (
        ("Normal", BODY, None),
        ("Title", Pt(26), ACCENT),
        ("Heading 1", Pt(16), ACCENT),
        ("Heading 2", Pt(13), RGBColor(0, 0, 0)),
        ("Heading 3", Pt(11.5), RGBColor(0, 0, 0)),
        ("List Bullet", BODY, None),
    ):
        style = file.styles[name]
        style.font.name, style.font.size = latin, size
        if colour is not None:
            style.font.color.rgb = colour
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), eastern)
    language_mark = OxmlElement("w:lang")
    language_mark.set(qn("w:val"), tag if language == "en" else "en-GB")
    language_mark.set(qn("w:eastAsia"), tag if language != "en" else "zh-CN")
    file.styles["Normal"].element.get_or_add_rPr().append(language_mark)
    # Word computes the pages of the contents when it opens the file.
    update = OxmlElement("w:updateFields")
    update.set(qn("w:val"), "true")
    file.settings.element.append(update)


def _page(file: Any, document: Document) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin, section.bottom_margin = Cm(2.4), Cm(2.4)
    foot = section.footer.paragraphs[0]
    foot.style = file.styles["Normal"]
    foot.paragraph_format.tab_stops.add_tab_stop(Cm(LINE), WD_TAB_ALIGNMENT.RIGHT)
    run = foot.add_run(_clean(document.running) + "\t")
    run.font.size, run.font.color.rgb = SMALL, FAINT
    _field(foot, "PAGE", "1")


def _cover(file: Any, document: Document) -> None:
    _centred(file, "\n\n\n\n" + document.subtitle, Pt(14), FAINT)
    title = file.add_paragraph(_clean(document.title), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _centred(file, document.office + "\n\n\n", Pt(15))
    table = file.add_table(rows=0, cols=2)
    for label, said in document.facts:
        cells = table.add_row().cells
        _fill(cells[0], label, FAINT, WD_ALIGN_PARAGRAPH.RIGHT)
        _fill(cells[1], said)
    _centred(file, "\n\n\n", BODY)
    _signatures(file, document)
    file.add_section(WD_SECTION.NEW_PAGE)


def _head(file: Any, document: Document) -> None:
    """What a short document has in place of a cover."""
    title = file.add_paragraph(_clean(document.title), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.LEFT
    facts = " · ".join(f"{label} {said}" for label, said in document.facts)
    run = file.add_paragraph().add_run(_clean(f"{document.office} · {document.subtitle}\n{facts}"))
    run.font.size, run.font.color.rgb = SMALL, FAINT


def _signatures(file: Any, document: Document) -> None:
    for label, _ in document.signatures:
        _centred(file, f"\n{label}  ______________________________", BODY)


def _centred(file: Any, text: str, size: Pt, colour: RGBColor | None = None) -> None:
    paragraph = file.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(_clean(text))
    run.font.size = size
    if colour is not None:
        run.font.color.rgb = colour


def _contents(file: Any, document: Document) -> None:
    """A field that Word fills; the headings stand in it until then."""
    head = file.add_paragraph()
    run = head.add_run(document.contents)
    run.bold, run.font.size = True, Pt(16)
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    first = paragraph = file.add_paragraph()
    _mark(first, "begin")
    _instruction(first, r'TOC \o "1-3" \h \z \u')
    _mark(first, "separate")
    for number, heading in enumerate(headings):
        paragraph = first if number == 0 else file.add_paragraph()
        paragraph.paragraph_format.left_indent = Cm(0.6 * (heading.level - 1))
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run(_clean(heading.line))
    _mark(paragraph, "end")
    paragraph.add_run().add_break(WD_BREAK.PAGE)


def _block(file: Any, block: Block) -> None:
    if isinstance(block, Heading):
        file.add_heading(_clean(block.line), level=block.level)
    elif isinstance(block, Paragraph):
        file.add_paragraph(_clean(block.text))
    elif isinstance(block, Bullets):
        for item in block.items:
            file.add_paragraph(_clean(item), style="List Bullet")
    elif isinstance(block, Break):
        file.add_page_break()
    else:
        _table(file, block)


def _table(file: Any, block: Table) -> None:
    caption = file.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_after = Pt(3)
    caption.add_run(_clean(block.caption)).bold = True
    table = file.add_table(rows=1, cols=len(block.head), style="Table Grid")
    table.autofit = False
    widths = [Cm(LINE * share / sum(block.widths)) for share in block.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for cell, name, width in zip(table.rows[0].cells, block.head, widths, strict=True):
        _fill(cell, name, FAINT)
        cell.width = width
    # The head is a head: it repeats on each page and screen readers say it.
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in block.rows:
        added = table.add_row()
        added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        # Word reads the width of each cell, others that of the column.
        for cell, said, width in zip(added.cells, row, widths, strict=True):
            _fill(cell, said)
            cell.width = width
    file.add_paragraph().paragraph_format.space_after = Pt(4)


def _fill(cell: Any, text: str, colour: RGBColor | None = None, align: Any = None) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    if align is not None:
        paragraph.alignment = align
    run = paragraph.add_run(_clean(text))  # python-docx makes a line break of each \n
    run.font.size = SMALL
    if colour is not None:
        run.font.color.rgb = colour


def _clean(text: str) -> str:
    """Without the signs that XML cannot carry."""
    return UNPRINTABLE.sub("\ufffd", text)


def _field(paragraph: Any, instruction: str, shown: str) -> None:
    _mark(paragraph, "begin")
    _instruction(paragraph, instruction)
    _mark(paragraph, "separate")
    paragraph.add_run(shown).font.size = SMALL
    _mark(paragraph, "end")


def _mark(paragraph: Any, kind: str) -> None:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(mark)


def _instruction(paragraph: Any, text: str) -> None:
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = text
    paragraph.add_run()._r.append(instruction)


def _same_bytes(source: bytes) -> bytes:
    """The same package without the time of packing."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(source)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, _STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(entry))
    return out.getvalue()
