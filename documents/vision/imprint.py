"""Describe an imprint so that others can be compared with it. Child process only."""

from typing import Final

import cv2
import numpy as np

from documents.vision.ocr import Image
from documents.vision.rings import DEPTH, Unrolled

RADII: Final = 16
HARMONICS: Final = 24
SMALL: Final = 32
LOW: Final = 16


def mark_of(unrolled: Unrolled) -> str:
    """Return a description that stays the same however the seal is turned or scaled.

    For each of sixteen radii the strength of the first harmonics around the circle, a
    hexadecimal digit each: turning a seal changes only their phase.
    """
    rows = unrolled.ink.reshape(-1, RADII, DEPTH // RADII).mean(axis=2)
    waves = np.abs(np.fft.rfft(rows - rows.mean(axis=0), axis=0))[1 : HARMONICS + 1]
    top = float(waves.max()) or 1.0
    digits = np.minimum(np.round(np.sqrt(waves / top) * 15), 15).astype(int)
    return "".join(f"{digit:x}" for digit in digits.T.flatten())


def pixels_of(cut: Image) -> str:
    """Return 256 bits that stay nearly the same for one picture of a seal, pasted and re-encoded.

    Another imprint of the same die differs in turn, pressure and grain, and so in many bits.
    """
    small = cv2.resize(cut, (SMALL, SMALL), interpolation=cv2.INTER_AREA).astype(np.float32)
    slow = cv2.dct(small)[:LOW, :LOW].flatten()
    bits = slow > np.median(slow[1:])
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):064x}"
