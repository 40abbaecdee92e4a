"""Call-out: can everybody be reached, by more than one way, soon enough, without a circle?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from huiyin.domain.plans.duties import SPOKEN, SYSTEM, Channel
from huiyin.domain.plans.findings import Hit, rule
from huiyin.domain.plans.model import Call, critical_roles
from huiyin.domain.plans.ordering import in_cycle
from huiyin.domain.plans.rules.structure import told
from huiyin.domain.plans.subject import Subject, at

STALE = timedelta(days=90)
_FILLER = re.compile(r"\+?\d{0,4}?(\d)\1{6,}|.*(1234567|7654321).*")
# Called by everybody in the land: nothing to verify.
_PUBLIC = ("short-number", "in-person", "broadcast", "alarm")


@rule("callout-no-channel")
def no_channel(subject: Subject) -> Iterator[Hit]:
    for person in _reachable(subject):
        if not _channels(subject, person):
            yield _hit(person, {"person": person})


@rule("callout-one-channel")
def one_channel(subject: Subject) -> Iterator[Hit]:
    """One way to reach somebody on whom the plan depends."""
    for person in _critical(subject):
        ways = {c.address for c in _channels(subject, person)}
        if len(ways) == 1:
            yield _hit(person, {"person": person})


@rule("callout-no-voice")
def no_voice(subject: Subject) -> Iterator[Hit]:
    """Nothing that rings: text alone is read too late at night."""
    for person in _critical(subject):
        channels = _channels(subject, person)
        if channels and not any(c.kind in SPOKEN for c in channels):
            yield _hit(person, {"person": person})


@rule("callout-filler-number")
def filler_number(subject: Subject) -> Iterator[Hit]:
    for here, file, channel in _all_channels(subject):
        if channel.address.startswith("+") and _FILLER.fullmatch(channel.address):
            yield Hit(here + "/address", {"number": channel.address}, file)


@rule("callout-unverified")
def unverified(subject: Subject) -> Iterator[Hit]:
    for person in _reachable(subject):
        for n, channel in enumerate(_channels(subject, person)):
            if channel.kind not in _PUBLIC and _is_stale(channel, subject.today):
                at_channel = at("private", person, "channels", n)
                yield Hit(at_channel, {"person": person, "days": STALE.days}, "organisation")


@rule("callout-contact-unverified")
def contact_unverified(subject: Subject) -> Iterator[Hit]:
    for contact in subject.plan.contacts.values():
        for n, channel in enumerate(contact.channels):
            if channel.kind not in _PUBLIC and _is_stale(channel, subject.today):
                facts = {"contact": contact.title, "days": STALE.days}
                yield Hit(at("contacts", contact.id, "channels", n), facts)


@rule("callout-contact-silent")
def contact_silent(subject: Subject) -> Iterator[Hit]:
    for contact in subject.plan.contacts.values():
        if not contact.channels:
            yield Hit(at("contacts", contact.id), {"contact": contact.title})


@rule("callout-shared-number")
def shared_number(subject: Subject) -> Iterator[Hit]:
    """Two people behind one number: whoever answers, the other counts as reached."""
    owner: dict[str, str] = {}
    for person in _reachable(subject):
        for n, channel in enumerate(_channels(subject, person)):
            if channel.kind not in ("mobile", "landline", "sms"):
                continue
            other = owner.setdefault(channel.address, person)
            if other != person:
                facts = {"person": person, "other": other}
                yield Hit(at("private", person, "channels", n), facts, "organisation")


@rule("callout-unreached")
def unreached(subject: Subject) -> Iterator[Hit]:
    """A role that no chain of calls beginning at the system comes to."""
    if not subject.plan.callout:
        return
    begun = _reached_at(subject)
    for role in subject.plan.roles.values():
        if role.id not in begun:
            yield Hit(at("roles", role.id), {"role": role.title})


@rule("callout-too-slow")
def too_slow(subject: Subject) -> Iterator[Hit]:
    """Even if everybody answers at the first ring, the role is called after its limit."""
    begun = _reached_at(subject)
    for role in subject.plan.roles.values():
        if role.within is not None and begun.get(role.id, 0) > role.within:
            facts = {
                "role": role.title,
                "soonest": told(begun[role.id]),
                "limit": told(role.within),
            }
            yield Hit(at("roles", role.id, "within"), facts)


@rule("callout-cycle")
def cycle(subject: Subject) -> Iterator[Hit]:
    """Groups that follow one another in a circle, and roles that call those who called them."""
    calls = subject.plan.callout
    for name in sorted(in_cycle({c.id: (c.next,) if c.next else () for c in calls.values()})):
        yield Hit(at("callout", name, "next"), {"call": calls[name].title})
    callers: dict[str, list[str]] = {}
    for call in calls.values():
        callers.setdefault(call.caller, []).extend(call.to)
    for role in subject.plan.roles:
        callers.setdefault(role, [])
    looping = in_cycle(callers)
    for call in calls.values():
        if call.caller in looping and set(call.to) & looping:
            yield Hit(at("callout", call.id, "caller"), {"call": call.title})


@rule("callout-needed")
def needed(subject: Subject) -> Iterator[Hit]:
    for call in subject.plan.callout.values():
        there = _targets(subject, call)
        if call.acknowledge == "some" and call.needed > there:
            facts = {"call": call.title, "needed": call.needed, "there": there}
            yield Hit(at("callout", call.id, "needed"), facts)


@rule("callout-nobody")
def nobody(subject: Subject) -> Iterator[Hit]:
    for call in subject.plan.callout.values():
        if not call.to and not call.contacts:
            yield Hit(at("callout", call.id), {"call": call.title})


@rule("callout-gives-up")
def gives_up(subject: Subject) -> Iterator[Hit]:
    """One try and nothing after it, for a role on which the plan depends."""
    critical = {role.id for role in critical_roles(subject.plan)}
    for call in subject.plan.callout.values():
        if set(call.to) & critical and call.tries < 2 and not call.next:
            yield Hit(at("callout", call.id, "tries"), {"call": call.title})


@rule("callout-no-times")
def no_times(subject: Subject) -> Iterator[Hit]:
    for call in subject.plan.callout.values():
        if call.ring is None or call.talk is None or call.wait is None:
            yield Hit(at("callout", call.id), {"call": call.title})


def _hit(person: str, facts: dict[str, object]) -> Hit:
    return Hit(at("private", person), facts, "organisation")


def _is_stale(channel: Channel, today: date) -> bool:
    last = max((d for d in (channel.verified, channel.answered) if d), default=None)
    return last is None or today - last > STALE


def _channels(subject: Subject, person: str) -> tuple[Channel, ...]:
    assert subject.organisation is not None
    return subject.organisation.channels(person)


def _reachable(subject: Subject) -> list[str]:
    """Everybody in a role; nobody where the private part is kept elsewhere."""
    if subject.organisation is None or not subject.organisation.private:
        return []
    return list(dict.fromkeys(p for people in subject.candidates.values() for p in people))


def _critical(subject: Subject) -> list[str]:
    wanted = {p for role in critical_roles(subject.plan) for p in subject.candidates[role.id]}
    return [p for p in _reachable(subject) if p in wanted]


def _all_channels(subject: Subject) -> Iterator[tuple[str, str, Channel]]:
    for contact in subject.plan.contacts.values():
        for n, channel in enumerate(contact.channels):
            yield at("contacts", contact.id, "channels", n), "plan", channel
    for person in _reachable(subject):
        for n, channel in enumerate(_channels(subject, person)):
            yield at("private", person, "channels", n), "organisation", channel


def _targets(subject: Subject, call: Call) -> int:
    roles = [subject.plan.roles[r] for r in call.to if r in subject.plan.roles]
    return sum(max(1, len(subject.candidates[r.id])) for r in roles) + len(call.contacts)


def _reached_at(subject: Subject) -> dict[str, int]:
    """The soonest second at which each role has answered, if everybody answers at once."""
    found: dict[str, int] = {SYSTEM: 0}
    waiting = list(subject.plan.callout.values())
    while ready := [c for c in waiting if c.caller in found]:
        for call in ready:
            for role, second in _answers(subject, call, found[call.caller]).items():
                found[role] = min(second, found.get(role, second))
        waiting = [c for c in waiting if c not in ready]
    return found


def _answers(subject: Subject, call: Call, begin: int) -> dict[str, int]:
    """Serial: as many conversations as the role needs people, one after the other."""
    one, clock = (call.talk or 0), begin
    answered = {}
    for role in call.to:
        people = subject.plan.roles[role].minimum if role in subject.plan.roles else 1
        if call.mode == "parallel":
            answered[role] = begin + one
        else:
            clock += one * people
            answered[role] = clock
    return answered
