"""Draws up the year tables in src/huiyin/calendars/ from second-hand collections.

Run by hand when a year is added: ``python scripts/year_tables.py``. It needs the packages
``chinesecalendar`` and ``holidays`` (test extra). The tables it writes are committed and
are the source of truth: correct a table against the official notice, then correct here,
so that the next run says the same. Nothing of Huiyin imports this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar.constants as china
import holidays
from dateutil.easter import easter

OUT = Path(__file__).parent.parent / "src" / "huiyin" / "calendars"
VERSION = "2026-11-21"
LAST = 2030
DAY = timedelta(days=1)
OBSERVED = (" (observed)", "（补假）")

Named = list[tuple[date, str]]


@dataclass
class Table:
    """One year on its way into the file; names are keys of the file's [names]."""

    source: str
    verified: str
    provisional: bool = False
    off: Named = field(default_factory=list)
    work: Named = field(default_factory=list)
    url: str = ""


@dataclass
class Sheet:
    """One calendar on its way into a file."""

    id: str
    title: tuple[str, str, str]
    comment: str
    source: str
    names: dict[str, tuple[str, str, str]]
    years: dict[int, Table]


# ---- China -------------------------------------------------------------------------------

CN_NAMES = {
    "new-year": ("New Year's Day", "元旦", "元旦"),
    "spring-festival": ("Spring Festival", "春节", "春節"),
    "qingming": ("Tomb-Sweeping Day", "清明节", "清明節"),
    "labour-day": ("Labour Day", "劳动节", "勞動節"),
    "dragon-boat": ("Dragon Boat Festival", "端午节", "端午節"),
    "mid-autumn": ("Mid-Autumn Festival", "中秋节", "中秋節"),
    "national-day": ("National Day", "国庆节", "國慶節"),
    "victory-70": (
        "70th anniversary of victory in the War of Resistance",
        "抗日战争胜利70周年纪念日",
        "抗日戰爭勝利70週年紀念日",
    ),
}
CN_KEYS = {
    "New Year's Day": "new-year",
    "Spring Festival": "spring-festival",
    "Tomb-sweeping Day": "qingming",
    "Labour Day": "labour-day",
    "Dragon Boat Festival": "dragon-boat",
    "National Day": "national-day",
    "Mid-autumn Festival": "mid-autumn",
    "Anti-Fascist 70th Day": "victory-70",
    "Chinese New Year (Spring Festival)": "spring-festival",
    "Chinese New Year's Eve": "spring-festival",
    "Tomb-Sweeping Day": "qingming",
    "Labor Day": "labour-day",
    "Mid-Autumn Festival": "mid-autumn",
}
# Where each notice of the General Office of the State Council is printed.
CN_NOTICES = {
    2001: "zh.wikisource.org/wiki/国务院办公厅关于2001年春节、“五一”、“十一”放假安排的通知",
    2002: "zh.wikisource.org/wiki/国务院办公厅关于2002年部分节假日休息安排的通知",
    2003: "zh.wikisource.org/wiki/国务院办公厅关于2003年部分节假日休息安排的通知",
    2004: "zh.wikisource.org/wiki/国务院办公厅关于2004年部分节假日安排的通知",
    2005: "zh.wikisource.org/wiki/国务院办公厅关于2005年部分节假日安排的通知",
    2006: "zh.wikisource.org/wiki/国务院办公厅关于2006年部分节假日安排的通知",
    2007: "www.gov.cn/gongbao/content/2007/content_503397.htm",
    2008: "www.gov.cn/gongbao/content/2008/content_859870.htm",
    2009: "www.gov.cn/gongbao/content/2008/content_1175823.htm",
    2010: "www.gov.cn/gongbao/content/2009/content_1487011.htm",
    2011: "www.gov.cn/gongbao/content/2010/content_1765282.htm",
    2012: "www.gov.cn/gongbao/content/2011/content_2020918.htm",
    2013: "www.gov.cn/gongbao/content/2012/content_2292057.htm",
    2014: "www.gov.cn/gongbao/content/2014/content_2561299.htm",
    2015: "www.gov.cn/gongbao/content/2015/content_2799019.htm",
    2016: "www.gov.cn/gongbao/content/2016/content_2979719.htm",
    2017: "www.gov.cn/gongbao/content/2016/content_5148793.htm",
    2018: "www.gov.cn/gongbao/content/2017/content_5248221.htm",
    2019: "www.gov.cn/gongbao/content/2018/content_5350046.htm, changed by "
    "www.gov.cn/gongbao/content/2019/content_5380356.htm",
    2020: "www.gov.cn/gongbao/content/2019/content_5459138.htm, changed by "
    "www.gov.cn/gongbao/content/2020/content_5477297.htm",
    2021: "www.gov.cn/gongbao/content/2020/content_5567750.htm",
    2022: "www.gov.cn/gongbao/content/2021/content_5651728.htm",
    2023: "www.gov.cn/gongbao/content/2023/content_5736714.htm",
    2024: "www.gov.cn/gongbao/2023/issue_10806/202311/content_6913823.html",
    2025: "www.gov.cn/gongbao/2024/issue_11726/202411/content_6989767.html",
    2026: "www.gov.cn/gongbao/2025/issue_12406/202511/content_7048922.html",
}
# Read in full: 2006 on zh.wikisource.org, 2007 on zw.china.com.cn (国务院公报), 2025 and
# 2026 as printed by Xinhua on gmw.cn. The other years rest on two collections that agree.
CN_READ = (2006, 2007, 2025, 2026)
CN_NUMBERS = {
    2006: "（国办发明电〔2005〕35号）",
    2007: "（国办发明电〔2006〕49号）",
    2025: "（国办发明电〔2024〕12号）",
    2026: "（国办发明电〔2025〕7号）",
}
# The notice for 2006 makes this Saturday a working day; chinesecalendar 1.11.0 forgot it.
CN_FORGOTTEN = {2005: [(date(2005, 12, 31), "new-year")]}


def cn() -> Sheet:
    years = {year: cn_by_law(year) for year in range(1998, 2004)}
    years |= {year: cn_by_notice(year) for year in range(2004, 2027)}
    years |= {year: cn_by_law(year) for year in range(2027, LAST + 1)}
    return Sheet(
        "cn",
        ("China (mainland)", "中国大陆", "中國大陸"),
        "Off-days and make-up working days by each year's notice of the General Office of\n"
        "# the State Council; Saturday and Sunday rest (职工工作时间规定 art. 7).",
        "全国年节及纪念日放假办法 (as amended 2024) and each year's notice of 国务院办公厅",
        CN_NAMES,
        years,
    )


def cn_by_notice(year: int) -> Table:
    off = [(day, CN_KEYS[name]) for day, name in china.holidays.items() if day.year == year]
    work = [(day, CN_KEYS[name]) for day, name in china.workdays.items() if day.year == year]
    work += CN_FORGOTTEN.get(year, [])
    source = f"国务院办公厅关于{year}年部分节假日安排的通知{CN_NUMBERS.get(year, '')}"
    if any(day.month == 12 for day, _ in off + work):
        source += "；12月按次年的通知"
    verified = "yes" if year in CN_READ else "secondary"
    return Table(source, verified, url=CN_NOTICES[year], off=off, work=work)


def cn_by_law(year: int) -> Table:
    """From ``holidays``: by notice 2001-2003, by statute before; provisional after 2026."""
    listed = holidays.country_holidays("CN", years=[year, year + 1], language="en_US")
    off: Named = []
    for day, name in sorted(listed.items()):
        first = name.split("; ")[-1].removesuffix(" (observed)")
        key = CN_KEYS.get(first) or off[-1][1]  # a bridge day belongs to the feast before it
        if day.year == year:
            off.append((day, key))
    swaps = sorted(day for day in listed.weekend_workdays if day.year == year)
    work = [(day, next(key for feast, key in _next(listed, day))) for day in swaps]
    if year in CN_NOTICES:
        source = f"国务院办公厅{year}年放假安排的通知 (via holidays)"
        return Table(source, "secondary", url=CN_NOTICES[year], off=off, work=work)
    if year < 2001:
        source = "全国年节及纪念日放假办法 (1949, as amended 1999); swapped days not found"
        return Table(source, "no", off=off)
    source = "全国年节及纪念日放假办法 art. 2; the notice with the make-up days is not out yet"
    return Table(source, "no", provisional=True, off=off)


def _next(listed: holidays.HolidayBase, day: date) -> Iterable[tuple[date, str]]:
    """Named feasts from shortly after ``day`` on (a swap serves the feast it adjoins)."""
    for feast, name in sorted(listed.items()):
        key = CN_KEYS.get(name.split("; ")[-1].removesuffix(" (observed)"))
        if key and feast > day - 4 * DAY:
            yield feast, key


# ---- United Kingdom ----------------------------------------------------------------------

UK_NAMES = {
    "New Year's Day": ("new-year", "元旦", "元旦"),
    "New Year Holiday": ("second-january", "新年假日", "新年假日"),
    "Saint Patrick's Day": ("st-patrick", "圣帕特里克节", "聖帕特里克節"),
    "Good Friday": ("good-friday", "耶稣受难日", "耶穌受難日"),
    "Easter Monday": ("easter-monday", "复活节星期一", "復活節星期一"),
    "May Day": ("early-may", "五月初银行假日", "五月初銀行假日"),
    "Pentecost Monday": ("whit-monday", "圣灵降临节星期一", "聖靈降臨節星期一"),
    "Spring Bank Holiday": ("spring-bank", "春季银行假日", "春季銀行假日"),
    "Battle of the Boyne": ("boyne", "博因河战役纪念日", "博因河戰役紀念日"),
    "Summer Bank Holiday": ("summer-bank", "夏季银行假日", "夏季銀行假日"),
    "Late Summer Bank Holiday": ("late-summer-bank", "夏末银行假日", "夏末銀行假日"),
    "August Bank Holiday": ("august-bank", "八月银行假日", "八月銀行假日"),
    "Saint Andrew's Day": ("st-andrew", "圣安德鲁节", "聖安德魯節"),
    "Christmas Day": ("christmas", "圣诞节", "聖誕節"),
    "Boxing Day": ("boxing-day", "节礼日", "節禮日"),
    "Wedding of Charles and Diana": ("wedding-1981", "王室婚礼", "王室婚禮"),
    "Wedding of William and Catherine": ("wedding-2011", "王室婚礼", "王室婚禮"),
    "Silver Jubilee of Elizabeth II": ("jubilee-1977", "登基银禧", "登基銀禧"),
    "Golden Jubilee of Elizabeth II": ("jubilee-2002", "登基金禧", "登基金禧"),
    "Diamond Jubilee of Elizabeth II": ("jubilee-2012", "登基钻禧", "登基鑽禧"),
    "Platinum Jubilee of Elizabeth II": ("jubilee-2022", "登基白金禧", "登基白金禧"),
    "State Funeral of Queen Elizabeth II": ("funeral-2022", "女王国葬", "女王國葬"),
    "Coronation of Charles III": ("coronation-2023", "国王加冕", "國王加冕"),
    "Millennium Celebrations": ("millennium", "千禧年庆典", "千禧年慶典"),
    "Scotland's participation in the FIFA World Cup final": (
        "world-cup-2026",
        "苏格兰参加世界杯",
        "蘇格蘭參加世界盃",
    ),
}
# Last Monday in August from 1965 by proclamation, before that the first (Act of 1871);
# 1968 and 1969 fell in September.
AUGUST = {1965: (8, 30), 1966: (8, 29), 1967: (8, 28), 1968: (9, 2), 1969: (9, 1), 1970: (8, 31)}
UK_CERTAIN = 2027


def uk(id: str, title: tuple[str, str, str], parts: tuple[str, ...], first: int) -> Sheet:
    years = {year: uk_year(year, parts) for year in range(first, LAST + 1)}
    return sheet_of(
        id,
        title,
        f"Bank holidays of {', '.join(parts)}; Saturday and Sunday rest.",
        "Banking and Financial Dealings Act 1971 and proclamations, as collected by holidays 0.109",
        UK_NAMES,
        years,
    )


def uk_year(year: int, parts: tuple[str, ...]) -> Table:
    off: dict[date, str] = {}
    for part in parts:
        listed = holidays.country_holidays("GB", subdiv=part, years=year, expand=False)
        for day, name in sorted(listed.items()):
            off.setdefault(day, name.split("; ")[0])
    if year <= 1970 and "ENG" in parts:
        off.setdefault(_august(year), "August Bank Holiday")
    if year <= 1970:
        source, verified = "Bank Holidays Act 1871; list not checked", "no"
    elif year <= UK_CERTAIN:
        source, verified = "gov.uk/bank-holidays and proclamations (via holidays)", "secondary"
    else:
        source, verified = "Banking and Financial Dealings Act 1971, no list published yet", "no"
    return Table(source, verified, year > UK_CERTAIN, sorted(off.items()))


def _august(year: int) -> date:
    if year in AUGUST:
        return date(year, *AUGUST[year])
    first = date(year, 8, 1)
    return first + DAY * (-first.weekday() % 7)


# ---- United States -----------------------------------------------------------------------

US_NAMES = {
    "New Year's Day": ("new-year", "元旦", "元旦"),
    "Martin Luther King Jr. Day": ("mlk", "马丁·路德·金纪念日", "馬丁·路德·金紀念日"),
    "Washington's Birthday": ("washington", "华盛顿诞辰", "華盛頓誕辰"),
    "Memorial Day": ("memorial-day", "阵亡将士纪念日", "陣亡將士紀念日"),
    "Juneteenth National Independence Day": ("juneteenth", "六月节", "六月節"),
    "Independence Day": ("independence-day", "独立日", "獨立日"),
    "Labor Day": ("labor-day", "劳动节", "勞動節"),
    "Columbus Day": ("columbus-day", "哥伦布日", "哥倫布日"),
    "Veterans Day": ("veterans-day", "退伍军人节", "退伍軍人節"),
    "Thanksgiving Day": ("thanksgiving", "感恩节", "感恩節"),
    "Christmas Day": ("christmas", "圣诞节", "聖誕節"),
}


def us() -> Sheet:
    years = {year: us_year(year) for year in range(1971, LAST + 1)}
    return sheet_of(
        "us-federal",
        ("United States, federal", "美国联邦", "美國聯邦"),
        "Legal public holidays and their observed days; Saturday and Sunday rest. Closings\n"
        "# by executive order (mourning, Christmas Eve) are not holidays and are not here.",
        "5 U.S.C. 6103, as collected by holidays 0.109",
        US_NAMES,
        years,
    )


def us_year(year: int) -> Table:
    """A holiday on Saturday is observed on Friday, one on Sunday on Monday (E.O. 11582)."""
    listed = holidays.country_holidays("US", years=[year - 1, year, year + 1])
    off = [(day, name) for day, name in sorted(listed.items()) if day.year == year]
    # No notice is awaited: the statute fixes the days for good.
    return Table("5 U.S.C. 6103 (via holidays)", "secondary", False, off)


# ---- India -------------------------------------------------------------------------------

IN_NAMES = {
    "Republic Day": ("republic-day", "共和国日", "共和國日"),
    "Maha Shivaratri": ("shivaratri", "湿婆节", "濕婆節"),
    "Holi": ("holi", "洒红节", "灑紅節"),
    "Ram Navami": ("ram-navami", "罗摩诞辰", "羅摩誕辰"),
    "Mahavira's Birthday": ("mahavir-jayanti", "大雄诞辰", "大雄誕辰"),
    "Good Friday": ("good-friday", "耶稣受难日", "耶穌受難日"),
    "Dr. B. R. Ambedkar's Birthday": ("ambedkar-jayanti", "安贝德卡尔诞辰", "安貝德卡爾誕辰"),
    "Buddha Purnima": ("buddha-purnima", "佛诞节", "佛誕節"),
    "Eid al-Fitr": ("eid-al-fitr", "开斋节", "開齋節"),
    "Eid al-Adha": ("eid-al-adha", "宰牲节", "宰牲節"),
    "Ashura": ("muharram", "阿舒拉节", "阿舒拉節"),
    "Prophet's Birthday": ("milad", "圣纪节", "聖紀節"),
    "Independence Day": ("independence-day", "独立日", "獨立日"),
    "Janmashtami (Vaishnava)": ("janmashtami", "克里希纳诞辰", "克里希納誕辰"),
    "Mahatma Gandhi's Birthday": ("gandhi-jayanti", "甘地诞辰", "甘地誕辰"),
    "Dussehra": ("dussehra", "十胜节", "十勝節"),
    "Dussehra (Mahanavami)": ("mahanavami", "大九夜", "大九夜"),
    "Diwali": ("diwali", "排灯节", "排燈節"),
    "Guru Nanak's Birthday": ("guru-nanak", "那纳克诞辰", "那納克誕辰"),
    "Christmas": ("christmas", "圣诞节", "聖誕節"),
}


def india() -> Sheet:
    years = {year: india_year(year) for year in range(2005, LAST + 1)}
    return sheet_of(
        "in-central",
        ("India, central government", "印度中央政府", "印度中央政府"),
        "Gazetted holidays of central government offices in Delhi; five-day week.",
        "Yearly holiday memorandum of the Department of Personnel and Training, "
        "as collected by holidays 0.109",
        IN_NAMES,
        years,
    )


def india_year(year: int) -> Table:
    listed = holidays.country_holidays("IN", years=year, expand=False)
    off = [
        (day, name.split("; ")[0].removesuffix(" (estimated)"))
        for day, name in sorted(listed.items())
    ]
    if year <= 2026:
        return Table(f"DoPT list of holidays {year} (via holidays)", "secondary", False, off)
    return Table("reckoned by holidays 0.109; no memorandum yet", "no", True, off)


# ---- European institutions ---------------------------------------------------------------

EU_NAMES = {
    "New Year's Day": ("new-year", "元旦", "元旦"),
    "Day after New Year's Day": ("second-january", "元旦次日", "元旦次日"),
    "Maundy Thursday": ("maundy-thursday", "濯足节", "濯足節"),
    "Good Friday": ("good-friday", "耶稣受难日", "耶穌受難日"),
    "Easter Monday": ("easter-monday", "复活节星期一", "復活節星期一"),
    "Labour Day": ("labour-day", "劳动节", "勞動節"),
    "Schuman Day": ("schuman-day", "欧洲日（舒曼宣言）", "歐洲日（舒曼宣言）"),
    "Ascension Day": ("ascension", "耶稣升天节", "耶穌升天節"),
    "Day after Ascension Day": ("after-ascension", "耶稣升天节次日", "耶穌升天節次日"),
    "Whit Monday": ("whit-monday", "圣灵降临节星期一", "聖靈降臨節星期一"),
    "Belgian National Day": ("belgian-day", "比利时国庆日", "比利時國慶日"),
    "Assumption": ("assumption", "圣母升天节", "聖母升天節"),
    "All Saints' Day": ("all-saints", "诸圣节", "諸聖節"),
    "All Souls' Day": ("all-souls", "追思节", "追思節"),
    "End-of-year days": ("end-of-year", "年终休息日", "年終休息日"),
}
EU_READ = {
    2014: "Commission Decision of 21 December 2012, OJ C 39, 12.2.2013, p. 26",
    2023: "Commission Decision of 25 May 2021, OJ C 201 I, 28.5.2021, p. 2",
}


def eu() -> Sheet:
    years = {year: eu_year(year) for year in range(1998, LAST + 1)}
    return sheet_of(
        "eu-institutions",
        ("European Union institutions (Brussels)", "欧盟机构（布鲁塞尔）", "歐盟機構（布魯塞爾）"),
        "Public holidays of the institutions in Brussels; Saturday and Sunday rest. The\n"
        "# Commission decides the list each year; years not read follow the usual list.",
        "Commission decisions on public holidays (Staff Regulations art. 61)",
        EU_NAMES,
        years,
    )


def eu_year(year: int) -> Table:
    sunday = easter(year)
    off = [
        (date(year, 1, 1), "New Year's Day"),
        (date(year, 1, 2), "Day after New Year's Day"),
        (sunday - 3 * DAY, "Maundy Thursday"),
        (sunday - 2 * DAY, "Good Friday"),
        (sunday + DAY, "Easter Monday"),
        (date(year, 5, 1), "Labour Day"),
        (sunday + 39 * DAY, "Ascension Day"),
        (sunday + 40 * DAY, "Day after Ascension Day"),
        (sunday + 50 * DAY, "Whit Monday"),
        (date(year, 7, 21), "Belgian National Day"),
        (date(year, 8, 15), "Assumption"),
        (date(year, 11, 1), "All Saints' Day"),
        (date(year, 11, 2), "All Souls' Day"),
        *((date(year, 12, day), "End-of-year days") for day in range(24, 32)),
    ]
    # The order matters for one year only: in 2024 Ascension Day was 9 May.
    off = list({date(year, 5, 9): "Schuman Day", **dict(off)}.items())
    if year in EU_READ:
        return Table(EU_READ[year], "yes", False, sorted(off))
    return Table("the usual list; decision for this year not read", "no", year > 2026, sorted(off))


# ---- Writing -----------------------------------------------------------------------------


def sheet_of(
    id: str,
    title: tuple[str, str, str],
    comment: str,
    source: str,
    known: dict[str, tuple[str, str, str]],
    years: dict[int, Table],
) -> Sheet:
    """Replace English names by keys and keep the names that are used."""
    names: dict[str, tuple[str, str, str]] = {}

    def key_of(name: str) -> str:
        plain = name.removesuffix(" (observed)")
        key, hans, hant = known[plain]
        if plain == name:
            names[key] = (plain, hans, hant)
            return key
        names[f"{key}-substitute"] = (f"{plain} (substitute day)", f"{hans}补休", f"{hant}補休")
        return f"{key}-substitute"

    for table in years.values():
        table.off = [(day, key_of(name)) for day, name in table.off]
    return Sheet(id, title, comment, source, names, years)


def runs(days: Named) -> list[str]:
    """Neighbouring days of one name as ``MM-DD..MM-DD name``."""
    lines: list[tuple[date, date, str]] = []
    for day, name in sorted(days):
        if lines and lines[-1][1] + DAY == day and lines[-1][2] == name:
            lines[-1] = (lines[-1][0], day, name)
        else:
            lines.append((day, day, name))
    return [
        f"{a:%m-%d} {name}" if a == b else f"{a:%m-%d}..{b:%m-%d} {name}" for a, b, name in lines
    ]


def toml(sheet: Sheet) -> str:
    lines = [f"# {sheet.comment}", f'id = "{sheet.id}"', f'version = "{VERSION}"']
    lines += [f'source = "{sheet.source}"', 'rest_days = ["sat", "sun"]', "", "[title]"]
    lines += [*texts(sheet.title), "", "[names]"]
    lines += [f"{key} = {{ {', '.join(texts(value))} }}" for key, value in sheet.names.items()]
    for year, table in sheet.years.items():
        lines += ["", f"[years.{year}]", f'source = "{table.source}"']
        lines += [f'url = "{table.url}"'] if table.url else []
        lines += [f'verified = "{table.verified}"']
        lines += ["provisional = true"] if table.provisional else []
        lines += array("off", runs(table.off))
        lines += array("work", runs(table.work)) if table.work else []
    return "\n".join(lines) + "\n"


def texts(value: tuple[str, str, str]) -> list[str]:
    return [
        f'{key} = "{text}"' for key, text in zip(("en", "zh-Hans", "zh-Hant"), value, strict=True)
    ]


def array(key: str, items: list[str]) -> list[str]:
    """A list on as few lines of at most 100 characters as will do."""
    lines, line = [], f"{key} = ["
    for number, item in enumerate(items):
        word = f'"{item}"' + ("," if number < len(items) - 1 else "]")
        if len(line) + len(word) + 1 > 100:
            lines.append(line.rstrip())
            line = "    "
        line += word if line.endswith("[") or line == "    " else f" {word}"
    return [*lines, line]


SHEETS: tuple[Callable[[], Sheet], ...] = (
    cn,
    lambda: uk(
        "uk-any",
        ("United Kingdom, any part", "英国任何地区", "英國任何地區"),
        ("ENG", "WLS", "SCT", "NIR"),
        1990,
    ),
    lambda: uk("uk-england", ("England", "英格兰", "英格蘭"), ("ENG",), 1950),
    us,
    india,
    eu,
)


def main() -> None:
    for make in SHEETS:
        sheet = make()
        (OUT / f"{sheet.id}.toml").write_text(toml(sheet), encoding="utf-8")
        print(sheet.id, min(sheet.years), max(sheet.years))


if __name__ == "__main__":
    main()
