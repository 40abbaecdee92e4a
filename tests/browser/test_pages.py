"""Every page that needs no case, in each language and both widths: accessible, not too wide."""

from __future__ import annotations

import pytest

from tests.browser.conftest import LOCALES, Open, check_page

pytestmark = pytest.mark.browser

PUBLIC = [
    "/",
    "/about/",
    "/hand-in/",
    "/follow/",
    "/verify/",
    "/register/",
    "/law/",
    "/law/cn-xinfang-2022/",
    "/law/uk-housing-2024/",
    "/statistics/",
    "/refuse/",
    "/privacy/",
    "/accessibility/",
    "/manual/",
    "/accounts/login/",
    "/no-such-page/",
]


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", sorted(LOCALES))
def test_public_pages(open_page: Open, language: str, width: int) -> None:
    page = open_page(language, width)
    for path in PUBLIC:
        page.goto(path)
        check_page(page)
        assert page.locator("h1").count() == 1, path
        direction = page.locator("html").get_attribute("dir") or "ltr"
        assert direction == ("rtl" if language == "ar" else "ltr"), path


def test_nothing_foreign_is_asked_for(open_page: Open, demo: object) -> None:
    page = open_page("en")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PUBLIC:
        page.goto(path)
    foreign = [u for u in asked if not u.startswith((page.url.split("/no-")[0], "data:"))]
    assert not foreign


def test_first_page_is_light(open_page: Open) -> None:
    page = open_page("zh-hans", 320)
    sizes: list[int] = []
    page.on("requestfinished", lambda r: sizes.append(r.sizes()["responseBodySize"]))
    page.goto("/", wait_until="networkidle")
    assert sum(sizes) < 100_000
