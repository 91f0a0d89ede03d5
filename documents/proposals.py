"""What a letter's text layer proposes for the form; a person checks every value."""

from collections.abc import Iterable
from typing import Any

from documents.models import Document
from documents.reading.letters import LetterReading, Read, ReadOutlet, read_letter
from exports.models import Destination, ManufacturerName


def reading_of(document: Document) -> LetterReading | None:
    """Read the text layer of *document*; ``None`` if it has none. At most three queries."""
    texts = [page.text for page in document.pages.all()]
    if not any(text.strip() for text in texts):
        return None
    countries = {row.pk: [row.name_zh, row.name_en] for row in Destination.objects.all()}
    names = ManufacturerName.objects.values_list("name", flat=True)
    return read_letter(texts, countries=countries, makers={name: [name] for name in names})


def initial_of(reading: LetterReading) -> dict[str, Any]:
    """Return what *reading* proposes, by the form's field names."""
    return {
        "issuer_name": value_of(reading.issuer) or first_of(reading.manufacturers),
        "number": value_of(reading.number),
        "issued_on": value_of(reading.issued_on),
        "valid_until": value_of(reading.valid_until),
        "destinations": [found.value for found in reading.destinations],
        "vins": "\n".join(found.value for found in reading.vins),
    }


def outlets_of(reading: LetterReading) -> list[dict[str, str]]:
    """Return the outlets *reading* proposes, cut to what the form holds."""
    return [row_of(found.value) for found in reading.outlets]


def row_of(outlet: ReadOutlet) -> dict[str, str]:
    """Return one outlet by the form's field names."""
    return {
        "country": outlet.country,
        "name": outlet.name[:160],
        "address": outlet.address[:240],
        "phone": outlet.phone[:40],
    }


def value_of(found: Read[Any] | None) -> Any:
    """Return the value read, or nothing."""
    return found.value if found else None


def first_of(found: Iterable[Read[str]]) -> str:
    """Return the first value read, or nothing."""
    return next((each.value for each in found), "")
