"""Words of packs: what a timeline says, what a category's kind leads to, and one word for one
thing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import huiyin
from huiyin import packs
from huiyin.domain.errors import Refusal
from huiyin.domain.pack_reading import read
from huiyin.domain.packs import GENERAL_KINDS, LANGUAGES

ROOT = Path(huiyin.__file__).parent
ALL = [pack for id in packs.ids() for pack in packs.versions(id)]
NAMES = [f"{pack.id}@{pack.version}" for pack in ALL]
SOUND = (Path(__file__).parents[1] / "data" / "broken_packs" / "sound.yaml").read_text("utf-8")


@pytest.mark.parametrize("pack", ALL, ids=NAMES)
def test_a_timeline_says_what_was_done_and_not_what_a_button_says(pack: packs.Pack) -> None:
    for act in pack.acts.values():
        for language in LANGUAGES:
            assert act.past[language].strip(), (act.id, language)
        # The few whose button already tells a fact: "Comment received", "Identity opened".
        fact = re.search(
            r"\b(received|answered|read|opened|issued|changed|erased)\b", act.title["en"]
        )
        assert act.past["en"] != act.title["en"] or fact, act.id
        assert re.search(r"[已未作]|经您|經您", act.past["zh-Hans"]), act.past["zh-Hans"]


def test_an_act_without_its_past_is_told_with_the_remedy() -> None:
    lacking = re.sub(r"    past:\n(?:      .*\n){3}", "", SOUND, count=1)
    with pytest.raises(Refusal) as refused:
        read(lacking, "lacking.yaml")
    assert any("past" in str(problem) for problem in refused.value.data["problems"])


def test_a_kind_of_category_leads_to_the_kind_that_the_pack_names() -> None:
    pack = packs.load("cn-xinfang-2022")
    found = {general: pack.kind_for(general) for general in GENERAL_KINDS}
    assert found == {
        "grievance": "request",
        "complaint": "request",
        "suggestion": "suggestion",
        "report-of-wrongdoing": "report",
    }
    for other in ALL:
        assert {other.kind_for(general) for general in GENERAL_KINDS} <= set(other.kinds)


def test_two_kinds_do_not_take_the_same_matter() -> None:
    twice = (ROOT / "packs" / "cn-xinfang-2022.yaml").read_text("utf-8")
    twice = twice.replace("takes: suggestion", "takes: [suggestion, grievance]", 1)
    with pytest.raises(Refusal) as refused:
        read(twice, "twice.yaml", packs.common_text())
    assert any("`grievance` is taken by" in str(p) for p in refused.value.data["problems"])


# --- one word: whoever hands in is 投诉人 -------------------------------------------------------

# Where 当事人 stays, because the law means the parties or the text means somebody else:
# file → how often.
PARTIES = {
    "packs/cn-fuyi-2023.yaml": 1,  # 行政复议法 art. 62: the parties are told in writing
    "packs/cn-labour-2008.yaml": 1,  # 劳动争议调解仲裁法 art. 43: the parties to the dispute
    "demo/cases/zh-people.yaml": 1,  # 保护当事人隐私: whoever is concerned
    "demo/cases/zh-public.yaml": 1,  # 当事人员: the member of staff in question
}


def test_whoever_hands_in_is_called_by_one_word() -> None:
    found = {}
    for path in sorted(ROOT.rglob("*")):
        if path.suffix in {".py", ".yaml", ".toml", ".html", ".po", ".js"}:
            count = len(re.findall("当事人|當事人", path.read_text("utf-8")))
            # Traditional text stands beside the simplified: a pack's place is both.
            found |= {str(path.relative_to(ROOT)): count} if count else {}
    assert set(found) == set(PARTIES)
    for name, count in found.items():
        assert count in (PARTIES[name], 2 * PARTIES[name]), name
