"""What people entered otherwise than it was read: both stay, with the author's name."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final

from documents.models import Confirmation, Correction, Document, Reading
from exports.models import User

SINGLE: Final = ("number", "issued_on", "valid_until")
Field = Reading.Field


def note_corrections(confirmation: Confirmation, *, by: User, at: datetime) -> list[Correction]:
    """Keep what *by* changed against the readings; what stood so before is kept once.

    A value struck out is kept with nothing entered, a value added with nothing read.
    """
    document = confirmation.document
    if document is None:
        return []
    known = set(document.corrections.values_list("field", "read", "entered"))
    return Correction.objects.bulk_create(
        Correction(document=document, field=field, read=read, entered=entered, by=by, at=at)
        for field, read, entered in differences(document, confirmation)
        if (field, read, entered) not in known
    )


def differences(document: Document, confirmation: Confirmation) -> Iterator[tuple[str, str, str]]:
    """Yield field, value read and value entered wherever the two part."""
    read: dict[str, list[str]] = {}
    for field, value in document.readings.values_list("field", "value"):
        read.setdefault(field, []).append(value)
    if not read:
        return
    yield from one_against_one(Field.ISSUER, read, confirmation.issuer_name)
    for field in SINGLE:
        yield from one_against_one(field, read, plain(getattr(confirmation, field)))
    countries = confirmation.destinations.values_list("pk", flat=True)
    yield from list_against_list(Field.DESTINATION, read, countries)
    vins = confirmation.vehicles.values_list("vin", flat=True)
    yield from list_against_list(Field.VIN, read, vins)


def one_against_one(
    field: str, read: dict[str, list[str]], entered: str
) -> Iterator[tuple[str, str, str]]:
    """Compare a value that a letter has once."""
    value = next(iter(read.get(field, ())), "")
    if value != entered:
        yield field, value, entered


def list_against_list(
    field: str, read: dict[str, list[str]], entered: Iterable[str]
) -> Iterator[tuple[str, str, str]]:
    """Compare values that a letter may have many of; neighbours that replace each other pair up."""
    known, given = read.get(field, []), list(entered)
    gone = [value for value in known if value not in given]
    new = [value for value in given if value not in known]
    for index in range(max(len(gone), len(new))):
        before = gone[index] if index < len(gone) else ""
        after = new[index] if index < len(new) else ""
        yield field, before, after


def plain(value: str | date | None) -> str:
    """Return *value* as readings write it; dates in ISO."""
    return value.isoformat() if isinstance(value, date) else value or ""
