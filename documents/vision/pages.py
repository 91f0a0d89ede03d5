"""Look at one page picture: its words, its seals, its mark. Child process only."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import cv2
import numpy as np

from documents.vision import again, display, light, marks, ocr, seals, straight
from documents.vision.found import SeenText
from documents.vision.ocr import Image, Quad, Word

Answer = dict[str, Any]
QUALITY: Final = 82
TURNS: Final = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}
SAMPLE: Final = 8
CLEAR: Final = 0.85
MARGIN: Final = 0.15


def read(picture: str, *, upright: str) -> Answer:
    """Return the lines of the page at *picture*; if it did not lie straight, write *upright*."""
    image = load(picture)
    page = light.three(light.evenly_lit(light.without_red_ink(image)))
    quads = ocr.find(page)
    words = [] if lies_on_its_side(quads) else words_in(page, quads)
    turned = 0 if clarity_of(words) >= CLEAR else turn_of(page, quads)
    if turned:
        page, image = (cv2.rotate(shown, TURNS[turned]) for shown in (page, image))
        quads = ocr.find(page)
        words = words_in(page, quads)
    words = again.second_look(words, page, quads)
    slope = straight.slope_of(quads, page)
    if turned or slope.matters:
        redrawn = straight.straightened(image, slope) if slope.matters else image
        cv2.imwrite(upright, redrawn, [cv2.IMWRITE_WEBP_QUALITY, QUALITY])
        quads = [straight.moved(quad, slope) for quad in quads] if slope.matters else quads
    lines = [line_of(word, quad, page) for word, quad in zip(words, quads, strict=True)]
    shown = sorted((line for line in lines if line.text.strip()), key=lambda line: line.box[1::-1])
    return {
        "turned": turned,
        "redrawn": bool(turned or slope.matters),
        "lines": [line.to_dict() for line in shown],
    }


def words_in(page: Image, quads: Sequence[Quad]) -> list[Word]:
    """Read the lines of *page* within *quads*."""
    return ocr.recognise([ocr.cut(page, quad) for quad in quads])


def load(picture: str) -> Image:
    """Return the picture as it was drawn.

    Raises:
        ValueError: it is no picture.

    """
    image = cv2.imread(picture, cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("no picture")
    return np.asarray(image, np.uint8)


def turn_of(page: Image, quads: Sequence[Quad]) -> int:
    """Return by how many degrees, clockwise, *page* must be turned: its longest lines tell.

    A line that runs up or down is cut out as if it ran up; it reads clearer turned the right way.
    """
    longest = sorted(quads, key=lambda quad: -float(np.ptp(quad, axis=0).max()))[:SAMPLE]
    crops = [ocr.cut(page, quad) for quad in longest]
    turned = clarity_of(ocr.recognise([cv2.rotate(crop, cv2.ROTATE_180) for crop in crops]))
    stands = clarity_of(ocr.recognise(crops)) >= turned
    if lies_on_its_side(quads):
        return 270 if stands else 90
    return 0 if stands else 180


def clarity_of(words: Sequence[Word]) -> float:
    """Return how clearly *words* read on the whole, the long ones counting more."""
    signs = sum(len(word.text) for word in words)
    return sum(word.clarity * len(word.text) for word in words) / signs if signs else 0.0


def lies_on_its_side(quads: Sequence[Quad]) -> bool:
    """Tell whether most of what is written runs up or down: single lines of it read well so."""
    across, down = (sum(float(np.ptp(quad[:, axis])) for quad in quads) for axis in (0, 1))
    return down > across


def line_of(word: Word, quad: Quad, page: Image) -> SeenText:
    """Return *word* with its box in fractions of *page*."""
    height, width = page.shape[:2]
    left, top = quad.min(axis=0) / (width, height)
    right, bottom = quad.max(axis=0) / (width, height)
    box = (float(left), float(top), float(right - left), float(bottom - top))
    return SeenText(word.text, box, word.confidence)


def read_boxes(picture: str, boxes: Sequence[Sequence[float]]) -> Answer:
    """Return what stands within each of *boxes* (fractions of the page)."""
    page = light.three(light.evenly_lit(light.without_red_ink(load(picture))))
    words = ocr.recognise([part(page, box) for box in boxes])
    return {"texts": [(word.text, word.confidence) for word in words]}


def part(page: Image, box: Sequence[float]) -> Image:
    """Return the stretch of *page* within *box*, with a little air around it."""
    height, width = page.shape[:2]
    left, top, across, down = box
    air = MARGIN * down * height
    x1, x2 = int(left * width - air), int((left + across) * width + air) + 1
    y1, y2 = int(top * height - air), int((top + down) * height + air) + 1
    cropped = page[max(y1, 0) : max(y2, 1), max(x1, 0) : max(x2, 1)]
    return cropped if cropped.size else page[:1, :1]


def lighten(picture: str, *, lighter: str) -> Answer:
    """Write the page at *picture* to *lighter*, as people's screens need it."""
    display.write(load(picture), lighter)
    return {}


def examine(picture: str, *, long_side_mm: float | None) -> Answer:
    """Return the seals of the page and its mark."""
    image = load(picture)
    found = seals.find_seals(image, long_side_mm=long_side_mm, read_strip=read_strip)
    return {"seals": [asdict(seal) for seal in found], "mark": marks.page_mark(image)}


def read_strip(strip: Image) -> Word:
    """Read one line of words cut out of a seal."""
    return ocr.recognise([strip])[0]
