"""Draw a PDF's pages and read their text layer. Runs only inside the child process."""

from pathlib import Path
from typing import Any, Final

import pypdfium2 as pdfium
from PIL import Image

from documents.inspection.drawing import save
from documents.inspection.limits import Limits
from documents.inspection.pdf_text import Layer, read_layer
from documents.inspection.protocol import Unacceptable

# The long side of A4 at 171 dpi: what a reader of small print and of seals still gains from.
LONG_SIDE: Final = 2000
MM_PER_POINT: Final = 25.4 / 72


def draw(path: Path, *, out_dir: Path, limits: Limits) -> tuple[list[dict[str, Any]], bool]:
    """Draw every page; tell also whether any holds text that cannot be seen."""
    pages = []
    hidden = False
    with pdfium.PdfDocument(path) as pdf:
        if len(pdf) > limits.max_pages:
            raise Unacceptable("too_many_pages", pages=len(pdf), limit=limits.max_pages)
        for number in range(1, len(pdf) + 1):
            page = pdf[number - 1]
            picture = _picture(page)
            layer = read_layer(page, picture=picture, most=limits.max_page_text)
            pages.append(_drawn(page, picture, layer, out_dir=out_dir, number=number))
            hidden = hidden or layer.hidden
            page.close()
    return pages, hidden


def _picture(page: pdfium.PdfPage) -> Image.Image:
    scale = LONG_SIDE / max(*page.get_size(), 1)
    picture: Image.Image = page.render(scale=scale).to_pil()
    return picture


def _drawn(
    page: pdfium.PdfPage, picture: Image.Image, layer: Layer, *, out_dir: Path, number: int
) -> dict[str, Any]:
    return {
        **save(picture, out_dir, number=number),
        "text": layer.text,
        "lines": layer.lines,
        "trustworthy": layer.trustworthy,
        "long_side_mm": round(max(page.get_size()) * MM_PER_POINT, 1),
    }
