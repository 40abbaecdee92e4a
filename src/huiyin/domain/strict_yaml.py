"""YAML for law: a small, strict subset in which nothing happens by surprise.

Every scalar is a string (``no`` is the word "no", ``2022-05-01`` the text a lawyer typed).
Anchors, aliases, tags, duplicate keys, keys that are not plain words, more than one document
and anything but UTF-8 are errors. All errors are collected with line and remedy, so that an
author sees the whole list at once. What the keys mean is not known here: see ``pack_reading``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from huiyin.domain.errors import Refusal

MOST_BYTES = 1_000_000
MOST_DEPTH = 12
# Control signs but for tab and line breaks, halves of pairs, and what is no sign at all.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file: where, what, and what to write instead."""

    file: str
    line: int
    where: str
    what: str
    remedy: str
    column: int = 0

    @property
    def position(self) -> str:
        """Line and column as editors count them; the line alone where no column is known."""
        return f"{self.line}:{self.column}" if self.column else str(self.line)

    def __str__(self) -> str:
        return f"{self.file}:{self.position}: {self.where}: {self.what} — {self.remedy}"


@dataclass(frozen=True, slots=True)
class Item:
    """A value with the place it was written at: a string, a list of items or a mapping."""

    value: str | list[Item] | dict[str, Item]
    line: int
    file: str
    column: int = 0


@dataclass(slots=True)
class Problems:
    """The list that grows while a file is read; ``raise_any`` ends the reading."""

    found: list[Problem] = field(default_factory=list)

    def add(self, item: Item, where: str, what: str, remedy: str) -> None:
        here = where or "file"
        self.found.append(Problem(item.file, item.line, here, what, remedy, item.column))

    def raise_any(self, code: str) -> None:
        if self.found:
            ordered = sorted(self.found, key=lambda p: (p.file, p.line, p.column))
            raise Refusal(code, count=len(ordered), problems=ordered)


def read_yaml(
    source: bytes | str,
    file: str,
    problems: Problems,
    code: str = "pack-invalid",
    most: int = MOST_BYTES,
) -> Item:
    """The file as items; ``most`` bytes. Raises ``Refusal(code)`` when it cannot be read at all."""
    top = Item({}, 1, file)
    text = _decoded(source, top, problems, most)
    problems.raise_any(code)
    try:
        built = _build(text, file, problems)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        here = Item("", mark.line + 1, file, mark.column + 1) if mark else top
        what = str(getattr(error, "problem", None) or "this is not YAML")
        problems.add(here, "", what, "correct the indentation or the quotes here")
        problems.raise_any(code)
        raise
    problems.raise_any(code)
    if built is None or not isinstance(built.value, dict):
        remedy = "write lines of `key: value`, as the examples do"
        problems.add(top, "", "the file is not a list of `key: value`", remedy)
    problems.raise_any(code)
    assert built is not None
    return built


def _decoded(source: bytes | str, top: Item, problems: Problems, most: int) -> str:
    raw = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    if len(raw) > most:
        problems.add(top, "", f"{len(raw)} bytes", f"this file may have at most {most} bytes")
        return ""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.add(Item("", line, top.file), "", "not UTF-8", "save the file as UTF-8")
        return ""
    _check_signs(text, 1, 1, top.file, problems)
    return text


def _check_signs(text: str, line: int, column: int, file: str, problems: Problems) -> None:
    """Signs that no page shows and no database keeps, as they stand or behind a backslash."""
    found = _UNSEEN.search(text)
    if found:
        before = text[: found.start()]
        line += before.count("\n")
        column = found.start() - before.rfind("\n") if "\n" in before else column + found.start()
        what = f"the sign U+{ord(found.group()):04X} cannot be kept"
        problems.add(Item("", line, file, column), "", what, "delete it")


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come: ``key`` waits for its value."""

    where: str
    line: int
    column: int
    items: list[Item] | None
    entries: dict[str, Item] | None
    key: str | None = None
    key_line: int = 0
    key_column: int = 0


def _build(text: str, file: str, problems: Problems) -> Item | None:
    """The document as items, in one walk over what the parser meets.

    What would make two readers see different files (aliases, tags, documents) is a problem;
    too deep a nest ends the walk.
    """
    documents = 0
    stack: list[_Open] = []
    top: Item | None = None
    for event in yaml.parse(text, Loader=_LOADER):
        mark = event.start_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents == 2:
                here = Item("", line, file, column)
                problems.add(here, "", "a second document", "keep one text in one file")
            continue
        _check_event(event, Item("", line, file, column), problems)
        done: Item | None = None
        if isinstance(event, yaml.ScalarEvent):
            done = Item(event.value.strip(), line, file, column)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(stack) == MOST_DEPTH:
                here = Item("", line, file, column)
                problems.add(here, "", "nested too deeply", f"at most {MOST_DEPTH} levels")
                return None
            stack.append(_opened(event, stack[-1] if stack else None, line, column))
            continue
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = stack.pop()
            value = closed.items if closed.items is not None else closed.entries
            done = Item(value if value is not None else "", closed.line, file, closed.column)
        if done is None or documents > 1:
            continue
        if stack:
            _put(stack[-1], done, file, problems)
        else:
            top = done
    return top


def _check_event(event: yaml.Event, here: Item, problems: Problems) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        problems.add(here, "", "an anchor or alias", "write the text out in full")
    tag = getattr(event, "tag", None)
    if tag is not None:
        problems.add(here, "", f"the tag {tag}", "write the value without a tag")
    if isinstance(event, yaml.ScalarEvent):
        _check_signs(event.value, here.line, here.column, here.file, problems)


def _opened(event: yaml.Event, parent: _Open | None, line: int, column: int) -> _Open:
    where = ""
    if parent is not None:
        where = f"{parent.where}[]" if parent.entries is None else _path(parent.where, parent.key)
    if isinstance(event, yaml.MappingStartEvent):
        return _Open(where, line, column, None, {})
    return _Open(where, line, column, [], None)


def _path(where: str, key: str | None) -> str:
    return f"{where}.{key}" if where and key else where or key or ""


def _put(parent: _Open, item: Item, file: str, problems: Problems) -> None:
    """One more item: an entry of a list, a key, or the value that a key waits for."""
    if parent.items is not None:
        parent.items.append(item)
        return
    assert parent.entries is not None
    if parent.key is None:
        if not isinstance(item.value, str):
            here = Item("", item.line, file, item.column)
            problems.add(here, parent.where, "a key that is not a word", "use a plain word as key")
            item = Item("", item.line, file, item.column)
        parent.key, parent.key_line = item.value, item.line  # type: ignore[assignment]
        parent.key_column = item.column
        return
    name, line, column = parent.key, parent.key_line, parent.key_column
    parent.key = None
    if name in parent.entries:
        here, first = Item("", line, file, column), parent.entries[name].line
        what = f"already given in line {first}"
        problems.add(here, _path(parent.where, name), what, "delete one of the two")
        return
    # A value on the line of its key is found by its own column, one below it by its key's.
    same = isinstance(item.value, str) and item.line == line
    parent.entries[name] = Item(item.value, line, file, item.column if same else column)


@dataclass(slots=True)
class Place:
    """A mapping being read: each key is taken once, ``finish`` reports those nobody took."""

    item: Item
    where: str
    problems: Problems
    taken: set[str] = field(default_factory=set)

    def entries(self) -> dict[str, Item]:
        if isinstance(self.item.value, dict):
            return self.item.value
        self.wrong("", "a list of `key: value` is needed here", "indent `key: value` lines below")
        return {}

    def has(self, key: str) -> bool:
        return isinstance(self.item.value, dict) and key in self.item.value

    def take(self, key: str, required: bool = True) -> Item | None:
        self.taken.add(key)
        found = self.entries().get(key) if isinstance(self.item.value, dict) else None
        if found is None and required:
            self.wrong(key, "is missing", f"add `{key}: …`")
        return found

    def word(self, key: str, default: str | None = None, accepted: Sequence[str] = ()) -> str:
        """One scalar; required unless it has a default, and one of ``accepted`` if given."""
        item = self.take(key, required=default is None)
        if item is None:
            return default or ""
        if not isinstance(item.value, str) or not item.value:
            self.wrong(key, "must be one value", f"write `{key}: value`")
            return default or ""
        if accepted and item.value not in accepted:
            self.wrong(key, f"`{item.value}` is not known", "use one of: " + ", ".join(accepted))
            return default or ""
        return item.value

    def words(self, key: str, accepted: Sequence[str] = ()) -> tuple[str, ...]:
        """No, one or several scalars: ``key: a`` or ``key: [a, b]``."""
        item = self.take(key, required=False)
        if item is None:
            return ()
        parts = item.value if isinstance(item.value, list) else [item]
        values = [p.value for p in parts if isinstance(p.value, str) and p.value]
        if len(values) != len(parts):
            self.wrong(key, "must be a word or a list of words", f"write `{key}: [one, two]`")
        for unknown in [v for v in values if accepted and v not in accepted]:
            self.wrong(key, f"`{unknown}` is not known", "use: " + ", ".join(accepted))
        return tuple(values)

    def flag(self, key: str) -> bool:
        return self.word(key, "no", ("yes", "no")) == "yes"

    def place(self, key: str, required: bool = True) -> Place | None:
        item = self.take(key, required)
        if item is None:
            return None
        return Place(item, self.path(key), self.problems)

    def places(self, key: str, required: bool = True) -> Iterator[tuple[str, Place]]:
        """The named entries of a section, in the order of the file."""
        section = self.place(key, required)
        if section is None:
            return
        for name, item in section.entries().items():
            yield name, Place(item, section.path(name), self.problems)

    def path(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where and key else self.where or key

    def wrong(self, key: str, what: str, remedy: str) -> None:
        item = self.item
        if key and isinstance(item.value, dict) and key in item.value:
            item = item.value[key]
        self.problems.add(item, self.path(key), what, remedy)

    def finish(self) -> None:
        if not isinstance(self.item.value, dict):
            return
        for key in self.item.value:
            if key not in self.taken:
                known = ", ".join(sorted(self.taken))
                self.wrong(key, "is not known here", f"delete it, or use one of: {known}")
