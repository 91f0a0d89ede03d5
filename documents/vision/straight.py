"""Straighten a page whose lines climb or fall, as in skewed scans and photographs. Child only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from documents.vision.ocr import Image, Quad

# Only lines this much longer than high say which way they run.
LONG: Final = 4
FEWEST: Final = 4
# Slopes below this, a tenth of a degree, are left alone.
FLAT: Final = 0.002
STEEPEST: Final = 0.12


@dataclass(frozen=True, slots=True)
class Slope:
    """How lines run: a slope in the middle of the page, and how it changes from top to bottom."""

    middle: float
    change: float
    width: int
    height: int

    @property
    def matters(self) -> bool:
        """Tell whether the page is worth redrawing."""
        return abs(self.middle) > FLAT or abs(self.change) > 2 * FLAT

    def lift(self, x: Image, y: Image) -> Image:
        """Return by how much points are to be lifted for their lines to run level."""
        slope = self.middle + self.change * (y / self.height - 0.5)
        lifted: Image = slope * (x - self.width / 2)
        return lifted


def slope_of(quads: Sequence[Quad], page: Image) -> Slope:
    """Return how the lines within *quads* run; level where too few can tell."""
    height, width = page.shape[:2]
    runs = [run for quad in quads if (run := _run(quad)) is not None]
    if len(runs) < FEWEST:
        return Slope(0.0, 0.0, width, height)
    places, slopes = np.array(runs).T
    change = 0.0
    if len(runs) >= 3 * FEWEST and np.ptp(places) > height / 3:
        change = float(np.polyfit(places / height - 0.5, slopes, 1)[0])
    rest = slopes - change * (places / height - 0.5)
    return Slope(float(np.median(rest)), change, width, height)


def _run(quad: Quad) -> tuple[float, float] | None:
    """Return height on the page and slope of one line, if it is long enough to tell."""
    left, right = (quad[0] + quad[3]) / 2, (quad[1] + quad[2]) / 2
    across = float(right[0] - left[0])
    thick = float(np.linalg.norm(quad[3] - quad[0]))
    if across < LONG * max(thick, 1):
        return None
    slope = float(right[1] - left[1]) / across
    return (float((left[1] + right[1]) / 2), slope) if abs(slope) < STEEPEST else None


def straightened(image: Image, slope: Slope) -> Image:
    """Return *image* with level lines."""
    x, y = np.meshgrid(
        np.arange(slope.width, dtype=np.float32), np.arange(slope.height, dtype=np.float32)
    )
    source = (y + slope.lift(x, y)).astype(np.float32)
    drawn: Image = cv2.remap(image, x, source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return drawn


def moved(quad: Quad, slope: Slope) -> Quad:
    """Return where *quad* lies on the straightened page."""
    level = quad.copy()
    level[:, 1] -= slope.lift(quad[:, 0], quad[:, 1])
    return level
