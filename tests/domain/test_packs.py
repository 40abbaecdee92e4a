"""Pack files: strict reading, figures against their sources, pages and pictures of the law."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from datetime import date

import pytest

from huiyin import calendars, packs
from huiyin.commands import pack as command
from huiyin.domain.describing import describe
from huiyin.domain.diagram import WIDTH, draw
from huiyin.domain.errors import Refusal
from huiyin.domain.leaves import CLASSES
from huiyin.domain.pack_reading import read, with_parameters
from huiyin.domain.packs import LANGUAGES
from huiyin.domain.strict_yaml import MOST_BYTES

SHIPPED = [pack for pack_id in packs.ids() for pack in packs.versions(pack_id)]
SIMPLIFIED_ONLY = re.compile("[访办对应满书详请该谁将务须让]")


def limit(pack_id: str, name: str):
    return packs.load(pack_id).limits[name]


@pytest.mark.parametrize(
    ("name", "period", "article", "extension"),
    [
        ("register", "15d", "22, 23(2)", None),
        ("receipt-notice", "15d", "23(3)", None),
        ("object", "5wd", "23(3)", None),
        ("decide", "60d", "34", "30d"),
        ("ask-review", "30d", "35", None),
        ("review", "30d", "35", None),
        ("ask-reexamination", "30d", "36", None),
        ("reexamine", "30d", "36", None),
    ],
)
def test_figures_of_the_regulation_on_petition_work(name, period, article, extension) -> None:
    found = limit("cn-xinfang-2022", name)
    assert str(found.rule.period) == period
    assert (found.basis.article, found.basis.verified) == (article, "yes")
    assert str(found.extension.maximum if found.extension else None) == str(extension)
    assert found.rule.roll == "none"


@pytest.mark.parametrize(
    ("name", "period", "extension"),
    [
        ("acknowledge", "5wd", None),
        ("respond-1", "10wd", "10wd"),
        ("acknowledge-2", "5wd", None),
        ("respond-2", "20wd", "20wd"),
    ],
)
def test_figures_of_the_housing_code(name, period, extension) -> None:
    found = limit("uk-housing-2024", name)
    assert str(found.rule.period) == period
    assert str(found.extension.maximum if found.extension else None) == str(extension)


def test_only_the_regulation_s_own_words_are_called_read() -> None:
    pack = packs.load("uk-housing-2024")
    assert pack.limits["respond-2"].extension.basis.verified == "secondary"
    assert pack.remarks["look-back"].basis.verified == "no"


def test_at_most_five_representatives() -> None:
    assert packs.load("cn-xinfang-2022").remarks["representatives"].number == 5


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda p: f"{p.id}-{p.version}")
def test_every_pack_names_its_sources_and_speaks_three_languages(pack) -> None:
    assert pack.calendar in calendars.ids()
    assert {act.register_class for act in pack.acts.values()} <= CLASSES
    for stage in pack.stages.values():
        assert set(stage.resident) == set(LANGUAGES)
        assert not SIMPLIFIED_ONLY.search(stage.resident["zh-Hant"]), stage.resident["zh-Hant"]
    assert pack.keeps("withdrawn").count and pack.keeps(None).count


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda p: f"{p.id}-{p.version}")
def test_complainants_have_a_hand_in_without_any_approval(pack) -> None:
    """Hard limit: nothing stands between a complaint and its registration."""
    opening = pack.opening
    assert "complainant" in opening.by
    assert not (opening.during or opening.after or opening.within or opening.when_late)
    assert {f.id for f in opening.fields if f.required} <= {"text", "unit"}


def test_versions_are_chosen_by_the_day_a_case_starts() -> None:
    assert packs.version_for("cn-xinfang-2022", date(2022, 5, 1)).version == "2022"
    with pytest.raises(Refusal) as caught:
        packs.version_for("cn-xinfang-2022", date(2022, 4, 30))
    assert caught.value.code == "pack-version-missing"
    with pytest.raises(Refusal):
        packs.load("cn-xinfang-2022", "1999")
    with pytest.raises(Refusal):
        packs.load("../../etc/passwd")


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"- a\n- b\n",
        b"id: [unclosed\n",
        b"id: small\n\xff\xfe\n",
        b"id: one\n---\nid: two\n",
        b"? {a: b}\n: c\n",
        b"#" * (MOST_BYTES + 1),
        b"a: " + b"[" * 50 + b"]" * 50,
        "id: \ud800".encode("utf-8", "surrogatepass"),
        b"a: &x 1\nb: *x\n",
        b"a: \x07\n",
        b"id: no\nlimits: yes\nacts: 2022-05-01\n",
    ],
)
def test_whatever_is_not_a_pack_is_refused_with_a_line(source: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        read(source, "x.yaml", packs.common_text())
    assert caught.value.code == "pack-invalid"
    assert all(problem.line >= 1 for problem in caught.value.data["problems"])


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(Refusal) as caught:
        read("id: x\nzone: UTC\n", "x.yaml")
    assert caught.value.data["count"] > 8


def test_words_stay_words() -> None:
    """YAML would turn `no` into false and 2022-05-01 into a date; a lawyer typed words."""
    pack = packs.load("cn-xinfang-2022")
    assert pack.version == "2022" and pack.valid_from == date(2022, 5, 1)


def test_parameters_within_their_maximum() -> None:
    pack = packs.load("cn-xinfang-2022")
    assert with_parameters(pack, {}) == pack
    with pytest.raises(Refusal) as caught:
        with_parameters(pack, {"answer": "5d"})
    assert caught.value.code == "parameter-unknown"


# --- pages and pictures ----------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pack_reads_as_a_page(language: str) -> None:
    pack = packs.load("cn-xinfang-2022")
    sections = describe(pack, language)
    told = [e.text + " ".join(e.details) for section in sections for e in section.entries]
    assert len(sections) >= 6 and not [t for t in told if "{" in t]
    assert any("60" in t and "34" in t for t in told)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pack", SHIPPED, ids=lambda p: f"{p.id}-{p.version}")
def test_the_picture_is_whole_and_says_what_it_shows(pack, language: str) -> None:
    svg = ET.fromstring(draw(pack, language))
    space = "{http://www.w3.org/2000/svg}"
    assert svg.find(f"{space}title").text and svg.find(f"{space}desc").text
    assert svg.get("role") == "img"
    boxes = list(svg.iter(f"{space}rect"))
    shown = "".join(t.text or "" for t in svg.iter(f"{space}text"))
    assert len(boxes) >= 4
    first = pack.stages[pack.first_stage].title[language]
    assert first.replace(" ", "") in shown.replace(" ", "")
    for box in boxes:
        assert 0 <= float(box.get("x")) <= WIDTH - float(box.get("width"))
    tops = sorted((float(b.get("y")), float(b.get("height"))) for b in boxes)
    for (top, height), (below, _) in itertools.pairwise(tops):
        assert top + height < below


def test_the_command_shows_and_lists(capsys, tmp_path) -> None:
    assert command.main(["list", "--lang", "zh-Hans"]) == 0
    assert "信访工作条例" in capsys.readouterr().out
    assert command.main(["show", "cn-xinfang-2022"]) == 0
    assert "art. 34" in capsys.readouterr().out
    target = tmp_path / "law.svg"
    assert command.main(["show", "uk-housing-2024", "--svg", str(target)]) == 0
    assert ET.fromstring(target.read_text(encoding="utf-8")) is not None


# --- figures of the other packs --------------------------------------------------------------


@pytest.mark.parametrize(
    ("pack_id", "version", "name", "period"),
    [
        ("in-cpgrams", "2022", "redress", "30d"),
        ("in-cpgrams", "2024", "redress", "21d"),
        ("in-cpgrams", "2024", "appeal", "30d"),
        ("eu-gdpr-12", "2018", "answer", "1m"),
        ("eu-whistleblower-2019", "2019", "acknowledge", "7d"),
        ("eu-whistleblower-2019", "2019", "feedback", "3m"),
        ("cn-12345-jinan", "2018", "answer", "5wd"),
    ],
)
def test_figures_of_other_packs(pack_id: str, version: str, name: str, period: str) -> None:
    assert str(packs.load(pack_id, version).limits[name].rule.period) == period


def test_the_order_of_august_2024_applies_from_its_day() -> None:
    assert packs.version_for("in-cpgrams", date(2024, 8, 22)).version == "2022"
    assert packs.version_for("in-cpgrams", date(2024, 8, 23)).version == "2024"


def test_a_project_sets_its_own_numbers_below_the_maximum() -> None:
    pack = with_parameters(packs.load("un-grm"), {"propose": "15wd"})
    assert str(pack.limits["propose"].rule.period) == "15wd"
    with pytest.raises(Refusal) as caught:
        with_parameters(packs.load("un-grm"), {"propose": "61wd"})
    assert caught.value.data["maximum"] == "60wd"
