"""Duty rosters in a browser: the pages of the town's roster, and a swap between two people."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from huiyin.demo.accounts import PASSWORD
from tests.browser.conftest import LOCALES, Open, check_page

pytestmark = pytest.mark.browser
TABS = ("", "check/", "changes/", "reach/", "setup/", "schedule/", "propose/", "duties/role-1/")


def sign_in(page: Page, name: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state()


def town_roster(page: Page) -> str:
    """The address of the town's own roster."""
    page.goto("/rosters/")
    return str(page.locator("main h2 a").first.get_attribute("href"))


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", sorted(LOCALES))
def test_pages_of_a_roster(open_page: Open, language: str, width: int) -> None:
    page = open_page(language, width)
    sign_in(page, "jixi-supervisor")
    path = town_roster(page)
    check_page(page)
    for tab in TABS:
        answer = page.goto(path + tab)
        assert answer is not None and answer.status == 200, tab
        check_page(page)
        assert page.locator("h1").count() == 1
    for other in ("/rosters/new/", "/rosters/mine/", f"{path}swap/", f"{path}handover/"):
        page.goto(other)
        check_page(page)


def test_a_fair_plan_is_looked_at(open_page: Open) -> None:
    page = open_page("en")
    sign_in(page, "jixi-supervisor")
    page.goto(f"{town_roster(page)}propose/")
    page.locator("button[value=make]").click()
    page.wait_for_load_state()
    check_page(page)
    assert page.get_by_role("button", name="Take the plan over").count() == 1
    assert page.locator("main table").count() == 2


def test_a_swap_without_javascript(open_page: Open) -> None:
    asking = open_page("en", javascript=False)
    sign_in(asking, "jixi-petitions-owner")
    path = town_roster(asking)
    asking.goto(f"{path}swap/")
    asking.locator("select[name=mine]").select_option(index=1)
    gift = asking.locator("select[name=theirs] option", has_text="温如棉").first
    asking.locator("select[name=theirs]").select_option(value=str(gift.get_attribute("value")))
    asking.locator("button[value=ask]").click()
    answering = open_page("en", javascript=False)
    sign_in(answering, "jixi-civil-owner")
    answering.goto(f"{path}swap/")
    answering.locator("button[value=accept]").first.click()
    assert answering.locator("button[value=accept]").count() == 0
    answering.goto(f"{path}changes/")
    assert "温如棉" in answering.locator("main").inner_text()
