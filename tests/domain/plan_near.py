"""Changes that come close and must not trigger the rule."""

from __future__ import annotations

from datetime import date

from tests.domain.plan_changes import (
    CUT,
    Change,
    T,
    classes,
    school,
    two,
)

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
    Change("authority-copied", "", classes(1, 2, 4)),
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
    Change("muster-too-slow", "", school("PT2M", 3)),
    Change("muster-too-slow", "", school("PT3M", 4)),
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
