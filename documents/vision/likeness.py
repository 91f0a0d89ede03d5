"""Compare the marks of pages and seals. Pure Python: workers compare without looking."""

from collections.abc import Sequence
from math import sqrt
from operator import mul
from typing import Final

# Bits of 256 in which two pictures of the very same seal pixels may differ after re-encoding.
# Of drawn seals pasted into two files two in three stay within it, one in ten where words cover
# them; of pairs pressed half a degree or more apart none of 185, at the same angle 2 of 75.
SAME_PIXELS: Final = 38
# From this likeness on two imprints pass for those of one die: 300 drawn pairs all reach it, and
# 8 of 540 pairs of other names, all of them names that share all but two or three signs.
SAME_DIE: Final = 0.82
# How a mark describes the face of a seal: so many radii at each of so many angles.
ANGLES: Final = 96
RADII: Final = 6
SECTORS: Final = 8
WORST: Final = 2
MIDDLE: Final = 7.5


def distance(one: str, other: str) -> int:
    """Return in how many bits two hexadecimal marks of one length differ."""
    return (int(one or "0", 16) ^ int(other or "0", 16)).bit_count()


def same_pixels(one: str, other: str) -> bool:
    """Tell whether two seals show the same pixels: one picture pasted twice, not two imprints."""
    return bool(one and other) and distance(one, other) <= SAME_PIXELS


def likeness(one: str, other: str) -> float:
    """Return from 0 to 1 how alike two seals are, however they are turned or scaled.

    Most of a seal is alike on all of them. What counts is how alike the two sectors are that are
    least so: another name differs there.
    """
    if len(one) != ANGLES * RADII or len(other) != len(one):
        return 0.0
    a, b = ([int(digit, 16) - MIDDLE for digit in mark] for mark in (one, other))
    b = turned_to(a, b)
    size = len(a) // SECTORS
    parts = [slice(start, start + size) for start in range(0, len(a), size)]
    alike = sorted(agreement(a[part], b[part]) for part in parts)
    return round(max(sum(alike[:WORST]) / WORST, 0.0), 4)


def turned_to(one: Sequence[float], other: Sequence[float]) -> list[float]:
    """Return *other* turned so that it lies on *one* as well as it can."""
    twice = [*other, *other]
    starts = range(0, len(other), RADII)
    best = max(starts, key=lambda start: sum(map(mul, one, twice[start : start + len(one)])))
    return twice[best : best + len(one)]


def agreement(one: Sequence[float], other: Sequence[float]) -> float:
    """Return from -1 to 1 how alike two sectors are."""
    size = sqrt(sum(map(mul, one, one)) * sum(map(mul, other, other)))
    return sum(map(mul, one, other)) / size if size else 0.0
