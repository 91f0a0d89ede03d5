"""Unroll a round seal: its ring, its star, the words along it and below it. Child process only."""

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from documents.vision.ocr import Image

ANGLES: Final = 720
DEPTH: Final = 160
# The unrolled picture reaches a little beyond the ring.
REACH: Final = 1.12
# Radii as shares of the seal's own: the words stand between star and ring.
WORDS: Final = (0.52, 0.93)
# What stands below the star reaches into the band of the words, but not as far out.
OUTER_WORDS: Final = (0.7, 0.88)
RING: Final = (0.9, 1.08)
STAR: Final = (0.1, 0.36)
# Below the star stands what the seal is for.
BELOW: Final = (0.26, 0.68)
BELOW_HALF: Final = 0.66


@dataclass(frozen=True, slots=True)
class Circle:
    """Where a seal lies, in pixels; an oval seal has two radii and an angle in degrees."""

    x: float
    y: float
    across: float
    down: float
    angle: float = 0.0

    @property
    def radius(self) -> float:
        """Return the mean radius."""
        return (self.across + self.down) / 2

    @property
    def roundness(self) -> float:
        """Return the short axis as a share of the long one."""
        return min(self.across, self.down) / max(self.across, self.down, 1)


@dataclass(frozen=True, slots=True)
class Unrolled:
    """A seal's ink by angle (rows) and radius (columns), values from 0 to 1."""

    ink: npt.NDArray[Any]

    def band(self, inner: float, outer: float) -> npt.NDArray[Any]:
        """Return the columns between two radii, as shares of the seal's own."""
        return self.ink[:, round(inner / REACH * DEPTH) : round(outer / REACH * DEPTH)]


def rounded(image: Image, circle: Circle, *, side: int = 400) -> Image:
    """Return the seal cut out and stretched into a circle of diameter ``side / REACH``."""
    half = side / 2
    turn = np.deg2rad(circle.angle)
    axis = np.array([np.cos(turn), np.sin(turn)])
    other = np.array([-axis[1], axis[0]])
    middle = np.array([circle.x, circle.y])
    source = np.array(
        [
            middle,
            middle + axis * circle.across * REACH,
            middle + other * circle.down * REACH,
        ],
        np.float32,
    )
    # Turned back by the same angle, so that up stays up.
    target = np.array(
        [[half, half], half + axis * half, half + other * half],
        np.float32,
    )
    matrix = cv2.getAffineTransform(source, target)
    cut: Image = cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_CUBIC)
    return cut


def unroll(ink: Image) -> Unrolled:
    """Unroll *ink*, a rounded cut of grey values with the seal's ink bright."""
    half = ink.shape[0] / 2
    polar = cv2.warpPolar(
        ink, (DEPTH, ANGLES), (half, half), half, cv2.INTER_LINEAR | cv2.WARP_POLAR_LINEAR
    )
    return Unrolled(polar.astype(np.float32) / 255)


def ring_cover(unrolled: Unrolled) -> float:
    """Return over which share of all angles the outer ring is inked."""
    return float((unrolled.band(*RING).max(axis=1) > 0.35).mean())


def ring_thinness(unrolled: Unrolled) -> float:
    """Return how much of the seal's face stays free of ink; a disc has none."""
    return 1 - float((unrolled.band(0.05, RING[0]) > 0.35).mean())


def words_ink(unrolled: Unrolled) -> float:
    """Return which share of the band where the words stand is inked."""
    return float((unrolled.band(*OUTER_WORDS) > 0.35).mean())


def star_strength(unrolled: Unrolled) -> float:
    """Return from 0 to 1 how clearly the middle shows five equal rays."""
    profile = unrolled.band(*STAR).mean(axis=1)
    if profile.mean() < 0.1:
        return 0.0
    power = np.abs(np.fft.rfft(profile - profile.mean()))
    waves = power[1:13]
    total = float(np.sqrt((waves**2).sum()))
    return min(float(np.hypot(power[5], power[10])) / total, 1.0) if total else 0.0


def gap_middle(unrolled: Unrolled) -> int:
    """Return the row in the middle of the widest stretch without signs: the seal's foot."""
    bare = (unrolled.band(*OUTER_WORDS) > 0.35).mean(axis=1) < 0.06
    twice = np.concatenate([bare, bare])
    best, length, run = 0, 0, 0
    for row, empty in enumerate(twice):
        run = min(run + 1, ANGLES) if empty else 0
        if run > length:
            best, length = row, run
    return (best - length // 2) % ANGLES


def words_strip(paper: Image, foot: int) -> Image:
    """Return the words along the ring of *paper* (dark on light) as one straight line."""
    half = paper.shape[0] / 2
    around = round(np.pi * 2 * half / REACH * 0.75)
    polar = cv2.warpPolar(
        paper, (round(half), around), (half, half), half, cv2.INTER_CUBIC | cv2.WARP_POLAR_LINEAR
    )
    rolled = np.roll(polar, -round(foot / ANGLES * around), axis=0)
    inner, outer = (round(radius / REACH * half) for radius in WORDS)
    strip: Image = cv2.rotate(rolled[:, inner:outer], cv2.ROTATE_90_COUNTERCLOCKWISE)
    return strip


def below_strip(paper: Image, foot: int) -> Image:
    """Return the line below the star, the seal turned so that its foot is down."""
    side = paper.shape[0]
    half = side / 2
    degrees = foot / ANGLES * 360 - 90
    matrix = cv2.getRotationMatrix2D((half, half), degrees, 1)
    upright = cv2.warpAffine(paper, matrix, (side, side), borderValue=255)
    radius = half / REACH
    top, bottom = (round(half + radius * share) for share in BELOW)
    left, right = (round(half + radius * share) for share in (-BELOW_HALF, BELOW_HALF))
    strip: Image = np.ascontiguousarray(upright[top:bottom, left:right])
    return strip
