"""Secrets of second factors: sealed at rest, old ones go on working and are sealed."""

from __future__ import annotations

import importlib
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huiyin.administration import account_acts
from huiyin.administration.recording import OPERATOR
from huiyin.domain.errors import Refusal
from huiyin.people.second_factor import MARK, seal, unseal
from tests.people import PASSWORD, Town

SECRET = "JBSWY3DPEHPK3PXP" * 2


def code() -> str:
    return str(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30)))


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        return repr(cursor.fetchall())


def test_a_secret_is_sealed_in_the_table_and_works(town: Town) -> None:
    cache.clear()
    totp = TOTP.activate(town.users["bob"], SECRET)
    codes = RecoveryCodes.activate(town.users["bob"]).get_unused_codes()
    assert SECRET not in stored() and stored().count(MARK) == 2
    seed = Authenticator.objects.get(type="recovery_codes").data["seed"]
    assert unseal(seed) not in stored()
    again = Authenticator.objects.get(type="totp").wrap()
    assert again.validate_code(code()) and not again.validate_code("000000")
    assert totp.instance.user == town.users["bob"]
    assert Authenticator.objects.get(type="recovery_codes").wrap().validate_code(codes[0])


def test_two_seals_of_one_secret_differ_and_a_seal_is_not_sealed_twice() -> None:
    one, two = seal(SECRET), seal(SECRET)
    assert one != two and unseal(one) == unseal(two) == SECRET
    assert seal(one) == one


def test_under_another_key_or_changed_it_opens_nothing(settings: Any) -> None:
    sealed = seal(SECRET)
    with pytest.raises(InvalidTag):
        unseal(sealed[:-8] + ("AAAA" if sealed[-8:-4] != "AAAA" else "BBBB") + sealed[-4:])
    settings.SECRET_KEY = "another"
    with pytest.raises(InvalidTag):
        unseal(sealed)


def test_after_the_web_key_is_lost_the_sign_in_says_so_and_the_way_back_works(
    town: Town, settings: Any
) -> None:
    cache.clear()
    bob = town.users["bob"]
    bob.set_password(PASSWORD)
    bob.save()
    TOTP.activate(bob, SECRET)
    settings.SECRET_KEY = "another"
    browser = Client()
    login = {"login": "bob", "password": PASSWORD}
    assert browser.post(reverse("account_login"), login).url == reverse("mfa_authenticate")
    told = browser.post(reverse("mfa_authenticate"), {"code": code()})
    assert told.status_code == 409 and b"drop-factors" in told.content
    account_acts.drop_factors("bob", OPERATOR, timezone.now())
    with pytest.raises(Refusal):
        account_acts.drop_factors("bob", OPERATOR, timezone.now())
    again = Client().post(reverse("account_login"), login)
    assert again.url == "/desk/"


def test_what_was_stored_in_clear_works_and_the_upgrade_seals_it(town: Town) -> None:
    cache.clear()
    bob, bella = town.users["bob"], town.users["bella"]
    Authenticator.objects.create(user=bob, type="totp", data={"secret": SECRET})
    Authenticator.objects.create(
        user=bob, type="recovery_codes", data={"seed": "ab" * 20, "used_mask": 1}
    )
    Authenticator.objects.create(
        user=bella, type="recovery_codes", data={"migrated_codes": ["abc", "def"]}
    )
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code())
    before = Authenticator.objects.get(user=bob, type="recovery_codes").wrap().get_unused_codes()
    upgrade = importlib.import_module("huiyin.people.migrations.0005_counted")
    for _ in range(2):  # once more changes nothing
        with connection.schema_editor() if connection.vendor != "sqlite" else _plain() as editor:
            upgrade.seal_factors(apps, editor)
    assert SECRET not in stored() and "ab" * 20 not in stored() and "'abc'" not in stored()
    cache.clear()
    assert Authenticator.objects.get(type="totp").wrap().validate_code(code())
    after = Authenticator.objects.get(user=bob, type="recovery_codes").wrap().get_unused_codes()
    assert after == before
    assert Authenticator.objects.get(user=bella).wrap().get_unused_codes() == ["abc", "def"]


class _plain:
    """SQLite's editor refuses to begin inside a transaction; only the connection is needed."""

    def __enter__(self) -> _plain:
        self.connection = connection
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to end."""
