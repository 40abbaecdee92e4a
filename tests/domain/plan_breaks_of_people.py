"""One change for each rule about limits, structure, roles, authority, triggers and tasks, and where
the rule must object."""

from __future__ import annotations

from tests.domain.plan_changes import (
    CUT,
    Change,
    T,
    classes,
    two,
)

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
    Change("authority-copied", "/levels", classes(3, 10, 30)),
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
]
