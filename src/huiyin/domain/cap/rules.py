"""What CAP 1.2 asks of the content of a message: its schema's forms, then its data dictionary.

A message conforms only if it is valid against the schema *and* meets the dictionary (section 4.2),
and no schema sees an Update that updates nothing or a polygon that does not close. Each rule here
has an entry with severity and source in ``wording``, and a test of that name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from huiyin.domain.cap import shapes, times
from huiyin.domain.cap.findings import Finding
from huiyin.domain.cap.message import FIELDS, Alert, Area, Field, Info, Resource
from huiyin.domain.cap.reading import Read

Facts = Iterator[tuple[str, str, dict[str, object]]]  # rule, path, data

_TOKEN = re.compile(r"[^\s,<&]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.")
# Addresses that do something, or hold or open something here, in place of leading somewhere.
_UNSAFE = re.compile(r"(javascript|vbscript|data|file|blob|about):", re.IGNORECASE)
_MIME = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(\s*;.*)?")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|&[A-Za-z]{2,8};|&#x?[0-9A-Fa-f]+;")
_SHA1 = re.compile(r"[0-9A-Fa-f]{40}")
_FORMS = {
    "integer": re.compile(r"[+-]?\d+", re.ASCII),
    "decimal": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII),
    "language": re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*", re.ASCII),
    # Not every text that the schema calls a URI is one; this much can be said of all that are.
    "uri": re.compile(r"[^\s<>\"{}|\\^`]*"),
}
HEADLINE = 160  # section 3.2.2, headline: a useful target
NEED_REFERENCES = ("Update", "Cancel", "Ack", "Error")
_TIMES = ("effective", "onset", "expires")
_TEXTS = ("event", "headline", "description", "instruction")


def judge(read: Read) -> tuple[Finding, ...]:
    """Everything wrong with a message from a file, in the order of its lines."""
    told = {finding.path for finding in read.findings}
    more = (f for f in check(read.alert, read.lines) if f.path not in told)
    return tuple(sorted((*read.findings, *more), key=lambda f: f.line))


def check(alert: Alert, lines: Mapping[str, int] | None = None) -> tuple[Finding, ...]:
    """Every breach of the schema's forms and of the data dictionary."""
    where = lines or {}
    found = [
        Finding(rule, path, where.get(path) or where.get(path.rpartition(".")[0], 0), data)
        for rule, path, data in _all(alert)
    ]
    return tuple(found)


def reused(alerts: Sequence[Alert]) -> list[tuple[int, Finding]]:
    """Messages whose identifier an earlier one of the same sender has, with their place."""
    seen: set[tuple[str, str]] = set()
    found = []
    for place, alert in enumerate(alerts):
        name = (alert.sender, alert.identifier)
        if name in seen and alert.identifier:
            data = {"value": alert.identifier}
            found.append((place, Finding("identifier-reused", "identifier", 0, data)))
        seen.add(name)
    return found


def _all(alert: Alert) -> Facts:
    yield from _forms(alert, "")
    yield from _head(alert)
    yield from _recipients(alert)
    yield from _references(alert)
    for number, info in enumerate(alert.info):
        yield from _info(alert, info, f"info[{number}]")
    yield from _polygons(alert)
    for one, other in combinations(range(len(alert.info)), 2):
        yield from _same_words(alert.info[one], alert.info[other], f"info[{other}]")


def _forms(value: object, path: str) -> Facts:
    """What the schema says of each element: needed, one of a list, of a form."""
    for rule in FIELDS[type(value)]:
        held = getattr(value, rule.attribute)
        here = f"{path}.{rule.name}" if path else rule.name
        if not held and here in ("identifier", "sender"):
            continue  # their own rules say it better
        if rule.required and not (held.strip() if isinstance(held, str) else held):
            yield "element-empty", here, {"name": rule.name}
            continue
        for number, one in enumerate(held if rule.many else (held,)):
            there = f"{here}[{number}]" if rule.many else here
            if isinstance(one, str):
                yield from _form(rule, one, there)
            else:
                yield from _forms(one, there)


def _form(rule: Field, text: str, path: str) -> Facts:
    data: dict[str, object] = {"name": rule.name, "value": text[:60]}
    if rule.accepted and text not in rule.accepted:
        yield "value-unknown", path, data | {"known": ", ".join(rule.accepted)}
    elif rule.kind == "time" and text and times.read(text) is None:
        yield "time-form", path, data
    elif text and rule.kind in _FORMS and _FORMS[str(rule.kind)].fullmatch(text) is None:
        yield "value-form", path, data


def _head(alert: Alert) -> Facts:
    for name in ("identifier", "sender"):
        value = getattr(alert, name)
        if _TOKEN.fullmatch(value) is None:
            yield f"{name}-form", name, {"value": value[:60]}
    yield from _utc("sent", alert.sent)
    if alert.status == "Exercise" and not alert.note.strip():
        yield "exercise-note", "note", {}
    if alert.msg_type == "Error" and not alert.note.strip():
        yield "error-note", "note", {}
    if alert.msg_type in ("Alert", "Update") and not alert.info:
        yield "info-missing", "info", {}


def _recipients(alert: Alert) -> Facts:
    if alert.scope == "Restricted" and not alert.restriction.strip():
        yield "restriction-missing", "restriction", {}
    if alert.restriction.strip() and alert.scope != "Restricted":
        yield "restriction-idle", "restriction", {"scope": alert.scope}
    if alert.scope == "Private" and not alert.addresses.strip():
        yield "addresses-missing", "addresses", {}
    for name in ("addresses", "incidents"):
        if getattr(alert, name).count('"') % 2:
            yield "quotes-open", name, {"name": name}


def _references(alert: Alert) -> Facts:
    if alert.msg_type in NEED_REFERENCES and not alert.references.strip():
        yield "references-missing", "references", {"value": alert.msg_type}
    sent = times.read(alert.sent)
    for reference in alert.references.split():
        parts = reference.split(",")
        named = times.read(parts[2]) if len(parts) == 3 else None
        if named is None or not all(_TOKEN.fullmatch(part) for part in parts[:2]):
            yield "references-form", "references", {"value": reference[:100]}
        elif parts[:2] == [alert.sender, alert.identifier]:
            yield "references-self", "references", {"value": reference[:100]}
        elif sent is not None and named > sent:
            yield "references-later", "references", {"value": reference[:100]}


def _info(alert: Alert, info: Info, path: str) -> Facts:
    for name in _TIMES:
        yield from _utc(f"{path}.{name}", getattr(info, name))
    yield from _order_of_times(alert, info, path)
    if len(info.headline) > HEADLINE:
        data: dict[str, object] = {"length": len(info.headline), "most": HEADLINE}
        yield "headline-long", f"{path}.headline", data
    if info.web and _SCHEME.match(info.web) is None:
        yield "uri-relative", f"{path}.web", {"value": info.web[:100]}
    if _UNSAFE.match(info.web):
        yield "uri-unsafe", f"{path}.web", {"value": info.web[:100]}
    for name in _TEXTS:
        markup = _MARKUP.search(getattr(info, name))
        if markup:
            yield "text-markup", f"{path}.{name}", {"value": markup.group()[:60]}
    for number, resource in enumerate(info.resource):
        yield from _resource(resource, f"{path}.resource[{number}]")
    for number, area in enumerate(info.area):
        yield from _area(area, f"{path}.area[{number}]")


def _order_of_times(alert: Alert, info: Info, path: str) -> Facts:
    expires = times.read(info.expires)
    if expires is None:
        return
    for name, text in (("effective", info.effective or alert.sent), ("onset", info.onset)):
        begin = times.read(text)
        if begin is not None and expires <= begin:
            data: dict[str, object] = {"name": name, "begin": text, "end": info.expires}
            yield "expires-early", f"{path}.expires", data
            return


def _resource(resource: Resource, path: str) -> Facts:
    if resource.mime_type and _MIME.fullmatch(resource.mime_type) is None:
        yield "mime-form", f"{path}.mimeType", {"value": resource.mime_type[:60]}
    if resource.size.startswith("-") and resource.size.strip("-0"):
        yield "size-negative", f"{path}.size", {"value": resource.size}
    if not resource.uri and not resource.deref_uri:
        yield "resource-nowhere", path, {}
    if resource.uri and not resource.deref_uri and _SCHEME.match(resource.uri) is None:
        yield "uri-relative", f"{path}.uri", {"value": resource.uri[:100]}
    if _UNSAFE.match(resource.uri):
        yield "uri-unsafe", f"{path}.uri", {"value": resource.uri[:100]}
    if resource.digest and _SHA1.fullmatch(resource.digest) is None:
        yield "digest-form", f"{path}.digest", {"value": resource.digest[:60]}
    if resource.deref_uri:
        yield from _enclosed(resource, path)


def _enclosed(resource: Resource, path: str) -> Facts:
    try:
        held = base64.b64decode("".join(resource.deref_uri.split()), validate=True)
    except (binascii.Error, ValueError):
        yield "deref-form", f"{path}.derefUri", {}
        return
    # SHA-1 is what the standard names; it finds damage here, it proves nothing.
    digest = hashlib.sha1(held, usedforsecurity=False).hexdigest()
    if _SHA1.fullmatch(resource.digest) and resource.digest.lower() != digest:
        yield "digest-wrong", f"{path}.digest", {"value": resource.digest}


def _area(area: Area, path: str) -> Facts:
    for number, circle in enumerate(area.circle):
        fault = shapes.circle_fault(circle)
        if fault:
            yield fault, f"{path}.circle[{number}]", {"value": circle[:60]}
    if not (area.polygon or area.circle or area.geocode):
        yield "area-shapeless", path, {}
    if area.ceiling and not area.altitude:
        yield "ceiling-alone", f"{path}.ceiling", {}
    elif area.ceiling and _number(area.ceiling) < _number(area.altitude):
        yield "ceiling-below", f"{path}.ceiling", {"value": area.ceiling, "least": area.altitude}


def _polygons(alert: Alert) -> Facts:
    """All polygons together, because a message made of many must not take minutes."""
    left = shapes.MOST_PAIRS
    for i, info in enumerate(alert.info):
        for j, area in enumerate(info.area):
            for k, polygon in enumerate(area.polygon):
                fault = shapes.polygon_fault(polygon, left)
                left -= len(polygon.split())
                if fault:
                    path = f"info[{i}].area[{j}].polygon[{k}]"
                    yield fault, path, {"value": polygon[:60]}


def _same_words(one: Info, other: Info, path: str) -> Facts:
    """The same long text under two languages: one of the two is not in its language."""
    if (one.language or "en-US").lower() == (other.language or "en-US").lower():
        return
    for name in ("description", "instruction"):
        text = getattr(one, name).strip()
        if len(text) > 20 and text == getattr(other, name).strip():
            yield "language-doubtful", f"{path}.{name}", {"value": other.language}


def _utc(path: str, text: str) -> Facts:
    if text.endswith("+00:00"):
        yield "time-utc", path, {"value": text}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # the form has its own finding
        return 0.0
