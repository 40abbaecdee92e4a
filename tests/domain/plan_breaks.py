"""One small change to a sound plan for each rule, and the place where the rule must object.

The sound plan is the example ``chemical-leak``. A change names a path in the plan (or, after
``org:``, in the organisation) and what to put there; ``CUT`` deletes it. ``NEAR`` are changes
that come close and must not trigger the rule.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from huiyin import plans
from huiyin.domain.plans.reading import (
    items,
    organisation_of,
    plan_of,
    read_organisation,
    read_plan,
)
from huiyin.domain.plans.subject import Subject
from huiyin.domain.plans.writing import as_data

TODAY = date(2026, 11, 22)
CUT = object()


@dataclass(frozen=True)
class Change:
    rule: str
    at: str
    edits: dict[str, Any]
    today: date = TODAY


def _both() -> tuple[dict[str, Any], dict[str, Any]]:
    plan, organisation = plans.example("chemical-leak")
    return as_data(read_plan(plan)[0]), as_data(read_organisation(organisation)[0])


PLAN, ORGANISATION = _both()


def subject(edits: dict[str, Any], today: date = TODAY) -> Subject:
    """The sound plan after some edits, as the rules see it."""
    plan, organisation = copy.deepcopy(PLAN), copy.deepcopy(ORGANISATION)
    for path, value in edits.items():
        top = organisation if path.startswith("org:") else plan
        _put(top, path.removeprefix("org:").split("/"), value)
    return Subject(
        plan_of(items(plan)),
        organisation_of(items(organisation)),
        today,
        plans.laws(),
        plans.land(),
    )


def _put(top: Any, path: list[str], value: Any) -> None:
    *way, last = path
    for step in way:
        top = top[int(step)] if isinstance(top, list) else top.setdefault(step, {})
    if value is CUT:
        top.pop(last, None)
    elif isinstance(top, list):
        top[int(last)] = value
    else:
        top[last] = value


def two(zh: str, en: str) -> dict[str, str]:
    return {"zh-Hans": zh, "en": en}


T = two("某", "some")
LEVELS = ("site", "works", "county")


def _classes(*figures: int) -> dict[str, Any]:
    low = dict(zip(LEVELS, figures, strict=True))
    return {
        f"levels/{name}/criteria": [
            {"variable": "deaths", "unit": "people", "at-least": str(figure)}
        ]
        for name, figure in low.items()
    }


def _school(target: str, floors: int) -> dict[str, Any]:
    sites = ("tank-farm", "compressor-house", "office-building")
    return {
        "plan/settings": ["school", "dangerous-goods"],
        "muster/target": target,
        **{f"scope/sites/{name}/floors": floors for name in sites},
    }


BREAKS = [
    # limits
    Change(
        "limit-people-as-hazard",
        "/risks/flange-leak/title",
        {"risks/flange-leak/title": two("集体上访", "Petitions")},
    ),
    Change(
        "limit-people-as-hazard",
        "/triggers/seen/described",
        {"triggers/seen/described": two("某", "Protesters at the gate")},
    ),
    # structure
    Change("structure-dangling", "/tasks/alarm/role", {"tasks/alarm/role": "nobody"}),
    Change(
        "structure-dangling",
        "/tasks/stop-leak/resources/ladder",
        {"tasks/stop-leak/resources/ladder": 1},
    ),
    Change(
        "structure-unknown-person", "/roles/rescue/holders/0", {"roles/rescue/holders/0": "p99"}
    ),
    Change("structure-unknown-person", "/people/p01/unit", {"org:people/p01/unit": "moon"}),
    Change(
        "structure-unknown-duty",
        "/reports/accident/duty",
        {"reports/accident/duty": "cn-report-acident"},
    ),
    Change(
        "structure-unknown-duty",
        "/exercises/programme/half-year/duty",
        {"exercises/programme/half-year/duty": "monthly"},
    ),
    Change("structure-empty", "", {"reports": CUT}),
    Change("structure-no-parent", "/plan", {"plan/parent": CUT}),
    Change("structure-task-cycle", "/tasks/alarm/after", {"tasks/alarm/after": ["shut-off"]}),
    Change(
        "structure-limit-impossible",
        "/tasks/shut-off/finish-by",
        {"tasks/shut-off/finish-by": "PT2M"},
    ),
    Change("structure-critical-path", "/levels/works/within", {"levels/works/within": "PT33M"}),
    Change(
        "structure-starts-too-late", "/tasks/alarm/start-by", {"tasks/alarm/start-by": "PT1M30S"}
    ),
    Change("structure-level-number", "/levels/county/number", {"levels/county/number": 2}),
    Change("structure-hazard-without-risk", "/plan/hazards/1", {"plan/hazards": ["leak", "flood"]}),
    Change("structure-risk-untreated", "/risks/flange-leak", {"risks/flange-leak/measures": CUT}),
    Change(
        "structure-place-far",
        "/muster/points/north-gate/place",
        {"muster/points/north-gate/place": ["36.7140", "121.9"]},
    ),
    Change(
        "structure-place-sea",
        "/scope/sites/tank-farm/place",
        {"scope/sites/tank-farm/place": ["36.7102", "147.3021"]},
    ),
    # roles
    Change("roles-no-holder", "/roles/planning", {"roles/planning/holders": CUT}),
    Change("roles-no-deputy", "/roles/commander", {"roles/commander/deputies": CUT}),
    Change("roles-too-few", "/roles/rescue/minimum", {"roles/rescue/minimum": 5}),
    Change(
        "roles-holder-twice",
        "/roles/commander/deputies/0",
        {"roles/commander/deputies": ["p01", "deputy-manager"]},
    ),
    Change("roles-double", "/roles/planning/holders/0", {"roles/planning/holders": ["p01"]}),
    Change("roles-no-command", "/roles", {"roles/commander/function": "custom"}),
    Change(
        "roles-span",
        "/roles/commander",
        {"roles/rescue/reports-to": "commander", "roles/evacuation/reports-to": "commander"},
    ),
    Change(
        "roles-command-cycle",
        "/roles/commander/reports-to",
        {"roles/commander/reports-to": "duty-officer"},
    ),
    Change("roles-skill", "/roles/medical/skills", {"org:people/p13/skills": CUT}),
    Change(
        "roles-shared-fate",
        "/roles/commander/deputies",
        {"org:people/p01/fates": ["canteen"], "org:people/p02/fates": ["canteen", "x"]},
    ),
    Change(
        "roles-post-vacant", "/roles/commander/holders/0", {"org:posts/plant-manager/holders": CUT}
    ),
    Change(
        "roles-critical-unmarked",
        "/roles",
        {
            f"roles/{r}/critical": CUT
            for r in ("commander", "duty-officer", "rescue", "evacuation", "medical", "liaison")
        },
    ),
    Change("roles-no-time", "/roles/rescue", {"roles/rescue/within": CUT}),
    # staffing
    Change(
        "staffing-impossible",
        "/roles",
        {
            "roles/planning/holders": ["p03"],
            "roles/planning/deputies": ["p04"],
            "roles/logistics/holders": ["p04"],
            "roles/logistics/deputies": ["p03"],
            "roles/finance/holders": ["p18", "p03"],
            "roles/finance/deputies": ["p04"],
            "org:people/p18/leaves": "2026-11-01",
        },
    ),
    Change(
        "staffing-single-point",
        "/roles/finance",
        {
            "roles/logistics/holders": ["p16"],
            "roles/logistics/deputies": ["p18"],
            "roles/finance/holders": ["p18"],
            "roles/finance/deputies": ["p16"],
        },
    ),
    Change("staffing-resilience", "/plan/resilience", {"plan/resilience": 2}),
    Change("staffing-left", "/roles/medical/deputies/0", {"org:people/p13/leaves": "2026-12-10"}),
    Change(
        "staffing-away",
        "/roles/planning",
        {"org:people/p03/leave": [{"from": "2026-12-05", "until": "2026-12-06"}]},
    ),
    Change(
        "staffing-away-together",
        "/roles",
        {
            "roles/logistics/deputies": ["p17", "p19"],
            "roles/finance/deputies": ["p17"],
            "org:people/p16/leave": [{"from": "2026-12-10", "until": "2026-12-11"}],
            "org:people/p18/leave": [{"from": "2026-12-10", "until": "2026-12-11"}],
            "org:people/p19/leave": [{"from": "2026-12-11", "until": "2026-12-11"}],
        },
    ),
    # authority
    Change("authority-none", "/levels/works", {"levels/works/authority": CUT}),
    Change(
        "authority-single",
        "/levels/works/authority",
        {"levels/works/authority": ["commander"], "roles/commander/deputies": CUT},
    ),
    Change("authority-no-criteria", "/levels/site", {"levels/site/criteria": CUT}),
    Change("authority-no-end", "/levels/site", {"levels/site/ends": CUT}),
    Change("authority-no-adjust", "/levels/site", {"levels/site/adjusts": CUT}),
    Change("authority-no-time", "/levels/site", {"levels/site/within": CUT}),
    Change(
        "authority-overlap",
        "/levels/works/criteria/0",
        {"levels/site/criteria/0/below": "101"},
    ),
    Change("authority-gap", "/levels/works/criteria/0", {"levels/site/criteria/0/below": "99"}),
    Change(
        "authority-order",
        "/levels/county/criteria/0",
        {"levels/site/number": 2, "levels/works/number": 3},
    ),
    Change(
        "authority-criterion-empty",
        "/levels/site/criteria/0",
        {"levels/site/criteria/0/below": "25"},
    ),
    Change("authority-copied", "/levels", _classes(3, 10, 30)),
    # triggers
    Change("triggers-none", "/levels/site", {"triggers/warn-25": CUT}),
    Change("triggers-threshold", "/triggers/warn-25", {"triggers/warn-25/operator": CUT}),
    Change("triggers-unit", "/triggers/warn-25/value", {"triggers/warn-25/unit": CUT}),
    Change("triggers-mixed-units", "/triggers/idlh-300/unit", {"triggers/idlh-300/unit": "mg/m³"}),
    Change("triggers-not-monotone", "/triggers/idlh-300/value", {"triggers/idlh-300/value": "100"}),
    Change("triggers-no-exit", "/triggers/warn-25", {"triggers/warn-25/exit": CUT}),
    Change("triggers-exit-side", "/triggers/warn-25/exit", {"triggers/warn-25/exit": "26"}),
    Change("triggers-manual-silent", "/triggers/seen", {"triggers/seen/described": CUT}),
    Change("triggers-free-text", "/triggers/warn-25/described", {"triggers/warn-25/described": T}),
    Change("triggers-unwatched", "/triggers/seen", {"triggers/seen/watched-by": CUT}),
    Change(
        "triggers-automatic",
        "/levels/county/automatic",
        {"triggers/idlh-300/level": "works"},
    ),
    # tasks
    Change("tasks-no-owner", "/tasks/costs", {"tasks/costs/role": CUT}),
    Change("tasks-no-limit", "/tasks/costs", {"tasks/costs/finish-by": CUT}),
    Change(
        "tasks-vague",
        "/tasks/costs/title",
        {"tasks/costs/title": two("及时登记损失", "Record losses")},
    ),
    Change(
        "tasks-vague",
        "/tasks/costs/title",
        {"tasks/costs/title": two("登记损失", "Record losses as soon as possible")},
    ),
    Change("tasks-no-evidence", "/tasks/alarm", {"tasks/alarm/evidence": CUT}),
    Change("tasks-no-length", "/tasks/alarm", {"tasks/alarm/takes": CUT}),
    Change(
        "tasks-phase-empty",
        "/tasks",
        {"tasks/drain/phase": "control", "tasks/costs/phase": "support"},
    ),
    Change("tasks-idle-role", "/roles/finance", {"tasks/costs/role": "logistics"}),
    Change(
        "tasks-over-booked",
        "/resources/breathing-sets/quantity",
        {"resources/breathing-sets/quantity": 1},
    ),
    Change("tasks-over-loaded", "/roles/rescue", {"tasks/stop-leak/people": 5}),
    # callout
    Change("callout-no-channel", "/private/p16", {"org:private/p16": CUT}),
    Change(
        "callout-one-channel",
        "/private/p12",
        {
            "org:private/p12/channels": [
                {"kind": "mobile", "address": "+861200000112", "verified": "2026-10-12"}
            ]
        },
    ),
    Change(
        "callout-no-voice",
        "/private/p12",
        {
            "org:private/p12/channels": [
                {"kind": "sms", "address": "+861200000112", "verified": "2026-10-12"},
                {"kind": "email", "address": "p12@example.org", "verified": "2026-10-12"},
            ]
        },
    ),
    Change(
        "callout-filler-number",
        "/contacts/village/channels/0/address",
        {"contacts/village/channels/0/address": "+8611111111"},
    ),
    Change(
        "callout-filler-number",
        "/private/p01/channels/0/address",
        {"org:private/p01/channels/0/address": "+8613812345678"},
    ),
    Change(
        "callout-unverified",
        "/private/p01/channels/0",
        {"org:private/p01/channels/0/verified": "2026-08-23"},
    ),
    Change(
        "callout-contact-unverified",
        "/contacts/village/channels/0",
        {"contacts/village/channels/0/verified": CUT},
    ),
    Change("callout-contact-silent", "/contacts/fire", {"contacts/fire/channels": CUT}),
    Change(
        "callout-shared-number",
        "/private/p02/channels/0",
        {"org:private/p02/channels/0/address": "+861200000101"},
    ),
    Change(
        "callout-unreached",
        "/roles/finance",
        {"callout/works/to": ["medical", "planning", "liaison", "logistics"]},
    ),
    Change("callout-too-slow", "/roles/medical/within", {"callout/works/talk": "PT15M"}),
    Change("callout-cycle", "/callout/second/next", {"callout/second/next": "first"}),
    Change(
        "callout-cycle",
        "/callout/second/caller",
        {"callout/works/to": ["duty-officer", "finance"], "callout/second/to": ["commander"]},
    ),
    Change(
        "callout-needed",
        "/callout/outside/needed",
        {"callout/outside/acknowledge": "some", "callout/outside/needed": 3},
    ),
    Change("callout-nobody", "/callout/outside", {"callout/outside/contacts": CUT}),
    Change("callout-gives-up", "/callout/works/tries", {"callout/works/tries": 1}),
    Change("callout-no-times", "/callout/works", {"callout/works/talk": CUT}),
    # muster
    Change("muster-none", "/muster", {"muster": CUT}),
    Change("muster-no-target", "/muster", {"muster/target": CUT}),
    Change("muster-too-slow", "/muster/target", _school("PT2M1S", 3)),
    Change("muster-states", "/muster/states", {"muster/states": ["safe", "injured", "unknown"]}),
    Change("muster-no-point", "/muster/units/building", {"muster/units/building/point": CUT}),
    Change(
        "muster-no-alternate", "/muster/units/building", {"muster/units/building/alternate": CUT}
    ),
    Change(
        "muster-unsafe",
        "/muster/units/building/point",
        {"muster/points/north-gate/unsafe": ["leak"]},
    ),
    Change(
        "muster-capacity",
        "/muster/points/south-yard/capacity",
        {"muster/points/south-yard/capacity": 70},
    ),
    Change("muster-no-warden", "/muster/units/shift", {"muster/units/shift/warden": CUT}),
    Change("muster-no-deputy", "/muster/units/shift", {"muster/units/shift/deputy": "p05"}),
    Change(
        "muster-warden-overloaded",
        "/muster/units/building/warden",
        {"muster/units/building/warden": "p05"},
    ),
    Change(
        "muster-uncounted-group",
        "/scope/populations/day-shift",
        {"muster/units/shift/groups": CUT},
    ),
    Change(
        "muster-group-twice",
        "/muster/units/building/groups/1",
        {"muster/units/building/groups": ["guests", "day-shift"]},
    ),
    Change(
        "muster-uncounted-person",
        "/muster/units",
        {"muster/units/building/members": ["management", "office", "p20"]},
    ),
    Change(
        "muster-person-twice",
        "/muster/units/building/members",
        {"muster/units/building/members": ["management", "office", "security", "p05"]},
    ),
    Change(
        "muster-no-help", "/scope/populations/guests", {"muster/units/building/assistants": CUT}
    ),
    Change("muster-no-help", "/scope/populations/guests", {"scope/populations/guests/help": CUT}),
    Change(
        "muster-no-step-free-route",
        "/muster/units/building",
        {"muster/routes/east-ramp/step-free": False},
    ),
    Change("muster-no-route", "/muster/units/shift", {"muster/units/shift/routes": CUT}),
    Change(
        "muster-route-elsewhere",
        "/muster/units/building/routes/0",
        {"muster/units/building/point": "south-yard", "muster/units/building/alternate": CUT},
    ),
    # reports
    Change("reports-missing", "/reports", {"reports/accident/duty": CUT}),
    Change("reports-too-late", "/reports/accident/within", {"reports/accident/within": "PT61M"}),
    Change(
        "reports-late-clock", "/reports/accident/clock", {"reports/accident/clock": "activated"}
    ),
    Change(
        "reports-item",
        "/reports/accident/items",
        {"reports/accident/items": ["unit", "time-place-scene", "course", "measures", "other"]},
    ),
    Change(
        "reports-supplement",
        "/reports/accident/supplement",
        {"reports/accident/supplement": "P29D"},
    ),
    Change("reports-no-limit", "/reports/accident", {"reports/accident/within": CUT}),
    Change("reports-no-items", "/reports/accident", {"reports/accident/items": CUT}),
    Change("reports-no-law", "/reports/accident", {"reports/accident/law": CUT}),
    # roster
    Change("roster-missing", "/duty", {"org:duty": CUT}),
    Change(
        "roster-gap",
        "/duty/leader",
        {"org:duty/leader/serves": ["mon", "tue", "wed", "thu", "fri"]},
    ),
    Change(
        "roster-gap",
        "/duty/leader",
        {"org:people/p02/leave": [{"from": "2026-11-23", "until": "2026-11-29"}]},
    ),
    Change("roster-ineligible", "/duty/leader/members/0", {"org:duty/leader/skill": "first-aid"}),
    Change("roster-left", "/duty/leader/members/4", {"org:people/p14/leaves": "2026-12-20"}),
    Change("roster-rest", "/duty/leader/rest", {"org:duty/leader/rest": 97}),
    Change(
        "roster-starved",
        "/duty/leader/members",
        {
            "org:duty/leader/members": ["p01", "p02", "p03", "p04", "p14", "p15", "p16"],
            "org:duty/leader/serves": ["mon", "tue", "wed", "thu", "fri"],
            "org:duty/leader/skips-unserved": "no",
        },
    ),
    Change(
        "roster-overlap",
        "/duty/leader/temporary/1",
        {
            "org:duty/leader/temporary": [
                {"from": "2026-12-03", "until": "2026-12-05", "person": "p03"},
                {"from": "2026-12-05", "until": "2026-12-06", "person": "p02"},
            ]
        },
    ),
    Change(
        "roster-backwards",
        "/people/p04/leave/0",
        {"org:people/p04/leave": [{"from": "2026-12-05", "until": "2026-12-03"}]},
    ),
    Change("roster-ends", "/duty/leader/until", {"org:duty/leader/until": "2026-12-20"}),
    # age
    Change("age-law-repealed", "/basis/order-708/until", {"basis/order-708/until": "2026-11-21"}),
    Change("age-law-not-yet", "/basis/order-708/from", {"basis/order-708/from": "2026-11-23"}),
    Change("age-law-unverified", "/basis/erg-125/verified", {"basis/erg-125/verified": "no"}),
    Change("age-no-review", "/plan", {"plan/review-due": CUT}),
    Change("age-review-overdue", "/plan/review-due", {"plan/review-due": "2026-11-21"}),
    Change("age-review-too-far", "/plan/review-due", {"plan/review-due": "2029-09-16"}),
    Change(
        "age-drill-unplanned",
        "/exercises",
        {"exercises/programme/half-year/duty": CUT, "exercises/programme/half-year/every": "P1Y"},
    ),
    Change(
        "age-drill-interval",
        "/exercises/programme/half-year/every",
        {"exercises/programme/half-year/every": "P7M"},
    ),
    Change(
        "age-drill-overdue",
        "/exercises",
        {"exercises/held/drill-2026-10/on": "2025-12-31", "exercises/held/walk-2026": CUT},
    ),
    Change("age-exercise-overdue", "/exercises/programme/night-call", {}, date(2027, 1, 13)),
    Change(
        "age-no-objectives",
        "/exercises/programme/night-call",
        {"exercises/programme/night-call/objectives": CUT},
    ),
    Change(
        "age-finding-overdue",
        "/exercises/held/drill-2026-10/findings/radio-noise/due",
        {},
        date(2026, 12, 16),
    ),
    Change(
        "age-finding-unowned",
        "/exercises/held/drill-2026-10/findings/radio-noise",
        {"exercises/held/drill-2026-10/findings/radio-noise/owner": CUT},
    ),
    Change("age-no-table-top", "/plan/status", {"exercises/held/walk-2026/version": "2.2"}),
    Change("age-no-approval", "/plan/status", {"plan/approval": CUT}),
    Change(
        "age-held-in-future",
        "/exercises/held/drill-2026-10/on",
        {"exercises/held/drill-2026-10/on": "2026-11-23"},
    ),
    Change("age-resource-expired", "/resources/eyewash/expires", {}, date(2027, 9, 1)),
    Change("age-inspection-overdue", "/resources/breathing-sets/inspected", {}, date(2026, 12, 6)),
    Change("age-resource-unowned", "/resources/truck", {"resources/truck/owner": CUT}),
    Change(
        "age-survey-old",
        "/risks/flange-leak/surveyed",
        {"risks/flange-leak/surveyed": "2023-11-21"},
    ),
    # warnings
    Change("warnings-matter", "/warnings/inside", {"warnings/inside/area": CUT}),
    Change("warnings-no-authority", "/warnings/inside/scope", {"warnings/inside/scope": "Public"}),
    Change(
        "warnings-drill-unmarked", "/warnings/drill/status", {"warnings/drill/status": "Actual"}
    ),
    Change("warnings-drill-note", "/warnings/drill", {"warnings/drill/note": CUT}),
    Change("warnings-no-drill-text", "/warnings", {"warnings/drill": CUT}),
    Change("warnings-no-audience", "/warnings/inside", {"warnings/inside/audience": CUT}),
    # ending
    Change("nil-nobody", "/nil-return/daily", {"nil-return/daily/from": CUT}),
    Change("nil-silent-zero", "/nil-return/daily", {"nil-return/daily/explicit-zero": CUT}),
    Change("nil-no-escalation", "/nil-return/daily", {"nil-return/daily/escalation": CUT}),
    Change("nil-no-grace", "/nil-return/daily", {"nil-return/daily/grace": CUT}),
    Change("end-none", "/demobilisation", {"demobilisation": CUT}),
    Change("end-no-authority", "/demobilisation", {"demobilisation/authority": CUT}),
    Change("end-data-kept", "/demobilisation", {"demobilisation/destroy-after": CUT}),
    Change("end-no-handover", "/demobilisation", {"demobilisation/handover": CUT}),
]

NEAR = [
    Change(
        "limit-people-as-hazard",
        "",
        {"basis/order-708/title": two("信访工作条例", "Petition rules")},
    ),
    Change("structure-limit-impossible", "", {"tasks/shut-off/finish-by": "PT3M"}),
    Change("structure-critical-path", "", {"levels/works/within": "PT34M"}),
    Change("structure-starts-too-late", "", {"tasks/alarm/start-by": "PT1M"}),
    Change("structure-empty", "", {"plan/kind": "card", "reports": CUT, "callout": CUT}),
    Change("structure-no-parent", "", {"plan/kind": "comprehensive", "plan/parent": CUT}),
    Change("structure-risk-untreated", "", {"risks/seal-failure/measures": CUT}),
    Change("structure-place-far", "", {"muster/points/north-gate/place": ["36.7140", "119.9"]}),
    Change("roles-too-few", "", {"roles/rescue/minimum": 4}),
    Change("roles-no-deputy", "", {"roles/rescue/deputies": CUT, "roles/rescue/minimum": 1}),
    Change(
        "roles-double",
        "",
        {"roles/planning/holders": ["p01"], "roles/planning/doubles": ["commander"]},
    ),
    Change("roles-span", "", {"roles/rescue/reports-to": "commander"}),
    Change("roles-shared-fate", "", {"org:people/p01/fates": ["x"], "org:people/p02/fates": ["y"]}),
    Change("staffing-left", "", {"org:people/p13/leaves": "2026-12-23"}),
    Change(
        "staffing-away",
        "",
        {"org:people/p03/leave": [{"from": "2027-01-05", "until": "2027-01-06"}]},
    ),
    Change("authority-single", "", {"levels/works/authority": ["commander"]}),
    Change("authority-none", "", {"levels/county/authority": CUT}),
    Change("authority-no-criteria", "", {"levels/site/criteria": CUT, "levels/site/described": T}),
    Change("authority-copied", "", _classes(1, 2, 4)),
    Change("triggers-exit-side", "", {"triggers/warn-25/exit": "25"}),
    Change("triggers-not-monotone", "", {"triggers/idlh-300/value": "101"}),
    Change("tasks-vague", "", {"tasks/measure/title": two("及时测量", "Measure")}),
    Change("tasks-over-booked", "", {"resources/breathing-sets/quantity": 2}),
    Change("tasks-over-loaded", "", {"tasks/stop-leak/people": 4}),
    Change("callout-unverified", "", {"org:private/p01/channels/0/verified": "2026-08-24"}),
    Change(
        "callout-unverified",
        "",
        {
            "org:private/p01/channels/0/answered": "2026-11-01",
            "org:private/p01/channels/0/verified": CUT,
        },
    ),
    Change("callout-gives-up", "", {"callout/outside/tries": 1}),
    Change(
        "callout-needed", "", {"callout/outside/acknowledge": "some", "callout/outside/needed": 2}
    ),
    Change("muster-too-slow", "", _school("PT2M", 3)),
    Change("muster-too-slow", "", _school("PT3M", 4)),
    Change("muster-unsafe", "", {"muster/points/north-gate/unsafe": ["flood"]}),
    Change("muster-capacity", "", {"muster/points/south-yard/capacity": 71}),
    Change("muster-none", "", {"muster": CUT, "plan/hazards": ["heat"]}),
    Change("reports-too-late", "", {"reports/accident/within": "PT60M"}),
    Change("reports-late-clock", "", {"reports/accident/clock": "occurred"}),
    Change("reports-missing", "", {"reports": CUT, "plan/settings": ["kindergarten"]}),
    Change("reports-missing", "", {"reports": CUT, "plan/jurisdiction": "XX"}),
    Change("roster-rest", "", {"org:duty/leader/rest": 96}),
    Change(
        "roster-starved",
        "",
        {
            "org:duty/leader/members": ["p01", "p02", "p03", "p04", "p14", "p15", "p16"],
            "org:duty/leader/serves": ["mon", "tue", "wed", "thu", "fri"],
        },
    ),
    Change(
        "roster-overlap",
        "",
        {
            "org:duty/leader/temporary": [
                {"from": "2026-12-03", "until": "2026-12-05", "person": "p03"},
                {"from": "2026-12-06", "until": "2026-12-07", "person": "p02"},
            ]
        },
    ),
    Change("roster-missing", "", {"org:duty": CUT, "plan/settings": ["workplace"]}),
    Change("age-law-repealed", "", {"basis/order-708/until": "2026-11-22"}),
    Change("age-review-overdue", "", {"plan/review-due": "2026-11-22"}),
    Change("age-review-too-far", "", {"plan/review-due": "2029-09-15"}),
    # Often enough and of a kind that counts, though it names no duty.
    Change("age-drill-unplanned", "", {"exercises/programme/half-year/duty": CUT}),
    Change("age-drill-interval", "", {"exercises/programme/half-year/every": "P182D"}),
    # A half year of the calendar: what was held on its first day counts to the end of the next.
    Change(
        "age-drill-overdue",
        "",
        {"exercises/held/drill-2026-10/on": "2026-01-01", "exercises/held/walk-2026": CUT},
    ),
    Change("reports-supplement", "", {"reports/accident/supplement": "P31D"}),
    Change("age-exercise-overdue", "", {}, date(2027, 1, 12)),
    Change("age-finding-overdue", "", {}, date(2026, 12, 15)),
    Change("age-no-table-top", "", {"exercises/held": CUT, "plan/status": "draft"}),
    Change("age-resource-expired", "", {}, date(2027, 8, 31)),
    Change("age-inspection-overdue", "", {}, date(2026, 12, 5)),
    Change(
        "warnings-no-authority",
        "",
        {"warnings/inside/scope": "Public", "warnings/inside/authority": "response-law"},
    ),
    Change(
        "warnings-no-audience",
        "",
        {"warnings/drill/scope": "Public", "warnings/drill/audience": CUT},
    ),
    Change("end-none", "", {"plan/kind": "card", "demobilisation": CUT}),
]
