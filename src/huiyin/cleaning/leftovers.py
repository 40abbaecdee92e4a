"""What mat2 leaves in documents and sound, taken out by us; runs in the child like every reader.

Tried with names planted wherever a format has room (``tests/planted_others.py``): mat2 leaves
comments and settings in OpenDocument, a path and user names in workbooks, and whatever stands
behind the last frame of a sound. Documents are written anew from a list of parts without the
elements and attributes that name somebody; a sound keeps its frames or pages and nothing else.
A file that does not have the shape its kind promises is not cleaned.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from huiyin.cleaning.results import KEPT, NO_CLEANER, NotCleaned

# A document unpacks to at most so much, in so many parts: mat2 unpacks it into memory.
MOST_UNPACKED = 200_000_000
MOST_PARTS = 2_000
_FIRST = (1980, 1, 1, 0, 0, 0)
_DROPPED = ("settings.xml", "meta.xml", "Thumbnails/", "Configurations2/", "layout-cache")
_ELEMENTS = {
    *("annotation", "annotation-end", "tracked-changes", "change", "change-start", "change-end"),
    *("creator", "initial-creator", "author-name", "author-initials", "printed-by"),
    *("absPath", "fileSharing", "docVars", "mailMerge", "attachedTemplate", "userInfo"),
    *("comment", "commentRangeStart", "commentRangeEnd", "commentReference", "docId", "rsids"),
    *("hidden-text", "hidden-paragraph"),
}
_OFF = {"0", "false", "off"}
_ATTRIBUTES = {"author", "initials", "userName", "userId", "lastModifiedBy", "providerId"}


def check(data: bytes) -> None:
    """Before mat2 unpacks a document: how much comes out of it. Raises NotCleaned."""
    whole = _opened(data)
    parts = whole.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise NotCleaned(KEPT, NO_CLEANER)


def clean_document(data: bytes) -> bytes:
    """The document written anew. Raises NotCleaned."""
    whole, out = _opened(data), io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for part in whole.infolist():
            if part.is_dir() or (_is_odf(whole) and part.filename.startswith(_DROPPED)):
                continue
            content = whole.read(part)
            if part.filename.endswith((".xml", ".rels", ".vml")):
                content = _stripped(content, part.filename)
            kept = zipfile.ZipInfo(part.filename, _FIRST)
            kept.compress_type = part.compress_type
            made.writestr(kept, content)
    return out.getvalue()


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise NotCleaned(KEPT, NO_CLEANER) from None


def _is_odf(whole: zipfile.ZipFile) -> bool:
    return "mimetype" in whole.NameToInfo


def _stripped(xml: bytes, name: str) -> bytes:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise NotCleaned(KEPT, NO_CLEANER)
    try:
        for _, (prefix, space) in ET.iterparse(io.BytesIO(xml), ("start-ns",)):
            if not (prefix.startswith("ns") and prefix[2:].isdigit()):
                ET.register_namespace(prefix, space)
        root = ET.fromstring(xml)
    except (ET.ParseError, ValueError):
        raise NotCleaned(KEPT, NO_CLEANER) from None
    for parent in root.iter():
        for found in list(parent):
            if _local(found.tag) in _ELEMENTS or _gone(found) or _unseen(found):
                _take_out(parent, found)
        for attribute in [each for each in parent.attrib if _local(each) in _ATTRIBUTES]:
            del parent.attrib[attribute]
    return ET.tostring(root, encoding="UTF-8", xml_declaration=True)


def _take_out(parent: ET.Element, found: ET.Element) -> None:
    """Remove an element; the text behind it belongs to the parent and stays."""
    at = list(parent).index(found)
    if found.tail:
        before = parent[at - 1] if at else None
        if before is None:
            parent.text = (parent.text or "") + found.tail
        else:
            before.tail = (before.tail or "") + found.tail
    parent.remove(found)


def _gone(found: ET.Element) -> bool:
    """An entry of OpenDocument's list of parts for a part that was dropped."""
    path = next((v for k, v in found.attrib.items() if _local(k) == "full-path"), "")
    return path.startswith(_DROPPED)


def _unseen(found: ET.Element) -> bool:
    """A run of Word's text that is marked as hidden (ECMA-376 part 1, 17.3.2.41)."""
    if _local(found.tag) != "r":
        return False
    marks = [m for each in found if _local(each.tag) == "rPr" for m in each]
    hiding = [m for m in marks if _local(m.tag) in ("vanish", "specVanish")]
    return any(not _OFF & {v for k, v in m.attrib.items() if _local(k) == "val"} for m in hiding)


def _local(name: object) -> str:
    return str(name).rpartition("}")[2]


# -- sound ---------------------------------------------------------------------------------------

# Of a frame's header (ISO/IEC 11172-3, 2.4.2.3; 13818-3 for the lower rates), layer III.
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def clean_mp3(data: bytes) -> bytes:
    """The frames of layer III, and nothing before or behind them."""
    if data[:3] == b"ID3" and len(data) > 10:  # emptied by mat2; id3.org, ID3v2.4, 3.1
        size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
        data = data[10 + size :].lstrip(b"\0")
    end = 0
    while length := _frame(data[end : end + 4]):
        if end + length > len(data):
            break
        end += length
    return _kept(data, end)


def _frame(head: bytes) -> int:
    """The length of the frame that begins with ``head``; 0 if none does."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] >> 1 & 3 != 1:
        return 0
    version, kbits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or kbits in (0, 15) or rate == 3:
        return 0
    per_frame, table = (144, _KBITS_1) if version == 3 else (72, _KBITS_2)
    return per_frame * table[kbits] * 1000 // _RATES[version][rate] + (head[2] >> 1 & 1)


def clean_ogg(data: bytes) -> bytes:
    """The pages (RFC 3533, 6) from the first byte on, and nothing behind them."""
    end = 0
    for length in _pages(data):
        end += length
    return _kept(data, end)


def _pages(data: bytes) -> Iterator[int]:
    at = 0
    while data[at : at + 4] == b"OggS" and len(data) > at + 27:
        count = data[at + 26]
        length = 27 + count + sum(data[at + 27 : at + 27 + count])
        if at + length > len(data):
            return
        yield length
        at += length


def _kept(data: bytes, end: int) -> bytes:
    """What was understood; a file of which much was not is left to people."""
    if end * 10 < len(data) * 9:
        raise NotCleaned(KEPT, NO_CLEANER)
    return data[:end]
