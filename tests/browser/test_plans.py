"""Writing a plan from an example to approval, as two people; each page accessible and fitting."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from huiyin.demo.accounts import PASSWORD
from tests.browser.conftest import LOCALES, Open, check_page

pytestmark = pytest.mark.browser


def sign_in(page: Page, name: str) -> None:
    """Sign in as one of the demo's staff."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button.govuk-button").first.click()
    page.wait_for_load_state()


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).click()
    page.wait_for_load_state()


def test_a_plan_is_written_reviewed_and_approved(open_page: Open) -> None:
    page = open_page("en")
    sign_in(page, "jixi-registrar")
    page.goto("/plans/new/")
    check_page(page)
    page.select_option("select[name=unit]", "jixi-town")
    page.select_option("select[name=example]", "office-power-fire")
    press(page, "Make the plan")
    address = page.url
    check_page(page)

    page.get_by_role("link", name="Edit the draft").click()
    check_page(page)
    page.get_by_role("link", name="Roles", exact=True).click()
    check_page(page)
    page.locator("main ul.govuk-list a").first.click()
    page.locator("[name=title__en]").fill("Whoever leads")
    page.locator("[name=within]").fill("1 s")
    press(page, "Check without saving")
    check_page(page)
    assert page.locator(".hy-findings").count() >= 1, "the finding stands beside the field"
    page.go_back()
    page.locator("[name=title__en]").fill("Whoever leads")
    press(page, "Save the draft")
    assert page.locator("h1").inner_text() == "Whoever leads"

    page.goto(address)
    press(page, "Submit for review")
    check_page(page)
    page.locator("summary", has_text="Record a table-top exercise").click()
    page.fill("input[name=on]", "2026-03-02")
    page.fill("input[name=participants]", "7")
    page.fill("textarea[name=record]", "Walked through a night without power.")
    press(page, "Record")
    assert page.get_by_text("The table-top exercise was recorded.").count() == 1

    other = open_page("en")
    sign_in(other, "jixi-supervisor")
    other.goto(address)
    press(other, "Approve")
    check_page(other)
    text = other.locator("main").inner_text()
    assert "The plan was approved." in text or "errors" in text.lower()


def draft_of_the_school(page: Page) -> str:
    """The address of the school's plan, which is a draft."""
    page.goto("/plans/")
    return str(page.locator("main table a").last.get_attribute("href"))


def test_what_is_typed_keeps_itself_and_a_conflict_shows_both(open_page: Open) -> None:
    page = open_page("en")
    sign_in(page, "jixi-school-supervisor")
    address = draft_of_the_school(page)
    page.goto(f"{address}edit/scope/")
    page.locator("[name=applies__en]").fill("Half a sentence")
    page.get_by_text("not saved yet").wait_for()
    page.goto(f"{address}edit/")
    page.goto(f"{address}edit/scope/")
    check_page(page)
    assert page.locator("[name=applies__en]").input_value() == "Half a sentence"

    other = open_page("en", javascript=False)
    sign_in(other, "jixi-school-registrar")
    other.goto(f"{address}edit/scope/")
    other.locator("[name=applies__en]").fill("The whole school")
    press(other, "Save the draft")

    page.locator("[name=applies__en]").fill("Half a sentence more")
    page.get_by_text("Somebody else has changed").wait_for()
    press(page, "Save the draft")
    check_page(page)
    assert page.get_by_text("The whole school").count() == 1, "what the other wrote is shown"
    press(page, "Save the draft")
    page.goto(f"{address}edit/scope/")
    assert page.locator("[name=applies__en]").input_value() == "Half a sentence more"


def test_the_people_behind_a_plan_without_javascript(open_page: Open) -> None:
    page = open_page("en", javascript=False)
    sign_in(page, "jixi-school-supervisor")
    address = f"{draft_of_the_school(page)}organisation/"
    page.goto(address)
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("button", name="Add an entry").click()
    page.locator("[name=unit]").select_option(index=1)
    page.locator("[name=travel]").fill("20 min")
    press(page, "Save")
    page.get_by_role("link", name="Write down name and numbers").click()
    page.locator("[name=name]").fill("Wisteria Gatepost-Demo")
    press(page, "Save")
    assert page.locator("h1").inner_text() == "Wisteria Gatepost-Demo"
    page.goto(f"{address}edit/people/")
    page.get_by_role("link", name="Wisteria Gatepost-Demo").click()
    page.locator("summary", has_text="Take this out").click()
    press(page, "Take it out")
    assert page.get_by_text("The contact data is destroyed.").count() == 1
    assert page.get_by_text("Wisteria Gatepost-Demo").count() == 0


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", sorted(LOCALES))
def test_pages_of_a_plan(open_page: Open, language: str, width: int) -> None:
    page = open_page(language, width)
    sign_in(page, "jixi-supervisor")
    page.goto("/plans/")
    check_page(page)
    page.locator("main table a").last.click()
    page.wait_for_load_state()
    address = page.url
    for part in ("", "edit/", "edit/roles/", "edit/plan/", "edit/levels/-/", "simulate/",
                 "duties/", "duties/?at=2026-03-02T09:10", "alerts/",
                 "organisation/", "organisation/edit/people/", "organisation/edit/posts/-/",
                 "versions/", "print/"):  # fmt: skip
        answer = page.goto(address + part)
        assert answer is not None and answer.status == 200, part
        check_page(page)
        assert page.locator("h1").count() == 1, part


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", sorted(LOCALES))
def test_an_alert_is_checked_made_and_read(open_page: Open, language: str, width: int) -> None:
    """Without JavaScript too: every step is a form."""
    scripts = language != "zh-hant"
    check = check_page if scripts else (lambda page: None)
    page = open_page(language, width, javascript=scripts)
    sign_in(page, "jixi-supervisor")
    page.goto("/plans/duties/")
    check(page)
    page.goto("/plans/")
    page.locator("main table a").last.click()
    page.wait_for_load_state()
    page.goto(page.url + "alerts/")
    page.locator("#prepared ~ ul a").last.click()
    page.wait_for_load_state()
    check(page)
    page.locator("button[value=check]").click()
    page.wait_for_load_state()
    assert page.locator(".govuk-error-summary").count() == 1, "what is missing is said"
    check(page)
    page.fill("input[name=to]", "Staff")
    page.fill("input[name=sender]", "safety@town.example")
    page.fill("input[name=onset]", "2031-05-06T09:00")
    page.locator("input[name=response]").first.check()
    page.locator("button[value=check]").click()
    page.wait_for_load_state()
    assert page.locator(".govuk-inset-text").count() >= 1, "a preview in words"
    check(page)
    page.locator("button[value=make]").click()
    page.wait_for_load_state()
    assert page.locator("article").count() >= 1
    page.locator("article summary").first.click()
    check(page)
    page.locator("article a[href$='/update/']").first.click()
    page.wait_for_load_state()
    assert page.locator("input[name=to]").input_value() == "Staff", "it begins with what was said"
    check(page)
    page.locator("button[value=check]").click()
    page.wait_for_load_state()
    page.locator("button[value=make]").click()
    page.wait_for_load_state()
    page.locator("article a[href$='/cancel/']").first.click()
    page.wait_for_load_state()
    page.locator("main form button").last.click()
    page.wait_for_load_state()
    assert page.locator(".govuk-error-summary").count() == 1, "a reason is asked for"
    check(page)
    page.fill("textarea[name=reason]", "The exercise is over.")
    page.locator("main form button").last.click()
    page.wait_for_load_state()
    assert page.locator("article").first.locator("a[href$='/cancel/']").count() == 0
    check(page)
