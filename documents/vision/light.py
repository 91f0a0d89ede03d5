"""Prepare a picture for reading: without red ink, evenly lit. Child process only."""

from typing import Final

import cv2
import numpy as np

from documents.vision.ocr import Image

RED: Final = 2
# Paper is judged at an eighth of the size: shadows are large.
SHRINK: Final = 8
UNEVEN: Final = 25


def without_red_ink(image: Image) -> Image:
    """Return the red channel: a red seal vanishes from it, and the words under it stay."""
    channel: Image = np.ascontiguousarray(image[:, :, RED])
    return channel


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
