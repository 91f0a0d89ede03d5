"""Draw a PDF's pages and read their text layer. Runs only inside the child process."""

from pathlib import Path
from typing import Any, Final

import pikepdf
import pypdfium2 as pdfium
from PIL import Image

from documents.inspection.drawing import save
from documents.inspection.limits import Limits
from documents.inspection.pdf_text import Layer, is_picture, read_layer
from documents.inspection.protocol import Unacceptable

# The long side of A4 at 171 dpi: what a reader of small print and of seals still gains from.
LONG_SIDE: Final = 2000
MM_PER_POINT: Final = 25.4 / 72


def draw(
    path: Path, *, out_dir: Path, limits: Limits, first: int
) -> tuple[list[dict[str, Any]], bool, int]:
    """Draw the pages from *first* on, as many as go at once.

    Tell also whether any holds text that cannot be seen, and how many the file has.
    """
    pages = []
    hidden = False
    with _opened(path, out_dir=out_dir) as pdf:
        if len(pdf) > limits.max_pages:
            raise Unacceptable("too_many_pages", pages=len(pdf), limit=limits.max_pages)
        of = len(pdf)
        for number in range(first, min(of, first + limits.pages_at_once - 1) + 1):
            page = pdf[number - 1]
            picture = _picture(page)
            layer = read_layer(page, picture=picture, most=limits.max_page_text)
            pages.append(_drawn(page, picture, layer, out_dir=out_dir, number=number))
            hidden = hidden or layer.hidden
            page.close()
    return pages, hidden, of


def _opened(path: Path, *, out_dir: Path) -> pdfium.PdfDocument:
    """Open the file; what only the more lenient reader understands is written anew by that."""
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError:
        mended = out_dir / "mended.pdf"
        with pikepdf.open(path) as pdf:
            pdf.save(mended)
        return pdfium.PdfDocument(mended)


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
        "scanned": is_picture(page),
        "long_side_mm": round(max(page.get_size()) * MM_PER_POINT, 1),
    }
