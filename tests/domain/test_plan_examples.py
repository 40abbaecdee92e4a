"""The example plans are clean on their day, and their broken twins fail as written down.

``tests/data/broken_plans/NAME.findings`` holds one finding a line: file, line, rule, place.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from huiyin import plans
from huiyin.domain.plans.findings import LANGUAGES, Finding
from huiyin.domain.plans.linting import Files, lint, open_findings
from huiyin.domain.plans.reading import read_organisation, read_plan
from huiyin.domain.plans.writing import write

TWINS = Path(__file__).resolve().parents[1] / "data" / "broken_plans"
DAY = date.fromisoformat(plans.EXAMPLES_DAY)
NAMES = plans.examples()


def _findings(plan: bytes, organisation: bytes, language: str = "en") -> list[Finding]:
    read, top = read_plan(plan)
    known, org_top = read_organisation(organisation)
    files = Files(top, org_top)
    law, words, labels, land = plans.laws(), plans.catalogue(), plans.labels(), plans.land()
    return lint(read, known, DAY, law, words, language, files, labels, land)


def _line(finding: Finding) -> str:
    return f"{finding.file}:{finding.line} {finding.rule} {finding.at or '/'}"


def test_there_are_five_plans_and_a_card() -> None:
    kinds = [read_plan(plans.example(name)[0])[0].about.kind for name in NAMES]
    assert len(kinds) == 6 and kinds.count("card") == 1


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_clean_on_its_day(name: str) -> None:
    assert open_findings(_findings(*plans.example(name))) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_example_reads_back_from_what_is_written(name: str) -> None:
    plan, organisation = plans.example(name)
    read, known = read_plan(plan)[0], read_organisation(organisation)[0]
    assert read_plan(write(read))[0] == read
    assert read_organisation(write(known))[0] == known


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_twin_fails_exactly_as_written_down(name: str) -> None:
    found = _findings(
        (TWINS / f"{name}.yaml").read_bytes(), (TWINS / f"{name}.org.yaml").read_bytes()
    )
    written = (TWINS / f"{name}.findings").read_text("utf-8").splitlines()
    assert [_line(f) for f in found] == written


@pytest.mark.parametrize("name", NAMES)
def test_findings_are_the_same_in_every_language(name: str) -> None:
    plan = (TWINS / f"{name}.yaml").read_bytes()
    organisation = (TWINS / f"{name}.org.yaml").read_bytes()
    told = [_findings(plan, organisation, language) for language in LANGUAGES]
    places = [sorted(map(_line, found)) for found in told]
    assert places[0] == places[1] == places[2]
    assert all(f.text and f.remedy and "{" not in f.text for found in told for f in found)


def test_examples_hold_no_telephone_number_that_could_ring() -> None:
    """+86 12… is no range; short numbers are public services."""
    for name in NAMES:
        for file in plans.example(name):
            for number in [w.strip('",}]') for w in file.decode().split() if '"+86' in w]:
                assert number.startswith("+8612"), number
