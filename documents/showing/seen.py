"""All that a page about a document shows beside its pictures, fetched at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from documents.models import Correction, Reading, Seal, Signature
from documents.showing.differences import DifferenceView, differences_of
from documents.showing.pages import PageView, framed
from documents.showing.readings import CorrectionView, ReadView, corrections_of, readings_of
from documents.showing.seals import SealView, SpecimenAt, seals_of
from documents.showing.signatures import SignatureView, signatures_of
from exports.models import ManufacturerName
from exports.together import together

# Of a letter that names thousands of vehicles the rest has no box.
MOST_BOXES: Final = 400


@dataclass(frozen=True)
class Record:
    """What is known of a document before its evidence is fetched.

    *entered* is what stands on record by field, ``None`` if nobody entered anything; *countries*
    are names by ISO code.
    """

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
    """Return what was seen on *pages*, one query; *readings* are asked for if not given."""
    rows = rows_of(document_id, entered=record.entered is not None, read=readings is None)
    corrections = corrections_of(rows.corrections)
    read = readings_of(
        rows.readings if readings is None else readings,
        corrections=corrections,
        entered=record.entered,
        countries=record.countries,
    )
    found = seals_of(rows.seals, pages=pages, specimen_at=specimen_at)
    parted = list(differences_of(pages))
    return Seen(
        pages=framed(pages, [*boxed(read), *found, *parted]),
        readings=read,
        corrections=corrections,
        seals=found,
        signatures=signatures_of(rows.signatures, rows.names),
        differences=parted,
    )


def boxed(views: Iterable[ReadView]) -> list[ReadView]:
    """Return the values that get a box, those to be checked before the others."""
    return sorted(views, key=lambda view: view.look == "pass")[:MOST_BOXES]


@dataclass(frozen=True)
class Rows:
    """What is stored of one document's evidence."""

    readings: list[Reading]
    corrections: list[Correction]
    seals: list[Seal]
    signatures: list[Signature]
    names: list[ManufacturerName]


def rows_of(document_id: int, *, entered: bool, read: bool) -> Rows:
    """Return the evidence of one document in one query.

    Corrections only where something was *entered*, readings only where they are to be *read*.
    """
    readings, corrections = Reading.objects.all(), Correction.objects.select_related("by")
    seals = Seal.objects.select_related("specimen")
    signatures = Signature.objects.filter(document=document_id)
    units = ManufacturerName.objects.filter(manufacturer__in=signatures.values("manufacturer"))
    return Rows(
        *together(
            readings.filter(document=document_id) if read else readings.none(),
            corrections.filter(document=document_id) if entered else corrections.none(),
            seals.filter(document=document_id),
            signatures.select_related("manufacturer"),
            units,
        )
    )
