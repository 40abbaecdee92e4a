"""``huiyin pack check``: each deliberately broken pack is caught, and for the right reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from huiyin import calendars, packs
from huiyin.commands import pack as command
from huiyin.domain.errors import Refusal
from huiyin.domain.exploring import explore
from huiyin.domain.pack_reading import read
from huiyin.domain.packs import LANGUAGES
from huiyin.domain.stories import FLAWS, sentence, steps
from huiyin.domain.walking import walk

FOLDER = Path(__file__).parent.parent / "data" / "broken_packs"

# Unsound procedures: the file is named after the guarantee that it breaks.
UNSOUND = {path.stem: path.stem for path in FOLDER.glob("*.yaml") if path.stem in FLAWS}
UNSOUND |= {"cyclic-stages": "never-ends", "silence-in-a-circle": "never-ends"}
# Invalid files: the line's key and what is said about it.
INVALID = {
    "language-missing": ("stages.final.resident.zh-Hant", "is missing"),
    "duplicate-key": ("acts.decide.to", "already given in line"),
    "anchor": ("file", "an anchor or alias"),
    "tag": ("file", "the tag"),
    "unknown-key": ("limits.decide.perod", "is not known here"),
    "unknown-stage": ("acts.deliver.to", "`anwsered` does not exist"),
    "period-unit": ("limits.decide.period", "`30` is not a period"),
    "limit-without-stop": ("limits.review", "never stops"),
    "late-text-missing": ("stages.received", "when the office is late"),
    "starts-and-stops": ("limits.decide.starts", "`decide` starts it and stops it"),
    "extension-unit": ("limits.decide.extension.maximum", "hours and days"),
    "versions-overlap": ("versions", "in force on the same day"),
    "reserved-name": ("stages.closed", "the name `closed`"),
    "verified-maybe": ("limits.decide.basis.verified", "`maybe` is not known"),
    "pass-of-nothing": ("limits.decide.starts", "`dicide.passed` does not exist"),
    "spell-never-ends": ("acts", "`hearing` begins and never ends"),
}


def load(name: str):
    path = FOLDER / f"{name}.yaml"
    return read(path.read_bytes(), path.name, packs.common_text())


def check(name: str):
    (pack,) = load(name)
    return pack, explore(pack, calendars.load("weekdays"))


def test_every_broken_file_has_its_reason() -> None:
    names = {path.stem for path in FOLDER.glob("*.yaml")} - {"sound"}
    assert names == set(UNSOUND) | set(INVALID)
    assert len(names) >= 30


def test_the_pack_that_they_all_started_from_is_sound() -> None:
    _, finding = check("sound")
    assert finding.complete and finding.flaws == ()


@pytest.mark.parametrize("name", sorted(UNSOUND))
def test_an_unsound_procedure_is_caught_for_the_right_reason(name: str) -> None:
    pack, finding = check(name)
    flaw = next(flaw for flaw in finding.flaws if flaw.rule == UNSOUND[name])
    for language in LANGUAGES:
        what, remedy = sentence(pack, flaw, language)
        assert what and remedy and "{" not in what + remedy
        assert len(steps(pack, flaw, language)) == len(flaw.story)


@pytest.mark.parametrize("name", sorted(INVALID))
def test_an_invalid_file_is_refused_whole_with_line_and_remedy(name: str) -> None:
    with pytest.raises(Refusal) as caught:
        load(name)
    where, what = INVALID[name]
    found = [p for p in caught.value.data["problems"] if p.where == where and what in p.what]
    assert found and all(p.remedy and p.line > 0 for p in found)
    line = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[found[0].line - 1]
    assert where == "file" or where.split(".")[-1] in line or where.split(".")[-2] in line


def test_the_story_is_the_shortest_one() -> None:
    _, finding = check("closed-without-answer")
    (flaw,) = finding.flaws
    assert [node.step for node in flaw.story] == ["submit", "file-away"]


def test_a_story_needs_no_more_than_the_steps_it_takes_to_review_oneself() -> None:
    pack, finding = check("reviewer-is-decider")
    told = steps(pack, finding.flaws[0], "zh-Hans")
    assert len(told) == 5 and "申请复查" in told[3]


@pytest.mark.parametrize("pack_id", packs.ids())
def test_every_shipped_pack_is_sound(pack_id: str) -> None:
    for pack in packs.versions(pack_id):
        finding = explore(pack, calendars.load("weekdays"))
        assert finding.complete and finding.flaws == (), [f.rule for f in finding.flaws]


def test_the_walk_says_when_it_could_not_see_everything() -> None:
    finding = explore(packs.load("cn-xinfang-2022"), calendars.load("weekdays"), most_states=50)
    assert not finding.complete and "too-many-states" in {f.rule for f in finding.flaws}


# --- the command -----------------------------------------------------------------------------


def test_check_tells_the_story_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["check", str(FOLDER / "never-ends.yaml")]) == 1
    said = capsys.readouterr().out
    assert "never-ends" in said and "owner: Decide → Decided" in said


def test_check_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["check", "uk-housing-2024", "--json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)
    assert result["sound"] and result["complete"] and result["flaws"] == []


def test_check_lists_the_problems_of_an_invalid_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["check", str(FOLDER / "unknown-key.yaml")]) == 1
    assert "limits.decide.perod" in capsys.readouterr().out


def test_several_files_are_each_checked(capsys: pytest.CaptureFixture[str]) -> None:
    argv = [
        "check",
        str(FOLDER / "unknown-key.yaml"),
        "eu-gdpr-12",
        str(FOLDER / "never-ends.yaml"),
    ]
    assert command.main(argv) == 1
    said = capsys.readouterr().out
    assert "nothing was loaded" in said and "eu-gdpr-12 2018: sound" in said and "flaw" in said


@pytest.mark.parametrize("argv", [["check", "no-such-file.yaml"], ["show", "no-such-pack"]])
def test_a_missing_file_is_a_wrong_call(argv: list[str], capsys) -> None:
    assert command.main(argv) == 2
    assert "no-such" in capsys.readouterr().err


@pytest.mark.parametrize("pack_id", packs.ids())
def test_the_way_up_is_offered_wherever_the_law_gives_one(pack_id: str) -> None:
    """Hard limit 4: wherever the law lets a complainant go to the next level, that act
    is offered; and whoever waits for a late office always has a way (``no-way-up``)."""
    for pack in packs.versions(pack_id):
        rising = [a for a in pack.acts.values() if a.level_change and "complainant" in a.by]
        walked = walk(pack, calendars.load("weekdays"), 20_000)
        for node in walked.nodes:
            here = {a.id for a in rising if node.state.stage in a.at}
            here &= {a.id for a in rising if not a.levels or node.state.level in a.levels}
            assert here <= {edge.act for edge in node.edges}, (node.state.stage, here)
        assert "no-way-up" not in {
            flaw.rule for flaw in explore(pack, calendars.load("weekdays")).flaws
        }
