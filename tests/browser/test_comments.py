"""A unit answers a request for comment: from the desk to the answer, and the owner reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Demo, Open, check_page
from tests.browser.test_main_job import LAMP, _act, _owner, _sign_in
from tests.browser.walking import hand_in, submit

pytestmark = pytest.mark.browser

REQUEST = "这盏路灯的线路由谁维护？"
COMMENT = "线路由电力部门维护，灯具由建设办维护。"


def test_a_request_for_comment_and_its_answer(open_page: Open, demo: Demo, tmp_path: Path) -> None:
    number, _ = hand_in(open_page("zh-hans", 320, False), LAMP, scripts=False)
    registrar = _sign_in(open_page("zh-hans"), "jixi-registrar")
    _act(registrar, number, "accept")
    _owner(registrar, number, "assign", "砚之桥")
    owner = _sign_in(open_page("zh-hans"), "jixi-building-owner")
    _act(owner, number, "request-comment", about="jixi-land", request=REQUEST)

    # The unit asked: on a phone, without scripts.
    asked = _sign_in(open_page("zh-hans", 320), "jixi-land-owner")
    asked.screenshot(path=tmp_path / "desk.png", full_page=True)
    asked.locator("a[href$='/desk/comments/']").click()
    check_page(asked)
    asked.screenshot(path=tmp_path / "list.png", full_page=True)
    asked.locator("main a[href*='/desk/comments/']").first.click()
    check_page(asked)
    shown = asked.content()
    assert REQUEST in shown and number not in shown and LAMP["what"] not in shown
    submit(asked)  # nothing written yet
    check_page(asked)
    asked.screenshot(path=tmp_path / "empty.png", full_page=True)
    asked.locator("main textarea").fill(COMMENT)
    submit(asked)
    asked.wait_for_url("**/desk/comments/")
    check_page(asked)
    assert asked.locator("a[href*='/desk/comments/']").count() == 0
    asked.screenshot(path=tmp_path / "done.png", full_page=True)

    owner.goto(f"/cases/{number}/")
    check_page(owner)
    assert COMMENT in owner.locator("main").inner_text()
    owner.screenshot(path=tmp_path / "case.png", full_page=True)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hant", 1280), ("ar", 320)])
def test_an_empty_list_says_what_would_be_there(
    open_page: Open, language: str, width: int, tmp_path: Path
) -> None:
    page = _sign_in(open_page(language, width), "jixi-health-owner")
    page.goto("/desk/comments/")
    check_page(page)
    page.screenshot(path=tmp_path / "none.png", full_page=True)


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 320), ("ar", 320)])
def test_administrators_see_how_files_are_opened(
    open_page: Open, language: str, width: int, tmp_path: Path
) -> None:
    page = _sign_in(open_page(language, width), "administrator")
    page.goto("/administration/")
    check_page(page)
    page.screenshot(path=tmp_path / "files.png", full_page=True)
