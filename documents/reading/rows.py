"""Put the words of a page into rows and columns by where they stand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from documents.reading.seen import SeenLine, SeenPage

SAME_ROW: Final = 0.5


@dataclass(frozen=True, slots=True)
class Row:
    """Words side by side, from left to right, on page *page*."""

    page: int
    cells: tuple[SeenLine, ...]

    @property
    def text(self) -> str:
        """Return the words of the row with bars between what stands apart."""
        return " | ".join(cell.text for cell in self.cells)


Columns = Mapping[str, tuple[float, float]]


def rows_of(pages: Sequence[SeenPage]) -> list[Row]:
    """Return the rows of all *pages* from top to bottom."""
    return [row for page in pages for row in _rows(page)]


def _rows(page: SeenPage) -> list[Row]:
    rows: list[list[SeenLine]] = []
    for line in sorted(page.lines, key=lambda line: line.box[1] + line.box[3] / 2):
        last = rows[-1] if rows else None
        if last and _shares_height(last[-1], line):
            last.append(line)
        else:
            rows.append([line])
    return [Row(page.number, tuple(sorted(row, key=lambda line: line.box[0]))) for row in rows]


def _shares_height(one: SeenLine, other: SeenLine) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.box[1], other.box[1])
    return overlap > SAME_ROW * min(one.box[3], other.box[3])


def columns_of(row: Row, labels: Mapping[str, re.Pattern[str]]) -> Columns:
    """Return where the columns whose headings match *labels* stand, if *row* is a heading."""
    columns = {}
    for cell in row.cells:
        for name, label in labels.items():
            if name not in columns and label.search(cell.text):
                columns[name] = (cell.box[0], cell.right)
                break
    return columns


def column_at(cell: SeenLine, columns: Columns) -> str:
    """Return the column *cell* stands in: the heading it overlaps most, or stands nearest to."""

    def distance(name: str) -> float:
        left, right = columns[name]
        gap = max(left - cell.right, cell.box[0] - right)
        return gap if gap > 0 else -(min(right, cell.right) - max(left, cell.box[0]))

    return min(columns, key=distance)
