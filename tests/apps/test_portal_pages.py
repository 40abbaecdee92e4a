"""The public's other pages: open statistics, the law, verification, and what is said openly."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from huiyin import packs
from huiyin.domain.leaves import parse_leaf
from huiyin.domain.verification import MAX_BYTES
from huiyin.portal import queries
from huiyin.portal.choices import find_categories
from huiyin.portal.class_names import in_order
from huiyin.portal.limits import network_of
from huiyin.portal.manual import chapters
from huiyin.register.queries import head, leaf_data
from tests.apps.portal_journey import Resident, decide, shown
from tests.people import Town

PLAIN = [
    "home", "about", "hand-in", "follow", "verify", "register", "law", "statistics", "refuse",
    "privacy", "accessibility", "manual",
]  # fmt: skip
LANGUAGES = {"en": ("en", "ltr"), "zh-hans": ("zh-Hans", "ltr"), "ar": ("ar", "rtl")}


def _paths() -> list[str]:
    found = [reverse(f"portal:{name}") for name in PLAIN]
    found += [reverse("portal:pack", args=[name]) for name in packs.ids()]
    return found + [reverse("portal:manual-page", args=[c.name]) for c in chapters()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_every_language(town: Town, language: str) -> None:
    town.hand_in()
    resident = Resident(language)
    tag, direction = LANGUAGES[language]
    for path in _paths():
        answer = resident.get(path)
        page = answer.content.decode()
        assert answer.status_code == 200, path
        assert f'<html lang="{tag}" dir="{direction}">' in page, path
        assert page.count("<h1") == 1, path
        assert len(answer.content) < 100_000, path
        assert "style=" not in page, path
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page), path
        assert "sessionid" not in answer.cookies, path


def test_pages_of_an_empty_installation(db: None, keys: object) -> None:
    resident = Resident()
    for path in _paths():
        assert resident.get(path).status_code == 200, path


def test_unknown_pages(town: Town) -> None:
    resident = Resident()
    for path in ("/law/atlantis/", "/manual/nothing/", "/hand-in/nothing/"):
        assert resident.get(path).status_code == 404, path


def test_totals_are_those_of_the_register(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "STEP", 2)
    handed_in, _ = town.hand_in()
    town.hand_in()
    decide(town, handed_in.case.number)
    size = head().size
    while queries.register_totals().counted < size:
        continue
    totals = queries.register_totals()
    leaves = [parse_leaf(data) for data in leaf_data(range(size)).values()]
    assert totals.counts == Counter((leaf.event_class, leaf.day.replace(day=1)) for leaf in leaves)
    assert totals.of("registered") == 2
    words = shown(Resident().get("/statistics/"))
    assert f"Counted: {size} of {size}" in words
    # In the order in which a case passes them; what is about no case stands in its own table.
    assert "Registered Accepted Answered" in words
    assert in_order(["zz", "origin", "answered", "registered"]) == (
        ["registered", "answered", "zz"],
        ["origin"],
    )


def test_law_page_names_articles_and_how_sure_they_are(town: Town) -> None:
    words = shown(Resident().get("/law/cn-xinfang-2022/"))
    pack = packs.load("cn-xinfang-2022")
    for limit in pack.limits.values():
        assert limit.title["en"] in words
        if limit.basis.source != "huiyin":
            assert f"art. {limit.basis.article}" in words
    assert "House rule of Huiyin, not law" in words
    assert "checked" in words


def test_register_page_shows_the_signed_checkpoint(town: Town) -> None:
    town.hand_in()
    page = shown(Resident().get("/register/"))
    for line in head().checkpoint.splitlines()[:3]:
        assert line in page


def _upload(resident: Resident, body: bytes) -> Any:
    return resident.post("/verify/", {"receipt": SimpleUploadedFile("r.json", body)})


def test_upload_of_a_true_and_of_a_changed_receipt(town: Town) -> None:
    resident = Resident()
    case, _ = resident.hand_in()
    body = resident.get("/follow/receipt/").content
    answer = _upload(resident, body)
    assert answer.status_code == 200
    assert "VALID." in shown(answer) and case.number in shown(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    changed = body.replace(case.number[-3:].encode(), b"9-Z", 1)
    assert "DOES NOT VERIFY" in shown(_upload(resident, changed))


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"\xff\xfe", b"{" * 5000, b"null", b"<svg onload=x>"]
)
def test_upload_of_rubbish(town: Town, body: bytes) -> None:
    answer = _upload(Resident(), body)
    assert answer.status_code == 200
    assert "UNREADABLE" in shown(answer) or "DOES NOT VERIFY" in shown(answer)


def test_upload_that_is_missing_empty_or_too_large(town: Town) -> None:
    resident = Resident()
    assert resident.post("/verify/", {}).status_code == 422
    assert _upload(resident, b"").status_code == 422
    answer = _upload(resident, b"x" * (MAX_BYTES + 1))
    assert answer.status_code in (400, 413, 422)


def test_upload_is_protected_against_forged_forms(town: Town) -> None:
    resident = Resident()
    file = SimpleUploadedFile("r.json", b"{}")
    resident.client.raise_request_exception = False
    assert resident.client.post("/verify/", {"receipt": file}).status_code in (403, 500)


def test_search_finds_by_name_example_and_other_language(town: Town) -> None:
    with translation.override("en"):
        assert [leaf.id for leaf in find_categories("NOISE please")] == ["noise"]
        assert find_categories("") == []
        assert {leaf.id for leaf in find_categories("public")} == {"roads", "noise"}


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:22ff::1", "2001:db8:1:2200::/56"),
        ("unix:", "unknown"),
    ],
)
def test_networks(address: str, network: str) -> None:
    assert network_of(address) == network


def test_home_costs_the_same_with_many_cases(
    town: Town, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        town.hand_in()
    Resident().get("/")
    with django_assert_max_num_queries(7):
        Resident().get("/")
