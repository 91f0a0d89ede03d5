"""Open a JPEG, PNG, TIFF or HEIC. Runs only inside the child process."""

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from documents.inspection.drawing import colour_flags, save
from documents.inspection.limits import Limits
from documents.inspection.protocol import Report, Unacceptable

register_heif_opener()
# A photograph shows the paper smaller than its edge: more points than a drawn page needs.
LONG_SIDE: Final = 2400
# A paper this small cannot be read: 400 points across A4 are 35 dpi.
LEGIBLE_SIDE: Final = 400
FORMATS: Final = ("JPEG", "PNG", "TIFF", "HEIF")
WITHOUT_END: Final = ("TIFF", "HEIF")
# Long enough not to occur by chance in the millions of bytes of an honest photograph.
CODE: Final = re.compile(
    rb"<\?(?:php|=\s*[$`][a-z_])|<(?:script|html|iframe)\b|<svg(?:>|\s+[a-z:]+\s*=)", re.IGNORECASE
)
NO_LAYER: Final[Mapping[str, Any]] = {
    "text": "",
    "lines": [],
    "trustworthy": False,
    "long_side_mm": None,
    "scanned": True,
}
PNG_END: Final = b"IEND\xaeB\x60\x82"
JPEG_END: Final = b"\xff\xd9"


def look(path: Path, limits: Limits) -> Report:
    """Check size, frames and ends of the picture without decoding it whole."""
    with bounded(limits):
        with Image.open(path, formats=FORMATS) as checked:
            checked.verify()
        with Image.open(path, formats=FORMATS) as image:
            pages = _count(image, limits=limits)
            return {"flags": _flags(image, raw=path.read_bytes()), "pages": pages}


def picture(path: Path, out_dir: Path, limits: Limits, *, first: int) -> Report:
    """Decode pages fully, from the *first* on, and draw them upright, without their metadata."""
    with bounded(limits), Image.open(path, formats=FORMATS) as image:
        of = _count(image, limits=limits)
        pages = []
        for number in range(first, min(of, first + limits.pages_at_once - 1) + 1):
            image.seek(number - 1)
            pages.append(_drawn(image, out_dir=out_dir, number=number))
    return {"pages": pages, "of": of, "flags": colour_flags(pages)}


@contextmanager
def bounded(limits: Limits) -> Iterator[None]:
    """Refuse what unpacks to more than *limits* before it is unpacked."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = limits.max_pixels
    try:
        yield
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise Unacceptable("too_many_pixels", limit=limits.max_pixels) from bomb
    except ValueError as error:
        # Pillow bounds compressed text and colour profiles, and says so only in words.
        if "too large" in str(error):
            raise Unacceptable("too_large_decompressed", limit=limits.max_decoded) from error
        raise


def _count(image: Image.Image, *, limits: Limits) -> int:
    """Return how many pages *image* has; further frames of other formats are no pages."""
    pages = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
    if pages > limits.max_pages:
        raise Unacceptable("too_many_pages", pages=pages, limit=limits.max_pages)
    return pages


def _drawn(frame: Image.Image, *, out_dir: Path, number: int) -> dict[str, Any]:
    if frame.width * frame.height > (Image.MAX_IMAGE_PIXELS or 0):
        raise Image.DecompressionBombError()
    drawn = save(ImageOps.exif_transpose(_reduced(frame)), out_dir, number=number)
    return {**drawn, **NO_LAYER}


def _reduced(image: Image.Image) -> Image.Image:
    """Shrink before anything else copies the pixels; a JPEG is even decoded small."""
    if image.mode in {"P", "1"}:
        image = image.convert("RGBA")
    image = image.copy() if image.format == "TIFF" else image
    image.thumbnail((LONG_SIDE, LONG_SIDE))
    return image


def _flags(image: Image.Image, *, raw: bytes) -> list[str]:
    seen = {
        "animated": getattr(image, "n_frames", 1) > 1 and image.format != "TIFF",
        "trailing_data": bool(_behind(image, raw=raw).strip(b"\0\r\n ")),
        "low_resolution": max(image.size) < LEGIBLE_SIDE,
        "sanitised": CODE.search(raw) is not None,
    }
    return [flag for flag, present in seen.items() if present]


def _behind(image: Image.Image, *, raw: bytes) -> bytes:
    """Return what follows the picture's end mark. A JPEG may hold a thumbnail with its own.

    TIFF and HEIC have no end: they are read by the places their heads name.
    """
    if image.format in WITHOUT_END:
        return b""
    if image.format == "PNG":
        return raw.partition(PNG_END)[2]
    return raw.rpartition(JPEG_END)[2]
