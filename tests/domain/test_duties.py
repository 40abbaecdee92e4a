"""Legal duties: the figures, the counting against a slow walk, and files that are wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin import calendars, duties
from huiyin.domain.duties import counting
from huiyin.domain.duties.model import Duty, Law
from huiyin.domain.duties.reading import read
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import LANGUAGES
from huiyin.domain.periods import Period
from huiyin.domain.plans.accounts import EXERCISE_TYPES
from huiyin.domain.plans.grounds import HAZARDS, PLAN_KINDS, SETTINGS
from tests.domain.slow_periods import slow_days, slow_hours

LAWS = {name: duties.load(name) for name in duties.ids()}
DUTIES = duties.all_duties()
NONE = calendars.load("none")
quick = settings(max_examples=150, deadline=None)

# As the founders' notes and the texts read for them have it: what starts, how long, which article.
FIGURES = {
    "cn-report-scene": ("occurred", None, "9"),
    "cn-report-accident": ("known", "1h", "9, 12"),
    "cn-report-level": ("received", "2h", "10, 11"),
    "cn-supplement-casualties": ("occurred", "30d", "13"),
    "cn-supplement-road-fire": ("occurred", "7d", "13"),
    "cn-drill-half-year": ("held", "6m", "8"),
    "cn-drill-local-government": ("held", "2y", "8"),
    "cn-rota-dangerous-goods": ("", None, "14"),
    "cn-classes-493": ("", None, "6"),
    "cn-table-top": ("", None, "4"),
    "cn-assembly-school": ("", None, "-"),
    "cn-review-three-years": ("assessed", "3y", "35"),
    "cn-drill-school": ("held", "1m", "-"),
    "cn-drill-kindergarten": ("held", "3m", "-"),
    "cn-drill-plan-yearly": ("held", "1y", "33"),
    "cn-drill-card-half-year": ("held", "6m", "33"),
    "cn-report-health": ("known", "2h", "20"),
    "cn-report-health-department": ("received", "2h", "20"),
    "cn-report-health-county": ("received", "2h", "20"),
    "cn-report-health-city": ("received", "2h", "20"),
    "cn-report-health-province": ("received", "1h", "19"),
    "us-osha-fatality": ("known", "8h", "(a)(1), (b)(2), (b)(7)"),
    "us-osha-severe": ("known", "24h", "(a)(2), (b)(2), (b)(7)"),
    "uk-riddor-notify": ("occurred", None, "Sch. 1 para. 1(1)(a)"),
    "uk-riddor-report": ("occurred", "10d", "Sch. 1 para. 1(1)(b)"),
    "uk-riddor-seven-day": ("occurred", "15d", "reg. 4(2)"),
    "uk-riddor-disease": ("known", None, "Sch. 1 para. 2"),
    "eu-gdpr-breach": ("known", "72h", "33(1), (3)"),
    "eu-gdpr-processor": ("known", None, "33(2)"),
    "eu-nis2-early-warning": ("known", "24h", "23(4)(a)"),
    "eu-nis2-notification": ("known", "72h", "23(4)(b)"),
    "eu-nis2-trust": ("known", "24h", "23(4), second subparagraph"),
    "eu-nis2-final": ("notified", "1m", "23(4)(d)"),
    "eu-nis2-final-ongoing": ("handled", "1m", "23(4)(e)"),
}


def law_of(duty: Duty) -> Law:
    return LAWS[duty.law]


def due(duty_id: str, at: date | datetime) -> date | datetime:
    duty = DUTIES[duty_id]
    found = counting.standing(law_of(duty), duty, {duty.starts: at}, NONE)
    assert found.due is not None
    return found.due.due


# --- the files ------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_law() -> None:
    held = {
        name: (d.starts, str(d.rule.period) if d.rule else None, d.basis.article)
        for name, d in DUTIES.items()
    }
    assert held == FIGURES


def test_a_duty_s_id_is_unique_over_all_laws() -> None:
    assert sum(len(law.duties) for law in LAWS.values()) == len(DUTIES)


@pytest.mark.parametrize("law", LAWS.values(), ids=str)
def test_each_figure_has_source_and_mark_and_each_text_its_languages(law: Law) -> None:
    texts = [law.title, law.summary, *law.moments.values(), *law.gaps]
    for duty in law.duties.values():
        texts += [duty.title, duty.who, *duty.items.values()]
        texts += [t for t in (duty.to, duty.basis.reading) if t]
        source = law.sources[duty.basis.source]
        order = ("no", "secondary", "yes")
        # A figure cannot be surer than the text that it was read in.
        assert order.index(duty.basis.verified) <= order.index(source.verified)
        assert duty.rule is None or duty.rule.roll == "none" or law.calendar != "none"
    for text in texts:
        assert set(text) == set(LANGUAGES)
        assert all(text.values())


@pytest.mark.parametrize("law", LAWS.values(), ids=str)
def test_where_the_law_is_silent_the_reading_is_said(law: Law) -> None:
    """A number without a rule for counting it has a reading (clocks, point 4); the levels of a
    chain share that of its first duty."""
    chained = {d.id for d in law.duties.values() if d.starts == "received"}
    for duty in law.duties.values():
        if duty.rule is not None and duty.id not in chained:
            assert duty.basis.reading, duty.id


def test_duties_speak_of_settings_and_hazards_in_the_words_of_plans() -> None:
    for duty in DUTIES.values():
        assert set(duty.settings) <= set(SETTINGS), duty.id
        assert set(duty.hazards) <= set(HAZARDS), duty.id
        assert set(duty.types) <= set(EXERCISE_TYPES), duty.id
        assert set(duty.plans) <= set(PLAN_KINDS), duty.id
        assert not duty.supplements or DUTIES[duty.supplements].kind == "report"


def test_what_is_kept_has_its_figures_and_no_clock() -> None:
    together = DUTIES["cn-assembly-school"]
    assert (together.within, together.floors_below) == (120, 4)
    assert DUTIES["cn-classes-493"].figures == ("3", "10", "30", "50", "100")
    law = LAWS["cn-gbt-29639"]
    found = counting.standings(law, {}, NONE)
    assert {s.state for s in found} == {"kept"}
    assert not any(counting.ends(s, law) for s in found)


# --- counting -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("duty", "at", "expected"),
    [
        ("cn-supplement-casualties", date(2026, 1, 1), date(2026, 1, 31)),
        ("cn-supplement-road-fire", date(2026, 2, 26), date(2026, 3, 5)),
        ("uk-riddor-report", date(2026, 12, 20), date(2026, 12, 30)),
        ("uk-riddor-seven-day", date(2026, 3, 20), date(2026, 4, 4)),
        # A month that has no such day ends with its last.
        ("eu-nis2-final", date(2026, 1, 31), date(2026, 2, 28)),
        ("eu-nis2-final", date(2028, 1, 31), date(2028, 2, 29)),
        ("cn-drill-local-government", date(2024, 2, 29), date(2026, 2, 28)),
        # Each month, each quarter, each half-year: the next one of the calendar.
        ("cn-drill-school", date(2026, 1, 1), date(2026, 2, 28)),
        ("cn-drill-school", date(2026, 1, 31), date(2026, 2, 28)),
        ("cn-drill-school", date(2026, 12, 3), date(2027, 1, 31)),
        ("cn-drill-kindergarten", date(2026, 3, 31), date(2026, 6, 30)),
        ("cn-drill-kindergarten", date(2026, 4, 1), date(2026, 9, 30)),
        ("cn-drill-half-year", date(2026, 6, 30), date(2026, 12, 31)),
        ("cn-drill-half-year", date(2026, 7, 1), date(2027, 6, 30)),
        ("cn-drill-plan-yearly", date(2026, 1, 1), date(2027, 12, 31)),
    ],
)
def test_days_and_months(duty: str, at: date, expected: date) -> None:
    assert due(duty, at) == expected


@pytest.mark.parametrize(
    ("duty", "at", "expected"),
    [
        ("cn-report-accident", "2026-03-01T23:30:00+08:00", "2026-03-02T00:30:00+08:00"),
        ("us-osha-fatality", "2026-03-07T20:00:00-05:00", "2026-03-08T05:00:00-04:00"),
        ("us-osha-fatality", "2026-10-31T20:00:00-04:00", "2026-11-01T03:00:00-05:00"),
        ("eu-gdpr-breach", "2026-03-27T17:00:00+01:00", "2026-03-30T18:00:00+02:00"),
        ("eu-nis2-early-warning", "2026-10-24T12:00:00+02:00", "2026-10-25T11:00:00+01:00"),
    ],
)
def test_hours_elapse_through_changes_of_the_clock(duty: str, at: str, expected: str) -> None:
    found = due(duty, datetime.fromisoformat(at))
    assert isinstance(found, datetime)
    assert found == datetime.fromisoformat(expected)
    assert found.isoformat() == expected


def test_an_hour_is_over_at_its_instant_and_a_day_at_its_midnight() -> None:
    law = LAWS["cn-493"]
    at = datetime(2026, 3, 1, 9, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    found = {s.duty.id: s for s in counting.standings(law, {"known": at, "occurred": at}, NONE)}
    assert counting.ends(found["cn-report-accident"], law) == at + timedelta(hours=1)
    # 31 March, 24:00 in Shanghai.
    end = counting.ends(found["cn-supplement-casualties"], law)
    assert end == datetime(2026, 3, 31, 16, 0, tzinfo=UTC)


def test_a_clock_starts_at_what_really_happened() -> None:
    """The final report follows the notification that was sent, not its nominal end."""
    law = LAWS["eu-nis2"]
    known = datetime(2026, 3, 1, 9, tzinfo=UTC)
    waiting = {s.duty.id: s for s in counting.standings(law, {"known": known}, NONE)}
    assert waiting["eu-nis2-final"].state == "waits"
    sent = known + timedelta(hours=5)
    told = {s.duty.id: s for s in counting.standings(law, {"known": known, "notified": sent}, NONE)}
    assert told["eu-nis2-final"].due is not None
    assert told["eu-nis2-final"].due.due == date(2026, 4, 1)


def test_at_once_has_no_date() -> None:
    law = LAWS["uk-riddor-2013"]
    first = counting.standings(law, {"occurred": date(2026, 3, 1)}, NONE)[0]
    assert (first.state, first.due, counting.ends(first, law)) == ("at-once", None, None)


def test_what_a_law_does_not_know_is_refused() -> None:
    law = LAWS["cn-493"]
    with pytest.raises(Refusal, match="moment-unknown"):
        counting.standings(law, {"held": date(2026, 3, 1)}, NONE)
    with pytest.raises(Refusal, match="law-not-in-force"):
        counting.standings(law, {"occurred": date(2007, 5, 31)}, NONE)
    with pytest.raises(Refusal, match="start-needs-time"):
        counting.standings(law, {"known": date(2026, 3, 1)}, NONE)
    with pytest.raises(Refusal, match="law-unknown"):
        duties.load("nowhere")
    with pytest.raises(Refusal, match="duty-unknown"):
        duties.duty("nothing")


# --- against a slow walk --------------------------------------------------------------------------

hourly = sorted(n for n, d in DUTIES.items() if d.rule and d.rule.period.unit == "h")
dated = sorted(n for n, d in DUTIES.items() if d.rule and d.rule.period.unit != "h")
rolling = sorted(n for n in dated if not DUTIES[n].window)
windows = sorted(n for n in dated if DUTIES[n].window)
days = st.dates(date(2024, 11, 1), date(2060, 12, 31))
moments = st.datetimes(datetime(2024, 11, 1), datetime(2040, 1, 1)).map(  # noqa: DTZ001  # as UTC
    lambda at: at.replace(tzinfo=UTC)
)


@quick
@given(st.sampled_from(hourly), moments)
def test_hours_agree_with_walking_minute_by_minute(name: str, at: datetime) -> None:
    duty = DUTIES[name]
    assert duty.rule is not None
    slow = slow_hours(at, duty.rule.period.count, [], ZoneInfo(law_of(duty).zone))
    # As UTC: Python never calls times of two zones equal in an hour that comes twice (PEP 495).
    assert due(name, at).astimezone(UTC) == slow.astimezone(UTC)


@quick
@given(st.sampled_from(rolling), days)
def test_days_agree_with_walking_day_by_day(name: str, at: date) -> None:
    duty = DUTIES[name]
    assert duty.rule is not None
    assert due(name, at) == slow_days(duty.rule, at, NONE, [], [])[1]


def _slow_window(at: date, months: int) -> date:
    """Walk out of the window of ``at``, then to the last day of the next one."""

    def window(day: date) -> int:
        return (day.year * 12 + day.month - 1) // months

    day = at
    while window(day) == window(at):
        day += timedelta(days=1)
    following = window(day)
    while window(day + timedelta(days=1)) == following:
        day += timedelta(days=1)
    return day


@quick
@given(st.sampled_from(windows), days)
def test_windows_agree_with_walking_day_by_day(name: str, at: date) -> None:
    rule = DUTIES[name].rule
    assert rule is not None
    months = rule.period.count * (12 if rule.period.unit == "y" else 1)
    assert due(name, at) == _slow_window(at, months)


@quick
@given(st.sampled_from(dated), days, st.integers(0, 400))
def test_a_later_start_is_never_due_earlier(name: str, at: date, gap: int) -> None:
    one, other = due(name, at), due(name, at + timedelta(days=gap))
    assert isinstance(one, date) and isinstance(other, date)
    assert one <= other


@quick
@given(st.sampled_from(hourly), moments, st.sampled_from(["Asia/Shanghai", "Europe/London", "UTC"]))
def test_hours_do_not_depend_on_the_clock_they_are_told_by(
    name: str, at: datetime, zone: str
) -> None:
    assert due(name, at) == due(name, at.astimezone(ZoneInfo(zone)))


@given(days, st.sampled_from(["1m", "2m", "3m", "4m", "6m", "1y"]))
def test_the_next_window_begins_on_a_first_day_after_this_one(at: date, period: str) -> None:
    begin = counting.next_window(at, Period.parse(period))
    assert begin > at and begin.day == 1


# --- files that are wrong -------------------------------------------------------------------------

SOUND = """\
id: xx-law
title: {zh-Hans: 法, zh-Hant: 法, en: Law}
summary: {zh-Hans: 法, zh-Hant: 法, en: Law}
jurisdiction: XX
calendar: none
zone: Asia/Shanghai
from: 2020-01-01
sources:
  text:
    title: {zh-Hans: 法, zh-Hant: 法, en: Law}
    verified: yes
moments:
  known: {zh-Hans: 知, zh-Hant: 知, en: Known}
  held: {zh-Hans: 办, zh-Hant: 辦, en: Held}
duties:
  xx-report:
    kind: report
    title: {zh-Hans: 报, zh-Hant: 報, en: Report}
    who: {zh-Hans: 人, zh-Hant: 人, en: Somebody}
    starts: known
    period: 24h
    basis: {source: text, article: "1", verified: yes}
"""
WRONG = {
    "no source": ("source: text,", "source: other,", 22, "no source `other`"),
    "no article mark": ("verified: yes}", "}", 22, "verified"),
    "unknown moment": ("starts: known", "starts: heard", 20, "is not known"),
    "moment without words": ("starts: known", "starts: occurred", 20, "no moment `occurred`"),
    "not a period": ("period: 24h", "period: a day", 21, "is not a period"),
    "window of days": ("period: 24h", "period: 5d\n    window: calendar", 22, "months and years"),
    "window of what happens once": ("period: 24h", "period: 1m\n    window: calendar", 22, "again"),
    "a language lacks": (", en: Report", "", 18, "en: is missing"),
    "unknown key": ("period: 24h", "period: 24h\n    colour: red", 22, "colour: is not known"),
    "no zone": ("zone: Asia/Shanghai", "zone: Shanghai", 6, "no time zone"),
    "no date": ("from: 2020-01-01", "from: 2020-02-30", 7, "is not a date"),
    "a bad name": ("xx-report:", "xx_report:", 16, "small letters"),
    "a moment of its own": ("  held:", "  seen:", 14, "is no moment"),
    "a kind of its own": ("kind: report", "kind: letter", 17, "is not known"),
    "hours counted by the day": (
        "period: 24h",
        "period: 2d\n    counting: next-hour",
        21,
        "counted",
    ),
}


def test_the_sound_file_is_read() -> None:
    law = read(SOUND)
    assert list(law.duties) == ["xx-report"]
    assert law.valid_until is None


@pytest.mark.parametrize("name", WRONG)
def test_each_fault_is_told_with_its_line(name: str) -> None:
    old, new, line, words = WRONG[name]
    assert old in SOUND
    with pytest.raises(Refusal) as refusal:
        read(SOUND.replace(old, new, 1) if name != "no article mark" else _last(SOUND, old, new))
    problems = refusal.value.data["problems"]
    assert isinstance(problems, list)
    assert any(p.line == line and words in str(p) for p in problems), [str(p) for p in problems]


def _last(text: str, old: str, new: str) -> str:
    head, _, tail = text.rpartition(old)
    return head + new + tail


@pytest.mark.parametrize("source", ["", "a: [", "id: &x y", b"\xff", "- 1"])
def test_what_is_no_strict_yaml_is_refused(source: str | bytes) -> None:
    with pytest.raises(Refusal, match="pack-invalid"):
        read(source)
