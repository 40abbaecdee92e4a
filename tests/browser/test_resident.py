"""The resident alone: hand in, receipt, follow, write, exit; with and without JavaScript."""

from __future__ import annotations

from pathlib import Path

import pytest

from huiyin.commands import verify
from tests.browser.conftest import Demo, Open, check_page
from tests.browser.walking import download, enter_code, hand_in, submit

pytestmark = pytest.mark.browser

LAMP = {
    "place": "dongmen",
    "category": "roads-lighting",
    "what": "东门桥头的路灯坏了三个星期，晚上接孩子看不见台阶。",
    "remedy": "请尽快修好。",
}


def _category(demo: Demo) -> str:
    """Some leaf of the roads group of the starter categories."""
    import json
    import urllib.request

    with urllib.request.urlopen(f"{demo.url}/api/v1/categories") as answer:
        tree = json.load(answer)
    return str(next(g for g in tree if g["id"] == "roads")["children"][0]["id"])


@pytest.mark.parametrize(
    ("language", "width", "scripts"),
    [("zh-hans", 320, False), ("zh-hans", 320, True), ("en", 1280, True), ("ar", 320, True)],
)
def test_hand_in_and_follow(
    open_page: Open, demo: Demo, tmp_path: Path, language: str, width: int, scripts: bool
) -> None:
    page = open_page(language, width, scripts)
    number, code = hand_in(page, {**LAMP, "category": _category(demo)}, scripts=scripts)
    receipt = download(page, "a[href$='/receipt/file/']", tmp_path)
    assert receipt.name == f"{number}.receipt.json"
    assert verify.main([str(receipt)]) == 0
    # Typing the last group says that the code was noted; then it is gone for good.
    page.locator("main form input[type=text]").first.fill(code[-5:])
    submit(page)
    assert "/follow/" in page.url
    assert code not in page.content()
    page.locator("#write textarea, textarea[name=message]").first.fill("是第三盏灯。")
    page.locator("#write button, form[action$='/message/'] button").last.click()
    assert "是第三盏灯。" in page.locator("main").inner_text()
    if scripts:
        check_page(page)
    newer = download(page, "a[href$='/follow/receipt/']", tmp_path)
    assert verify.main([str(newer)]) == 0
    page.locator("form[action$='/exit/'] button").first.click()
    page.goto("/follow/")
    assert "是第三盏灯。" not in page.content()
    enter_code(page, code.lower())
    assert "是第三盏灯。" in page.content()


def test_code_is_in_no_address_and_no_cookie(open_page: Open, demo: Demo) -> None:
    page = open_page("en")
    seen: list[str] = []
    page.on("request", lambda r: seen.append(r.url))
    _, code = hand_in(page, {**LAMP, "category": _category(demo)}, scripts=True)
    cookies = str(page.context.cookies())
    for group in code.split("-"):
        assert not any(group in url for url in seen)
        assert group not in cookies


def test_mistyped_code_says_where(open_page: Open) -> None:
    page = open_page("en", 320)
    page.goto("/follow/")
    enter_code(page, "ABCDE-FGHJK-MNPQR-STVWX-YZ01U")
    assert page.locator(".govuk-error-message").count() == 1
    check_page(page)


def test_double_click_registers_once(open_page: Open, demo: Demo) -> None:
    page = open_page("en", 1280, False)
    number, _ = hand_in(page, {**LAMP, "category": _category(demo)}, scripts=False)
    page.go_back()
    page.goto("/hand-in/check/")
    assert number in page.content()
