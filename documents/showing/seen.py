"""All that a page about a document shows beside its pictures, fetched at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from documents.models import Reading, Seal
from documents.showing.differences import DifferenceView, differences_of
from documents.showing.pages import PageView, framed
from documents.showing.readings import CorrectionView, ReadView, corrections_of, readings_of
from documents.showing.seals import SealView, SpecimenAt, seals_of
from documents.showing.signatures import SignatureView, signatures_of

# Of a letter that names thousands of vehicles the rest has no box.
MOST_BOXES: Final = 400


@dataclass(frozen=True)
class Record:
    """What is known of a document before its evidence is fetched.

    *signed* tells whether it has electronic signatures. *entered* is what stands on record by
    field, ``None`` if nobody entered anything; *countries* are names by ISO code.
    """

    signed: bool
    entered: Mapping[str, Collection[str]] | None = None
    countries: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """The pages with their boxes, and what was read and found on them."""

    pages: list[PageView]
    readings: list[ReadView]
    corrections: list[CorrectionView]
    seals: list[SealView]
    signatures: list[SignatureView]
    differences: list[DifferenceView]

    @property
    def unsure(self) -> int:
        """Return how many values want a look."""
        return sum(view.look != "pass" for view in self.readings)


def seen_on(
    document_id: int,
    *,
    pages: Sequence[PageView],
    record: Record,
    readings: Iterable[Reading] | None = None,
    specimen_at: SpecimenAt | None = None,
) -> Seen:
    """Return what was seen on *pages*: one query for the seals, one for *readings* if not given.

    One more where something was entered, two where the document is signed.
    """
    rows = Reading.objects.filter(document=document_id) if readings is None else readings
    seals = Seal.objects.filter(document=document_id).select_related("specimen")
    corrections = corrections_of(document_id) if record.entered is not None else []
    read = readings_of(
        rows, corrections=corrections, entered=record.entered, countries=record.countries
    )
    found = seals_of(seals, pages=pages, specimen_at=specimen_at)
    parted = list(differences_of(pages))
    return Seen(
        pages=framed(pages, [*boxed(read), *found, *parted]),
        readings=read,
        corrections=corrections,
        seals=found,
        signatures=signatures_of(document_id) if record.signed else [],
        differences=parted,
    )


def boxed(views: Iterable[ReadView]) -> list[ReadView]:
    """Return the values that get a box, those to be checked before the others."""
    return sorted(views, key=lambda view: view.look == "pass")[:MOST_BOXES]
