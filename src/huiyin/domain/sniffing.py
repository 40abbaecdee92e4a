"""What a file is, by its content and never by its name.

A short list of what can be evidence: pictures, PDF, plain text, office documents, sound, film.
Whatever else it is gets a refusal that says what to do instead; above all programs, archives
(they hide other files) and web pages (they act when opened). Only the first marks are looked at:
whether the rest holds what the marks promise, the cleaner finds out (``huiyin.cleaning``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from huiyin.domain.errors import Refusal

IMAGE, PDF, TEXT, DOCUMENT, SOUND, FILM = "image", "pdf", "text", "document", "sound", "film"


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file: its media type, the ending of a name for it, and its family."""

    media: str
    ending: str
    family: str


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
JPEG = Kind("image/jpeg", "jpg", IMAGE)
PNG = Kind("image/png", "png", IMAGE)
GIF = Kind("image/gif", "gif", IMAGE)
WEBP = Kind("image/webp", "webp", IMAGE)
HEIC = Kind("image/heic", "heic", IMAGE)
PDF_FILE = Kind("application/pdf", "pdf", PDF)
PLAIN = Kind("text/plain", "txt", TEXT)
KINDS = {
    kind.media: kind
    for kind in (
        *(JPEG, PNG, GIF, WEBP, HEIC, PDF_FILE, PLAIN),
        Kind("image/tiff", "tif", IMAGE),
        Kind("image/bmp", "bmp", IMAGE),
        Kind(_OOXML + "wordprocessingml.document", "docx", DOCUMENT),
        Kind(_OOXML + "spreadsheetml.sheet", "xlsx", DOCUMENT),
        Kind(_OOXML + "presentationml.presentation", "pptx", DOCUMENT),
        Kind(_ODF + "text", "odt", DOCUMENT),
        Kind(_ODF + "spreadsheet", "ods", DOCUMENT),
        Kind(_ODF + "presentation", "odp", DOCUMENT),
        Kind("application/msword", "doc", DOCUMENT),
        Kind("application/vnd.ms-excel", "xls", DOCUMENT),
        Kind("application/vnd.ms-powerpoint", "ppt", DOCUMENT),
        Kind("application/rtf", "rtf", DOCUMENT),
        Kind("audio/mpeg", "mp3", SOUND),
        Kind("audio/mp4", "m4a", SOUND),
        Kind("audio/wav", "wav", SOUND),
        Kind("audio/ogg", "ogg", SOUND),
        Kind("audio/flac", "flac", SOUND),
        Kind("audio/amr", "amr", SOUND),
        Kind("video/mp4", "mp4", FILM),
        Kind("video/quicktime", "mov", FILM),
        Kind("video/3gpp", "3gp", FILM),
        Kind("video/webm", "webm", FILM),
        Kind("video/x-msvideo", "avi", FILM),
    )
}
_STARTS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"#!AMR", "audio/amr"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4"),
    b"qt  ": "video/quicktime",
}
_IN_ZIP = (
    (b"word/document.xml", _OOXML + "wordprocessingml.document"),
    (b"xl/workbook.xml", _OOXML + "spreadsheetml.sheet"),
    (b"ppt/presentation.xml", _OOXML + "presentationml.presentation"),
)
_IN_OLE = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
_PROGRAMS = (
    *(
        b"MZ",
        b"\x7fELF",
        b"\xca\xfe\xba\xbe",
        b"\xfe\xed\xfa",
        b"\xcf\xfa\xed\xfe",
        b"#!",
        b"dex\n",
    ),
    *(b"\xce\xfa\xed\xfe", b"\x00asm"),
)
_ARCHIVES = (
    b"PK",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"MSCF",
    b"(\xb5/\xfd",
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_PAGES = ("<!doctype", "<html", "<svg", "<?xml", "<script", "<?php")


def sniff(data: bytes) -> Kind:
    """The kind of a file's bytes.

    Raises Refusal: ``file-empty``, ``file-is-program``, ``file-is-archive``, ``file-is-page``,
    ``file-kind-unknown``.
    """
    if not data:
        raise Refusal("file-empty")
    media = _by_start(data) or _by_container(data)
    if media is None:
        _refuse_dangerous(data)
        media = _as_text(data)
    return KINDS[media]


def _by_start(data: bytes) -> str | None:
    return next((media for mark, media in _STARTS if data.startswith(mark)), None)


def _by_container(data: bytes) -> str | None:
    """Files whose first marks only say what they are packed in."""
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        film = "video/3gpp" if brand[:3] == b"3gp" else "video/mp4"
        return _BRANDS.get(brand, film)
    if data[:2] == b"BM" and data[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if data[:4] == b"PK\x03\x04":
        return _in_zip(data)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return next((m for name, m in _IN_OLE if name.encode("utf-16-le") in data), None)
    return None


def _in_zip(data: bytes) -> str | None:
    """An office document by the names inside; nothing is unpacked."""
    if data[30:38] == b"mimetype":
        said = data[38 : 38 + 80].decode("latin-1")
        return next((m for m in KINDS if m.startswith(_ODF) and said.startswith(m)), None)
    if b"[Content_Types].xml" not in data:
        return None
    return next((media for name, media in _IN_ZIP if name in data), None)


def _refuse_dangerous(data: bytes) -> None:
    if data.startswith(_PROGRAMS):
        raise Refusal("file-is-program")
    if data.startswith(_ARCHIVES) or data[257:262] == b"ustar":
        raise Refusal("file-is-archive")


def _as_text(data: bytes) -> str:
    """Plain text in an encoding that people's programs write, and nothing that acts."""
    text = decoded(data)
    if text is None:
        raise Refusal("file-kind-unknown")
    if text.lstrip("\ufeff \t\r\n").lower().startswith(_PAGES):
        raise Refusal("file-is-page")
    return PLAIN.media


def decoded(data: bytes) -> str | None:
    """The bytes as text, or None: UTF-8, UTF-16 with its mark, or GB 18030, without control
    characters."""
    encodings = ["utf-8", "gb18030"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text):
            return text
    return None


NAME_LIMIT = 120


def plain_name(name: str) -> str:
    """A file's name as it can be shown and written: no path, no control or direction mark.

    Whoever named it may have written names of people, so it is sealed with the original.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in unicodedata.normalize("NFC", last) if _printable(c))
    kept = " ".join(kept.split()).strip(". ")
    stem, dot, ending = kept.rpartition(".")
    if dot and len(kept) > NAME_LIMIT:
        return f"{stem[: NAME_LIMIT - len(ending) - 1]}.{ending}"[:NAME_LIMIT]
    return kept[:NAME_LIMIT]


def _printable(character: str) -> bool:
    # Cf holds the marks that turn the direction of writing: "exe.gpj" must not read "jpg.exe".
    return unicodedata.category(character)[0] not in ("C",) and character not in '<>:"|?*'
