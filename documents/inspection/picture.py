"""Open a JPEG or PNG. Runs only inside the child process."""

import re
import warnings
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from documents.inspection.drawing import save
from documents.inspection.limits import Limits
from documents.inspection.protocol import Unacceptable

LONG_SIDE: Final = 2000
# A paper this small cannot be read: 400 points across A4 are 35 dpi.
LEGIBLE_SIDE: Final = 400
FORMATS: Final = ("JPEG", "PNG")
CODE: Final = re.compile(rb"<\?(?:php|=\s*[$`])|<(?:script|svg|html|iframe)\b", re.IGNORECASE)
PNG_END: Final = b"IEND\xaeB\x60\x82"
JPEG_END: Final = b"\xff\xd9"


def parse(path: Path, out_dir: Path, limits: Limits) -> dict[str, object]:
    """Decode the picture fully and draw it upright, without its metadata."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = limits.max_pixels
    try:
        return _draw(path, out_dir=out_dir)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise Unacceptable("too_many_pixels", limit=limits.max_pixels) from bomb
    except ValueError as error:
        # Pillow bounds compressed text and colour profiles, and says so only in words.
        if "too large" in str(error):
            raise Unacceptable("too_large_decompressed", limit=limits.max_decoded) from error
        raise


def _draw(path: Path, *, out_dir: Path) -> dict[str, object]:
    with Image.open(path, formats=FORMATS) as checked:
        checked.verify()
    with Image.open(path, formats=FORMATS) as image:
        flags = _flags(image, raw=path.read_bytes())
        page = save(ImageOps.exif_transpose(_reduced(image)), out_dir, number=1, text="")
    return {"pages": [page], "flags": flags}


def _reduced(image: Image.Image) -> Image.Image:
    """Shrink before anything else copies the pixels; a JPEG is even decoded small."""
    if image.mode in {"P", "1"}:
        image = image.convert("RGBA")
    image.thumbnail((LONG_SIDE, LONG_SIDE))
    return image


def _flags(image: Image.Image, *, raw: bytes) -> list[str]:
    seen = {
        "animated": getattr(image, "n_frames", 1) > 1,
        "trailing_data": bool(_behind(image, raw=raw).strip(b"\0\r\n ")),
        "low_resolution": max(image.size) < LEGIBLE_SIDE,
        "sanitised": CODE.search(raw) is not None,
    }
    return [flag for flag, present in seen.items() if present]


def _behind(image: Image.Image, *, raw: bytes) -> bytes:
    """Return what follows the picture's end mark. A JPEG may hold a thumbnail with its own."""
    if image.format == "PNG":
        return raw.partition(PNG_END)[2]
    return raw.rpartition(JPEG_END)[2]
