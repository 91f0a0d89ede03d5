"""Fifth step: seals, electronic signatures, and whether text layer and picture agree."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from documents import matching, storage, trust
from documents.inspection.verdicts import SIGNATURE_PRESENT
from documents.models import Document, Page, Reading, Seal, Signature
from documents.reading.agreeing import disagreement
from documents.signatures import client as signatures
from documents.signatures.found import FoundSignature
from documents.steps import lightening, moving
from documents.vision import client as vision
from documents.vision.found import FoundSeal

QUARTER: Final = 4
PATIENCE: Final = 2
# What a forger would change; the rest of a letter is not worth a second reading.
WORTH_COMPARING: Final = ("vin", "destination", "number", "issuer", "issued_on", "valid_until")
MOST_COMPARED: Final = 60
KEPT: Final = ("mark", "mark_a", "mark_b", "mark_c", "mark_d", "disagreements", "display")
SEALED: Final = (Document.Kind.CONFIRMATION, Document.Kind.CERTIFICATE)


def examine(document: Document, at: datetime) -> bool:
    """Look at every page once more, for what the words do not say."""
    pages = list(document.pages.all())
    with storage.scratch() as scratch:
        folder = Path(scratch)
        seals = [seal for page in pages for seal in look_at(page, document, folder=folder)]
        found = signatures_of(document, folder=folder)
    with transaction.atomic():
        moved = moving.move(document, Document.State.EXAMINED)
        if moved:
            keep_marks(pages)
            keep_seals(document, seals)
            keep_signatures(document, found)
        return moved


def look_at(page: Page, document: Document, *, folder: Path) -> list[tuple[int, FoundSeal]]:
    """Return the seals of *page*; set its mark and where layer and picture disagree on it.

    A page nobody can look at is left without; that is no sign for or against the paper.
    """
    picture = storage.copy_named(page.image, folder / f"{page.number}.webp")
    try:
        seen = vision.examine_page(picture, long_side_mm=page.long_side_mm)
        page.mark = seen.mark
        page.disagreements = list(disagreements(page, document, picture=picture))
        page.display = lightening.lighter_of(picture, image=page.image)
    except vision.EyesShut:
        if document.attempts < PATIENCE:
            raise
        return []
    return [(page.number, seal) for seal in seen.seals] if document.kind in SEALED else []


def disagreements(page: Page, document: Document, *, picture: Path) -> Iterator[dict[str, Any]]:
    """Yield each value of a text layer that the picture shows otherwise."""
    if page.source != Page.Source.LAYER:
        return
    readings = list(
        document.readings.filter(page=page.number, field__in=WORTH_COMPARING)[:MOST_COMPARED]
    )
    shown = vision.read_boxes(picture, [reading.box for reading in readings]) if readings else []
    for reading, (text, confidence) in zip(readings, shown, strict=True):
        if disagreement(reading.printed, text, confidence=confidence):
            yield {
                "field": reading.field,
                "layer": reading.printed,
                "picture": text,
                "box": reading.box,
            }


def signatures_of(document: Document, *, folder: Path) -> tuple[FoundSignature, ...]:
    """Validate what is signed electronically, in a child process."""
    if SIGNATURE_PRESENT not in document.flags:
        return ()
    path = storage.copy_to_folder(document.sha256, folder)
    return signatures.validate(path, trusted=trust.trusted_pems())


def keep_marks(pages: Iterable[Page]) -> None:
    """Write what was seen of each page, the quarters of its mark for the search."""
    for page in pages:
        parts = [page.mark[start : start + QUARTER] for start in range(0, len(page.mark), QUARTER)]
        quarters: list[int | None] = [int(part, 16) for part in parts]
        quarters = quarters or [None] * QUARTER
        page.mark_a, page.mark_b, page.mark_c, page.mark_d = quarters
        page.save(update_fields=KEPT)


def keep_seals(document: Document, seals: Iterable[tuple[int, FoundSeal]]) -> None:
    """Write the seals with what they resemble: the issuer's name, a registered specimen."""
    issuer = document.readings.filter(field=Reading.Field.ISSUER).first()
    name = issuer.value if issuer else ""
    specimens = matching.specimens_of(name) if name else []
    document.seals.all().delete()
    Seal.objects.bulk_create(
        Seal(
            document=document,
            position=position,
            page=page,
            name_likeness=matching.name_likeness(seal.ring_text, name),
            **matching.closest(seal, specimens),
            **seal.facts(),
        )
        for position, (page, seal) in enumerate(seals)
    )


def keep_signatures(document: Document, found: Iterable[FoundSignature]) -> None:
    """Write the signatures with the unit whose certificate the ministry trusts."""
    document.signatures.all().delete()
    Signature.objects.bulk_create(
        Signature(
            document=document,
            position=position,
            **trust.owner_of(signature),
            **signature.facts(),
        )
        for position, signature in enumerate(found)
    )
