"""The demo and starter files: whole, resolvable, lawful under the packs, free of real persons.

Every demo case is replayed through the procedure engine, so that a change of a pack that
would make the demo unlawful is seen here and not on a stranger's screen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from huiyin import calendars, packs
from huiyin.demo.files import Record, cases, leaves, read
from huiyin.demo.script import Script, write
from huiyin.domain.access import STAFF_ROLES
from huiyin.domain.procedure import Act, State, as_of, decide, evolve
from huiyin.domain.routing import UnitFacts, route

LANGUAGES = {"zh-Hans", "zh-Hant", "en", "ar"}
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
NOW = datetime(2026, 11, 21, 13, 40, tzinfo=UTC)
# A Monday in a quiet month, the eve of a long holiday in China, Christmas Day in England.
MOMENTS = [
    NOW,
    datetime(2026, 6, 15, 1, 5, tzinfo=UTC),
    datetime(2026, 2, 14, 9, 0, tzinfo=UTC),
    datetime(2026, 12, 25, 11, 30, tzinfo=UTC),
]
KINDS = {"grievance", "complaint", "suggestion", "report-of-wrongdoing"}
TOWN = read("town")
UNITS: dict[str, Record] = {u["id"]: u for u in TOWN["units"]}
TOPS: dict[str, Record] = {t["id"]: t for t in TOWN["tops"]}
AREAS: dict[str, Record] = {a["id"]: a for a in TOWN["areas"]}
FACTS = {u: UnitFacts(u, r.get("under"), open=True) for u, r in UNITS.items()}
ROOTS = {a["top"]: a["id"] for a in TOWN["areas"] if "under" not in a}


def texts_of(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [t for v in value.values() for t in texts_of(v)]
    if isinstance(value, list):
        return [t for v in value for t in texts_of(v)]
    return []


def unique(ids: list[str]) -> bool:
    return len(ids) == len(set(ids)) and all(ID.match(i) for i in ids)


# --- starter ---------------------------------------------------------------------------------


def test_starter_tree_has_two_levels_and_every_language() -> None:
    groups = read("starter")["categories"]
    every = [c for g in groups for c in (g, *g["children"])]
    assert unique([c["id"] for c in every])
    assert len(groups) >= 8 and all(len(g["children"]) >= 3 for g in groups)
    assert all(set(c["name"]) == LANGUAGES for c in every)
    for leaf in leaves().values():
        assert set(leaf["hint"]) >= {"zh-Hans", "zh-Hant", "en"}, leaf["id"]
        assert leaf["kind"] in KINDS and isinstance(leaf["public"], bool)
    assert set(read("starter")["unit"]["name"]) == LANGUAGES


def test_names_within_a_group_can_be_told_apart() -> None:
    for group in read("starter")["categories"]:
        for language in LANGUAGES:
            names = [leaf["name"][language] for leaf in group["children"]]
            assert len(names) == len(set(names)), (group["id"], language)


def test_no_subject_that_exposes_a_person_is_public() -> None:
    closed = {"women-family", "work", "law", "tenancy", "service-past"}
    assert not [x for x, leaf in leaves().items() if leaf["public"] and leaf["group"] in closed]
    assert not leaves()["service-wrongdoing"]["public"]


# --- town ------------------------------------------------------------------------------------


def test_units_areas_and_accounts_resolve() -> None:
    assert unique(list(UNITS)) and len(UNITS) == len(TOWN["units"])
    assert unique(list(AREAS)) and len(AREAS) == len(TOWN["areas"])
    assert unique([a["login"] for a in TOWN["accounts"]])
    for entry in [*TOWN["units"], *TOWN["areas"]]:
        assert set(entry["name"]) == LANGUAGES, entry["id"]
    assert all(u["under"] in UNITS for u in TOWN["units"] if "under" in u)
    for area in AREAS.values():
        assert area["top"] in TOPS and area.get("under", ROOTS[area["top"]]) in AREAS, area
    for account in TOWN["accounts"]:
        assert account["unit"] in UNITS and set(account["roles"]) <= set(STAFF_ROLES), account


def test_every_top_unit_can_receive_and_answer() -> None:
    assert {u for u, r in UNITS.items() if r.get("top")} == set(TOPS)
    for top in TOPS.values():
        assert set(top["opening"]) == LANGUAGES and set(top["danger"]) == LANGUAGES
        assert ZoneInfo(top["zone"]).key == top["zone"]
        assert top["calendar"] in calendars.ids()
        for rule in top["packs"]:
            pack = packs.load(rule["pack"])
            assert rule["as"] in pack.kinds and pack.valid_from <= rule["from"]
            assert rule["kind"] in KINDS
        assert all(post("reviewer", unit) for unit in top["reviews"])
        assert post("registrar", top["id"]) and post("supervisor", top["id"])
        rest = [r for r in TOWN["routes"] if r["top"] == top["id"] and r["category"] == "*"]
        assert len(rest) == 1 and rest[0]["area"] == "*"


def test_routes_lead_to_units_with_an_owner() -> None:
    known = set(leaves()) | {leaf["group"] for leaf in leaves().values()} | {"*"}
    for rule in TOWN["routes"]:
        assert rule["category"] in known and rule["lead"] in UNITS, rule
        assert rule["area"] == "*" or rule["area"] in AREAS
        assert set(rule["why"]) >= {"zh-Hans", "zh-Hant", "en"}
        assert all(unit in UNITS for unit in rule["support"])
        assert post("owner", rule["lead"]), rule


def test_each_role_has_an_account() -> None:
    assert {r for a in TOWN["accounts"] for r in a["roles"]} == set(STAFF_ROLES)


def holders(unit: str) -> list[Record]:
    return [a for a in TOWN["accounts"] if a["unit"] == unit]


def post(role: str, unit: str) -> str:
    """The first account with ``role`` in ``unit``."""
    return next((a["login"] for a in holders(unit) if role in a["roles"]), "")


# --- cases -----------------------------------------------------------------------------------


def test_two_hundred_cases_in_several_languages() -> None:
    languages = Counter(case["language"] for case in cases())
    assert unique([case["id"] for case in cases()]) and len(cases()) == 200
    assert languages["zh-Hans"] + languages["zh-Hant"] >= 110
    assert languages["en"] >= 60 and languages["ar"] >= 1 and languages["zh-Hant"] >= 2


def test_every_case_resolves() -> None:
    for case in cases():
        assert case["category"] in leaves(), case["id"]
        assert AREAS[case["area"]]["top"] == case["top"], case["id"]
        assert case.get("about", case["top"]) in UNITS, case["id"]
        assert case["identity"] in {"anonymous", "contact", "identity"}, case["id"]
        assert case["scenario"] in read("scenarios")["scenarios"], case["id"]
        assert all(case[k].strip() for k in ("text", "wants", "summary")), case["id"]
        assert case.get("collective", {"representatives": 1})["representatives"] <= 5
        assert case.get("kind", leaves()[case["category"]]["kind"]) in KINDS


def test_words_are_individual_and_slots_are_filled() -> None:
    words = [case["text"] for case in cases()]
    assert len(words) == len(set(words))
    for case in cases():
        for text in texts_of(case):
            assert "{" not in text and "TODO" not in text, (case["id"], text)


def test_office_speaks_its_own_language() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    for case in cases():
        chinese = case["office"] == "zh-Hans"
        for key in {"summary", "facts", "remedy", "question"} & set(case):
            assert bool(han.search(case[key])) == chinese, (case["id"], key)


# Emergency and test numbers that belong to no person.
PUBLIC_NUMBERS = re.compile(r"0800 111 999|\b(110|119|120|999)\b")
PHONE = re.compile(r"(?<!\d)(\+?\d[\d -]{6,}\d|1[3-9]\d{9})(?!\d)")
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


def test_no_text_carries_a_phone_mail_or_identity_number() -> None:
    people = read("town")["people"]
    rest = {k: v for k, v in TOWN.items() if k != "people"}
    for text in [t for source in (list(cases()), rest, read("starter")) for t in texts_of(source)]:
        bare = PUBLIC_NUMBERS.sub("", text)
        assert not PHONE.search(bare), text
        assert not MAIL.search(bare), text
        assert not IDENTITY_NUMBER.search(bare), text
    assert all(side["email"].endswith("@example.invalid") for side in people.values())
    assert people["zh"]["phone"].startswith("000 ")
    assert people["en"]["phone"].startswith("07700 900")


def test_staff_summaries_hold_no_first_person() -> None:
    """A summary is the staff's, searchable, and must not quote the complainant."""
    for case in cases():
        if case["office"] == "zh-Hans":
            assert "我" not in case["summary"].replace("自我", ""), case["id"]
        else:
            assert not re.search(r"\b(I|my|we)\b", case["summary"]), case["id"]


# What somebody's body or mind is like belongs under seal, not into the searchable summary.
HEALTH = re.compile(
    r"\b(asthma\w*|allerg\w*|autis\w*|deaf|dementia|disab\w*|hospital|illness|injur\w*|pregnan\w*"
    r"|stammer|stroke|surgery|tics|tinnitus|unwell|wheelchair)\b"
    r"|病|残疾|孕|伤(?!害)|癌|手术|透析|自闭|视障|聋|盲人|呕血|腹泻|心理|降压",
    re.IGNORECASE,
)
# The subject of a case may be an injury at work or a medical insurance: that is its category.
SUBJECTS = ("工伤", "医保", "医疗保险")


def test_staff_summaries_say_nothing_of_anybodys_health() -> None:
    for case in cases():
        summary = case["summary"]
        for subject in SUBJECTS:
            summary = summary.replace(subject, "")
        assert not HEALTH.search(summary), (case["id"], case["summary"])


def test_each_office_works_by_the_law_of_its_kind() -> None:
    expected = {
        "jixi-town": "cn-xinfang-2022",
        "jixi-school": "cn-xinfang-2022",
        "ottermere-homes": "uk-housing-2024",
        "ottermere-school": "school",
        "ottermere-council": "uk-lgsco-2024",
    }
    assert {top["id"]: {r["pack"] for r in top["packs"]} for top in TOWN["tops"]} == {
        top: {pack} for top, pack in expected.items()
    }
    for case in cases():
        assert read("scenarios")["scenarios"][case["scenario"]]["pack"] == expected[case["top"]]
    assert {case["top"] for case in cases()} == set(expected)


# --- replay ----------------------------------------------------------------------------------


def script_of(case: Record, now: datetime) -> Script:
    top = TOPS[case["top"]]
    calendar = calendars.load(top["calendar"])
    return write(case, read("scenarios"), calendar, ZoneInfo(top["zone"]), now)


def routed(case: Record) -> str:
    leads = {
        (r["category"], ROOTS[r["top"]] if r["area"] == "*" else r["area"]): r["lead"]
        for r in TOWN["routes"]
    }
    group = leaves()[case["category"]]["group"]
    found = route(
        categories=(case["category"], group, "*"),
        places=(case["area"], AREAS[case["area"]].get("under", case["area"])),
        leads=leads,
        units=FACTS,
        default=case["top"],
        about=case.get("about"),
    )
    return found.unit


def reviewers_unit(case: Record, level: int) -> str:
    return str(TOPS[case["top"]]["reviews"][level - 1])


def resolved(value: object, case: Record, state: State) -> object:
    if value == "@routed":
        return routed(case)
    if value == "@owner":
        return post("owner", str(state.unit))
    if value == "@reviewer":
        return post("reviewer", reviewers_unit(case, state.level))
    return value


def actor_of(role: str, case: Record, state: State) -> str | None:
    if role == "complainant":
        return None
    if role == "registrar":
        return post("registrar", case["top"])
    if role == "supervisor":
        return post("supervisor", case["top"])
    if role == "reviewer":
        return state.owner or post("reviewer", reviewers_unit(case, state.level))
    return state.owner


def replay(case: Record, now: datetime) -> tuple[Script, State]:
    """Every act through the engine; a Refusal fails the test with its code and data."""
    script = script_of(case, now)
    pack = packs.load(script.pack)
    calendar = calendars.load(pack.calendar)
    kind = pack.kind_for(leaves()[case["category"]]["kind"])
    data = {"unit": routed(case), "texts": {"text": "t0"}, "kind": kind}
    opening = Act("submit", "complainant", None, data)
    [event] = decide(pack, calendar, None, opening, script.handed_in)
    state = evolve(pack, calendar, None, event)
    for n, step in enumerate(script.steps, start=1):
        given = {k: resolved(v, case, state) for k, v in step.data.items()}
        refs = {field: f"t{n}-{field}" for field in step.texts}
        act = Act(step.act, step.role, actor_of(step.role, case, state), {**given, "texts": refs})
        for new in decide(pack, calendar, state, act, step.at):
            state = evolve(pack, calendar, state, new)
    return script, as_of(pack, calendar, state, now)


@pytest.mark.parametrize("now", MOMENTS, ids=lambda m: m.date().isoformat())
def test_every_case_is_lawful_and_ends_where_it_says(now: datetime) -> None:
    for case in cases():
        script, state = replay(case, now)
        assert state.stage in script.ends and state.kind == script.kind, (case["id"], state)
        assert state.last <= now and script.handed_in < now, case["id"]


def test_the_office_acts_in_its_hours() -> None:
    for case in cases():
        script = script_of(case, NOW)
        calendar = calendars.load(TOPS[case["top"]]["calendar"])
        moments = [s.at for s in script.steps]
        assert moments == sorted(moments), case["id"]
        for step in script.steps:
            if step.role != "complainant" and step.at < NOW:
                assert calendar.is_working(step.at.date()), (case["id"], step.act, step.at)
                assert 8 <= step.at.hour < 19, (case["id"], step.act, step.at)


def test_same_arguments_give_the_same_script() -> None:
    for case in cases():
        assert script_of(case, NOW) == script_of(case, NOW)


def test_someone_else_decides_on_review() -> None:
    for case in cases():
        if case["scenario"] in ("cn-final", "uk-stage2-final"):
            _, state = replay(case, NOW)
            assert len(state.deciders) == (3 if case["scenario"] == "cn-final" else 2), case["id"]


def overdue(state: State, now: datetime) -> bool:
    return any(c.late(now) and c.owed_by == "office" for c in state.clocks)


def soon(state: State, now: datetime) -> bool:
    limit = now + timedelta(days=7)
    return any(
        c.stopped is None and c.owed_by == "office" and c.due_at and now < c.due_at <= limit
        for c in state.clocks
    )


def test_a_stranger_finds_a_case_in_every_situation() -> None:
    states = {case["id"]: replay(case, NOW)[1] for case in cases()}
    stages = Counter(state.stage for state in states.values())
    wanted = {"submitted", "accepted", "in-hand", "answered", "concluded", "review-requested"}
    wanted |= {"reexamination-requested", "final", "settled", "withdrawn", "replied", "directed"}
    wanted |= {"received", "stage-1", "answered-1", "escalated", "stage-2", "not-accepted"}
    assert wanted <= set(stages), wanted - set(stages)
    live = [s for s in states.values() if s.open]
    late = [s for s in live if overdue(s, NOW)]
    assert 4 <= len(late) <= 20 < len(live)
    assert sum(soon(s, NOW) for s in live) >= 5
    assert sum(any(c.extended for c in s.running()) for s in live) >= 5
    assert sum(any(p.id == "question" for p in s.spells) for s in live) >= 3
    assert sum(any(c.suspended for c in s.clocks) for s in live) >= 1
    assert sum(s.owner is None for s in live) >= 3
    assert sum("collective" in case for case in cases()) >= 4


def test_cases_lie_over_two_years() -> None:
    ages = [int(case["ago"].removesuffix("d")) for case in cases()]
    assert 690 <= max(ages) <= 730 and min(ages) == 0
    months = Counter(age // 60 for age in ages)
    assert all(months[m] >= 3 for m in range(12)), months
