"""The mark of a page: a 64-bit perceptual hash. Child process only.

A discrete cosine transform of OpenCV's and a dozen lines of our own: the usual package would
bring SciPy and PyWavelets along for them.
"""

from typing import Final

import cv2
import numpy as np

from documents.vision.ocr import Image

SIDE: Final = 32
LOW: Final = 8


def page_mark(image: Image) -> str:
    """Return the mark of *image*, sixteen hexadecimal digits; like pages differ in few bits."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    slow = cv2.dct(small)[:LOW, :LOW].flatten()
    # The first coefficient is the brightness of the whole page and says nothing.
    bits = slow > np.median(slow[1:])
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):016x}"
