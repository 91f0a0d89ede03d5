"""Read the vehicles of a paper: every VIN, and what its row says of the vehicle."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from documents.reading.dates import first_date
from documents.reading.fields import FieldRead, Known, iso
from documents.reading.labels import VIN_COLUMNS, VIN_PIECE, VIN_RUN, VIN_SHAPED
from documents.reading.repair import VIN_LENGTH, is_valid, repair_vin
from documents.reading.rows import Columns, Row, column_at, columns_of
from documents.reading.seen import SeenLine, around
from exports.identifiers import canonical_vin

# World manufacturer identifiers of China begin so.
CHINESE: Final = ("L", "H")
SURE_DECLARED: Final = 0.55
SURE_VIN: Final = 0.6
# Below this a line that looks like a VIN was read twice, a piece of one only once.
SURE_PIECES: Final = 0.9
# Two lines of one cell begin at one edge, a hundredth of the page apart at most.
SAME_EDGE: Final = 0.012
NEXT_ROWS: Final = 3


def vins(rows: Sequence[Row], known: Known) -> Iterator[FieldRead]:
    """Yield each VIN once, with what its row says of the vehicle."""
    columns: Columns = {}
    seen: set[str] = set()
    for at, row in enumerate(rows):
        columns = headings(row) or columns
        for cell in row.cells:
            parts = row_parts(row, cell, columns)
            for found in vins_of(
                cell, rows[at + 1 : at + 1 + NEXT_ROWS], page=row.page, known=known
            ):
                if found.value not in seen:
                    seen.add(found.value)
                    yield replace(found, parts={**parts, **found.parts})


def vins_of(
    cell: SeenLine, below: Sequence[Row], *, page: int, known: Known
) -> Iterator[FieldRead]:
    """Yield the VINs of *cell*: whole ones, else those run together, else one broken in two."""
    whole = [match.group() for match in whole_vins(cell.text)]
    for printed in whole:
        yield vin_field(printed, cell, page=page, known=known)
    pieces = [(printed, cell) for printed in run_together(cell.text)]
    if not whole and VIN_PIECE.fullmatch(cell.text):
        pieces += broken(cell, below, known.vins)
    for printed, seen in pieces:
        found = vin_field(printed, seen, page=page, known=known)
        proven = found.value in known.vins or seen.confidence >= SURE_PIECES
        yield replace(found, sure=found.sure and proven)


def whole_vins(text: str) -> Iterator[re.Match[str]]:
    """Yield what is shaped like a VIN; beside one that is valid, only other valid ones of China.

    A model and a year that lost the blank between them are shaped like a VIN too.
    """
    found = list(VIN_SHAPED.finditer(text))
    good = [match for match in found if is_valid(canonical_vin(match.group()))]
    chinese = [match for match in good if match.group()[0].upper() in CHINESE]
    yield from chinese or found


def run_together(text: str) -> Iterator[str]:
    """Yield valid VINs with no blank between them, or none behind the number of their row."""
    for match in VIN_RUN.finditer(text):
        run = match[1].upper()
        parts = [run[at : at + VIN_LENGTH] for at in range(0, len(run), VIN_LENGTH)]
        if all(part[0] in CHINESE and is_valid(part) for part in parts):
            yield from parts


def broken(
    cell: SeenLine, below: Sequence[Row], declared: Collection[str]
) -> Iterator[tuple[str, SeenLine]]:
    """Yield the VIN that begins in *cell* and goes on in the line below within the same column."""
    for row in below:
        for other in row.cells:
            near = abs(other.box[0] - cell.box[0]) < SAME_EDGE
            close = 0 < other.box[1] - cell.box[1] < 3 * cell.box[3]
            printed = canonical_vin(cell.text + other.text)
            if near and close and is_likely(printed, declared):
                confidence = min(cell.confidence, other.confidence)
                yield printed, SeenLine(printed, around([cell.box, other.box]), confidence)
                return


def is_likely(printed: str, declared: Collection[str]) -> bool:
    """Tell whether two pieces put together make a VIN of China, or one declared, if misread."""
    taken = repair_vin(printed, declared=declared).value
    return is_valid(taken) and (taken in declared or taken[0] in CHINESE)


def vin_field(printed: str, seen: SeenLine, *, page: int, known: Known) -> FieldRead:
    """Return a VIN as it is taken; sure only with its check digit and a clear reading."""
    read = canonical_vin(printed)
    taken = repair_vin(read, declared=known.vins)
    declared = taken.value in known.vins
    clear = seen.confidence >= (SURE_DECLARED if declared else SURE_VIN)
    return FieldRead(
        field="vin",
        position=0,
        value=taken.value,
        printed=read,
        confidence=seen.confidence,
        sure=clear and is_valid(read) and (declared or read[0] in CHINESE),
        page=page,
        box=seen.box,
        repair=taken.repair,
        parts={"suggestion": taken.suggestion} if taken.suggestion else {},
    )


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
    day = first_date(parts["registered_on"]) if "registered_on" in parts else None
    return {**parts, "registered_on": iso(day)} if day else parts
