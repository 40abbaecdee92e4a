"""The procedure engine: a whole life of a case under the Regulation on Petition Work, what is
refused and why, what silence brings about, and what the complainant is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from huiyin import calendars, packs
from huiyin.domain.calendars import Calendar
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import LANGUAGES, Pack
from huiyin.domain.procedure import Act, Event, State, as_of, decide, fold, offers, status

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # a Monday, 12:00 in China


class Case:
    """A case under test: does acts, keeps events, folds."""

    def __init__(self, pack_id: str, calendar: Calendar | None = None, **data: object) -> None:
        self.pack: Pack = packs.load(pack_id)
        self.calendar = calendar or calendars.load(self.pack.calendar)
        self.now = NOON
        self.events: list[Event] = []
        self.state: State | None = None
        self.do("submit", "complainant", None, unit="unit-1", texts={"text": "t1"}, **data)

    def do(self, act: str, role: str, actor: str | None = None, **data: object) -> State:
        new = decide(self.pack, self.calendar, self.state, Act(act, role, actor, data), self.now)
        self.events += new
        self.state = fold(self.pack, self.calendar, new, onto=self.state)
        return self.state

    def later(self, days: int = 0, minutes: int = 0) -> Case:
        self.now += timedelta(days=days, minutes=minutes)
        return self

    def refuses(self, act: str, role: str, actor: str | None = None, **data: object) -> Refusal:
        before = self.state
        with pytest.raises(Refusal) as caught:
            self.do(act, role, actor, **data)
        assert self.state is before
        return caught.value

    def due(self, limit: str) -> date:
        clock = self.state.clock(limit)
        assert clock is not None and clock.due is not None
        return clock.due.due

    def says(self, language: str = "en") -> str:
        return status(self.pack, self.calendar, self.state, self.now).text[language]


def texts(*names: str) -> dict[str, object]:
    return {"texts": {name: f"vault-{name}" for name in names}}


DECISION = {**texts("facts", "reasons", "basis", "remedy"), "finding": "supported"}
OPINION = {**texts("facts", "reasons", "basis", "remedy"), "review-finding": "confirmed"}


@pytest.fixture
def accepted() -> Case:
    case = Case("cn-xinfang-2022")
    case.do("assign", "supervisor", "sue", owner="olga")
    case.do("accept", "owner", "olga")
    return case


@pytest.fixture
def answered(accepted: Case) -> Case:
    accepted.later(20).do("decide", "owner", "olga", **DECISION)
    accepted.do("deliver", "system")
    return accepted


@pytest.fixture
def reviewed(answered: Case) -> Case:
    answered.later(5).do("ask-review", "complainant")
    answered.do("assign-reviewer", "supervisor", "sue", owner="rita")
    answered.later(5).do("decide-review", "reviewer", "rita", **OPINION)
    answered.do("deliver", "system")
    return answered


# --- the limits of the Regulation ------------------------------------------------------------


def test_registration_and_notice_are_due_in_fifteen_calendar_days() -> None:
    assert Case("cn-xinfang-2022").due("register") == date(2026, 3, 17)


def test_a_forwarded_case_has_a_notice_of_its_own_and_five_working_days_to_object() -> None:
    case = Case("cn-xinfang-2022").later(3)
    case.do("forward", "registrar", "greta", unit="unit-2")
    assert case.due("receipt-notice") == date(2026, 3, 20)
    assert case.due("object") == date(2026, 3, 12)
    assert case.state.unit == "unit-2" and case.state.owner is None
    assert case.state.running("assign")


def test_an_objection_after_five_working_days_names_the_date_it_was_due() -> None:
    case = Case("cn-xinfang-2022")
    case.do("forward", "registrar", "greta", unit="unit-2")
    case.do("assign", "supervisor", "sue", owner="olga")
    refusal = case.later(8).refuses("object-competence", "owner", "olga", **texts("reason"))
    assert refusal.code == "limit-passed" and refusal.data["date"] == "2026-03-09"


def test_sixty_days_run_from_acceptance(accepted: Case) -> None:
    assert accepted.due("decide") == date(2026, 5, 1)


def test_other_kinds_get_no_sixty_days_but_a_clock() -> None:
    case = Case("cn-xinfang-2022")
    case.do("assign", "supervisor", "sue", owner="olga")
    case.do("classify", "owner", "olga", kind="suggestion")
    assert case.refuses("accept", "owner", "olga").code == "act-not-open"
    state = case.do("take-up", "owner", "olga")
    clock = state.clock("handle")
    assert clock is not None and clock.running and clock.due is None


def test_judicial_matters_are_directed_with_reasons() -> None:
    case = Case("cn-xinfang-2022", kind="judicial")
    case.do("assign", "supervisor", "sue", owner="olga")
    refusal = case.refuses("direct", "owner", "olga", **texts("reasons"))
    assert refusal.code == "field-missing" and refusal.data["fields"] == ["route"]
    case.do("direct", "owner", "olga", **texts("reasons", "route"))
    assert case.do("deliver", "system").outcome == "directed"


def test_three_levels_to_the_end(reviewed: Case) -> None:
    reviewed.later(5).do("ask-reexamination", "complainant")
    reviewed.do("assign-reviewer", "supervisor", "sue", owner="rolf")
    reviewed.do("reexamine", "reviewer", "rolf", **OPINION)
    state = reviewed.do("deliver", "system")
    assert (state.open, state.outcome, state.level) == (False, "final", 2)
    assert not state.running()
    assert fold(reviewed.pack, reviewed.calendar, reviewed.events) == state


def test_a_hearing_in_re_examination_is_not_counted(reviewed: Case) -> None:
    reviewed.later(1).do("ask-reexamination", "complainant")
    before = reviewed.due("reexamine")
    reviewed.do("assign-reviewer", "supervisor", "sue", owner="rolf")
    reviewed.later(3)
    state = reviewed.do("hearing-start", "reviewer", "rolf")
    clock = state.clock("reexamine")
    assert clock.suspended and clock.due_at is None
    reviewed.later(7).do("hearing-end", "reviewer", "rolf")
    assert reviewed.due("reexamine") == before + timedelta(days=7)


def test_a_hearing_at_the_first_level_does_not_move_the_date(accepted: Case) -> None:
    before = accepted.due("decide")
    accepted.do("hearing-start", "owner", "olga")
    accepted.later(4).do("hearing-end", "owner", "olga")
    assert accepted.due("decide") == before


def test_no_decision_while_a_hearing_is_open(accepted: Case) -> None:
    accepted.do("hearing-start", "owner", "olga")
    assert accepted.refuses("decide", "owner", "olga", **DECISION).code == "already-begun"


def test_delivery_may_carry_the_day_it_happened(accepted: Case) -> None:
    accepted.later(20).do("decide", "owner", "olga", **DECISION)
    accepted.later(6).do("deliver", "registrar", "greta", on="2026-03-25", how="by-post")
    assert accepted.due("ask-review") == date(2026, 4, 24)


@pytest.mark.parametrize("day", ["2026-02-01", "2026-12-24", "soon"])
def test_delivery_cannot_be_dated_at_will(accepted: Case, day: str) -> None:
    accepted.do("decide", "owner", "olga", **DECISION)
    code = accepted.refuses("deliver", "registrar", "greta", on=day).code
    assert code in ("field-date-impossible", "field-unknown-value")


# --- extensions ------------------------------------------------------------------------------


def test_an_extension_needs_a_proposal_a_reason_and_another_person(accepted: Case) -> None:
    refusal = accepted.refuses("propose-extension", "owner", "olga", period="30d")
    assert refusal.data["fields"] == ["reason"]
    accepted.do("propose-extension", "owner", "olga", period="30d", **texts("reason"))
    assert accepted.due("decide") == date(2026, 5, 1)
    assert accepted.refuses("extend", "supervisor", "olga").code == "approver-is-applicant"
    accepted.do("extend", "supervisor", "sue")
    assert accepted.due("decide") == date(2026, 5, 31)


def test_an_extension_is_granted_once(accepted: Case) -> None:
    accepted.do("propose-extension", "owner", "olga", period="10d", **texts("reason"))
    accepted.do("extend", "supervisor", "sue")
    refusal = accepted.refuses(
        "propose-extension", "owner", "olga", period="10d", **texts("reason")
    )
    assert refusal.code == "extension-already-used"


@pytest.mark.parametrize("period", ["31d", "30wd", "2m"])
def test_an_extension_beyond_the_maximum_names_it(accepted: Case, period: str) -> None:
    refusal = accepted.refuses(
        "propose-extension", "owner", "olga", period=period, **texts("reason")
    )
    assert (refusal.code, refusal.data["maximum"]) == ("extension-too-long", "30d")


def test_a_limit_that_has_passed_is_not_extended(accepted: Case) -> None:
    accepted.do("propose-extension", "owner", "olga", period="30d", **texts("reason"))
    refusal = accepted.later(61).refuses("extend", "supervisor", "sue")
    assert (refusal.code, refusal.data["date"]) == ("limit-passed", "2026-05-01")


def test_a_refused_extension_leaves_the_date(accepted: Case) -> None:
    accepted.do("propose-extension", "owner", "olga", period="30d", **texts("reason"))
    state = accepted.do("refuse-extension", "supervisor", "sue")
    assert not state.spells and accepted.due("decide") == date(2026, 5, 1)


def test_deciding_ends_a_pending_proposal(accepted: Case) -> None:
    accepted.do("propose-extension", "owner", "olga", period="30d", **texts("reason"))
    assert accepted.do("decide", "owner", "olga", **DECISION).spells == ()


# --- who may, who may never ------------------------------------------------------------------


def test_a_refused_act_says_what_is_open_instead(accepted: Case) -> None:
    refusal = accepted.refuses("deliver", "owner", "olga")
    assert refusal.code == "act-not-open"
    assert refusal.data["stage"] == "accepted" and "decide" in refusal.data["open"]


def test_an_unknown_act_and_a_foreign_role_are_refused(accepted: Case) -> None:
    assert accepted.refuses("dismiss", "owner", "olga").code == "act-unknown"
    assert accepted.refuses("decide", "registrar", "greta", **DECISION).code == "act-not-yours"
    assert accepted.refuses("withdraw", "supervisor", "sue").code == "act-not-yours"


def test_only_the_owner_acts_as_owner(accepted: Case) -> None:
    assert accepted.refuses("decide", "owner", "piet", **DECISION).code == "not-the-owner"
    assert accepted.refuses("decide", "owner", None, **DECISION).code == "not-the-owner"


def test_a_supervisor_stands_in_for_the_owner(accepted: Case) -> None:
    assert accepted.do("decide", "supervisor", "sue", **DECISION).deciders == {"sue"}


def test_whoever_decided_never_reviews(answered: Case) -> None:
    answered.do("ask-review", "complainant")
    refusal = answered.refuses("assign-reviewer", "supervisor", "sue", owner="olga")
    assert refusal.code == "already-decider"
    answered.do("assign-reviewer", "supervisor", "sue", owner="rita")
    assert answered.refuses("decide-review", "reviewer", "olga", **OPINION).code in (
        "already-decider",
        "not-the-owner",
    )


def test_neither_decider_re_examines(reviewed: Case) -> None:
    reviewed.do("ask-reexamination", "complainant")
    for name in ("olga", "rita"):
        refusal = reviewed.refuses("assign-reviewer", "supervisor", "sue", owner=name)
        assert refusal.code == "already-decider"


def test_whoever_stood_aside_stays_aside(accepted: Case) -> None:
    state = accepted.do("recuse", "owner", "olga", **texts("reason"))
    assert state.owner is None and state.running("assign")
    refusal = accepted.refuses("assign", "supervisor", "sue", owner="olga")
    assert refusal.code == "recused"
    accepted.do("assign", "supervisor", "sue", owner="piet")
    assert accepted.refuses("note", "supervisor", "olga", **texts("note")).code == "recused"


def test_a_decision_cannot_leave_a_part_empty(accepted: Case) -> None:
    refusal = accepted.refuses("decide", "owner", "olga", **texts("facts", "remedy"))
    assert refusal.data["fields"] == ["reasons", "basis", "finding"]


# --- silence and lateness --------------------------------------------------------------------


def test_review_not_asked_for_in_time_concludes_without_any_job(answered: Case) -> None:
    at_last = datetime(2026, 4, 21, 15, 59, tzinfo=UTC)  # 23:59 in China on the last day
    assert as_of(answered.pack, answered.calendar, answered.state, at_last).open
    after = as_of(answered.pack, answered.calendar, answered.state, at_last + timedelta(minutes=1))
    assert (after.stage, after.outcome, after.open) == ("concluded", "answered", False)
    refusal = answered.later(40).refuses("ask-review", "complainant")
    assert (refusal.code, refusal.data["date"]) == ("limit-passed", "2026-04-21")


def test_events_after_a_lapse_fold_onto_what_silence_made(answered: Case) -> None:
    state = answered.later(40).do("remedy-missing", "complainant")
    assert state.stage == "concluded" and state.running("make-good")
    assert fold(answered.pack, answered.calendar, answered.events) == state


def test_a_late_office_is_named_with_the_next_lawful_step(accepted: Case) -> None:
    assert "By 1 May 2026" in accepted.says()
    accepted.later(60)
    assert accepted.now.astimezone(UTC).date() == date(2026, 5, 1)
    assert "has to give" in accepted.says()
    accepted.later(1)
    assert "had to answer by 1 May 2026" in accepted.says()
    assert "art. 40" in accepted.says() and "第四十条" in accepted.says("zh-Hans")


def test_urging_opens_only_when_the_office_is_late(accepted: Case) -> None:
    refusal = accepted.refuses("ask-urging", "complainant")
    assert (refusal.code, refusal.data["date"]) == ("not-late-yet", "2026-05-01")
    state = accepted.later(61).do("ask-urging", "complainant")
    assert state.running("urging")
    assert accepted.do("urge", "supervisor", "sue").clock("urging").stopped == accepted.now


def test_review_does_not_open_on_silence(accepted: Case) -> None:
    accepted.later(200)
    assert accepted.refuses("ask-review", "complainant").code == "act-not-open"


def test_a_refusal_to_accept_is_looked_at_again_by_another(accepted: Case) -> None:
    case = Case("cn-xinfang-2022")
    case.do("assign", "supervisor", "sue", owner="olga")
    case.do("not-accept", "owner", "olga", ground="not-competent", **texts("reasons"))
    case.do("deliver", "system")
    case.do("contest", "complainant")
    refusal = case.refuses("confirm-refusal", "supervisor", "olga", **texts("reasons"))
    assert refusal.code == "already-decider"
    assert case.do("reopen", "supervisor", "sue").stage == "submitted"


# --- offers and status -----------------------------------------------------------------------


def test_what_is_offered_is_accepted(answered: Case) -> None:
    mine = {
        o.act: o
        for o in offers(
            answered.pack, answered.calendar, answered.state, answered.now, "complainant", None
        )
    }
    assert mine["ask-review"].closes == answered.state.clock("ask-review").due_at
    assert "ask-reexamination" not in mine and "decide" not in mine


def test_offers_hide_what_a_decider_may_not_do(answered: Case) -> None:
    answered.do("ask-review", "complainant")
    answered.do("assign-reviewer", "supervisor", "sue", owner="rita")
    pack, calendar, state = answered.pack, answered.calendar, answered.state
    acts = {o.act for o in offers(pack, calendar, state, answered.now, "reviewer", "rita")}
    others = {o.act for o in offers(pack, calendar, state, answered.now, "reviewer", "olga")}
    assert "decide-review" in acts and "decide-review" not in others


def test_every_stage_speaks_every_language(answered: Case) -> None:
    said = status(answered.pack, answered.calendar, answered.state, answered.now)
    assert set(said.text) == set(said.office) == set(LANGUAGES)
    assert "2026年4月21日" in said.text["zh-Hans"] and "21 April 2026" in said.text["en"]
    assert said.data["due"] == date(2026, 4, 21) and said.data["waits_on"] == "complainant"


def test_a_year_without_calendar_never_turns_a_case_away() -> None:
    calendar = calendars.load("cn")
    pack = packs.load("cn-xinfang-2022")
    now = datetime(calendar.last_year + 3, 1, 2, tzinfo=UTC)
    data = {"unit": "unit-1", **texts("text")}
    events = decide(pack, calendar, None, Act("submit", "complainant", None, data), now)
    state = fold(pack, calendar, events)
    clock = state.clock("assign")
    assert clock.running and clock.due is None and clock.missing_year == now.year


# --- United Kingdom --------------------------------------------------------------------------


def test_stage_one_runs_from_the_actual_acknowledgement() -> None:
    case = Case("uk-housing-2024")
    case.do("assign", "supervisor", "sue", owner="olga")
    assert case.due("acknowledge") == date(2026, 3, 9)
    case.later(2).do("acknowledge", "owner", "olga", **texts("definition"))
    assert case.due("respond-1") == date(2026, 3, 18)


def test_an_extension_is_declared_with_a_reason_and_at_most_ten_working_days() -> None:
    case = Case("uk-housing-2024")
    case.do("assign", "supervisor", "sue", owner="olga")
    case.do("acknowledge", "owner", "olga", **texts("definition"))
    refusal = case.refuses("declare-extension", "owner", "olga", period="11wd", **texts("reason"))
    assert refusal.data["maximum"] == "10wd"
    case.do("declare-extension", "owner", "olga", period="10wd", **texts("reason"))
    assert case.due("respond-1") == date(2026, 3, 30)


def test_stage_two_needs_no_reasons_and_another_person() -> None:
    case = Case("uk-housing-2024")
    case.do("assign", "supervisor", "sue", owner="olga")
    case.do("acknowledge", "owner", "olga", **texts("definition"))
    answer = texts("facts", "reasons", "remedy")
    case.do("respond", "owner", "olga", finding="not-upheld", **answer)
    assert not case.state.open
    case.later(100).do("escalate", "complainant")
    assert case.state.open and case.state.level == 1
    refusal = case.refuses("assign-reviewer", "supervisor", "sue", owner="olga")
    assert refusal.code == "already-decider"
    case.do("assign-reviewer", "supervisor", "sue", owner="rita")
    case.do("acknowledge-2", "reviewer", "rita")
    case.do("respond-2", "reviewer", "rita", **{"review-finding": "changed"}, **answer)
    assert case.state.outcome == "final"


# --- events hold no words of people ----------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {"unit": "Mr Li from the third floor"},
        {"unit": "unit-1", "language": "中文 请帮忙"},
        {"unit": "unit-1", "channel": {"note": "he said so"}},
        {"unit": "unit-1", "channel": 3.5},
        {"unit": "unit-1", "channel": "x" * 200},
    ],
)
def test_free_text_never_enters_an_event(data: dict[str, object]) -> None:
    pack, calendar = packs.load("cn-xinfang-2022"), calendars.load("cn")
    act = Act("submit", "complainant", None, {**data, **texts("text")})
    with pytest.raises(Refusal) as caught:
        decide(pack, calendar, None, act, NOON)
    assert caught.value.code == "free-text-in-event"


def test_a_case_opens_once_and_only_by_its_opening_act(accepted: Case) -> None:
    act = Act("accept", "owner", "olga")
    with pytest.raises(Refusal) as caught:
        decide(accepted.pack, accepted.calendar, None, act, NOON)
    assert caught.value.code == "case-not-open-yet"
    refusal = accepted.refuses("submit", "complainant", unit="unit-1", **texts("text"))
    assert refusal.code == "case-already-open"


def test_the_first_event_names_the_law_it_was_made_under(accepted: Case) -> None:
    first = accepted.events[0].data
    assert first["pack"] == "cn-xinfang-2022" and first["pack_version"] == "2022"
    assert first["calendar"] == "cn" and first["calendar_version"] == accepted.calendar.version


# --- European Union: silence starts the next limit -------------------------------------------


def test_feedback_runs_from_the_acknowledgement_if_there_is_one() -> None:
    case = Case("eu-whistleblower-2019")
    case.do("assign", "supervisor", "sue", owner="olga")
    case.later(2).do("acknowledge", "owner", "olga")
    assert case.due("feedback") == date(2026, 6, 4)


def test_feedback_runs_from_the_end_of_the_seven_days_if_there_was_none() -> None:
    case = Case("eu-whistleblower-2019").later(30)
    state = as_of(case.pack, case.calendar, case.state, case.now)
    assert state.stage == "follow-up" and state.clock("acknowledge").lapsed
    assert state.clock("feedback").due.due == date(2026, 6, 9)
