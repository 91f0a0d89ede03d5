"""Read the service outlets of a letter: a table by its columns, a list by its words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

from documents.reading.fields import SURE, FieldRead, Known
from documents.reading.labels import OUTLET_COLUMNS, OUTLETS, OUTLETS_END
from documents.reading.lines import joined
from documents.reading.names import Names
from documents.reading.rows import Columns, Row, column_at, columns_of
from documents.reading.seen import SeenLine, around

# A row of a table with fewer cells than these goes on with the row above it.
FEWEST_CELLS: Final = 3
PHONE: Final = re.compile(r"\+?\d[\d ()-]{6,24}\d")
PARTS: Final = ("country", "name", "address", "provider", "phone")
_PARTING: Final = re.compile(r" ?[|｜;；,，/] ?")


@dataclass(frozen=True, slots=True)
class Outlet:
    """The rows of one outlet; without a heading there are no columns."""

    rows: tuple[Row, ...]
    columns: Columns

    @property
    def cells(self) -> list[SeenLine]:
        """Return its cells, row by row."""
        return [cell for row in self.rows for cell in row.cells]

    def parts(self) -> dict[str, str]:
        """Return its words by column, or else in the order of the form."""
        if not self.columns:
            return by_order(self.cells)
        parts: dict[str, str] = {}
        for cell in self.cells:
            column = column_at(cell, self.columns)
            parts[column] = joined(parts[column], cell.text) if column in parts else cell.text
        return parts


def read_outlets(rows: Sequence[Row], known: Known) -> Iterator[FieldRead]:
    """Yield each outlet with country (ISO code), name, address, provider and phone.

    One is sure only if it fills one row of a table, and so does the one below: nothing ran on.
    """
    names = known.country_names
    found = [finished(outlet, names) for outlet in outlets(rows, names)]
    below = [outlet.sure for outlet in found[1:]]
    for outlet, next_one in zip(found, [*below, True], strict=False):
        yield replace(outlet, sure=outlet.sure and next_one)


def outlets(rows: Sequence[Row], names: Names) -> list[Outlet]:
    """Return the outlets listed in *rows*."""
    found: list[Outlet] = []
    columns: Columns = {}
    ahead: tuple[Row, ...] = ()
    listed = list(section(rows))
    for row, below in zip_longest(listed, listed[1:]):
        heading = columns_of(row, OUTLET_COLUMNS)
        if "name" in heading and len(heading) >= FEWEST_CELLS:
            columns = heading
        elif columns and below and leads(row, below):
            ahead = (*ahead, row)
        elif begins(row, columns, found[-1:], names):
            found.append(Outlet((*ahead, row), columns))
            ahead = ()
        elif found:
            found[-1] = Outlet((*found[-1].rows, row), found[-1].columns)
    return found


def section(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows between the outlets' heading and what follows them."""
    inside = False
    for row in rows:
        if not inside:
            inside = bool(OUTLETS.match(row.text))
        elif OUTLETS_END.match(row.text):
            return
        else:
            yield row


def leads(row: Row, below: Row) -> bool:
    """Tell whether *row* is the upper line of a cell whose row, with the country, stands *below*.

    Cells of one line stand in the middle of their row, between the lines of a longer one.
    """
    if row.page != below.page or len(row.cells) >= FEWEST_CELLS or len(below.cells) < FEWEST_CELLS:
        return False
    return row.cells[0].bottom > min(cell.box[1] for cell in below.cells)


def begins(row: Row, columns: Columns, above: Sequence[Outlet], names: Names) -> bool:
    """Tell whether *row* begins an outlet: it opens with a country, or fills the whole table."""
    if not columns or not above:
        return names.opening(row.text) is not None
    if len(row.cells) >= len(columns):
        return True
    opens = names.opening(row.text) is not None and len(row.cells) >= FEWEST_CELLS
    return opens and not repeats(row.cells[0].text, above[0])


def repeats(country: str, above: Outlet) -> bool:
    """Tell whether *country* is only the English half of a name that began in Chinese above."""
    return country.isascii() and not has_latin(above.parts().get("country", ""))


def has_latin(text: str) -> bool:
    """Tell whether a letter from A to Z is in *text*."""
    return any(sign.isascii() and sign.isalpha() for sign in text)


def finished(outlet: Outlet, names: Names) -> FieldRead:
    """Return *outlet* as it is read."""
    parts, cells = outlet.parts(), outlet.cells
    country = names.opening(parts.get("country", ""))
    name = parts.get("name") or behind_country(parts.get("country", ""), names)
    printed = " ".join(cell.text for cell in cells)
    confidence = min(cell.confidence for cell in cells)
    whole = len(outlet.rows) == 1 and len(parts) == len(outlet.columns)
    return FieldRead(
        field="outlet",
        position=0,
        value=name or printed,
        printed=printed,
        confidence=confidence,
        sure=bool(country) and whole and confidence >= SURE,
        page=outlet.rows[0].page,
        box=around([cell.box for cell in cells]),
        parts={
            **{name: parts.get(name, "") for name in PARTS},
            "country": country[0] if country else "",
            "name": name,
        },
    )


def behind_country(text: str, names: Names) -> str:
    """Return what follows the country's names in *text*: the next column, run into this one."""
    while found := names.opening(text):
        text = text[found[1] :].strip()
    return text


def by_order(cells: Iterable[SeenLine]) -> dict[str, str]:
    """Take the words in the order of the form: country, name, address, provider, phone."""
    words = " | ".join(cell.text for cell in cells)
    phone = PHONE.search(words[-60:])
    rest = words.replace(phone.group(), "") if phone else words
    pieces = [piece.strip() for piece in _PARTING.split(rest) if piece.strip(" :")]
    parts = dict(zip(("country", "name", "address", "provider"), pieces, strict=False))
    return {**parts, "phone": phone.group() if phone else ""}
