"""The public's pages about the register: notice for the board, counts, the page to save."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huiyin.domain.fingerprints import bytes_of
from huiyin.domain.leaves import parse_leaf
from huiyin.domain.notes import COSIGNATURE, parse_vkey
from huiyin.people.models import User
from huiyin.register import queries
from huiyin.register.takeover import new_origin
from huiyin.register.templatetags import witnesses
from huiyin.register.witnessing import submit
from tests.apps.portal_journey import Resident, shown
from tests.domain.receipt_world import Log, dump, signer
from tests.people import NOW, Town

from .register_world import remember_signed


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_words_of_the_notice_are_the_registers(town: Town, language: str) -> None:
    town.hand_in()
    page = Resident(language).get("/register/today/").content.decode()
    found = re.search(r'<ol class="hyt-words" lang="(en|zh)"[^>]*>(.*?)</ol>', page, re.S)
    assert found is not None and (found[1] == "en") == (language == "en")
    words = re.findall(r"<li>(.*?)</li>", found[2])
    assert bytes_of(" ".join(words), found[1]) == queries.head().root[:12]
    assert unescape(page).count(queries.head().checkpoint) == 1
    assert "<svg" in page and "style=" not in page


def test_the_notice_of_an_empty_register(db: None, keys: object) -> None:
    answer = Resident().get("/register/today/")
    assert answer.status_code == 200 and "first complaint" in shown(answer)


def test_counts_are_those_of_the_leaves(town: Town) -> None:
    town.hand_in()
    said = json.loads(Resident().get("/register/counts.json").content)
    size = queries.head().size
    leaves = [parse_leaf(data) for data in queries.leaf_data(range(size)).values()]
    assert (said["size"], said["counted"]) == (size, size)
    assert sum(row["count"] for row in said["counts"]) == size
    for row in said["counts"]:
        assert row["count"] == sum(
            leaf.event_class == row["class"] and leaf.day.isoformat().startswith(row["month"])
            for leaf in leaves
        )


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh-hant", "zh-Hant"), ("ar", "en")])
def test_the_page_to_save_allows_itself_nothing_but_its_own_script(
    town: Town, language: str, tag: str
) -> None:
    answer = Resident(language).get("/verify/offline.html")
    assert answer["Content-Disposition"] == 'attachment; filename="huiyin-verify.html"'
    page = answer.content.decode()
    assert f'<html lang="{tag}">' in page and queries.vkey() in unescape(page)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    for name in ("script", "style"):
        (text,) = re.findall(rf"<{name}>(.*?)</{name}>", page, re.S)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy[1]
    assert "unsafe" not in policy[1] and "connect-src" not in policy[1]


def unwatched(path: Path) -> str:
    """Name one witness, which nobody runs; returns its key."""
    key = str(signer("press.example", 5, COSIGNATURE).key)
    path.write_text(f"witness press {key} http://127.0.0.1:9/\nquorum press\n", "utf-8")
    return key


def upload(resident: Resident, body: bytes) -> Any:
    return resident.post("/verify/", {"receipt": SimpleUploadedFile("r.json", body)})


def test_our_own_receipts_before_and_after_a_takeover(town: Town) -> None:
    resident = Resident()
    resident.hand_in()
    before = resident.get("/follow/receipt/").content
    assert "the one that this page gives" in shown(upload(resident, before))
    remember_signed()
    new_origin(NOW + timedelta(hours=1))
    remember_signed()
    name = parse_vkey(queries.vkey()).name
    assert name.endswith("/ledger/2")
    after = resident.get("/follow/receipt/").content
    assert json.loads(after)["origin"] == name
    assert "the one that this page gives" in shown(upload(resident, after))
    # The older receipt still verifies, by the key that it names itself.
    assert "taken from the receipt itself" in shown(upload(resident, before))
    assert name in shown(resident.get("/register/"))


def test_a_receipt_of_a_stranger_with_our_name_is_refused(town: Town) -> None:
    log = Log(signer(parse_vkey(queries.vkey()).name, 9))
    forged = dump(log.receipt("HY-1", log.register("HY-1", 2)))
    assert "with another key" in shown(upload(Resident(), forged))


def test_staff_see_why_a_witness_fails(
    town: Town, settings: Any, tmp_path: Any, client: Client
) -> None:
    """Times and sizes are for everybody, what the other machine answered is for staff."""
    town.hand_in()
    settings.HUIYIN_WITNESSES = tmp_path / "witnesses"
    unwatched(settings.HUIYIN_WITNESSES)
    at = datetime.fromisoformat("2026-11-21T08:00:00+00:00")
    assert submit(at).loud
    public = shown(Resident().get("/register/"))
    assert "The witness press does not answer." in public and "Refused" not in public
    user = User.objects.filter(is_active=True).first()
    assert user is not None
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/register/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "ConnectionRefusedError" in page and "checkpoints are sent again on schedule" in page


def test_every_page_of_the_office_warns(town: Town, settings: Any, tmp_path: Any) -> None:
    user = User.objects.filter(is_active=True).first()
    assert user is not None
    staff = Client(headers={"accept-language": "en"})
    staff.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    def desk() -> str:
        witnesses._asked.cache_clear()
        return unescape(staff.get("/desk/").content.decode())

    assert "needs a look" not in desk()
    settings.HUIYIN_WITNESSES = tmp_path / "witnesses"
    assert "nobody outside watches the register" in desk()
    town.hand_in()
    key = unwatched(settings.HUIYIN_WITNESSES)
    assert "The register needs a look: press does not follow it." in desk()
    assert key not in desk()  # a name is enough here
