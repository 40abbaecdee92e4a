"""Files with a name hidden wherever their format has room for one, and ways to look for it.

Used by the tests of the cleaner, of the vault and of whole journeys: what is planted here must
be in no copy that an office reads.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from functools import cache

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, PngImagePlugin

PLANT = "Heronimus Craneworth"
_BYTES = PLANT.encode()
XMP = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    'rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    f'dc:source="{PLANT}"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
).encode()


def picture(width: int = 120, height: int = 80, mode: str = "RGB") -> Image.Image:
    """A picture whose corners differ, so that turning it shows."""
    made = Image.new(mode, (width, height), "white")
    made.paste(Image.new(mode, (width // 3, height // 3), "red"), (0, 0))
    return made


def exif(orientation: int = 1) -> Image.Exif:
    """Notes of a camera with name, maker's serial number and place."""
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x010E] = notes[0x013B] = notes[0x8298] = PLANT
    notes.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + _BYTES
    notes.get_ifd(0x8769)[0xA430] = PLANT
    notes.get_ifd(0x8825).update({1: "N", 2: (31.0, 12.0, 3.0), 0x1B: _BYTES})
    return notes


def jpeg(orientation: int = 1, size: tuple[int, int] = (120, 80)) -> bytes:
    """Exif, XMP, IPTC, comment, profile name, and bytes after the end."""
    out = io.BytesIO()
    picture(*size).save(out, "JPEG", exif=exif(orientation), xmp=XMP, comment=_BYTES, quality=95)
    data = out.getvalue()
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(_BYTES) + 5)
    iptc += b"\x1c\x02\x50" + struct.pack(">H", len(_BYTES)) + _BYTES
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    return data[:2] + segment + data[2:] + b"after the end " + _BYTES


def png() -> bytes:
    """Texts of all three kinds, Exif, and bytes after the end."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", PLANT)
    notes.add_text("Comment", PLANT, zip=True)
    notes.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
    out = io.BytesIO()
    picture().save(out, "PNG", pnginfo=notes, exif=exif())
    return out.getvalue() + _BYTES


def webp() -> bytes:
    """Exif and XMP."""
    out = io.BytesIO()
    picture().save(out, "WEBP", exif=exif(), xmp=XMP, lossless=True)
    return out.getvalue()


def gif() -> bytes:
    """Three pictures and a comment."""
    out = io.BytesIO()
    more = [picture().rotate(turn).quantize() for turn in (90, 180)]
    picture().quantize().save(out, "GIF", save_all=True, append_images=more, comment=_BYTES)
    return out.getvalue() + _BYTES


def tiff() -> bytes:
    """Two pages and notes."""
    out = io.BytesIO()
    picture().save(out, "TIFF", tiffinfo=exif(), save_all=True, append_images=[picture()])
    return out.getvalue() + _BYTES


def bmp() -> bytes:
    """Bytes after the end are all that it has room for."""
    out = io.BytesIO()
    picture().save(out, "BMP")
    return out.getvalue() + _BYTES


def heic() -> bytes:
    """As telephones make it; needs pillow-heif."""
    from pillow_heif import from_pillow

    out = io.BytesIO()
    from_pillow(picture()).save(out, exif=exif().tobytes(), xmp=XMP)
    return out.getvalue() + _BYTES


VISIBLE = "Seen on the page"


def pdf() -> bytes:
    """A page with its name in every hiding place that the cleaner is meant to empty."""
    made = Pdf.new()
    made.add_blank_page(page_size=(300, 200))
    page = made.pages[0]
    _draw(made, page)
    _describe(made, page)
    _act(made, page)
    out = io.BytesIO()
    made.save(out)
    return _second_version(out.getvalue())


def _draw(made: Pdf, page: pikepdf.Page) -> None:
    off = made.make_indirect(Dictionary(Type=Name.OCG, Name=PLANT))
    on = made.make_indirect(Dictionary(Type=Name.OCG, Name="seen"))
    made.Root.OCProperties = Dictionary(
        OCGs=Array([off, on]), D=Dictionary(OFF=Array([off]), ON=Array([on]), Name=PLANT)
    )
    member = Dictionary(Type=Name.OCMD, OCGs=Array([off]), P=Name.AnyOn)
    page.obj.Contents = Stream(
        made,
        b"% " + _BYTES + b"\nBT /F1 12 Tf 20 150 Td (" + VISIBLE.encode() + b") Tj ET\n"
        b"/OC /Off BDC BT /F1 12 Tf 20 100 Td (" + _BYTES + b") Tj ET EMC\n"
        b"/OC /Member BDC BT /F1 12 Tf 20 90 Td (" + _BYTES + b") Tj ET EMC\n"
        b"/OC /On BDC BT /F1 12 Tf 20 80 Td (layer seen) Tj ET EMC\n"
        b"/Span << /ActualText (" + _BYTES + b") >> BDC BT /F1 9 Tf 9 9 Td (x) Tj ET EMC\n"
        b"q BT 3 Tr /F1 9 Tf 20 60 Td (" + _BYTES + b") Tj ET Q\n"
        b"q 60 0 0 40 200 20 cm /Im1 Do Q /Fm1 Do q 60 0 0 40 200 80 cm /Im2 Do Q /Fm2 Do",
    )
    page.obj.Resources = Dictionary(
        Font=Dictionary(F1=Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)),
        Properties=Dictionary(Off=off, On=on, Member=member, Planted=Dictionary(Who=PLANT)),
        XObject=Dictionary(
            Im1=_photo(made), Im2=_points(made), Fm1=_form(made, None), Fm2=_form(made, off)
        ),
    )


def _photo(made: Pdf) -> Stream:
    image = Stream(made, jpeg())
    image.stream_dict.update(
        Dictionary(
            Type=Name.XObject, Subtype=Name.Image, Width=120, Height=80, BitsPerComponent=8,
            ColorSpace=Name.DeviceRGB, Filter=Name.DCTDecode, Metadata=Stream(made, XMP),
            Name=Name("/Im1"), PieceInfo=Dictionary(Who=PLANT),
        )
    )  # fmt: skip
    return made.make_indirect(image)


def _points(made: Pdf) -> Stream:
    """Plain points with more bytes than the size says, under a profile with a name."""
    profile = Stream(made, _BYTES * 20)
    profile.stream_dict.N = 3
    image = Stream(made, b"\x80\x10\xf0" * 16 + _BYTES)
    image.stream_dict.update(
        Dictionary(
            Type=Name.XObject, Subtype=Name.Image, Width=4, Height=4, BitsPerComponent=8,
            ColorSpace=Array([Name.ICCBased, profile]),
        )
    )  # fmt: skip
    return made.make_indirect(image)


def _form(made: Pdf, layer: Dictionary | None) -> Stream:
    form = Stream(
        made, b"% " + _BYTES + b"\n0 0 5 5 re f" if layer is None else b"(" + _BYTES + b") Tj"
    )
    form.stream_dict.update(
        Dictionary(
            Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]),
            PieceInfo=Dictionary(Who=PLANT), LastModified=PLANT, Metadata=Stream(made, XMP),
        )
    )  # fmt: skip
    if layer is not None:
        form.stream_dict.OC = layer
    return made.make_indirect(form)


def _describe(made: Pdf, page: pikepdf.Page) -> None:
    made.docinfo["/Author"] = made.docinfo["/Title"] = PLANT
    made.Root.Metadata = Stream(made, XMP)
    made.Root.PieceInfo = Dictionary(Who=PLANT)
    made.Root.Lang = PLANT
    made.attachments["secret.txt"] = pikepdf.AttachedFileSpec(made, _BYTES, filename=PLANT)
    made.Root.AF = Array([made.make_indirect(_file(made))])
    page.obj.AF = Array([made.make_indirect(_file(made))])
    page.obj.PieceInfo = Dictionary(Who=PLANT)
    page.obj.Thumb = Stream(made, _BYTES)
    made.Root.StructTreeRoot = made.make_indirect(
        Dictionary(Type=Name.StructTreeRoot, K=Dictionary(Type=Name.StructElem, Alt=PLANT))
    )
    with made.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem(PLANT, 0))


def _file(made: Pdf) -> Dictionary:
    embedded = Stream(made, _BYTES)
    embedded.stream_dict.Type = Name.EmbeddedFile
    return Dictionary(Type=Name.Filespec, F=PLANT, EF=Dictionary(F=made.make_indirect(embedded)))


def _act(made: Pdf, page: pikepdf.Page) -> None:
    script = Dictionary(S=Name.JavaScript, JS=f"app.alert('{PLANT}')")
    made.Root.OpenAction = script
    page.obj.AA = Dictionary(O=script)
    page.obj.Annots = Array(
        [
            Dictionary(Subtype=Name.Text, Contents=PLANT, T=PLANT, Rect=Array([0, 0, 9, 9])),
            Dictionary(
                Subtype=Name.FileAttachment, FS=_file(made), Rect=Array([0, 0, 9, 9])
            ),
            Dictionary(
                Subtype=Name.Link, Rect=Array([0, 0, 9, 9]),
                A=Dictionary(S=Name.URI, URI=f"https://example.org/{PLANT}"),
            ),
        ]
    )  # fmt: skip


def _second_version(data: bytes) -> bytes:
    """The file with an earlier version of an object left in it, as incremental saving does."""
    start = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    size = int(re.findall(rb"/Size (\d+)", data)[-1]) if b"/Size" in data else 99
    at = len(data)
    earlier = b"\n%d 0 obj\n(" % size + _BYTES + b")\nendobj\n"
    table = b"xref\n%d 1\n%010d 00000 n \n" % (size, at + 1)
    root = re.findall(rb"/Root (\d+ \d+ R)", data)[-1]
    trailer = b"trailer\n<< /Size %d /Root %s /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        size + 1, root, start, at + len(earlier),
    )  # fmt: skip
    return data + earlier + table + trailer + b"% " + _BYTES


@cache
def docx() -> bytes:
    """As an office program makes it, with author and a comment."""
    out = io.BytesIO()
    parts = {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats'
        '.org/package/2006/content-types"><Default Extension="rels" ContentType="application/'
        'vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        '"application/xml"/><Override PartName="/word/document.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override '
        'PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.'
        'core-properties+xml"/></Types>',
        "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats'
        '.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxml'
        'formats.org/officeDocument/2006/relationships/officeDocument" Target="word/document'
        '.xml"/></Relationships>',
        "word/document.xml": '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxml'
        'formats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Seen</w:t></w:r></w:p>'
        "</w:body></w:document>",
        "docProps/core.xml": '<?xml version="1.0"?><cp:coreProperties xmlns:cp="http://schemas.'
        'openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc'
        f'/elements/1.1/"><dc:creator>{PLANT}</dc:creator></cp:coreProperties>',
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as whole:
        for name, text in parts.items():
            whole.writestr(name, text)
    return out.getvalue()


def pdf_of(pages: int) -> bytes:
    """A PDF with so many empty pages."""
    made = Pdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(50, 50))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def pixel_bomb() -> bytes:
    """A PNG of a few kilobytes that says it is 30 000 points wide and high."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + _chunk(b"IEND", b"")
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    body = name + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def unpacking_bomb() -> bytes:
    """A PDF whose page draws two gigabytes of blanks out of two megabytes."""
    made = Pdf.new()
    made.add_blank_page(page_size=(50, 50))
    # Packed by hand, piece by piece: the whole must not lie in this process either.
    packer, packed = zlib.compressobj(9), b""
    for _ in range(2_000):
        packed += packer.compress(b" " * 1_000_000)
    packed += packer.flush()
    content = Stream(made, b"")
    content.write(packed, filter=Name.FlateDecode)
    made.pages[0].obj.Contents = made.make_indirect(content)
    out = io.BytesIO()
    made.save(out, recompress_flate=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def spellings() -> tuple[bytes, ...]:
    """The ways in which the name can stand in a file."""
    return (_BYTES, PLANT.encode("utf-16-le"), PLANT.encode("utf-16-be"), _BYTES.hex().encode())


def holds(data: bytes) -> bool:
    """Whether the name is in the bytes, or in any of them unpacked."""
    if any(way in data for way in (*spellings(), _BYTES.hex().upper().encode())):
        return True
    if data.startswith(b"%PDF-"):
        return any(any(way in part for way in spellings()) for part in _pdf_parts(data))
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as whole:
            return any(_BYTES in whole.read(name) for name in whole.namelist())
    return any(_BYTES in part for part in _unpacked(data))


def _unpacked(data: bytes) -> list[bytes]:
    found = []
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        try:
            found.append(zlib.decompressobj().decompress(data[match.start() :], 1 << 20))
        except zlib.error:
            continue
    return found


def _pdf_parts(data: bytes) -> list[bytes]:
    parts = [data, *_unpacked(data)]
    with Pdf.open(io.BytesIO(data)) as held:
        for one in held.objects:
            parts.append(repr(one).encode())
            if isinstance(one, Stream):
                parts.append(one.read_raw_bytes())
                try:
                    parts.append(one.read_bytes())
                except pikepdf.PdfError:
                    continue
    return parts
