"""The lighter picture of a page that screens show first; what was read stays on the full one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from documents import storage
from documents.models import Document, Page
from documents.steps.picture import keep_picture
from documents.vision import client as vision

BATCH: Final = 500


def lighter_of(picture: Path, *, image: str) -> str:
    """Store a lighter drawing of *picture* and return its name: *image* itself if none is lighter.

    Raises:
        EyesShut: it could not be drawn.

    """
    lighter = picture.with_name(f"{picture.stem}-display.webp")
    vision.lighten_page(picture, lighter=lighter)
    gain = lighter.stat().st_size < picture.stat().st_size
    return keep_picture(lighter) if gain else image


def lighten_ready() -> Iterator[bool]:
    """Make up for lighter pictures that ready papers lack; yield of each page whether it worked.

    Safe at any time: a page drawn anew meanwhile is left as it is.
    """
    lacking = Page.objects.filter(display="", document__state=Document.State.READY)
    after = 0
    while batch := list(lacking.filter(pk__gt=after).order_by("pk").only("image")[:BATCH]):
        yield from map(lighten, batch)
        after = batch[-1].pk


def lighten(page: Page) -> bool:
    """Give *page* its lighter picture; tell whether one could be drawn."""
    with storage.scratch() as folder:
        picture = storage.copy_named(page.image, Path(folder) / "page.webp")
        try:
            display = lighter_of(picture, image=page.image)
        except vision.EyesShut:
            return False
    Page.objects.filter(pk=page.pk, image=page.image, display="").update(display=display)
    return True
