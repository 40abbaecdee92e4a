"""Pictures made anew from their pixels: nothing else of the file comes along.

Saving a picture again is not enough (Pillow keeps the comment of a JPEG); so the orientation
and the colour profile are applied, the points are copied into a new picture, and that is saved.
What the points themselves show, a face or a number plate, is in the copy as well.
"""

from __future__ import annotations

import io
import warnings
from contextlib import suppress
from typing import Any

from PIL import Image, ImageCms, ImageOps, ImageSequence, UnidentifiedImageError

from huiyin.cleaning.results import (
    CLEANED,
    MALFORMED,
    MOST_PIXELS,
    NO_CLEANER,
    TOO_MANY_PIXELS,
    Result,
    kept,
    refused,
)

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
# Pillow opens only what was sniffed: a file with two heads must not choose its reader.
_READERS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/tiff": "TIFF",
    "image/bmp": "BMP",
    "image/heic": "HEIF",
}
_DRAWN = frozenset({"image/png", "image/gif", "image/bmp"})  # edges matter: saved without loss
QUALITY = 90


def clean(data: bytes, media: str) -> Result:
    """A new picture from the pixels of ``data``. Raises NotCleaned."""
    removed: dict[str, int] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what is refused or repaired here
        picture = _opened(data, media)
        frames = getattr(picture, "n_frames", 1)
        if frames > 1:
            removed["frames"] = frames - 1
            picture = next(iter(ImageSequence.Iterator(picture)))
        removed |= _told(picture)
        plain = rebuilt(_upright(picture))
    drawn = media in _DRAWN or "A" in plain.getbands()
    kind, name = ("image/png", "PNG") if drawn else ("image/jpeg", "JPEG")
    out = io.BytesIO()
    plain.save(out, name, **({"optimize": False} if drawn else {"quality": QUALITY}))
    return Result(CLEANED, media=kind, removed=removed, copy=out.getvalue())


def _opened(data: bytes, media: str) -> Image.Image:
    if media == "image/heic" and not _reads_heic():
        raise kept(NO_CLEANER)
    try:
        picture = Image.open(io.BytesIO(data), formats=[_READERS[media]])
        # Before a single point is unpacked: Pillow itself refuses only twice the limit.
        if picture.width * picture.height > MOST_PIXELS:
            raise refused(TOO_MANY_PIXELS)
        picture.load()
    except Image.DecompressionBombError as error:
        raise refused(TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise refused(MALFORMED) from error
    return picture


def _reads_heic() -> bool:
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener(thumbnails=False)
    return True


def _told(picture: Image.Image) -> dict[str, int]:
    """What the file said besides its points, by kind: for the people, not for the cleaning."""
    info: Any = picture.info
    found = {
        "camera": bool(picture.getexif()),
        "place": bool(picture.getexif().get_ifd(0x8825)),  # the GPS part of Exif
        "description": any(info.get(name) for name in _DESCRIBING) or _has_text(picture),
    }
    return {name: 1 for name, there in found.items() if there}


_DESCRIBING = ("comment", "xmp", "photoshop", "XML:com.adobe.xmp")


def _has_text(picture: Image.Image) -> bool:
    return bool(getattr(picture, "text", None))


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera was held, in the colours that every screen shows (sRGB)."""
    with suppress(ValueError, OSError, SyntaxError, TypeError, KeyError):  # a damaged note
        picture = ImageOps.exif_transpose(picture) or picture
    mode = _mode_of(picture)
    profile = picture.info.get("icc_profile")
    if profile and mode == "RGB" and picture.mode == "RGB":
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"))
        except (ImageCms.PyCMSError, OSError, ValueError):
            turned = None
        picture = turned or picture
    if picture.mode.startswith("I;16"):
        return picture.point(lambda value: value / 256).convert("L")  # type: ignore[no-any-return]
    return picture if picture.mode == mode else picture.convert(mode)


def _mode_of(picture: Image.Image) -> str:
    if picture.mode in ("1", "L"):
        return "L"
    clear = picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info
    return "RGBA" if clear else "RGB"


def rebuilt(picture: Image.Image) -> Image.Image:
    """A new picture that has the points and nothing else; what is wholly clear has no colour, for
    programs that erase leave there what was erased."""
    if "A" in picture.getbands():
        seen = picture.getchannel("A").point(lambda value: 255 if value else 0)
        picture = Image.composite(picture, Image.new(picture.mode, picture.size, 0), seen)
    return Image.frombytes(picture.mode, picture.size, picture.tobytes())
