"""A lighter picture of a page for people's screens. Child process only."""

from itertools import product
from typing import Final

import cv2

from documents.vision.ocr import Image

# Small print of an A4 page is still read without effort at this many points of the long side.
LONG_SIDES: Final = (1400, 1240, 1000)
QUALITIES: Final = (60, 45)
# A page of a case must leave room for the case around it: 150 kB in all.
MOST_BYTES: Final = 60_000


def write(image: Image, target: str) -> None:
    """Write *image* to *target* as WebP, as large as goes into ``MOST_BYTES``.

    Grain that no size makes light is kept at the smallest: a heavy picture is better than a
    blurred one.
    """
    for long_side, quality in product(LONG_SIDES, QUALITIES):
        small = shrunk(image, long_side)
        drawn = cv2.imencode(".webp", small, [cv2.IMWRITE_WEBP_QUALITY, quality])[1]
        if len(drawn) <= MOST_BYTES:
            break
    drawn.tofile(target)


def shrunk(image: Image, long_side: int) -> Image:
    """Return *image* with at most *long_side* points on its longer side."""
    scale = long_side / max(image.shape[:2])
    if scale >= 1:
        return image
    return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
