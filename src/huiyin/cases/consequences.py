"""What an act leads to, told before it is done: where the case goes, which limits end and begin,
who is told what. Computed from the pack's marks; nothing here knows an act by name.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from huiyin.cases.citing import article, limit_period
from huiyin.domain.languages import pick
from huiyin.domain.packs import ActRule, Limit, Pack
from huiyin.domain.states import State


def consequences(pack: Pack, state: State, rule: ActRule, tag: str) -> list[str]:
    """The consequences of ``rule`` in ``state``, in the reader's language, most important
    first."""
    found = []
    target = rule.target(state.stage)
    if target != state.stage:
        stage = pick(pack.stages[target].title, tag)
        found.append(_("The case goes on to “%(stage)s”.") % {"stage": stage})
    found += _limits(pack, state, rule, tag)
    found += _people(rule)
    if rule.letter:
        found.append(_("A letter to the complainant is made."))
    return found


def _limits(pack: Pack, state: State, rule: ActRule, tag: str) -> list[str]:
    names = (rule.id, f"{rule.id}@{state.stage}")
    running = {clock.limit for clock in state.running()}
    ended = [pack.limits[i] for i in pack.limits if i in pack.ended_by(*names) & running]
    found = [
        _("Limit met: %(limit)s.") % {"limit": pick(x.title, tag)} for x in ended if not x.window
    ]
    for limit in pack.begun_by(*names):
        if _applies(limit, state):
            found.append(_("Limit that begins: %(limit)s.") % {"limit": _limit(limit, tag)})
    return found


def _applies(limit: Limit, state: State) -> bool:
    return (not limit.kinds or state.kind in limit.kinds) and (
        not limit.levels or state.level in limit.levels
    )


def _limit(limit: Limit, tag: str) -> str:
    told = {
        "limit": pick(limit.title, tag),
        "length": limit_period(limit, tag),
        "article": article(limit.basis, tag),
    }
    if told["length"] and told["article"]:
        return _("%(limit)s (%(length)s, %(article)s)") % told
    only = told["length"] or told["article"]
    return _("%(limit)s (%(only)s)") % (told | {"only": only}) if only else told["limit"]


def _people(rule: ActRule) -> list[str]:
    found = []
    if rule.recuses:
        found.append(_("You stand aside for good: you will not see this case again."))
    if rule.moves_unit:
        found.append(_("The other unit answers for the case from then on."))
    if rule.unassigns and not rule.recuses:
        found.append(_("The case has no owner until somebody there takes it."))
    if rule.decides:
        found.append(_("Whoever decides takes no part in a later review."))
    return found
