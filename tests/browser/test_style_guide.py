"""The style guide, every component in one page, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from playwright.sync_api import Browser

from tests.apps.test_look import ROOT, STATIC, addresses, guide

pytestmark = pytest.mark.usefixtures(addresses.__name__)

CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def _serve(text: str) -> Any:
    def answer(route: Any) -> None:
        name = route.request.url.removeprefix("http://look.test/")
        file = STATIC / name.removeprefix("static/")
        if not name:
            headers = {"Content-Security-Policy": CSP, "Content-Type": "text/html; charset=utf-8"}
            route.fulfill(body=text, headers=headers)
        elif file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        else:
            route.abort()

    return answer


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("base", ["base_public.html", "base_office.html"])
@pytest.mark.parametrize("language", ["en", "zh-hans", "ar"])
def test_the_style_guide_in_a_browser(
    chromium: Browser, language: str, base: str, width: int
) -> None:
    """No rule of axe broken, nothing wider than the screen, nothing that the policy forbids."""
    with translation.override(language):
        text = guide(base)
    page = chromium.new_page(viewport={"width": width, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.route("**/*", _serve(text))
    page.goto("http://look.test/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert said == []
    # The checker itself comes from outside of the page, so the policy does not hold it back.
    page.evaluate((ROOT / "tests/browser/vendor/axe.min.js").read_text())
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
    page.close()
