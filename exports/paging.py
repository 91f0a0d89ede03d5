"""Lists by key: no count, and page 10,000 costs what page 1 costs."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
PAGE_SIZE = 50
HIGHEST = 2**63 - 1


@dataclass(frozen=True)
class KeysetPage(Generic[M]):
    """One page of rows, and the id before which the next older one begins."""

    rows: list[M]
    older: int | None
    first: bool


def page_of(rows: "QuerySet[M]", *, before: str, size: int = PAGE_SIZE) -> KeysetPage[M]:
    """Return the newest *size* of *rows* whose id is lower than *before*: one query.

    *before* comes from an address, so anything but a number means the first page.
    """
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 20 else None
    older_than = min(number, HIGHEST) if number is not None else None
    part = rows if older_than is None else rows.filter(pk__lt=older_than)
    found = list(part.order_by("-pk")[: size + 1])
    shown = found[:size]
    more = len(found) > size
    return KeysetPage(shown, shown[-1].pk if more else None, first=older_than is None)
