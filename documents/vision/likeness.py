"""Compare the marks of pages and seals. Pure Python: workers compare without looking."""

from math import sqrt
from typing import Final

# Bits of 256 in which two pictures of the very same seal pixels may differ after re-encoding.
SAME_PIXELS: Final = 40


def distance(one: str, other: str) -> int:
    """Return in how many bits two hexadecimal marks of one length differ."""
    return (int(one or "0", 16) ^ int(other or "0", 16)).bit_count()


def same_pixels(one: str, other: str) -> bool:
    """Tell whether two seals show the same pixels: one picture pasted twice, not two imprints."""
    return bool(one and other) and distance(one, other) <= SAME_PIXELS


def likeness(one: str, other: str) -> float:
    """Return from 0 to 1 how alike two seals are, however they are turned or scaled."""
    if not one or len(one) != len(other):
        return 0.0
    a, b = ([int(digit, 16) for digit in mark] for mark in (one, other))
    size = sqrt(sum(x * x for x in a)) * sqrt(sum(y * y for y in b))
    return round(sum(x * y for x, y in zip(a, b, strict=True)) / size, 4) if size else 0.0
