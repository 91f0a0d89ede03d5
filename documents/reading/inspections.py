"""Read an inspection report of a used vehicle for export: standard, result, day, VIN."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from documents.reading.certificates import first_vin
from documents.reading.confirmations import one_date
from documents.reading.fields import FieldRead, Known, Sheet
from documents.reading.lines import after_label
from documents.reading.seen import SeenPage

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


def read_inspection(pages: Sequence[SeenPage], known: Known) -> Iterator[FieldRead]:
    """Yield what the report says."""
    sheet = Sheet(pages)
    yield from first_vin(pages, known)
    for line in sheet.lines:
        match = STANDARD.search(line.text)
        if match:
            yield sheet.field("standard", match.group(), line)
            break
    for line, text in after_label(RESULT, sheet.lines):
        yield sheet.field("result", text[:60], line, printed=text[:200])
        break
    yield from one_date("inspected_on", DAY, sheet)
