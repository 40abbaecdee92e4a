"""Files in a real browser: chosen without JavaScript, cleaned by the worker, read at the desk."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page

from huiyin.demo.accounts import PASSWORD
from tests import planted_files as planted
from tests.browser.conftest import Demo, Open, check_page
from tests.browser.test_resident import LAMP, _category
from tests.browser.walking import download, hand_in, submit

pytestmark = pytest.mark.browser

READY = ".hy-filelist .hy-tag--done"


def _files(folder: Path) -> list[str]:
    made = {
        "photo.jpg": planted.jpeg(6, (900, 600)),
        "paper.pdf": planted.pdf(),
        "packed.zip": b"PK\x03\x04 packed",
    }
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return [str(folder / name) for name in made]


def _wait_until_ready(page: Page, count: int) -> None:
    for _ in range(60):
        page.goto("/follow/files/")
        if page.locator(READY).count() == count:
            return
        page.wait_for_timeout(500)  # another process cleans; not part of any assertion
    raise AssertionError(page.locator("main").inner_text())


@pytest.mark.parametrize(
    ("language", "width", "scripts"),
    [("en", 320, False), ("ar", 320, True), ("zh-hans", 1280, True)],
)
def test_files_from_the_button_to_the_desk(
    open_page: Open, demo: Demo, tmp_path: Path, language: str, width: int, scripts: bool
) -> None:
    page = open_page(language, width, scripts)
    number, code = hand_in(page, {**LAMP, "category": _category(demo)}, scripts=scripts)
    page.locator("main form input[type=text]").first.fill(code[-5:])
    submit(page)
    page.goto("/follow/files/")
    page.set_input_files("#id_files", _files(tmp_path))
    submit(page)
    assert page.locator(".govuk-error-summary").count() == 1  # the packed one, in words
    if scripts:
        check_page(page)
    _wait_until_ready(page, 2)
    if scripts:
        check_page(page)
    (tmp_path / "got").mkdir()
    own = download(page, ".hy-filelist a[download]", tmp_path / "got")
    assert own.name == "photo.jpg" and own.read_bytes() == planted.jpeg(6, (900, 600))
    page.goto("/follow/")
    assert page.locator("#files-heading").count() == 1
    if scripts:
        check_page(page)
        _read_at_the_desk(open_page, demo, tmp_path, number, language, width)


def _read_at_the_desk(
    open_page: Open, demo: Demo, folder: Path, number: str, language: str, width: int
) -> None:
    query = (
        "SELECT u.username FROM people_membership m JOIN people_user u ON u.id = m.user_id "
        "WHERE m.role = 'supervisor' AND m.unit_id IN (SELECT above_id FROM cases_unit_line "
        "WHERE unit_id = (SELECT unit_id FROM cases_case WHERE number = ?))"
    )
    with closing(sqlite3.connect(demo.data / "huiyin.sqlite3")) as held:
        ((login,), *_) = held.execute(query, [number])
    page = open_page(language, width)
    page.goto("/accounts/login/")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/desk/**")
    page.goto(f"/cases/{number}/")
    check_page(page)
    copy = download(page, "section[aria-labelledby=files] form button", folder)
    assert copy.name.startswith(number) and not planted.holds(copy.read_bytes())


@pytest.mark.parametrize(("language", "width"), [("zh-hant", 320), ("en", 1280)])
def test_the_question_about_files(
    open_page: Open, tmp_path: Path, language: str, width: int
) -> None:
    page = open_page(language, width)
    page.goto("/hand-in/")
    submit(page)
    page.goto("/hand-in/files/")
    check_page(page)
    page.set_input_files("#id_files", _files(tmp_path))
    page.locator("button[name=add]").click()
    check_page(page)
    assert page.locator(".hy-filelist li").count() == 2
    page.locator("button[name=remove]").first.click()
    assert page.locator(".hy-filelist li").count() == 1
