"""One's own account: passkeys with Chromium's own virtual key, and where one is signed in.

The pages' content policy is in force here (other tests bypass it to inject axe).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from huiyin.demo.accounts import PASSWORD
from tests.browser.conftest import Demo, Open, check_page
from tests.browser.walking import submit

pytestmark = pytest.mark.browser

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def context(chromium: Browser, demo: Demo) -> Iterator[BrowserContext]:
    """A browser at http://localhost: passkeys belong to a name, not to an address."""
    made = chromium.new_context(base_url=demo.url.replace("127.0.0.1", "localhost"), locale="en-GB")
    yield made
    made.close()


def sign_in(page: Page, name: str) -> None:
    page.goto("/accounts/login/")
    page.locator("#id_login").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_load_state()


def with_key(page: Page) -> str:
    """Give the browser a virtual key; returns its id."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    return str(made["authenticatorId"])


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    submit(page)


def staff(page: Page) -> str:
    """A name of the demonstration's sign-in page."""
    page.goto("/accounts/login/")
    return str(page.locator("input[name=login][type=hidden]").first.get_attribute("value"))


def test_a_passkey_from_adding_to_signing_in_alone(context: BrowserContext) -> None:
    page = context.new_page()
    broken: list[str] = []
    page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
    with_key(page)
    name = staff(page)
    sign_in(page, name)
    page.goto("/accounts/2fa/webauthn/")
    page.get_by_role("button", name="Add a passkey").click()
    page.locator("#id_password").fill(PASSWORD)  # once more, before anything changes
    submit(page)
    page.locator("#id_name").fill("my phone")
    page.locator("#id_passwordless").check()
    submit(page)
    page.wait_for_url("**/recovery-codes/")
    page.goto("/accounts/2fa/webauthn/")
    assert "my phone" in page.inner_text("main") and "signs in alone" in page.inner_text("main")

    sign_out(page)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/desk/")

    # With the password the key is the second factor.
    sign_out(page)
    sign_in(page, name)
    assert "/2fa/authenticate/" in page.url
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/desk/")
    # And it confirms who is there where that is asked again.
    page.goto("/accounts/2fa/webauthn/reauthenticate/?next=/accounts/2fa/webauthn/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/2fa/webauthn/")
    page.get_by_role("link", name="Remove my phone").click()
    submit(page)
    assert "You have no passkey yet" in page.inner_text("main")
    assert not broken


def test_a_browser_without_the_key_says_so_and_other_ways_stay(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('none')) }")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The browser gave no key").wait_for()
    assert page.locator("#id_password").is_visible()


def test_without_javascript_no_passkey_is_offered(open_page: Open) -> None:
    page = open_page("en", 1280, False)
    page.goto("/accounts/login/")
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
    assert page.locator("#id_password").is_visible()


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("zh-hans", 320), ("ar", 320)])
def test_the_pages_of_ones_own_account(open_page: Open, language: str, width: int) -> None:
    page = open_page(language, width)
    sign_in(page, staff(page))
    for path in ("sessions/", "2fa/", "2fa/webauthn/", "2fa/webauthn/add/", "password/change/"):
        page.goto(f"/accounts/{path}")
        if "reauthenticate" in page.url:
            page.locator("#id_password").fill(PASSWORD)
            submit(page)
        check_page(page)
        assert page.locator("h1").count() == 1, path


def test_a_session_ended_elsewhere_is_over(open_page: Open) -> None:
    here, there = open_page("en"), open_page("en")
    name = staff(here)
    for page in (there, here):
        sign_in(page, name)
    here.goto("/accounts/sessions/")
    assert here.get_by_text("this browser").count() == 1
    assert "127.0.0.1" not in here.content()
    here.get_by_role("button", name="Sign out everywhere else").click()
    assert "You are signed in here only" in here.inner_text("main")
    there.goto("/desk/")
    assert "/accounts/login/" in there.url
    here.goto("/desk/")
    assert "/desk/" in here.url
