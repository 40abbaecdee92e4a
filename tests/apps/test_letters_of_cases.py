"""The letters that cases make: every act's letter exists, says what it must, names nobody."""

from __future__ import annotations

import io
import re

import pytest
from django.utils import timezone
from pypdf import PdfReader

from huiyin import packs
from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.domain.errors import Refusal
from huiyin.domain.packs import ActRule, Pack
from huiyin.people import acts
from huiyin.reports import letters, wording
from huiyin.reports.filling import NOTICE, letter_for, template_of
from tests.apps.office import DECISION, RESPONSE, REVIEW, Desk, ago
from tests.people import SINCE, Town

ACTS = [
    (pack, rule)
    for pack in (packs.load(name) for name in packs.ids())
    for rule in pack.acts.values()
    if rule.letter
]
SECRETS = {
    "identity": {"name": "Mei Lanfang", "phone": "13900000000", "address": "7 Bridge Street"},
    "contact": {"email": "mei@example.org"},
    "text": "I am Mei Lanfang and the lamp is dark.",
    "remedy": "Call Mei Lanfang.",
}


@pytest.mark.parametrize(("pack", "rule"), ACTS, ids=lambda value: value.id)
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_letter_of_every_pack_has_a_template(
    pack: Pack, rule: ActRule, language: str
) -> None:
    name = template_of(pack, rule)
    form = letters.load(name)
    assert form.texts["title"][language]
    # Each text of the act has its place in the letter; a definition is the letter's "complaint".
    texts = {f.id for f in rule.fields if f.kind == "text"} - {"definition"}
    needed = texts if "complainant" not in rule.by else set()
    assert needed <= {*form.fields, *form.optional} or name == NOTICE


def test_no_letter_of_one_law_is_used_under_another() -> None:
    for pack, rule in ACTS:
        name = template_of(pack, rule)
        assert "." not in name or name.startswith(f"{pack.id}.")


def test_the_two_procedures_of_this_office_have_letters_of_their_own() -> None:
    for pack, rule in ACTS:
        if pack.id in ("cn-xinfang-2022", "uk-housing-2024") and not rule.opens:
            assert template_of(pack, rule) != NOTICE, rule.id


def _printed(number: str, act: str, language: str) -> str:
    case = Case.objects.get(pk=number)
    history = history_of(case)
    seq = max(e.seq for e in history.events if e.type == act)
    pages = PdfReader(io.BytesIO(letter_for(case, history, seq, language))).pages
    return re.sub(r"\s|\u200b", "", "".join(page.extract_text() for page in pages))


def _holds(printed: str, *said: str) -> None:
    for words in said:
        assert re.sub(r"\s", "", words) in printed, (words, printed)


@pytest.fixture
def reviewed(town: Town) -> str:
    """A case of the works after both levels of review, handed in with an identity."""
    number: str = town.hand_in(now=ago(9), **SECRETS)[0].case.number
    town.act("alice", number, "assign", ago(8), owner=town.id("bob"))
    town.act("bob", number, "summary", ago(8), summary="Street lamp dark at the bridge")
    town.act("bob", number, "accept", ago(8), message="The works look into it.")
    town.act("bob", number, "propose-extension", ago(7), period="20d", reason="Snow lies high.")
    town.act("sun", number, "extend", ago(7))
    town.act("bob", number, "hearing-start", ago(6))
    town.act("bob", number, "hearing-end", ago(6))
    town.act("bob", number, "decide", ago(5), **DECISION)
    town.act("bob", number, "deliver", ago(5))
    town.complainant(number, "ask-review", ago(4), message="Mei Lanfang disagrees.")
    town.act("rao", number, "assign-reviewer", ago(4), owner=town.id("rao"))
    review = {k: v for k, v in REVIEW.items() if k != "finding"}
    town.act("rao", number, "decide-review", ago(3), **review)
    town.act("rao", number, "deliver", ago(3))
    town.complainant(number, "ask-reexamination", ago(2))
    town.act("chen", number, "assign-reviewer", ago(2), owner=town.id("chen"))
    town.act("chen", number, "reexamine", ago(1), **review)
    return number


LETTERS = (
    "accept",
    "extend",
    "hearing-start",
    "decide",
    "ask-review",
    "decide-review",
    "ask-reexamination",
    "reexamine",
)


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_xinfang_letters(reviewed: str, language: str) -> None:
    for act in LETTERS:
        printed = _printed(reviewed, act, language)
        _holds(printed, reviewed)
        assert not re.search(r"\{\w+\}", printed), act
        for secret in ("MeiLanfang", "13900000000", "BridgeStreet", "mei@example.org"):
            assert secret not in printed, act


def test_what_each_xinfang_letter_says(reviewed: str) -> None:
    due = {c.limit: c for c in history_of(Case.objects.get(pk=reviewed)).state.clocks}
    day = wording.day_in_words(due["decide"].due.due, "en")  # type: ignore[union-attr,arg-type]
    extended = _printed(reviewed, "extend", "en")
    _holds(extended, "Snow lies high.", "art. 34")
    accepted = _printed(reviewed, "accept", "en")
    _holds(accepted, "Notice of acceptance", "Works office", "The works look into it.", "art. 34")
    assert re.sub(r"\s", "", day) not in accepted  # the date as it was then, before the extension
    decision = _printed(reviewed, "decide", "en")
    _holds(decision, *list(DECISION.values())[:4], "Roads", "Supported")
    # The summary is the office's own: the form promises that the complainant never reads it.
    assert "Streetlampdark" not in decision
    _holds(decision, "ask County to review", "within 30 calendar days", "art. 35")
    review = _printed(reviewed, "decide-review", "en")
    _holds(review, "Works office", "Changed", "ask City for a re-examination", "art. 36")
    last = _printed(reviewed, "reexamine", "en")
    _holds(last, "This is the last level", "County")
    zh = _printed(reviewed, "decide", "zh-Hans")
    _holds(zh, "处理意见书", "予以支持", "30日", "第35条")


def test_a_letter_stays_the_same_when_the_case_goes_on(town: Town, reviewed: str) -> None:
    case = Case.objects.get(pk=reviewed)
    history = history_of(case)
    seq = next(e.seq for e in history.events if e.type == "decide")
    before = letter_for(case, history, seq, "en")
    town.act("chen", reviewed, "deliver", timezone.now())
    assert letter_for(case, history_of(case), seq, "en") == before


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_housing_letters(town: Town, language: str) -> None:
    number = town.hand_in("damp", "vale", now=ago(9))[0].case.number
    town.act("ruth", number, "assign", ago(8), owner=town.id("omar"))
    town.act("omar", number, "acknowledge", ago(8), definition="Damp wall; wants it dry.")
    town.act("omar", number, "declare-extension", ago(7), period="5wd", reason="Surveyor ill.")
    town.act("omar", number, "respond", ago(6), **RESPONSE)
    town.complainant(number, "escalate", ago(5))
    town.act("stella", number, "assign-reviewer", ago(4), owner=town.id("stella"))
    town.act("stella", number, "acknowledge-2", ago(4))
    final = {k: v for k, v in RESPONSE.items() if k != "finding"}
    town.act("stella", number, "respond-2", ago(3), **final, **{"review-finding": "confirmed"})
    _holds(_printed(number, "acknowledge", language), "Damp wall; wants it dry.", "6.3")
    _holds(_printed(number, "declare-extension", language), "Surveyor ill.", "6.4")
    _holds(_printed(number, "respond", language), *list(RESPONSE.values())[:3], "6.10")
    _holds(_printed(number, "escalate", language), number)
    _holds(_printed(number, "acknowledge-2", language), "Damp wall; wants it dry.")
    _holds(_printed(number, "respond-2", language), "www.housing-ombudsman.org.uk")


def test_refusal_forwarding_and_urging(town: Town) -> None:
    number = town.hand_in(now=ago(30))[0].case.number
    town.complainant(number, "ask-urging", ago(5), message="Please hurry.")
    town.act("sun", number, "urge", ago(4), message="Answer this week.")
    _holds(_printed(number, "urge", "en"), "Answer this week.")
    town.act("alice", number, "forward", ago(4), unit="wages", reason="Wages decide this.")
    _holds(_printed(number, "forward", "en"), "Wages office", "Wages decide this.", "art. 23")
    town.act("alice", number, "assign", ago(3), owner=town.id("wang"))
    refusal = {"reasons": "A court decides.", "ground": "not-competent", "route": "District court."}
    town.act("wang", number, "not-accept", ago(3), **refusal)
    _holds(_printed(number, "not-accept", "zh-Hant"), "A court decides.", "District court.")


@pytest.mark.parametrize("language", ["ar", "tlh"])
def test_a_language_without_letters_gets_english(reviewed: str, language: str) -> None:
    assert _printed(reviewed, "decide", language) == _printed(reviewed, "decide", "en")


@pytest.mark.parametrize("seq", [0, 1, 2, 999])
def test_an_entry_without_a_letter_is_refused(town: Town, seq: int) -> None:
    number = town.hand_in(now=ago(3))[0].case.number
    town.act("alice", number, "assign", ago(2), owner=town.id("bob"))
    case = Case.objects.get(pk=number)
    with pytest.raises(Refusal) as refused:
        letter_for(case, history_of(case), seq, "en")
    assert refused.value.code == "letter-none"
    assert Desk(town, "bob").get("reports:letter", number, seq).status_code == 404


def test_any_other_procedure_writes_the_general_notice(town: Town) -> None:
    """A pack without letters of its own: what was done and written, dates, the next step."""
    office = {"en": "Library", "zh-Hans": "图书馆"}
    acts.add_unit("library", office, body=True, pack="iso-10002", zone="Europe/London")
    acts.add_place("reading-room", {"en": "Reading room"}, "library")
    acts.grant("omar", "owner", "library", SINCE)
    number = town.hand_in("roads", "reading-room", now=ago(9), **SECRETS)[0].case.number
    omar = Desk(town, "omar")
    assert omar.get("cases:case", number).status_code == 200
    assert omar.client.post(f"/cases/{number}/take/").status_code == 302
    omar.act(number, "acknowledge", message="We have your letter.")
    _holds(_printed(number, "acknowledge", "en"), "Library", "We have your letter.")
    for language in wording.LANGUAGES:
        printed = _printed(number, "acknowledge", language)
        assert "MeiLanfang" not in printed and not re.search(r"\{\w+\}", printed)
