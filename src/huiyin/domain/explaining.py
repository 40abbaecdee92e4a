"""The words for a derivation: one sentence per step, in each language of the office.

Sentences are written for a resident who follows the count with a calendar in hand. What
is said, and in which order, is decided in ``derivations``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from huiyin.domain.errors import Refusal
from huiyin.domain.period_values import Step

LANGUAGES = ("en", "zh-Hans", "zh-Hant")

WEEKDAY_NAMES = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "zh-Hans": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "zh-Hant": ("週一", "週二", "週三", "週四", "週五", "週六", "週日"),
}

UNIT_NAMES = {
    "en": {
        "d": "calendar day",
        "wd": "working day",
        "w": "week",
        "m": "month",
        "y": "year",
        "h": "hour",
    },
    "zh-Hans": {"d": "日", "wd": "个工作日", "w": "周", "m": "个月", "y": "年", "h": "小时"},
    "zh-Hant": {"d": "日", "wd": "個工作日", "w": "週", "m": "個月", "y": "年", "h": "小時"},
}

SENTENCES: Mapping[str, tuple[str, str, str]] = {
    "start-excluded": (
        "The event is on {when}; that day is not counted, counting begins the day after.",
        "起算事件发生于{when}，当日不计，自次日起算。",
        "起算事件發生於{when}，當日不計，自次日起算。",
    ),
    "start-included": (
        "The event is on {when}; that day is the first day counted.",
        "起算事件发生于{when}，当日计入，为第一日。",
        "起算事件發生於{when}，當日計入，為第一日。",
    ),
    "start-excluded-back": (
        "Counting goes back from {when}; that day is not counted.",
        "自{when}向前倒算，当日不计。",
        "自{when}向前倒算，當日不計。",
    ),
    "start-included-back": (
        "Counting goes back from {when}; that day is the first day counted.",
        "自{when}向前倒算，当日计入。",
        "自{when}向前倒算，當日計入。",
    ),
    "start-moment": (
        "The event is at {when}; hours run from that moment, as time really elapsed.",
        "起算事件发生于{when}，小时自该时刻起按实际经过的时间计算。",
        "起算事件發生於{when}，小時自該時刻起按實際經過的時間計算。",
    ),
    "start-next-hour": (
        "The event is at {when}; that hour is not counted, counting begins at {begin}.",
        "起算事件发生于{when}，当小时不计，自{begin}起算。",
        "起算事件發生於{when}，當小時不計，自{begin}起算。",
    ),
    "count": (
        "Counted: {length}.",
        "计算{length}。",
        "計算{length}。",
    ),
    "count-back": (
        "Counted back: {length}.",
        "倒算{length}。",
        "倒算{length}。",
    ),
    "count-on": (
        "The extension of {length} is counted on from {when}, the end before any moving.",
        "延长{length}，自顺延之前的届满日{when}起接续计算。",
        "延長{length}，自順延之前的屆滿日{when}起接續計算。",
    ),
    "count-on-back": (
        "The extension of {length} is counted back from {when}, the end before any moving.",
        "延长{length}，自顺延之前的届满日{when}起接续倒算。",
        "延長{length}，自順延之前的屆滿日{when}起接續倒算。",
    ),
    "extended": (
        "Extended by {length}: {whole} in all, counted from the original start.",
        "延长{length}，合计{whole}，自原起算日起计算。",
        "延長{length}，合計{whole}，自原起算日起計算。",
    ),
    "short": (
        "A period of {count} days or fewer: only working days are counted.",
        "期间不超过{count}日的，只计算工作日。",
        "期間不超過{count}日的，只計算工作日。",
    ),
    "month-end": (
        "That month has no day {day}; the last day of the month takes its place: {when}.",
        "该月没有{day}日，以该月最后一日{when}为准。",
        "該月沒有{day}日，以該月最後一日{when}為準。",
    ),
    "clear": (
        "Clear days: the day at either end is not counted.",
        "按整日计算：首尾两日均不计入。",
        "按整日計算：首尾兩日均不計入。",
    ),
    "skip-holiday": (
        "Not counted: {span} ({name}).",
        "{span}不计：{name}。",
        "{span}不計：{name}。",
    ),
    "skip-rest": (
        "Not counted: {span} (weekly rest).",
        "{span}不计：周休息日。",
        "{span}不計：週休息日。",
    ),
    "skip-excluded": (
        "Not counted: {span} (time that this period leaves out).",
        "{span}不计：依规定不计入期限的时间。",
        "{span}不計：依規定不計入期限的時間。",
    ),
    "make-up": (
        "{when} is counted: a make-up working day ({name}; {source}).",
        "{when}计入：{name}调休上班（{source}）。",
        "{when}計入：{name}調休上班（{source}）。",
    ),
    "make-up-end": (
        "{when} is a make-up working day ({name}; {source}), so the end does not move.",
        "{when}为{name}调休上班日（{source}），不顺延。",
        "{when}為{name}調休上班日（{source}），不順延。",
    ),
    "clock-change": (
        "Clocks changed on the way ({change}); the elapsed hours stay the same.",
        "其间时钟调整（{change}），实际经过的小时数不变。",
        "其間時鐘調整（{change}），實際經過的小時數不變。",
    ),
    "nominal": (
        "The count ends on {when}.",
        "计算至{when}届满。",
        "計算至{when}屆滿。",
    ),
    "least-working": (
        "The period must hold at least {count} working days, which it does on {when}.",
        "期间内至少应有{count}个工作日，至{when}满足。",
        "期間內至少應有{count}個工作日，至{when}滿足。",
    ),
    "stays-holiday": (
        "{span} is not a working day ({name}); this rule does not move the end.",
        "{span}不是工作日（{name}），本规则不顺延。",
        "{span}不是工作日（{name}），本規則不順延。",
    ),
    "stays-rest": (
        "{span} is not a working day (weekly rest); this rule does not move the end.",
        "{span}不是工作日（周休息日），本规则不顺延。",
        "{span}不是工作日（週休息日），本規則不順延。",
    ),
    "closed-holiday": (
        "Not worked: {span} ({name}).",
        "{span}不是工作日：{name}。",
        "{span}不是工作日：{name}。",
    ),
    "closed-rest": (
        "Not worked: {span} (weekly rest).",
        "{span}不是工作日：周休息日。",
        "{span}不是工作日：週休息日。",
    ),
    "rolled": (
        "The end moves to the next working day, {when}.",
        "顺延至下一个工作日{when}。",
        "順延至下一個工作日{when}。",
    ),
    "rolled-back": (
        "The end moves back to the working day before, {when}.",
        "提前至上一个工作日{when}。",
        "提前至上一個工作日{when}。",
    ),
    "provisional": (
        "Provisional: the official days off for {year} are not fixed yet; this may change.",
        "暂定：{year}年的放假安排尚未正式公布，日期可能变化。",
        "暫定：{year}年的放假安排尚未正式公布，日期可能變化。",
    ),
    "due": (
        "Due: {when}.",
        "到期：{when}。",
        "到期：{when}。",
    ),
}


def explain(step: Step, language: str) -> str:
    """The sentence for one step; ``language`` is en, zh-Hans or zh-Hant.

    Another language is ``Refusal("language-unknown", language=, known=)``.
    """
    if language not in LANGUAGES:
        raise Refusal("language-unknown", language=language, known=list(LANGUAGES))
    sentence = SENTENCES[step.key][LANGUAGES.index(language)]
    return sentence.format_map(_words(step, language))


def _words(step: Step, language: str) -> dict[str, object]:
    data = step.data
    words: dict[str, object] = dict(data)
    words["when"] = moment(step.when, language)
    if "begin" in data:
        words["begin"] = moment(str(data["begin"]), language)
    if "first" in data:
        words["span"] = _span(str(data["first"]), str(data["last"]), language)
    if "unit" in data:
        words["length"] = length(data["count"], str(data["unit"]), language)
    if "total" in data:
        words["whole"] = length(data["total"], str(data["total_unit"]), language)
    name = data.get("name")
    if isinstance(name, Mapping):
        words["name"] = name[language]
    return words


def length(count: object, unit: str, language: str) -> str:
    """A length of time in words: ``15 calendar days``, ``15日``."""
    name = UNIT_NAMES[language][unit]
    if language != "en":
        return f"{count}{name}"
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def moment(text: str, language: str) -> str:
    """A date or instant with its weekday: ``2025-10-11 (Sat)``."""
    name = WEEKDAY_NAMES[language][date.fromisoformat(text[:10]).weekday()]
    day = f"{text[:10]} ({name})" if language == "en" else f"{text[:10]}（{name}）"
    if len(text) == 10:
        return day
    clock = datetime.fromisoformat(text).strftime("%H:%M:%S").removesuffix(":00")
    return f"{day} {clock} UTC{text[-6:]}"


def _span(first: str, last: str, language: str) -> str:
    if first == last:
        return moment(first, language)
    joint = " to " if language == "en" else "至"
    return f"{moment(first, language)}{joint}{moment(last, language)}"
