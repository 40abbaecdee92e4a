"""May this be done now, by this person, with these particulars? ``decide`` says yes or why not.

``decide`` turns an act into events or raises a ``Refusal`` whose data let the page explain
what is missing and what is open instead. ``offers`` lists what is open. Both look at the
state as time alone has made it (``as_of``). What events do to a state is in ``folding``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from huiyin.domain.calendars import Calendar
from huiyin.domain.errors import Refusal
from huiyin.domain.folding import as_of
from huiyin.domain.packs import PERSONAL, ActRule, Field, Limit, Pack
from huiyin.domain.periods import Period
from huiyin.domain.states import Act, Clock, Event, Offer, State

_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}\Z")


def decide(
    pack: Pack, calendar: Calendar, state: State | None, act: Act, now: datetime
) -> tuple[Event, ...]:
    """The events of an act at ``now`` (aware).

    Raises ``Refusal``: act-unknown, case-already-open, case-not-open-yet, act-not-open,
    act-not-yours, not-the-owner, limit-passed, not-late-yet, nothing-to-end, already-begun,
    act-needs-earlier-act, act-needs-answer, act-only-once, recused, already-decider,
    approver-is-applicant, extension-not-possible, extension-already-used,
    extension-too-long, field-missing, field-unknown-value, field-date-impossible,
    number-too-large, free-text-in-event.
    """
    rule = pack.act(act.id)
    if state is None:
        return (_opening(pack, calendar, rule, act, now),)
    if rule.opens:
        raise Refusal("case-already-open", act=act.id)
    current = as_of(pack, calendar, state, max(now, state.last))
    _check_open(pack, current, rule, act.role)
    _check_actor(pack, current, rule, act)
    _check_time(current, rule, now)
    data = _particulars(pack, current, rule, act.data, now)
    _check_assignee(current, rule, data)
    if rule.extension is not None:
        data = {**data, **_extension(pack, current, rule, act, data, now)}
    return (Event(state.seq + 1, act.id, max(now, state.last), act.role, act.actor, data),)


def offers(
    pack: Pack,
    calendar: Calendar,
    state: State,
    now: datetime,
    role: str,
    actor: str | None,
) -> tuple[Offer, ...]:
    """The acts open now to this role and person, in the order of the pack."""
    current = as_of(pack, calendar, state, max(now, state.last))
    open_now = []
    for rule in pack.acts.values():
        if rule.opens or not _reachable(pack, current, rule, role, actor, now):
            continue
        limit, closes = _closing(pack, current, rule)
        open_now.append(Offer(rule.id, closes, limit))
    return tuple(open_now)


def _reachable(
    pack: Pack, state: State, rule: ActRule, role: str, actor: str | None, now: datetime
) -> bool:
    if not _placed(pack, state, rule) or not rule.by & pack.plays(role):
        return False
    try:
        _check_open(pack, state, rule, role)
        _check_actor(pack, state, rule, Act(rule.id, role, actor))
        _check_time(state, rule, now)
        if rule.extension in ("propose", "declare"):
            _extendable(pack, state, rule, None, now)
        if rule.extension == "grant":
            _granting(pack, state, rule, Act(rule.id, role, actor), now)
    except Refusal:
        return False
    return True


def _closing(pack: Pack, state: State, rule: ActRule) -> tuple[str | None, datetime | None]:
    if rule.within is not None:
        clock = state.clock(rule.within)
        return rule.within, clock.due_at if clock else None
    if rule.extension is not None:
        due = [c for c in state.running() if pack.limits[c.limit].extension is not None]
        if due:
            return due[0].limit, due[0].due_at
    return None, None


def _opening(pack: Pack, calendar: Calendar, rule: ActRule, act: Act, now: datetime) -> Event:
    if not rule.opens:
        raise Refusal("case-not-open-yet", act=act.id)
    if not rule.by & pack.plays(act.role):
        raise Refusal("act-not-yours", act=act.id, role=act.role, by=sorted(rule.by))
    data = _particulars(pack, None, rule, act.data, now)
    law = {
        "pack": pack.id,
        "pack_version": pack.version,
        "calendar": calendar.id,
        "calendar_version": calendar.version,
        "kind": data.get("kind", pack.default_kind),
    }
    return Event(1, act.id, now, act.role, act.actor, {**data, **law})


def _placed(pack: Pack, state: State, rule: ActRule) -> bool:
    return (
        state.stage in rule.at
        and (not rule.levels or state.level in rule.levels)
        and (not rule.kinds or state.kind in rule.kinds)
    )


def _check_open(pack: Pack, state: State, rule: ActRule, role: str) -> None:
    if not _placed(pack, state, rule):
        _refuse_passed(state, rule)
        raise Refusal(
            "act-not-open",
            act=rule.id,
            stage=state.stage,
            level=state.level,
            open=_open_acts(pack, state, role),
        )
    begun = {s.id for s in state.spells}
    if rule.during - begun:
        raise Refusal("nothing-to-end", act=rule.id, missing=sorted(rule.during - begun))
    if rule.not_during & begun:
        raise Refusal("already-begun", act=rule.id, begun=sorted(rule.not_during & begun))
    if rule.after - state.done:
        raise Refusal("act-needs-earlier-act", act=rule.id, missing=sorted(rule.after - state.done))
    if rule.after_answer and not state.answered:
        raise Refusal("act-needs-answer", act=rule.id)
    if rule.once and rule.id in state.done:
        raise Refusal("act-only-once", act=rule.id)


def _refuse_passed(state: State, rule: ActRule) -> None:
    """If the act was open until a date that has passed, say the date, not merely "not open"."""
    clock = state.clock(rule.within) if rule.within else None
    if clock is not None and clock.lapsed:
        raise Refusal("limit-passed", act=rule.id, limit=clock.limit, date=_last_day(clock))


def _last_day(clock: Clock) -> str:
    return clock.due.due.isoformat() if clock.due is not None else ""


def _open_acts(pack: Pack, state: State, role: str) -> list[str]:
    plays = pack.plays(role)
    return [r.id for r in pack.acts.values() if _placed(pack, state, r) and r.by & plays]


def _check_actor(pack: Pack, state: State, rule: ActRule, act: Act) -> None:
    mine = rule.by & pack.plays(act.role)
    if not mine:
        raise Refusal("act-not-yours", act=act.id, role=act.role, by=sorted(rule.by))
    free = rule.assigns or rule.recuses or rule.quiet
    personal = act.role in PERSONAL and not free
    if personal and mine <= PERSONAL and act.actor != state.owner:
        raise Refusal("not-the-owner", act=act.id, assigned=state.owner is not None)
    if act.actor in state.recused and act.role != "complainant":
        raise Refusal("recused", act=act.id)
    if "decider" in rule.never and not rule.assigns and act.actor in state.deciders:
        raise Refusal("already-decider", act=act.id)


def _check_assignee(state: State, rule: ActRule, data: Mapping[str, object]) -> None:
    if not rule.assigns or "owner" not in data:
        return
    if data["owner"] in state.recused:
        raise Refusal("recused", act=rule.id)
    if "decider" in rule.never and data["owner"] in state.deciders:
        raise Refusal("already-decider", act=rule.id)


def _check_time(state: State, rule: ActRule, now: datetime) -> None:
    if rule.within is not None:
        clock = state.clock(rule.within)
        if clock is not None and clock.due_at is not None and now >= clock.due_at:
            raise Refusal("limit-passed", act=rule.id, limit=rule.within, date=_last_day(clock))
        if clock is None or clock.stopped is not None:
            raise Refusal(
                "act-not-open", act=rule.id, stage=state.stage, level=state.level, open=[]
            )
    if rule.when_late:
        duties = [c for c in state.running() if rule.when_late & {"any", c.limit}]
        duties = [c for c in duties if c.owed_by == "office"]
        if not any(c.late(now) for c in duties):
            dues = [str(c.due.due) for c in duties if c.due is not None]
            raise Refusal("not-late-yet", act=rule.id, date=min(dues, default=None))


# --- particulars -----------------------------------------------------------------------------


def _particulars(
    pack: Pack, state: State | None, rule: ActRule, given: Mapping[str, object], now: datetime
) -> dict[str, object]:
    """The act's data, complete and free of free text. Raises field-missing and its kin."""
    texts = given.get("texts", {})
    if not isinstance(texts, Mapping):
        raise Refusal("field-unknown-value", act=rule.id, field="texts", accepted=["mapping"])
    missing = [
        f.id
        for f in rule.fields
        if f.required and not (texts.get(f.id) if f.kind == "text" else given.get(f.id))
    ]
    if missing:
        raise Refusal("field-missing", act=rule.id, fields=missing)
    for name, value in given.items():
        _check_plain(rule.id, name, value)
    for one in rule.fields:
        if one.kind != "text" and given.get(one.id) is not None:
            _check_field(pack, state, rule, one, given[one.id], now)
    return {name: value for name, value in given.items() if value is not None}


def _check_plain(act: str, name: str, value: object) -> None:
    """Events live for ever in the register: only tokens, numbers and references may enter."""
    parts: Iterable[object]
    if isinstance(value, str):
        if _TOKEN.match(value) is None:
            raise Refusal("free-text-in-event", act=act, field=name)
        return
    if value is None or isinstance(value, int | bool):
        return
    if isinstance(value, Mapping):
        parts = [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple):
        parts = value
    else:
        raise Refusal("free-text-in-event", act=act, field=name)
    for part in parts:
        _check_plain(act, name, part)


def _check_field(
    pack: Pack, state: State | None, rule: ActRule, one: Field, value: object, now: datetime
) -> None:
    accepted: list[str] | None = None
    if one.kind == "one-of" and value not in one.choices:
        accepted = list(one.choices)
    elif one.kind == "kind" and value not in pack.kinds:
        accepted = list(pack.kinds)
    elif one.kind == "limit" and value not in pack.limits:
        accepted = list(pack.limits)
    elif one.kind == "number":
        _check_number(pack, rule, one, value)
    elif one.kind in ("date", "future-date"):
        _check_date(pack, state, rule, one, value, now)
    if accepted is not None:
        raise Refusal("field-unknown-value", act=rule.id, field=one.id, accepted=accepted)


def _check_number(pack: Pack, rule: ActRule, one: Field, value: object) -> None:
    """A remark of the same name with a number caps the field (representatives: at most five)."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Refusal("field-unknown-value", act=rule.id, field=one.id, accepted=["1, 2, 3 …"])
    remark = pack.remarks.get(one.id)
    if remark is not None and remark.number is not None and value > remark.number:
        raise Refusal("number-too-large", act=rule.id, field=one.id, maximum=remark.number)


def _check_date(
    pack: Pack, state: State | None, rule: ActRule, one: Field, value: object, now: datetime
) -> None:
    """A date an act carries lies between the start of the case and today, or after today."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        raise Refusal(
            "field-unknown-value", act=rule.id, field=one.id, accepted=["YYYY-MM-DD"]
        ) from None
    zone = ZoneInfo(pack.zone)
    today = now.astimezone(zone).date()
    earliest = date.min if state is None else state.started.astimezone(zone).date()
    latest = today
    if one.kind == "future-date":
        earliest, latest = today, date.max
    if not earliest <= day <= latest:
        raise Refusal(
            "field-date-impossible",
            act=rule.id,
            field=one.id,
            earliest=earliest.isoformat(),
            latest=latest.isoformat(),
        )


# --- extensions ------------------------------------------------------------------------------


def _extension(
    pack: Pack,
    state: State,
    rule: ActRule,
    act: Act,
    data: Mapping[str, object],
    now: datetime,
) -> dict[str, object]:
    """The limit and the period of an extension, checked. The grant repeats what was proposed."""
    if rule.extension == "refuse":
        return {}
    if rule.extension == "grant":
        return _granting(pack, state, rule, act, now)
    clock, limit = _extendable(pack, state, rule, data.get("limit"), now)
    period = _period(rule, data.get("period"))
    _check_length(rule, limit, period)
    return {"limit": clock.limit, "period": str(data["period"])}


def _granting(
    pack: Pack, state: State, rule: ActRule, act: Act, now: datetime
) -> dict[str, object]:
    proposal = next((s for s in state.spells if s.id in rule.during and "period" in s.data), None)
    if proposal is None:
        raise Refusal("nothing-to-end", act=rule.id, missing=sorted(rule.during))
    if act.actor is not None and act.actor == proposal.by:
        raise Refusal("approver-is-applicant", act=rule.id)
    clock, _ = _extendable(pack, state, rule, proposal.data["limit"], now)
    return {"limit": clock.limit, "period": str(proposal.data["period"])}


def _extendable(
    pack: Pack, state: State, rule: ActRule, wanted: object, now: datetime
) -> tuple[Clock, Limit]:
    running = [
        (c, pack.limits[c.limit])
        for c in state.running()
        if pack.limits[c.limit].extension is not None and wanted in (None, c.limit)
    ]
    if not running:
        raise Refusal("extension-not-possible", act=rule.id, limit=wanted)
    clock, limit = running[0]
    extension = limit.extension
    assert extension is not None
    if clock.extended >= extension.times:
        raise Refusal("extension-already-used", act=rule.id, limit=clock.limit)
    if clock.due_at is not None and now >= clock.due_at:
        raise Refusal("limit-passed", act=rule.id, limit=clock.limit, date=_last_day(clock))
    return clock, limit


def _period(rule: ActRule, value: object) -> Period:
    try:
        return Period.parse(str(value))
    except (Refusal, ValueError):
        raise Refusal(
            "field-unknown-value", act=rule.id, field="period", accepted=["30d", "10wd", "2m"]
        ) from None


def _check_length(rule: ActRule, limit: Limit, period: Period) -> None:
    extension = limit.extension
    assert extension is not None
    most = extension.maximum
    if period.unit != most.unit or not 0 < period.count <= most.count:
        raise Refusal(
            "extension-too-long",
            act=rule.id,
            limit=limit.id,
            maximum=f"{most.count}{most.unit}",
        )
