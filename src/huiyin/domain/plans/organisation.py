"""The organisation behind a plan: units, posts, people, duty rosters, and how people are reached.

``people`` says what a plan needs of a person (unit, skills, when they are there); ``private``
alone says who they are and how they are reached, so that it can be kept apart (pages keep it in
the vault, ``without_private`` leaves it out). A post names its holders; a plan may name the post.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time

from huiyin.domain.plans.duties import CHANNELS, Channel
from huiyin.domain.plans.fields import (
    LANGUAGES,
    Text,
    choice,
    choices,
    clock,
    day,
    duration,
    line,
    many,
    number,
    one,
    ref,
    refs,
    rows,
    text,
    word,
    words,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = ("day", "night")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgAbout:
    id: str = word()
    title: Text = text()
    zone: str = line()
    languages: tuple[str, ...] = choices(LANGUAGES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    id: str
    title: Text = text()
    parent: str = ref("units", required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An office that people hold; the first holder is the one who is asked first."""

    id: str
    title: Text = text()
    unit: str = ref("units")
    holders: tuple[str, ...] = refs("people")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Days away, both included. No reason: it is nobody's business."""

    from_: date = day(required=True)
    until: date = day(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """``fates``: what strikes them together with others (a shift, a house, a network).
    ``travel``: seconds to be at the place when called from home."""

    id: str
    unit: str = ref("units")
    skills: tuple[str, ...] = refs("skills")
    joins: date | None = day()
    leaves: date | None = day()
    leave: tuple[Leave, ...] = rows(Leave)
    fates: tuple[str, ...] = words()
    travel: int | None = duration()


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """Who a person is and how they are reached."""

    id: str
    name: str = line()
    channels: tuple[Channel, ...] = rows(Channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    id: str
    title: Text = text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Temporary:
    """A schedule that replaces the rotation from one day to another, both included."""

    from_: date = day(required=True)
    until: date = day(required=True)
    person: str = ref("people", required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """A duty roster in short: ``members`` in turn for ``days`` each, from ``start``.

    ``serves``: weekdays with a shift. ``skill``: what a member must know. ``rest``: hours between
    two duties of one person. The full semantics live in ``domain/rosters``.
    """

    id: str
    title: Text = text()
    members: tuple[str, ...] = refs("people")
    start: date = day(required=True)
    until: date | None = day()
    handover: time = clock()
    days: int = number(1, least=1, most=366)
    serves: tuple[str, ...] = choices(WEEKDAYS, WEEKDAYS)
    skips_unserved: str = choice(("yes", "no"), "yes")
    skill: str = ref("skills", required=False)
    rest: int = number(0, most=10_000)
    temporary: tuple[Temporary, ...] = rows(Temporary)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The sum of reachability tests: of ``asked`` people on a channel, ``answered`` did."""

    channel: str = choice(CHANNELS)
    hours: str = choice(HOURS)
    asked: int = number()
    answered: int = number()
    until: date = day(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    about: OrgAbout = one(OrgAbout, key="organisation")
    units: Mapping[str, Unit] = many(Unit)
    posts: Mapping[str, Post] = many(Post)
    skills: Mapping[str, Skill] = many(Skill)
    people: Mapping[str, Person] = many(Person)
    duty: Mapping[str, Duty] = many(Duty)
    reached: tuple[Reached, ...] = rows(Reached)
    private: Mapping[str, Private] = many(Private)

    def persons(self, who: str) -> tuple[str, ...]:
        """The person ids behind a person or post, in order; () if there is none."""
        if who in self.people:
            return (who,)
        post = self.posts.get(who)
        return tuple(p for p in post.holders if p in self.people) if post else ()

    def persons_of(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The different persons behind several names, in the order of first mention."""
        return tuple(dict.fromkeys(p for name in names for p in self.persons(name)))

    def channels(self, person: str) -> tuple[Channel, ...]:
        """How a person is reached, the first tried first; () where it is kept elsewhere."""
        private = self.private.get(person)
        return private.channels if private else ()


def without_private(organisation: Organisation) -> Organisation:
    """The same organisation without a name or number of anybody."""
    return replace(organisation, private={})


def there_on(person: Person, on: date) -> bool:
    """True if the person belongs to the organisation on that day and is not on leave."""
    if (person.joins and on < person.joins) or (person.leaves and on > person.leaves):
        return False
    return not any(leave.from_ <= on <= leave.until for leave in person.leave)
