"""Pages of issue and supervision around what is sealed: accessible, not too wide, usable."""

from __future__ import annotations

from pathlib import Path

import pytest

from huiyin.demo.accounts import PASSWORD
from tests.browser.conftest import Demo, Open, check_page
from tests.browser.test_resident import LAMP, _category
from tests.browser.walking import hand_in, submit

pytestmark = pytest.mark.browser

OFFICE = ("/desk/openings/", "/desk/released/", "/desk/recusal/", "/accounts/sessions/")


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 320), ("ar", 320)])
def test_pages_of_a_supervisor(open_page: Open, language: str, width: int, tmp_path: Path) -> None:
    page = open_page(language, width)
    page.goto("/accounts/login/")
    page.locator("#id_login").fill("jixi-supervisor")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url("**/desk/")
    for path in OFFICE:
        page.goto(path)
        check_page(page)
        assert page.locator("h1").count() == 1, path
        page.screenshot(path=tmp_path / f"{path.strip('/').replace('/', '-')}.png", full_page=True)


@pytest.mark.parametrize(
    ("language", "width", "scripts"),
    [("en", 1280, True), ("zh-hans", 320, False), ("ar", 320, True)],
)
def test_how_i_can_be_reached(
    open_page: Open, demo: Demo, tmp_path: Path, language: str, width: int, scripts: bool
) -> None:
    page = open_page(language, width, scripts)
    _, code = hand_in(page, {**LAMP, "category": _category(demo)}, scripts=False)
    page.locator("main form input[type=text]").first.fill(code[-5:])
    submit(page)
    page.goto("/follow/contact/")
    if scripts:
        check_page(page)
    page.locator("input[name=seal-name]").fill("赵强")
    page.locator("form:has(input[value=seal]) button").click()
    page.wait_for_load_state()
    assert page.locator("input[name=seal-name]").input_value() == "赵强"
    page.locator("input[name=notice-email]").fill("zhao@example.org")
    page.locator("form:has(input[value=notice]) button").click()
    page.wait_for_load_state()
    assert "zhao@example.org" not in page.content()
    if scripts:
        check_page(page)
    page.screenshot(path=tmp_path / "contact.png", full_page=True)
    page.locator("details summary").last.click()
    page.locator("form:has(input[value=erase]) button").click()
    page.wait_for_load_state()
    assert page.locator("input[name=seal-name]").input_value() == ""
