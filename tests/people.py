"""The cast of the tests: few people, each in one role, two jurisdictions, and an outsider.

    city (body, re-examines) ← county (body, reviews) ← town (body): works, wages
    homes (body, England): repairs, relations (stage 2)

Alice registers for the town, Bob and Bella own cases of its works, Sun supervises the town,
Rao and Rita review at the county, Chen re-examines at the city. Wang handles wages.
Ruth registers for homes, Omar owns repairs, Susan supervises, Stella does stage 2.
Peng is privacy officer, Olga ombudsman, Audrey auditor, Adam administrator. Otto is nobody.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from huiyin.cases.acting import Done, Request, by_complainant, by_staff
from huiyin.cases.models import Category, Competence
from huiyin.cases.submitting import HandedIn, HandIn, submit
from huiyin.domain.access import Actor
from huiyin.domain.receipts import Code, make
from huiyin.people import acts
from huiyin.people.directory import touch
from huiyin.people.models import User
from huiyin.people.queries import actor_of

PASSWORD = "a calm river keeps its stones"
SINCE = date(2020, 1, 1)
# A Monday morning in Shanghai; the register's clock never runs backward within one test.
NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

CAST = {
    "alice": ("registrar", "town"),
    "bob": ("owner", "works"),
    "bella": ("owner", "works"),
    "wang": ("owner", "wages"),
    "sun": ("supervisor", "town"),
    "rao": ("reviewer", "county"),
    "rita": ("reviewer", "county"),
    "chen": ("reviewer", "city"),
    "ruth": ("registrar", "homes"),
    "omar": ("owner", "repairs"),
    "susan": ("supervisor", "homes"),
    "stella": ("reviewer", "relations"),
    "peng": ("privacy_officer", "town"),
    "olga": ("ombudsman", "county"),
    "audrey": ("auditor", "city"),
    "adam": ("administrator", "town"),
    "otto": (None, None),
}


def _units() -> None:
    cn, uk = "cn-xinfang-2022", "uk-housing-2024"
    add = acts.add_unit
    add("city", {"en": "City", "zh-Hans": "市"}, body=True, pack=cn, zone="Asia/Shanghai")
    add("county", {"en": "County", "zh-Hans": "县"}, parent="city", body=True)
    add("town", {"en": "Town", "zh-Hans": "镇"}, parent="county", body=True)
    add("works", {"en": "Works office", "zh-Hans": "建设办"}, parent="town")
    add("wages", {"en": "Wages office", "zh-Hans": "劳动所"}, parent="town")
    homes = {"en": "Homes", "zh-Hans": "住房协会"}
    add("homes", homes, body=True, pack=uk, zone="Europe/London", reviews=["relations"])
    add("repairs", {"en": "Repairs", "zh-Hans": "维修组"}, parent="homes")
    add("relations", {"en": "Relations", "zh-Hans": "住户关系组"}, parent="homes")


def _tables() -> None:
    acts.add_place("jixi", {"en": "Jixi", "zh-Hans": "霁溪"}, "town")
    acts.add_place("vale", {"en": "Vale", "zh-Hans": "谷地"}, "homes")
    for parent, leaves in {"public": ["roads", "noise"], "living": ["pay", "damp"]}.items():
        Category.objects.create(id=parent, name={"en": parent.title(), "zh-Hans": parent})
        for leaf in leaves:
            Category.objects.create(
                id=leaf, parent_id=parent, name={"en": leaf.title(), "zh-Hans": leaf}
            )
    for category, place, unit in (
        ("public", "jixi", "works"),
        ("pay", "jixi", "wages"),
        ("damp", "vale", "repairs"),
    ):
        Competence.objects.create(category_id=category, place_id=place, unit_id=unit)
    touch()


@dataclass
class Town:
    """The installation of a test with short ways to act in it."""

    users: dict[str, User] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """One of the cast as the access rule sees them."""
        return actor_of(self.users[name].pk, date(2026, 3, 2))

    def id(self, name: str) -> str:
        """The account id that goes into events."""
        return str(self.users[name].pk)

    def hand_in(
        self, category: str = "roads", place: str = "jixi", now: datetime = NOW, **more: object
    ) -> tuple[HandedIn, Code]:
        """Hand in a complaint; returns it with its receipt code."""
        code = make(os.urandom(15))
        texts: dict[str, object] = {"text": "The lamp by the bridge is dark.", "language": "en"}
        command = HandIn(category=category, place=place, **{**texts, **more})  # type: ignore[arg-type]  # keywords of HandIn
        return submit(command, code=code, now=now), code

    def act(self, name: str, number: str, act: str, now: datetime = NOW, **values: str) -> Done:
        """One of the cast acts on a case."""
        return by_staff(number, Request(act, values), self.actor(name), now)

    def complainant(self, number: str, act: str, now: datetime = NOW, **values: str) -> Done:
        """The complainant acts on their case."""
        return by_complainant(number, Request(act, values), now)


def build() -> Town:
    """Make the offices, tables and the cast."""
    _units()
    _tables()
    town = Town()
    for name, (role, unit) in CAST.items():
        user = User(username=name, display_name={"en": name.title()})
        # One cheap hash for all: Argon2 for seventeen people would cost seconds per test.
        user.password = "!"
        user.save(force_insert=True)
        town.users[name] = user
        if role and unit:
            acts.grant(name, role, unit, SINCE)
    return town
