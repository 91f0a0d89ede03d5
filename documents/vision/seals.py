"""Find company seals on a page and describe them. Child process only.

What is found is evidence with a score; that a seal was found proves nothing about who pressed it.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import cv2
import numpy as np

from documents.vision import ink, rings
from documents.vision.found import FoundSeal
from documents.vision.imprint import mark_of, pixels_of
from documents.vision.kinds import kind_of
from documents.vision.light import three
from documents.vision.ocr import Image, Word
from documents.vision.rings import Circle

A4_MM: Final = 297.0
# Round company seals are 38 to 50 mm, oval and department ones down to 30; paper may be cropped.
SMALLEST_MM, LARGEST_MM = 22.0, 70.0
MOST_SEALS: Final = 12
LEAST_COVER: Final = 0.5
LEAST_FREE: Final = 0.35
# Of the band where the name stands at least so much is inked: an empty ring names nobody.
LEAST_WORDS: Final = 0.06
LEAST_SCORE: Final = 0.45
LEAST_ROUND: Final = 0.55
SIDE: Final = 400
ReadStrip = Callable[[Image], Word]


def find_seals(
    image: Image, *, long_side_mm: float | None, read_strip: ReadStrip
) -> list[FoundSeal]:
    """Return the seals on *image*, the surest first; the size scale is A4 unless it is known."""
    px_per_mm = max(image.shape[:2]) / (long_side_mm or A4_MM)
    found = [
        seal
        for colour, strength in inks(image)
        for circle in circles(strength, px_per_mm=px_per_mm, colour=colour)
        if (
            seal := describe(
                image,
                strength,
                circle,
                colour=colour,
                read_strip=read_strip,
                px_per_mm=px_per_mm if long_side_mm else None,
            )
        )
    ]
    return apart(sorted(found, key=lambda seal: -seal.score))[:MOST_SEALS]


def inks(image: Image) -> Iterator[tuple[str, Image]]:
    """Yield each ink a seal may have on this page, and how strongly each point carries it."""
    if ink.is_colourless(image):
        yield "grey", ink.dark(image)
        return
    for colour, excess in (("red", ink.redness(image)), ("other", ink.blueness(image))):
        if np.count_nonzero(excess > ink.REDNESS) > 200:
            yield colour, cv2.convertScaleAbs(excess, alpha=3.2)


def circles(strength: Image, *, px_per_mm: float, colour: str) -> list[Circle]:
    """Return where something round of a seal's size lies."""
    if colour == "grey":
        return hough_circles(strength, px_per_mm=px_per_mm)
    # Two seals over each other form one heap; their rings are still two.
    return [
        *hull_circles(strength, px_per_mm=px_per_mm),
        *hough_circles(strength, px_per_mm=px_per_mm),
    ]


def hull_circles(strength: Image, *, px_per_mm: float) -> list[Circle]:
    """Join what lies close together and fit an ellipse around each heap of a seal's size."""
    mask = np.where(strength > 90, np.uint8(255), np.uint8(0))
    reach = max(round(1.6 * px_per_mm), 3)
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    contours, _tree = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    smallest, largest = SMALLEST_MM * px_per_mm, LARGEST_MM * px_per_mm
    fitted = []
    for contour in contours:
        hull = cv2.convexHull(contour)
        _x, _y, width, height = cv2.boundingRect(hull)
        if max(width, height) < smallest or max(width, height) > largest or len(hull) < 8:
            continue
        (x, y), (across, down), angle = cv2.fitEllipse(hull)
        fitted.append(Circle(x, y, across / 2, down / 2, angle))
    return [circle for circle in fitted if circle.roundness >= LEAST_ROUND]


def hough_circles(strength: Image, *, px_per_mm: float) -> list[Circle]:
    """Look for rings among black words, where no colour tells them apart."""
    scale = min(1.0, 900 / max(strength.shape))
    small = cv2.GaussianBlur(
        cv2.resize(strength, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), (0, 0), 1.1
    )
    radii = [round(mm / 2 * px_per_mm * scale) for mm in (SMALLEST_MM, LARGEST_MM)]
    found = cv2.HoughCircles(
        small,
        cv2.HOUGH_GRADIENT_ALT,
        1.5,
        radii[0],
        param1=220,
        param2=0.55,
        minRadius=radii[0],
        maxRadius=radii[1],
    )
    rows: list[Any] = [] if found is None else list(found.reshape(-1, found.shape[-1])[:MOST_SEALS])
    return [Circle(*(float(part) / scale for part in (x, y, r, r))) for x, y, r, *_votes in rows]


def describe(
    image: Image,
    strength: Image,
    circle: Circle,
    *,
    colour: str,
    read_strip: ReadStrip,
    px_per_mm: float | None,
) -> FoundSeal | None:
    """Return what is known of the round thing at *circle*; ``None`` if it is no seal."""
    cut = rings.rounded(strength, circle, side=SIDE)
    unrolled = rings.unroll(cut)
    cover, free = rings.ring_cover(unrolled), rings.ring_thinness(unrolled)
    if cover < LEAST_COVER or free < LEAST_FREE or rings.words_ink(unrolled) < LEAST_WORDS:
        return None
    foot = rings.gap_middle(unrolled)
    paper = 255 - cut
    along = read_strip(three(rings.words_strip(paper, foot)))
    below = read_strip(three(rings.below_strip(paper, foot)))
    star = rings.star_strength(unrolled)
    score = score_of(cover=cover, star=star, words=along, colour=colour)
    if score < LEAST_SCORE:
        return None
    words = along.text.replace(" ", "")
    return FoundSeal(
        box=box_of(circle, image),
        colour=colour,
        kind=kind_of(words, below.text if below.clarity > 0.6 else ""),
        score=score,
        roundness=round(circle.roundness, 3),
        star=round(star, 3),
        diameter_mm=round(2 * circle.radius / px_per_mm, 1) if px_per_mm else None,
        ring_text=words[:120],
        mark=mark_of(unrolled),
        pixels=pixels_of(rings.rounded(image, circle, side=SIDE), colour=colour),
    )


def score_of(*, cover: float, star: float, words: Word, colour: str) -> float:
    """Weigh ring, star and words; without words a round thing is a logo sooner than a seal."""
    chinese = sum("\u4e00" <= sign <= "\u9fff" for sign in words.text)
    legible = min(chinese / 6, 1.0) * words.clarity
    weighed = 0.3 * cover + 0.2 * star + 0.5 * legible
    return round(weighed if colour == "red" else weighed * 0.9, 3)


def box_of(circle: Circle, image: Image) -> tuple[float, float, float, float]:
    """Return the square around *circle* in fractions of the page."""
    height, width = image.shape[:2]
    radius = max(circle.across, circle.down)
    left, top = (circle.x - radius) / width, (circle.y - radius) / height
    return (
        round(left, 5),
        round(top, 5),
        round(2 * radius / width, 5),
        round(2 * radius / height, 5),
    )


def apart(seals: list[FoundSeal]) -> list[FoundSeal]:
    """Drop what lies over a surer seal: one ring is often found twice."""
    kept: list[FoundSeal] = []
    for seal in seals:
        if all(overlap(seal, other) < 0.3 for other in kept):
            kept.append(seal)
    return kept


def overlap(one: FoundSeal, other: FoundSeal) -> float:
    """Return the shared area as a share of the smaller seal's."""
    across = min(one.box[0] + one.box[2], other.box[0] + other.box[2]) - max(
        one.box[0], other.box[0]
    )
    down = min(one.box[1] + one.box[3], other.box[1] + other.box[3]) - max(one.box[1], other.box[1])
    smaller = min(one.box[2] * one.box[3], other.box[2] * other.box[3])
    return max(across, 0) * max(down, 0) / smaller if smaller else 0.0
