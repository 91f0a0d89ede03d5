"""What was read from a letter, as the form takes it; a person checks every value."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from documents.models import Document, Reading

Field = Reading.Field


def readings_of(document: Document) -> list[Reading]:
    """Return what was read from *document*: one query."""
    return list(document.readings.all())


def initial_of(readings: Sequence[Reading]) -> dict[str, Any]:
    """Return what *readings* propose, by the form's field names."""
    return {
        "issuer_name": one(readings, Field.ISSUER) or one(readings, Field.MAKER),
        "number": one(readings, Field.NUMBER),
        "issued_on": day(readings, Field.ISSUED_ON),
        "valid_until": day(readings, Field.VALID_UNTIL),
        "destinations": values(readings, Field.DESTINATION),
        "vins": "\n".join(values(readings, Field.VIN)),
    }


def outlets_of(readings: Iterable[Reading]) -> list[dict[str, str]]:
    """Return the outlets that were read, cut to what the form holds."""
    return [row_of(reading) for reading in readings if reading.field == Field.OUTLET]


def row_of(outlet: Reading) -> dict[str, str]:
    """Return one outlet by the form's field names."""
    parts = outlet.parts
    return {
        "country": parts.get("country", ""),
        "name": (parts.get("name") or outlet.value)[:160],
        "address": parts.get("address", "")[:240],
        "provider": parts.get("provider", "")[:160],
        "phone": parts.get("phone", "")[:40],
    }


def values(readings: Iterable[Reading], field: str) -> list[str]:
    """Return every value of *field*."""
    return [reading.value for reading in readings if reading.field == field]


def one(readings: Iterable[Reading], field: str) -> str:
    """Return the first value of *field*, or nothing."""
    return next(iter(values(readings, field)), "")


def day(readings: Iterable[Reading], field: str) -> date | None:
    """Return the first value of *field* as a date."""
    written = one(readings, field)
    return date.fromisoformat(written) if written else None
