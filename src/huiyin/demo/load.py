"""Fills an empty installation: with starter content, or with the whole demo town.

Demo cases are handed in, handled and answered through the same acts as real ones, in the
order of time, so that register, clocks and timelines are what they would be. Nothing here
decides what is lawful; a script that the rules refuse stops the loading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from huiyin import calendars
from huiyin.cases.acting import Request, by_complainant, by_staff
from huiyin.cases.models import Case, Category, Competence
from huiyin.cases.submitting import HandIn, submit
from huiyin.demo import plans
from huiyin.demo.accounts import PASSWORD
from huiyin.demo.codes import code_of
from huiyin.demo.files import Record, cases, read
from huiyin.demo.rosters import play as play_rosters
from huiyin.demo.script import Script, Step, write
from huiyin.domain.access import Actor
from huiyin.history.ceremonies import register_ceremony
from huiyin.people import acts as people
from huiyin.people.directory import directory, touch
from huiyin.people.models import Membership, User
from huiyin.people.queries import actor_of
from huiyin.vault.officers import ROLES, create_officer_key
from huiyin.vault.queries import officer_facts

_IN_POST_SINCE = timedelta(days=3 * 365)


# --- starter ---------------------------------------------------------------------------------


@transaction.atomic
def starter() -> None:
    """One unit, its place and the starter categories: enough to receive at once."""
    unit = read("starter")["unit"]
    people.add_unit(unit["id"], unit["name"], body=True, pack=unit["pack"], zone=unit["zone"])
    people.add_place(unit["id"], unit["name"], unit["id"])
    _categories()


def _categories() -> None:
    for group in read("starter")["categories"]:
        _category(group, None)
        for leaf in group["children"]:
            _category(leaf, group["id"])
    touch()


def _category(record: Record, parent: str | None) -> None:
    Category.objects.create(
        id=record["id"],
        parent_id=parent,
        name=record["name"],
        hint=record.get("hint", {}),
        kind=record.get("kind", "grievance"),
        public=record.get("public", False),
        order=Category.objects.count(),
    )


# --- the demo town ---------------------------------------------------------------------------


def demo(*, say: bool = True, now: datetime | None = None) -> None:
    """Units, accounts and two hundred cases as of ``now`` (aware; default: this moment)."""
    moment = now or timezone.now()
    if say:
        print("Building the demo town …", flush=True)
    with transaction.atomic():
        _units()
        _areas()
        _categories()
        _routes()
        _accounts(moment.date() - _IN_POST_SINCE)
        _posts(moment.date() - _IN_POST_SINCE)
    _officers(moment - timedelta(days=800))
    _play(moment)
    play_rosters(moment)
    with transaction.atomic():
        _plans(moment)
    # What happened before today was told then: no notice goes out for it now.
    DBTaskResult.objects.all().delete()
    if say:
        print(f"{Case.objects.count()} demo cases are ready.", flush=True)


def _officers(moment: datetime) -> None:
    """The keys of the two officers, with the event of each ceremony."""
    for role in ROLES:
        with transaction.atomic():
            create_officer_key(role, PASSWORD, now=moment)
            register_ceremony("officer-key-made", officer_facts(role), moment)


def _plans(moment: datetime) -> None:
    """Example plans for the organisations of the demo, written and approved by their staff."""
    staff = _Staff(moment.date())
    for entry in read("town")["plans"]:
        writer = staff.of_post("registrar", entry["unit"])
        plans.load(entry, writer, staff.of_post("supervisor", entry["unit"]), moment)


def _units() -> None:
    town = read("town")
    tops = {top["id"]: top for top in town["tops"]}
    for unit in town["units"]:
        top = tops.get(unit["id"], {})
        people.add_unit(
            unit["id"],
            unit["name"],
            parent=unit.get("under"),
            body=unit.get("body", False),
            pack=top["packs"][0]["pack"] if top else "",
            zone=top.get("zone", ""),
            reviews=top.get("reviews", ()),
            about={"opening": top["opening"], "danger": top["danger"]} if top else None,
        )


def _areas() -> None:
    rest = {r["top"]: r["lead"] for r in read("town")["routes"] if r["category"] == "*"}
    for area in read("town")["areas"]:
        people.add_place(area["id"], area["name"], rest[area["top"]], area.get("under"))


def _routes() -> None:
    roots = {area["top"]: area["id"] for area in read("town")["areas"] if "under" not in area}
    for rule in read("town")["routes"]:
        if rule["category"] != "*":  # what no route covers goes to the place's own unit
            Competence.objects.create(
                category_id=rule["category"],
                place_id=roots[rule["top"]] if rule["area"] == "*" else rule["area"],
                unit_id=rule["lead"],
                support=rule["support"],
                why=rule["why"],
            )
    touch()


def _accounts(since: date) -> None:
    password = ""
    for account in read("town")["accounts"]:
        name = {"zh-Hans": account["name"], "en": account["name"]}
        if not password:
            password = people.add_account(account["login"], PASSWORD, display=name).password
        else:  # the same word: hashing it fifty times would take longer than all the cases
            User.objects.create(username=account["login"], display_name=name, password=password)
        for role in account["roles"]:
            people.grant(account["login"], role, account["unit"], since)


def _posts(since: date) -> None:
    for post in read("town")["posts"]:
        people.add_post(post["id"], post["name"], post["unit"])
        people.hold_post(post["holder"], post["id"], since)


# --- playing the scripts ---------------------------------------------------------------------


@dataclass
class _Played:
    """A case on its way through its script."""

    script: Script
    number: str = ""
    routed: str = ""


def _play(now: datetime) -> None:
    staff = _Staff(now.date())
    for at, played, step in _in_order_of_time(now):
        if step is None:
            _hand_in(played, at)
        elif step.role == "complainant":
            by_complainant(played.number, _request(played, step, staff), at)
        else:
            request = _request(played, step, staff)
            by_staff(played.number, request, staff.actor(played, step), at)


def _in_order_of_time(now: datetime) -> Iterator[tuple[datetime, _Played, Step | None]]:
    tops = {top["id"]: top for top in read("town")["tops"]}
    moments: list[tuple[datetime, int, int, _Played, Step | None]] = []
    for n, case in enumerate(cases()):
        top = tops[case["top"]]
        calendar = calendars.load(top["calendar"])
        script = write(case, read("scenarios"), calendar, ZoneInfo(top["zone"]), now)
        played = _Played(script)
        moments.append((script.handed_in, n, 0, played, None))
        moments += [(s.at, n, i, played, s) for i, s in enumerate(script.steps, start=1)]
    moments.sort(key=lambda m: m[:3])
    return ((at, played, step) for at, _, _, played, step in moments)


def _hand_in(played: _Played, at: datetime) -> None:
    case = played.script.case
    contact, identity = _person(case)
    command = HandIn(
        category=case["category"],
        text=case["text"],
        language=case["language"].lower(),
        place=case["area"],
        about_unit=case.get("about"),
        remedy=case["wants"],
        people=1 + case.get("collective", {"co_signers": 0})["co_signers"],
        contact=contact,
        identity=identity,
    )
    handed = submit(command, code=code_of(case["id"]), now=at)
    played.number = handed.case.number
    played.routed = handed.route.unit if handed.route else ""


def _person(case: Mapping[str, object]) -> tuple[dict[str, str], dict[str, str]]:
    """Contact and identity of a made-up person, as far as the case gives them."""
    side = read("town")["people"]["zh" if case["office"] == "zh-Hans" else "en"]
    values = {name: pattern.format(n=case["n"]) for name, pattern in side.items()}
    if case["identity"] == "anonymous":
        return {}, {}
    contact = {"email": values["email"]}
    if case["identity"] == "contact":
        return contact, {}
    return contact, {"name": values["name"], "phone": values["phone"]}


class _Staff:
    """Who holds which post, as the access rule sees them."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._actors: dict[str, Actor] = {}
        rows = Membership.objects.select_related("user").order_by("id")
        self._posts = [(r.role, r.unit_id, str(r.user_id)) for r in rows]

    def holder(self, role: str, unit: str) -> str:
        """The id of the first account with ``role`` in ``unit`` or the nearest unit above."""
        for place in directory().line(unit):
            for held, where, user in self._posts:
                if held == role and where == place:
                    return user
        raise LookupError(f"no {role} for {unit}")

    def actor(self, played: _Played, step: Step) -> Actor:
        """Who does ``step``: the one it is assigned to, or the holder of the post."""
        case = Case.objects.get(number=played.number)
        if step.role in ("owner", "reviewer") and case.owner_id is not None:
            return self._actor(str(case.owner_id))
        unit = str(case.unit_id) if step.role == "reviewer" else played.script.case["top"]
        return self._actor(self.holder(step.role, unit))

    def of_post(self, role: str, unit: str) -> Actor:
        """The holder of a post as the access rule sees them."""
        return self._actor(self.holder(role, unit))

    def _actor(self, user: str) -> Actor:
        if user not in self._actors:
            self._actors[user] = actor_of(User.objects.get(pk=user).pk, self._today)
        return self._actors[user]


def _request(played: _Played, step: Step, staff: _Staff) -> Request:
    values = {name: str(value) for name, value in step.data.items()} | dict(step.texts)
    for name, value in values.items():
        if value == "@routed":
            values[name] = played.routed
        elif value in ("@owner", "@reviewer"):
            unit = str(Case.objects.get(number=played.number).unit_id)
            values[name] = staff.holder(value[1:], unit)
    return Request(step.act, values)
