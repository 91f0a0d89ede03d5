"""Workbooks people take away: our template, and the rows to be mended. No cell is a formula."""

import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from documents.models import Sheet, SheetRow
from documents.sheets.cells import shown
from documents.sheets.checking import wrote
from documents.sheets.columns import FIELDS, MOST_ROWS, NEEDED, REASON, ROW_ID
from documents.sheets.wording import label_of, sentence
from exports.models import Destination, ManufacturerName, Port, Vehicle
from exports.workbooks import cell_of

NEEDED_FILL: Final = PatternFill("solid", fgColor="E3F1EC")
BAD_FILL: Final = PatternFill("solid", fgColor="FBE3DC")
MOST_MAKERS: Final = 500


def template() -> bytes:
    """Return the empty list with headers in both languages, notes and drop-downs: three queries."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "车辆 Vehicles"
    lists = book.create_sheet("lists")
    lists.sheet_state = "hidden"
    for at, name in enumerate(FIELDS, start=1):
        cell = sheet.cell(row=1, column=at, value=both(name))
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if name in NEEDED:
            cell.fill = NEEDED_FILL
        cell.comment = Comment(note_for(name), "Chuguan", width=260, height=90)
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = 24 if name == "vin" else 18
        sheet.column_dimensions[letter].number_format = "@"
    for place, (name, values) in enumerate(drop_downs().items(), start=1):
        put_list(lists, values, place=place)
        offer(sheet, name, place=place, count=len(values))
    sheet.freeze_panes = "B2"
    return saved(book)


def both(name: str) -> str:
    """Return the header of field *name* in both languages."""
    words = []
    for language in ("zh-hans", "en"):
        with override(language):
            words.append(label_of(name))
    return " ".join(dict.fromkeys(words))


def note_for(name: str) -> str:
    """Return the hint that opens over a header."""
    hints = {
        "vin": _("17 characters, as on the registration certificate."),
        "hs_code": _("6 to 10 digits, such as 8703801090."),
        "destination": _("Choose from the list, or write the name or the ISO code."),
        "contract_number": _("Vehicles of one contract, port and destination share a draft."),
    }
    if name.endswith("_on"):
        return _("Write dates like 2026-06-30.")
    needed = _("Needed for every vehicle.") if name in NEEDED else _("May be left empty.")
    return hints.get(name, needed)


def drop_downs() -> dict[str, list[str]]:
    """Return what the columns with drop-downs offer."""
    makers = ManufacturerName.objects.order_by("name").values_list("name", flat=True)
    choices: dict[str, list[str]] = {}
    for name in ("kind", "fuel", "origin", "use"):
        field: Any = Vehicle._meta.get_field(name)
        choices[name] = [str(label) for _value, label in field.choices]
    return choices | {
        "destination": [f"{place}" for place in Destination.objects.all()],
        "port": [f"{place}" for place in Port.objects.all()],
        "maker_name": list(makers[:MOST_MAKERS]),
    }


def put_list(lists: Worksheet, values: Sequence[str], *, place: int) -> None:
    """Write *values* into column *place* of the hidden sheet."""
    for row, value in enumerate(values, start=1):
        lists.cell(row=row, column=place, value=cell_of(value))


def offer(sheet: Worksheet, name: str, *, place: int, count: int) -> None:
    """Let the cells of column *name* offer the list in column *place*; others may be typed."""
    if not count:
        return
    letter = get_column_letter(place)
    rule = DataValidation(
        type="list", formula1=f"lists!${letter}$1:${letter}${count}", allow_blank=True
    )
    rule.showErrorMessage = False
    sheet.add_data_validation(rule)
    column = get_column_letter(FIELDS.index(name) + 1)
    rule.add(f"{column}2:{column}{MOST_ROWS + 1}")


def rows_to_mend(sheet: Sheet) -> bytes:
    """Return the bad rows under the exporter's own headers, each with the reasons and its id."""
    book = Workbook()
    page = book.active
    assert isinstance(page, Worksheet)
    own = len(sheet.heads)
    for at, head in enumerate([*sheet.heads, f"{_('What to fix')} ({REASON})", ROW_ID], start=1):
        page.cell(row=1, column=at, value=cell_of(head)).font = Font(bold=True)
    rows = sheet.rows.filter(state=SheetRow.State.BAD).order_by("number", "pk")
    for number, row in enumerate(rows[:MOST_ROWS], start=2):
        put_row(page, row, sheet=sheet, number=number)
    page.column_dimensions[get_column_letter(own + 1)].width = 60
    page.column_dimensions[get_column_letter(own + 2)].hidden = True
    page.freeze_panes = "A2"
    return saved(book)


def put_row(page: Worksheet, row: SheetRow, *, sheet: Sheet, number: int) -> None:
    """Write one row as it stands now, its bad cells coloured."""
    bad = {problem["field"] for problem in row.problems}
    now = wrote(row, sheet=sheet)
    for at, name in enumerate(sheet.columns):
        own = row.cells[at] if at < len(row.cells) else None
        cell = page.cell(row=number, column=at + 1, value=cell_of(now.get(name, shown(own))))
        cell.number_format = "@"
        if name in bad:
            cell.fill = BAD_FILL
    reasons = reasons_of(row.problems)
    page.cell(row=number, column=len(sheet.heads) + 1, value=cell_of(reasons))
    page.cell(row=number, column=len(sheet.heads) + 2, value=row.pk)


def reasons_of(problems: Iterable[dict[str, Any]]) -> str:
    """Return what is wrong with a row, in one cell."""
    return " ".join(f"{label_of(each['field'])}: {sentence(each)}" for each in problems)


def saved(book: Workbook) -> bytes:
    """Return the bytes of *book*."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
