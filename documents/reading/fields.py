"""Values read, where they stand and how sure they are."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made
from datetime import date
from functools import cached_property
from typing import Any, Final

from documents.reading.names import Names
from documents.reading.seen import Box

# The least confidence of any sign in a line that still counts as sure.
SURE: Final = 0.55


@dataclass(frozen=True, slots=True)
class FieldRead:
    """One value: *printed* as it stands there, *value* what it is taken for."""

    field: str
    position: int
    value: str
    printed: str
    confidence: float
    sure: bool
    page: int
    box: Box
    repair: str = ""
    parts: Mapping[str, Any] = made(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """The names and VINs that may be expected."""

    countries: Mapping[str, Iterable[str]]
    makers: Mapping[str, Iterable[str]]
    vins: Collection[str]

    @cached_property
    def country_names(self) -> Names:
        """Return the names of countries, ready to be searched for."""
        return Names(self.countries, whole=False)

    @cached_property
    def maker_names(self) -> list[str]:
        """Return every known name of a manufacturer."""
        return [name for names in self.makers.values() for name in names]


def iso(day: date | None) -> str:
    """Return *day* as readings write it."""
    return day.isoformat() if day else ""


def numbered(fields: Iterable[FieldRead]) -> Iterator[FieldRead]:
    """Yield *fields* with positions counted from 0 within each kind."""
    counts: dict[str, int] = {}
    for found in fields:
        position = counts.get(found.field, 0)
        counts[found.field] = position + 1
        yield replace(found, position=position)
