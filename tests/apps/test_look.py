"""The look: markup that assistive technology can follow, dates, forms, nothing foreign."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.http import HttpResponse
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path
from django.utils import timezone, translation

from huiyin.web import styleguide
from huiyin.web.templatetags.look_dates import day_with_distance, distance_text, standing
from huiyin.web.templatetags.look_icons import ICONS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "huiyin"
STATIC = SOURCE / "web" / "static"
LANGUAGES = ["en", "zh-hans", "zh-hant", "ar"]
PAGES = ["400", "403", "404", "409", "413", "429", "500"]
VOID = {"meta", "link", "input", "br", "hr", "img", "rect", "circle", "path"}


@pytest.fixture(autouse=True)
def addresses(settings: Any) -> Any:
    """The look must not depend on which rooms are there: no address but the language's."""
    settings.ROOT_URLCONF = (
        path("i18n/setlang/", lambda request: HttpResponse(), name="set_language"),
    )
    settings.TIME_ZONE = "Asia/Shanghai"
    with translation.override("en"):
        yield


class Page(HTMLParser):
    """Every element of a page with its attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def having(self, attribute: str) -> list[str]:
        return [attrs[attribute] for _, attrs in self.elements if attribute in attrs]


def guide(base: str = "base_public.html") -> str:
    context = styleguide.material(base)
    user = SimpleNamespace(is_authenticated=True, get_full_name="Lin Ping")
    context |= {
        "csrf_token": "token",
        "office_name": "Lower Mill",
        "demo_mode": True,
        "user": user,
        "desk_counts": {"mine": 3, "overdue": 0},
    }
    return render_to_string("styleguide.html", context)


def draw(text: str, **context: Any) -> str:
    return Template("{% load look %}" + text).render(Context(context))


# -- the skeleton ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("base", ["base_public.html", "base_office.html"])
def test_every_reference_inside_a_page_leads_somewhere(language: str, base: str) -> None:
    with translation.override(language):
        page = Page(guide(base))
    ids = page.having("id")
    assert len(ids) == len(set(ids))
    wanted = set(page.having("for"))
    for names in page.having("aria-describedby") + page.having("aria-labelledby"):
        wanted |= set(names.split())
    wanted |= {href[1:] for href in page.having("href") if href.startswith("#id_")}
    assert wanted and wanted <= set(ids)


@pytest.mark.parametrize(
    ("language", "lang", "direction", "sheet"),
    [
        ("en", "en", "ltr", "vendor/govuk.css"),
        ("zh-hans", "zh-Hans", "ltr", "vendor/govuk.css"),
        ("zh-hant", "zh-Hant", "ltr", "vendor/govuk.css"),
        ("ar", "ar", "rtl", "vendor/govuk.rtl.css"),
    ],
)
def test_language_and_direction_come_from_the_reader(
    language: str, lang: str, direction: str, sheet: str
) -> None:
    with translation.override(language):
        page = Page(guide())
    assert page.elements[0] == ("html", {"lang": lang, "dir": direction})
    sheets = [a["href"] for tag, a in page.elements if tag == "link" and "stylesheet" in a["rel"]]
    assert sheets[0].endswith(sheet)


def test_words_of_a_pack_say_their_language_where_it_is_not_the_readers() -> None:
    said = {}
    for language in LANGUAGES:
        with translation.override(language):
            said[language] = draw("{% pack_words %}")
    assert said.pop("ar") == 'dir="auto" lang="en"'
    assert set(said.values()) == {'dir="auto"'}


def test_languages_are_offered_in_their_own_names_without_script() -> None:
    with translation.override("ar"):
        text = guide()
    for name in ("简体中文", "繁體中文", "English"):
        assert f">{name}</button>" in text
    assert 'method="post" action="/i18n/setlang/"' in text


def test_a_room_that_is_not_there_is_not_linked() -> None:
    assert draw('{% link "portal:nowhere" as address %}[{{ address }}]') == "[]"
    assert 'href=""' not in guide()


# A file that people save and open without a network: all of it must lie in the one file, and the
# policy in its own head allows this script and this style by their hashes, and nothing else.
ONE_FILE = SOURCE / "portal/templates/portal/verify_offline.html"


@pytest.mark.parametrize(
    "template",
    sorted(set(SOURCE.glob("*/templates/**/*.html")) - {ONE_FILE}),
    ids=lambda p: str(p.relative_to(SOURCE)),
)
def test_nothing_inline_and_nothing_foreign(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"""(src|srcset|action)=["'](https?:)?//""", text)
    assert not re.search(r"""<link[^>]*href=["'](https?:)?//""", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_error_pages_need_nothing_from_the_view(name: str, language: str) -> None:
    with translation.override(language):
        page = Page(render_to_string(f"{name}.html"))
    assert [tag for tag, _ in page.elements].count("h1") == 1
    assert ("meta", {"name": "robots", "content": "noindex, nofollow, noarchive"}) in page.elements


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["refuse", "privacy", "accessibility"])
def test_standing_pages_are_whole(town: object, name: str, language: str) -> None:
    answer = Client(headers={"accept-language": language}).get(f"/{name}/")
    page = Page(answer.content.decode())
    assert [tag for tag, _ in page.elements].count("h1") == 1


def test_a_refusal_says_what_to_do() -> None:
    text = render_to_string(
        "refusal.html",
        {
            "status": 409,
            "code": "act-not-open",
            "text": "Not open <now>.",
            "remedy": "Assign first.",
        },
    )
    assert "Not open &lt;now&gt;." in text and "Assign first." in text and "act-not-open" in text


# -- dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (12, "in 12 days"),
        (-4, "4 days ago"),
        (400, "in 400 days"),
        (730, "in 2 years"),
        (-1100, "3 years ago"),
    ],
)
def test_distance_in_words(days: int, words: str) -> None:
    with translation.override("en"):
        assert distance_text(days) == words


def test_a_moment_is_shown_as_the_day_of_the_office() -> None:
    evening = datetime(2026, 3, 3, 17, 30, tzinfo=UTC)
    with translation.override("en"), timezone.override("Asia/Shanghai"):
        assert ">4 March 2026<" in day_with_distance(evening)
        assert "4 March 2026 01:30" in day_with_distance(evening, with_time=True)
    with translation.override("zh-hans"), timezone.override("Europe/London"):
        assert "2026年3月3日" in day_with_distance(evening)


def test_one_is_in_time_until_the_last_moment_of_the_due_day() -> None:
    due = date(2026, 3, 3)
    midnight = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)  # the end of 3 March in Shanghai
    with timezone.override("Asia/Shanghai"), translation.override("en"):
        assert standing(due, midnight - timedelta(seconds=1)).text == "Due today"
        assert standing(due, midnight).text == "Overdue by 1 day"


def test_a_clock_is_read_like_the_domain_writes_it() -> None:
    start = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
    clock = SimpleNamespace(
        started=start,
        due=SimpleNamespace(due=date(2026, 3, 10)),
        stopped=None,
        suspended=False,
        extended=0,
        due_at=datetime(2026, 3, 10, 16, 0, tzinfo=UTC),
    )
    now = datetime(2026, 3, 6, 1, 0, tzinfo=UTC)
    with timezone.override("Asia/Shanghai"):
        assert (standing(clock, now).kind, standing(clock, now).days) == ("soon", 4)
        clock.suspended = True
        assert standing(clock, now).kind == "paused"
        clock.stopped = now
        assert standing(clock, now + timedelta(days=30)).kind == "done"
        clock.stopped = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
        assert standing(clock, clock.stopped).kind == "done-late"
        clock.due, clock.stopped = None, None
        assert standing(clock, now).kind == "free"


@pytest.mark.parametrize(("passed", "share"), [(-1, 0), (0, 0), (5, 50), (10, 100), (99, 100)])
def test_the_bar_never_leaves_its_track(passed: int, share: int) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    clock = {"started": start, "due": start + timedelta(days=10)}
    assert standing(clock, start + timedelta(days=passed)).share == share


# -- status ------------------------------------------------------------------------------------


def test_every_status_has_a_shape_of_its_own() -> None:
    kinds = [
        "new",
        "open",
        "waiting",
        "paused",
        "done",
        "late-done",
        "soon",
        "late",
        "refused",
        "note",
    ]
    shapes = {ICONS[kind] for kind in kinds}
    assert len(shapes) == len(kinds)
    for kind in kinds:
        assert "<svg" in draw("{% status_tag kind 'word' %}", kind=kind)
        assert ">word</span>" in draw("{% status_tag kind 'word' %}", kind=kind)


def test_a_code_is_copied_whole() -> None:
    drawn = draw("{% code_groups code %}", code="7Q4MD-X2KPA-9WTHR-C31VZ-BN6E8")
    assert re.sub(r"<[^>]+>", "", drawn) == "7Q4MD-X2KPA-9WTHR-C31VZ-BN6E8"


@pytest.mark.parametrize("state", ["erased", "hidden"])
def test_what_may_not_be_read_is_not_in_the_page(state: str) -> None:
    entry = {"at": timezone.now(), "title": "SECRET", "text": "SECRET", "state": state}
    assert "SECRET" not in render_to_string("components/timeline.html", {"entries": [entry]})
    message = {"kind": "public", "text": "SECRET", "state": state}
    assert "SECRET" not in render_to_string("components/bubble.html", message)


def test_an_internal_note_cannot_be_taken_for_an_answer() -> None:
    with translation.override("en"):
        note = render_to_string("components/bubble.html", {"kind": "internal", "text": "x"})
        answer = render_to_string("components/bubble.html", {"kind": "public", "text": "x"})
    assert "never sees this" in note and "never sees this" not in answer


# -- forms -------------------------------------------------------------------------------------


class Question(forms.Form):
    name = forms.CharField(label="Where?", help_text="A <street>.", max_length=20)
    since = forms.DateField(label="Since?", widget=forms.SelectDateWidget)
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    text = forms.CharField(widget=forms.Textarea(attrs={"class": "mine"}), max_length=50)
    more = forms.CharField(required=False, error_messages={"invalid": "x"})


def test_a_field_prints_itself_whole() -> None:
    text = str(Question()["name"])
    assert '<label class="govuk-label govuk-label--s" for="id_name">Where?</label>' in text
    assert "A &lt;street&gt;." in text and 'aria-describedby="id_name_helptext"' in text
    assert "(optional)" in str(Question()["more"])


def test_a_long_text_is_counted_and_never_cut_off() -> None:
    text = str(Question()["text"])
    control = next(attrs for tag, attrs in Page(text).elements if tag == "textarea")
    assert "maxlength" not in control and "mine" in control["class"]
    assert control["aria-describedby"] == "id_text-info"
    assert 'data-maxlength="50"' in text


def test_the_boxes_of_a_date_are_read_by_django() -> None:
    names = Page(str(Question()["since"])).having("name")
    assert sorted(names) == ["since_day", "since_month", "since_year"]
    data = {"since_day": "27", "since_month": "9", "since_year": "2026"}
    form = Question(data)
    form.full_clean()
    assert form.cleaned_data["since"] == date(2026, 9, 27)


def test_a_wrong_date_is_shown_again_as_typed() -> None:
    form = Question({"since_day": "31", "since_month": "2", "since_year": "2026"})
    assert Page(str(form["since"])).having("value") == ["31", "2", "2026"]
    assert "govuk-error-message" in str(form["since"])


def test_the_year_comes_first_where_it_is_written_first() -> None:
    with translation.override("zh-hans"):
        names = Page(str(Question()["since"])).having("name")
    assert names == ["since_year", "since_month", "since_day"]


def test_the_summary_leads_to_the_first_control_of_each_field() -> None:
    form = Question({"name": "x"})
    summary = Page(draw("{% error_summary form %}", form=form))
    fields = Page(str(form))
    links = [href[1:] for href in summary.having("href")]
    assert links == ["id_since_day", "id_kind_0", "id_text"]
    assert set(links) <= set(fields.having("id"))
    assert draw("{% error_summary form %}", form=Question()).strip() == ""


def test_djangos_general_sentences_name_their_question() -> None:
    with translation.override("en"):
        drawn = draw("{% error_summary form %}", form=Question({}))
    assert "Where? – This field is required." in drawn


# -- files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [STATIC / "vendor", ROOT / "tests" / "browser" / "vendor"])
def test_vendored_files_are_those_of_the_list(folder: Path) -> None:
    entries = json.loads((folder / "VENDORED.json").read_text())["files"]
    found = {p.name for p in folder.iterdir()} - {"VENDORED.json"}
    assert found == {entry["file"] for entry in entries}
    for entry in entries:
        content = (folder / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], entry["file"]


def test_packed_files_hold_what_they_stand_for() -> None:
    packed = list((STATIC / "vendor").glob("*.gz"))
    assert packed
    for path_ in packed:
        assert gzip.decompress(path_.read_bytes()) == path_.with_suffix("").read_bytes()


@pytest.mark.parametrize("sheet", sorted(STATIC.rglob("*.css")), ids=lambda p: p.name)
def test_no_style_sheet_fetches_or_brands(sheet: Path) -> None:
    text = sheet.read_text("utf-8").lower()
    assert "url(" not in text and "@import" not in text
    assert "transport" not in text and "crown" not in text


def test_the_first_page_is_under_100_kilobytes() -> None:
    """With gzip where the file lies packed beside, and the page itself unpacked."""
    page = guide()
    total = len(render_to_string("404.html", {"csrf_token": "x"}).encode())
    for name in re.findall(r'(?:href|src)="/static/([^"]+)"', page):
        file = STATIC / name
        packed = file.with_name(file.name + ".gz")
        total += (packed if packed.exists() else file).stat().st_size
    assert total < 100_000


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    "pair",
    [
        ("ink", "paper"),
        ("quiet", "paper"),
        ("quiet", "sand"),
        ("teal", "paper"),
        ("teal", "sand"),
        ("teal", "teal-pale"),
        ("quiet", "teal-pale"),
        ("red", "paper"),
        ("red", "red-pale"),
        ("amber", "amber-pale"),
        ("green", "green-pale"),
        ("ink", "focus"),
        ("quiet", "line"),
    ],
    ids="-on-".join,
)
def test_contrast_of_text(pair: tuple[str, str]) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    sheet = (STATIC / "huiyin" / "look.css").read_text()
    colours = dict(re.findall(r"--hy-([a-z-]+): (#[0-9a-f]{6});", sheet))
    light, dark = sorted((_luminance(colours[name]) for name in pair), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
