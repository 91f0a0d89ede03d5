"""Tables people take away as XLSX: text stays text, and no cell acts as a formula."""

import io
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from exports.tables import neutral

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST: Final = 32_767  # what one cell of a spreadsheet holds


def xlsx_response(
    name: str, *, title: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Return *rows* under *head* as a workbook called *name* with one sheet, *title*.

    Whole numbers stay numbers; everything else is written as text that nothing runs, days as
    2026-06-30. Rows are written as they come, so memory holds the finished file alone.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for row in chain((head,), rows):
        sheet.append([cell_of(value) for value in row])
    file = io.BytesIO()
    book.save(file)
    response = HttpResponse(file.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def cell_of(value: object) -> object:
    """Return *value* as a cell keeps it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return neutral(ILLEGAL_CHARACTERS_RE.sub("", neutral(value)))[:LONGEST]
