"""Tables people take away as CSV: opened in a spreadsheet, no cell may act as a formula."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from django.http import HttpResponse

BYTE_ORDER_MARK: Final = "\ufeff"
STARTERS: Final = ("=", "+", "-", "@", "|", "\t", "\r")
PLAIN_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9 .]*", re.ASCII)
INVISIBLE: Final = {ord(sign): None for sign in "\u200b\u200c\u200d\u2060\ufeff\u00ad"}


def csv_response(
    name: str, *, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Return *rows* under *head* as a download called *name*, in UTF-8 that Excel recognises."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write(BYTE_ORDER_MARK)
    writer = csv.writer(response, quoting=csv.QUOTE_ALL)
    writer.writerow([neutral(cell) for cell in head])
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return response


def neutral(cell: object) -> str:
    """Return *cell* as text that no spreadsheet runs; numbers and plain words stay as they are.

    Source: OWASP, CSV Injection. An apostrophe in front is what spreadsheets themselves use.
    """
    text = "" if cell is None else str(cell)
    seen = unicodedata.normalize("NFKC", text).translate(INVISIBLE)
    begins = seen.startswith(STARTERS) or seen.strip().startswith(STARTERS)
    if begins and not PLAIN_NUMBER.fullmatch(seen.strip()):
        return f"'{text}"
    return text
