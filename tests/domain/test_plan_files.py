"""Reading and writing of plan files: equal round trip, and every kind of bad input told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from huiyin.domain.errors import Refusal
from huiyin.domain.plans import values
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.organisation import Organisation
from huiyin.domain.plans.reading import (
    items,
    organisation_of,
    plan_of,
    read_organisation,
    read_plan,
)
from huiyin.domain.plans.writing import as_data, write
from huiyin.domain.strict_yaml import Problem
from tests.strategies_plans import organisations, plans

SLOW = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SLOW
@given(plans())
def test_a_plan_reads_back_as_it_was_written(plan: Plan) -> None:
    assert read_plan(write(plan))[0] == plan
    assert plan_of(items(as_data(plan))) == plan


@SLOW
@given(organisations())
def test_an_organisation_reads_back_as_it_was_written(organisation: Organisation) -> None:
    assert read_organisation(write(organisation))[0] == organisation
    assert organisation_of(items(as_data(organisation))) == organisation


@SLOW
@given(plans())
def test_another_reader_of_yaml_sees_the_same_texts(plan: Plan) -> None:
    """``no`` as a text stays a text, also for a reader that knows truth values."""
    loaded = yaml.load(write(plan), Loader=yaml.SafeLoader)
    for ours, theirs in _leaves(as_data(plan), loaded):
        if isinstance(ours, str) and not isinstance(theirs, str):
            assert ours == str(theirs), (ours, theirs)
        else:
            assert ours == theirs


def _leaves(ours: object, theirs: object) -> Iterator[tuple[object, object]]:
    if isinstance(ours, dict):
        assert isinstance(theirs, dict)
        assert [str(k) for k in theirs] == list(ours)
        for (_, a), (_, b) in zip(ours.items(), theirs.items(), strict=True):
            yield from _leaves(a, b)
    elif isinstance(ours, list):
        assert isinstance(theirs, list)
        for a, b in zip(ours, theirs, strict=True):
            yield from _leaves(a, b)
    else:
        yield ours, theirs


# --- bad input ---------------------------------------------------------------------------------

PLAN = """\
plan:
  id: p
  title: {en: A plan, zh-Hans: 预案}
  kind: special
  hazards: [fire]
  jurisdiction: CN
  zone: Asia/Shanghai
  languages: [en, zh-Hans]
  unit: u
  version: "1"
  status: draft
scope:
  applies: {en: Here, zh-Hans: 此处}
  sites:
    hall: {title: {en: Hall, zh-Hans: 厅}, place: [36.6, 117.0]}
roles:
  lead:
    title: {en: Lead, zh-Hans: 指挥}
    function: command
    within: PT5M
contacts:
  fire:
    title: {en: Fire, zh-Hans: 消防}
    channels: [{kind: mobile, address: "+861200000001"}]
"""
ORGANISATION = """\
organisation: {id: o, title: {en: O}, zone: UTC, languages: [en]}
units: {u: {title: Unit}}
people: {p1: {unit: u}}
"""


def _problems(source: bytes | str, read: object = read_plan) -> list[Problem]:
    with pytest.raises(Refusal) as caught:
        read(source)  # type: ignore[operator]
    assert caught.value.code == "plan-invalid"
    problems = caught.value.data["problems"]
    assert isinstance(problems, list)
    return problems


def test_the_small_plan_is_one() -> None:
    assert read_plan(PLAN)[0].roles["lead"].within == 300
    assert read_organisation(ORGANISATION)[0].units["u"].title == {"en": "Unit"}


WRONG = [
    ("within: PT5M", "within: 5 minutes", 20, "PT5M"),
    ("within: PT5M", "within: PT", 20, "PT5M"),
    ("within: PT5M", "within: -PT5M", 20, "PT5M"),
    ("within: PT5M", "within: P1M", 20, "PT5M"),
    ("within: PT5M", "within: PT9999H", 20, "366 days"),
    ("within: PT5M", "within: ٥", 20, "PT5M"),
    ("within: PT5M", "whithin: PT5M", 20, "within"),
    ("function: command", "function: boss", 19, "command"),
    ('address: "+861200000001"', "address: 110 or so", 24, "E.164"),
    ('address: "+861200000001"', "address: +86 120 0000 0001", 24, "E.164"),
    ('kind: mobile, address: "+861200000001"', "kind: email, address: nobody", 24, "example"),
    ('kind: mobile, address: "+861200000001"', "kind: short-number, address: '1'", 24, "digits"),
    ("[36.6, 117.0]", "[117.0, 36.6]", 15, "exchanged"),
    ("[36.6, 117.0]", "[36.6, 181]", 15, "-180"),
    ("[36.6, 117.0]", "[0, 0]", 15, "Guinea"),
    ("[36.6, 117.0]", "36.6 117.0", 15, "latitude"),
    ("[36.6, 117.0]", "[36.6, .nan]", 15, "latitude"),
    ("zone: Asia/Shanghai", "zone: China", 7, "Asia/Shanghai"),
    ("zone: Asia/Shanghai", "zone: ../../etc/passwd", 7, "Asia/Shanghai"),
    ("languages: [en, zh-Hans]", "languages: [en, xx]", 8, "zh-Hant"),
    ("title: {en: Lead, zh-Hans: 指挥}", "title: {en: Lead}", 18, "zh-Hans"),
    ("title: {en: Lead, zh-Hans: 指挥}", "title: Lead", 18, "zh-Hans"),
    ("title: {en: Lead, zh-Hans: 指挥}", "title: {en: L, zh-Hans: 指, fr: M}", 18, "delete"),
    ("  lead:", "  Lead Role:", 17, "small letters"),
    ("hazards: [fire]", "hazards: [fire, fire]", 5, "each once"),
    ("status: draft", "status: done", 11, "superseded"),
    ("  id: p\n", "", 1, "id"),
    ("roles:\n", "roles: &r\n", 16, "in full"),
    ("status: draft", "status: !!str draft", 11, "tag"),
    ("roles:\n", "plan: {}\nroles:\n", 16, "delete one"),
    ("scope:\n", "---\nscope:\n", 12, "one"),
]


@pytest.mark.parametrize(("old", "new", "line", "remedy"), WRONG)
def test_a_mistake_is_told_with_line_and_remedy(old: str, new: str, line: int, remedy: str) -> None:
    assert PLAN.count(old) == 1
    problems = _problems(PLAN.replace(old, new))
    assert any(p.line == line and remedy in p.remedy for p in problems), problems


def test_all_mistakes_are_told_at_once() -> None:
    bad = PLAN.replace("PT5M", "soon").replace("117.0]", "999]").replace("+8612", "8612")
    assert [p.line for p in _problems(bad)] == [15, 20, 24]


def test_names_of_people_posts_and_units_are_one_space() -> None:
    bad = ORGANISATION + "posts: {p1: {title: Post, unit: u}}\n"
    assert "another name" in _problems(bad, read_organisation)[0].remedy


def test_what_is_no_text_is_refused() -> None:
    assert "UTF-8" in _problems(PLAN.encode("utf-16"))[0].remedy
    assert "UTF-8" in _problems(b"plan: \xff")[0].remedy
    assert _problems("- a\n- b\n")
    assert _problems("plan: [unclosed")
    assert _problems("")


def test_a_file_of_fifty_megabytes_is_refused_unread() -> None:
    assert "at most" in _problems(b"a" * 50_000_000)[0].remedy


def test_deep_nesting_is_refused() -> None:
    assert "levels" in _problems("a: " + "[" * 500 + "]" * 500)[0].remedy


def test_a_plan_too_large_to_compare_is_refused() -> None:
    sites = "".join(f"    s{n}: {{title: {{en: S, zh-Hans: 所}}}}\n" for n in range(500))
    problems = _problems(PLAN.replace("roles:\n", f"{sites}roles:\n"))
    assert [p.what for p in problems] == ["more than 500 entries"]


def test_durations_and_spans_have_one_canonical_form() -> None:
    assert values.read_duration("PT90S") == values.read_duration("90") == 90
    assert values.write_duration(90) == "PT1M30S"
    assert values.write_duration(0) == "PT0S"
    assert values.write_duration(90_000) == "P1DT1H"
    assert values.write_span(values.read_span("P6M")) == "P6M"
    for bad in ("P0M", "P1Y6M", "1m", "PT1M", "P-1M", "P1"):
        with pytest.raises(ValueError, match=r"write it|at least"):
            values.read_span(bad)


def test_words_that_other_readers_take_for_something_else_are_quoted() -> None:
    organisation, _ = read_organisation(ORGANISATION.replace("title: Unit", 'title: "no"'))
    assert 'title: "no"' in write(organisation)


def test_private_data_stands_apart() -> None:
    from huiyin import plans as data
    from huiyin.domain.plans.organisation import without_private

    organisation, _ = read_organisation(data.example("chemical-leak")[1])
    assert "演示人" in write(organisation) and "+8612" in write(organisation)
    assert "演示人" not in write(without_private(organisation))
    assert "+8612" not in write(without_private(organisation))
