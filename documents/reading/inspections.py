"""Read an inspection report of a used vehicle for export: standard, result, day, VIN."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from documents.reading.confirmations import one_date
from documents.reading.fields import FieldRead, Known
from documents.reading.rows import rows_of
from documents.reading.seen import SeenPage
from documents.reading.sheet import Sheet
from documents.reading.vehicles import vins

STANDARD: Final = re.compile(
    r"(?<![A-Z])(?:GB|WB|QC|SN|WM|SB)(?:/T)? ?\d{1,6}(?:\.\d+)?(?:-\d{4})?"
)
RESULT: Final = re.compile(
    r"(?:检测|检验|鉴定)?(?:结果|结论)(?: ?result)?|(?<![a-z])result", re.IGNORECASE
)
DAY: Final = re.compile(
    r"(?:检测|检验|鉴定|签发)日期(?: ?(?:inspected on|date))?|inspected on|date of inspection",
    re.IGNORECASE,
)
# What follows a result is its reasons.
MOST_WORDS: Final = 60


def read_inspection(pages: Sequence[SeenPage], known: Known) -> Iterator[FieldRead]:
    """Yield what the report says."""
    rows = rows_of(pages)
    sheet = Sheet(rows)
    yield from islice(vins(rows, known), 1)
    for line in sheet.lines:
        match = STANDARD.search(line.text)
        if match:
            yield sheet.field("standard", match.group(), line)
            break
    for line, text in sheet.after(RESULT):
        yield sheet.field("result", text[:MOST_WORDS], line, sure=False, printed=text[:200])
        break
    yield from one_date("inspected_on", DAY, sheet)
