"""Signing in: password, second factor, recovery codes; and what is not there."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from huiyin.demo.accounts import PASSWORD as DEMO_PASSWORD
from huiyin.people.models import SignIn, User
from huiyin.people.staff import confirmed_recently
from tests.apps.office import Desk, text
from tests.people import PASSWORD, Town


@pytest.fixture(autouse=True)
def _fresh_limits(db: None) -> None:
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


def test_an_account_without_a_password_is_told_who_can_give_it_one(town: Town) -> None:
    """It was sent to a page that is not there: 500."""
    client = Desk(town, "bob").client
    for answer in (
        client.get(reverse("account_change_password")),
        client.post(reverse("account_change_password"), {"password1": "x"}),
    ):
        assert answer.status_code == 409
        assert "An administrator" in text(answer)


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


# -- where one is signed in -----------------------------------------------------------------------

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1"


def _browser(agent: str) -> Client:
    client = Client(headers={"accept-language": "en", "user-agent": agent})
    assert _sign_in(client) == "/desk/"
    return client


def test_ones_own_sessions_are_listed_and_ended(bob: Client, town: Town) -> None:
    desk, phone, third = _browser(FIREFOX), _browser(PHONE), _browser("")
    page = desk.get(reverse("account_sessions"))
    said = text(page)
    assert "Firefox, Linux · this browser" in said and "Safari, iPhone" in said
    for client in (desk, phone, third):
        assert client.session.session_key not in page.content.decode()
    row = SignIn.objects.get(session=phone.session.session_key)
    assert desk.post(reverse("account_sessions"), {"end": row.pk}).status_code == 302
    assert phone.get("/desk/").status_code == 302
    assert third.get("/desk/").status_code == 200
    desk.post(reverse("account_sessions"), {"end": "others"})
    assert third.get("/desk/").status_code == 302
    assert desk.get("/desk/").status_code == 200
    assert "You are signed in here only." in text(desk.get(reverse("account_sessions")))


def test_nobody_ends_or_sees_a_colleagues_session(bob: Client, town: Town) -> None:
    mine = _browser(FIREFOX)
    row = SignIn.objects.get(session=mine.session.session_key)
    other = Desk(town, "alice").client
    assert "Firefox" not in text(other.get(reverse("account_sessions")))
    for end in (str(row.pk), "others", "-1", "9" * 40, "x"):
        assert other.post(reverse("account_sessions"), {"end": end}).status_code == 302
    assert mine.get("/desk/").status_code == 200


def test_a_session_that_is_over_is_not_listed(bob: Client, town: Town) -> None:
    here, gone = _browser(FIREFOX), _browser(PHONE)
    gone.post(reverse("account_logout"))
    assert "iPhone" not in text(here.get(reverse("account_sessions")))
    assert SignIn.objects.count() == 1


def test_no_address_is_kept_of_a_sign_in(bob: Client) -> None:
    address = "203.0.113.77"
    sent = {"login": "bob", "password": PASSWORD}
    bob.post(reverse("account_login"), sent, REMOTE_ADDR=address)
    from django.contrib.sessions.models import Session

    kept = str(list(SignIn.objects.values())) + str(
        [s.get_decoded() for s in Session.objects.all()]
    )
    assert "bob" in kept and address not in kept


# -- guessing passwords ---------------------------------------------------------------------------


def _try(client: Client, password: str, address: str, name: str = "bob") -> HttpResponse:
    sent = {"login": name, "password": password}
    return client.post(reverse("account_login"), sent, REMOTE_ADDR=address)


def test_wrong_passwords_are_slowed_down_where_they_come_from(bob: Client) -> None:
    said = [text(_try(bob, "wrong wrong wrong", "203.0.113.5")) for _ in range(7)]
    assert "Too many failed" not in said[3] and "Too many failed" in said[6]
    # From there not even the right one is looked at for a while; that is what slows a guesser.
    assert _try(bob, PASSWORD, "203.0.113.5").status_code == 200


def test_nobody_locks_a_colleague_out(bob: Client) -> None:
    """Any number of wrong passwords from any number of elsewheres, and Bob still signs in."""
    guesser = Client(headers={"accept-language": "en"})
    for n in range(40):
        _try(guesser, "wrong wrong wrong", f"203.0.113.{n}")
        _try(guesser, "wrong wrong wrong", "203.0.113.5")
    assert _try(bob, PASSWORD, "198.51.100.9").headers["Location"] == "/desk/"


# -- showing once more who is there ---------------------------------------------------------------


def test_what_was_shown_long_ago_counts_no_more(
    bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sign_in(bob)
    assert not _confirmed_in(bob), "signing in alone is not showing it again"
    bob.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert _confirmed_in(bob)
    now = time.time()
    monkeypatch.setattr("huiyin.people.staff.time.time", lambda: now + 301)
    assert not _confirmed_in(bob)


def test_an_account_with_nothing_to_show_has_shown_nothing(town: Town) -> None:
    """allauth's own answer would be yes: neither password nor second factor to ask for."""
    assert not _confirmed_in(Desk(town, "bob").client)


def _confirmed_in(client: Client) -> bool:
    request = HttpRequest()
    request.session = client.session
    request.user = User.objects.get(pk=client.session["_auth_user_id"])
    return confirmed_recently(request)
