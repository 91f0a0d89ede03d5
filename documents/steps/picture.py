"""Third step: a picture of each page. From here on nobody looks at the original."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from documents import storage
from documents.inspection import runner
from documents.inspection.verdicts import PageImage, Refused
from documents.models import Document, Page
from documents.steps import moving
from documents.steps.bounds import limits


def draw(document: Document, at: datetime) -> bool:
    """Draw the pages of *document* in a child process and keep what a text layer says."""
    with storage.scratch() as folder:
        path = storage.copy_to_folder(document.sha256, Path(folder))
        drawn = runner.draw_pages(
            path, content_type=document.content_type, out_dir=Path(folder), limits=limits()
        )
        if isinstance(drawn, Refused):
            with transaction.atomic():
                return moving.reject(document, drawn, at=at)
        kept = [keep_picture(page.path) for page in drawn.pages]
    with transaction.atomic():
        flags = sorted({*document.flags, *drawn.flags})
        moved = moving.move(document, Document.State.PICTURED, flags=flags)
        if moved:
            write_pages(document, drawn.pages, images=kept)
        return moved


def keep_picture(path: Path) -> str:
    """Store the picture at *path* and return its name."""
    return storage.keep_bytes(path.read_bytes(), suffix=".webp")[0]


def write_pages(document: Document, pages: Sequence[PageImage], *, images: Sequence[str]) -> None:
    """Write a row for each page, with the lines of a trustworthy text layer."""
    document.pages.all().delete()
    Page.objects.bulk_create(
        Page(
            document=document,
            number=page.number,
            width=page.width,
            height=page.height,
            image=image,
            text=page.text.replace("\x00", "") if page.trustworthy else "",
            lines=list(page.lines) if page.trustworthy else [],
            source=Page.Source.LAYER if page.trustworthy else Page.Source.NONE,
            long_side_mm=page.long_side_mm,
        )
        for page, image in zip(pages, images, strict=True)
    )
