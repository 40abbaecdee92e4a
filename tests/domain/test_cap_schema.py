"""Our reading of the elements against OASIS's schema: never milder, and the same table.

Two engines judge by the schema (xmlschema, libxml2); ours must refuse whatever they refuse. What we
compose must pass both, and come back from our reader as it was.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from huiyin.alerts import schema
from huiyin.domain.cap import composing, message, reading, rules, writing
from huiyin.domain.cap.findings import Finding
from huiyin.domain.cap.message import FIELDS, Alert, Area, Info, Pair, Resource
from huiyin.domain.errors import Refusal
from tests.domain.cap_world import DRAFT, INFO, SOUND, errors, found, passes_schema, text

XSD = "{http://www.w3.org/2001/XMLSchema}"


def test_the_schema_is_the_file_whose_hash_is_recorded() -> None:
    folder = files("huiyin.alerts.schema")
    recorded = re.findall(r"`CAP-v1.2.xsd` \| `(\w+)`", (folder / "README.md").read_text("utf-8"))
    assert [hashlib.sha256((folder / schema.FILE).read_bytes()).hexdigest()] == recorded
    assert "Copyright OASIS Open 2010" in (folder / schema.FILE).read_text("utf-8")


def _declared(element: ElementTree.Element) -> list[tuple[str, bool, bool, tuple[str, ...]]]:
    """The children that the schema declares: name, required, many, closed list."""
    sequence = element.find(f"{XSD}complexType/{XSD}sequence")
    assert sequence is not None
    found = []
    for child in sequence.findall(f"{XSD}element"):
        listed = child.findall(f"{XSD}simpleType/{XSD}restriction/{XSD}enumeration")
        found.append(
            (
                child.get("name") or str(child.get("ref")).removeprefix("cap:"),
                child.get("minOccurs") != "0",
                child.get("maxOccurs") == "unbounded",
                tuple(value.get("value", "") for value in listed),
            )
        )
    return found


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("alert", Alert),
        ("info", Info),
        ("resource", Resource),
        ("area", Area),
        ("parameter", Pair),
        ("eventCode", Pair),
        ("geocode", Pair),
    ],
)
def test_our_table_of_elements_is_the_schema_s(name: str, shape: type) -> None:
    root = ElementTree.fromstring((files("huiyin.alerts.schema") / schema.FILE).read_text("utf-8"))
    declared = _declared(next(e for e in root.iter(f"{XSD}element") if e.get("name") == name))
    ours = [(f.name, f.required, f.many, f.accepted) for f in FIELDS[shape]]
    assert declared == ours
    assert [f.attribute for f in FIELDS[shape]] == list(shape.__dataclass_fields__)


# --- never milder than the schema ----------------------------------------------------------------

_ELEMENTS = sorted({f.name for fields in FIELDS.values() for f in fields})
_VALUES = [
    *("", "x", "0", "-3", "1.5", "1e3", "\u00a0"),
    *("Actual", "Fire", " Fire", "None", "AllClear"),
    *("2026-03-01T09:00:00+08:00", "2026-03-01T09:00:00Z", "+14:00"),
    *("en-GB", "e n", "http://a b"),
]


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """The sound alert after one to three blows: an element dropped, doubled, moved, renamed, given
    another value, an attribute, or loose text."""
    root = etree.fromstring(text(SOUND))
    for _ in range(draw(st.integers(1, 3))):
        element = draw(st.sampled_from(list(root.iter())[1:]))
        parent = element.getparent()
        if parent is None:
            continue
        blow = draw(st.integers(0, 6))
        if blow == 0:
            parent.remove(element)
        elif blow == 1:
            parent.append(etree.fromstring(etree.tostring(element, with_tail=False)))
        elif blow == 2:
            parent.insert(draw(st.integers(0, len(parent))), element)
        elif blow == 3:
            element.tag = f"{{{message.NAMESPACE}}}{draw(st.sampled_from(_ELEMENTS))}"
        elif blow == 4 and len(element) == 0:
            element.text = draw(st.sampled_from(_VALUES))
        elif blow == 5:
            element.set("id", "1")
        else:
            element.tail = draw(st.sampled_from(["\n", "loose"]))
    return bytes(etree.tostring(root))


def test_a_no_break_space_is_no_white_space_of_xml() -> None:
    for old, new in (
        ("<onset>2026-03-01T09:00:00+08:00<", "<onset>\u00a0<"),
        ("<info>", "\u00a0<info>"),
    ):
        source = text(SOUND).decode().replace(old, new)
        assert "\u00a0" in source
        assert not passes_schema(source.encode()) and errors(source.encode())


_BEFORE = {
    "responseType": "<urgency>",
    "onset": "<expires>",
    "size": "<uri>",
    "altitude": "</area>",
}


@pytest.mark.parametrize("name", _BEFORE)
def test_an_empty_time_number_or_choice_is_an_error(name: str) -> None:
    without = re.sub(f"<{name}>[^<]*</{name}>", "", text(SOUND).decode())
    source = without.replace(_BEFORE[name], f"<{name}/>{_BEFORE[name]}", 1).encode()
    assert not passes_schema(source) and "element-empty" in errors(source)


@settings(deadline=None)
@given(mutations())
def test_what_the_schema_refuses_we_refuse(source: bytes) -> None:
    if not passes_schema(source):
        assert errors(source)


# --- what we compose -----------------------------------------------------------------------------

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=40
).filter(lambda value: value.strip())
offsets = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
moments = st.datetimes(timezones=offsets).filter(lambda m: 1000 < m.year < 9000)
drafts = st.builds(
    lambda texts, category, answer, now: (
        replace(
            DRAFT,
            note=texts[0],
            restriction=texts[1],
            info=(
                replace(
                    INFO,
                    category=category,
                    response_type=answer,
                    event=texts[2],
                    description=texts[3],
                    instruction=texts[4],
                    headline=texts[5],
                    onset="",
                    effective="2026-03-01T09:00:00-00:00",
                    expires="",
                    parameter=(Pair("level", texts[6]),),
                ),
            ),
        ),
        now,
    ),
    st.lists(words, min_size=7, max_size=7),
    st.lists(st.sampled_from(message.CATEGORIES), min_size=1, unique=True).map(tuple),
    st.lists(st.sampled_from(message.RESPONSES), min_size=1, unique=True).map(tuple),
    moments,
)


@settings(deadline=None)
@given(drafts, st.binary(min_size=4, max_size=4))
def test_what_we_compose_conforms_and_comes_back(
    draft: tuple[Alert, datetime], entropy: bytes
) -> None:
    alert, now = draft
    written = composing.compose(alert, now, entropy).encode()
    assert passes_schema(written)
    assert not errors(written)
    assert reading.read(written).alert == composing.fill(alert, now, entropy)


@settings(deadline=None)
@given(drafts, st.binary(min_size=4, max_size=4))
def test_the_text_is_its_own_canonical_form(draft: tuple[Alert, datetime], entropy: bytes) -> None:
    written = composing.compose(*draft[:1], draft[1], entropy)
    root = etree.fromstring(written.encode())
    canonical = etree.tostring(root, method="c14n", exclusive=True).decode()
    assert writing.DECLARATION + canonical == written


def test_line_breaks_and_tabs_come_back_as_they_were() -> None:
    broken = replace(SOUND, note="one\r\ntwo\tthree\n & <four> ]]>")
    assert reading.read(text(broken)).alert == broken
    root = etree.fromstring(text(broken))
    canonical = etree.tostring(root, method="c14n", exclusive=True).decode()
    assert canonical == writing.element(broken)


# --- hostile and foreign bytes -------------------------------------------------------------------

LAUGHS = (
    b'<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>\n'
    b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>&b;</identifier></alert>'
)
OUTSIDE = LAUGHS.replace(b'[<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]', b'SYSTEM "/etc/passwd"')
DEEP = b"<a>" * 40 + b"</a>" * 40
WIDE = b"<a>" + b"<b/>" * 20_001 + b"</a>"
HOSTILE = {
    "alert-document-type": [LAUGHS, OUTSIDE, b"<!DOCTYPE alert><alert/>"],
    "alert-too-deep": [DEEP],
    "alert-too-many": [WIDE],
    "alert-too-large": [b" " * 1_000_001],
    "alert-encoding": [
        b"\xff\xfe<\x00a\x00",
        b'<?xml version="1.0" encoding="ISO-8859-1"?><alert/>',
        b'<?xml version="1.1"?><alert/>',
        b"<alert>\xe4</alert>",
    ],
    "alert-not-xml": [b"", b"hello", b"<alert>", b"<a></b>", b"<a>&unknown;</a>", b"<a>\x00</a>"],
    "alert-not-cap": [
        b"<alert/>",
        b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1"/>',
        b'<info xmlns="urn:oasis:names:tc:emergency:cap:1.2"/>',
    ],
}


@pytest.mark.parametrize(
    ("code", "source"), [(code, s) for code, sources in HOSTILE.items() for s in sources]
)
def test_hostile_bytes_are_refused(code: str, source: bytes) -> None:
    with pytest.raises(Refusal) as refusal:
        reading.read(source)
    assert refusal.value.code == code
    # lxml never sees what our own reader has refused to read.
    if code not in ("alert-not-cap",):
        with pytest.raises(Refusal, match=code):
            schema.element(source)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_message_or_a_refusal(source: bytes) -> None:
    try:
        reading.read(source)
    except Refusal as refusal:
        assert refusal.code.startswith("alert-")


def test_lines_and_paths_lead_to_the_place() -> None:
    source = text(SOUND).replace(b"><", b">\n<").replace(b"<size>2048", b"<size>big")
    (finding,) = (f for f in _judged(source) if f.rule == "value-form")
    assert finding.path == "info[0].resource[0].size"
    assert source.splitlines()[finding.line - 1].startswith(b"<size>big")


def _judged(source: bytes) -> tuple[Finding, ...]:
    return rules.judge(reading.read(source))


def test_comments_instructions_prefixes_and_white_space_are_no_fault() -> None:
    source = text(SOUND).decode()
    pretty = source.replace("><", ">\n  <").replace("<info>", "<!-- a --><?style x?><info>")
    assert found(pretty.encode()) == set()
    prefixed = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1c:", source).replace("xmlns=", "xmlns:c=")
    assert found(prefixed.encode()) == set()
    assert reading.read(prefixed.encode()).alert == SOUND
