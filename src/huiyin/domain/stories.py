"""A flaw of a pack, told so that whoever wrote the law down can see it happen.

Each flaw is a sentence, a remedy, and the shortest sequence of steps that leads to it, in the
words of the pack itself. How flaws are found is in ``exploring``.
"""

from __future__ import annotations

from huiyin.domain.describing import ROLE_NAMES
from huiyin.domain.exploring import Flaw
from huiyin.domain.packs import Pack
from huiyin.domain.walking import TIME, Node

FLAWS: dict[str, dict[str, tuple[str, str]]] = {
    "nobody-answerable": {
        "en": (
            "In “{about}” the case may have no owner while no clock runs until it gets one.",
            "Let a limit start on `unowned` and stop on `owned`, or include the shared acts.",
        ),
        "zh": (
            "在“{about}”，事项可能没有承办人，也没有指派承办人的期限。",
            "加一条 `starts: unowned`、`stops: owned` 的时限，或者引用共用行为。",
        ),
    },
    "no-clock": {
        "en": (
            "In “{about}” no clock runs: the case could lie there for ever.",
            "Add a limit that starts on the act leading here; `period: promptly` needs no figure.",
        ),
        "zh": (
            "在“{about}”没有任何时限在走：事项可以无限期搁置。",
            "给到达此处的行为加一条时限（法律没有数字时写 `period: promptly`）。",
        ),
    },
    "office-cannot-act": {
        "en": (
            "In “{about}” the office is to act, but no act of the office leads on from here.",
            "Add an act `at: [this stage]` by the owner, or say `waits-on: complainant`.",
        ),
        "zh": (
            "在“{about}”应由办理单位行动，但没有任何办理单位的行为能使事项继续。",
            "给承办人加一个 `at: [此阶段]` 的行为，或者写 `waits-on: complainant`。",
        ),
    },
    "never-ends": {
        "en": (
            "From “{about}” the office cannot bring the case to an end by its own acts.",
            "Add an act of the office that leads to an answer, or a window that lapses.",
        ),
        "zh": (
            "从“{about}”起，办理单位自己无法使事项了结。",
            "加一个通向答复的办理行为，或者一个会届满的期限。",
        ),
    },
    "level-undeclared": {
        "en": (
            "“{about}” takes the case above the highest level that is declared.",
            "Declare the level under `levels:`, or keep the act off the stages of the last one.",
        ),
        "zh": (
            "“{about}”使事项超出了已声明的最高级别。",
            "在 `levels:` 下声明该级别，或者不要在最后一级的阶段提供此行为。",
        ),
    },
    "closed-without-answer": {
        "en": (
            "“{about}” closes the case without a reasoned answer or the complainant's word.",
            "Let it follow an act marked `decides`, or mark it `word` if it is the complainant's.",
        ),
        "zh": (
            "“{about}”在没有说明理由的答复、也没有投诉人表示的情况下结案。",
            "让它在带有 `decides` 标记的行为之后，或者只允许投诉人做并标记 `word`。",
        ),
    },
    "answer-not-delivered": {
        "en": (
            "“{about}” closes the case although the answer never reached the complainant.",
            "Let an act marked `answers` come before, or mark the deciding act `answers`.",
        ),
        "zh": (
            "“{about}”结案时，答复还没有送到投诉人。",
            "让带有 `answers` 标记的行为在前，或者给作出答复的行为加 `answers`。",
        ),
    },
    "word-of-another": {
        "en": (
            "“{about}” speaks for the complainant, but others may do it.",
            "Write `by: complainant`.",
        ),
        "zh": ("“{about}”代表投诉人的意思，但其他人也能做。", "写 `by: complainant`。"),
    },
    "act-unreachable": {
        "en": (
            "The act “{about}” can never be done.",
            "Check its `at`, `levels`, `kinds`, `during` and `after`.",
        ),
        "zh": (
            "行为“{about}”永远做不了。",
            "检查它的 `at`、`levels`、`kinds`、`during` 和 `after`。",
        ),
    },
    "stage-unreachable": {
        "en": ("No case can reach “{about}”.", "Let an act lead there, or delete it."),
        "zh": ("没有事项能到达“{about}”。", "让某个行为通向它，或者删去。"),
    },
    "limit-never-starts": {
        "en": ("The limit “{about}” never starts.", "Check its `starts`, `levels` and `kinds`."),
        "zh": ("时限“{about}”永远不会开始。", "检查它的 `starts`、`levels` 和 `kinds`。"),
    },
    "limit-never-stops": {
        "en": (
            "Once “{about}” runs here, nothing the office can do stops it.",
            "Add to `stops:` an act that is open in this stage.",
        ),
        "zh": (
            "时限“{about}”在这里开始后，办理单位做什么都不能使它停止。",
            "在 `stops:` 中加一个此阶段可做的行为。",
        ),
    },
    "reviewer-is-decider": {
        "en": (
            "By “{about}” somebody can review what they decided themselves.",
            "Add `never: decider` to the act.",
        ),
        "zh": ("通过“{about}”，原决定人可以复查自己的决定。", "给该行为加 `never: decider`。"),
    },
    "no-way-up": {
        "en": (
            "In “{about}” the office can be late and the complainant has no lawful next step.",
            "Give the complainant an act with `when-late:` or one that goes up a level.",
        ),
        "zh": (
            "在“{about}”办理单位逾期时，投诉人没有任何合法的下一步。",
            "给投诉人一个带 `when-late:` 的行为，或者上一级的行为。",
        ),
    },
    "too-many-states": {
        "en": (
            "More than {about} states: the proof is not complete.",
            "Simplify the procedure, or raise the bound.",
        ),
        "zh": ("状态超过 {about} 个，证明不完整。", "简化程序，或者提高上限。"),
    },
}
_PASSES = {"en": "time passes until the limit “{0}” ends", "zh": "时间过去，“{0}”的期限届满"}
_ROLES = {"en": ROLE_NAMES["en"], "zh": ROLE_NAMES["zh-Hans"]}


def sentence(pack: Pack, flaw: Flaw, language: str) -> tuple[str, str]:
    """What is wrong and what to write instead; ``language`` is one of the pack's languages."""
    what, remedy = FLAWS[flaw.rule][_short(language)]
    about = _name(pack, flaw.about, language)
    return what.format(about=about), remedy.format(about=about)


def steps(pack: Pack, flaw: Flaw, language: str) -> list[str]:
    """The story, one line per step: who does what on which day, and where the case then is."""
    return [_line(pack, node, flaw.story[0], language) for node in flaw.story]


def _line(pack: Pack, node: Node, first: Node, language: str) -> str:
    short = _short(language)
    day = (node.now - first.now).days
    stage = pack.stages[node.state.stage].title[language]
    if node.role == TIME:
        step = _PASSES[short].format(pack.limits[node.step].title[language])
    else:
        role = _ROLES[short].get(node.role, node.role.replace("_", " "))
        step = f"{role}: {pack.acts[node.step].title[language]}"
    prefix = f"day {day}" if short == "en" else f"第{day}天"
    return f"{prefix}  {step} → {stage}"


def _name(pack: Pack, about: str, language: str) -> str:
    """The title of whatever carries this id, with the id itself for finding it in the file."""
    thing = pack.acts.get(about) or pack.stages.get(about) or pack.limits.get(about)
    return f"{thing.title[language]} ({about})" if thing is not None else about


def _short(language: str) -> str:
    return "en" if language == "en" else "zh"
