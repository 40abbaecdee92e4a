"""Reading and writing of plan files: equal round trip, and every kind of bad input told."""

from __future__ import annotations

from collections.abc import Iterator

import yaml
from hypothesis import HealthCheck, given, settings

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
from tests.strategies_plans import organisations, plans

SLOW = settings(
    max_examples=12,
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
