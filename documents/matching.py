"""What a seal resembles: the issuer's name, a specimen its owner registered."""

from collections.abc import Iterable
from typing import Any

from rapidfuzz import fuzz

from documents.models import Specimen
from documents.vision.found import FoundSeal
from documents.vision.likeness import likeness

MOST_SPECIMENS = 50


def name_likeness(ring_text: str, name: str) -> float | None:
    """Return from 0 to 1 how alike ring and name are, wherever the ring was begun to be read.

    ``None`` where there is nothing to compare.
    """
    if not ring_text or not name:
        return None
    turns = (ring_text[start:] + ring_text[:start] for start in range(len(ring_text)))
    return round(max(fuzz.ratio(turned, name) for turned in turns) / 100, 3)


def specimens_of(issuer_name: str) -> list[Specimen]:
    """Return the specimens in use of the unit that bears *issuer_name*."""
    rows = Specimen.objects.filter(manufacturer__names__name=issuer_name, retired_at__isnull=True)
    return list(rows.distinct()[:MOST_SPECIMENS])


def closest(seal: FoundSeal, specimens: Iterable[Specimen]) -> dict[str, Any]:
    """Return which of *specimens* *seal* is most like, and how much."""
    alike = ((likeness(seal.mark, specimen.mark), specimen) for specimen in specimens)
    best = max(alike, key=lambda pair: pair[0], default=(None, None))
    return {"specimen_likeness": best[0], "specimen": best[1]}
