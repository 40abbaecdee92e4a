"""Who does what with what: roles, tasks, contacts, call-out and resources of a plan.

Shape only. ``holders`` and ``deputies`` name persons or posts of the organisation file by id;
no name and no number of a person stands in a plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from huiyin.domain.periods import Period
from huiyin.domain.plans.fields import (
    Text,
    amounts,
    choice,
    day,
    duration,
    flag,
    line,
    number,
    ref,
    refs,
    rows,
    span,
    text,
)

# ISO 22320:2018 names five functions; what fits none is custom.
FUNCTIONS = ("command", "planning", "operations", "logistics", "finance", "custom")
PHASES = ("immediate", "control", "support", "recover")
CHANNELS = (
    "mobile",
    "landline",
    "sms",
    "short-number",
    "email",
    "app",
    "radio",
    "broadcast",
    "alarm",
    "in-person",
)
SPOKEN = ("mobile", "landline", "short-number", "radio", "broadcast", "alarm", "in-person")
MODES = ("serial", "parallel")
ACKNOWLEDGE = ("any", "each", "some")
SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A duty in an incident. ``doubles``: roles that the same person may hold besides.

    ``minimum``: so many different people at once. ``within``: seconds from activation in which
    the role must be filled. ``reports_to`` makes the tree in which the span is counted.
    """

    id: str
    title: Text = text()
    function: str = choice(FUNCTIONS)
    duties: Text = text(required=False)
    minimum: int = number(1, least=1, most=1000)
    holders: tuple[str, ...] = refs("who")
    deputies: tuple[str, ...] = refs("who")
    skills: tuple[str, ...] = refs("skills")
    doubles: tuple[str, ...] = refs("roles")
    reports_to: str = ref("roles", required=False)
    critical: bool = flag()
    within: int | None = duration()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A piece of work. Limits are seconds from activation; ``takes`` is its own length.

    ``measure`` says how one sees that it is done; ``evidence`` what is kept of it.
    """

    id: str
    title: Text = text()
    role: str = ref("roles", required=False)
    phase: str = choice(PHASES)
    levels: tuple[str, ...] = refs("levels")
    start_by: int | None = duration()
    finish_by: int | None = duration()
    takes: int | None = duration()
    after: tuple[str, ...] = refs("tasks")
    people: int = number(1, least=1, most=10_000)
    resources: Mapping[str, int] = amounts("resources")
    measure: Text = text(required=False)
    evidence: Text = text(required=False)
    critical: bool = flag()


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way to reach somebody, the first tried first. ``verified``: the number was checked;
    ``answered``: somebody last answered a test."""

    kind: str = choice(CHANNELS)
    address: str = line()
    verified: date | None = day()
    answered: date | None = day()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A body outside: fire brigade, hospital, the office above, a supplier."""

    id: str
    title: Text = text()
    purpose: Text = text(required=False)
    channels: tuple[Channel, ...] = rows(Channel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One step of the call-out: ``caller`` (a role, or ``system``) calls ``to`` and ``contacts``.

    A group whose caller is a role begins when that role has acknowledged; so groups make a tree.
    ``acknowledge``: any one, each, or some (``needed`` of them). ``next``: the group that follows
    when this one fails. ``takeover``: the caller above takes over for a caller who was not
    reached. ``ring``, ``talk``, ``wait`` in seconds: one ringing, one conversation, the pause
    before the next try or the next group.
    """

    id: str
    title: Text = text()
    caller: str = ref("roles-or-system")
    to: tuple[str, ...] = refs("roles")
    contacts: tuple[str, ...] = refs("contacts")
    levels: tuple[str, ...] = refs("levels")
    mode: str = choice(MODES)
    tries: int = number(2, least=1, most=20)
    ring: int | None = duration()
    talk: int | None = duration()
    wait: int | None = duration()
    acknowledge: str = choice(ACKNOWLEDGE, "each")
    needed: int = number(1, least=1, most=10_000)
    next: str = ref("callout", required=False)
    takeover: bool = flag()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Things with quantity, place, owner (person, post) and dates."""

    id: str
    title: Text = text()
    quantity: int = number()
    unit: str = line(required=False)
    site: str = ref("sites", required=False)
    kept: Text = text(required=False)
    owner: str = ref("who", required=False)
    expires: date | None = day()
    inspected: date | None = day()
    inspect_every: Period | None = span()
