"""One change for each rule about call-out, head-count, reports, duty, age, warnings and ending,
and where the rule must object."""

from __future__ import annotations

from datetime import date

from tests.domain.plan_changes import (
    CUT,
    Change,
    school,
)

BREAKS = [
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
    Change("muster-too-slow", "/muster/target", school("PT2M1S", 3)),
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
