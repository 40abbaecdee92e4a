"""Acts as they stand in a pack file: who, where, with what, leading where."""

from __future__ import annotations

from collections.abc import Mapping

from huiyin.domain.leaves import CLASSES
from huiyin.domain.pack_texts import read_basis, read_text
from huiyin.domain.packs import ROLES, ActRule, Field, Stage, Text
from huiyin.domain.strict_yaml import Item, Place

KINDS_OF_FIELD = (
    "text",
    "unit",
    "person",
    "date",
    "period",
    "limit",
    "token",
    "kind",
    "number",
    "future-date",
)
MARKS = (
    "opens",  # starts a case
    "assigns",  # makes data["owner"] the owner
    "unassigns",  # nobody owns the case afterwards
    "moves-unit",  # data["unit"] becomes the unit
    "sets-kind",  # data["kind"] becomes the kind
    "decides",  # a reasoned answer; its author may not review it
    "answers",  # the answer reaches the complainant
    "word",  # the complainant's own word that ends the matter
    "recuses",  # the actor stands aside
    "after-answer",  # only once there has been an answer
    "once",  # once per level
    "internal",  # its texts are the office's own: the complainant sees that, not what
    "summarises",  # its text is the searchable summary of the case
    "dialogue",  # its text is a message between the complainant and the office
    "sealed",  # has another half in the vault; only what does that half may record it
    "quiet",  # changes nothing that others act on: a look at something, a copy made of it
    "leaves",  # its texts go to another unit, so they must not tell who complained
    "by-time",  # the system does it when the limit that it stops falls due
    "recounts",  # every running clock gets its date anew (the calendar has changed)
)
LEVELS = ("0", "1", "2", "3")
EXTENSION = ("propose", "grant", "refuse", "declare")


def read_act(name: str, p: Place, stages: Mapping[str, Stage]) -> ActRule:
    marks = set(p.words("marks", MARKS))
    basis = read_basis(p, "basis", required=False)
    act = ActRule(
        id=name,
        title=read_text(p, "title"),
        past=read_text(p, "past"),
        by=frozenset(p.words("by", ROLES)),
        at=_stages(p, stages),
        levels=frozenset(int(v) for v in p.words("levels", LEVELS) if v in LEVELS),
        kinds=frozenset(p.words("kinds")),
        to=_targets(p),
        register_class=p.word("register", "proceeded", tuple(sorted(CLASSES))),
        fields=_fields(p, "needs", True) + _fields(p, "may-have", False),
        tells=_tells(p),
        letter=_none(p.word("letter", "-")),
        opens="opens" in marks,
        assigns="assigns" in marks,
        unassigns="unassigns" in marks,
        moves_unit="moves-unit" in marks,
        sets_kind="sets-kind" in marks,
        decides="decides" in marks,
        answers="answers" in marks,
        word="word" in marks,
        recuses="recuses" in marks,
        level_change=int(p.word("level", "0", ("0", "+1"))),
        extension=_none(p.word("extension", "-", ("-", *EXTENSION))),
        begins=frozenset(p.words("begins")),
        ends=frozenset(p.words("ends")),
        during=frozenset(p.words("during")),
        not_during=frozenset(p.words("not-during")),
        after=frozenset(p.words("after")),
        after_answer="after-answer" in marks,
        once="once" in marks,
        internal="internal" in marks,
        summarises="summarises" in marks,
        dialogue="dialogue" in marks,
        sealed="sealed" in marks,
        within=_none(p.word("within", "-")),
        when_late=frozenset(p.words("when-late")),
        never=frozenset(p.words("never", ("decider",))),
        dated=_none(p.word("dated", "-")),
        remembers=p.words("remembers"),
        basis=basis,
        recounts="recounts" in marks,
        quiet="quiet" in marks,
        leaves="leaves" in marks,
        by_time="by-time" in marks,
    )
    if not act.by:
        p.wrong("by", "nobody may do this", "add `by: [owner]`")
    p.finish()
    return act


def _none(value: str) -> str | None:
    return None if value in ("", "-") else value


def _stages(p: Place, stages: Mapping[str, Stage]) -> frozenset[str]:
    """``at: open``, ``closed`` and ``any`` stand for all such stages."""
    names: set[str] = set()
    for word in p.words("at"):
        if word == "open":
            names |= {s.id for s in stages.values() if s.open}
        elif word == "closed":
            names |= {s.id for s in stages.values() if not s.open}
        elif word == "any":
            names |= set(stages)
        else:
            names.add(word)
    return frozenset(names)


def _targets(p: Place) -> dict[str, str]:
    item = p.take("to", required=False)
    if item is None:
        return {}
    if isinstance(item.value, str):
        return {"*": item.value}
    inner = Place(item, p.path("to"), p.problems)
    return {stage: inner.word(stage) for stage in inner.entries()}


def _fields(p: Place, key: str, required: bool) -> tuple[Field, ...]:
    section = p.place(key, required=False)
    if section is None:
        return ()
    return tuple(_field(section, name, item, required) for name, item in section.entries().items())


def _field(section: Place, name: str, item: Item, required: bool) -> Field:
    """``facts: text`` or ``finding: [supported, explained]`` (one of these)."""
    if isinstance(item.value, list):
        return Field(name, "one-of", section.words(name), required)
    return Field(name, section.word(name, None, KINDS_OF_FIELD), (), required)


def _tells(p: Place) -> tuple[Text, ...]:
    item = p.take("tells", required=False)
    if item is None:
        return ()
    if not isinstance(item.value, list):
        p.wrong("tells", "must be a list of texts", "begin each text with `- `")
        return ()
    texts = []
    for number, one in enumerate(item.value):
        holder = Item({"text": one}, one.line, one.file)
        texts.append(read_text(Place(holder, f"{p.path('tells')}[{number}]", p.problems), "text"))
    return tuple(texts)
