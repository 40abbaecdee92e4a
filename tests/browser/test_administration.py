"""The administrator's pages and the pages of a link for co-signers, in each language and both
widths: accessible, not too wide, usable without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from huiyin.demo.accounts import PASSWORD
from huiyin.demo.codes import code_of
from huiyin.demo.files import cases
from tests.browser.conftest import LOCALES, Open, check_page
from tests.browser.walking import enter_code

pytestmark = pytest.mark.browser

PAGES = [
    "/administration/",
    "/administration/units/",
    "/administration/units/add/",
    "/administration/units/jixi-land/",
    "/administration/units/jixi-land/close/",
    "/administration/units/jixi-town/law/",
    "/administration/places/jixi/",
    "/administration/categories/",
    "/administration/categories/school-safety/",
    "/administration/categories/school-safety/leads/",
    "/administration/accounts/",
    "/administration/accounts/add/",
    "/administration/accounts/jixi-land-owner/",
    "/administration/calendars/",
    "/administration/calendars/import/",
]


def sign_in(page: Page, login: str) -> None:
    """Sign in as one of the demo accounts."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/desk/**")


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", sorted(LOCALES))
def test_pages_of_the_administration(open_page: Open, language: str, width: int) -> None:
    page = open_page(language, width, javascript=True)
    sign_in(page, "administrator")
    for path in PAGES:
        page.goto(path)
        check_page(page)
        assert page.locator("h1").count() == 1, path
        direction = page.locator("html").get_attribute("dir") or "ltr"
        assert direction == ("rtl" if language == "ar" else "ltr"), path


def test_a_unit_is_added_and_closed_without_javascript(open_page: Open) -> None:
    page = open_page("en", 1280, javascript=False)
    sign_in(page, "administrator")
    page.goto("/administration/units/add/")
    page.fill("[name=id]", "jixi-lamps")
    page.fill("[name=name_en]", "Lamps")
    page.select_option("[name=parent]", "jixi-town")
    page.click("main form button.govuk-button")
    expect(page.locator("main")).to_contain_text("Lamps")
    page.goto("/administration/units/jixi-lamps/close/")
    page.click("main form button.govuk-button")
    expect(page.locator("main")).to_contain_text("takes no new cases")
    page.goto("/administration/")
    expect(page.locator("main ol li").first).to_contain_text("Unit closed")


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 320), ("en", 1280), ("ar", 320)])
def test_a_link_for_co_signers(open_page: Open, language: str, width: int) -> None:
    together = next(c for c in cases() if c["scenario"] == "cn-collective-open")
    page = open_page(language, width, javascript=False)
    page.goto("/follow/")
    enter_code(page, code_of(together["id"]).text)
    found = re.search(r"(/join/[\w-]+/)", page.locator("main").inner_text())
    assert found
    other = open_page(language, width)
    other.goto(found[1])
    check_page(other)
    other.fill("[name=message]", "+1")
    other.click("main form button.govuk-button:not(.hy-exit__button)")
    check_page(other)
    with other.expect_download() as download:
        other.click("main a.govuk-button")
    assert download.value.suggested_filename == "co-signed.receipt.json"


@pytest.mark.parametrize("width", [700, 1000, 1280])
def test_the_exit_button_covers_nothing(open_page: Open, width: int) -> None:
    """The hint about the key and the button stand in rows of their own."""
    together = next(c for c in cases() if c["scenario"] == "cn-collective-open")
    page = open_page("en", width)
    page.goto("/follow/")
    enter_code(page, code_of(together["id"]).text)
    boxes = page.evaluate(
        """() => [...document.querySelectorAll('.hy-exit__button, .hy-exit__hint:not([hidden])')]
            .map(e => e.getBoundingClientRect()).map(b => [b.top, b.bottom])"""
    )
    heading = page.evaluate("document.querySelector('#main').getBoundingClientRect().top")
    assert boxes and all(bottom <= heading + 1 for _, bottom in boxes), (boxes, heading)
