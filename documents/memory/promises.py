"""What letters promise: the same number for other VINs, the same VIN for others or elsewhere."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db.models import QuerySet

from documents.memory.found import MOST, MOST_LOOKED_AT, Found, Search, others
from documents.models import Confirmation, ConfirmedVehicle, Document, Reading
from exports.identifiers import looks_like, plain_name

Field = Reading.Field
MOST_VINS: Final = 2000
MOST_ROWS: Final = 20_000
NEAR_TWIN: Final = 2


@dataclass(slots=True)
class Letter:
    """What was entered from a letter and what was read: both, for either may hide the other.

    Countries are those entered, or else those read; ``doubtful`` are VINs read without certainty.
    """

    vins: set[str] = field(default_factory=set)
    doubtful: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    issuers: set[str] = field(default_factory=set)
    entered_for: set[str] = field(default_factory=set)
    read_for: set[str] = field(default_factory=set)

    @property
    def countries(self) -> set[str]:
        """Return the countries the letter is taken to be for."""
        return self.entered_for or self.read_for

    def lacks(self, vin: str) -> bool:
        """Tell whether *vin* is not on the letter, not even misread in up to two places."""
        if vin in self.vins:
            return False
        return not any(len(looks_like(vin, near)) <= NEAR_TWIN for near in self.doubtful)


def letters(ids: Collection[int]) -> dict[int, Letter]:
    """Return the letters of documents by id: four queries."""
    found: dict[int, Letter] = defaultdict(Letter)
    fields = (Field.VIN, Field.NUMBER, Field.ISSUER, Field.DESTINATION)
    read = Reading.objects.filter(document__in=ids, field__in=fields).order_by("id")
    rows = read.values_list("document_id", "field", "value", "sure")
    for pk, name, value, sure in rows[:MOST_ROWS]:
        take_reading(found[pk], name, value, sure=sure)
    entered = Confirmation.objects.filter(document__in=ids).prefetch_related("destinations")
    for confirmation in entered:
        if confirmation.document_id:
            take_confirmation(found[confirmation.document_id], confirmation)
    vins = ConfirmedVehicle.objects.filter(confirmation__document__in=ids).order_by("id")
    for pk, vin in vins.values_list("confirmation__document_id", "vin")[:MOST_ROWS]:
        found[pk].vins.add(vin)
    return found


def take_reading(letter: Letter, name: str, value: str, *, sure: bool) -> None:
    """Add one value that was read to *letter*."""
    if name == Field.VIN:
        (letter.vins if sure else letter.doubtful).add(value)
    elif name == Field.NUMBER:
        letter.numbers.add(value)
    elif name == Field.ISSUER:
        letter.issuers.add(plain_name(value))
    else:
        letter.read_for.add(value)


def take_confirmation(letter: Letter, confirmation: Confirmation) -> None:
    """Add what was entered to *letter*."""
    letter.numbers |= {confirmation.number} - {""}
    letter.issuers.add(plain_name(confirmation.issuer_name))
    letter.entered_for |= {country.pk for country in confirmation.destinations.all()}


def promising(rows: QuerySet[Document]) -> QuerySet[Document]:
    """Narrow *rows* to letters whose promise stands: no revoked one counts."""
    return rows.filter(kind=Document.Kind.CONFIRMATION, confirmation__revoked_at__isnull=True)


def promise_of(document: Document) -> Letter:
    """Return what *document* promises; nothing if it is no letter or its promise is revoked."""
    if not promising(Document.objects.filter(pk=document.pk)).exists():
        return Letter()
    return letters([document.pk])[document.pk]


def number_reused(document: Document) -> Search:
    """Find letters of the same number and issuer that do not name the same VINs."""
    mine = promise_of(document)
    if not mine.numbers or not mine.issuers or not mine.vins:
        return
    rows = numbered(document, mine.numbers)
    known = letters([other.pk for other in rows])
    for other in rows:
        theirs = known[other.pk]
        only_mine = [vin for vin in sorted(mine.vins) if theirs.lacks(vin)]
        only_theirs = [vin for vin in sorted(theirs.vins) if mine.lacks(vin)]
        if theirs.vins and mine.issuers & theirs.issuers and (only_mine or only_theirs):
            yield Found(
                other,
                mine={"vins": only_mine[:MOST]},
                theirs={"vins": only_theirs[:MOST]},
                both={"number": min(mine.numbers & theirs.numbers)},
            )


def numbered(document: Document, numbers: Collection[str]) -> list[Document]:
    """Return the newest letters that bear one of *numbers*, as entered or as read."""
    read = Reading.objects.filter(field=Field.NUMBER, value__in=numbers)
    entered = Confirmation.objects.filter(number__in=numbers, document__isnull=False)
    ids = {
        *read.order_by("-document_id").values_list("document_id", flat=True)[:MOST_LOOKED_AT],
        *entered.order_by("-document_id").values_list("document_id", flat=True)[:MOST_LOOKED_AT],
    }
    return list(promising(others(document)).filter(pk__in=ids).order_by("-id")[:MOST_LOOKED_AT])


def naming(document: Document, vins: Iterable[str]) -> dict[Document, set[str]]:
    """Return the newest letters that name one of *vins*, as entered or as read, with which.

    The values are looked up by their own index first; the papers, only of those that were found.
    """
    asked = sorted(vins)[:MOST_VINS]
    read = Reading.objects.filter(field=Field.VIN, value__in=asked, sure=True)
    entered = ConfirmedVehicle.objects.filter(vin__in=asked)
    shared: dict[int | None, set[str]] = defaultdict(set)
    for pk, vin in read.order_by("-id").values_list("document_id", "value")[:MOST_ROWS]:
        shared[pk].add(vin)
    pairs = entered.order_by("-id").values_list("confirmation__document_id", "vin")
    for letter, vin in pairs[:MOST_ROWS]:
        shared[letter].add(vin)
    rows = promising(others(document)).filter(pk__in=[pk for pk in shared if pk])
    return {other: shared[other.pk] for other in rows.order_by("-id")[:MOST_LOOKED_AT]}


def other_country(document: Document) -> Search:
    """Find letters that confirm one of the VINs for another country."""
    mine = promise_of(document)
    if not mine.countries or not mine.vins:
        return
    shared = naming(document, mine.vins)
    known = letters([other.pk for other in shared])
    for other, vins in shared.items():
        there = known[other.pk].countries
        if there and not there & mine.countries:
            yield Found(
                other,
                mine={"countries": sorted(mine.countries)},
                theirs={"countries": sorted(there)},
                both={"vins": sorted(vins)[:MOST]},
            )


def other_exporter(document: Document) -> Search:
    """Find letters of another exporter that name one of the VINs."""
    for other, vins in naming(document, promise_of(document).vins).items():
        if other.exporter_id != document.exporter_id:
            yield Found(other, both={"vins": sorted(vins)[:MOST]})
