"""A pack in words: the page a resident or a lawyer reads to see which law applies, and how.

Gives headed lists of lines in one language, with article and mark for every figure. Printing
or laying them out is left to the command line and the pages; the picture is in ``diagram``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from huiyin.domain.explaining import UNIT_NAMES
from huiyin.domain.lateness import when_late
from huiyin.domain.packs import ActRule, Basis, Kind, Limit, Pack, Stage

MARKS = {
    "en": {
        "yes": "read in the source",
        "secondary": "from a secondary source",
        "no": "not verified",
    },
    "zh-Hans": {"yes": "已核对原文", "secondary": "据二手资料", "no": "未核对"},
    "zh-Hant": {"yes": "已核對原文", "secondary": "據二手資料", "no": "未核對"},
}
_HEADINGS = {
    "en": (
        "Stages",
        "Time limits",
        "What can be done",
        "Also applies",
        "Where the law is silent",
        "Sources",
        "Numbers the office sets",
        "Kinds of matter",
        "When the office is late",
    ),
    "zh-Hans": (
        "阶段",
        "时限",
        "可以做什么",
        "同时适用",
        "法律没有规定之处",
        "来源",
        "由单位自定的数字",
        "事项类别",
        "机关逾期时",
    ),
    "zh-Hant": (
        "階段",
        "時限",
        "可以做什麼",
        "同時適用",
        "法律沒有規定之處",
        "來源",
        "由單位自定的數字",
        "事項類別",
        "機關逾期時",
    ),
}
_WORDS = {
    "en": {
        "promptly": "promptly, no number of days",
        "extension": "may be extended by at most {0}: {1}",
        "pause": "not counted: {0}",
        "approved": "approved by: {0}",
        "office": "owed by the office",
        "complainant": "the complainant's time",
        "article": "art. {0}",
        "by": "by: {0}",
        "past": "in a timeline: {0}",
        "takes": "takes: {0}",
    },
    "zh-Hans": {
        "promptly": "及时（没有天数）",
        "extension": "最多延长{0}：{1}",
        "pause": "不计入：{0}",
        "approved": "批准人：{0}",
        "office": "办理单位的期限",
        "complainant": "投诉人的期限",
        "article": "第{0}条",
        "by": "由：{0}",
        "past": "在进程中写作：{0}",
        "takes": "包括：{0}",
    },
    "zh-Hant": {
        "promptly": "及時（沒有天數）",
        "extension": "最多延長{0}：{1}",
        "pause": "不計入：{0}",
        "approved": "批准人：{0}",
        "office": "辦理單位的期限",
        "complainant": "投訴人的期限",
        "article": "第{0}條",
        "by": "由：{0}",
        "past": "在進程中寫作：{0}",
        "takes": "包括：{0}",
    },
}
# What stands for a date where no case is told of.
_BLANKS = {
    "en": {"due": "[due date]", "started": "[date of registration]"},
    "zh-Hans": {"due": "〔到期日〕", "started": "〔登记日〕"},
    "zh-Hant": {"due": "〔到期日〕", "started": "〔登記日〕"},
}
ROLE_NAMES = {
    "en": {"privacy_officer": "privacy officer", "asked": "the unit asked"},
    "zh-Hans": {
        "complainant": "投诉人",
        "registrar": "登记人员",
        "owner": "承办人",
        "supervisor": "负责人",
        "reviewer": "复查人员",
        "privacy_officer": "隐私专员",
        "ombudsman": "监察专员",
        "auditor": "审计人员",
        "administrator": "管理员",
        "asked": "被询问单位",
        "system": "系统",
    },
    "zh-Hant": {
        "complainant": "投訴人",
        "registrar": "登記人員",
        "owner": "承辦人",
        "supervisor": "負責人",
        "reviewer": "複查人員",
        "privacy_officer": "隱私專員",
        "ombudsman": "監察專員",
        "auditor": "審計人員",
        "administrator": "管理員",
        "asked": "被詢問單位",
        "system": "系統",
    },
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the page, the details below it, and the id in the pack for links."""

    id: str
    text: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    entries: tuple[Entry, ...]


def describe(pack: Pack, language: str) -> tuple[Section, ...]:
    """The whole pack in words, in ``language`` (zh-Hans, zh-Hant or en)."""
    headings = _HEADINGS[language]
    parts = (
        (_stage(pack, stage, language) for stage in pack.stages.values()),
        (_limit(pack, limit, language) for limit in pack.limits.values()),
        (_act(pack, act, language) for act in pack.acts.values()),
        (_based(pack, r.id, r.text[language], r.basis, language) for r in pack.remarks.values()),
        (Entry("", gap[language]) for gap in pack.gaps),
        _sources(pack, language),
        (
            _based(pack, p.id, f"{p.title[language]}: {p.default}", p.basis, language)
            for p in pack.parameters.values()
        ),
        (_kind(pack, kind, language) for kind in pack.kinds.values()),
        (_based(pack, w.id, w.text, w.basis, language) for w in when_late(pack, language)),
    )
    sections = (
        Section(heading, tuple(part)) for heading, part in zip(headings, parts, strict=True)
    )
    return tuple(section for section in sections if section.entries)


def period_in_words(limit: Limit, language: str) -> str:
    """ "60日", "10 working days", "promptly"."""
    if limit.rule is None:
        return _WORDS[language]["promptly"]
    return _amount(limit.rule.period.count, limit.rule.period.unit, language)


def basis_in_words(pack: Pack, basis: Basis, language: str) -> str:
    """Article, source and mark: "art. 34, Regulation on Petition Work [read in the source]"."""
    source = pack.sources[basis.source].title[language]
    mark = MARKS[language][basis.verified]
    article = "" if basis.article == "-" else _WORDS[language]["article"].format(basis.article)
    return f"{', '.join(part for part in (article, source) if part)} [{mark}]"


def role_in_words(role: str, language: str) -> str:
    return ROLE_NAMES[language].get(role, role)


def _amount(count: int, unit: str, language: str) -> str:
    name = UNIT_NAMES[language][unit]
    if language != "en":
        return f"{count}{name}"
    return f"{count} {name}" + ("s" if count != 1 else "")


def _based(pack: Pack, id: str, text: str, basis: Basis | None, language: str) -> Entry:
    details = (basis_in_words(pack, basis, language),) if basis is not None else ()
    return Entry(id, text, details)


def _kind(pack: Pack, kind: Kind, language: str) -> Entry:
    entry = _based(pack, kind.id, kind.title[language], kind.basis, language)
    if not kind.takes:
        return entry
    takes = _WORDS[language]["takes"].format(", ".join(sorted(kind.takes)))
    return Entry(entry.id, entry.text, (*entry.details, takes))


def _stage(pack: Pack, stage: Stage, language: str) -> Entry:
    sentence = stage.resident[language]
    for name, word in _BLANKS[language].items():
        sentence = sentence.replace("{" + name + "}", word)
    return Entry(stage.id, stage.title[language], (sentence,))


def _limit(pack: Pack, limit: Limit, language: str) -> Entry:
    words = _WORDS[language]
    text = f"{limit.title[language]}: {period_in_words(limit, language)}"
    return Entry(limit.id, text, (words[limit.owed_by], *_limit_details(pack, limit, language)))


def _limit_details(pack: Pack, limit: Limit, language: str) -> Iterator[str]:
    words = _WORDS[language]
    yield basis_in_words(pack, limit.basis, language)
    if limit.basis.reading is not None:
        yield limit.basis.reading[language]
    if limit.extension is not None:
        most = limit.extension.maximum
        amount = _amount(most.count, most.unit, language)
        yield words["extension"].format(amount, limit.extension.notice[language])
        if limit.extension.approver is not None:
            yield words["approved"].format(role_in_words(limit.extension.approver, language))
    for pause in limit.pauses:
        yield words["pause"].format(pause.text[language])
    if limit.silence is not None:
        yield limit.silence.text[language]


def _act(pack: Pack, act: ActRule, language: str) -> Entry:
    separator = ", " if language == "en" else "、"
    roles = separator.join(role_in_words(role, language) for role in sorted(act.by))
    words = _WORDS[language]
    told = words["past"].format(act.past[language])
    details = [words["by"].format(roles), told, *(tell[language] for tell in act.tells)]
    if act.basis is not None:
        details.append(basis_in_words(pack, act.basis, language))
    return Entry(act.id, act.title[language], tuple(details))


def _sources(pack: Pack, language: str) -> Iterator[Entry]:
    for source in pack.sources.values():
        details = (source.url,) if source.url != "-" else ()
        mark = MARKS[language][source.verified]
        yield Entry(source.id, f"{source.title[language]} [{mark}]", details)
