"""What was read from a document, value by value, and what people made of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.models import Correction, Reading
from documents.showing.pages import Placed

Field = Reading.Field
# Of a letter that names thousands of vehicles the first are shown one by one.
MOST_SHOWN: Final = 400
OF_VEHICLES: Final = ("brand", "model", "registered_on")
OUTLET: Final = ("name", "address", "provider", "phone")
REPAIRS: Final[Mapping[str, Promise]] = {
    "declared": gettext_lazy("taken for the VIN of your vehicle that looks the same"),
}


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """What somebody entered instead of what was read; either may be empty."""

    field: str
    label: str
    read: str
    entered: str
    by: str
    at: datetime


@dataclass(frozen=True)
class ReadView(Placed):
    """One value: as printed, as taken, where, how sure, and whether it was entered so.

    *raw* is the value as it is stored, a country by its code, *value* as people write it.
    *kept* is ``None`` while nothing is entered; *corrected* tells by whom it was changed.
    """

    field: str
    label: str
    raw: str
    value: str
    printed: str
    percent: int
    sure: bool
    note: str
    kept: bool | None
    corrected: CorrectionView | None

    @property
    def look(self) -> str:
        """Return the outcome word the box is drawn with."""
        return "pass" if self.sure and self.kept is not False else "attention"

    @property
    def title(self) -> str:
        """Return what the box is called."""
        return f"{self.label}: {self.value}"

    @property
    def same(self) -> bool:
        """Tell whether the value is just what is printed."""
        return self.value == self.printed


def readings_of(
    readings: Iterable[Reading],
    *,
    corrections: Iterable[CorrectionView] = (),
    entered: Mapping[str, Collection[str]] | None = None,
    countries: Mapping[str, str] | None = None,
) -> list[ReadView]:
    """Return *readings* as people see them; asks nothing of the database.

    *entered* are the values on record by field, a field left out is not compared; *countries*
    are names by ISO code.
    """
    newest = {(each.field, each.read): each for each in corrections if each.read}
    return [
        view_of(
            reading,
            corrected=newest.get((reading.field, reading.value)),
            kept=kept(reading, entered or {}),
            countries=countries or {},
        )
        for reading in readings
    ]


def kept(reading: Reading, entered: Mapping[str, Collection[str]]) -> bool | None:
    """Tell whether what was read stands on record; ``None`` where nothing is known of that."""
    values = entered.get(reading.field)
    return None if values is None else reading.value in values


def view_of(
    reading: Reading,
    *,
    corrected: CorrectionView | None,
    kept: bool | None,
    countries: Mapping[str, str],
) -> ReadView:
    """Return one value; a correction that no longer stands is left out."""
    return ReadView(
        name=f"reading-{reading.pk}",
        field=reading.field,
        label=capfirst(reading.get_field_display()),
        raw=reading.value,
        value=in_words(reading, countries),
        printed=reading.printed,
        page=reading.page,
        box=reading.box,
        percent=round(reading.confidence * 100),
        sure=reading.sure,
        note=" · ".join(notes(reading)),
        kept=kept,
        corrected=None if kept else corrected,
    )


def in_words(reading: Reading, countries: Mapping[str, str]) -> str:
    """Return what the value is taken for, as people write it."""
    parts: dict[str, Any] = reading.parts
    if reading.field == Field.DESTINATION:
        return countries.get(reading.value, reading.value)
    if reading.field == Field.OUTLET:
        country = parts.get("country", "")
        words = [countries.get(country, country), *(parts.get(name, "") for name in OUTLET)]
        return " · ".join(dict.fromkeys(word for word in words if word)) or reading.value
    return reading.value


def notes(reading: Reading) -> Iterator[str]:
    """Yield what else is to be known about the value."""
    if reading.repair in REPAIRS:
        yield str(REPAIRS[reading.repair])
    if reading.parts.get("suggestion"):
        yield _("perhaps %(vin)s") % {"vin": reading.parts["suggestion"]}
    if reading.field == Field.VIN:
        yield from (reading.parts[name] for name in OF_VEHICLES if reading.parts.get(name))


def corrections_of(rows: Iterable[Correction]) -> list[CorrectionView]:
    """Return what people entered otherwise than it was read, in their order."""
    return [corrected(row) for row in rows]


def corrected(row: Correction) -> CorrectionView:
    """Return one correction."""
    return CorrectionView(
        field=row.field,
        label=capfirst(row.get_field_display()),
        read=row.read,
        entered=row.entered,
        by=str(row.by),
        at=row.at,
    )


@dataclass(frozen=True)
class Sorted:
    """Values in two heaps: to be checked, and beyond doubt; *more* were read and are not shown."""

    unsure: list[ReadView]
    sure: list[ReadView]
    more: int

    @property
    def all(self) -> list[ReadView]:
        """Return every value shown."""
        return [*self.unsure, *self.sure]


def sorted_out(views: Iterable[ReadView]) -> Sorted:
    """Sort values of one field, those to be checked first; of many the rest is only counted."""
    heap = list(views)
    unsure = [view for view in heap if view.look != "pass"]
    sure = [view for view in heap if view.look == "pass"]
    room = max(MOST_SHOWN - len(unsure), 0)
    return Sorted(unsure[:MOST_SHOWN], sure[:room], max(len(heap) - MOST_SHOWN, 0))
