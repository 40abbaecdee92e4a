# ruff: noqa: F811 - fixtures of test_plans.py are asked for by name
"""The pages of duties and documents: what the law asks of a plan, by when and why; recording."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from django.test import Client

from huiyin.domain.plans.reading import read_plan
from huiyin.history.models import Event
from huiyin.plans import acts, owing
from huiyin.plans.models import Plan, Version
from tests.apps.test_plans import (  # noqa: F401 - fixtures
    TODAY,
    Signed,
    _day,
    moved,
    path,
    plan,
    signed,
)
from tests.people import NOW, Town

HELD = {"type": "drill", "programme": "", "on": "2026-11-20", "participants": "31",
        "record": "All out in four minutes."}  # fmt: skip


@pytest.fixture
def in_force(plan: Plan, town: Town) -> Plan:
    """The plan, approved as it stands."""
    version = Version.objects.get(plan=plan)
    value = read_plan(version.text)[0]
    text = version.text.replace("status: draft", "status: approved")
    assert value.about.status == "draft" and text != version.text
    Version.objects.filter(pk=version.pk).update(text=text, status="approved")
    return plan


def test_the_page_says_by_when_and_why(in_force: Plan, signed: Signed) -> None:
    page = signed("bella").get(path(in_force, "duties/"))
    rows = {row["id"]: row for row in page.context["again"]}
    assert rows["cn-drill-half-year"]["due"] == date(2027, 6, 30), "drilled in this half year"
    assert rows["cn-drill-half-year"]["steps"] and rows["cn-drill-half-year"]["source"]
    text = page.content.decode()
    assert "State Council Order 708" in text and "read in the primary text" in text
    assert "participants" not in text, "who may not write has no form"


def test_reports_wait_until_something_is_known(in_force: Plan, signed: Signed) -> None:
    browser = signed("bob")
    (waiting, *_) = browser.get(path(in_force, "duties/")).context["reports"]
    assert waiting["due"] is None and waiting["items"]
    page = browser.get(path(in_force, "duties/?at=2026-11-22T09:10"))
    rows = {row["id"]: row["due"] for row in page.context["reports"]}
    assert rows["cn-report-accident"].isoformat() == "2026-11-22T10:10:00+08:00"
    assert rows["cn-supplement-casualties"] == date(2026, 12, 22)
    assert browser.get(path(in_force, "duties/?at=soon")).status_code == 422
    assert browser.get(path(in_force, "duties/?at=9999-12-31T23:59")).status_code == 422


def test_an_exercise_moves_the_day_and_is_an_event(
    in_force: Plan,
    signed: Signed,
    town: Town,
) -> None:
    version = Version.objects.get(plan=in_force)
    text = version.text
    for held in ("drill-2026-10", "walk-2026"):
        assert held in text
    value = read_plan(text)[0]
    assert value.exercises is not None
    form = HELD | {"seen": moved(in_force)}
    answer = signed("bob").post(path(in_force, "duties/"), form)
    assert answer.status_code == 302
    after = read_plan(Version.objects.get(plan=in_force).text)[0]
    assert after.exercises is not None
    (fresh,) = set(after.exercises.held) - set(value.exercises.held)
    one = after.exercises.held[fresh]
    assert (one.type, one.on, one.participants) == ("drill", date(2026, 11, 20), 31)
    assert one.version == after.about.version
    last = Event.objects.filter(stream=in_force.pk).order_by("seq").last()
    assert last is not None and last.type == "plan-exercised"
    assert "four minutes" not in last.body, "no free text in events"
    row = next(o for o in owing.owed(after, TODAY) if o.duty.id == "cn-drill-half-year")
    assert row.last == date(2026, 11, 20)


def test_what_is_recorded_stays_in_the_draft_of_the_next_version(
    in_force: Plan,
    signed: Signed,
    town: Town,
) -> None:
    acts.revise(in_force.pk, moved(in_force), "9.0", town.actor("bob"), NOW)
    signed("bob").post(path(in_force, "duties/"), HELD | {"seen": moved(in_force)})
    for version in Version.objects.filter(plan=in_force):
        exercises = read_plan(version.text)[0].exercises
        assert exercises is not None and "drill-2026-11-20" in exercises.held, version.label


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"on": "2026-11-23"}, 422),
        ({"on": "yesterday"}, 422),
        ({"participants": "0"}, 422),
        ({"type": "march"}, 422),
        ({"seen": "1000"}, 409),
    ],
)
def test_bad_records_come_back(
    in_force: Plan,
    signed: Signed,
    wrong: dict[str, str],
    status: int,
) -> None:
    form = HELD | {"seen": str(moved(in_force))} | wrong
    assert signed("bob").post(path(in_force, "duties/"), form).status_code == status
    assert "drill-2026-11-20" not in Version.objects.get(plan=in_force).text


def test_a_draft_has_no_exercise_to_record(plan: Plan, signed: Signed) -> None:
    page = signed("bob").post(path(plan, "duties/"), HELD | {"seen": moved(plan)})
    assert page.status_code == 409 and "in force" in page.content.decode()


def test_late_duties_stand_first_in_the_list_of_all(
    in_force: Plan,
    signed: Signed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = signed("sun")
    rows = browser.get("/plans/duties/").context["rows"]
    assert rows and rows[0]["state"] == "due"
    monkeypatch.setattr("huiyin.plans.views.loading.today", lambda: date(2027, 7, 1))
    page = browser.get("/plans/duties/")
    assert page.context["rows"][0]["state"] == "late" and "Overdue" in page.content.decode()
    assert signed("otto").get("/plans/duties/").context["rows"] == [], "not of one's own line"


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant", "ar"])
def test_documents_open_in_each_language(plan: Plan, signed: Signed, language: str) -> None:
    browser: Client = signed("bella")
    browser.cookies["django_language"] = language
    pdf = browser.get(path(plan, "document.pdf"))
    assert pdf.status_code == 200 and pdf.content.startswith(b"%PDF")
    word = browser.get(path(plan, "document.docx"))
    names = zipfile.ZipFile(io.BytesIO(word.content)).namelist()
    assert "word/document.xml" in names and "attachment" in word["Content-Disposition"]
    assert browser.get(path(plan, "duties/")).status_code == 200
