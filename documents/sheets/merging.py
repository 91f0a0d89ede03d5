"""Rows that come back: mended in a downloaded list, they belong where they were taken from."""

from datetime import date
from typing import Any

from documents.models import Sheet, SheetRow
from documents.sheets.cells import shown
from documents.sheets.checking import check, ground_on
from documents.sheets.columns import ROW_ID

NumberedRows = list[tuple[int, list[Any]]]


def merge(sheet: Sheet, rows: NumberedRows, *, today: date) -> Sheet | None:
    """Put *rows* back into the earlier spreadsheet of the exporter that their ids name.

    A row whose id is not found, or that came without, is added there. Returns that spreadsheet,
    ``None`` if the file names none. Its touched rows are checked anew.
    """
    if ROW_ID not in sheet.columns:
        return None
    ids = {row_id(sheet, cells) for _number, cells in rows}
    # Another exporter's rows are not found.
    known = SheetRow.objects.filter(
        pk__in=ids - {0},
        sheet__exporter=sheet.exporter,
        sheet__state=Sheet.State.CHECKED,
    ).select_related("sheet__exporter")
    found = {row.pk: row for row in known}
    if not found:
        return None
    target = next(iter(found.values())).sheet
    mine = {pk: row for pk, row in found.items() if row.sheet_id == target.pk}
    new = [take_back(mine, sheet, cells, target=target, number=n) for n, cells in rows]
    open_rows = [row for row in mine.values() if row.state == SheetRow.State.WAITING]
    SheetRow.objects.bulk_update(open_rows, ["edits", "state"], batch_size=50)
    added = SheetRow.objects.bulk_create([row for row in new if row], batch_size=500)
    Sheet.objects.filter(pk=target.pk).update(total=target.total + len(added), undo=[])
    check_waiting(target, today=today)
    return target


def check_waiting(sheet: Sheet, *, today: date) -> None:
    """Check every row of *sheet* that waits."""
    ground = ground_on(today)
    while rows := list(sheet.rows.filter(state=SheetRow.State.WAITING).order_by("pk")[:500]):
        check(sheet, rows, ground=ground)


def take_back(
    mine: dict[int, SheetRow], sheet: Sheet, cells: list[Any], *, target: Sheet, number: int
) -> SheetRow | None:
    """Write *cells* on the row of *mine* they belong to, or return a new row for *target*."""
    written = {
        field: cells[at] if at < len(cells) else None
        for at, field in enumerate(columns_in(sheet, target))
        if field
    }
    row = mine.get(row_id(sheet, cells))
    if row is None:
        return SheetRow(sheet=target, number=number, cells=[], edits=written)
    if row.state != SheetRow.State.SAVED:
        row.edits, row.state = row.edits | written, SheetRow.State.WAITING
    return None


def columns_in(sheet: Sheet, target: Sheet) -> list[str]:
    """Return what the columns of *sheet* hold, as people named the same headers of *target*."""
    named = dict(zip(target.heads, target.columns, strict=False))
    own = [named.get(head, field) for head, field in zip(sheet.heads, sheet.columns, strict=True)]
    return [field if field and not field.startswith("chuguan") else "" for field in own]


def row_id(sheet: Sheet, cells: list[Any]) -> int:
    """Return the row id in *cells*, 0 if there is none."""
    at = sheet.columns.index(ROW_ID)
    text = shown(cells[at]) if at < len(cells) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
