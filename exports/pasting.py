"""Answer for many cars at once: rows pasted from a table, one car a row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from exports.calculator import Answer, read_date, under
from exports.models import Policy

ROWS_AT_MOST: Final = 500
SIGNS_AT_MOST: Final = 60_000
LABEL_AT_MOST: Final = 40
CELLS: Final = re.compile(r"[\t,;，；]")


@dataclass(frozen=True, slots=True)
class Row:
    """One pasted row: its number, what it says beside dates, and the answer, if it has a date."""

    number: int
    label: str
    answer: Answer | None


def rows_of(text: str) -> list[str]:
    """Return the rows of *text* that say anything."""
    return [row.strip() for row in text.splitlines() if row.strip()]


def answers(text: str, *, applied_on: date) -> list[Row]:
    """Judge every row of *text*; one query however many.

    Cells stand apart by tab, comma or semicolon. The first cell that names a day is the
    registration date, the second the transfer; any other cell only labels the row.
    """
    policy = Policy.objects.in_force(applied_on)
    return [
        _judged(number, row, policy=policy, applied_on=applied_on)
        for number, row in enumerate(rows_of(text), start=1)
    ]


def _judged(number: int, row: str, *, policy: Policy | None, applied_on: date) -> Row:
    """Judge one row."""
    cells = [cell.strip() for cell in CELLS.split(row)]
    days = [day for cell in cells if (day := _day(cell))]
    label = " ".join(_labels(cells))[:LABEL_AT_MOST]
    # More than two dates do not say which of them is meant.
    if not days or len(days) > 2:
        return Row(number, label, None)
    found = under(
        policy,
        registered_on=days[0],
        applied_on=applied_on,
        transferred_on=days[1] if len(days) > 1 else None,
    )
    return Row(number, label, found)


def _labels(cells: list[str]) -> Iterator[str]:
    """Yield the cells that name no day."""
    return (cell for cell in cells if cell and _day(cell) is None)


def _day(cell: str) -> date | None:
    """Return the day *cell* names; a day the calendar does not have is none."""
    try:
        return read_date(cell)
    except ValueError:
        return None
