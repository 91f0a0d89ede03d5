"""Read an after-sales confirmation letter from the lines seen on its pages.

Source of the fields: enterprise guideline of 2025-12-11, I(2).
"""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Final

from documents.reading import companies
from documents.reading.dates import first_date, is_lone_date, may_be_cut, near_date
from documents.reading.fields import FieldRead, Known, iso, numbered
from documents.reading.labels import (
    BOUND_FOR,
    DATED,
    DESTINATION,
    ISSUED,
    NUMBER,
    NUMBER_LABEL,
    UNTIL,
)
from documents.reading.outlets import read_outlets, section
from documents.reading.rows import Row, rows_of
from documents.reading.seen import SeenPage
from documents.reading.sheet import Line, Sheet
from documents.reading.vehicles import vins

# Fifty pages of forty.
MOST_VINS: Final = 2_000
Place = tuple[int, str]
Named = tuple[Line, str, str]
MOST_PRINTED: Final = 200
# Nobody states the destination more often, or names it later than this.
MOST_STATED: Final = 10
MOST_SEARCHED: Final = 400


def read_confirmation(pages: Sequence[SeenPage], known: Known) -> Iterator[FieldRead]:
    """Yield every value the letter states, each with its place."""
    rows = rows_of(pages)
    sheet = Sheet(rows)
    yield from companies.maker(sheet, known)
    yield from companies.issuer(sheet, known)
    yield from companies.exporter(sheet)
    yield from one_number(sheet)
    yield from issued_on(sheet)
    yield from one_date("valid_until", UNTIL, sheet)
    yield from destinations(sheet, known, listed=listed_places(rows))
    yield from numbered(islice(vins(rows, known), MOST_VINS))
    yield from numbered(read_outlets(rows, known))


def one_number(sheet: Sheet) -> Iterator[FieldRead]:
    """Yield the letter's own number: behind its label, or in the cell beside it."""
    for line, text in sheet.after(NUMBER_LABEL):
        match = NUMBER.match(text)
        if match and any(sign.isdigit() for sign in match.group()):
            yield sheet.field("number", match.group(), line)
            return


def one_date(name: str, label: re.Pattern[str], sheet: Sheet) -> Iterator[FieldRead]:
    """Yield the date right behind *label*."""
    for line, text in sheet.after(label):
        day = near_date(text)
        if day:
            whole = not may_be_cut(text)
            yield sheet.field(name, iso(day), line, sure=whole, printed=text[:MOST_PRINTED])
            return


def issued_on(sheet: Sheet) -> Iterator[FieldRead]:
    """Yield the day the letter was signed: behind its label, else the last that stands alone.

    Alone it is sure only below the name of the company that signs.
    """
    for label in (ISSUED, DATED):
        found = list(one_date("issued_on", label, sheet))
        if found:
            yield from found
            return
    signed = {line.number for line in companies.signatures(sheet)}
    for line in reversed(sheet.lines):
        day = first_date(line.text) if is_lone_date(line.text) else None
        near = any(0 < line.number - above <= companies.ABOVE for above in signed)
        if day and (near or sheet.is_alone(line)):
            sure = near and not may_be_cut(line.text)
            yield sheet.field("issued_on", iso(day), line, sure=sure, printed=line.text)
            return


def listed_places(rows: Sequence[Row]) -> frozenset[Place]:
    """Return page and words of what stands in the list of outlets: other countries' too."""
    return frozenset((row.page, cell.text) for row in section(rows) for cell in row.cells)


def destinations(sheet: Sheet, known: Known, *, listed: Collection[Place]) -> Iterator[FieldRead]:
    """Yield each country once: behind the label, where the words say so, or before the outlets."""
    found = labelled(sheet, known) or spoken(sheet, known)
    sure = bool(found)
    if not found:
        found = misread(sheet, known)
    if not found:
        body = [line for line in sheet.lines if (line.page, line.text) not in listed]
        found = named_in(body[:MOST_SEARCHED], known)
    seen: dict[str, tuple[Line, str]] = {}
    for line, key, text in found:
        seen.setdefault(key, (line, text))
    for position, (key, (line, text)) in enumerate(seen.items()):
        printed = text[:MOST_PRINTED]
        yield sheet.field("destination", key, line, sure=sure, position=position, printed=printed)


def labelled(sheet: Sheet, known: Known) -> list[Named]:
    """Return the countries behind the label; a long list of them runs on in the next line."""
    return [
        (line, key, text)
        for line, text in islice(sheet.after(DESTINATION), MOST_STATED)
        for key in known.country_names.find(text + sheet.running_on(line).removeprefix(line.text))
    ]


def misread(sheet: Sheet, known: Known) -> list[Named]:
    """Return the country that almost stands behind the label."""
    return [
        (line, key, text)
        for line, text in islice(sheet.after(DESTINATION), MOST_STATED)
        if (key := known.country_names.almost(text))
    ]


def spoken(sheet: Sheet, known: Known) -> list[Named]:
    """Return the countries the running words say the vehicles go to."""
    for paragraph in sheet.paragraphs():
        text = paragraph.text
        match = BOUND_FOR.search(text)
        places = list(known.country_names.places(match[1])) if match else []
        if match and places:
            return [
                (paragraph.line_at(match.start(1) + start), key, match[1][start:end])
                for key, start, end in places
            ]
    return []


def named_in(lines: Sequence[Line], known: Known) -> list[Named]:
    """Return every country that *lines* name."""
    return [(line, key, line.text) for line in lines for key in known.country_names.find(line.text)]
