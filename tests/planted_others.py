"""Office documents, sound and film with a name hidden wherever their format has room for one.

Documents are written here part by part. Sound and film are a second of tone and pattern made by
``ffmpeg``, with what no program would write put in by hand: blocks of its own, bytes at the end.
"""

from __future__ import annotations

import io
import struct
import subprocess
import tempfile
import zipfile
from functools import cache
from pathlib import Path

from tests import planted_files as planted
from tests.planted_files import PLANT

_OOXML = "http://schemas.openxmlformats.org"
_W = f'xmlns:w="{_OOXML}/wordprocessingml/2006/main"'
_TYPES = "application/vnd.openxmlformats-officedocument."
_CORE = (
    f'<?xml version="1.0"?><cp:coreProperties xmlns:cp="{_OOXML}/package/2006/metadata/core-'
    'properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    f"<dc:creator>{PLANT}</dc:creator><cp:lastModifiedBy>{PLANT}</cp:lastModifiedBy>"
    "</cp:coreProperties>"
)
_APP = (
    f'<?xml version="1.0"?><Properties xmlns="{_OOXML}/officeDocument/2006/extended-properties">'
    f"<Company>{PLANT}</Company><Manager>{PLANT}</Manager></Properties>"
)
_CUSTOM = (
    f'<?xml version="1.0"?><Properties xmlns="{_OOXML}/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"><property '
    'fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="Owner">'
    f"<vt:lpwstr>{PLANT}</vt:lpwstr></property></Properties>"
)


def _ooxml(main: str, kind: str, parts: dict[str, str | bytes]) -> bytes:
    """A package of Office Open XML; ``main``: the part that is the document."""
    types = (
        f'<?xml version="1.0"?><Types xmlns="{_OOXML}/package/2006/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="jpeg" '
        f'ContentType="image/jpeg"/><Override PartName="/{main}" ContentType="{_TYPES}{kind}.main'
        '+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats'
        '-package.core-properties+xml"/><Override PartName="/docProps/app.xml" ContentType="'
        f'{_TYPES}extended-properties+xml"/><Override PartName="/word/settings.xml" ContentType="'
        f'{_TYPES}wordprocessingml.settings+xml"/></Types>'
    )
    relations = (
        f'<?xml version="1.0"?><Relationships xmlns="{_OOXML}/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{_OOXML}/officeDocument/2006/relationships/officeDocument" '
        f'Target="{main}"/></Relationships>'
    )
    common = {
        "[Content_Types].xml": types,
        "_rels/.rels": relations,
        "docProps/core.xml": _CORE,
        "docProps/app.xml": _APP,
        "docProps/custom.xml": _CUSTOM,
        "docProps/thumbnail.jpeg": planted.jpeg(),
    }
    return _zip({**common, **parts})


def _zip(parts: dict[str, str | bytes], first: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as whole:
        whole.comment = PLANT.encode()
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, (2026, 3, 2, 8, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if name == first else zipfile.ZIP_DEFLATED
            info.comment = b"" if name == first else PLANT.encode()
            whole.writestr(info, content)
    return out.getvalue()


@cache
def docx(*, commented: bool = False) -> bytes:
    """Properties, tracked changes, hidden text, people, settings, a thumbnail, a picture."""
    text = (
        f'<?xml version="1.0"?><w:document {_W}><w:body><w:p w:rsidR="00AB12CD"><w:r><w:t>Seen'
        f'</w:t></w:r><w:ins w:id="1" w:author="{PLANT}" w:date="2026-03-02T08:00:00Z"><w:r><w:t>'
        f' here</w:t></w:r></w:ins><w:del w:id="2" w:author="{PLANT}"><w:r>'
        f"<w:delText>{PLANT}</w:delText></w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>{PLANT}"
        "</w:t></w:r><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t> shown</w:t></w:r></w:p>"
        "</w:body></w:document>"
    )
    comments = (
        f'<?xml version="1.0"?><w:comments {_W}><w:comment w:id="0" w:author="{PLANT}">'
        f"<w:p><w:r><w:t>{PLANT}</w:t></w:r></w:p></w:comment></w:comments>"
    )
    people = (
        '<?xml version="1.0"?><w15:people xmlns:w15="http://schemas.microsoft.com/office/word/2012/'
        f'wordml"><w15:person w15:author="{PLANT}"/></w15:people>'
    )
    settings = (
        f'<?xml version="1.0"?><w:settings {_W}><w:docVars><w:docVar w:name="who" w:val="{PLANT}"/>'
        "</w:docVars></w:settings>"
    )
    return _ooxml(
        "word/document.xml",
        "wordprocessingml.document",
        {
            "word/document.xml": text,
            **({"word/comments.xml": comments} if commented else {}),
            "word/settings.xml": settings,
            "word/people.xml": people,
            "word/media/image1.jpeg": planted.jpeg(),
            "customXml/item1.xml": f"<who>{PLANT}</who>",
        },
    )


@cache
def xlsx() -> bytes:
    """Properties and a comment with its author."""
    main = f"{_OOXML}/spreadsheetml/2006/main"
    book = (
        f'<?xml version="1.0"?><workbook xmlns="{main}" xmlns:r="{_OOXML}/officeDocument/2006/'
        'relationships" xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac">'
        f'<fileSharing userName="{PLANT}"/><x15ac:absPath url="C:/Users/{PLANT}/Desktop/"/><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    sheet = f'<?xml version="1.0"?><worksheet xmlns="{main}"><sheetData/></worksheet>'
    comments = (
        f'<?xml version="1.0"?><comments xmlns="{main}"><authors><author>{PLANT}</author></authors>'
        "<commentList/></comments>"
    )
    return _ooxml(
        "xl/workbook.xml",
        "spreadsheetml.sheet",
        {
            "xl/workbook.xml": book,
            "xl/worksheets/sheet1.xml": sheet,
            "xl/comments1.xml": comments,
            "xl/printerSettings/printerSettings1.bin": PLANT.encode("utf-16-le"),
        },
    )


@cache
def pptx(*, commented: bool = False) -> bytes:
    """Properties; an author of comments."""
    main = f"{_OOXML}/presentationml/2006/main"
    show = f'<?xml version="1.0"?><p:presentation xmlns:p="{main}"/>'
    authors = (
        f'<?xml version="1.0"?><p:cmAuthorLst xmlns:p="{main}"><p:cmAuthor id="0" name="{PLANT}" '
        'initials="HC" lastIdx="1" clrIdx="0"/></p:cmAuthorLst>'
    )
    return _ooxml(
        "ppt/presentation.xml",
        "presentationml.presentation",
        {
            "ppt/presentation.xml": show,
            **({"ppt/commentAuthors.xml": authors} if commented else {}),
        },
    )


_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def _odf(kind: str, body: str) -> bytes:
    """A package of OpenDocument."""
    spaces = (
        f'xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:meta="{_ODF}:meta:1.0" xmlns:config="{_ODF}:config:1.0"'
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    media = f"application/vnd.oasis.opendocument.{kind}"
    names = ("content.xml", "styles.xml", "meta.xml", "settings.xml", "Pictures/a.jpg")
    files = "".join(
        f'<manifest:file-entry manifest:full-path="{n}" manifest:media-type="text/xml"/>'
        for n in names
    )
    parts: dict[str, str | bytes] = {
        "mimetype": media,
        "content.xml": f"{head}<office:document-content {spaces}><office:body>{body}</office:body>"
        "</office:document-content>",
        "styles.xml": f"{head}<office:document-styles {spaces}/>",
        "meta.xml": f"{head}<office:document-meta {spaces}><office:meta><dc:creator>{PLANT}"
        f"</dc:creator><meta:initial-creator>{PLANT}</meta:initial-creator></office:meta>"
        "</office:document-meta>",
        "settings.xml": f"{head}<office:document-settings {spaces}><office:settings>"
        f'<config:config-item config:name="PrinterName">{PLANT}</config:config-item>'
        "</office:settings></office:document-settings>",
        "Pictures/a.jpg": planted.jpeg(),
        "Thumbnails/thumbnail.png": planted.png(),
        "META-INF/manifest.xml": f'{head}<manifest:manifest xmlns:manifest="{_ODF}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{media}"/>{files}'
        "</manifest:manifest>",
    }
    return _zip(parts, first="mimetype")


@cache
def odt() -> bytes:
    """Properties, a comment, a tracked deletion, a printer, a picture with EXIF."""
    body = (
        "<office:text><text:tracked-changes><text:changed-region><text:deletion>"
        f"<office:change-info><dc:creator>{PLANT}</dc:creator></office:change-info>"
        f"<text:p>{PLANT}</text:p></text:deletion></text:changed-region></text:tracked-changes>"
        f"<text:p>Seen<office:annotation><dc:creator>{PLANT}</dc:creator><text:p>{PLANT}</text:p>"
        "</office:annotation></text:p></office:text>"
    )
    return _odf("text", body)


@cache
def ods() -> bytes:
    """Properties and settings."""
    return _odf("spreadsheet", "<office:spreadsheet/>")


@cache
def odp() -> bytes:
    """Properties and settings."""
    return _odf("presentation", "<office:presentation/>")


# -- sound and film ------------------------------------------------------------------------------

_TONE = ("-f", "lavfi", "-i", "sine=frequency=440:duration=1")
_PATTERN = ("-f", "lavfi", "-i", "testsrc=duration=1:size=64x48:rate=5")
_SAID = [
    word
    for field in ("artist", "comment", "title", "album", "encoded_by", "location")
    for word in ("-metadata", f"{field}={PLANT}")
]


@cache
def made(ending: str) -> bytes:
    """A second of tone (and pattern) with every field said, as ``ffmpeg`` writes it."""
    film = ending in ("mp4", "mov", "avi", "webm", "3gp")
    source = (*_PATTERN, *_TONE, "-shortest") if film and ending != "webm" else _TONE
    more = {"webm": ("-c:a", "libopus"), "3gp": ("-an", "-c:v", "h263", "-s", "176x144")}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{ending}"
        command = [
            "ffmpeg",
            "-loglevel",
            "error",
            *source,
            *_SAID,
            *more.get(ending, ()),
            str(path),
        ]
        subprocess.run(command, check=True)
        return path.read_bytes()


def mp3_tagged_twice() -> bytes:
    """Tags in front and behind (ID3v2, APEv2, ID3v1), and a name after the last frame."""
    item = struct.pack("<II", len(PLANT), 0) + b"Artist\0" + PLANT.encode()
    ape = b"APETAGEX" + struct.pack("<IIII", 2000, len(item) + 32, 1, 0) + bytes(8)
    old = b"TAG" + PLANT.encode().ljust(30, b"\0")[:30] + bytes(94) + b"\x0c"
    return made("mp3") + PLANT.encode() + item + ape + old


def wav_with_chunks() -> bytes:
    """A chunk of the broadcast kind, one of nobody's, and bytes behind the end."""
    data = made("wav")
    more = b"".join(
        name + struct.pack("<I", len(text)) + text
        for name, text in ((b"bext", PLANT.encode().ljust(602, b"\0")), (b"HERN", PLANT.encode()))
    )
    size = struct.unpack("<I", data[4:8])[0] + len(more)
    return data[:4] + struct.pack("<I", size) + data[8:] + more + PLANT.encode()


def flac_with_blocks() -> bytes:
    """An application's block, written padding, and bytes behind the last frame."""
    data = made("flac")
    size = int.from_bytes(data[5:8])
    first = data[8 : 8 + size]
    blocks = b"".join(
        bytes([kind]) + len(text).to_bytes(3) + text
        for kind, text in ((2, b"HERN" + PLANT.encode()), (1, PLANT.encode()))
    )
    head = b"fLaC" + bytes([data[4] & 0x7F]) + size.to_bytes(3) + first
    return head + blocks + data[8 + size :] + PLANT.encode()


def ogg_with_tail() -> bytes:
    """Bytes behind the last page."""
    return made("ogg") + PLANT.encode()


def _box(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + name + data


def mp4_with_boxes() -> bytes:
    """A box of nobody's, a written empty box, XMP in a box of its own, words between pictures."""
    own = b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac" + planted.XMP
    more = _box(b"free", PLANT.encode()) + _box(b"uuid", own) + _box(b"HERN", PLANT.encode())
    film = _by_ffmpeg("mp4", "-i", "{film}", "-c", "copy", *_between(), film=made("mp4"))
    return film + more


def avi_with_tail() -> bytes:
    """A list of nobody's behind the film."""
    return made("avi") + b"JUNK" + struct.pack("<I", len(PLANT)) + PLANT.encode()


def _by_ffmpeg(ending: str, *words: str, **files: bytes) -> bytes:
    """What ffmpeg writes with these words; ``{name}`` in them is the path of a file given."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: str(Path(folder) / name) for name in files}
        for name, data in files.items():
            Path(paths[name]).write_bytes(data)
        path = Path(folder) / f"a.{ending}"
        said = [word.format(**paths) for word in words]
        subprocess.run(["ffmpeg", "-loglevel", "error", *said, str(path)], check=True)
        return path.read_bytes()


_CHAPTER = f";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle={PLANT}\n".encode()


def _between() -> tuple[str, str]:
    """Words for ffmpeg that write the name between the pictures of an H.264 film (SEI)."""
    sei = "086f3693-b7b3-4f2c-9653-21492feee5b8+" + PLANT
    return "-bsf:v", f"h264_metadata=sei_user_data={sei}"


def m4a_with_cover() -> bytes:
    """Tags, a chapter, a picture of a cover with notes of its own, a box of nobody's behind."""
    words = ("-i", "{sound}", "-i", "{cover}", "-i", "{chapters}", "-map", "0", "-map", "1")
    words += ("-map_metadata", "0", "-map_chapters", "2", "-c", "copy")
    words += ("-disposition:v:0", "attached_pic")
    files = {"sound": made("m4a"), "cover": planted.jpeg(), "chapters": _CHAPTER}
    return _by_ffmpeg("m4a", *words, **files) + _box(b"HERN", PLANT.encode())


def mov_with_notes() -> bytes:
    """Words between the pictures of a film (SEI), tags of places, a track of words."""
    said = f"1\n00:00:00,000 --> 00:00:01,000\n{PLANT}\n".encode()
    words = ("-i", "{film}", "-f", "srt", "-i", "{said}", "-map", "0", "-map", "1", "-c", "copy")
    words += ("-c:s", "mov_text", *_between())
    words += ("-metadata:s:v:0", f"handler_name={PLANT}", "-movflags", "use_metadata_tags")
    words += ("-metadata", f"com.apple.quicktime.location.name={PLANT}")
    return _by_ffmpeg("mov", *words, film=made("mov"), said=said) + _box(b"wide", PLANT.encode())


def threegp_with_tail() -> bytes:
    """Boxes of nobody's, one of them called empty, and bytes behind the end."""
    more = _box(b"free", PLANT.encode()) + _box(b"uuid", bytes(16) + PLANT.encode())
    return made("3gp") + more + PLANT.encode()


def webm_with_chapter() -> bytes:
    """Tags, a chapter, and bytes behind the last cluster (an element called void)."""
    words = ("-i", "{sound}", "-i", "{chapters}", "-map", "0", "-map_chapters", "1", "-c", "copy")
    sound = _by_ffmpeg(
        "webm", "-i", "{film}", "-c:v", "libvpx", "-c:a", "libopus", film=made("mov")
    )
    data = _by_ffmpeg("webm", *words, *_SAID, sound=sound, chapters=_CHAPTER)
    return data + b"\xec" + bytes([0x80 + len(PLANT)]) + PLANT.encode()


def prores() -> bytes:
    """A film for cutting rooms, written in a way that no telephone uses."""
    return _by_ffmpeg("mov", "-i", "{film}", "-c:v", "prores_ks", "-an", film=made("mov"))
