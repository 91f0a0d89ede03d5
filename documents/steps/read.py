"""Fourth step: read the words of each page, then the fields of the paper."""

from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from documents import storage
from documents.models import Document, Page, Reading
from documents.reading.fields import FieldRead
from documents.reading.papers import READABLE, read_paper
from documents.reading.seen import SeenLine, SeenPage
from documents.steps import moving
from documents.steps.picture import keep_picture
from documents.vision import client
from exports.models import Destination, ManufacturerName, Vehicle

# A page that the reader died of this often is left to the people.
PATIENCE: Final = 2
MOST_LENGTH: Final = 600
# The newest vehicles of an exporter; a misread VIN is compared with no more.
MOST_DECLARED: Final = 20_000


def read_next_page(document: Document, at: datetime) -> bool:
    """Read one page that is not read yet; after the last, the fields.

    Page by page, so that a long letter holds up no other and a death costs one page.
    """
    page = next_page(document)
    if page is None:
        return read_fields(document)
    try:
        look_at(page)
    except client.EyesShut:
        if document.attempts < PATIENCE:
            raise
        Page.objects.filter(pk=page.pk).update(source=Page.Source.FAILED)
    return moving.stay(document)


def next_page(document: Document) -> Page | None:
    """Return the first page still to be read; of papers without fields to read, none."""
    if document.kind not in READABLE:
        return None
    return document.pages.filter(source=Page.Source.NONE).order_by("number").first()


def look_at(page: Page) -> None:
    """Read *page* from its picture, and draw it anew if it lay askew, on its side or head.

    Raises:
        EyesShut: the reading process died, took too long or too much memory.

    """
    with storage.scratch() as folder:
        upright = Path(folder) / "upright.webp"
        picture = storage.copy_named(page.image, Path(folder) / "page.webp")
        seen = client.read_page(picture, upright=upright)
        if seen.redrawn:
            page.image = keep_picture(upright)
        if seen.turned in (90, 270):
            page.width, page.height = page.height, page.width
    page.turned = seen.turned
    page.lines = [line.to_dict() for line in seen.lines]
    page.text = "\n".join(line.text for line in seen.lines)
    page.source = Page.Source.PICTURE
    page.save(update_fields=["image", "width", "height", "turned", "lines", "text", "source"])


@transaction.atomic
def read_fields(document: Document) -> bool:
    """Read the fields from all pages and move on; what was read before is read anew."""
    moved = moving.move(document, Document.State.READ)
    if moved and document.kind in READABLE:
        document.readings.all().delete()
        Reading.objects.bulk_create(reading_of(document, found) for found in fields_of(document))
    return moved


def fields_of(document: Document) -> tuple[FieldRead, ...]:
    """Return what the pages of *document* say: four queries."""
    countries = {row.pk: [row.name_zh, row.name_en] for row in Destination.objects.all()}
    names = ManufacturerName.objects.values_list("name", flat=True)
    declared = Vehicle.objects.filter(exporter=document.exporter_id).order_by("-id")
    return read_paper(
        document.kind,
        [seen_page(page) for page in document.pages.all()],
        countries=countries,
        makers={name: [name] for name in names},
        declared_vins=set(declared.values_list("vin", flat=True)[:MOST_DECLARED]),
    )


def seen_page(page: Page) -> SeenPage:
    """Return *page* as the reader takes it."""
    lines = tuple(SeenLine.from_dict(line) for line in page.lines)
    return SeenPage(number=page.number, lines=lines, source=page.source)


def reading_of(document: Document, found: FieldRead) -> Reading:
    """Return one value read as a row."""
    return Reading(
        document=document,
        field=found.field,
        position=found.position,
        value=found.value[:MOST_LENGTH],
        printed=found.printed[:MOST_LENGTH],
        parts=dict(found.parts),
        confidence=found.confidence,
        sure=found.sure,
        repair=found.repair,
        page=found.page,
        box=list(found.box),
    )
