"""What the child process does: open a spreadsheet and report the rows of its best sheet.

Pure of Django. Nothing is calculated: of a formula the value kept in the file counts.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import Any, Final

import python_calamine

from documents.sheets.columns import MOST_ROWS, plain, score

MOST_COLUMNS: Final = 60
MOST_SIGNS: Final = 300
MOST_TABS: Final = 20
MOST_UNPACKED: Final = 150 * 1024 * 1024
MOST_ENTRIES: Final = 2000
SEARCHED: Final = 40
SEPARATORS: Final = (",", ";", "\t", "，", "；")
TOTALS: Final = ("合计", "总计", "小计", "共计", "total", "sum", "subtotal", "grandtotal")
Rows = list[list[Any]]
_HIDDEN_ROW: Final = re.compile(rb'<row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*\br="(\d{1,7})"')
_EMPTY_FORMULA: Final = re.compile(
    rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)'
    rb"\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)
_TAB: Final = re.compile(rb"<(?:\w+:)?sheet\b[^>]*>")


class Unreadable(Exception):
    """The file cannot be taken; the code says why."""


def perform(request: Mapping[str, Any]) -> dict[str, Any]:
    """Report the rows of the spreadsheet *request* names; a refusal is a report too."""
    try:
        return opened(Path(request["path"]), kind=request["kind"])
    except Unreadable as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": "too_large_unpacked"}
    except Exception:
        # Parsers raise anything at all on a broken file.
        return {"refused": "unreadable"}


def opened(path: Path, *, kind: str) -> dict[str, Any]:
    """Return the report: headers, rows with their numbers, what was passed over.

    Raises:
        Unreadable: with the code of the reason.
    """
    if kind == "csv":
        tabs, hidden = [("", text_rows(path.read_bytes()))], 0
    else:
        tabs, hidden = workbook_rows(path, kind=kind)
    name, rows = max(tabs, key=lambda tab: head_place(tab[1])[1], default=("", []))
    place, _found = head_place(rows)
    heads = [str(cell if cell is not None else "").strip() for cell in rows[place]] if rows else []
    if not any(heads):
        raise Unreadable("empty")
    if kind == "xlsx":
        marks = xlsx_marks(path, tab=name)
        mark_formulas(rows, marks["formulas"])
        hidden_rows = {number for number in marks["hidden_rows"] if number > place + 1}
    else:
        hidden_rows = set()
    kept, passed = data_rows(rows, place=place)
    return {
        "tab": name,
        "heads": [head[:MOST_SIGNS] for head in heads],
        "rows": kept,
        "remarks": {
            "other_tabs": len(tabs) - 1,
            "hidden_tabs": hidden,
            "hidden_rows": len(hidden_rows & {number for number, _cells in kept}),
            "above": place,
            **passed,
        },
    }


def head_place(rows: Rows) -> tuple[int, int]:
    """Return which row holds the headers, and how many of them are known."""
    scores = [(score(cells), -at) for at, cells in enumerate(rows[:SEARCHED])]
    best, at = max(scores, default=(0, 0))
    if best >= 2:
        return -at, best
    worded = (at for at, cells in enumerate(rows[:SEARCHED]) if looks_like_heads(cells))
    return next(worded, 0), best


def looks_like_heads(cells: Sequence[Any]) -> bool:
    """Tell whether *cells* could be headers that are not known: three or more, words only."""
    filled = [cell for cell in cells if cell is not None]
    return len(filled) >= 3 and all(isinstance(cell, str) for cell in filled)


def data_rows(rows: Rows, *, place: int) -> tuple[list[tuple[int, list[Any]]], dict[str, int]]:
    """Return the rows below the headers, numbered as in the file, and counts of what was not.

    Raises:
        Unreadable: there are none, or too many.
    """
    heads = {plain(cell) for cell in rows[place]} - {""}
    kept: list[tuple[int, list[Any]]] = []
    passed = {"blank": 0, "repeated_heads": 0, "totals": 0}
    for number, cells in enumerate(rows[place + 1 :], start=place + 2):
        why = passed_over(cells, heads=heads)
        if why:
            passed[why] += 1
        else:
            kept.append((number, cells))
        if len(kept) > MOST_ROWS:
            raise Unreadable("too_many_rows")
    if not kept:
        raise Unreadable("no_rows")
    return kept, passed


def passed_over(cells: Sequence[Any], *, heads: set[str]) -> str:
    """Say why a row is no vehicle: blank, the headers again, a total; empty if it may be one."""
    filled = [cell for cell in cells if cell is not None]
    if not filled:
        return "blank"
    words = [plain(cell) for cell in filled if isinstance(cell, str)]
    if len(words) >= 2 and sum(word in heads for word in words) > len(filled) / 2:
        return "repeated_heads"
    return "totals" if words and words[0].startswith(TOTALS) and len(filled) < 6 else ""


def workbook_rows(path: Path, *, kind: str) -> tuple[list[tuple[str, Rows]], int]:
    """Return the visible sheets of a workbook with their rows, and how many are hidden."""
    if kind != "xls":
        check_unpacked(path)
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    visible = python_calamine.SheetVisibleEnum.Visible
    places = [at for at, tab in enumerate(book.sheets_metadata) if tab.visible == visible]
    tabs = []
    for at in places[:MOST_TABS]:
        sheet = book.get_sheet_by_index(at)
        tabs.append((sheet.name, table(sheet.to_python(skip_empty_area=False))))
    return tabs, len(book.sheets_metadata) - len(places)


def check_unpacked(path: Path) -> None:
    """Refuse an archive that would unpack to too much.

    Raises:
        Unreadable: it would, or is no archive.
    """
    try:
        entries = zipfile.ZipFile(path).infolist()
    except zipfile.BadZipFile as broken:
        raise Unreadable("unreadable") from broken
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable("encrypted")
    if len(entries) > MOST_ENTRIES or sum(each.file_size for each in entries) > MOST_UNPACKED:
        raise Unreadable("too_large_unpacked")


def table(rows: Sequence[Sequence[Any]]) -> Rows:
    """Return *rows* as plain values, without the empty ends.

    Raises:
        Unreadable: far too many rows say anything.
    """
    found = [trimmed(row) for row in rows]
    while found and not found[-1]:
        found.pop()
    if sum(1 for row in found if row) > MOST_ROWS + SEARCHED:
        raise Unreadable("too_many_rows")
    return found


def trimmed(row: Sequence[Any]) -> list[Any]:
    """Return the values of one row up to its last that says anything."""
    cells = [value_of(cell) for cell in row[:MOST_COLUMNS]]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def value_of(cell: Any) -> Any:
    """Return *cell* as JSON: text, number, truth, ``{"day": …}``; ``None`` where empty."""
    if isinstance(cell, bool) or cell is None:
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    if isinstance(cell, datetime | date):
        return {"day": cell.isoformat()[:10]}
    if isinstance(cell, int):
        return cell
    return str(cell)[:MOST_SIGNS].replace("\x00", "") if str(cell).strip() else None


def mark_formulas(rows: Rows, places: Sequence[tuple[int, int]]) -> None:
    """Mark in *rows* the formulas whose value the file does not hold."""
    for row, column in places:
        if row < len(rows) and column < MOST_COLUMNS:
            cells = rows[row]
            cells.extend([None] * (column + 1 - len(cells)))
            cells[column] = {"formula": True}


def xlsx_marks(path: Path, *, tab: str) -> dict[str, Any]:
    """Return of sheet *tab* the hidden rows, and the places (from 0) of formulas without value."""
    with zipfile.ZipFile(path) as archive:
        part = part_of(archive, tab=tab)
        content = bounded(archive, part) if part else b""
    return {
        "hidden_rows": {int(number) for number in _HIDDEN_ROW.findall(content)},
        "formulas": [
            (int(row) - 1, column_number(letters))
            for letters, row in _EMPTY_FORMULA.findall(content)
        ],
    }


def part_of(archive: zipfile.ZipFile, *, tab: str) -> str:
    """Return the name of the part that holds sheet *tab*; empty if it cannot be told."""
    tags = _TAB.findall(bounded(archive, "xl/workbook.xml"))
    ids = [attribute(tag, rb"r:id") for tag in tags if attribute(tag, rb"name") == tab]
    relations = re.findall(
        rb"<Relationship\b[^>]*>", bounded(archive, "xl/_rels/workbook.xml.rels")
    )
    targets = [attribute(each, rb"Target") for each in relations if attribute(each, rb"Id") in ids]
    names = {target.lstrip("/") if target.startswith("/") else f"xl/{target}" for target in targets}
    return next(iter(names & set(archive.namelist())), "")


def bounded(archive: zipfile.ZipFile, part: str) -> bytes:
    """Return at most so much of *part* as may be unpacked; nothing if it is not there."""
    if part not in archive.namelist():
        return b""
    with archive.open(part) as file:
        return file.read(MOST_UNPACKED)


def attribute(tag: bytes, name: bytes) -> str:
    """Return the value of attribute *name* in *tag*."""
    found = re.search(rb"\s" + name + rb'="([^"]*)"', tag)
    return unescape(found[1].decode("utf-8", "replace")) if found else ""


def column_number(letters: bytes) -> int:
    """Return the place, from 0, of the column called *letters*."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def text_rows(content: bytes) -> Rows:
    """Return the rows of a CSV in any usual encoding and with any usual separator.

    Raises:
        Unreadable: it is no text, or a quotation does not end.
    """
    text = decoded(content)
    delimiter = max(SEPARATORS, key=lambda sign: text[:4000].count(sign))
    if delimiter in "，；":
        text = text.replace(delimiter, ",")
        delimiter = ","
    try:
        records = list(limited(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    except csv.Error as broken:
        raise Unreadable("unreadable") from broken
    return table(records)


def limited(records: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield *records*, but not for ever.

    Raises:
        Unreadable: there are far too many, blank ones counted.
    """
    for count, record in enumerate(records):
        if count > MOST_ROWS * 10:
            raise Unreadable("too_many_rows")
        yield record


def decoded(content: bytes) -> str:
    """Return *content* as text; UTF-8 first, as GB18030 reads nearly anything.

    Raises:
        Unreadable: it is text in none of the usual encodings.
    """
    encodings = ["utf-8-sig", "gb18030"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unreadable("no_text")
