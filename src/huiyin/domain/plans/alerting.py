"""A warning that a plan has prepared becomes the draft of an alert (CAP 1.2).

What only the moment knows (urgency, severity, certainty, start, sender, recipients) stays empty and
is asked for when the message is composed: a plan cannot say how bad it is.
"""

from __future__ import annotations

from huiyin.domain.cap.message import Alert, Area, Info, Pair
from huiyin.domain.errors import Refusal
from huiyin.domain.languages import pick
from huiyin.domain.plans.accounts import Warning
from huiyin.domain.plans.fields import Text
from huiyin.domain.plans.model import Plan

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
