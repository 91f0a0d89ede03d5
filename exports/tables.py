"""Tables people take away as CSV: opened in a spreadsheet, no cell may act as a formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.http import HttpResponse, StreamingHttpResponse

BYTE_ORDER_MARK: Final = "\ufeff"
PIECE: Final = 60_000  # characters sent at once
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


def csv_stream(
    name: str, *, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """Return the same as :func:`csv_response`, sent while *rows* are still being read."""
    return StreamingHttpResponse(
        csv_lines(head, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def csv_lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield the lines of the table, each cell neutral, some at a time."""
    written = io.StringIO(BYTE_ORDER_MARK)
    written.seek(0, io.SEEK_END)
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow([neutral(cell) for cell in head])
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
        if written.tell() > PIECE:
            yield written.getvalue()
            written = io.StringIO()
            writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    yield written.getvalue()


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
