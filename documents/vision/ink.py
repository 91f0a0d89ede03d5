"""Where a page carries seal ink: red, or the grey that a scanner made of it. Child process only."""

from typing import Final

import cv2
import numpy as np

from documents.vision.ocr import Image

REDNESS: Final = 28
# Mean saturation below this: the scanner or copier knew no colours.
COLOURLESS: Final = 6.0


def redness(image: Image) -> Image:
    """Return how much redder than anything else each point is."""
    blue, green, red = cv2.split(image)
    excess: Image = cv2.subtract(red, cv2.max(blue, green))
    return excess


def blueness(image: Image) -> Image:
    """Return how much bluer than anything else each point is."""
    blue, green, red = cv2.split(image)
    excess: Image = cv2.subtract(blue, cv2.max(green, red))
    return excess


def is_colourless(image: Image) -> bool:
    """Tell whether the page has no colour at all."""
    small = cv2.resize(image, (200, 200), interpolation=cv2.INTER_AREA)
    spread = small.max(axis=2).astype(np.int16) - small.min(axis=2)
    return bool(np.percentile(spread, 99.8) < COLOURLESS * 3 and spread.mean() < COLOURLESS)


def dark(image: Image) -> Image:
    """Return the inked points of a colourless page, as a mask of 0 and 255."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    side = max(image.shape[:2]) // 40 | 1
    mask: Image = cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, side, 18
    )
    return mask
