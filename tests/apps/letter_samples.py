"""One complete set of fields per letter, in the words of each language's reader."""

from __future__ import annotations

from datetime import date, datetime

_ZH = {
    "office": "清河镇信访接待中心",
    "office_lines": ["清河镇人民路 8 号", "电话 0000-1234567"],
    "subject": "石桥村二组灌溉水渠维修费用的分摊",
    "unit": "清河镇农业农村办公室",
    "article": "《信访工作条例》第三十四条",
    "procedure": "由承办单位调查核实，听取您和有关单位的意见，必要时到现场查看。",
    "competent": "清河县人力资源和社会保障局",
    "to_unit": "清河县水务局",
    "reason": "水渠的管护责任由县水务局承担，本单位无权决定费用分摊。",
    "reach": "清河县建设路 20 号，工作日 9:00 至 17:00。\n电话 0000-7654321。",
    "next_where": "清河县人民政府",
    "next_article": "《信访工作条例》第三十五条",
    "approved_by": "镇长",
    "question": "水渠是从哪一天开始漏水的？\n附近还有哪些田块受到影响？",
    "why": "漏水时间决定应当适用哪一年度的管护协议。",
    "claim": "请求撤销石桥村二组每户分摊 320 元维修费的决定，并退还已交款项。",
    "facts": "经到现场查看并查阅村务公开栏、会议记录，查明：\n一、2026 年 1 月 15 日，二组以口头方式要求 46 户每户交纳 320 元，已有 31 户交纳，共计 9920 元。\n二、该水渠属于县级管护范围，2025 年已拨付维修资金 18000 元，尚余 7400 元未使用。\n三、收费未经村民会议或者村民代表会议讨论决定。",
    "reasons": "水渠在县级管护范围以内，维修费用应当由管护资金支付。收费未经法定程序讨论，村民没有分摊的义务。",
    "basis": "《中华人民共和国村民委员会组织法》第二十四条；《清河县农田水利设施管护办法》第九条。",
    "remedy": "一、撤销分摊决定。\n二、已收取的 9920 元于 2026 年 4 月 10 日前全部退还，由镇农业农村办公室监督。\n三、水渠于 2026 年 4 月 30 日前修复。",
    "remedy_article": "本处理意见第二、三项",
    "reviewed_office": "清河镇人民政府",
    "outcome": "维持原处理意见第一项，变更第二项：退款时一并支付利息。",
    "other_ways": "如认为收费行为侵犯您的合法权益，也可以依法向人民法院提起诉讼。",
    "stage": "一",
    "complaint": "卧室外墙自去年十一月起渗水，两次报修后仍未处理。",
    "sought": "修好外墙，并更换受潮的墙面。",
    "ombudsman": "监察专员独立于我们，不收费用。地址和电话见租户手册第 12 页。",
    "outside": "楼顶信号塔由运营商负责。",
    "handler": "住户服务部",
    "decision": "投诉成立。两次报修均未按期处理。",
    "outstanding": "外墙防水施工，已约定施工单位。",
    "url": "https://huiyin.example/follow",
    "label": "书面告知由谁办理、如何办理",
    "label2": "作出处理意见",
}
_EN = {
    "office": "Qinghe Town Complaints Office",
    "office_lines": ["8 Renmin Road, Qinghe", "Telephone 0000-1234567"],
    "subject": "sharing the cost of repairing the irrigation canal, Shiqiao village",
    "unit": "the Agriculture and Rural Affairs Office",
    "article": "Regulations on Petition Work, article 34",
    "procedure": "The unit looks into the facts, hears you and the others concerned, and visits the place if that helps.",
    "competent": "the County Labour Bureau",
    "to_unit": "the County Water Bureau",
    "reason": "The canal is in the care of the County Water Bureau. We have no power over how its cost is shared.",
    "reach": "20 Jianshe Road, working days 9:00 to 17:00.\nTelephone 0000-7654321.",
    "next_where": "the County Government",
    "next_article": "Regulations on Petition Work, article 35",
    "approved_by": "the head of the town government",
    "question": "On which day did the canal begin to leak?\nWhich other fields nearby are affected?",
    "why": "The day decides which year's maintenance agreement applies.",
    "claim": "That the levy of 320 yuan per household be withdrawn, and that what was paid be given back.",
    "facts": "We visited the place and read the notices and minutes of the village. This is what we found.\nOn 15 January 2026 the group asked 46 households for 320 yuan each, by word of mouth. 31 have paid, 9,920 yuan in all.\nThe canal is in the county's care. The county paid 18,000 yuan for its repair in 2025, of which 7,400 yuan are left.\nNo meeting of the villagers or of their representatives decided on the levy.",
    "reasons": "A canal in the county's care is repaired from the county's funds. A levy that no meeting decided binds nobody.",
    "basis": "Organic Law of the Villagers' Committees, article 24. County rules on the care of irrigation works, section 9.",
    "remedy": "The levy is withdrawn.\nThe 9,920 yuan are paid back in full by 10 April 2026; the Agriculture and Rural Affairs Office sees to it.\nThe canal is repaired by 30 April 2026.",
    "remedy_article": "items 2 and 3 of this decision",
    "reviewed_office": "the Qinghe Town Government",
    "outcome": "Item 1 stands. Item 2 is changed: interest is paid with the refund.",
    "other_ways": "If you hold that the levy infringed your rights, you can also bring an action before the People's Court.",
    "stage": "1",
    "complaint": "Water has come through the bedroom wall since November. Two reports of it led to nothing.",
    "sought": "That the wall is repaired and the damp plaster replaced.",
    "ombudsman": "The Ombudsman is independent of us, and free. The address and telephone number are on page 12 of your tenant's handbook.",
    "outside": "The mast on the roof belongs to the telephone company.",
    "handler": "The Resident Services Team",
    "decision": "We uphold the complaint. Neither report was dealt with in time.",
    "outstanding": "Waterproofing of the wall; a contractor has been appointed.",
    "url": "https://huiyin.example/follow",
    "label": "We tell you in writing which office deals with it and how",
    "label2": "Our decision",
}
_DAYS = {
    "dated": date(2026, 3, 20),
    "received": date(2026, 3, 3),
    "accepted": date(2026, 3, 5),
    "forwarded": date(2026, 3, 6),
    "acknowledged": date(2026, 3, 6),
    "requested": date(2026, 3, 9),
    "reviewed_on": date(2026, 2, 27),
    "hearing": date(2026, 3, 16),
    "due": date(2026, 5, 4),
    "old_due": date(2026, 4, 4),
    "reply_by": date(2026, 3, 30),
    "remedy_by": date(2026, 4, 30),
    "next_due": date(2026, 4, 20),
}
# The sample reader of zh-Hant is served the same facts; a letter mixes scripts as offices do.
_WORDS = {"zh-Hans": _ZH, "zh-Hant": _ZH | {"office": "清河鎮信訪接待中心"}, "en": _EN}


def sample(letter: str, language: str, wanted: set[str]) -> dict[str, object]:
    """Fields for `letter`: the common ones and those named in `wanted`."""
    words: dict[str, object] = {**_WORDS[language], **_DAYS, "number": "2026-0417-K"}
    words |= {"reference": "清信处〔2026〕17 号" if language != "en" else "QH 2026/17"}
    words |= {"code": "7K2MQ-9XTRA-3FVHD-0WCEN-B5J8P", "qr": "https://huiyin.example/follow"}
    words["dates"] = [
        {"label": words["label"], "due": date(2026, 3, 18), "article": words["next_article"]},
        {"label": words["label2"], "due": date(2026, 5, 4), "article": words["article"]},
    ]
    words["checkpoint"] = (
        "huiyin.example/ledger\n20260\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    )
    words["words"] = "river stone amber field quiet window paper seven lantern open grain harbour"
    if letter == "receipt":
        words["received"] = datetime(2026, 3, 3, 14, 5)
    names = {"number", "office", "office_lines", "dated", "reference"} | wanted
    return {name: words[name] for name in names}
