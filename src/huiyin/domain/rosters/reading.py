"""A YAML file becomes a roster, or a list of everything that is wrong with it.

Nothing is loaded in part. Whether the roster leaves gaps or starves somebody is no question of
reading: see ``checking``. Here stand only mistakes after which its meaning would be a guess:
unknown keys and names, impossible times, overlapping temporary schedules, two overrides for one
person at one time, duties for people who are no members on that day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from huiyin.domain.calendars import WEEKDAYS, Calendar
from huiyin.domain.errors import Refusal
from huiyin.domain.rosters.intervals import Span, without
from huiyin.domain.rosters.overlapping import meeting, overlaps
from huiyin.domain.rosters.presence import Presence
from huiyin.domain.rosters.resting import KINDS
from huiyin.domain.rosters.values import (
    Days,
    Duty,
    History,
    Leave,
    Override,
    Person,
    RestRule,
    Role,
    Roster,
    Rule,
    Shift,
    Temporary,
    Turn,
    Window,
)
from huiyin.domain.rosters.wallclock import first, last
from huiyin.domain.strict_yaml import Place, Problems, read_yaml
from huiyin.domain.texts import clean_line
from huiyin.domain.zones import zone_named

LANGUAGES = ("en", "zh-Hans", "zh-Hant", "ar")
MOST_PEOPLE = 2000
MOST_RULES = 200
MOST_TEXT = 200
YEARS = range(1900, 2201)
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]\Z|24:00\Z", re.ASCII)
_TURN = re.compile(r"P(?:T([1-9][0-9]?)H|([1-9][0-9]{0,2})(D)|([1-9][0-9]?)([WM]))\Z", re.ASCII)
_PHONE = re.compile(r"\+[1-9][0-9]{5,14}\Z", re.ASCII)  # E.164
_UNITS = {"D": "days", "W": "weeks", "M": "months"}
_SPECIAL_DAYS = ("all", "workdays", "restdays")

Calendars = Callable[[str], Calendar]
T = TypeVar("T")


def read(source: bytes | str, file: str, calendars: Calendars) -> Roster:
    """The roster of a file; ``calendars`` gives a calendar of working days by name.

    Raises ``Refusal("roster-invalid", count=, problems=[Problem])``.
    """
    problems = Problems()
    try:
        top = read_yaml(source, file, problems)
    except Refusal as refusal:
        raise Refusal("roster-invalid", **refusal.data) from None
    place = Place(top, "", problems)
    roster = _Reader(place, calendars).roster()
    place.finish()
    problems.raise_any("roster-invalid")
    return roster


class _Reader:
    """One reading of one file; the methods stand in the order of the file."""

    def __init__(self, top: Place, calendars: Calendars) -> None:
        self.top = top
        self.calendars = calendars
        self.zone = ZoneInfo("UTC")
        self.calendar: Calendar | None = None
        self.people: Mapping[str, Person] = {}
        self.roles: Mapping[str, Role] = {}

    def roster(self) -> Roster:
        """The whole file."""
        top = self.top
        roster_id = top.word("id")
        if roster_id and not _ID.match(roster_id):
            top.wrong("id", "is no plain name", "use small letters, digits and hyphens")
        title = self._texts(top, "title")
        self.zone = self._zone()
        self.calendar = self._calendar()
        # People first: a role names those who may hold it.
        self.people = {key: self._person(key, p) for key, p in top.places("people")}
        self.roles = {key: self._role(key, p) for key, p in top.places("roles")}
        if not self.roles:
            top.wrong("roles", "names no role", "add at least one role")
        self._limit("people", len(self.people), MOST_PEOPLE)
        rules = [self._rule(key, p) for key, p in top.places("rules", required=False)]
        self._limit("rules", len(rules), MOST_RULES)
        roster = Roster(
            roster_id, title, self.zone, self.people, self.roles,
            rules=tuple(r for r in rules if r),
            leave=self._several("leave", self._leave),
            temporary=self._several("temporary", self._temporary),
            overrides=self._several("overrides", self._override),
            rest=self._several("rest", self._rest),
            history=self._history(),
            calendar=self.calendar,
        )  # fmt: skip
        self._refuseoverlaps(roster)
        self._refuse_strangers(roster)
        return roster

    def _several(self, key: str, one: Callable[[str, Place], T | None]) -> tuple[T, ...]:
        found = (one(name, place) for name, place in self.top.places(key, required=False))
        return tuple(value for value in found if value is not None)

    def _limit(self, key: str, number: int, most: int) -> None:
        if number > most:
            self.top.wrong(key, f"{number} entries", f"a roster has at most {most}")

    def _texts(self, place: Place, key: str) -> dict[str, str]:
        item = place.take(key)
        if item is None:
            return {}
        if isinstance(item.value, str):
            return {"en": self._line(place, key)}
        inner = Place(item, place.path(key), place.problems)
        texts = {lang: self._line(inner, lang) for lang in LANGUAGES if inner.has(lang)}
        inner.finish()
        if not any(texts.values()):
            place.wrong(key, "has no text", "write it in one of: " + ", ".join(LANGUAGES))
        return texts

    def _line(self, place: Place, key: str) -> str:
        """A text for people, without what cannot be seen or turns the words around."""
        text = place.word(key, "")
        try:
            return clean_line(text, key, MOST_TEXT) if text else ""
        except Refusal:
            place.wrong(key, "is no text of one line", "write it anew, without control characters")
            return ""

    def _zone(self) -> ZoneInfo:
        name = self.top.word("zone")
        zone = zone_named(name or "UTC")
        if zone is None:
            self.top.wrong("zone", f"`{name}` is no time zone", "write for example Asia/Shanghai")
        return zone or ZoneInfo("UTC")

    def _calendar(self) -> Calendar | None:
        name = self.top.word("calendar", "")
        if not name:
            return None
        try:
            return self.calendars(name)
        except Refusal:
            self.top.wrong(
                "calendar", f"there is no calendar `{name}`", "see: huiyin calendar list"
            )
            return None

    def _role(self, key: str, place: Place) -> Role:
        role = Role(
            key,
            self._texts(place, "name"),
            (self._window(place, "all"),),
            _number(place, "people", 1, 100),
            self._phone(place),
            frozenset(place.words("able", tuple(self.people))),
        )
        place.finish()
        return role

    def _phone(self, place: Place) -> str:
        phone = place.word("phone", "")
        if phone and not _PHONE.match(phone):
            place.wrong("phone", f"`{phone}` is no number", "write it as +8653112345678 (E.164)")
        return phone

    def _window(self, place: Place, days: str = "") -> Window:
        named = place.words("days", (*WEEKDAYS, *_SPECIAL_DAYS)) or ((days,) if days else ())
        special = [name for name in named if name in _SPECIAL_DAYS]
        if special and len(named) > 1:
            place.wrong("days", f"`{special[0]}` stands alone", "name weekdays, or one such word")
        if not named:
            place.wrong("days", "is missing", "write `days: all`, or weekdays")
        working = {"workdays": True, "restdays": False}.get(named[0]) if named else None
        if working is not None and self.calendar is None:
            place.wrong("days", "needs a calendar of working days", "add `calendar: …` at the top")
        weekdays = frozenset(WEEKDAYS.index(n) for n in named if n in WEEKDAYS)
        begins, ends = _time(place, "from"), _time(place, "to")
        return Window(Days(weekdays or frozenset(range(7)), working), begins, ends)

    def _person(self, key: str, place: Place) -> Person:
        since, until = _date(place, "since", False), _date(place, "until", False)
        if since and until and until < since:
            place.wrong("until", f"{until} is before {since}", "correct one of the two days")
        person = Person(key, self._line(place, "name"), since, until)
        if not _ID.match(key):
            place.wrong("", f"`{key}` is no plain name", "use small letters, digits and hyphens")
        place.finish()
        return person

    def _rule(self, key: str, place: Place) -> Rule | None:
        role = self._known(place, "role", self.roles)
        people = place.words("people", tuple(self.people))
        if not people:
            place.wrong("people", "names nobody", "list the people in the order of their turns")
        for person in {p for p in people if people.count(p) > 1}:
            place.wrong("people", f"`{person}` stands twice", "each person once")
        window = self._window(place)
        since, until = _date(place, "since"), _date(place, "until", False)
        anchor = _date(place, "anchor", False)
        absence = place.word("absence", "pass", ("pass", "cover"))
        turn = self._turn(place, window)
        place.finish()
        if since is None or turn is None:
            return None
        if until and until < since:
            place.wrong("until", f"{until} is before {since}", "correct one of the two days")
        if anchor and anchor > since:
            place.wrong("anchor", f"{anchor} is after {since}", "anchor it on or before `since`")
        return Rule(key, role, people, window, turn, since, until, anchor, absence == "cover")

    def _turn(self, place: Place, window: Window) -> Turn | None:
        text = place.word("turn")
        match = _TURN.match(text)
        if not match:
            if text:
                place.wrong("turn", f"`{text}` is no turn", "write PT8H, P1D, P1W or P1M")
            return None
        if not match[1]:
            return Turn(_UNITS[match[3] or match[5]], int(match[2] or match[4]))
        hours = int(match[1])
        if window.minutes() % (hours * 60):
            place.wrong(
                "turn", "does not divide the time from `from` to `to`", "choose one that does"
            )
        return Turn("hours", hours)

    def _leave(self, key: str, place: Place) -> Leave | None:
        person = self._known(place, "person", self.people)
        span = self._span(place)
        place.finish()
        return Leave(key, person, span) if span else None

    def _override(self, key: str, place: Place) -> Override | None:
        role = self._known(place, "role", self.roles)
        out = self._known(place, "out", self.people) if place.has("out") else None
        into = self._known(place, "into", self.people) if place.has("into") else None
        span = self._span(place)
        if out == into:
            place.wrong(
                "out", "takes nobody out and brings nobody in", "name `out`, `into` or both"
            )
        place.finish()
        return Override(key, role, span, out, into) if span else None

    def _temporary(self, key: str, place: Place) -> Temporary | None:
        span = self._span(place)
        otherwise = place.word("otherwise", "nobody", ("nobody", "rules"))
        duties = [d for d in (self._duty(p) for _, p in place.places("duties")) if d]
        for duty in duties:
            if span and not duty.span.within(span):
                place.wrong(
                    "duties", "a duty lies outside the schedule", "shorten one, or lengthen it"
                )
        place.finish()
        return Temporary(key, span, tuple(duties), otherwise == "rules") if span else None

    def _duty(self, place: Place) -> Duty | None:
        role = self._known(place, "role", self.roles)
        person = self._known(place, "person", self.people)
        span = self._span(place)
        place.finish()
        return Duty(role, person, span) if span else None

    def _rest(self, key: str, place: Place) -> RestRule | None:
        kind = place.word("kind", accepted=KINDS)
        hours = _number(place, "hours", 0, 24 * 366)
        windowed = kind in ("most", "free")
        days = _number(place, "days", 0, 366) if windowed or place.has("days") else 0
        source = place.word("source")
        if not hours:
            place.wrong("hours", "is missing", "add `hours: …`")
        if windowed and not days:
            place.wrong("days", "is missing", "say in how many days")
        place.finish()
        return RestRule(key, kind, hours, source, days)

    def _history(self) -> History | None:
        place = self.top.place("history", required=False)
        if place is None:
            return None
        until = self._instant(place, "until", first)
        shifts = []
        for name, inner in place.places("shifts", required=False):
            duty = self._duty(inner)
            if duty and until and duty.span.end > until:
                inner.wrong("to", "is after the end of the history", "history holds what was")
            if duty:
                shifts.append(Shift(*duty.span, duty.role, duty.person, f"history:{name}"))
        place.finish()
        return History(until, tuple(shifts)) if until else None

    def _known(self, place: Place, key: str, known: Mapping[str, object]) -> str:
        return place.word(key, accepted=tuple(known) or ("…",))

    def _span(self, place: Place) -> Span | None:
        start, end = self._instant(place, "from", first), self._instant(place, "to", last)
        if start is None or end is None:
            return None
        if start >= end:
            place.wrong("to", "is not after `from`", "correct one of the two")
            return None
        return Span(start, end)

    def _instant(
        self, place: Place, key: str, side: Callable[[datetime, ZoneInfo], datetime]
    ) -> datetime | None:
        """A wall-clock time, ``2026-02-16 08:00``, or a whole day: from its beginning, or to
        its end."""
        text = place.word(key)
        if not text:
            return None
        whole = len(text) == 10
        try:
            form = "%Y-%m-%d" if whole else "%Y-%m-%d %H:%M"
            local = datetime.strptime(text.replace("T", " "), form)  # noqa: DTZ007
        except ValueError:
            place.wrong(key, f"`{text}` is no time", "write 2026-02-16 08:00, or a day")
            return None
        if local.year not in YEARS:
            place.wrong(key, f"the year {local.year}", "write a year from 1900 to 2200")
            return None
        return side(local + timedelta(days=whole and side is last), self.zone)

    def _refuseoverlaps(self, roster: Roster) -> None:
        for a, b in overlaps(roster.temporary):
            self._wrong("temporary", b.id, f"overlaps `{a.id}`", "end one before the other")
        for person, o, p in meeting(roster.overrides):
            what = f"touches `{person}` at the same time as `{o.id}`"
            self._wrong("overrides", p.id, what, "let them follow each other, or make one of them")

    def _refuse_strangers(self, roster: Roster) -> None:
        """Nobody is given a duty on a day on which they are no member, or on leave."""
        presence = Presence(roster)
        for section, key, person, span in _given(roster):
            if person in self.people and without(span, presence.parts(person, span)):
                what = f"`{person}` is away or no member in that time"
                self._wrong(section, key, what, "name somebody who is there")

    def _wrong(self, section: str, key: str, what: str, remedy: str) -> None:
        place = self.top.place(section)
        if place is not None:
            place.wrong(key, what, remedy)


def _given(roster: Roster) -> Iterator[tuple[str, str, str, Span]]:
    for override in roster.overrides:
        if override.into:
            yield "overrides", override.id, override.into, override.span
    for temporary in roster.temporary:
        for duty in temporary.duties:
            yield "temporary", temporary.id, duty.person, duty.span


def _number(place: Place, key: str, default: int, most: int) -> int:
    text = place.word(key, str(default))
    if re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) and int(text) <= most:
        return int(text)
    place.wrong(key, f"`{text}` is no number up to {most}", "write a whole number")
    return default


def _time(place: Place, key: str) -> time:
    text = place.word(key, "00:00")
    if not _TIME.match(text):
        place.wrong(key, f"`{text}` is no time of day", "write it as 08:00")
        return time()
    return time() if text == "24:00" else time.fromisoformat(text)


def _date(place: Place, key: str, required: bool = True) -> date | None:
    text = place.word(key) if required else place.word(key, "")
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        place.wrong(key, f"`{text}` is no day", "write it as 2026-02-16")
        return None
    if found.year not in YEARS:
        place.wrong(key, f"the year {found.year}", "write a year from 1900 to 2200")
        return None
    return found
