"""Read an after-sales confirmation letter from the lines seen on its pages.

Source of the fields: enterprise guideline of 2025-12-11, I(2).
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from documents.reading.dates import first_date, is_lone_date
from documents.reading.fields import (
    CHINESE,
    FieldRead,
    Known,
    Sheet,
    company,
    iso,
    numbered,
    vin_field,
)
from documents.reading.labels import (
    DATE_WIDTH,
    DATED,
    DESTINATION,
    EXPORTER,
    ISSUED,
    ISSUER,
    MAKER,
    NUMBER,
    UNTIL,
    USCC,
    VIN_COLUMNS,
    VIN_SHAPED,
)
from documents.reading.lines import Line, after_label
from documents.reading.outlets import read_outlets, section
from documents.reading.repair import is_valid
from documents.reading.rows import Columns, Row, column_at, columns_of, rows_of
from documents.reading.seen import SeenLine, SeenPage
from exports.identifiers import canonical_vin


def read_confirmation(pages: Sequence[SeenPage], known: Known) -> Iterator[FieldRead]:
    """Yield every value the letter states, each with its place."""
    sheet, rows = Sheet(pages), rows_of(pages)
    yield from one_company("maker", MAKER, sheet, known)
    yield from one_company("issuer", ISSUER, sheet, known)
    yield from one_number(sheet)
    yield from one_date("issued_on", ISSUED, sheet, alone=True)
    yield from one_date("valid_until", UNTIL, sheet)
    yield from destinations(sheet, known, listed=listed_lines(rows))
    yield from exporter(sheet)
    yield from numbered(vins(rows, known))
    yield from numbered(read_outlets(rows, known))


def one_company(
    name: str, label: re.Pattern[str], sheet: Sheet, known: Known
) -> Iterator[FieldRead]:
    """Yield the company behind *label*: by its known name where it has one."""
    for line, text in after_label(label, sheet.lines):
        value, exact = company(text, known=known.maker_names)
        yield sheet.field(name, value, line, sure=exact, printed=text)
        return


def one_number(sheet: Sheet) -> Iterator[FieldRead]:
    """Yield the letter's own number."""
    for line in sheet.lines:
        match = NUMBER.search(line.text)
        if match and any(sign.isdigit() for sign in match[1]):
            yield sheet.field("number", match[1], line)
            return


def one_date(
    name: str, label: re.Pattern[str], sheet: Sheet, *, alone: bool = False
) -> Iterator[FieldRead]:
    """Yield the date right behind *label*; *alone*, else the last that stands by itself."""
    for line, text in after_label(label, sheet.lines):
        day = first_date(text[:DATE_WIDTH])
        if day:
            yield sheet.field(name, iso(day), line, printed=text[:DATE_WIDTH].strip())
            return
    for line in reversed(sheet.lines) if alone else ():
        day = lone_day(line.text)
        if day:
            yield sheet.field(name, iso(day), line, printed=line.text[:200])
            return


def lone_day(text: str) -> date | None:
    """Return the day of a line that is a date and little else, as under a signature."""
    label = DATED.search(text)
    if label:
        return first_date(text[label.end() : label.end() + DATE_WIDTH + 2])
    return first_date(text) if is_lone_date(text) else None


def listed_lines(rows: Sequence[Row]) -> frozenset[tuple[int, str]]:
    """Return page and words of what stands in the list of outlets: other countries' too."""
    return frozenset((row.page, cell.text) for row in section(rows) for cell in row.cells)


def destinations(
    sheet: Sheet, known: Known, *, listed: Collection[tuple[int, str]]
) -> Iterator[FieldRead]:
    """Yield each country once: behind the label, or where that names none, before the outlets."""
    names = known.country_names
    labelled = list(after_label(DESTINATION, sheet.lines))
    found = [(line, key, text) for line, text in labelled for key in names.find(text)]
    if not found:
        body = [line for line in sheet.lines if (line.page, line.text) not in listed]
        found = [(line, key, line.text) for line in body for key in names.find(line.text)]
    seen: dict[str, tuple[Line, str]] = {}
    for line, key, text in found:
        seen.setdefault(key, (line, text))
    for position, (key, (line, text)) in enumerate(seen.items()):
        yield sheet.field(
            "destination", key, line, sure=bool(labelled), position=position, printed=text[:200]
        )


def exporter(sheet: Sheet) -> Iterator[FieldRead]:
    """Yield the exporter's name, and its credit code where that stands beside."""
    for line, text in after_label(EXPORTER, sheet.lines):
        code = USCC.search(text)
        name = text[: code.start()].strip(" ,(:|/") if code else text
        parts = {"uscc": code.group()} if code else {}
        yield sheet.field("exporter", name, line, sure=False, printed=text, parts=parts)
        return


def vins(rows: Sequence[Row], known: Known) -> Iterator[FieldRead]:
    """Yield each VIN once, with what its row says of the vehicle."""
    columns: Columns = {}
    seen: set[str] = set()
    for row in rows:
        columns = headings(row) or columns
        for cell in row.cells:
            for match in vins_in(cell.text):
                parts = row_parts(row, cell, columns)
                found = vin_field(
                    match.group(), cell, page=row.page, position=0, known=known, parts=parts
                )
                if found.value not in seen:
                    seen.add(found.value)
                    yield found


def vins_in(text: str) -> Iterator[re.Match[str]]:
    """Yield what is shaped like a VIN; beside one that is valid, only other valid ones of China.

    A model and a year that lost the blank between them are shaped like a VIN too.
    """
    found = list(VIN_SHAPED.finditer(text))
    good = [match for match in found if is_valid(canonical_vin(match.group()))]
    chinese = [match for match in good if match.group()[0].upper() in CHINESE]
    yield from chinese or found


def headings(row: Row) -> Columns | None:
    """Return the columns if *row* is the heading of a list of vehicles."""
    columns = columns_of(row, VIN_COLUMNS)
    return columns if "vin" in columns and len(columns) > 1 else None


def row_parts(row: Row, cell: SeenLine, columns: Columns) -> Mapping[str, Any]:
    """Return brand, model and day of registration as the row's other cells state them."""
    parts: dict[str, str] = {}
    for other in row.cells:
        if other is cell or not columns:
            continue
        name = column_at(other, columns)
        if name not in ("vin", "number"):
            parts[name] = f"{parts.get(name, '')} {other.text}".strip()
    day: date | None = first_date(parts["registered_on"]) if "registered_on" in parts else None
    return {**parts, "registered_on": iso(day)} if day else parts
