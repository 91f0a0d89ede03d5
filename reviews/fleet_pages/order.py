"""In what order the fleet is listed: each page is found by key, and costs what the first costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exports.models import Vehicle
from exports.paging import HIGHEST, PAGE_SIZE

ORDERS: Final[Mapping[str, Promise]] = {
    "": _("newest first"),
    "left": _("free of the letter soonest"),
    "registered": _("registered longest ago"),
    "-registered": _("registered last"),
    "vin": _("VIN"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A run of the list that one index reads: the rows of *where*, by *field* and then by id."""

    where: Q
    field: str
    descending: bool = False

    def rows(self, found: QuerySet[Vehicle], *, after: "Place | None") -> QuerySet[Vehicle]:
        """Return the rows of *found* in this part that follow *after*."""
        sign, way = ("-", "lt") if self.descending else ("", "gt")
        rows = found.filter(self.where)
        if after is not None:
            level = Q(**{self.field: after.value, f"pk__{way}": after.pk})
            rows = rows.filter(level | Q(**{f"{self.field}__{way}": after.value}))
        return rows.order_by(f"{sign}{self.field}", f"{sign}pk")


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a page: which part it is in, what it is sorted by, and its id."""

    part: int
    value: object
    pk: int

    def __str__(self) -> str:
        return f"{self.part}.{self.value}.{self.pk}"


@dataclass(frozen=True, slots=True)
class Sorted:
    """One page of vehicles in an order, and the place after which the next one begins."""

    rows: list[Vehicle]
    after: Place | None
    first: bool


DATED: Final = Q(registered_on__isnull=False)
UNDATED: Final = Part(Q(registered_on__isnull=True), "pk", descending=True)


def parts_of(order: str, *, edge: date | None) -> tuple[Part, ...]:
    """Return the parts of *order*; an unknown one is newest first.

    *edge* is the last day of registration that needs no letter today, ``None`` without a rule:
    what waits for its day comes before what is free, what has no date comes last.
    """
    oldest = Part(DATED, "registered_on")
    left: tuple[Part, ...] = (oldest,)
    if edge is not None:
        left = (
            Part(Q(registered_on__gt=edge), "registered_on"),
            Part(Q(registered_on__lte=edge), "registered_on", descending=True),
        )
    known: dict[str, tuple[Part, ...]] = {
        "left": (*left, UNDATED),
        "registered": (oldest, UNDATED),
        "-registered": (Part(DATED, "registered_on", descending=True), UNDATED),
        "vin": (Part(Q(), "vin"),),
    }
    return known.get(order, (Part(Q(), "pk", descending=True),))


def page_of(
    found: QuerySet[Vehicle], parts: tuple[Part, ...], *, after: str, size: int = PAGE_SIZE
) -> Sorted:
    """Return the *size* vehicles of *found* that follow the place *after*: a query a part at most.

    *after* comes from an address, so anything but a place means the first page.
    """
    place = place_in(parts, after)
    rows: list[tuple[int, Vehicle]] = []
    for index in range(place.part if place else 0, len(parts)):
        since = place if place and place.part == index else None
        part = parts[index].rows(found, after=since)[: size + 1 - len(rows)]
        rows += [(index, vehicle) for vehicle in part]
        if len(rows) > size:
            break
    shown = rows[:size]
    last = None
    if len(rows) > size:
        index, vehicle = shown[-1]
        last = Place(index, getattr(vehicle, parts[index].field), vehicle.pk)
    return Sorted([vehicle for _index, vehicle in shown], last, first=place is None)


def place_in(parts: tuple[Part, ...], text: str) -> Place | None:
    """Read a place as :class:`Place` writes it; ``None`` where *text* is none."""
    words = text[:60].split(".")
    if len(words) != 3 or not all(word.isascii() and word for word in words):
        return None
    number, value, key = words
    if not (number.isdigit() and key.isdigit() and int(number) < len(parts)):
        return None
    pk = min(int(key), HIGHEST)
    read = value_of(parts[int(number)].field, value, pk=pk)
    return None if read is None else Place(int(number), read, pk)


def value_of(field: str, text: str, *, pk: int) -> object:
    """Return *text* as a value of *field*, ``None`` where it is none."""
    if field == "registered_on":
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    return pk if field == "pk" else text
