"""The translations: complete, current, and usable in a page.

Simplified and Traditional Chinese lack nothing. Arabic lacks nothing of the public's pages. What
the catalogues must contain is read from the sources by the same extraction that fills them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cache
from gettext import c2py
from typing import Any

import polib
import pytest

from scripts import collect_messages, compile_messages

COMPLETE = ["zh_Hans", "zh_Hant"]
ALL = collect_messages.LANGUAGES
PUBLIC = ("portal/", "web/")
NAMED = re.compile(r"%\(\w+\)[sd]|%\{\w+\}|\{\w*\}")
# A language may say "two days" without a figure; whoever leaves out another value loses words.
FIGURES = {"%(n)d", "%(n)s", "%(left)s"}
TAG = re.compile(r"</?\w+")
ARABIC_PLURALS = {0: 0, 1: 1, 2: 2, 3: 3, 10: 3, 11: 4, 99: 4, 100: 5, 103: 3, 111: 4}

needs_xgettext = pytest.mark.skipif(
    not shutil.which("xgettext"), reason="the texts are read from the sources by xgettext"
)


@cache
def catalog(language: str) -> polib.POFile:
    """The translations of one language."""
    return polib.pofile(str(collect_messages.file_of(language)))


@cache
def sources() -> polib.POFile:
    """The texts that stand in the sources now."""
    return collect_messages.extract()


def versions(entry: polib.POEntry) -> list[str]:
    """All translations of a text: one, or one per plural form."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def key(entry: polib.POEntry) -> tuple[str | None, str, str]:
    """What gettext finds a text by, and whether it has a plural."""
    return entry.msgctxt, entry.msgid, entry.msgid_plural


def translated(language: str) -> Iterator[tuple[polib.POEntry, str]]:
    """Each text of one language with each of its translations."""
    for entry in catalog(language):
        for text in versions(entry):
            if text:
                yield entry, text


@pytest.mark.parametrize("language", COMPLETE)
def test_nothing_is_left_in_english(language: str) -> None:
    empty = [entry.msgid for entry in catalog(language) if not all(versions(entry))]
    assert not empty


@pytest.mark.parametrize("language", ALL)
def test_no_guess_and_no_text_that_is_gone(language: str) -> None:
    assert not [e.msgid for e in catalog(language) if e.fuzzy or e.obsolete]


@pytest.mark.parametrize("language", ALL)
def test_placeholders_agree(language: str) -> None:
    wrong = []
    for entry, text in translated(language):
        wanted = set(NAMED.findall(entry.msgid)) | set(NAMED.findall(entry.msgid_plural or ""))
        said = set(NAMED.findall(text))
        spared = FIGURES if entry.msgid_plural else set()
        if not wanted - spared <= said or not said <= wanted:
            wrong.append((entry.msgid, text))
    assert not wrong


@pytest.mark.parametrize("language", ALL)
def test_a_formatted_text_can_be_formatted(language: str) -> None:
    class Anything(dict[str, int]):
        def __missing__(self, name: str) -> int:
            return 7

    for entry, text in translated(language):
        if "python-format" in entry.flags:
            assert text % Anything(), text


@pytest.mark.parametrize("language", ALL)
def test_markup_and_line_breaks_are_kept(language: str) -> None:
    for entry, text in translated(language):
        assert sorted(TAG.findall(text)) == sorted(TAG.findall(entry.msgid)), text
        assert text.startswith("\n") == entry.msgid.startswith("\n"), text
        assert text.endswith("\n") == entry.msgid.endswith("\n"), text
        assert text.strip() == text.strip("\n"), text


@pytest.mark.parametrize("language", ALL)
def test_every_plural_form_is_there(language: str) -> None:
    forms = int(re.findall(r"\d+", catalog(language).metadata["Plural-Forms"])[0])
    for entry in catalog(language):
        if entry.msgid_plural and any(versions(entry)):
            assert sorted(entry.msgstr_plural) == list(range(forms)), entry.msgid
            assert all(versions(entry)), entry.msgid


def test_chinese_keeps_its_two_scripts_and_quotation_marks_apart() -> None:
    simplified = {sign for _, text in translated("zh_Hans") for sign in text}
    traditional = {sign for _, text in translated("zh_Hant") for sign in text}
    assert not set("「」『』這們對應時實報體數變關") & simplified
    assert not set("“”‘’这们对应时实报体数变关") & traditional


def test_a_resident_is_addressed_politely() -> None:
    # The words of the public's pages say 您; 你们 is how several people are addressed.
    rude = [text for _, text in translated("zh_Hans") if "你" in text.replace("你们", "")]
    assert not rude


def test_arabic_counts_as_arabic_does() -> None:
    rule = catalog("ar").metadata["Plural-Forms"].split("plural=", 1)[1].rstrip(";")
    chosen = c2py(rule)
    assert {number: chosen(number) for number in ARABIC_PLURALS} == ARABIC_PLURALS


@needs_xgettext
@pytest.mark.parametrize("language", ALL)
def test_the_catalogue_has_the_texts_of_the_sources(language: str) -> None:
    known, wanted = {key(e) for e in catalog(language)}, {key(e) for e in sources()}
    lacking, gone = sorted(map(str, wanted - known)), sorted(map(str, known - wanted))
    assert not lacking, "run scripts/collect_messages.py and translate"
    assert not gone, "run scripts/collect_messages.py"


@needs_xgettext
def test_the_public_pages_are_complete_in_arabic() -> None:
    done = {key(e) for e in catalog("ar") if all(versions(e))}
    public = {
        key(e) for e in sources() if all(name.startswith(PUBLIC) for name, _ in e.occurrences)
    }
    lacking = sorted(map(str, public - done))
    assert len(public) > 300
    assert not lacking


def test_a_broken_translation_stops_the_compilation(tmp_path: Any) -> None:
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    text = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8"\n\nmsgid "{a}"\nmsgstr "{b}"'
    (folder / "django.po").write_text(text, "utf-8")
    with pytest.raises(compile_messages.BrokenMessage):
        compile_messages.compile_all(tmp_path, only_stale=False)


def test_every_catalogue_compiles(tmp_path: Any) -> None:
    shutil.copytree(compile_messages.LOCALE, tmp_path / "locale")
    assert len(compile_messages.compile_all(tmp_path / "locale", only_stale=False)) == len(ALL)
