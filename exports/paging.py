"""Lists by key: no count, and page 10,000 costs what page 1 costs."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Generic, TypeVar

from django.db.models import F, Model, Q, QuerySet

M = TypeVar("M", bound=Model)
PAGE_SIZE = 50
HIGHEST = 2**63 - 1
DATED_KEY: Final = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})?\.(?P<pk>\d{1,18})", re.ASCII)


@dataclass(frozen=True)
class KeysetPage(Generic[M]):
    """One page of rows, and the id before which the next older one begins."""

    rows: list[M]
    older: int | None
    first: bool


@dataclass(frozen=True)
class DatedPage(Generic[M]):
    """One page of rows in the order of a day, and the key after which the next one begins."""

    rows: list[M]
    following: str
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


def page_by_day(
    rows: "QuerySet[M]", field: str, *, after: str, newest_first: bool, size: int = PAGE_SIZE
) -> DatedPage[M]:
    """Return *size* of *rows* by the day in *field*, those without a day last: one query.

    *after* is a key such as ``2026-06-30.17`` from an address; anything else means the first page.
    """
    key = key_of(after)
    part = rows if key is None else rows.filter(beyond(field, *key, newest_first=newest_first))
    by_day = F(field).desc(nulls_last=True) if newest_first else F(field).asc(nulls_last=True)
    found = list(part.order_by(by_day, "pk")[: size + 1])
    shown = found[:size]
    last: Any = shown[-1] if len(found) > size else None
    following = f"{getattr(last, field) or ''}.{last.pk}" if last else ""
    return DatedPage(shown, following, first=key is None)


def key_of(text: str) -> tuple[date | None, int] | None:
    """Return the day and the id that *text* names, if it names them."""
    found = DATED_KEY.fullmatch(text)
    if found is None:
        return None
    try:
        return date.fromisoformat(found["day"]) if found["day"] else None, int(found["pk"])
    except ValueError:
        return None


def beyond(field: str, day: date | None, pk: int, *, newest_first: bool) -> Q:
    """Return what lies after the row *pk* of the day *day*."""
    undated = Q(**{f"{field}__isnull": True})
    if day is None:
        return undated & Q(pk__gt=pk)
    side = "lt" if newest_first else "gt"
    return Q(**{f"{field}__{side}": day}) | Q(**{field: day}, pk__gt=pk) | undated
