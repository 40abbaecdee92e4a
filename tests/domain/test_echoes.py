"""What a text for others repeats of the complainant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.domain.echoes import PRIVATE, QUOTE, REACH, Echo, echoes

COMPLAINT = "The lamp by the bridge has been dark since February and my son fell there on the ice."
CHINESE = "东门桥头的路灯坏了三个星期，晚上接孩子看不见台阶。"


def kinds(text: str, *private: str) -> list[str]:
    return [echo.kind for echo in echoes(text, [COMPLAINT, CHINESE], private)]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Mrs ZHAO  Qiang asks", "Zhao Qiang"),
        ("asked by zhao\nqiang.", "Zhao Qiang"),
        ("赵 强反映路灯", "赵强"),
        ("Ｚｈａｏ Qiang", "Zhao Qiang"),
        ("call 138-0013-8000", "138-0013-8000"),
        # traditional and simplified, both ways; dots and invisible marks between
        ("赵强反映", "趙強"),
        ("陳國榮 called", "陈国荣"),
        ("赵·强反映", "赵强"),
        ("赵\u200b强反映", "赵强"),
        # the family name last, dashes, one word, accents
        ("Qiang Zhao asks", "Zhao Qiang"),
        ("Zhao, Qiang", "Zhao Qiang"),
        ("the ZHAO-QIANG matter", "Zhao Qiang"),
        ("write to zhaoqiang@mail.example", "Zhao Qiang"),
        ("Jose Muller said", "José Müller"),
        ("José Müller said", "Jose Muller"),
        ("Mr O'Brien", "O’Brien"),
        ("من محمد علي", "محمّد علي"),
        # a name in two scripts, either half
        ("says 鷺鳴遠", "Heronimus Craneworth 鹭鸣远"),
        ("Craneworth, Heronimus", "Heronimus Craneworth 鹭鸣远"),
        # telephones: widths, spaces, dashes, country codes, other digits, words
        ("１３８００１３８０００", "138-0013-8000"),
        ("1 3 8 0 0 1 3 8 0 0 0", "13800138000"),
        ("138–0013—8000", "13800138000"),
        ("(138)_0013_8000", "13800138000"),
        ("138\u200b00138000", "13800138000"),
        ("0086 13800138000", "+86 138 0013 8000"),
        ("ring 13800138000", "+86 138 0013 8000"),
        ("ring +44 20 7946 0958", "020 7946 0958"),
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("电话一三八〇〇一三八〇〇〇", "13800138000"),
        # mail and street
        ("A.B@Example.ORG", "a.b@example.org"),
        ("a.b (at) example.org", "a.b@example.org"),
        ("Reedlane 47, behind the mill", "Reedlane 47 behind the mill"),
        ("东门街 12 号", "東門街12號"),
    ],
)
def test_a_released_name_is_found_however_it_is_written(text: str, word: str) -> None:
    assert PRIVATE in kinds(text, word)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Zhao says that Qiang knows", "Zhao Qiang"),
        ("lamp 8000 of 13800", "13800138000"),
        ("since 2026-03-02, 12 lamps, 30 days", "13800138000"),
        ("赵先生反映强光", "赵强"),
        ("at example.org", "a.b@example.org"),
        ("A block, house 3", "东门街12号A座"),
    ],
)
def test_what_is_only_alike_is_none(text: str, word: str) -> None:
    assert PRIVATE not in kinds(text, word)


@pytest.mark.parametrize("word", ["Li", "Ann", "x"])
def test_a_name_inside_another_word_is_none(word: str) -> None:
    assert kinds("The lights were planned by the annual office.", word) == []


@pytest.mark.parametrize(
    "text",
    [
        "write to a.b@example.org",
        "ring 13800138000",
        "ring +44 20 7946 0958",
        "１３８００１３８０００",
    ],
)
def test_ways_to_reach_somebody_are_found(text: str) -> None:
    assert kinds(text) == [REACH]


@pytest.mark.parametrize("text", ["since 2026-03-02", "on 20260302", "lamp 4711", "12 of 30 lamps"])
def test_dates_and_small_numbers_are_no_way_to_reach(text: str) -> None:
    assert kinds(text) == []


def test_a_copied_passage_is_found_and_other_words_are_not() -> None:
    text = "Please comment: the lamp by the bridge has been  dark since February. Why?"
    assert echoes(text, [COMPLAINT]) == (
        Echo(QUOTE, "the lamp by the bridge has been dark since february"),
    )
    assert kinds("When was the lighting at the bridge last inspected?") == []
    assert kinds("请说明：晚上接孩子看不见台阶一事。") == [QUOTE]
    assert kinds("请说明桥头照明的检修情况。") == []
    assert kinds("請說明：晚上接孩子看不見臺階一事。") == [QUOTE], "the same in traditional script"


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_read_without_failing(text: str, complaint: str) -> None:
    for echo in echoes(text, [complaint], [complaint[:5], text[3:9], "赵强"]):
        assert echo.passage
    if len(complaint.split()) and len(complaint) > 60:
        assert echoes(complaint, [complaint])
