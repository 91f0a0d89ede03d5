"""Read the service outlets of a letter: a table by its columns, a list by its words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from documents.reading.fields import SURE, FieldRead, Known
from documents.reading.labels import OUTLET_COLUMNS, OUTLETS, OUTLETS_END
from documents.reading.names import Names
from documents.reading.rows import Columns, Row, column_at, columns_of
from documents.reading.seen import SeenLine, around

PHONE: Final = re.compile(r"\+?\d[\d ()-]{6,24}\d")
PARTS: Final = ("country", "name", "address", "provider", "phone")
# A row of a table with fewer cells than these goes on with the row above it.
FEWEST_CELLS: Final = 3
_PARTING: Final = re.compile(r" ?[|｜;；,，/] ?")


def read_outlets(rows: Sequence[Row], known: Known) -> Iterator[FieldRead]:
    """Yield each outlet with country (ISO code), name, address, provider and phone."""
    names = known.country_names
    columns: Columns = {}
    outlet: list[tuple[str, SeenLine]] = []
    page = 0
    for row in section(rows):
        heading = columns_of(row, OUTLET_COLUMNS)
        if "name" in heading and len(heading) > 2:
            columns = heading
            continue
        runs_on = columns and outlet and len(row.cells) < FEWEST_CELLS
        if opens(row, names) and not runs_on:
            yield from finished(outlet, page=page, names=names)
            outlet, page = [], row.page
        elif not outlet:
            continue
        outlet += placed(row, columns)
    yield from finished(outlet, page=page, names=names)


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


def opens(row: Row, names: Names) -> bool:
    """Tell whether *row* begins with a country's name, as every outlet does."""
    return names.opening(row.text) is not None


def placed(row: Row, columns: Columns) -> Iterator[tuple[str, SeenLine]]:
    """Yield the cells of *row* with the columns they stand in."""
    for cell in row.cells:
        yield (column_at(cell, columns) if columns else ""), cell


def finished(
    cells: Sequence[tuple[str, SeenLine]], *, page: int, names: Names
) -> Iterator[FieldRead]:
    """Yield the outlet that *cells* make up; without columns its words are taken in order."""
    if not cells:
        return
    parts = by_column(cells) if cells[0][0] else by_order(cell for _name, cell in cells)
    country = names.opening(parts.get("country", "").strip())
    confidence = min(cell.confidence for _name, cell in cells)
    complete = all(parts.get(name) for name in ("name", "address"))
    printed = " ".join(cell.text for _name, cell in cells)
    yield FieldRead(
        field="outlet",
        position=0,
        value=parts.get("name", "") or printed,
        printed=printed,
        confidence=confidence,
        sure=bool(country and complete and cells[0][0]) and confidence >= SURE,
        page=page,
        box=around([cell.box for _name, cell in cells]),
        parts={**{name: parts.get(name, "") for name in PARTS}, "country": code_of(country)},
    )


def code_of(country: tuple[str, int] | None) -> str:
    """Return the ISO code of a country that was named."""
    return country[0] if country else ""


def by_column(cells: Iterable[tuple[str, SeenLine]]) -> dict[str, str]:
    """Join the words of each column; a cell may run over several lines."""
    parts: dict[str, str] = {}
    for name, cell in cells:
        parts[name] = f"{parts.get(name, '')} {cell.text}".strip()
    return parts


def by_order(cells: Iterable[SeenLine]) -> dict[str, str]:
    """Take the words in the order of the form: country, name, address, provider, phone."""
    words = " | ".join(cell.text for cell in cells)
    phone = PHONE.search(words[-60:])
    rest = words.replace(phone.group(), "") if phone else words
    pieces = [piece.strip() for piece in _PARTING.split(rest) if piece.strip(" :")]
    parts = dict(zip(("country", "name", "address", "provider"), pieces, strict=False))
    return {**parts, "phone": phone.group() if phone else ""}
