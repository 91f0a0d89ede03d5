"""Papers as they come out of scanners and phones."""

import io
from typing import Any

import pypdfium2
from PIL import Image

from bench.letters.wear import Wear, wear


def pictured(pdf: bytes, *, page: int = 1, dpi: int = 300) -> Image.Image:
    """Return a page of *pdf* as a picture."""
    document = pypdfium2.PdfDocument(pdf)
    return document[page - 1].render(scale=dpi / 72).to_pil().convert("RGB")


def scanned(pdf: bytes, *, page: int = 1, **how: Any) -> bytes:
    """Return a page of *pdf* as the JPEG a scanner makes of it."""
    return wear(pictured(pdf, page=page), Wear(**{"dpi": 200, "quality": 80, **how}), seed=7)


def as_pdf(*jpegs: bytes) -> bytes:
    """Return *jpegs* as a PDF of pictures, without a word in it."""
    first, *rest = (Image.open(io.BytesIO(jpeg)) for jpeg in jpegs)
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=200)
    return out.getvalue()
