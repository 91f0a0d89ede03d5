"""Prepare a picture for reading: without red ink, evenly lit. Child process only."""

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np

from documents.vision.ocr import Image

# How much redder than blue and green ink is, and what lies around it.
RED_INK: Final = 60
REDDISH: Final = 24
# The percentile of the red channel within the ink that is bleached to white, its darker strokes,
# and the one that counts as paper.
DARK_INK: Final = 20
LIGHT: Final = 90
# A seal is at least this much of the long side (18 mm of A4), a heap of seals no longer than that.
SEAL_SHARE: Final = 0.06
LONGEST: Final = 3.5
THIN: Final = 16
# Paper is judged at an eighth of the size: shadows are large.
SHRINK: Final = 8
UNEVEN: Final = 25


def without_red_ink(image: Image) -> Image:
    """Return the red channel, in which a red seal is pale, with what is left of it bleached.

    Black words under the seal stay: they are far darker there than its ink. Red words in a line,
    as a letterhead has them, stay too.
    """
    blue, green, red = cv2.split(image)
    redness = cv2.subtract(red, cv2.max(blue, green))
    channel: Image = np.ascontiguousarray(red)
    for across, down in seal_sized(redness):
        cut, shade = redness[down, across], channel[down, across]
        ink = max(float(np.percentile(shade[cut > RED_INK], DARK_INK)), 1.0)
        # Colours of a JPEG bleed: the edges of the seal are less red than its ink, and as pale.
        around = cv2.dilate(np.where(cut > REDDISH, np.uint8(1), np.uint8(0)), np.ones((3, 3)))
        paper = float(np.percentile(shade, LIGHT))
        bleached = np.minimum(shade * (paper / ink), paper).astype(np.uint8)
        channel[down, across] = np.where(around > 0, bleached, shade)
    return channel


def seal_sized(redness: Image) -> Iterator[tuple[slice, slice]]:
    """Yield where on the page something red is as large, and about as wide as high, as seals."""
    height, width = redness.shape
    inked = np.where(redness > RED_INK, np.uint8(255), np.uint8(0))
    size = (max(width // SHRINK, 1), max(height // SHRINK, 1))
    small = cv2.resize(inked, size, interpolation=cv2.INTER_AREA)
    joined = cv2.dilate(np.where(small > THIN, np.uint8(1), np.uint8(0)), np.ones((3, 3)))
    _count, _labels, boxes, _middles = cv2.connectedComponentsWithStats(joined)
    for x, y, across, down, _points in boxes[1:]:
        large = min(across, down) > SEAL_SHARE * max(size)
        if large and max(across, down) < LONGEST * min(across, down):
            left, top = int(x) * SHRINK, int(y) * SHRINK
            right, bottom = left + int(across) * SHRINK, top + int(down) * SHRINK
            yield slice(left, right), slice(top, bottom)


def evenly_lit(grey: Image) -> Image:
    """Divide a shadow out of *grey*; an even page is returned as it is."""
    height, width = grey.shape
    small = cv2.resize(
        grey, (max(width // SHRINK, 8), max(height // SHRINK, 8)), interpolation=cv2.INTER_AREA
    )
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 21)
    dark, light = np.percentile(paper, (5, 95))
    if light - dark < UNEVEN:
        return grey
    background = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    lit: Image = cv2.divide(grey, np.maximum(background, 1), scale=255)
    return lit


def three(grey: Image) -> Image:
    """Return *grey* as the three equal channels that the models expect."""
    stacked: Image = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    return stacked
