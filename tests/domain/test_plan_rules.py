"""Each rule of the lint: a change that triggers it, a sound plan that does not, and its words."""

from __future__ import annotations

import pytest

from huiyin import plans
from huiyin.domain.plans.findings import LANGUAGES, RULES, Hit, placeholders, told
from huiyin.domain.plans.linting import ACCEPTED_RULES, hits
from tests.domain import plan_breaks_of_calls, plan_breaks_of_people
from tests.domain.plan_changes import Change, subject
from tests.domain.plan_near import NEAR

BREAKS = [*plan_breaks_of_people.BREAKS, *plan_breaks_of_calls.BREAKS]


def _named(change: Change) -> str:
    return change.rule


def _by(change: Change) -> list[Hit]:
    return list(RULES[change.rule](subject(change.edits, change.today)))


@pytest.mark.parametrize("change", BREAKS, ids=_named)
def test_a_rule_objects_at_the_place_that_is_wrong(change: Change) -> None:
    assert change.at in [hit.at for hit in _by(change)]


@pytest.mark.parametrize("change", NEAR, ids=_named)
def test_a_rule_lets_a_near_miss_pass(change: Change) -> None:
    assert _by(change) == []


def test_no_rule_objects_to_the_sound_plan() -> None:
    assert hits(subject({})) == []


def test_every_rule_is_tried() -> None:
    assert {change.rule for change in BREAKS} == set(RULES)
    assert len(RULES) >= 50


def test_every_rule_has_words_and_no_words_lack_a_rule() -> None:
    assert set(plans.catalogue()) == {*RULES, *ACCEPTED_RULES}
    for words in plans.catalogue().values():
        assert words.source, words.id


@pytest.mark.parametrize("change", BREAKS, ids=_named)
def test_words_mention_only_facts_and_leave_no_brace(change: Change) -> None:
    words = plans.catalogue()[change.rule]
    facts = _by(change)[0].facts
    for language in LANGUAGES:
        for sentence in (words.text[language], words.remedy[language]):
            assert placeholders(sentence) <= set(facts), language
            said = told(sentence, facts, language)
            assert said and "{" not in said
        assert placeholders(words.text[language]) == placeholders(words.text["en"])
