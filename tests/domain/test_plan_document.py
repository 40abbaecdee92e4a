"""The filed document of a plan: the standard's order, everything of the plan, nothing invented, and
the same words in PDF and Word."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from huiyin import plans
from huiyin.cli import main
from huiyin.commands import plan_document
from huiyin.domain.documents import Break, Bullets, Document, Heading, Paragraph, Table
from huiyin.domain.errors import Refusal
from huiyin.domain.plans.filed.filing import file_plan, fill_form
from huiyin.domain.plans.filed.sections import SECTIONS
from huiyin.domain.plans.filed.tables import LINE, _longest, widths
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation
from huiyin.domain.plans.reading import read_organisation, read_plan
from huiyin.reports.documents import pdf, word

DAY = date(2026, 9, 20)
EVERY = [(name, language) for name in plans.examples() for language in ("zh-Hans", "en")]
# The titles that GB/T 29639-2020 asks for, in its order.
ORDER = {
    "comprehensive": [
        "1 总则", "1.1 适用范围", "1.2 响应分级", "2 应急组织机构及职责", "3 应急响应",
        "3.1 信息报告", "3.1.1 信息接报", "3.1.2 信息处置与研判", "3.2 预警", "3.2.1 预警启动",
        "3.2.2 响应准备", "3.2.3 预警解除", "3.3 响应启动", "3.4 应急处置", "3.5 应急支援",
        "3.6 响应终止", "4 后期处置", "5 应急保障", "5.1 通信与信息保障", "5.2 应急队伍保障",
        "5.3 物资装备保障", "5.4 其他保障",
    ],
    "special": [
        "1 适用范围", "2 应急组织机构及职责", "3 响应启动", "4 处置措施", "4.1 应急处置",
        "4.2 应急支援", "4.3 预警", "4.4 响应终止", "4.5 后期处置", "5 应急保障", "5.1 演练",
    ],
    "card": ["1 事故风险描述", "2 应急工作职责", "3 应急处置", "4 注意事项"],
}  # fmt: skip
ANNEXES = [
    "附件", "A.1 生产经营单位概况", "A.2 风险评估的结果", "A.3 预案体系与衔接",
    "A.4 应急物资装备的名录或清单", "A.5 有关应急部门、机构或人员的联系方式", "A.6 格式化文本",
    "A.7 关键的路线、标识和图纸", "A.8 有关协议或者备忘录",
]  # fmt: skip


@cache
def example(name: str) -> tuple[Plan, Organisation]:
    plan, organisation = plans.example(name)
    return read_plan(plan)[0], read_organisation(organisation)[0]


def filed(name: str, language: str, private: bool = False, **changes: Any) -> Document:
    plan, organisation = example(name)
    if changes:
        plan = replace(plan, about=replace(plan.about, **changes))
    return plan_document.build(plan, organisation, language, private)


def said(document: Document) -> list[str]:
    """Every text of the document, in order."""
    found = [document.title, document.office, *(text for fact in document.facts for text in fact)]
    for block in document.blocks:
        if isinstance(block, Heading):
            found.append(block.line)
        elif isinstance(block, Paragraph):
            found.append(block.text)
        elif isinstance(block, Bullets):
            found += block.items
        elif isinstance(block, Break):
            continue
        else:
            found += [block.caption, *block.head, *(cell for row in block.rows for cell in row)]
    return found


def packed(text: str) -> str:
    """Without spaces, as lines may break anywhere."""
    return re.sub(r"\s|\u200b", "", text)


def pdf_text(source: bytes) -> str:
    reader = PdfReader(io.BytesIO(source))
    return packed("".join(page.extract_text() for page in reader.pages))


def word_text(source: bytes) -> str:
    """All paragraphs and cells of a Word file, in the order in which they stand."""
    found = []
    for block in docx.Document(io.BytesIO(source)).iter_inner_content():
        if hasattr(block, "rows"):
            found += [cell.text for row in block.rows for cell in row.cells]
        else:
            found.append(block.text)
    return packed("".join(found))


def headings(document: Document) -> list[str]:
    return [block.line for block in document.blocks if isinstance(block, Heading)]


# --- order and completeness -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ORDER)
def test_the_order_is_the_standard_s(kind: str) -> None:
    found = headings(filed("chemical-leak", "zh-Hans", kind=kind))
    assert found[: len(ORDER[kind])] == ORDER[kind]
    annexes = found[len(ORDER[kind]) :]
    if kind == "card":
        # A card carries what belongs into a hand, counted anew.
        titles = [line.partition(" ")[2] or line for line in annexes]
        assert titles == [t.partition(" ")[2] or t for t in (ANNEXES[0], *ANNEXES[4:8])]
    else:
        assert annexes == ANNEXES


def test_every_section_of_the_outline_is_written_and_every_writer_used() -> None:
    words = plan_document.words()
    lines = [line for kind in words["outline"].values() for line in kind] + words["annexes"]
    named = {line["fill"] for line in lines if "fill" in line}
    inner = {"teams", "equipment", "communication"}  # a comprehensive plan names them one by one
    assert named | inner == set(SECTIONS) | inner
    assert named >= set(SECTIONS) - inner


def _titles(plan: Plan, language: str) -> dict[str, str]:
    muster, exercises = plan.muster, plan.exercises
    blocks: list[Mapping[str, Any]] = [
        plan.basis, plan.scope.sites, plan.scope.populations, plan.risks, plan.levels,
        plan.triggers, plan.roles, plan.tasks, plan.contacts, plan.callout, plan.reports,
        plan.resources, plan.nil_return, plan.warnings,
        muster.points if muster else {}, muster.routes if muster else {},
        muster.units if muster else {}, exercises.programme if exercises else {},
    ]  # fmt: skip
    return {k: e.title[language] for block in blocks for k, e in block.items()}


@pytest.mark.parametrize(("name", "language"), EVERY)
@pytest.mark.parametrize("kind", ["comprehensive", "special"])
def test_every_entry_of_the_plan_stands_in_the_document(
    name: str, language: str, kind: str
) -> None:
    everything = "\n".join(said(filed(name, language, kind=kind)))
    lacking = {k for k, title in _titles(example(name)[0], language).items()
               if title not in everything}  # fmt: skip
    assert lacking == set()


@pytest.mark.parametrize(
    ("name", "language"),
    [("chemical-leak", "zh-Hans"), ("chemical-leak-card", "zh-Hans"), ("township-flood", "en")],
)
def test_pdf_and_word_say_the_same_in_the_same_order(name: str, language: str) -> None:
    document = filed(name, language)
    in_word = word_text(word.render(document, DAY))
    in_pdf = pdf_text(pdf.render(document, DAY))
    body = [packed(text) for text in said(document)[2 + 2 * len(document.facts) :]]
    at = 0 if document.short else in_word.rindex(body[0])  # the titles also stand in the contents
    for text in body:
        at = in_word.find(text, at)
        assert at >= 0, text
        # A page may end inside a cell; then its halves stand apart.
        assert text in in_pdf or len(text) > 8, text


def test_a_plan_that_says_nothing_says_so() -> None:
    plan, organisation = example("chemical-leak")
    bare = Plan(about=replace(plan.about, kind="comprehensive", approval=None), scope=plan.scope)
    document = plan_document.build(bare, organisation, "en", False)
    silent = [b for b in document.blocks if b == Paragraph("[The plan says nothing on this.]")]
    assert len(silent) >= 14
    assert headings(document)[0] == "1 General"
    assert not any("{" in text for text in said(document))


def test_a_legal_limit_stands_beside_the_plan_s_own() -> None:
    everything = "\n".join(said(filed("chemical-leak", "zh-Hans")))
    assert "30分钟（起算：知道时）" in everything
    assert (
        "法定：1小时内（国务院令第493号（2007年4月9日公布）第9、12条 (已核对原文)）" in everything
    )
    assert "已经造成或者可能造成的伤亡人数（包括下落不明的人数）" in everything


def test_the_language_must_be_one_of_the_plan_s() -> None:
    plan, organisation = example("chemical-leak")
    for language in ("zh-Hant", "ar", "fr"):
        with pytest.raises(Refusal, match="plan-language-missing"):
            file_plan(plan, organisation, plans.labels(), plan_document.words(), language)


def test_a_document_can_be_made_without_the_organisation() -> None:
    plan, _ = example("chemical-leak")
    document = file_plan(plan, None, plans.labels(), plan_document.words(), "en")
    assert "plant-manager" in "\n".join(said(document))


# --- forms for the first hours --------------------------------------------------------------------


def filled(name: str, number: str, language: str = "en", private: bool = False) -> Document:
    plan, organisation = example(name)
    words = plan_document.words()
    return fill_form(number, plan, organisation, plans.labels(), words, language, private=private)


@pytest.mark.parametrize("name", plans.examples())
def test_the_briefing_holds_every_role_task_and_thing_and_room_for_the_rest(name: str) -> None:
    plan, _ = example(name)
    document = filled(name, "201")
    everything = "\n".join(said(document))
    for block in (plan.roles, plan.tasks, plan.resources):
        assert all(entry.title["en"] in everything for entry in block.values())
    blanks = {row[0]: row[-1] for b in document.blocks if isinstance(b, Table) for row in b.rows}
    assert "EXERCISE or real: cross out one" in blanks
    assert blanks["Map or sketch"].count("\n") >= 8


@pytest.mark.parametrize("name", plans.examples())
def test_each_team_with_work_has_a_sheet_of_its_own(name: str) -> None:
    plan, _ = example(name)
    document = filled(name, "204")
    working = [r for r in plan.roles.values() if any(t.role == r.id for t in plan.tasks.values())]
    assert headings(document) == [f"{i} {r.title['en']}" for i, r in enumerate(working, 1)]
    assert sum(isinstance(b, Break) for b in document.blocks) == len(working) - 1
    sheets = "\n".join(said(document)).count("EXERCISE or real: cross out one")
    assert sheets == len(working)
    everything = "\n".join(said(document))
    assert all(t.title["en"] in everything for t in plan.tasks.values() if t.role)


def test_a_sheet_begins_on_a_page_of_its_own() -> None:
    document = filled("chemical-leak-card", "204", "zh-Hans")
    reader = PdfReader(io.BytesIO(pdf.render(document, DAY)))
    sheets = [packed(line) for line in headings(document)]
    pages = [packed(page.extract_text()) for page in reader.pages]
    for sheet in sheets:
        assert sum(sheet in page for page in pages) == 1
    assert len(pages) >= len(sheets)
    assert word_text(word.render(document, DAY)).count("演练/真实") == len(sheets)


def test_forms_hold_names_only_when_asked_for() -> None:
    _, organisation = example("chemical-leak")
    names = {p.name for p in organisation.private.values()}
    for number in ("201", "204"):
        open_form = "\n".join(said(filled("chemical-leak", number)))
        assert not any(name in open_form for name in names)
        named = "\n".join(said(filled("chemical-leak", number, private=True)))
        assert any(name in named for name in names)


# --- names and numbers of people ------------------------------------------------------------------


@pytest.mark.parametrize("name", plans.examples())
def test_names_and_numbers_of_people_stay_out_unless_asked_for(name: str) -> None:
    _, organisation = example(name)
    planted = {p.name for p in organisation.private.values()}
    planted |= {c.address for p in organisation.private.values() for c in p.channels}
    outside = {c.address for c in _contacts(name)}
    planted -= outside
    assert len(planted) > 5
    document = filed(name, "zh-Hans")
    packages = word.render(document, DAY)
    raw = b"".join(_unpacked(packages).values()).decode("utf-8", "replace")
    raw += "\n".join(said(document))
    for secret in planted:
        assert secret not in raw, secret
    private = filed(name, "zh-Hans", private=True)
    assert "含个人信息" in private.running
    everything = "\n".join(said(private))
    assert any(p.name in everything for p in organisation.private.values())


def _contacts(name: str) -> list[Any]:
    return [c for contact in example(name)[0].contacts.values() for c in contact.channels]


def _unpacked(source: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(source)) as package:
        return {entry: package.read(entry) for entry in package.namelist()}


# --- the files themselves -------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_the_pdf_is_tagged_and_named(language: str) -> None:
    document = filed("township-flood", language)
    reader = PdfReader(io.BytesIO(pdf.render(document, DAY)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == {"zh-Hans": "zh-CN", "en": "en-GB"}[language]
    assert "pdfuaid" in root["/Metadata"].get_data().decode("utf-8")
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == (document.title, document.office)
    marks = [m.title for m in _marks(reader.outline)]
    assert marks[-len(headings(document)) :] == headings(document)


def _marks(outline: Any) -> list[Any]:
    found = []
    for entry in outline:
        found += _marks(entry) if isinstance(entry, list) else [entry]
    return found


def test_the_word_file_has_real_headings_heads_and_contents() -> None:
    document = filed("township-flood", "zh-Hans")
    file = docx.Document(io.BytesIO(word.render(document, DAY)))
    styled = [p for p in file.paragraphs if p.style.name.startswith("Heading")]
    assert [(p.style.name, p.text) for p in styled] == [
        (f"Heading {b.level}", b.line) for b in document.blocks if isinstance(b, Heading)
    ]
    tables = [b for b in document.blocks if isinstance(b, Table)]
    heads = [t for t in file.tables if t._tbl.xpath("./w:tr[1]/w:trPr/w:tblHeader")]
    assert len(heads) == len(tables)
    for written, table in zip(heads, tables, strict=True):
        assert tuple(c.text for c in written.rows[0].cells) == table.head
        assert [tuple(c.text for c in r.cells) for r in written.rows[1:]] == list(table.rows)
    instructions = "".join(file.element.xpath(".//w:instrText/text()"))
    assert "TOC" in instructions
    assert file.core_properties.title == document.title
    fonts = file.styles["Normal"].element.rPr.rFonts
    assert set(fonts.attrib.values()) >= {"Times New Roman", "宋体"}


def test_the_same_plan_gives_the_same_bytes() -> None:
    document = filed("chemical-leak-card", "en")
    assert pdf.render(document, DAY) == pdf.render(document, DAY)
    assert word.render(document, DAY) == word.render(document, DAY)


HOSTILE = [
    '#panic("x") $x^2$ *b* _i_ `raw` @ref <label> [a] {b} \\u{41} = H // c /* d */ #let',
    "<w:p><w:r/></w:p> &amp; ]]> <!-- x -->",
    "\u202egnihton\u202c مرحبا שלום",
    "=cmd|' /C calc'!A0",
    "bell \x07 and \x0b tab",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_write_is_shown_and_never_obeyed(text: str) -> None:
    document = filed("chemical-leak-card", "en")
    table = Table(text, (text, "b"), ((text, text), ("", text)), (1, 1))
    hostile = replace(
        document,
        title=text,
        office=text,
        facts=((text, text),),
        blocks=(Heading(1, "1", text), Paragraph(text), Bullets((text,)), table),
    )
    for short in (False, True):
        shown = replace(hostile, short=short)
        clean = packed(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", text))
        assert word_text(word.render(shown, DAY)).count(clean) >= 7
        made = pdf.render(shown, DAY)
        assert len(PdfReader(io.BytesIO(made)).pages) >= 1
        if "panic" in text or "w:p" in text:
            assert pdf_text(made).count(clean) >= 7


def test_very_long_words_and_tables_stay_documents() -> None:
    document = filed("chemical-leak-card", "en")
    rows = tuple((f"{n}", "W" * 300, "甲" * 300) for n in range(300))
    long = replace(document, blocks=(Table("t", ("a", "b", "c"), rows, (1, 3, 3)),))
    assert len(PdfReader(io.BytesIO(pdf.render(long, DAY))).pages) > 20
    assert len(docx.Document(io.BytesIO(word.render(long, DAY))).tables[-1].rows) == 301


cells = st.lists(st.text(st.sampled_from("ab 中，\n"), max_size=30), min_size=4, max_size=4)


@given(st.lists(st.integers(1, 6), min_size=4, max_size=4), st.lists(cells, min_size=1, max_size=4))
def test_columns_hold_their_longest_word_and_share_the_line(
    shares: list[int], rows: list[list[str]]
) -> None:
    wide = widths(shares, rows)
    assert all(width > 0 for width in wide)
    least = [min(26, _longest(row[i] for row in rows)) + 3 for i in range(4)]
    assert all(width >= need for width, need in zip(wide, least, strict=True))
    assert sum(wide) <= max(LINE, sum(least))


# --- the command ----------------------------------------------------------------------------------


def test_the_command_writes_both_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = tmp_path / "plan.pdf", tmp_path / "plan.docx"
    arguments = ["plan", "document", "kindergarten-fire", "--pdf", str(one), "--docx", str(two)]
    assert main([*arguments, "--lang", "zh"]) == 0
    assert capsys.readouterr().out.splitlines() == [str(one), str(two)]
    assert "1适用范围" in pdf_text(one.read_bytes())
    assert "1适用范围" in word_text(two.read_bytes())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["plan.docx", "plan.pdf"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["kindergarten-fire"], 2, "--pdf OUT or --docx OUT"),
        (["kindergarten-fire", "--pdf", "/nowhere/x.pdf"], 2, "No such file"),
        (["nowhere.yaml", "--pdf", "x.pdf"], 2, "No such file"),
        (["kindergarten-fire", "--pdf", "x.pdf", "--lang", "zh-Hant"], 2, "沒有這種語言"),
    ],
)
def test_a_wrong_call_is_one_line(
    arguments: list[str], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "document", *arguments]) == status
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def test_private_needs_the_organisation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(plans.example("chemical-leak")[0])
    out = str(tmp_path / "x.pdf")
    assert main(["plan", "document", str(path), "--pdf", out, "--private"]) == 2
    assert "--org" in capsys.readouterr().err
    assert main(["plan", "document", str(path), "--pdf", out]) == 0
