"""Each rule beyond the schema: two schema engines let the breach through, ours names it.

The table is complete: a rule without a case here, or a case without words, fails.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from huiyin import alerts
from huiyin.domain.cap import composing, reading, rules, shapes, times
from huiyin.domain.cap.findings import WARNINGS, Finding
from huiyin.domain.cap.message import Alert, Info, Pair, Resource
from huiyin.domain.errors import Refusal
from tests.domain.cap_world import (
    DRAFT,
    INFO,
    NOW,
    REFERENCE,
    SOUND,
    SQUARE,
    alert,
    errors,
    found,
    passes_schema,
    text,
)

HELD = base64.b64encode(b"a map").decode()


def _resource(**changes: str) -> Alert:
    return alert(resource=(replace(INFO.resource[0], **changes),))


# One breach each, of a message that is sound in everything else.
BREACHES: dict[str, Alert] = {
    "identifier-form": alert(identifier="two words"),
    "sender-form": alert(sender="a,b"),
    "time-utc": alert(sent="2026-03-01T01:00:00+00:00"),
    "restriction-missing": alert(restriction=""),
    "restriction-idle": alert(scope="Private", addresses="duty"),
    "addresses-missing": alert(scope="Private", restriction=""),
    "quotes-open": alert(addresses='"duty desk'),
    "references-missing": alert(msg_type="Update"),
    "references-form": alert(msg_type="Update", references="somebody"),
    "references-self": alert(
        msg_type="Update", references=f"{SOUND.sender},{SOUND.identifier},{SOUND.sent}"
    ),
    "references-later": alert(msg_type="Cancel", references="a,b,2026-03-01T09:00:01+08:00"),
    "exercise-note": alert(note=""),
    "error-note": alert(status="Test", msg_type="Error", note="", references=REFERENCE),
    "info-missing": alert(info=()),
    "expires-early": alert(expires="2026-03-01T09:00:00+08:00"),
    "headline-long": alert(headline="EXERCISE " + "a" * 152),
    "uri-relative": alert(web="drill.html"),
    "uri-unsafe": alert(web="JavaScript:alert(1)"),
    "text-markup": alert(description="Leave <b>now</b>."),
    "language-doubtful": alert(info=(SOUND.info[0], replace(SOUND.info[0], language="zh-CN"))),
    "mime-form": _resource(mime_type="picture"),
    "size-negative": _resource(size="-1"),
    "resource-nowhere": _resource(uri=""),
    "deref-form": _resource(deref_uri="no base64!"),
    "digest-form": _resource(digest="12ab"),
    "digest-wrong": _resource(deref_uri=HELD, digest="0" * 40),
    "polygon-form": alert(polygon=("here and there",)),
    "polygon-short": alert(polygon=("31,121 31,122 31,121",)),
    "polygon-open": alert(polygon=("31,121 31,122 32,122 32,121",)),
    "polygon-crossed": alert(polygon=("0,0 1,1 0,1 1,0 0,0",)),
    "polygon-long": alert(polygon=(" ".join(["0,0"] * 2001),)),
    "off-the-globe": alert(circle=("95,0 1",)),
    "circle-form": alert(circle=("31.2,121.4",)),
    "area-shapeless": alert(polygon=(), geocode=()),
    "ceiling-alone": alert(ceiling="300"),
    "ceiling-below": alert(altitude="300", ceiling="200"),
    "element-empty": alert(event="  "),
}
# What the schema sees as well: written by hand, because our writer cannot.
SHAPES: dict[str, tuple[str, str]] = {
    "element-missing": ("<urgency>Immediate</urgency>", ""),
    "element-twice": ("<scope>Restricted</scope>", "<scope>Public</scope><scope>Public</scope>"),
    "element-order": (
        "<status>Exercise</status><msgType>Alert</msgType>",
        "<msgType>Alert</msgType><status>Exercise</status>",
    ),
    "element-unknown": ("<contact>", "<phone>1</phone><contact>"),
    "attribute-unknown": ("<info>", '<info lang="en">'),
    "text-between": ("<info>", "<info>hello"),
    "value-unknown": ("<category>Fire<", "<category>fire<"),
    "value-form": ("<size>2048<", "<size>2 kB<"),
    "time-form": ("<onset>2026-03-01T09:00:00+08:00<", "<onset>2026-03-01T09:00:00Z<"),
}
EMPTY = {"element-idle": ("<contact>duty desk<", "<contact><")}
HOUSE: dict[str, Alert] = {
    "exercise-unmarked": alert(headline="Smoke", event="Fire"),
    "art64-category": alert(category=()),
    "art64-level": alert(parameter=()),
    "art64-start": alert(onset="", expires=""),
    "art64-area": alert(area=()),
    "art64-attention": alert(description=""),
    "art64-measures": alert(instruction=""),
    "art64-issuer": alert(sender_name=""),
}


def test_the_sound_alert_is_sound() -> None:
    assert passes_schema(text(SOUND))
    assert found(text(SOUND)) == set()
    assert composing.check(SOUND) == ()


@pytest.mark.parametrize("rule", BREACHES)
def test_the_schema_lets_it_through_and_we_do_not(rule: str) -> None:
    source = text(BREACHES[rule])
    assert passes_schema(source)
    assert rule in found(source)


@pytest.mark.parametrize("rule", BREACHES)
def test_the_breach_breaks_that_rule_alone(rule: str) -> None:
    assert found(text(BREACHES[rule])) == {rule}


@pytest.mark.parametrize("rule", SHAPES)
def test_what_the_schema_refuses_we_refuse_too(rule: str) -> None:
    old, new = (part.encode() for part in SHAPES[rule])
    source = text(SOUND)
    assert source.count(old) == 1
    broken = source.replace(old, new)
    assert not passes_schema(broken)
    assert rule in errors(broken)


def test_an_empty_element_is_told() -> None:
    old, new = EMPTY["element-idle"]
    source = text(SOUND).replace(old.encode(), new.encode())
    assert passes_schema(source)
    assert found(source) == {"element-idle"}


@pytest.mark.parametrize("rule", HOUSE)
def test_what_this_house_asks_of_its_own(rule: str) -> None:
    assert rule in {f.rule for f in composing.check(HOUSE[rule])}
    assert composing.check(SOUND) == ()


def test_every_rule_has_a_case_and_words_in_each_language() -> None:
    cases = {*BREACHES, *SHAPES, *EMPTY, *HOUSE, "identifier-reused", "schema"}
    assert set(alerts.rules()) == cases
    assert cases >= WARNINGS
    facts = dict.fromkeys(("scope", "begin", "end", "length", "most", "least", "known"), "x")
    for rule in cases:
        for language in alerts.LANGUAGES:
            what, remedy = alerts.explain(Finding(rule, "", data=facts), language)
            assert what and remedy and "{" not in what, rule
        assert alerts.source(Finding(rule, ""))


def test_the_facts_of_each_finding_fill_its_sentence() -> None:
    for message in BREACHES.values():
        for finding in rules.judge(reading.read(text(message))):
            for language in alerts.LANGUAGES:
                assert alerts.explain(finding, language)[0], finding.rule


def test_an_identifier_used_twice_is_found_across_files() -> None:
    other = alert(identifier="another")
    assert rules.reused([SOUND, other]) == []
    assert [(n, f.rule) for n, f in rules.reused([SOUND, other, SOUND])] == [
        (2, "identifier-reused")
    ]
    # Two senders may use one number.
    assert rules.reused([SOUND, alert(sender="other@example.org")]) == []


def test_an_enclosed_file_with_its_digest_is_sound() -> None:
    digest = hashlib.sha1(b"a map", usedforsecurity=False).hexdigest()
    assert found(text(_resource(uri="map", deref_uri=HELD, digest=digest))) == set()


# --- composing ---------------------------------------------------------------------------------


def test_a_draft_is_an_exercise_and_restricted_unless_it_says_otherwise() -> None:
    assert (SOUND.status, SOUND.msg_type, SOUND.scope) == ("Exercise", "Alert", "Restricted")
    private = composing.fill(replace(DRAFT, addresses="a b", restriction=""), NOW, b"x")
    assert private.scope == "Private"


def test_an_exercise_is_marked_where_people_look_in_their_language() -> None:
    chinese = replace(INFO, language="zh-CN", event="火灾", headline="二楼有烟")
    arabic = replace(INFO, language="ar", event="حريق", headline="دخان")
    filled = composing.fill(replace(DRAFT, info=(INFO, chinese, arabic)), NOW, b"x")
    assert [i.headline for i in filled.info] == [
        "EXERCISE: Smoke on the second floor",
        "【演练】二楼有烟",
        "تمرين: دخان",
    ]
    assert composing.fill(filled, NOW, b"x") == filled  # marked once


def test_an_actual_alert_carries_no_mark() -> None:
    filled = composing.fill(replace(DRAFT, status="Actual"), NOW, b"x")
    assert filled.info[0].headline == INFO.headline


def test_a_public_actual_alert_needs_an_authority() -> None:
    public = replace(DRAFT, status="Actual", scope="Public", restriction="")
    with pytest.raises(Refusal, match="alert-public"):
        composing.compose(public, NOW, b"x")
    with pytest.raises(Refusal, match="alert-public"):
        composing.compose(public, NOW, b"x", authority="  ")
    assert "<scope>Public</scope>" in composing.compose(public, NOW, b"x", "突发事件应对法 art. 64")


# The mark of an exercise is added by composing itself.
REFUSED = {*BREACHES, *HOUSE} - WARNINGS - {"exercise-unmarked"}


@pytest.mark.parametrize("rule", sorted(REFUSED))
def test_what_is_wrong_is_not_composed(rule: str) -> None:
    with pytest.raises(Refusal, match="alert-invalid") as refusal:
        composing.compose({**BREACHES, **HOUSE}[rule], NOW, b"x")
    findings = refusal.value.data["findings"]
    assert isinstance(findings, list)
    assert rule in {f.rule for f in findings}


def test_each_message_has_an_identifier_of_its_own() -> None:
    one = composing.fill(DRAFT, NOW, b"\x01").identifier
    assert one != composing.fill(DRAFT, NOW, b"\x02").identifier
    assert one == "20260301010000-01"


def test_a_sign_that_xml_cannot_carry_is_refused() -> None:
    with pytest.raises(Refusal, match="alert-unprintable"):
        composing.compose(alert(description="bell \x07 rings"), NOW, b"x")


# --- times -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 3, 1, 1, tzinfo=UTC), "2026-03-01T01:00:00-00:00"),
        (
            datetime(2026, 3, 1, 1, 2, 3, 999999, tzinfo=timezone(timedelta(hours=8))),
            "2026-03-01T01:02:03+08:00",
        ),
        (
            datetime(2026, 3, 1, 1, tzinfo=timezone(-timedelta(hours=3, minutes=30))),
            "2026-03-01T01:00:00-03:30",
        ),
    ],
)
def test_times_are_written_as_the_standard_wants(moment: datetime, written: str) -> None:
    assert times.written(moment) == written
    assert times.read(written) == moment.replace(microsecond=0)


def test_a_time_without_a_usable_offset_is_refused() -> None:
    local = timezone(timedelta(hours=8, minutes=5, seconds=43))  # Shanghai before 1901
    for moment in (datetime(2026, 3, 1), datetime(1900, 1, 1, tzinfo=local)):  # noqa: DTZ001
        with pytest.raises(Refusal, match="alert-time-offset"):
            times.written(moment)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T01:00:00Z",
        "2026-03-01T01:00:00.5+08:00",
        "2026-03-01T01:00+08:00",
        "2026-03-01T01:00:00",
        "2026-03-01T01:00:00,08:00",
        "2026-02-29T01:00:00+08:00",
        "2026-03-01T01:00:00+15:00",
        "",
    ],
)
def test_other_times_are_none(text: str) -> None:
    assert times.read(text) is None


# --- shapes ------------------------------------------------------------------------------------

small = st.integers(-3, 3)
corners = st.lists(st.tuples(small, small), min_size=3, max_size=7)


def _meet(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int], d: tuple[int, int]) -> bool:
    """Whether two segments share a point, by solving for the point with fractions."""
    across = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
    if across:
        t = Fraction((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0]), across)
        u = Fraction((c[0] - a[0]) * (b[1] - a[1]) - (c[1] - a[1]) * (b[0] - a[0]), across)
        return 0 <= t <= 1 and 0 <= u <= 1
    if (b[0] - a[0]) * (c[1] - a[1]) != (b[1] - a[1]) * (c[0] - a[0]):
        return False  # parallel, apart
    axis = 0 if a[0] != b[0] else 1
    low, high = sorted((a[axis], b[axis]))
    return max(low, min(c[axis], d[axis])) <= min(high, max(c[axis], d[axis]))


def _crossed_slowly(points: list[tuple[int, int]]) -> bool:
    sides = list(zip(points, [*points[1:], points[0]], strict=True))
    for (i, one), (j, other) in combinations(enumerate(sides), 2):
        if j - i in (1, len(sides) - 1):
            first, second = (one, other) if j - i == 1 else (other, one)
            if len(sides) == 3 and j - i == 2:
                first, second = other, one
            start, corner, end = first[0], first[1], second[1]
            level = (corner[0] - start[0]) * (end[1] - corner[1]) == (corner[1] - start[1]) * (
                end[0] - corner[0]
            )
            back = (corner[0] - start[0]) * (end[0] - corner[0]) + (corner[1] - start[1]) * (
                end[1] - corner[1]
            ) < 0
            if level and back:
                return True
        elif _meet(*one, *other):
            return True
    return False


@given(corners)
@example([(0, 0), (1, 1), (0, 1), (1, 0)])
def test_crossings_are_found_as_by_solving_for_them(points: list[tuple[int, int]]) -> None:
    assume(all(a != b for a, b in zip(points, [*points[1:], points[0]], strict=True)))
    written = " ".join(f"{x},{y}" for x, y in [*points, points[0]])
    assert (shapes.polygon_fault(written) == "polygon-crossed") == _crossed_slowly(points)


@given(corners, st.integers(0, 6))
def test_where_a_walk_begins_changes_nothing(points: list[tuple[int, int]], turn: int) -> None:
    def fault(walk: list[tuple[int, int]]) -> str | None:
        return shapes.polygon_fault(" ".join(f"{x},{y}" for x, y in [*walk, walk[0]]))

    turned = points[turn % len(points) :] + points[: turn % len(points)]
    assert fault(points) == fault(turned) == fault(points[::-1])


@pytest.mark.parametrize("shape", ["0,0 1", "-90,-180 0", "31.2,121.4 0.25", "0.,.5 2."])
def test_circles(shape: str) -> None:
    assert shapes.circle_fault(shape) is None


@pytest.mark.parametrize("shape", ["", "0,0", "0,0 -1", "0 0 1", "0,0 1 2", "0,0 1km", "1e3,0 1"])
def test_no_circles(shape: str) -> None:
    assert shapes.circle_fault(shape) == "circle-form"


def test_the_square_of_the_examples_is_one() -> None:
    assert shapes.polygon_fault(SQUARE) is None


def test_unnamed_pairs_and_resources_are_found_in_values_too() -> None:
    broken = alert(parameter=(Pair("level", "red"), Pair("", "x")), resource=(Resource("", "a/b"),))
    paths = {f.path for f in rules.check(broken) if f.rule == "element-empty"}
    assert paths == {"info[0].parameter[1].valueName", "info[0].resource[0].resourceDesc"}
    assert isinstance(broken.info[0], Info)
