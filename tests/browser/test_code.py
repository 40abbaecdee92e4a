"""The receipt code in the browser: a slip is told before the server is asked, and the code that a
link carries behind “#” leaves the address at once. The pages' content policy is in force here."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from huiyin.domain import receipts
from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser


@pytest.fixture
def page(chromium: Browser, demo: Demo) -> Iterator[Page]:
    """A browser that remembers in ``posts`` what it sent."""
    context = chromium.new_context(base_url=demo.url, locale="en-GB")
    yield context.new_page()
    context.close()


def sent(page: Page) -> list[str]:
    """What the page posts from now on."""
    found: list[str] = []
    page.on("request", lambda r: found.append(r.url) if r.method == "POST" else None)
    return found


def type_in(page: Page, address: str, typed: str) -> None:
    page.goto(address)
    box = page.locator("#id_code")
    box.fill(typed)
    box.press("Enter")


def code() -> str:
    return receipts.make(os.urandom(receipts.SECRET_BYTES)).text


def slips() -> list[str]:
    """Each kind of slip that the check letter promises to catch, also as people type."""
    right = code()
    while (
        right[0] == right[1] or right[2] == right[6] or right.translate({48: 79, 49: 76}) == right
    ):
        right = code()
    wrong = ("Z" if right[0] != "Z" else "Y") + right[1:]
    swapped = right[1] + right[0] + right[2:]
    far = right[:2] + right[6] + right[3:6] + right[2] + right[7:]
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in wrong)
    return [
        wrong,
        swapped,
        far,
        wrong.lower().replace("-", " "),
        wrong.replace("0", "o").replace("1", "l"),
        full_width,
    ]


@pytest.mark.parametrize("address", ["/", "/follow/"])
def test_a_slip_is_told_before_the_server_is_asked(page: Page, address: str) -> None:
    posts = sent(page)
    for typed in slips():
        type_in(page, address, typed)
        told = page.locator(".govuk-error-message")
        told.wait_for()
        assert "its check character does not fit" in told.inner_text(), typed
        assert page.locator("#id_code").get_attribute("aria-invalid") == "true"
    type_in(page, address, code()[:-3])
    page.locator(".govuk-error-message", has_text="25 characters; this has 22").wait_for()
    assert posts == []


def test_right_codes_in_every_spelling_reach_the_server(page: Page) -> None:
    posts = sent(page)
    for spelling in (
        str,
        str.lower,
        lambda c: c.replace("-", " "),
        lambda c: c.replace("0", "O").replace("1", "I"),
        lambda c: "".join(chr(ord(letter) + 0xFEE0) for letter in c),
    ):
        before = len(posts)
        with page.expect_navigation():
            type_in(page, "/follow/", spelling(code()))
        assert len(posts) == before + 1
        # What no letter of a code is, the server tells with its place.
    with page.expect_navigation():
        type_in(page, "/follow/", code()[:-1] + "U")
    assert "“U”, cannot be part of a code" in page.locator(".govuk-error-message").inner_text()
    with page.expect_navigation():
        type_in(page, "/follow/", receipts.number(2026, 317))
    assert "is the number of a case" in page.locator(".govuk-error-message").inner_text()


def test_a_code_behind_the_hash_leaves_address_and_history(page: Page) -> None:
    carried = code()
    page.goto(f"/follow/#{carried}")
    assert page.locator("#id_code").input_value() == carried
    assert "#" not in page.url
    # A second link in a page that is open already changes only what stands behind the "#".
    later = code()
    page.evaluate("code => { location.hash = code }", later)
    page.wait_for_function("() => location.hash === ''")
    assert page.locator("#id_code").input_value() == later


def test_a_link_opened_beside_an_open_case_leaves_no_code_either(page: Page) -> None:
    page.goto("/follow/")
    page.locator(".hy-tour button").first.click()
    page.get_by_role("heading", name="Who knows who you are").wait_for()
    page.goto(f"/follow/#{code()}")
    page.wait_for_function("() => location.hash === ''")
    page.goto("/about/")
    page.goto(f"/follow/#{code()}")
    page.wait_for_function("() => location.hash === ''")
    assert page.get_by_role("heading", name="Who knows who you are").count() == 1
