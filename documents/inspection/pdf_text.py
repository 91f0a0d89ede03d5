"""Read a PDF page's text layer, and judge whether it may be believed. Runs only in the child."""

from collections.abc import Iterator
from ctypes import c_int
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2 as pdfium
from PIL import Image
from pypdfium2 import raw

MAX_RUNS: Final = 4_000
MAX_CHARACTERS: Final = 40_000
# Grey levels between the darkest and lightest point that a reader would still not see.
EVEN_COLOUR: Final = 8
# A picture over this share of the page is what people look at; the text beside it is a guess.
MOSTLY_PICTURE: Final = 0.5
MOST_RUBBISH: Final = 0.05
# Runs nearer than this, in heights, belong to one line; table cells stand further apart.
WORD_GAP: Final = 0.6
SAME_LINE: Final = 0.6

Box = tuple[float, float, float, float]
Pixels = tuple[int, int, int, int]


@dataclass(slots=True)
class Layer:
    """The text of a page, its lines with boxes in fractions of the picture, and the doubts."""

    text: str
    lines: list[dict[str, Any]]
    hidden: bool
    trustworthy: bool


@dataclass(slots=True)
class Run:
    """A stretch of text and where it stands in the picture, in pixels."""

    text: str
    left: int
    top: int
    right: int
    bottom: int


def read_layer(page: pdfium.PdfPage, *, picture: Image.Image, most: int) -> Layer:
    """Return the text of *page*, at most *most* characters of it."""
    layer = page.get_textpage()
    try:
        count = layer.count_chars()
        text = layer.get_text_range(0, min(count, most))
        if count > MAX_CHARACTERS:
            return Layer(text, [], hidden=False, trustworthy=False)
        runs = list(_runs(layer, size=picture.size))
    finally:
        layer.close()
    hidden = any(_is_blank(run, picture=picture) for run in runs)
    trustworthy = bool(runs) and not hidden and _is_plain(text) and not is_picture(page)
    lines = [_line(run, size=picture.size) for run in _joined(runs)] if trustworthy else []
    return Layer(text, lines, hidden=hidden, trustworthy=trustworthy)


def _runs(layer: pdfium.PdfTextPage, *, size: tuple[int, int]) -> Iterator[Run]:
    for index in range(min(layer.count_rects(), MAX_RUNS)):
        box = layer.get_rect(index)
        text = layer.get_text_bounded(*box).strip()
        if text:
            yield Run(text, *_pixels(layer.page, box, size=size))


def _pixels(page: pdfium.PdfPage, box: Box, *, size: tuple[int, int]) -> Pixels:
    left, bottom, right, top = box
    corners = [_pixel(page, x, y, size=size) for x, y in ((left, top), (right, bottom))]
    (x1, x2), (y1, y2) = (sorted(ends) for ends in zip(*corners, strict=True))
    return x1, y1, x2, y2


def _pixel(page: pdfium.PdfPage, x: float, y: float, *, size: tuple[int, int]) -> tuple[int, int]:
    across, down = c_int(), c_int()
    raw.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
    return across.value, down.value


def _is_blank(run: Run, *, picture: Image.Image) -> bool:
    """Tell whether the picture shows one even colour, or nothing, where *run* stands.

    Finds text that is white, covered, cut off or drawn invisibly, whatever the trick.
    """
    outside = run.right < 0 or run.bottom < 0
    if outside or run.left >= picture.width or run.top >= picture.height:
        return True
    shown = picture.crop((max(run.left, 0), max(run.top, 0), run.right + 1, run.bottom + 1))
    tones = shown.convert("L").tobytes()
    return max(tones) - min(tones) < EVEN_COLOUR


def _is_plain(text: str) -> bool:
    """Tell whether the characters are such as people write; fonts without a table give others."""
    odd = sum(sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff" or sign < "\t" for sign in text)
    return odd <= MOST_RUBBISH * len(text)


def is_picture(page: pdfium.PdfPage) -> bool:
    """Tell whether a picture fills most of the page, as in a scan with a guessed text layer."""
    width, height = page.get_size()
    area = max(width * height, 1)
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = item.get_bounds()
        across = min(right, width) - max(left, 0)
        if across > 0 and across * (min(top, height) - max(bottom, 0)) > MOSTLY_PICTURE * area:
            return True
    return False


def _joined(runs: list[Run]) -> list[Run]:
    """Join runs that follow each other in one line; a wide gap parts cells."""
    joined: list[Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        if last and _follows(last, run):
            blank = " " if run.left - last.right > 0.15 * (last.bottom - last.top) else ""
            joined[-1] = Run(
                f"{last.text}{blank}{run.text}",
                min(last.left, run.left),
                min(last.top, run.top),
                max(last.right, run.right),
                max(last.bottom, run.bottom),
            )
        else:
            joined.append(run)
    return joined


def _follows(last: Run, run: Run) -> bool:
    height = max(min(last.bottom - last.top, run.bottom - run.top), 1)
    overlap = min(last.bottom, run.bottom) - max(last.top, run.top)
    gap = run.left - last.right
    return overlap > SAME_LINE * height and -height < gap < WORD_GAP * height


def _line(run: Run, *, size: tuple[int, int]) -> dict[str, Any]:
    width, height = size
    box = (run.left / width, run.top / height, (run.right - run.left) / width)
    return {"text": run.text, "box": [*box, (run.bottom - run.top) / height]}
