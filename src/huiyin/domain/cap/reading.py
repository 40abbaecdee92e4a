"""Foreign bytes become a message, or a list of everything that is wrong with their shape.

The bytes may be hostile: size, depth and number of elements are bounded, a document type (and with
it every entity, external file and "billion laughs") is refused before anything in it is read, and
only UTF-8 is taken. Which elements there are, and in which order, is checked here with line
numbers; what stands in them is checked by ``rules``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from huiyin.domain.cap.findings import Finding
from huiyin.domain.cap.message import FIELDS, NAMESPACE, SIGNATURES, Alert, Field
from huiyin.domain.errors import Refusal

MOST_BYTES = 1_000_000
MOST_DEPTH = 16
MOST_ELEMENTS = 20_000
# What XML calls white space; Python's own list is longer (a no-break space is a value).
_BLANKS = " \t\r\n"
_COLLAPSED = re.compile(f"[{_BLANKS}]+")
_SPACE = " "  # between namespace and name; cannot occur in either
# Hints where a schema lies, which XML Schema allows on any element.
_HINTS = tuple(
    f"http://www.w3.org/2001/XMLSchema-instance{_SPACE}{name}"
    for name in ("schemaLocation", "noNamespaceSchemaLocation")
)


@dataclass(slots=True)
class Node:
    """One element of a file: name with namespace, line, attributes, text and children."""

    name: str
    line: int
    attributes: dict[str, str]
    children: list[Node] = field(default_factory=list)
    text: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Read:
    """A message as far as it could be read. ``lines`` holds the line of each element by its path
    (``info[0].event``); ``signatures`` counts the signature elements, which are not judged here."""

    alert: Alert
    findings: tuple[Finding, ...]
    lines: dict[str, int]
    signatures: int = 0


def read(source: bytes) -> Read:
    """The message in ``source`` with what is wrong in its shape.

    What cannot be taken for a CAP 1.2 message at all is refused: ``alert-too-large``,
    ``alert-too-deep``, ``alert-too-many``, ``alert-document-type``, ``alert-encoding``,
    ``alert-not-xml``, ``alert-not-cap``.
    """
    root = tree(source)
    if root.name != f"{NAMESPACE}{_SPACE}alert":
        namespace, _, name = root.name.rpartition(_SPACE)
        raise Refusal("alert-not-cap", name=name, namespace=namespace)
    reader = _Reader()
    alert = reader.value(Alert, root, "")
    assert isinstance(alert, Alert)
    return Read(alert, tuple(reader.findings), reader.lines, reader.signatures)


def tree(source: bytes) -> Node:
    """The bytes as elements. Refusals: see ``read``."""
    if len(source) > MOST_BYTES:
        raise Refusal("alert-too-large", size=len(source), most=MOST_BYTES)
    try:
        source.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal("alert-encoding", line=source[: error.start].count(b"\n") + 1) from error
    builder = _Builder()
    try:
        builder.parser.Parse(source, True)
    except expat.ExpatError as error:
        what = expat.errors.messages.get(error.code, str(error))
        raise Refusal("alert-not-xml", line=error.lineno, what=what) from error
    return builder.root


class _Builder:
    """Expat's events as a tree, within bounds."""

    def __init__(self) -> None:
        # The encoding is fixed: a declaration that names another one is not believed.
        self.parser = expat.ParserCreate("utf-8", _SPACE)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.XmlDeclHandler = self._declaration
        self.open: list[Node] = []
        self.count = 0
        self.root: Node

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if version != "1.0" or (encoding or "utf-8").lower() not in ("utf-8", "us-ascii"):
            raise Refusal("alert-encoding", line=1)

    def _document_type(self, *_: object) -> None:
        raise Refusal("alert-document-type", line=self.parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self.open) >= MOST_DEPTH:
            line = self.parser.CurrentLineNumber
            raise Refusal("alert-too-deep", line=line, most=MOST_DEPTH)
        if self.count > MOST_ELEMENTS:
            raise Refusal("alert-too-many", size=self.count, most=MOST_ELEMENTS)
        node = Node(name, self.parser.CurrentLineNumber, attributes)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def _end(self, _name: str) -> None:
        self.open.pop()

    def _text(self, text: str) -> None:
        self.open[-1].text.append(text)


class _Reader:
    """Elements as values; findings for whatever the schema does not allow."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.lines: dict[str, int] = {}
        self.signatures = 0

    def value(self, shape: type, node: Node, path: str) -> object:
        """One compound element (alert, info, area …) as a value of ``shape``."""
        self.lines[path] = node.line
        self._no_attributes(node, path)
        if "".join(node.text).strip(_BLANKS):
            self._wrong("text-between", path, node.line, name=_local(node.name))
        fields = FIELDS[shape]
        held = self._sorted(fields, node, path)
        return shape(**dict(self._values(fields, held, node, path)))

    def _sorted(
        self, fields: tuple[Field, ...], node: Node, path: str
    ) -> dict[str, list[tuple[Node, str]]]:
        """The children by element name; findings for what is unknown or out of order."""
        names = [f.name for f in fields]
        held: dict[str, list[tuple[Node, str]]] = {name: [] for name in names}
        reached = 0
        for child in node.children:
            namespace, _, name = child.name.rpartition(_SPACE)
            if namespace == SIGNATURES and not path:
                self.signatures += name == "Signature"
                reached = len(names)
                continue
            if namespace != NAMESPACE or name not in held:
                self._wrong("element-unknown", _join(path, name), child.line, name=name)
                continue
            if names.index(name) < reached:
                self._wrong("element-order", _join(path, name), child.line, name=name)
            reached = max(reached, names.index(name))
            held[name].append((child, path))
        return held

    def _values(
        self,
        fields: tuple[Field, ...],
        held: dict[str, list[tuple[Node, str]]],
        node: Node,
        path: str,
    ) -> Iterator[tuple[str, Any]]:
        for rule in fields:
            found = [child for child, _ in held[rule.name]]
            here = _join(path, rule.name)
            if not found and rule.required:
                self._wrong("element-missing", here, node.line, name=rule.name)
            if len(found) > 1 and not rule.many:
                self._wrong("element-twice", here, found[1].line, name=rule.name)
                found = found[:1]
            values = [
                self._one(rule, child, f"{here}[{n}]" if rule.many else here)
                for n, child in enumerate(found)
            ]
            yield rule.attribute, tuple(values) if rule.many else (values or [""])[0]

    def _one(self, rule: Field, node: Node, path: str) -> object:
        if isinstance(rule.kind, type):
            return self.value(rule.kind, node, path)
        self.lines[path] = node.line
        self._no_attributes(node, path)
        for child in node.children:
            self._wrong("element-unknown", path, child.line, name=_local(child.name))
        text = "".join(node.text)
        # The schema reads texts as they stand and all else without the space around it.
        free = rule.kind == "text"
        plain = text if free else _COLLAPSED.sub(" ", text).strip(_BLANKS)
        if not (plain.strip() if free else plain) and not rule.required:
            # A time, a number or a word of a list must be one.
            broken = rule.kind in ("time", "integer", "decimal") or bool(rule.accepted)
            told = "element-empty" if broken else "element-idle"
            self._wrong(told, path, node.line, name=rule.name)
        return plain

    def _no_attributes(self, node: Node, path: str) -> None:
        for name in node.attributes:
            if name not in _HINTS:
                self._wrong("attribute-unknown", path, node.line, name=_local(name))

    def _wrong(self, rule: str, path: str, line: int, **data: object) -> None:
        self.findings.append(Finding(rule, path, line, data))


def _local(name: str) -> str:
    return name.rpartition(_SPACE)[2]


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
