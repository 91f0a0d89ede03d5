"""The grid of bad cells: one line a problem, some rows a page, edited in place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from documents.models import Sheet, SheetRow
from documents.sheets.checking import wrote
from documents.sheets.mending import LONGEST, Change
from documents.sheets.wording import is_choice, label_of, sentence, shown_value
from exports.models import Vehicle

PAGE: Final = 40
Problem = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """One bad cell as the grid shows it; ``first`` where it opens its row."""

    row: SheetRow
    problem: Problem
    vin: str
    first: bool

    @property
    def name(self) -> str:
        """Return the name of the input."""
        return f"cell-{self.row.pk}-{self.problem['field']}"

    @property
    def keep_name(self) -> str:
        """Return the name of the tick by which a doubt is confirmed."""
        return f"keep-{self.row.pk}"

    @property
    def label(self) -> str:
        """Return the word for the field."""
        return label_of(self.problem["field"])

    @property
    def sentence(self) -> str:
        """Return what is wrong."""
        return sentence(self.problem)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Return the words to choose from, none where one writes."""
        name = self.problem["field"]
        field: Any = Vehicle._meta.get_field(name) if is_choice(name) else None
        return [(str(v), str(word)) for v, word in field.choices] if field else []

    @property
    def fix(self) -> str:
        """Return what was probably meant, as people read it."""
        return shown_value(self.problem["field"], self.problem.get("fix", ""))


def page_of_rows(sheet: Sheet, *, after: str) -> dict[str, Any]:
    """Return the bad cells of one page of rows: one query."""
    since = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    bad = sheet.rows.filter(state=SheetRow.State.BAD, pk__gt=since).order_by("pk")
    rows = list(bad[: PAGE + 1])
    shown = rows[:PAGE]
    cells = [
        Cell(row, problem, vin=vin_of(row, sheet), first=at == 0)
        for row in shown
        for at, problem in enumerate(row.problems)
    ]
    more = shown[-1].pk if len(rows) > PAGE else None
    return {"cells": cells, "more": more, "since": since}


def vin_of(row: SheetRow, sheet: Sheet) -> str:
    """Return what stands for the VIN of *row*."""
    return row.vin or wrote(row, sheet=sheet)["vin"][:30]


def changes_in(sheet: Sheet, posted: Mapping[str, str]) -> list[Change]:
    """Return what *posted* changes in the bad cells of *sheet*; what stands as it was is none."""
    ids = {row_of(name) for name in posted if name.startswith(("cell-", "keep-"))}
    rows = sheet.rows.filter(pk__in=ids - {0}, state=SheetRow.State.BAD)
    changes: list[Change] = []
    for row in rows:
        for problem in row.problems:
            changes += change_of(row, problem, posted)
    return changes


def change_of(row: SheetRow, problem: Problem, posted: Mapping[str, str]) -> list[Change]:
    """Return the change *posted* makes to one bad cell, if any."""
    name = problem["field"]
    said = posted.get(f"cell-{row.pk}-{name}", "").strip()[:LONGEST]
    if said and said != problem["wrote"]:
        return [Change(row.pk, name, value=said.replace("\x00", ""))]
    kept = posted.get(f"keep-{row.pk}", "")
    token = problem.get("token", "")
    return [Change(row.pk, name, token=token)] if token and token == kept else []


def row_of(name: str) -> int:
    """Return the id of the row that an input called *name* belongs to, 0 if there is none."""
    number = name.split("-")[1]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
