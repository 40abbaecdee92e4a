"""Letters: every one in every language is an accessible PDF that says what it must, and no text
that people write can break it or steer it."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from huiyin.domain.errors import Refusal
from huiyin.reports import letters, wording
from tests.apps.letter_samples import sample

LANGUAGES = wording.LANGUAGES
EVERY = [(letter, language) for letter in letters.ids() for language in LANGUAGES]
PDF_LANGUAGE = {"zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "en": "en-GB"}
HOSTILE = {
    "markup": '#panic("x") $x^2$ *b* _i_ `raw` @ref <label> [a] {b} \\u{41} = H // c /* d */ #let',
    "placeholders": "{number} {0} {office.__class__} %(number)s ${dated}",
    "directions": "safe \u202egnihton\u202c \u2067x\u2069 مرحبا بالعالم שלום",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 é̷̛ \u0000\u0007\ud800 \ufeff\u200b",
    "long": "甲" * 10_000 + "W" * 10_000,
    "lines": "\n".join(f"{n}. line" for n in range(400)),
}


def complete(letter: str, language: str = "en") -> dict[str, Any]:
    form = letters.load(letter)
    return sample(letter, language, {*form.fields, *form.optional})


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """The text of all pages without spaces, as lines may break anywhere."""
    return re.sub(r"\s|\u200b", "", "".join(page.extract_text() for page in read(pdf).pages))


@pytest.mark.parametrize(("letter", "language"), EVERY)
def test_every_letter_is_a_tagged_pdf_with_title_and_language(letter: str, language: str) -> None:
    document = read(letters.render(letter, language, complete(letter, language)))
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == PDF_LANGUAGE[language]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/StructTreeRoot"]["/K"]
    assert "pdfuaid" in root["/Metadata"].get_data().decode("utf-8")
    title = letters.load(letter).texts["title"][language]
    assert document.metadata.title == f"{title} 2026-0417-K"


@pytest.mark.parametrize(("letter", "language"), EVERY)
def test_every_field_that_is_given_is_printed(letter: str, language: str) -> None:
    fields = complete(letter, language)
    printed = text_of(letters.render(letter, language, fields))
    for name, value in fields.items():
        if isinstance(value, date):
            expected = [wording.day_in_words(value, language)]
        elif isinstance(value, str):
            expected = value.split("\n")
        else:
            expected = [_first(item) for item in value]
        for piece in expected:
            # The QR code is a picture; its content is in the alternative text.
            assert name == "qr" or re.sub(r"\s", "", piece) in printed, (name, piece)


def _first(item: str | dict[str, str]) -> str:
    """A line, the label of a row of dates, or the text of a part."""
    return item if isinstance(item, str) else item.get("label") or item["text"]


@pytest.mark.parametrize(("letter", "language"), EVERY)
def test_required_fields_alone_make_a_letter(letter: str, language: str) -> None:
    fields = sample(letter, language, set(letters.load(letter).fields))
    printed = text_of(letters.render(letter, language, fields))
    assert "2026-0417-K" in printed
    assert not re.search(r"\{\w+\}", printed)


@pytest.mark.parametrize("letter", letters.ids())
def test_each_missing_part_is_refused_by_name(letter: str) -> None:
    fields = complete(letter)
    for name in ("number", "office", "dated", *letters.load(letter).fields):
        for empty in (None, "", " \n\u202e "):
            with pytest.raises(Refusal) as refusal:
                letters.render(letter, "en", fields | {name: empty})
            assert refusal.value.code == "letter-field-missing"
            assert refusal.value.data["field"] == name


def test_what_does_not_fit_is_refused() -> None:
    fields = complete("cn-xinfang-2022.decision")
    for letter, language, extra, code in [
        ("no-such", "en", {}, "letter-unknown"),
        ("../../etc/passwd", "en", {}, "letter-unknown"),
        ("common", "en", {}, "letter-unknown"),
        ("cn-xinfang-2022.decision", "tlh", {}, "letter-language-unknown"),
        ("cn-xinfang-2022.decision", "en", {"complainant": "A. Name"}, "letter-field-unknown"),
        ("cn-xinfang-2022.decision", "en", {"remedy_by": "tomorrow"}, "letter-field-kind"),
        ("cn-xinfang-2022.decision", "en", {"facts": 7}, "letter-field-kind"),
        ("cn-xinfang-2022.decision", "en", {"office_lines": "one"}, "letter-field-kind"),
    ]:
        with pytest.raises(Refusal) as refusal:
            letters.render(letter, language, fields | extra)
        assert refusal.value.code == code


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_text_is_printed_as_it_stands(hostile: str, language: str) -> None:
    fields = complete("cn-xinfang-2022.decision", language)
    names = [name for name, value in fields.items() if isinstance(value, str)]
    every = dict.fromkeys(["facts"] if len(hostile) > 9_000 else names, hostile)
    pdf = letters.render("cn-xinfang-2022.decision", language, fields | every)
    assert read(pdf).trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert read(pdf).trailer["/Root"]["/Lang"] == PDF_LANGUAGE[language]
    if hostile == HOSTILE["markup"]:
        assert re.sub(r"\s", "", hostile) in text_of(pdf)
    if hostile == HOSTILE["placeholders"]:
        assert "{number}{0}{office.__class__}%(number)s${dated}" in text_of(pdf)


def test_text_cannot_turn_the_direction_of_writing() -> None:
    assert wording.shown("pay \u202e001\u202c now\u0007") == "pay 001 now"


def test_endless_words_stay_inside_the_margin() -> None:
    fields = complete("cn-xinfang-2022.decision") | {"facts": "W" * 2_000}
    document = read(letters.render("cn-xinfang-2022.decision", "en", fields))
    right_edge = float(document.pages[0].mediabox.right)
    reach = []
    for page in document.pages:
        page.extract_text(visitor_text=lambda text, cm, tm, font, size: reach.append(tm[4]))
    assert max(reach) < right_edge
    assert sum(page.extract_text().count("W") for page in document.pages) >= 2_000
    longest = max(len(line) for page in document.pages for line in page.extract_text().split("\n"))
    assert longest < 120


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=400), st.sampled_from(LANGUAGES))
def test_any_text_makes_a_letter(text: str, language: str) -> None:
    fields = complete("question", language) | {"question": "? " + text, "reach": text}
    assert letters.render("question", language, fields).startswith(b"%PDF")


def test_the_same_fields_give_the_same_bytes() -> None:
    fields = complete("cn-xinfang-2022.decision", "zh-Hans")
    assert letters.render("cn-xinfang-2022.decision", "zh-Hans", fields) == letters.render(
        "cn-xinfang-2022.decision", "zh-Hans", fields
    )


def test_traditional_letters_use_the_taiwan_forms() -> None:
    fields = complete("cn-xinfang-2022.acceptance", "zh-Hans") | {"procedure": "骨過直誤"}
    fonts = {
        language: letters.render("cn-xinfang-2022.acceptance", language, fields)
        for language in LANGUAGES[:2]
    }
    assert all("骨過直誤" in text_of(pdf) for pdf in fonts.values())
    assert len({_glyph_shapes(pdf) for pdf in fonts.values()}) == 2


def _glyph_shapes(pdf: bytes) -> str:
    """A digest of the fonts embedded in a letter."""
    digest = hashlib.sha256()
    for page in read(pdf).pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            digest.update(descriptor["/FontFile3"].get_object().get_data())
    return digest.hexdigest()


def test_only_shipped_fonts_are_used() -> None:
    fields = complete("cn-xinfang-2022.decision") | {"facts": "Latin, 中文, кириллица, العربية"}
    names = set()
    for page in read(letters.render("cn-xinfang-2022.decision", "en", fields)).pages:
        for font in page["/Resources"]["/Font"].values():
            names.add(font.get_object()["/BaseFont"].split("+")[-1])
    assert names <= {"NotoSerifCJKsc-Regular", "DejaVuSansMono"} | {
        f"{name}-Identity-H" for name in ("NotoSerifCJKsc-Regular", "DejaVuSansMono")
    }


def test_the_font_is_the_one_its_note_describes() -> None:
    folder = Path(letters.__file__).parent / "fonts"
    digest = hashlib.sha256((folder / "NotoSerifCJKsc-Letters.otf").read_bytes()).hexdigest()
    assert digest in (folder / "README.md").read_text("utf-8")


def test_a_provisional_date_says_so() -> None:
    fields = complete("cn-xinfang-2022.acceptance") | {"provisional": ["due"]}
    printed = text_of(letters.render("cn-xinfang-2022.acceptance", "en", fields))
    assert "4May2026(provisional" in printed
    assert "3March2026(provisional" not in printed


@pytest.mark.parametrize("letter", letters.ids())
def test_no_letter_has_a_place_for_the_complainant(letter: str) -> None:
    form = letters.load(letter)
    names = {*form.fields, *form.optional, *wording.COMMON_FIELDS, *wording.COMMON_OPTIONAL}
    assert not {n for n in names if re.search("name|person|complainant|phone|identity", n)}


@pytest.mark.parametrize("letter", letters.ids())
def test_wording_is_whole_in_each_language(letter: str) -> None:
    form = letters.load(letter)
    known = {*form.fields, *form.optional, *wording.COMMON_FIELDS, "reference", "qr"}
    for text in _texts(form.texts):
        assert set(LANGUAGES) <= set(text)
        used = [set(re.findall(r"\{(\w+)\}", text[language])) for language in LANGUAGES]
        assert used[0] == used[1] == used[2] <= known
        references = {v for k, v in text.items() if k in {"when", "section", "until", "article"}}
        assert references <= known


def _texts(node: Any) -> list[dict[str, Any]]:
    """Every table of a wording that holds an English text."""
    if isinstance(node, list):
        return [text for item in node for text in _texts(item)]
    if not isinstance(node, dict):
        return []
    own = [node] if "en" in node else []
    return own + [text for value in node.values() for text in _texts(value)]


def test_a_code_is_copied_without_gaps() -> None:
    """V beside A: kerning drew them together, and readers of PDF files made a gap of it."""
    code = "VNF3C-6637V-W2D8X-MVA5C-8T6AV"
    pdf = letters.render("receipt", "en", {**complete("receipt"), "code": code})
    assert code in "".join(page.extract_text() for page in read(pdf).pages)
