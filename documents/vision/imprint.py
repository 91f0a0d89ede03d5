"""Describe an imprint so that others can be compared with it. Child process only."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from documents.vision import ink
from documents.vision.likeness import ANGLES, RADII
from documents.vision.ocr import Image
from documents.vision.rings import STAR, Unrolled

# Star, words and the line below; the ring itself is the same on every seal.
FACE: Final = (0.2, 0.94)
RAYS: Final = 5
MIDDLE: Final = 7.5
SMALL: Final = 128
# Of the waves across a seal those short enough to feel half a degree and the grain of the ink,
# and long enough to outlast being saved as JPEG once more.
WAVES: Final = (60.0, 80.0)
BITS: Final = 256


def mark_of(unrolled: Unrolled) -> str:
    """Return the face of the seal, six rings of 96 hexadecimal digits, begun at a ray of its star.

    It stays the same however the seal was scaled or pressed; begun at a ray, one of five turns
    remains open, and :func:`documents.vision.likeness.likeness` tries them all.
    """
    face = np.roll(unrolled.ink, -ray_of(unrolled), axis=0)
    face = cv2.resize(Unrolled(face).band(*FACE), (RADII, ANGLES), interpolation=cv2.INTER_AREA)
    face = face - face.mean(axis=0)
    top = float(np.abs(face).max()) or 1.0
    digits = np.clip(np.round(face / top * MIDDLE + MIDDLE), 0, 15).astype(int)
    return "".join(f"{digit:x}" for digit in digits.flatten())


def ray_of(unrolled: Unrolled) -> int:
    """Return the row of a ray of the star; without a star, some row."""
    profile = unrolled.band(*STAR).mean(axis=1)
    wave = np.fft.rfft(profile - profile.mean())[RAYS]
    return round(float(-np.angle(wave)) / RAYS / (2 * np.pi) * len(profile))


def pixels_of(cut: Image, *, colour: str) -> str:
    """Return 256 bits that stay nearly the same for one picture of a seal, pasted and re-encoded.

    Another imprint of the same die differs in turn, pressure and grain, and so in many bits.
    """
    weak = INKS[colour](cut)
    small = cv2.resize(weak, (SMALL, SMALL), interpolation=cv2.INTER_AREA).astype(np.float32)
    bits = cv2.dct(small).flatten()[chosen()] > 0
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):064x}"


def darkness(image: Image) -> Image:
    """Return how dark each point is."""
    return np.asarray(255 - cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))


# Not cut off anywhere: how strong the ink is at each point tells one pressing from another.
INKS: Final[dict[str, Callable[[Image], Image]]] = {
    "red": ink.redness,
    "other": ink.blueness,
    "grey": darkness,
}


@cache
def chosen() -> npt.NDArray[Any]:
    """Return which waves are asked for their sign, spread evenly over those of the right length."""
    down, across = np.mgrid[:SMALL, :SMALL]
    length = np.hypot(down, across).flatten()
    fitting = np.flatnonzero((length >= WAVES[0]) & (length < WAVES[1]))
    spread: npt.NDArray[Any] = np.linspace(0, len(fitting) - 1, BITS).round().astype(int)
    return np.asarray(fitting[spread])
