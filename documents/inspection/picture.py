"""Open a JPEG, PNG, TIFF or HEIC. Runs only inside the child process."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageOps, ImageSequence
from pillow_heif import register_heif_opener

from documents.inspection.drawing import save
from documents.inspection.limits import Limits
from documents.inspection.protocol import Report, Unacceptable

register_heif_opener()
# A photograph shows the paper smaller than its edge: more points than a drawn page needs.
LONG_SIDE: Final = 2400
# A paper this small cannot be read: 400 points across A4 are 35 dpi.
LEGIBLE_SIDE: Final = 400
FORMATS: Final = ("JPEG", "PNG", "TIFF", "HEIF")
WITHOUT_END: Final = ("TIFF", "HEIF")
CODE: Final = re.compile(rb"<\?(?:php|=\s*[$`])|<(?:script|svg|html|iframe)\b", re.IGNORECASE)
PNG_END: Final = b"IEND\xaeB\x60\x82"
JPEG_END: Final = b"\xff\xd9"


def look(path: Path, limits: Limits) -> Report:
    """Check size, frames and ends of the picture without decoding it whole."""
    with bounded(limits):
        with Image.open(path, formats=FORMATS) as checked:
            checked.verify()
        with Image.open(path, formats=FORMATS) as image:
            frames = getattr(image, "n_frames", 1)
            pages = frames if image.format == "TIFF" else 1
            if pages > limits.max_pages:
                raise Unacceptable("too_many_pages", pages=pages, limit=limits.max_pages)
            return {"flags": _flags(image, frames=frames, raw=path.read_bytes()), "pages": pages}


def picture(path: Path, out_dir: Path, limits: Limits) -> Report:
    """Decode each page fully and draw it upright, without its metadata."""
    with bounded(limits), Image.open(path, formats=FORMATS) as image:
        frames = ImageSequence.Iterator(image) if image.format == "TIFF" else [image]
        pages = [
            _drawn(frame, out_dir=out_dir, number=number)
            for number, frame in enumerate(frames, start=1)
        ]
    return {"pages": pages, "flags": []}


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


def _drawn(frame: Image.Image, *, out_dir: Path, number: int) -> dict[str, Any]:
    if frame.width * frame.height > (Image.MAX_IMAGE_PIXELS or 0):
        raise Image.DecompressionBombError()
    drawn = save(ImageOps.exif_transpose(_reduced(frame)), out_dir, number=number)
    return {**drawn, "text": "", "lines": [], "trustworthy": False, "long_side_mm": None}


def _reduced(image: Image.Image) -> Image.Image:
    """Shrink before anything else copies the pixels; a JPEG is even decoded small."""
    if image.mode in {"P", "1"}:
        image = image.convert("RGBA")
    image = image.copy() if image.format == "TIFF" else image
    image.thumbnail((LONG_SIDE, LONG_SIDE))
    return image


def _flags(image: Image.Image, *, frames: int, raw: bytes) -> list[str]:
    seen = {
        "animated": frames > 1 and image.format != "TIFF",
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
