"""Copying the parts of a PDF page, entry by entry, from a list of what may stay.

``_ENTRIES`` is the list: an entry whose name is not on it is not copied, wherever it stands.
Streams are unpacked and written anew; drawing instructions are filtered (``pdf_content``),
pictures rebuilt (``pdf_images``). Colour profiles are replaced by the plain colour of as many
parts, because a profile has room for words.
"""

from __future__ import annotations

from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from huiyin.cleaning.pdf_content import Drawing
from huiyin.cleaning.pdf_images import rebuilt_image
from huiyin.cleaning.pdf_layers import Layers
from huiyin.cleaning.results import DEEPEST, MOST_UNPACKED, TOO_DEMANDING, refused

# Names of entries that draw; resource dictionaries have free names and are walked apart.
_LISTED = """
pages, forms, patterns:
    Type Subtype MediaBox CropBox Rotate UserUnit BBox Matrix Group FormType PatternType
    PaintType TilingType XStep YStep Shading S I K CS
states of drawing:
    ExtGState LW LC LJ ML D RI OP op OPM SA BM SMask CA ca AIS TK G BC SM FL Font
fonts:
    BaseFont FirstChar LastChar Widths FontDescriptor Encoding ToUnicode DescendantFonts
    CIDSystemInfo Registry Ordering Supplement DW W DW2 W2 CIDToGIDMap WMode CMapName FontName
    Flags FontBBox ItalicAngle Ascent Descent Leading CapHeight XHeight StemV StemH
    AvgWidth MaxWidth MissingWidth FontFile FontFile2 FontFile3 BaseEncoding Differences
    CharProcs FontMatrix Length1 Length2 Length3
shadings and functions:
    ShadingType ColorSpace Background AntiAlias Coords Domain Extend Function
    BitsPerCoordinate BitsPerComponent BitsPerFlag Decode VerticesPerRow FunctionType
    Range Size BitsPerSample Order Encode C0 C1 N Functions Bounds WhitePoint BlackPoint Gamma
"""
_ENTRIES = frozenset("/" + name for name in _LISTED.split() if not name.endswith((":", ",")))
_RESOURCES = ("ExtGState", "ColorSpace", "Pattern", "Shading", "XObject", "Font")
# Where a text may stand: the name of a writing system, not words of a person.
_TEXTS = {"/Registry", "/Ordering"}
_PLAIN = {1: Name.DeviceGray, 3: Name.DeviceRGB, 4: Name.DeviceCMYK}
_OF_PAGE = (Name.MediaBox, Name.CropBox, Name.Rotate, Name.UserUnit, Name.Group)


class Copier:
    """Copies pages of ``source`` into ``target``; counts what it left out."""

    def __init__(self, source: Pdf, target: Pdf) -> None:
        self._target, self._layers = target, Layers(source)
        self._done: dict[tuple[int, int], Any] = {}
        self._unpacked = 0
        self.removed: dict[str, int] = {}

    def page(self, page: Any) -> Dictionary:
        """One page as a new dictionary."""
        held = page.obj if isinstance(page, pikepdf.Page) else page
        new = Dictionary(Type=Name.Page)
        for name in _OF_PAGE:  # inherited ones too
            value = pikepdf.Page(held).obj.get(name) or _inherited(held, name)
            if value is not None:
                new[name] = self._copy(value, str(name), 0)
        resources = pikepdf.Page(held).resources
        new[Name.Resources] = self._resources(resources, 0)
        instructions = pikepdf.parse_content_stream(held)
        new[Name.Contents] = self._stream(self._drawn(instructions, resources))
        return self._target.make_indirect(new)

    # -- streams ------------------------------------------------------------------------------

    def _stream(self, data: bytes) -> Stream:
        self._unpacked += len(data)
        if self._unpacked > MOST_UNPACKED:
            raise refused(TOO_DEMANDING)
        return Stream(self._target, data)

    def _drawn(self, instructions: Any, resources: Any) -> bytes:
        """Drawing instructions without what nobody sees."""
        properties = resources.get(Name.Properties) if resources is not None else None

        def hidden(mark: Any) -> bool:
            if isinstance(mark, Name) and isinstance(properties, Dictionary):
                mark = properties.get(mark)
            return self._layers.hides(mark)

        drawing = Drawing(hidden)
        kept = drawing.filtered(instructions)
        for name, count in (("layers", drawing.layers), ("unseen", drawing.unseen)):
            if count:
                self.removed[name] = self.removed.get(name, 0) + count
        return pikepdf.unparse_content_stream(kept)

    # -- resources ----------------------------------------------------------------------------

    def _resources(self, held: Any, depth: int) -> Dictionary:
        new = Dictionary()
        for kind in _RESOURCES:
            group = held.get(Name("/" + kind)) if isinstance(held, Dictionary) else None
            if isinstance(group, Dictionary):
                copied = Dictionary()
                for name, value in group.items():
                    copied[name] = self._resource(kind, value, depth)
                new[Name("/" + kind)] = copied
        return new

    def _resource(self, kind: str, value: Any, depth: int) -> Any:
        if kind == "ColorSpace":
            return self._colours(value, depth)
        if kind == "XObject":
            return self._object(value, depth)
        return self._copy(value, "/" + kind, depth)

    def _object(self, value: Any, depth: int) -> Any:
        """A picture or a form; what belongs to a layer that is off becomes an empty form."""
        known = self._known(value)
        if known is not None:
            return known
        if not isinstance(value, Stream) or self._layers.hides(value.get(Name.OC)):
            return self._empty(value)
        if value.get(Name.Subtype) == Name.Image:
            return self._remember(value, self._image(value, depth))
        if value.get(Name.Subtype) != Name.Form:
            return self._empty(value)
        return self._drawing(value, depth)

    def _empty(self, value: Any) -> Any:
        if isinstance(value, Stream):
            self.removed["layers"] = self.removed.get("layers", 0) + 1
        empty = Stream(self._target, b"")
        empty.stream_dict.update({"/Type": Name.XObject, "/Subtype": Name.Form})
        empty.stream_dict[Name.BBox] = Array([0, 0, 0, 0])
        return self._target.make_indirect(empty)

    def _image(self, value: Any, depth: int) -> Any:
        made, entries = rebuilt_image(value)
        new = self._stream(made)
        for name, entry in entries.items():
            new.stream_dict[name] = (
                self._colours(entry, depth + 1) if name == Name.ColorSpace
                else self._copy(entry, str(name), depth + 1)
            )  # fmt: skip
        for name in (Name.SMask, Name.Mask):
            mask = value.get(name)
            if isinstance(mask, Stream):
                new.stream_dict[name] = self._remember(mask, self._image(mask, depth + 1))
            elif isinstance(mask, Array):
                new.stream_dict[name] = self._copy(mask, str(name), depth + 1)
        return self._target.make_indirect(new)

    def _drawing(self, value: Any, depth: int) -> Any:
        """A form, a tiling pattern, a sign of a drawn font: instructions with resources."""
        if depth > DEEPEST:
            raise refused(TOO_DEMANDING)
        place = self._remember(value, self._target.make_indirect(Stream(self._target, b"")))
        instructions = pikepdf.parse_content_stream(value)
        resources = value.get(Name.Resources)
        place.write(self._stream(self._drawn(instructions, resources or Dictionary())).read_bytes())
        self._fill(place.stream_dict, value.stream_dict, depth)
        place.stream_dict[Name.Resources] = self._resources(resources, depth + 1)
        return place

    # -- everything else ----------------------------------------------------------------------

    def _copy(self, value: Any, entry: str, depth: int) -> Any:
        """A value of the entry named ``entry``, by the list."""
        if depth > DEEPEST:
            raise refused(TOO_DEMANDING)
        if isinstance(value, pikepdf.String):
            return value if entry in _TEXTS else pikepdf.String(b"")
        if isinstance(value, Stream):
            return self._known(value) or self._copied_stream(value, entry, depth)
        if isinstance(value, Dictionary):
            return self._known(value) or self._copied_dictionary(value, depth)
        if isinstance(value, Array):
            if entry in ("/ColorSpace", "/CS"):
                return self._colours(value, depth)
            return Array([self._copy(one, entry, depth + 1) for one in value])
        return value

    def _copied_stream(self, value: Any, entry: str, depth: int) -> Any:
        draws = entry in ("/CharProcs", "/G", "/Pattern") or Name.BBox in value
        if draws and Name.FunctionType not in value:
            return self._drawing(value, depth)
        place = self._remember(value, self._target.make_indirect(Stream(self._target, b"")))
        place.write(self._stream(value.read_bytes()).read_bytes())
        self._fill(place.stream_dict, value.stream_dict, depth)
        return place

    def _copied_dictionary(self, value: Any, depth: int) -> Any:
        new = Dictionary()
        if value.is_indirect:
            new = self._remember(value, self._target.make_indirect(new))
        self._fill(new, value, depth)
        resources = value.get(Name.Resources)
        if isinstance(resources, Dictionary):
            new[Name.Resources] = self._resources(resources, depth + 1)
        return new

    def _fill(self, new: Any, held: Any, depth: int) -> None:
        for name, value in held.items():
            if name == "/CharProcs" and isinstance(value, Dictionary):
                signs = Dictionary()
                for sign, drawn in value.items():
                    signs[sign] = self._copy(drawn, "/CharProcs", depth + 1)
                new[name] = signs
            elif name in ("/ColorSpace", "/CS"):
                new[name] = self._colours(value, depth + 1)
            elif name in _ENTRIES:
                new[name] = self._copy(value, name, depth + 1)

    def _colours(self, value: Any, depth: int) -> Any:
        """A colour space; a profile becomes the plain colours of as many parts."""
        if not isinstance(value, Array) or not len(value):
            return value if isinstance(value, Name) else Name.DeviceGray
        if depth > DEEPEST:
            raise refused(TOO_DEMANDING)
        if value[0] == Name.ICCBased:
            return _PLAIN.get(int(value[1].get(Name.N, 3)), Name.DeviceRGB)
        if value[0] == Name.Indexed and len(value) == 4:
            base = self._colours(value[1], depth + 1)
            table = value[3]
            colours = table.read_bytes() if isinstance(table, Stream) else bytes(table)
            most = (int(value[2]) + 1) * _parts(base)
            return Array([Name.Indexed, base, int(value[2]), pikepdf.String(colours[:most])])
        return Array([
            self._colours(one, depth + 1) if isinstance(one, Array) and n == 2
            else self._copy(one, "/ColorSpace" if isinstance(one, Dictionary) else "", depth + 1)
            for n, one in enumerate(value)
        ])  # fmt: skip

    def _known(self, value: Any) -> Any:
        return self._done.get(value.objgen) if getattr(value, "is_indirect", False) else None

    def _remember(self, value: Any, made: Any) -> Any:
        if getattr(value, "is_indirect", False):
            self._done[value.objgen] = made
        return made


def _parts(colours: Any) -> int:
    """How many numbers one colour has."""
    if isinstance(colours, Array) and len(colours):
        if colours[0] == Name.DeviceN:
            return len(colours[1])
        return {Name.CalRGB: 3, Name.Lab: 3}.get(colours[0], 1)
    return {Name.DeviceRGB: 3, Name.DeviceCMYK: 4}.get(colours, 1)


def _inherited(page: Any, name: Name) -> Any:
    above, steps = page.get(Name.Parent), 0
    while isinstance(above, Dictionary) and steps < DEEPEST:
        if name in above:
            return above[name]
        above, steps = above.get(Name.Parent), steps + 1
    return None
