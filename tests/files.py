"""Files made on the fly, good and bad, and what becomes of them when they are opened."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image, ImageDraw
from pillow_heif import register_heif_opener

from documents.inspection.limits import Limits
from documents.inspection.runner import draw_pages, open_file
from documents.inspection.sniff import HEIC, JPEG, PDF, PNG, TIFF
from documents.inspection.verdicts import PageImage, Refused

register_heif_opener()
LIMITS = Limits()
NAMES = {
    PDF: "letter.pdf",
    PNG: "scan.png",
    JPEG: "scan.jpg",
    TIFF: "scan.tiff",
    HEIC: "photo.heic",
}
VISIBLE = b"BT /F1 24 Tf 72 700 Td (After-sales letter) Tj ET"

Build = Callable[[pikepdf.Pdf], None]


def blank_pdf(*, contents: bytes = VISIBLE, pages: int = 1) -> pikepdf.Pdf:
    """Return a PDF of A4 pages that show *contents*."""
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1)
    font.BaseFont = pikepdf.Name.Helvetica
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = pdf.make_stream(contents)
    return pdf


def saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    """Return the bytes of *pdf*."""
    buffer = io.BytesIO()
    pdf.save(buffer, **options)
    return buffer.getvalue()


def built(build: Build) -> bytes:
    """Return a clean PDF after *build* has worked on it."""
    pdf = blank_pdf()
    build(pdf)
    return saved(pdf)


def picture(kind: str = "PNG", *, size: tuple[int, int] = (600, 800), **options: Any) -> bytes:
    """Return a legible picture."""
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, 40), fill="firebrick")
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@dataclass(frozen=True)
class Inspected:
    """A file that was opened and drawn."""

    content_type: str
    pages: tuple[PageImage, ...]
    flags: tuple[str, ...]
    sha256: str
    size: int


def look(
    content: bytes, tmp_path: Path, *, kind: str = PDF, limits: Limits = LIMITS
) -> Inspected | Refused:
    """Open and draw *content* under a name and type that fit *kind*."""
    path = tmp_path / "quarantined"
    path.write_bytes(content)
    opened = open_file(path, name=NAMES[kind], declared_type=kind, limits=limits)
    if isinstance(opened, Refused):
        return opened
    drawn = draw_pages(path, content_type=kind, out_dir=tmp_path, limits=limits)
    if isinstance(drawn, Refused):
        return drawn
    assert opened.pages == len(drawn.pages)
    flags = tuple(sorted({*opened.flags, *drawn.flags}))
    return Inspected(opened.content_type, drawn.pages, flags, opened.sha256, opened.size)


def code(verdict: Inspected | Refused) -> str:
    """Return the refusal's code, or "accepted"."""
    return verdict.code if isinstance(verdict, Refused) else "accepted"


def flags(verdict: Inspected | Refused) -> tuple[str, ...]:
    """Return the flags of an accepted file."""
    assert isinstance(verdict, Inspected), verdict
    return verdict.flags
