"""Words of a pack are marked with their language; refusals name labels and not ids; the API's
description follows the reader."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from huiyin.cases.models import Case
from huiyin.cases.queries import history_of
from huiyin.cases.story import Reader, tell
from huiyin.domain.errors import Refusal
from huiyin.people.refusing import explain
from huiyin.portal.act_forms import ActForm
from tests.people import NOW, Town


def rendered(template: str, **values: object) -> str:
    return Template("{% load look %}" + template).render(Context(values))


@pytest.mark.parametrize(("language", "marked"), [("ar", True), ("zh-hans", False), ("en", False)])
def test_labels_of_an_act_say_which_language_they_are_in(
    town: Town, language: str, marked: bool
) -> None:
    number = town.hand_in()[0].case.number
    case = Case.objects.get(pk=number)
    with translation.override(language):
        tag = {"zh-hans": "zh-Hans"}.get(language, language)
        story = tell(case, history_of(case), Reader("complainant", tag), NOW)
        act = next(a for a in story.acts if a.fields)
        drawn = rendered(
            "{% for f in form %}{% field f %}{% endfor %}", form=ActForm(act=act, receives=False)
        )
    assert ('<span dir="auto" lang="en">' in drawn) is marked
    assert '<span dir="auto"' in drawn


def test_a_citation_is_put_together_as_the_language_does() -> None:
    for language, expected in (
        ("en", '<span dir="auto">Code</span>, art. 34'),
        ("zh-hans", '<span dir="auto">Code</span>第34条'),
        ("zh-hant", '<span dir="auto">Code</span>第34條'),
        ("ar", '<span dir="auto" lang="en">Code</span>، المادة 34'),
    ):
        with translation.override(language):
            assert rendered("{% cited source article %}", source="Code", article="34") == expected
    with translation.override("en"):
        assert "paragraph 6.2" in rendered("{% cited source article %}", source="C", article="6.2")
        assert rendered("{% cited 'C' '-' %}") == '<span dir="auto">C</span>'
        assert "&lt;b&gt;" in rendered("{% cited source '1' %}", source="<b>")


def test_refusals_name_what_people_see_and_data_keeps_the_ids(town: Town) -> None:
    cases = {
        ("field-missing", "fields"): (
            ["message", "facts"],
            "Something is missing: Message, Facts found.",
        ),
        ("text-empty", "field"): ("where", "Nothing readable was typed here (Where)."),
        ("act-not-yours", "by"): (
            ["owner", "supervisor"],
            "This act belongs to others: Owner, Supervisor.",
        ),
        ("unit-closed", "unit"): ("works", "The unit Works office takes no new cases at present."),
    }
    for (code, name), (value, words) in cases.items():
        refusal = Refusal(code, **{name: value})
        assert explain(refusal, "en").text == words
        assert refusal.data[name] == value
    said = explain(Refusal("field-missing", fields=["message"]), "zh-hans").text
    assert "内容" in said and "message" not in said
    open_now = explain(
        Refusal("act-not-open", act="accept", stage="accepted", open=["decide"]), "en"
    )
    assert open_now.text == "This cannot be done now (Accept, stage Accepted)."
    assert "Decide" in open_now.remedy
    assert "no-such-field" in explain(Refusal("text-empty", field="no-such-field"), "en").text


def test_the_description_for_programs_follows_the_reader(client: Client, db: None) -> None:
    def described(language: str) -> dict[str, object]:
        return client.get("/api/v1/openapi.json", headers={"accept-language": language}).json()

    english, chinese = described("en"), described("zh-CN")
    assert "grievances" in english["info"]["title"] and "投诉" in chinese["info"]["title"]
    assert "English only" in english["info"]["description"]
    said = {
        operation["summary"]
        for methods in chinese["paths"].values()
        for operation in methods.values()
    }
    assert said and all(any("一" <= sign <= "龥" for sign in words) for words in said), said
    assert set(english["paths"]) == set(chinese["paths"])


def test_lists_in_a_refusal_are_divided_as_the_language_does(town: Town) -> None:
    missing = Refusal("field-missing", fields=["message", "facts"])
    assert explain(missing, "zh-hans").text == "缺少：内容，查明的事实。"
    assert explain(missing, "en").text.endswith("Message, Facts found.")
