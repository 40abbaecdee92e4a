"""A picture inside a PDF, rebuilt: its points and what is needed to read them.

Pictures packed as JPEG are decoded and packed again; all others are unpacked and cut to the
length that their size says, so that nothing can hide behind the last point. What cannot be
unpacked here (JBIG2 without a reader) makes the whole file one that is kept as it came.
"""

from __future__ import annotations

import io
import warnings
from typing import Any

import pikepdf
from pikepdf import Array, Name
from PIL import Image

from huiyin.cleaning.images import QUALITY, rebuilt
from huiyin.cleaning.results import (
    MOST_PIXELS,
    TOO_MANY_PIXELS,
    UNKNOWN_PICTURE,
    kept,
    refused,
)

_ENTRIES = (
    *(Name.Width, Name.Height, Name.BitsPerComponent, Name.ColorSpace, Name.Decode),
    *(Name.ImageMask, Name.Interpolate, Name.Intent, Name.Matte),
)
_SIMPLE = {Name.FlateDecode, Name.LZWDecode, Name.RunLengthDecode}
_SIMPLE |= {Name.ASCII85Decode, Name.ASCIIHexDecode}
_MODES = {"1": (Name.DeviceGray, 1), "L": (Name.DeviceGray, 8), "RGB": (Name.DeviceRGB, 8)}


def rebuilt_image(value: Any) -> tuple[bytes, dict[Name, Any]]:
    """The new bytes of a picture and the entries that describe them. Raises NotCleaned."""
    if int(value.get(Name.Width, 0)) * int(value.get(Name.Height, 0)) > MOST_PIXELS:
        raise refused(TOO_MANY_PIXELS)
    entries = {Name.Type: Name.XObject, Name.Subtype: Name.Image}
    entries |= {name: value[name] for name in _ENTRIES if name in value}
    packed = _filters(value)
    if set(packed) <= _SIMPLE:
        return _points(value, entries), entries
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if packed[-1] == Name.DCTDecode and set(packed[:-1]) <= _SIMPLE:
            return _jpeg(value, entries), entries
        return _decoded(value, entries)


def _filters(value: Any) -> list[Any]:
    held = value.get(Name.Filter)
    if held is None:
        return []
    return list(held) if isinstance(held, Array) else [held]


def _points(value: Any, entries: dict[Name, Any]) -> bytes:
    data: bytes = value.read_bytes()
    bits = 1 if value.get(Name.ImageMask) else int(value.get(Name.BitsPerComponent, 8))
    parts = 1 if value.get(Name.ImageMask) else _parts(value.get(Name.ColorSpace))
    row = (int(value[Name.Width]) * bits * parts + 7) // 8
    return data[: row * int(value[Name.Height])]


def _parts(colours: Any) -> int:
    if isinstance(colours, Array) and len(colours):
        first = colours[0]
        if first == Name.ICCBased:
            return int(colours[1].get(Name.N, 3))
        if first == Name.DeviceN:
            return len(colours[1])
        return {Name.CalRGB: 3, Name.Lab: 3}.get(first, 1)
    return {Name.DeviceRGB: 3, Name.DeviceCMYK: 4}.get(colours, 1)


def _jpeg(value: Any, entries: dict[Name, Any]) -> bytes:
    """A JPEG decoded and packed again. Its parts stay as many, so the colours stay valid."""
    holder = pikepdf.Pdf.new()  # must live as long as the stream does
    raw = pikepdf.Stream(holder, b"")
    before = _filters(value)[:-1]
    raw.write(value.read_raw_bytes(), filter=Array(before) if before else None)
    picture = Image.open(io.BytesIO(raw.read_bytes()), formats=["JPEG"])
    picture.load()
    out = io.BytesIO()
    rebuilt(picture).save(out, "JPEG", quality=QUALITY)
    entries[Name.Width], entries[Name.Height] = picture.width, picture.height
    entries[Name.Filter] = Name.DCTDecode
    return out.getvalue()


def _decoded(value: Any, entries: dict[Name, Any]) -> tuple[bytes, dict[Name, Any]]:
    """JPEG 2000, fax and their like: decoded by the libraries, kept as plain points."""
    try:
        picture = pikepdf.PdfImage(value).as_pil_image()
    except Exception as error:  # each decoder has its own
        raise kept(UNKNOWN_PICTURE) from error
    if picture.width * picture.height > MOST_PIXELS:
        raise refused(TOO_MANY_PIXELS)
    masks = bool(value.get(Name.ImageMask))
    picture = picture.convert("1" if masks else picture.mode if picture.mode in _MODES else "RGB")
    colours, bits = _MODES[picture.mode]
    for name in (Name.Decode, Name.ColorSpace):
        entries.pop(name, None)
    entries[Name.BitsPerComponent] = bits
    if masks:
        # The library has turned the points by Decode already: 0 paints.
        entries[Name.Decode] = Array([0, 1])
    else:
        entries[Name.ColorSpace] = colours
    entries[Name.Width], entries[Name.Height] = picture.width, picture.height
    return picture.tobytes(), entries
