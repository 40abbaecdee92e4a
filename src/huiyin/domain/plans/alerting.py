"""A warning that a plan has prepared becomes the draft of an alert (CAP 1.2).

What only the moment knows (urgency, severity, certainty, start, sender, recipients) stays empty and
is asked for when the message is composed: a plan cannot say how bad it is.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from huiyin.domain.cap.message import Alert, Area, Info, Pair
from huiyin.domain.errors import Refusal
from huiyin.domain.languages import pick
from huiyin.domain.plans.accounts import Warning
from huiyin.domain.plans.fields import Text
from huiyin.domain.plans.model import Plan
from huiyin.domain.plans.rules.limits import GATHERINGS

# The languages of plans as CAP names them (RFC 3066).
LANGUAGES = {"zh-Hans": "zh-CN", "zh-Hant": "zh-TW", "en": "en-GB", "ar": "ar"}


def draft(plan: Plan, warning: str) -> Alert:
    """The draft with a block for each language of the plan. Raises ``Refusal``:
    ``plan-warning-unknown``."""
    found = plan.warnings.get(warning)
    if found is None:
        raise Refusal("plan-warning-unknown", warning=warning, known=sorted(plan.warnings))
    first = plan.about.languages[0]
    audience, note = pick(found.audience, first), pick(found.note, first)
    return Alert(
        status=found.status,
        msg_type="Alert",
        scope=found.scope,
        restriction=audience if found.scope == "Restricted" else "",
        note=note or (pick(found.title, first) if found.status == "Exercise" else ""),
        info=tuple(_info(found, language) for language in plan.about.languages),
    )


def _info(warning: Warning, language: str) -> Info:
    def said(text: Text) -> str:
        return text.get(language, "")

    return Info(
        language=LANGUAGES[language],
        category=(warning.category,) if warning.category else (),
        event=said(warning.title),
        audience=said(warning.audience),
        sender_name=said(warning.issuer),
        headline=said(warning.title),
        description=said(warning.attention),
        instruction=said(warning.measures),
        parameter=(Pair("level", warning.colour),) if warning.colour else (),
        area=(Area(said(warning.area)),) if said(warning.area) else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a plan cannot know of an alert. ``onset`` and ``expires`` as CAP writes times;
    ``to`` says in words to whom it goes: never an address."""

    sender: str
    actual: bool
    to: str
    severity: str
    urgency: str
    certainty: str
    response: tuple[str, ...]
    onset: str
    expires: str = ""


def at_once(plan: Plan, warning: str, moment: Moment) -> Alert:
    """The alert of a warning at a moment: restricted, an exercise unless it is actual. Raises
    ``Refusal``: ``plan-warning-unknown``, ``alert-not-in-force``, ``alert-gathering``."""
    prepared = draft(plan, warning)
    if moment.actual and plan.about.status != "approved":
        raise Refusal("alert-not-in-force")
    status = "Actual" if moment.actual else "Exercise"
    title = pick(plan.warnings[warning].title, plan.about.languages[0])
    found = replace(
        prepared,
        sender=moment.sender,
        status=status,
        scope="Restricted",
        restriction=moment.to,
        note="" if moment.actual else prepared.note or title,
        info=tuple(_at(info, moment) for info in prepared.info),
    )
    if word := gathering(found):
        raise Refusal("alert-gathering", word=word)
    return found


def updating(message: Alert, earlier: Alert) -> Alert:
    """``message`` as the update of one that was sent before: what people read from now on."""
    return replace(message, msg_type="Update", references=_reference(earlier))


def cancelling(earlier: Alert, reason: str) -> Alert:
    """The message that calls an earlier one off, for the same people, with the reason in words.
    Raises ``Refusal``: ``alert-gathering``."""
    exercise = earlier.status == "Exercise"
    found = Alert(
        sender=earlier.sender,
        status=earlier.status,
        msg_type="Cancel",
        scope=earlier.scope,
        restriction=earlier.restriction,
        addresses=earlier.addresses,
        note=f"{earlier.note}: {reason}" if exercise else reason,
        references=_reference(earlier),
    )
    if word := gathering(found):
        raise Refusal("alert-gathering", word=word)
    return found


def _reference(earlier: Alert) -> str:
    """How CAP names an earlier message (section 3.2.1, references)."""
    return f"{earlier.sender},{earlier.identifier},{earlier.sent}"


def _at(info: Info, moment: Moment) -> Info:
    level = info.parameter or (Pair("level", moment.severity),)
    return replace(
        info,
        severity=moment.severity,
        urgency=moment.urgency,
        certainty=moment.certainty,
        response_type=moment.response,
        onset=moment.onset,
        expires=moment.expires,
        parameter=level,
    )


def gathering(alert: Alert) -> str:
    """A word that makes people with a demand the subject of the alert; "" if there is none."""
    texts = [alert.note, alert.restriction, alert.sender]
    for info in alert.info:
        texts += [getattr(info, f.name) for f in fields(info)]
        texts += [area.area_desc for area in info.area]
    said = " ".join(text.lower() for text in texts if isinstance(text, str))
    return next((word for word in GATHERINGS if word in said), "")
