"""The pages of a document as pictures, with boxes where something was read or found."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.urls import reverse

from documents.models import Document

# A box stands off from the words in it, so that its line hides none; in page widths.
AROUND: Final = 0.004
# Asks for the picture as it was read, many times as heavy as the one a screen needs.
FULL: Final = "full"


@dataclass(frozen=True)
class Placed(ABC):
    """Something in a box on a page; *name* is the id of the line that tells of it."""

    name: str
    page: int
    box: list[float]

    @property
    @abstractmethod
    def title(self) -> str:
        """Return what the box is called."""

    @property
    @abstractmethod
    def look(self) -> str:
        """Return the outcome word the box is drawn with."""


@dataclass(frozen=True, slots=True)
class BoxView:
    """A box on a page, in pixels of its picture; a click on it leads to *target*."""

    id: str
    title: str
    x: int
    y: int
    width: int
    height: int
    outcome: str
    target: str


@dataclass(frozen=True)
class PageView:
    """One page as the viewer component takes it."""

    number: int
    src: str
    width: int
    height: int
    text: str
    disagreements: Sequence[Mapping[str, Any]] = ()
    boxes: tuple[BoxView, ...] = ()

    @property
    def full(self) -> str:
        """Return where the picture lies with all that was read on it, for a closer look."""
        return f"{self.src}?{FULL}"


def pages_of(document: Document, *, route: str) -> list[PageView]:
    """Return the pages of *document*, their pictures at the address named *route*: one query.

    None of a document that was rejected: its pictures are nobody's to look at.
    """
    if document.state in Document.REJECTED:
        return []
    return [
        PageView(
            number=page.number,
            src=reverse(route, args=[document.key, page.number]),
            width=page.width,
            height=page.height,
            text=page.text,
            disagreements=page.disagreements,
        )
        for page in document.pages.all()
    ]


def framed(pages: Iterable[PageView], things: Iterable[Placed]) -> list[PageView]:
    """Return *pages* with a box for each of *things* that has its place on one of them."""
    on_page: dict[int, list[Placed]] = defaultdict(list)
    for thing in things:
        if thing.box:
            on_page[thing.page].append(thing)
    return [
        replace(page, boxes=tuple(box_of(thing, page) for thing in on_page[page.number]))
        for page in pages
    ]


def box_of(thing: Placed, page: PageView) -> BoxView:
    """Return the box of *thing* in pixels of the picture of *page*."""
    left, top, width, height = thing.box
    around = AROUND * page.width
    return BoxView(
        id=f"box-{thing.name}",
        title=thing.title,
        x=round(left * page.width - around),
        y=round(top * page.height - around),
        width=round(width * page.width + 2 * around),
        height=round(height * page.height + 2 * around),
        outcome=thing.look,
        target=thing.name,
    )
