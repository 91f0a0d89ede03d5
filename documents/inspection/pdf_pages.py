"""Draw a PDF's pages and read their text. Runs only inside the child process."""

from ctypes import c_int
from pathlib import Path
from typing import Final

import pypdfium2 as pdfium
from PIL import Image
from pypdfium2 import raw

from documents.inspection.drawing import save
from documents.inspection.limits import Limits
from documents.inspection.protocol import Unacceptable

# The long side of A4 at 141 dpi: fine print stays legible, a page stays near 100 kB.
LONG_SIDE: Final = 1654
MAX_RUNS: Final = 400
MAX_CHARACTERS: Final = 20_000
# Grey levels between the darkest and lightest point that a reader would still not see.
EVEN_COLOUR: Final = 8

Box = tuple[float, float, float, float]


def draw(path: Path, *, out_dir: Path, limits: Limits) -> tuple[list[dict[str, object]], bool]:
    """Draw every page; tell also whether any holds text that cannot be seen."""
    pages = []
    hidden = False
    with pdfium.PdfDocument(path) as pdf:
        if len(pdf) > limits.max_pages:
            raise Unacceptable("too_many_pages", pages=len(pdf), limit=limits.max_pages)
        for number in range(1, len(pdf) + 1):
            page = pdf[number - 1]
            picture = _picture(page)
            layer = page.get_textpage()
            text = layer.get_text_range(0, min(layer.count_chars(), limits.max_page_text))
            pages.append(save(picture, out_dir, number=number, text=text))
            hidden = hidden or _hides_text(layer, picture=picture)
            layer.close()
            page.close()
    return pages, hidden


def _picture(page: pdfium.PdfPage) -> Image.Image:
    scale = LONG_SIDE / max(*page.get_size(), 1)
    picture: Image.Image = page.render(scale=scale).to_pil()
    return picture


def _hides_text(layer: pdfium.PdfTextPage, *, picture: Image.Image) -> bool:
    """Tell whether a run of text stands where the picture shows one even colour, or nothing.

    Finds text that is white, covered, cut off or drawn invisibly, whatever the trick.
    """
    if layer.count_chars() > MAX_CHARACTERS:
        return False
    for index in range(min(layer.count_rects(), MAX_RUNS)):
        box = layer.get_rect(index)
        if layer.get_text_bounded(*box).strip() and _is_blank(layer.page, box, picture=picture):
            return True
    return False


def _is_blank(page: pdfium.PdfPage, box: Box, *, picture: Image.Image) -> bool:
    left, bottom, right, top = box
    corners = [_pixel(page, x, y, size=picture.size) for x, y in ((left, top), (right, bottom))]
    (x1, x2), (y1, y2) = (sorted(ends) for ends in zip(*corners, strict=True))
    shown = picture.crop((max(x1, 0), max(y1, 0), x2 + 1, y2 + 1)) if x2 >= 0 and y2 >= 0 else None
    if shown is None or x1 >= picture.width or y1 >= picture.height:
        return True
    tones = shown.convert("L").tobytes()
    return max(tones) - min(tones) < EVEN_COLOUR


def _pixel(page: pdfium.PdfPage, x: float, y: float, *, size: tuple[int, int]) -> tuple[int, int]:
    across, down = c_int(), c_int()
    raw.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
    return across.value, down.value
