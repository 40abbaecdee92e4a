"""A small plan and its organisation, made by hand: what the tests of simulations ask about."""

from __future__ import annotations

from huiyin.domain.plans.model import About, Call, Channel, Level, Plan, Role, Scope
from huiyin.domain.plans.organisation import (
    OrgAbout,
    Organisation,
    Person,
    Private,
    Unit,
)


def role(name: str, holders: tuple[str, ...], deputies: tuple[str, ...], **more: object) -> Role:
    return Role(
        id=name,
        title={"en": f"Role {name}", "zh-Hans": f"岗位 {name}"},
        function="custom",
        holders=holders,
        deputies=deputies,
        critical=True,
        **more,  # type: ignore[arg-type]
    )


def call(name: str, caller: str, to: tuple[str, ...]) -> Call:
    return Call(
        id=name,
        title={"en": name},
        caller=caller,
        to=to,
        mode="serial",
        tries=2,
        ring=30,
        talk=60,
        wait=20,
        acknowledge="each",
    )


PLAN = Plan(
    about=About(
        id="small-plan",
        title={"en": "Small plan", "zh-Hans": "小预案"},
        kind="special",
        hazards=("fire",),
        settings=("workplace",),
        jurisdiction="cn",
        zone="Asia/Shanghai",
        languages=("en", "zh-Hans"),
        unit="office",
        version="1",
        status="draft",
    ),
    scope=Scope(applies={"en": "the office", "zh-Hans": "办公室"}),
    levels={
        "one": Level(
            id="one", number=1, title={"en": "One", "zh-Hans": "一级"}, within=900,
            authority=("chief",),
        )
    },
    roles={
        "chief": role("chief", ("ann",), ("bea",), within=300),
        "fire": role("fire", ("cai",), ("dan",)),
        "count": role("count", ("dan",), ("bea",)),
    },
    callout={
        "alarm": call("alarm", "system", ("chief",)),
        "spread": call("spread", "chief", ("fire", "count")),
    },
)  # fmt: skip


def _person(name: str, *fates: str) -> Person:
    return Person(id=name, unit="office", fates=fates)


def _private(name: str, *kinds: str) -> Private:
    channels = tuple(Channel(kind=kind, address="+8613800000000") for kind in kinds)
    return Private(id=name, name=name.title(), channels=channels)


ORGANISATION = Organisation(
    about=OrgAbout(id="office", title={"en": "Office"}, zone="Asia/Shanghai", languages=("en",)),
    units={"office": Unit(id="office", title={"en": "Office"})},
    people={
        "ann": _person("ann", "shift-a"),
        "bea": _person("bea", "shift-a", "alone"),
        "cai": _person("cai"),
        "dan": _person("dan"),
    },
    private={
        "ann": _private("ann", "mobile", "landline"),
        "bea": _private("bea", "mobile"),
        "cai": _private("cai", "mobile"),
        "dan": _private("dan", "sms"),
    },
)
