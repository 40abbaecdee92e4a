"""Receipt codes of a few demo cases, so that a visitor can stand in a resident's shoes.

Shown only by a demonstration: its codes follow from the case ids in ``cases/`` and open
nothing but invented cases.
"""

from __future__ import annotations

from functools import cache

from huiyin.demo.codes import code_of
from huiyin.demo.files import cases

_STOPS = {
    "cn-late-open": {
        "en": "The office is late",
        "zh-Hans": "机关逾期未答复",
        "zh-Hant": "機關逾期未答覆",
        "ar": "المكتب متأخر",
    },
    "cn-asked": {
        "en": "The office has a question",
        "zh-Hans": "机关提了一个问题",
        "zh-Hant": "機關提了一個問題",
        "ar": "لدى المكتب سؤال",
    },
    "cn-decided-asked": {
        "en": "Answered",
        "zh-Hans": "已答复",
        "zh-Hant": "已答覆",
        "ar": "تمت الإجابة",
    },
    "cn-review": {
        "en": "Under review by the county",
        "zh-Hans": "县里正在复查",
        "zh-Hant": "縣裡正在複查",
        "ar": "قيد المراجعة في المحافظة",
    },
    "uk-stage2": {
        "en": "English housing, stage 2",
        "zh-Hans": "英国住房投诉第二级",
        "zh-Hant": "英國住房投訴第二級",
        "ar": "إسكان إنجليزي، المرحلة الثانية",
    },
}


@cache
def stops() -> tuple[tuple[str, dict[str, str]], ...]:
    """(receipt code, language → what is to be seen there), one per kind of situation."""
    found = []
    for scenario, words in _STOPS.items():
        case = next(c for c in cases() if c["scenario"] == scenario)
        found.append((code_of(case["id"]).text, words))
    return tuple(found)
