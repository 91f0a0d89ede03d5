"""Spreadsheets as exporters send them: clean ones, and ones with the mess of real life."""

import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from openpyxl import Workbook

from tests.factories import BYD, TODAY, make_vin

HEADS = (
    "序号",
    "车架号（VIN）",
    "品牌",
    "车辆型号",
    "生产企业",
    "燃料种类",
    "海关编码",
    "行驶里程(km)",
    "注册登记日期",
    "目的国",
    "口岸",
    "合同号",
    "转让登记日期",
)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def clean_row(number: int, *, vin: str = "", day: Any = None, country: str = "KZ") -> list[Any]:
    """Return the cells of a row at which nothing is wrong."""
    return [
        number,
        vin or make_vin(),
        "比亚迪",
        "BYD7009BEV",
        BYD,
        "纯电动",
        "8703801090",
        5200,
        day or (TODAY - timedelta(days=300)).isoformat(),
        country,
        "CNHRG",
        "HT-2026-7",
        None,
    ]


def workbook(rows: Sequence[Sequence[Any]], *, heads: Sequence[str] = HEADS) -> bytes:
    """Return a plain workbook."""
    book = Workbook()
    for row in (heads, *rows):
        book.active.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def messy_rows(count: int, *, young: int = 0, today: date = TODAY) -> list[list[Any]]:
    """Return good rows in every way people write them; the first *young* still need a letter."""
    ages = [100] * young + [300] * (count - young)
    days = [(today - timedelta(days=age)).isoformat() for age in ages]
    rows = [clean_row(number, day=day) for number, day in enumerate(days, start=1)]
    for at, row in enumerate(rows):
        day = date.fromisoformat(row[8])
        row[12] = (day + timedelta(days=20)).isoformat()
        row[8] = (
            day,
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}年{day.month}月{day.day}日",
            (day - date(1899, 12, 30)).days,
            f"{day:%Y.%m.%d}",
            f"{day:%Y%m%d}".translate(FULL_WIDTH),
        )[at % 6]
        row[1] = (row[1], f" {row[1][:9]} {row[1][9:]}\u00a0", row[1].lower())[at % 3]
        row[6] = ("8703801090", 8703801090, "8703.80.1090")[at % 3]
        row[7] = (5200, "5,200 km", "５２００", 5200.0)[at % 4]
        row[9] = ("KZ", "哈萨克斯坦", "Kazakhstan ")[at % 3]
    return rows


def spoil(rows: list[list[Any]]) -> None:
    """Make twelve of *rows* bad: seven misspelt countries, three letters O, two bad dates."""
    for row in rows[20:27]:
        row[9] = "Kazakstan"
    for row in rows[40:43]:
        vin = "".join(row[1].split()).upper()
        row[1] = vin[:11] + vin[11:].replace("0", "O", 1)
    rows[60][8], rows[61][8] = "2026-05-81", "2025-02-30"


def messy(count: int = 300, *, bad: bool = True, young: int = 0, today: date = TODAY) -> bytes:
    """Return a workbook with a title over the headers, hidden sheet and row, totals, a formula."""
    rows = messy_rows(count, young=young, today=today)
    if bad:
        spoil(rows)
    book = Workbook()
    cover = book.active
    cover.title = "说明"
    cover.append(["请按表填写"])
    sheet = book.create_sheet("十一月")
    sheet.append(["出口车辆明细表"])
    sheet.merge_cells("A1:M1")
    sheet.append([])
    sheet.append([*HEADS, None, None])
    for at, row in enumerate(rows):
        if at == count // 2:
            sheet.append(HEADS)
            sheet.append([])
        sheet.append(row)
    sheet.append(["合计", f"=COUNTA(B4:B{count})"])
    sheet["O4"] = "=1+1"
    hidden = book.create_sheet("旧")
    hidden.append(HEADS)
    hidden.append(clean_row(1))
    hidden.sheet_state = "hidden"
    sheet.row_dimensions[10].hidden = True
    return saved(book)
