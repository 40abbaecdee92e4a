"""Steps that several journeys share; each checks the pages it passes."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import check_page

Answers = dict[str, str]


def submit(page: Page) -> None:
    """Press the page's main button and be on the page that answers: a click alone returns while
    the old page is still there."""
    with page.expect_event("framenavigated"):
        page.locator("main form button.govuk-button:not([name=search])").last.click()
    page.wait_for_load_state()


def enter_code(page: Page, code: str) -> None:
    """Type a receipt code on the follow page and send it; the page of a demonstration has
    other forms below."""
    field = page.locator("main form input[name=code]:not([type=hidden])").first
    field.fill(code)
    field.press("Enter")
    page.wait_for_load_state()


def step_of(page: Page) -> str:
    """The last part of the address: which question is asked."""
    return page.url.split("?")[0].rstrip("/").split("/")[-1]


def _choose_place(page: Page, place: str) -> None:
    select = page.locator("select[name=place]")
    if select.count():
        select.select_option(value=place)
    else:
        page.locator(f"input[name=place][value={place}]").check()


def _choose_category(page: Page, category: str) -> None:
    choice = page.locator(f"input[name=category][value={category}]")
    page.locator("details", has=choice).locator("summary").first.click()
    choice.check()


def answer(page: Page, step: str, answers: Answers) -> None:
    """Fill in one question."""
    if step == "place":
        _choose_place(page, answers["place"])
    elif step == "category":
        _choose_category(page, answers["category"])
    elif step in ("what", "remedy"):
        page.locator("main textarea").fill(answers[step])
    elif step == "people":
        page.locator("input[value=alone]").check()
    elif step == "reach":
        for kind in answers.get("reach", "none").split():
            page.locator(f"input[name=reach][value={kind}]").check()
    elif step == "notice":
        page.locator("input[name=email]").fill(answers["email"])
    elif step == "identity":
        page.locator("input[name=name]").fill(answers["name"])


def hand_in(page: Page, answers: Answers, *, scripts: bool) -> tuple[str, str]:
    """From the first door to the receipt; returns the number and the code."""
    page.goto("/hand-in/")
    submit(page)
    for _ in range(15):
        step = step_of(page)
        if scripts:
            check_page(page)
        if step == "check":
            break
        answer(page, step, answers)
        submit(page)
    assert step_of(page) == "check"
    submit(page)
    if scripts:
        check_page(page)
    code = "".join(page.locator(".hy-code").first.inner_text().split())
    number = page.locator(".hy-receipt__number").first.inner_text()
    return number.strip(), code


def download(page: Page, selector: str, to: Path) -> Path:
    """Press a download link and keep the file."""
    with page.expect_download() as wait:
        page.locator(selector).first.click()
    path = to / wait.value.suggested_filename
    wait.value.save_as(path)
    return path
