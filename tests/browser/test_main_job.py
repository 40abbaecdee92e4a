"""The main job whole, in a browser: hand in, own, answer in time, follow, contest, prove.

A resident on a phone without JavaScript, in Chinese; the town's registrar, owner and head; the
county's reviewer. Then the receipt is checked offline with the server's data untouched.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from huiyin.commands import verify
from huiyin.demo.accounts import PASSWORD
from tests.browser.conftest import Demo, Open, check_page
from tests.browser.walking import download, enter_code, hand_in, submit

pytestmark = pytest.mark.browser

LAMP = {
    "place": "dongmen",
    "what": "东门桥头的路灯坏了三个星期，晚上接孩子看不见台阶。",
    "remedy": "请尽快修好。",
    "category": "roads-surface",
}
DECISION = {
    "facts": "经现场查看，第三盏路灯线路断开。",
    "reasons": "路灯由镇村镇建设办维护。",
    "basis": "《信访工作条例》第三十二条。",
    "remedy": "十日内修复。",
}


def _sign_in(page: Page, name: str) -> Page:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").first.fill(name)
    page.locator("input[name=password]").first.fill(PASSWORD)
    page.locator("input[name=password]").first.press("Enter")
    page.wait_for_url("**/desk/**")
    check_page(page)
    return page


def _fill(page: Page, name: str, value: str) -> None:
    field = page.locator(f"main [name='{name}']").first
    kind = field.evaluate("e => e.tagName + ':' + e.type")
    if kind.startswith("SELECT"):
        field.select_option(value=value)
    elif kind == "INPUT:radio":
        page.locator(f"main input[name='{name}'][value='{value}']").check()
    else:
        field.fill(value)


def _act(page: Page, number: str, act: str, **values: str) -> None:
    """Do one act through its page; where it is shown once more first, send it from there."""
    address = f"/cases/{number}/act/{act}/"
    page.goto(address)
    check_page(page)
    for name, value in values.items():
        _fill(page, name.replace("_", "-"), value)
    submit(page)
    if page.locator("button[name=step][value=send]").count():
        check_page(page)
        page.locator("button[name=step][value=send]").click()
    page.wait_for_url(lambda url: address not in url)


def _owner(page: Page, number: str, act: str, name: str) -> None:
    """Assign by the name shown in the list."""
    page.goto(f"/cases/{number}/act/{act}/")
    option = page.locator("select[name=owner] option", has_text=name)
    _act(page, number, act, owner=str(option.first.get_attribute("value")))


def _follow(page: Page, code: str) -> None:
    """The case page; the code is asked for only where no sitting is open on this device."""
    page.goto("/follow/")
    if not page.locator("#write").count():
        enter_code(page, code)


def _resident_act(page: Page, act: str, **values: str) -> None:
    page.goto(f"/follow/act/{act}/")
    for name, value in values.items():
        _fill(page, name, value)
    submit(page)
    if "/act/" in page.url:
        submit(page)


def test_the_main_job(open_page: Open, demo: Demo, tmp_path: Path) -> None:
    resident = open_page("zh-hans", 320, False)
    number, code = hand_in(resident, LAMP, scripts=False)

    registrar = _sign_in(open_page("zh-hans", 320), "jixi-registrar")
    registrar.goto(f"/cases/{number}/")
    check_page(registrar)
    assert LAMP["what"] in registrar.locator("main").inner_text()
    _act(registrar, number, "accept")
    _owner(registrar, number, "assign", "砚之桥")

    owner = _sign_in(open_page("zh-hans", 320), "jixi-building-owner")
    assert number in owner.locator("main").inner_text()
    _act(owner, number, "ask", question="是第几盏路灯？")
    resident.locator("main form input[type=text]").first.fill(code[-5:])
    submit(resident)
    assert "是第几盏路灯？" in resident.locator("main").inner_text()
    resident.locator("#write textarea").fill("第三盏。")
    resident.locator("#write button").last.click()

    owner.goto(f"/cases/{number}/")
    assert "第三盏。" in owner.locator("main").inner_text()
    _act(owner, number, "propose-extension", period="20", reason="需要采购线缆。")
    head = _sign_in(open_page("zh-hans", 320), "jixi-supervisor")
    _act(head, number, "extend")
    _act(owner, number, "decide", **DECISION, finding="supported")
    _act(owner, number, "deliver")
    owner.goto(f"/cases/{number}/")
    for link in owner.locator("a[href$='.pdf']").all():
        letter = owner.context.request.get(f"{demo.url}{link.get_attribute('href')}")
        assert letter.body().startswith(b"%PDF"), link

    _follow(resident, code)
    assert DECISION["remedy"] in resident.locator("main").inner_text()
    _resident_act(resident, "ask-review", message="还是没有修好。")
    reviewer = _sign_in(open_page("en", 320), "tinglan-reviewer")
    reviewer.goto(f"/cases/{number}/")
    check_page(reviewer)
    _owner(reviewer, number, "assign-reviewer", "程复明")
    _act(reviewer, number, "decide-review", **DECISION, review_finding="changed")
    _act(reviewer, number, "deliver")
    owner.goto(f"/cases/{number}/")
    assert owner.locator("main").inner_text().count(LAMP["what"]) == 0

    _follow(resident, code)
    receipt = download(resident, "a[href$='/follow/receipt/']", tmp_path)
    assert verify.main([str(receipt)]) == 0


def test_outsider_sees_nothing(open_page: Open, demo: Demo) -> None:
    resident = open_page("en", 1280, False)
    number, _ = hand_in(resident, LAMP, scripts=False)
    stranger = _sign_in(open_page("en"), "ottermere-supervisor")
    answer = stranger.goto(f"/cases/{number}/")
    assert answer is not None and answer.status == 404
    assert LAMP["what"] not in stranger.content()
    check_page(stranger)
