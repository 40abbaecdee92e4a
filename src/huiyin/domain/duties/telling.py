"""A duty in words: its limit, where it stands and why, what it rests on and how sure that is.

``lang`` is one of ``LANGUAGES``; the sentences of a derivation are ``domain.explaining``.
"""

from __future__ import annotations

from huiyin.domain.duties.citing import joined
from huiyin.domain.duties.counting import Standing
from huiyin.domain.duties.model import UNCLOCKED, Duty, Law
from huiyin.domain.explaining import explain, length, moment
from huiyin.domain.packs import Basis

LANGUAGES = ("en", "zh-Hans", "zh-Hant")
# en, zh-Hans, zh-Hant
WORDS = {
    "within": ("within {0}", "{0}内", "{0}內"),
    "each-1": ("once in each calendar month", "每个日历月一次", "每個日曆月一次"),
    "each-3": ("once in each calendar quarter", "每个日历季度一次", "每個日曆季度一次"),
    "each-6": ("once in each half of a calendar year", "每个日历半年一次", "每個日曆半年一次"),
    "each-12": ("once in each calendar year", "每个日历年一次", "每個日曆年一次"),
    "each": ("once in each {0} of the calendar", "按日历每{0}一次", "按日曆每{0}一次"),
    "every": ("again within {0}", "{0}内再次进行", "{0}內再次進行"),
    "at-once": ("at once; no number", "立即；没有时限数字", "立即；沒有時限數字"),
    "kept": ("to be kept; no clock runs", "应予遵守；不计时限", "應予遵守；不計時限"),
    "waits": ("waits for: {0}", "尚待：{0}", "尚待：{0}"),
    "due": ("due {0}", "到期：{0}", "到期：{0}"),
    "window": (
        "The last one was on {0}; the period in which the next is owed begins on {1}.",
        "上一次在{0}；下一次所在的周期自{1}开始。",
        "上一次在{0}；下一次所在的週期自{1}開始。",
    ),
    "from": ("from", "起算", "起算"),
    "who": ("who", "义务人", "義務人"),
    "to": ("to", "报告对象", "報告對象"),
    "items": ("holding", "内容", "內容"),
    "law": ("law", "依据", "依據"),
    "reading": ("reading", "理解", "理解"),
    "gaps": ("Left open", "未定之处", "未定之處"),
    "moments": ("Moments", "起算时刻", "起算時刻"),
    "yes": ("read in the primary text", "已核对原文", "已核對原文"),
    "secondary": ("from secondary sources", "据二手资料", "據二手資料"),
    "no": ("unverified", "未核实", "未核實"),
}


def state(law: Law, standing: Standing, lang: str) -> str:
    """Where a duty stands, in a few words."""
    if standing.state == "kept":
        return limit(standing.duty, lang)
    if standing.state == "waits":
        return word("waits", lang, law.moments[standing.duty.starts][lang])
    if standing.due is None:
        return word("at-once", lang)
    return word("due", lang, moment(standing.due.due.isoformat(), lang))


def steps(standing: Standing, lang: str) -> list[str]:
    """How it was counted, a sentence per step."""
    if standing.due is None:
        return []
    told = []
    if standing.opens is not None and standing.started is not None:
        last = moment(standing.started.isoformat()[:10], lang)
        told.append(word("window", lang, last, moment(standing.opens.isoformat(), lang)))
    return told + [explain(step, lang) for step in standing.due.steps]


def limit(duty: Duty, lang: str) -> str:
    """The duty's limit in words: ``within 1 hour``, ``once in each calendar month``."""
    if duty.kind in UNCLOCKED:
        return word("kept", lang)
    if duty.rule is None:
        return word("at-once", lang)
    period = duty.rule.period
    span = length(period.count, period.unit, lang)
    if duty.window:
        named = f"each-{period.count * (12 if period.unit == 'y' else 1)}"
        return word(named if named in WORDS else "each", lang, span)
    again = duty.kind in ("drill", "review")
    return word("every" if again else "within", lang, span)


def cited(law: Law, basis: Basis, lang: str) -> str:
    """Source, article and mark: ``State Council Order 493 …, art. 9, 12 (read in …)``."""
    title = law.sources[basis.source].title[lang]
    return f"{joined(title, basis.article, lang)} ({word(basis.verified, lang)})"


def word(key: str, lang: str, *facts: str) -> str:
    """One of ``WORDS`` with its facts."""
    return WORDS[key][LANGUAGES.index(lang)].format(*facts)


def label(key: str, lang: str) -> str:
    """A word before what it names."""
    return word(key, lang) + (": " if lang == "en" else "：")
