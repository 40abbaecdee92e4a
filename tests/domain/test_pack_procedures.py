"""The procedures of the packs, each where it differs: restarts, both-ends pauses, short limits,
deemed acceptance, silence that opens another way, parameters in school days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from huiyin import calendars, packs
from huiyin.domain.errors import Refusal
from huiyin.domain.pack_reading import with_parameters
from huiyin.domain.packs import LANGUAGES
from huiyin.domain.procedure import as_of, offers, status
from tests.domain.test_procedure import Case, texts

DECISION = texts("facts", "reasons", "basis", "remedy")


def owned(pack_id: str) -> Case:
    """A case handed in on Monday, 2 March 2026, in Olga's hands."""
    case = Case(pack_id)
    case.do("assign", "supervisor", "sue", owner="olga")
    return case


def now_of(case: Case):
    """The state as time alone has made it."""
    return as_of(case.pack, case.calendar, case.state, case.now)


def open_to(case: Case, role: str, actor: str | None = None) -> set[str]:
    return {o.act for o in offers(case.pack, case.calendar, case.state, case.now, role, actor)}


def at(case: Case, day: str) -> Case:
    """Noon (in UTC 04:00) of a day."""
    case.now = datetime.fromisoformat(f"{day}T04:00:00+00:00")
    return case


# --- 政府信息公开条例 ---------------------------------------------------------------------------


def test_twenty_working_days_skip_holidays_and_count_make_up_days() -> None:
    assert owned("cn-disclosure-2019").due("answer") == date(2026, 3, 30)


def test_a_correction_restarts_the_whole_time() -> None:
    case = owned("cn-disclosure-2019")
    at(case, "2026-03-10").do("ask-correction", "owner", "olga", **texts("question"))
    assert not case.state.running("answer") and case.state.stage == "to-correct"
    assert case.due("correct") == date(2026, 3, 24)
    at(case, "2026-03-20").do("supplement", "complainant", **texts("message"))
    assert case.due("answer") == date(2026, 4, 20)  # art. 30: from receipt of the correction
    assert case.refuses("ask-correction", "owner", "olga", **texts("question")).code in (
        "act-only-once",
        "limit-passed",
    )


def test_correction_can_be_asked_for_within_seven_working_days_only() -> None:
    case = at(owned("cn-disclosure-2019"), "2026-03-12")
    refusal = case.refuses("ask-correction", "owner", "olga", **texts("question"))
    assert (refusal.code, refusal.data["date"]) == ("limit-passed", "2026-03-11")


def test_no_correction_counts_as_given_up_but_never_ends_in_silence() -> None:
    case = owned("cn-disclosure-2019")
    case.do("ask-correction", "owner", "olga", **texts("question"))
    at(case, "2026-03-17")
    assert now_of(case).stage == "lapsed" and now_of(case).open
    assert {"supplement"} <= open_to(case, "complainant")
    state = case.do("close-lapsed", "owner", "olga", **texts("reasons"))
    assert (state.open, state.outcome) == (False, "given-up")


def test_asking_a_third_party_is_not_counted_and_ends_by_itself() -> None:
    case = owned("cn-disclosure-2019")
    at(case, "2026-03-05").do("consult-third-party", "owner", "olga")
    (clock,) = case.state.running("answer")
    assert clock.suspended and clock.due_at is None
    at(case, "2026-03-27")  # fifteen working days ended on the 26th
    state = now_of(case)
    (clock,) = state.running("answer")
    assert state.spells == () and not clock.suspended
    # 3, 4, 5 March are three days; 6 to 26 March is left out; 4 to 6 April is a feast.
    assert clock.due is not None and clock.due.due == date(2026, 4, 21)
    at(case, "2026-04-24")
    assert [c.limit for c in now_of(case).overdue(case.now)] == ["answer"]


def test_a_third_party_that_answers_early_ends_the_pause_early() -> None:
    case = owned("cn-disclosure-2019")
    at(case, "2026-03-05").do("consult-third-party", "owner", "olga")
    at(case, "2026-03-09").do("third-party-answered", "owner", "olga")
    assert case.due("answer") == date(2026, 4, 1)


# --- 行政复议法 --------------------------------------------------------------------------------


def test_silence_of_five_working_days_is_acceptance_on_the_last_day() -> None:
    case = owned("cn-fuyi-2023")
    assert case.due("examine") == date(2026, 3, 9)
    at(case, "2026-03-10")
    state = now_of(case)
    assert state.stage == "accepted" and not case.refuses(
        "not-accept", "owner", "olga", **texts("reasons")
    ).data.get("limit")
    (clock,) = state.running("decide")
    assert clock.due is not None and clock.due.start == date(2026, 3, 9)
    assert clock.due.due == date(2026, 5, 8)
    for language in LANGUAGES:
        assert status(case.pack, case.calendar, case.state, case.now).text[language]


def test_a_decision_due_on_a_holiday_moves_forward_and_an_extension_runs_from_the_start() -> None:
    case = owned("cn-fuyi-2023")
    case.do("accept", "owner", "olga")
    clock = case.state.clock("decide")
    assert (clock.due.nominal, clock.due.due) == (date(2026, 5, 1), date(2026, 5, 6))
    case.do("propose-extension", "owner", "olga", period="30d", **texts("reason"))
    case.do("extend", "supervisor", "sue")
    assert case.due("decide") == date(2026, 6, 1)  # 31 May is a Sunday


def test_late_opens_the_court_for_fifteen_days_while_the_duty_goes_on() -> None:
    case = owned("cn-fuyi-2023")
    case.do("accept", "owner", "olga")
    assert case.refuses("turn-to-court", "complainant").code == "not-late-yet"
    at(case, "2026-05-08")
    state = now_of(case)
    (court,) = state.running("sue-silence")
    assert court.window and court.due is not None and court.due.due == date(2026, 5, 21)
    assert "decide" in {c.limit for c in state.overdue(case.now)}
    assert "court" in case.says("en") and "turn-to-court" in open_to(case, "complainant")
    at(case, "2026-06-30")
    assert not now_of(case).running("sue-silence") and now_of(case).running("decide")
    assert case.do("decide", "owner", "olga", **DECISION, finding="revoked").stage == "decided"


def test_the_court_window_opens_once_however_often_one_looks() -> None:
    case = owned("cn-fuyi-2023")
    case.do("accept", "owner", "olga")
    at(case, "2026-05-08")
    once = now_of(case)
    assert as_of(case.pack, case.calendar, once, case.now) == once
    at(case, "2026-05-09").do("note", "owner", "olga", **texts("note"))
    assert len([c for c in case.state.clocks if c.limit == "sue-silence"]) == 1


def test_three_five_seven_and_ten_days_are_working_days() -> None:
    case = owned("cn-fuyi-2023")
    case.do("classify", "owner", "olga", kind="summary")
    case.do("accept", "owner", "olga")
    assert case.due("serve-summary") == date(2026, 3, 5)
    assert case.due("decide-summary") == date(2026, 4, 1)
    case.do("serve", "owner", "olga")
    assert case.due("respondent-summary") == date(2026, 3, 9)
    case.do("to-ordinary", "owner", "olga", **texts("reason"))
    assert not case.state.running("decide-summary") and case.due("decide") == date(2026, 5, 6)


def test_a_stay_is_not_counted() -> None:
    case = owned("cn-fuyi-2023")
    case.do("accept", "owner", "olga")
    case.later(5).do("stay", "owner", "olga", **texts("reason"))
    case.later(10).do("resume", "owner", "olga")
    assert case.due("decide") == date(2026, 5, 11)
    assert case.refuses("resume", "owner", "olga").code == "nothing-to-end"


def test_after_delivery_the_court_is_open_fifteen_days_then_it_is_final() -> None:
    case = owned("cn-fuyi-2023")
    case.do("not-accept", "owner", "olga", **texts("reasons"))
    case.do("deliver", "system", on="2026-03-02")
    assert case.due("sue") == date(2026, 3, 17)
    at(case, "2026-03-18")
    assert (now_of(case).open, now_of(case).outcome) == (False, "final")


# --- 劳动争议调解仲裁法 -------------------------------------------------------------------------


def test_after_fifteen_days_of_mediation_arbitration_is_open() -> None:
    case = owned("cn-labour-2008")
    assert case.due("mediate") == date(2026, 3, 17)
    at(case, "2026-03-18")
    assert now_of(case).stage == "arbitration-open"
    assert "arbitration" in case.says("en") and "仲裁" in case.says("zh-Hans")
    assert {"apply-arbitration"} <= open_to(case, "complainant")


def arbitration() -> Case:
    case = owned("cn-labour-2008")
    case.do("apply-arbitration", "complainant")
    case.do("assign-reviewer", "supervisor", "sue", owner="rita")
    return case


def test_an_award_in_forty_five_days_and_fifteen_more() -> None:
    case = arbitration()
    assert case.due("accept") == date(2026, 3, 7)
    case.do("accept", "reviewer", "rita")
    assert case.due("award") == date(2026, 4, 16)
    case.do("propose-extension", "reviewer", "rita", period="15d", **texts("reason"))
    case.do("extend", "supervisor", "sue")
    assert case.due("award") == date(2026, 5, 1)
    assert case.refuses(
        "propose-extension", "reviewer", "rita", period="15d", **texts("reason")
    ).code in ("extension-already-used",)


def test_a_late_award_opens_the_court_and_the_duty_goes_on() -> None:
    case = arbitration()
    case.do("accept", "reviewer", "rita")
    at(case, "2026-04-17")
    assert "court" in case.says("en") and now_of(case).stage == "arbitrating"
    state = case.do("turn-to-court", "complainant")
    assert (state.open, state.outcome) == (False, "at-court")


def test_who_mediated_does_not_arbitrate() -> None:
    case = owned("cn-labour-2008")
    case.do("close-mediation", "owner", "olga", **texts("reasons"))
    case.do("apply-arbitration", "complainant")
    refusal = case.refuses("assign-reviewer", "supervisor", "sue", owner="olga")
    assert refusal.code == "already-decider"


def test_an_award_not_taken_to_court_in_fifteen_days_is_binding() -> None:
    case = arbitration()
    case.do("accept", "reviewer", "rita")
    case.do("award", "reviewer", "rita", **DECISION, finding="supported")
    case.do("deliver", "system")
    assert case.due("sue") == date(2026, 3, 17)
    at(case, "2026-03-18")
    assert now_of(case).outcome == "final"


# --- Freedom of Information Act ----------------------------------------------------------------


def test_the_days_of_a_fees_notice_are_left_out_at_both_ends() -> None:
    case = owned("uk-foi-2000")
    assert case.due("answer") == date(2026, 3, 31)  # 17 March is a bank holiday in one part
    at(case, "2026-03-09").do("fees-notice", "owner", "olga", **texts("reason"))
    at(case, "2026-03-11").do("fee-paid", "registrar", "greta")
    assert case.due("answer") == date(2026, 4, 7)  # 9, 10 and 11 March; Easter 3 to 6 April


def test_a_clarified_request_starts_anew() -> None:
    case = owned("uk-foi-2000")
    at(case, "2026-03-10").do("ask-clarification", "owner", "olga", **texts("question"))
    assert case.state.running("clarify")
    at(case, "2026-03-20").do("clarified", "complainant", **texts("message"))
    assert case.due("answer") == date(2026, 4, 21)


def test_an_unpaid_fee_ends_only_with_a_written_notice_and_can_still_be_paid() -> None:
    case = owned("uk-foi-2000")
    case.do("fees-notice", "owner", "olga", **texts("reason"))
    at(case, "2026-06-02")
    assert now_of(case).stage == "fee-unpaid" and now_of(case).running("close-notice")
    case.do("fee-paid", "registrar", "greta")
    assert case.state.stage == "received" and case.due("answer") > date(2026, 6, 2)


def test_internal_review_is_by_another_person() -> None:
    case = owned("uk-foi-2000")
    case.do("answer", "owner", "olga", **texts("reasons"), finding="not-disclosed")
    case.do("ask-review", "complainant")
    assert (
        case.refuses("assign-reviewer", "supervisor", "sue", owner="olga").code == "already-decider"
    )
    case.do("assign-reviewer", "supervisor", "sue", owner="rita")
    assert case.due("review") == date(2026, 3, 31)
    assert "Commissioner" in at(case, "2026-04-01").says("en")


# --- school and ISO 10002 ----------------------------------------------------------------------


def test_school_days_stand_still_in_the_holidays_and_say_that_they_are_an_example() -> None:
    pack = with_parameters(packs.load("school"), {"acknowledge": "3wd"})
    assert str(pack.limits["acknowledge"].rule.period) == "3wd"
    case = owned("school")
    case.do("acknowledge", "owner", "olga")
    clock = case.state.clock("respond")
    assert clock.due.due == date(2026, 3, 23) and clock.due.provisional
    at(case, "2026-03-26")
    assert case.state.clock("respond").late(case.now)
    with pytest.raises(Refusal):
        with_parameters(packs.load("school"), {"panel": "41wd"})


def test_what_comes_in_over_the_summer_counts_from_the_first_school_day() -> None:
    case = Case("school", received="2026-03-01")
    assert case.due("acknowledge") == date(2026, 3, 6)
    terms = calendars.load("school-terms-example")
    assert not terms.is_working(date(2026, 8, 3)) and terms.is_working(date(2026, 9, 2))


def test_iso_10002_has_clocks_but_no_dates_and_can_be_urged_at_any_time() -> None:
    case = owned("iso-10002")
    assert {c.limit for c in case.state.running()} == {"acknowledge"}
    assert all(c.due is None for c in case.state.running())
    assert "ask-urging" in open_to(case, "complainant")
    case.do("acknowledge", "owner", "olga")
    case.do("assess", "owner", "olga", severity="high")
    case.do("respond", "owner", "olga", **texts("facts", "reasons", "remedy"))
    state = case.do("close", "owner", "olga")
    assert (state.open, state.outcome) == (False, "answered")
    assert "ask-review" in open_to(case, "complainant")


# --- silence in every pack ---------------------------------------------------------------------

SILENT = [
    (pack.id, limit.id)
    for pack_id in packs.ids()
    for pack in packs.versions(pack_id)[-1:]
    for limit in pack.limits.values()
    if limit.silence is not None
]


@pytest.mark.parametrize(("pack_id", "name"), SILENT)
def test_every_silence_says_what_follows_and_leaves_a_step(pack_id: str, name: str) -> None:
    """Told in each language; where it moves the case on, the stage it leads to says what now."""
    pack = packs.load(pack_id)
    silence = pack.limits[name].silence
    assert silence is not None and silence.basis.source in pack.sources
    assert all(silence.text[language] for language in LANGUAGES)
    if silence.to is None:
        return
    target = pack.stages[silence.to]
    mine = [a for a in pack.acts.values() if "complainant" in a.by and target.id in a.at]
    assert mine, "the complainant has nothing left to do there"
    assert all(target.resident[language] for language in LANGUAGES)


@pytest.mark.parametrize("pack_id", packs.ids())
def test_a_late_office_is_told_with_the_next_lawful_step(pack_id: str) -> None:
    """Whatever limit of the office a stage speaks of: when late, the sentence changes by itself."""
    pack = packs.load(pack_id)
    for stage in pack.stages.values():
        limit = pack.limits.get(stage.about or "")
        if limit is None or limit.owed_by != "office" or limit.rule is None or limit.lapses:
            continue
        assert stage.late_resident is not None, stage.id
        assert "next step" in stage.late_resident["en"], stage.id
        assert "下一步" in stage.late_resident["zh-Hans"], stage.id


def test_a_week_of_looking_changes_nothing() -> None:
    case = owned("cn-fuyi-2023")
    case.do("accept", "owner", "olga")
    end = case.now + timedelta(days=100)
    looked = case.state
    while case.now < end:
        case.later(3)
        looked = as_of(case.pack, case.calendar, looked, case.now)
    assert looked == as_of(case.pack, case.calendar, case.state, case.now)
