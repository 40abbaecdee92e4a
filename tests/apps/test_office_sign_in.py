"""Signing in: password, second factor, recovery codes; and what is not there."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from huiyin.demo.accounts import PASSWORD as DEMO_PASSWORD
from tests.apps.office import Desk, text
from tests.people import PASSWORD, Town


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def bob(town: Town) -> Client:
    """Bob's browser, not signed in yet; he has a password."""
    town.users["bob"].set_password(PASSWORD)
    town.users["bob"].save(update_fields=["password"])
    return Client(headers={"accept-language": "en"})


def _sign_in(client: Client, password: str = PASSWORD, name: str = "bob") -> str:
    answer = client.post(reverse("account_login"), {"login": name, "password": password})
    return answer.headers.get("Location", "")


def _code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def _confirmed(client: Client, page: str) -> HttpResponse:
    """A page that asks once more who is there, after the password was given again."""
    asked = client.get(reverse(page))
    assert "Confirm that it is you" in text(client.get(asked.url))
    wrong = client.post(asked.url, {"password": "wrong wrong wrong"})
    assert wrong.status_code == 200
    client.post(asked.url, {"password": PASSWORD})
    return client.get(reverse(page))


def test_the_right_password_leads_to_the_desk_and_out_again(bob: Client) -> None:
    assert _sign_in(bob) == "/desk/"
    assert "My desk" in text(bob.get("/desk/"))
    assert "Sign out" in text(bob.get(reverse("account_logout")))
    bob.post(reverse("account_logout"))
    assert bob.get("/desk/").status_code == 302


def test_wrong_passwords_say_the_same_for_every_name(bob: Client) -> None:
    said = []
    for name in ("bob", "nobody-of-that-name"):
        sent = {"login": name, "password": "wrong wrong wrong"}
        answer = bob.post(reverse("account_login"), sent)
        said.append(text(answer).replace(name, "…"))
    assert said[0] == said[1]
    assert "govuk-error-summary" in answer.content.decode()


def test_second_factor_from_setting_up_to_recovery(bob: Client, town: Town) -> None:
    _sign_in(bob)
    assert "not in use" in text(bob.get(reverse("mfa_index")))
    page = _confirmed(bob, "mfa_activate_totp")
    secret = page.context["form"].secret
    assert secret in text(page)
    done = bob.post(reverse("mfa_activate_totp"), {"code": _code(secret)})
    assert done.url == reverse("mfa_view_recovery_codes")
    shown = re.findall(r"<li>(\w{8})</li>", bob.get(done.url).content.decode())
    assert len(shown) == 10
    assert shown[0] in bob.get(reverse("mfa_download_recovery_codes")).content.decode()
    bob.post(reverse("account_logout"))

    assert _sign_in(bob) == reverse("mfa_authenticate")
    assert bob.get("/desk/").status_code == 302
    wrong = bob.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200 and "govuk-error-summary" in wrong.content.decode()
    assert bob.post(reverse("mfa_authenticate"), {"code": shown[0]}).url == "/desk/"
    assert "My desk" in text(bob.get("/desk/"))
    bob.post(reverse("account_logout"))
    _sign_in(bob)
    assert bob.post(reverse("mfa_authenticate"), {"code": shown[0]}).status_code == 200  # once

    assert bob.post(reverse("mfa_authenticate"), {"code": shown[1]}).url == "/desk/"
    assert "Stop using" in text(_confirmed(bob, "mfa_deactivate_totp"))
    assert "New recovery codes" in text(bob.get(reverse("mfa_generate_recovery_codes")))
    bob.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.filter(user=town.users["bob"]).exists()


def test_changing_the_password(bob: Client) -> None:
    _sign_in(bob)
    address = reverse("account_change_password")
    new = "seven lanterns on the water"
    weak = {"oldpassword": PASSWORD, "password1": "password", "password2": "password"}
    assert bob.post(address, weak).status_code == 200
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert bob.post(address, sent).status_code == 302
    assert _sign_in(Client(), new) == "/desk/"


@pytest.mark.parametrize(
    "name",
    ["account_signup", "account_email", "account_reset_password", "account_set_password"],
)
def test_there_is_no_signing_up_and_nothing_by_e_mail(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "password/reset/", "confirm-email/", "social/"]
)
def test_their_addresses_are_not_there(town: Town, path: str) -> None:
    assert Client().get(f"/accounts/{path}").status_code == 404
    assert Desk(town, "bob").client.get(f"/accounts/{path}").status_code == 404


def test_demo_accounts_are_listed_only_in_a_demonstration(
    bob: Client, town: Town, settings: pytest.FixtureRequest
) -> None:
    page = bob.get(reverse("account_login")).content.decode()
    assert DEMO_PASSWORD not in page and 'value="bob"' not in page
    settings.HUIYIN_DEMO = True  # type: ignore[attr-defined]
    town.users["bob"].set_password(DEMO_PASSWORD)
    town.users["bob"].save(update_fields=["password"])
    page = bob.get(reverse("account_login")).content.decode()
    assert DEMO_PASSWORD in page
    for name in ("alice", "bob", "sun", "rao", "peng", "olga", "audrey", "adam", "omar"):
        assert f'value="{name}"' in page, name
    assert "Works office" in page
    # The button is a plain form with these two values.
    assert _sign_in(bob, DEMO_PASSWORD) == "/desk/"


def test_signing_in_never_leads_to_another_site(bob: Client) -> None:
    sent = {"login": "bob", "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert bob.post(reverse("account_login"), sent).url == "/desk/"
