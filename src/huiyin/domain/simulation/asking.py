"""From a plan to the question that is computed: who is called how, which roles must be filled.

What the plan and the organisation do not say is assumed, and each assumption becomes a note.
A role's people are called in their order, holders before deputies; whoever has several roles is
called once, where the call-out comes to them first. People on leave are not there. A group whose
caller nobody calls begins at the activation: that caller is who raised the alarm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from huiyin.domain.errors import Refusal
from huiyin.domain.plans import duties
from huiyin.domain.plans.model import Call, Plan, Role, critical_roles, roles_at
from huiyin.domain.plans.organisation import Organisation, there_on
from huiyin.domain.simulation.answering import Figure, Knowledge, OwnTest, Try
from huiyin.domain.simulation.calls import Callout, Group, Post, Turn
from huiyin.domain.simulation.changes import Offer
from huiyin.domain.simulation.scenario import Scenario, Shock
from huiyin.domain.simulation.staffing import Need, Staffing
from huiyin.domain.simulation.travelling import Travel

NETWORK = "mobile-network"
OVER_NETWORK = frozenset({"mobile", "sms", "short-number", "app"})
HOUR = 3600
LONGEST = 6 * HOUR


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What stands in until the organisation knows better: ``data`` of the priors file.

    ``figures``: published rates by (channel, hours). ``stands_for``: which published channel a
    channel of the plan is counted as. ``weight``: how many imagined tests a figure is worth.
    ``cause``: the chance of each common cause. Times in seconds.
    """

    figures: Mapping[tuple[str, str], Figure]
    stands_for: Mapping[str, str]
    weight: float
    ring: int
    talk: int
    wait: int
    cause: float
    travel_mean: float
    travel_deviation: float

    def knowledge(self, tests: Iterable[OwnTest], hours: str) -> Knowledge:
        """What is known of each channel at these hours; night figures stand in for the day."""
        figures = {}
        for channel, counted_as in self.stands_for.items():
            figure = self.figures.get((counted_as, hours)) or self.figures[counted_as, "night"]
            figures[channel] = figure
        return Knowledge(figures, duties.CHANNELS[0], self.weight, tuple(tests))


@dataclass(frozen=True, slots=True)
class Note:
    """Something assumed or left out: a code and what it is about."""

    code: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """The scenario, what changes may use, and the notes that belong under the figures."""

    scenario: Scenario
    offer: Offer
    notes: tuple[Note, ...]
    knowledge: Knowledge
    channels: tuple[str, ...]


def question(
    plan: Plan,
    organisation: Organisation | None,
    assumptions: Assumptions,
    on: date,
    *,
    hours: str = "night",
    level: str = "",
    tests: Iterable[OwnTest] = (),
) -> Question:
    """What is to be computed about a plan on a day. ``tests``: the organisation's own, besides
    those in its file. Raises Refusal ``simulate-level`` (level, there)."""
    if level and level not in plan.levels:
        raise Refusal("simulate-level", level=level, there=sorted(plan.levels))
    own = [
        OwnTest("", r.channel, r.answered, r.asked)
        for r in (organisation.reached if organisation else ())
        if r.hours == hours
    ]
    knowledge = assumptions.knowledge([*own, *tests], hours)
    asker = _Asker(plan, organisation, assumptions, knowledge, on, level)
    callout = asker.callout()
    staffing = asker.staffing()
    limits = list(staffing.limits.values())
    horizon = min(LONGEST, max(HOUR, 2 * max(limits, default=0)))
    travel = asker.travel() if hours == "night" else None
    shocks = asker.shocks(callout)
    scenario = Scenario(callout, staffing, max(horizon, 2 * HOUR if travel else 0), shocks, travel)
    channels = {attempt.channel for turn in callout.turns() for attempt in turn.tries}
    return Question(
        scenario, asker.offer(), tuple(asker.notes.values()), knowledge, tuple(sorted(channels))
    )


@dataclass(slots=True)
class _Asker:
    plan: Plan
    organisation: Organisation | None
    assumptions: Assumptions
    knowledge: Knowledge
    on: date
    level: str
    notes: dict[str, Note] = field(default_factory=dict)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def note(self, code: str, *names: str) -> None:
        before = self.notes[code].names if code in self.notes else ()
        self.notes[code] = Note(code, tuple(dict.fromkeys((*before, *names))))

    # -- who ----------------------------------------------------------------------------

    def people_of(self, role: Role) -> tuple[str, ...]:
        """Who may fill a role today, holders first."""
        named = (*role.holders, *role.deputies)
        if self.organisation is None:
            self.note("no-organisation")
            return tuple(dict.fromkeys(named))
        found = []
        for person in self.organisation.persons_of(named):
            known = self.organisation.people[person]
            if not there_on(known, self.on):
                self.note("away", person)
            elif not set(role.skills) <= set(known.skills):
                self.note("without-skill", person)
            else:
                found.append(person)
        return tuple(found)

    def tries(self, person: str, call: Call) -> tuple[Try, ...]:
        """The attempts at a person: each round goes through the channels in their order."""
        kinds = self._kinds(person)
        ring = self._seconds("ring", call.ring, self.assumptions.ring)
        wait = self._seconds("wait", call.wait, self.assumptions.wait)
        return tuple(
            self._try(person, kind, ring, wait if kind == kinds[-1] else 0)
            for _ in range(call.tries)
            for kind in kinds
        )

    def _try(self, person: str, kind: str, ring: int, wait: int) -> Try:
        carrier = NETWORK if kind in OVER_NETWORK else ""
        return Try(kind, self.knowledge.rate(person, kind), ring, wait, carrier)

    def _kinds(self, person: str) -> tuple[str, ...]:
        if self.organisation is None or not self.organisation.private:
            self.note("channels-assumed")
            return ("mobile",)
        kinds = tuple(dict.fromkeys(c.kind for c in self.organisation.channels(person)))
        if not kinds:
            self.note("no-channel", person)
        return kinds

    def _seconds(self, name: str, given: int | None, assumed: int) -> int:
        if given is None:
            self.note("times-assumed", name)
            return assumed
        return given

    # -- the call-out -------------------------------------------------------------------

    def callout(self) -> Callout:
        """The tree of calls: first who is called where, from the top down, then the tree."""
        calls = {c.id: c for c in self.plan.callout.values() if self._at_level(c)}
        called = {role for call in calls.values() for role in call.to}
        follows = {call.next for call in calls.values() if call.next}
        first = [c for c in calls.values() if c.caller not in called and c.id not in follows]
        if not calls:
            self.note("no-callout")
        self._place(first, calls)
        groups = tuple(self._group(call, calls) for call in first)
        idle = [c.id for c in calls.values() if c.id not in self.used]
        if idle:
            self.note("never-begun", *idle)
        return Callout(groups)

    def _at_level(self, call: Call) -> bool:
        return not self.level or not call.levels or self.level in call.levels

    def _place(self, first: Iterable[Call], calls: Mapping[str, Call]) -> None:
        """Where each person's turn is: the first place that the call-out comes to."""
        waiting, seen = list(first), {call.id for call in first}
        for call in waiting:
            for role in self._roles(call):
                for person in self.people_of(role):
                    self.places.setdefault(person, (call.id, role.id))
            after = [c for c in calls.values() if c.caller in call.to or c.id == call.next]
            fresh = [c for c in after if c.id not in seen]
            seen |= {c.id for c in fresh}
            waiting += fresh

    def _roles(self, call: Call) -> list[Role]:
        return [self.plan.roles[role] for role in call.to if role in self.plan.roles]

    def _group(self, call: Call, calls: Mapping[str, Call]) -> Group:
        self.used.add(call.id)
        posts = tuple(self._post(call, role, calls) for role in self._roles(call))
        needed = {"any": 1, "each": len(posts), "some": min(call.needed, len(posts))}
        following = calls.get(call.next)
        ring = self._seconds("ring", call.ring, self.assumptions.ring)
        talk = self._seconds("talk", call.talk, self.assumptions.talk)
        spoken_for = len(call.contacts) if call.mode == "serial" else 0
        return Group(
            posts,
            parallel=call.mode == "parallel",
            take_over=call.takeover,
            talk=talk,
            outside=spoken_for * (ring + talk),
            needed=needed[call.acknowledge],
            then=self._group(following, calls) if following and self._fresh(following) else None,
        )

    def _post(self, call: Call, role: Role, calls: Mapping[str, Call]) -> Post:
        people = self.people_of(role)
        mine = [p for p in people if self.places.get(p) == (call.id, role.id)]
        below = [c for c in calls.values() if c.caller == role.id]
        return Post(
            role.id,
            tuple(Turn(person, self.tries(person, call)) for person in mine),
            tuple(self._group(c, calls) for c in below if self._fresh(c)),
            tuple(person for person in people if person not in mine),
        )

    def _fresh(self, call: Call) -> bool:
        """Whether a group has no place in the tree yet; a circle ends here."""
        return call.id not in self.used

    # -- the rest -----------------------------------------------------------------------

    def staffing(self) -> Staffing:
        """The roles that matter at the level, with their limits."""
        wanted = {r.id for r in roles_at(self.plan, self.level)} if self.level else None
        every = [r for r in self.plan.roles.values() if wanted is None or r.id in wanted]
        roles = [r for r in critical_roles(self.plan) if r in every]
        if rest := [r.id for r in every if r not in roles]:
            self.note("not-critical", *rest)
        if every and not any(r.critical for r in self.plan.roles.values()):
            self.note("none-critical")
        needs = tuple(Need(r.id, r.minimum, self.people_of(r)) for r in roles)
        double = {frozenset((r.id, other)) for r in roles for other in r.doubles if other != r.id}
        whole = self.plan.levels[self.level].within if self.level else None
        limits = {r.id: limit for r in roles if (limit := r.within or whole)}
        if len(limits) < len(roles):
            self.note("no-limit", *(r.id for r in roles if r.id not in limits))
        return Staffing(needs, frozenset(double), limits)

    def travel(self) -> Travel:
        """The ways of those who are called from home."""
        people = self.organisation.people.values() if self.organisation else ()
        known = {p.id: p.travel for p in people if p.travel is not None}
        if unknown := sorted(self.places.keys() - known.keys()):
            self.note("travel-assumed", *unknown)
        return Travel(known, self.assumptions.travel_mean, self.assumptions.travel_deviation)

    def shocks(self, callout: Callout) -> tuple[Shock, ...]:
        """What may strike many at once: what people share, and the mobile network."""
        shared: dict[str, set[str]] = {}
        for person in self.organisation.people.values() if self.organisation else ():
            for fate in person.fates if person.id in self.places else ():
                shared.setdefault(fate, set()).add(person.id)
        found = [
            Shock(fate, self.assumptions.cause, people=frozenset(people))
            for fate, people in sorted(shared.items())
            if len(people) > 1
        ]
        carriers = {a.carrier for turn in callout.turns() for a in turn.tries}
        if NETWORK in carriers:
            network = frozenset({NETWORK})
            found.append(Shock(NETWORK, self.assumptions.cause, carriers=network))
        if found:
            self.note("causes-assumed", *(shock.id for shock in found))
        return tuple(found)

    def offer(self) -> Offer:
        """What a change may add: a deputy with a mobile telephone, a landline as second way."""
        plain = next(iter(self.plan.callout.values()), None)
        if plain is None:
            plain = Call(id="", title={}, caller=duties.SYSTEM, mode="parallel", acknowledge="each")
        ring = plain.ring or self.assumptions.ring
        wait = plain.wait or self.assumptions.wait
        deputy = tuple(self._try("", "mobile", ring, wait) for _ in range(plain.tries))
        second = tuple(self._try("", "landline", ring, wait) for _ in range(plain.tries))
        return Offer(deputy, second)
