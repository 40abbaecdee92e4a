"""A procedure as a picture that a resident can follow on a phone: one column, top to bottom.

Stages are boxes in the order in which a case meets them, grouped by level of review; an arrow
leads to the next box, lanes at the side lead further down or back. Acts open everywhere
(withdraw, settled) are left out of the lanes and named in a note. Pure text in, SVG text out;
title and description carry the same procedure for a screen reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from html import escape

from huiyin.domain.describing import period_in_words
from huiyin.domain.packs import Limit, Pack, Stage

WIDTH = 400
_BOX_LEFT, _BOX_WIDTH = 48, 280
_LINE, _PAD, _GAP, _LANE = 18, 12, 30, 9
_STYLE = (
    "text{font:14px system-ui,'Noto Sans SC','Noto Sans TC',sans-serif;fill:#1d2a2f}"
    ".t{font-weight:600}.s{font-size:12px;fill:#3f4f55}"
    ".o{fill:#fff;stroke:#0b5c6b;stroke-width:2}"
    ".w{fill:#fff;stroke:#0b5c6b;stroke-width:2;stroke-dasharray:6 4}"
    ".c{fill:#eef2f3;stroke:#5b6b70;stroke-width:2}"
    ".e{fill:none;stroke:#5b6b70;stroke-width:1.5}"
)
_MANY = 4  # what leads to one stage from every open one, if these are so many, is told in a note
# Signs that most fonts have; the first letter of a line tells how it is set.
_CLOCK, _END, _YOURS, _ASIDE, _ASIDE_ON = "○", "■", "◇", "›", "\u2003"
_WORDS = {
    "en": ("Procedure", "leads to", "Possible at any open stage", "ends here", "your turn"),
    "zh-Hans": ("程序图", "通向", "办理中随时可以", "到此结束", "由您决定"),
    "zh-Hant": ("程序圖", "通向", "辦理中隨時可以", "到此結束", "由您決定"),
}


@dataclass(frozen=True, slots=True)
class _Arrow:
    act: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class _Box:
    stage: Stage
    top: int
    lines: tuple[str, ...]

    @property
    def height(self) -> int:
        return 2 * _PAD + _LINE * len(self.lines)

    @property
    def middle(self) -> int:
        return self.top + self.height // 2

    @property
    def bottom(self) -> int:
        return self.top + self.height


def draw(pack: Pack, language: str) -> str:
    """The state diagram of ``pack`` as an SVG document, 400 units wide, scalable."""
    arrows, common = _arrows(pack, language)
    order = _order(pack, arrows)
    boxes = _boxes(pack, order, arrows, language)
    note = _note(pack, common, language)
    bottom = max(box.bottom for box in boxes.values())
    height = bottom + _GAP + _LINE * len(note)
    parts = [
        *_head(pack, arrows, height, language),
        *_edges(boxes, arrows, order, language, pack),
        *(part for box in boxes.values() for part in _box(box)),
        *(_text(_BOX_LEFT, bottom + _GAP + _LINE * i, n, "s") for i, n in enumerate(note)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _arrows(pack: Pack, language: str) -> tuple[list[_Arrow], list[str]]:
    """What leads where; and the names of what leads to one stage from every open one."""
    arrows, common = [], []
    for act in pack.acts.values():
        moves = [(s, act.target(s)) for s in pack.stages if s in act.at and act.target(s) != s]
        everywhere = {s.id for s in pack.stages.values() if s.open} <= {s for s, _ in moves}
        if len({end for _, end in moves}) == 1 and everywhere and len(moves) >= _MANY:
            common.append(act.title[language])
            continue
        arrows += [_Arrow(act.title[language], start, end) for start, end in moves]
    for limit in pack.limits.values():
        if limit.silence is not None and limit.silence.to is not None:
            to, name = limit.silence.to, limit.silence.text[language]
            starts = [start for start in _running_in(pack, limit) if start != to]
            arrows += [_Arrow(name, start, to) for start in starts]
    return arrows, common


def _running_in(pack: Pack, limit: Limit) -> list[str]:
    """The stages that speak of ``limit``; if none does, those in which it can begin."""
    speaking = [s.id for s in pack.stages.values() if s.about == limit.id]
    begun = {
        pack.acts[name].target(stage)
        for name in limit.starts & set(pack.acts)
        for stage in pack.acts[name].at
    }
    return speaking or [name for name in pack.stages if name in begun]


def _order(pack: Pack, arrows: Sequence[_Arrow]) -> list[str]:
    """Stages so that the longest way through reads straight down, side ways after it.

    Reverse postorder of a walk that visits the deepest branch last: every stage stands below
    those that lead to it, unless the way goes back up.
    """
    after: dict[str, list[str]] = {}
    for arrow in arrows:
        after.setdefault(arrow.start, []).append(arrow.end)
    order: list[str] = []
    seen: set[str] = set()

    def visit(stage: str) -> None:
        seen.add(stage)
        ends = set(after.get(stage, ()))
        for end in sorted(ends, key=lambda e: (_depth(e, after, seen), list(pack.stages).index(e))):
            if end not in seen:
                visit(end)
        order.append(stage)

    visit(pack.first_stage)
    return order[::-1]


def _depth(stage: str, after: Mapping[str, Sequence[str]], seen: Set[str]) -> int:
    """How many new stages the longest way from here passes (packs are small)."""
    if stage in seen:
        return 0
    return 1 + max((_depth(end, after, seen | {stage}) for end in after.get(stage, ())), default=0)


def _boxes(
    pack: Pack, order: Sequence[str], arrows: Sequence[_Arrow], language: str
) -> dict[str, _Box]:
    boxes, top = {}, 16
    for name, following in zip(order, [*order[1:], ""], strict=True):
        lines = _lines(pack, pack.stages[name], language)
        aside = [a for a in arrows if a.start == name and a.end != following]
        box = _Box(pack.stages[name], top, (*lines, *_asides(pack, aside, language)))
        boxes[name] = box
        top = box.bottom + _GAP
    return boxes


def _lines(pack: Pack, stage: Stage, language: str) -> list[str]:
    words = _WORDS[language]
    lines = _wrap(stage.title[language], 17 if language != "en" else 32)
    limit = pack.limits.get(stage.about or "")
    if limit is not None:
        lines.append(f"{_CLOCK} {period_in_words(limit, language)}")
    if not stage.open:
        lines.append(f"{_END} {words[3]}")
    elif stage.waits_on == "complainant":
        lines.append(f"{_YOURS} {words[4]}")
    return lines


def _asides(pack: Pack, arrows: Sequence[_Arrow], language: str) -> list[str]:
    """What leads elsewhere than to the next box, in words: a lane alone does not say it."""
    lines = []
    for arrow in arrows:
        told = f"{_ASIDE} {arrow.act} → {pack.stages[arrow.end].title[language]}"
        lines += _wrap(told, 20 if language != "en" else 42)
    return [line if line.startswith(_ASIDE) else f"{_ASIDE_ON}{line}" for line in lines]


def _wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` characters; at spaces where there are any."""
    lines = [""]
    for word in text.split(" ") if " " in text else list(text):
        glue = " " if " " in text and lines[-1] else ""
        if lines[-1] and len(lines[-1]) + len(glue) + len(word) > width:
            lines.append(word)
        else:
            lines[-1] += glue + word
    return lines


def _head(pack: Pack, arrows: Sequence[_Arrow], height: int, language: str) -> list[str]:
    words = _WORDS[language]
    title = f"{words[0]}: {pack.title[language]}"
    told = "; ".join(
        f"{pack.stages[a.start].title[language]}, {a.act}, {words[1]} "
        f"{pack.stages[a.end].title[language]}"
        for a in arrows
    )
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="title desc" lang="{language}">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(told)}</desc>',
        f"<style>{_STYLE}</style>",
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z" fill="#5b6b70"/></marker></defs>',
    ]


def _edges(
    boxes: Mapping[str, _Box],
    arrows: Sequence[_Arrow],
    order: Sequence[str],
    language: str,
    pack: Pack,
) -> list[str]:
    """Straight arrows to the next box; lanes on the right go down, on the left back up."""
    place = {name: i for i, name in enumerate(order)}
    parts = []
    lanes: dict[str, list[list[tuple[int, int]]]] = {"down": [], "up": []}
    for start, end in sorted({(a.start, a.end) for a in arrows}, key=lambda p: place[p[0]]):
        names = " / ".join(a.act for a in arrows if (a.start, a.end) == (start, end))
        one, other = boxes[start], boxes[end]
        if place[end] == place[start] + 1:
            parts.append(_straight(one, other, names, language))
            continue
        way = "down" if place[end] > place[start] else "up"
        lane = _lane(lanes[way], one.middle, other.middle)
        parts.append(_side(one, other, way, lane, names))
    return parts


def _straight(one: _Box, other: _Box, names: str, language: str) -> str:
    x = _BOX_LEFT + _BOX_WIDTH // 2
    label = _wrap(names, 12 if language != "en" else 26)
    shown = label[0] + ("…" if len(label) > 1 else "")
    return (
        f'<g><title>{escape(names)}</title><path class="e" marker-end="url(#a)" '
        f'd="M{x} {one.bottom}V{other.top}"/>'
        f"{_text(x + 8, one.bottom + 19, shown, 's')}</g>"
    )


def _side(one: _Box, other: _Box, way: str, lane: int, names: str) -> str:
    if way == "down":
        edge, far = (
            _BOX_LEFT + _BOX_WIDTH,
            min(WIDTH - 3, _BOX_LEFT + _BOX_WIDTH + _LANE * (lane + 1)),
        )
        start, end = one.middle + 5, other.middle - 5
    else:
        edge, far = _BOX_LEFT, max(3, _BOX_LEFT - _LANE * (lane + 1))
        start, end = one.middle - 5, other.middle + 5
    return (
        f'<g><title>{escape(names)}</title><path class="e" marker-end="url(#a)" '
        f'd="M{edge} {start}H{far}V{end}H{edge}"/></g>'
    )


def _lane(lanes: list[list[tuple[int, int]]], one: int, other: int) -> int:
    """The innermost lane that is free over this stretch."""
    low, high = sorted((one, other))
    for number, taken in enumerate(lanes):
        if all(high < a or low > b for a, b in taken):
            taken.append((low, high))
            return number
    lanes.append([(low, high)])
    return len(lanes) - 1


def _box(box: _Box) -> list[str]:
    kind = "c" if not box.stage.open else "w" if box.stage.waits_on == "complainant" else "o"
    rect = (
        f'<rect class="{kind}" x="{_BOX_LEFT}" y="{box.top}" width="{_BOX_WIDTH}" '
        f'height="{box.height}" rx="8"/>'
    )
    lines = [
        _text(_BOX_LEFT + 14, box.top + _PAD + 13 + _LINE * i, line, _class(line))
        for i, line in enumerate(box.lines)
    ]
    return [rect, *lines]


def _class(line: str) -> str:
    return "s" if line[:1] in (_CLOCK, _END, _YOURS, _ASIDE, _ASIDE_ON) else "t"


def _note(pack: Pack, common: Sequence[str], language: str) -> list[str]:
    if not common:
        return []
    separator = ", " if language == "en" else "、"
    text = f"{_WORDS[language][2]}: {separator.join(dict.fromkeys(common))}"
    return _wrap(text, 24 if language != "en" else 50)


def _text(x: int, y: int, text: str, kind: str) -> str:
    return f'<text x="{x}" y="{y}" class="{kind}">{escape(text)}</text>'
