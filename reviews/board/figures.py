"""What the board shows: tables of numbers, each with the address of the list behind it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from reviews.board.scope import Scope

MINUTE: Final = 60
HOUR: Final = 3600
DAY: Final = 86_400


@dataclass(frozen=True)
class Cell:
    """One number: its words, the list behind it, and how long its bar is, 0 to 100."""

    text: str
    url: str = ""
    width: int | None = None
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    label: str
    cells: tuple[Cell, ...]
    url: str = ""
    code: str = ""


@dataclass(frozen=True)
class Table:
    """A table of the board; ``name`` is what its CSV is called."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""

    @property
    def lines(self) -> "list[Line]":
        """Return the rows with each number beside the name of its column."""
        return [
            Line(row.label, row.url, row.code, tuple(zip(self.columns[1:], row.cells, strict=True)))
            for row in self.rows
        ]


class Line(NamedTuple):
    """A row as the page draws it; on a narrow screen each number carries its column's name."""

    label: str
    url: str
    code: str
    labelled: tuple[tuple[str, Cell], ...]


def listed(scope: Scope, **terms: str) -> str:
    """Return the address of the list of cases that *terms* name, within the board's office."""
    office = {"office": scope.office.code} if scope.office else {}
    query = urlencode({"view": "every", **office, **terms}, safe=":.<>")
    return f"{reverse('workbench:queue')}?{query}"


def counted(number: int, url: str, *, most: int = 0, tone: str = "") -> Cell:
    """Return a number that opens its list; with *most* it has a bar, zero opens nothing."""
    width = round(100 * number / most) if most else None
    return Cell(number_format(number, force_grouping=True), url if number else "", width, tone)


def shared(number: int, whole: int, url: str) -> Cell:
    """Return a number with its share of the *whole*, opening its list."""
    if not number:
        return Cell("0")
    return Cell(f"{number_format(number, force_grouping=True)} ({percent(number, whole)})", url)


def percent(part: int, whole: int) -> str:
    """Return a share in per cent, with a decimal near either end; a dash of nothing."""
    if not whole:
        return "–"
    share = 100 * part / whole
    decimals = 0 if share in (0, 100) or 10 <= share < 90 else 1
    return f"{rounded(share, decimals)}%"


def duration(took: timedelta | None) -> str:
    """Return a stretch of time in the unit that says it in two figures; a dash of none."""
    if took is None:
        return "–"
    seconds = took.total_seconds()
    if seconds < MINUTE:
        return _("%(number)s s") % {"number": rounded(seconds, 0)}
    if seconds < HOUR:
        return _("%(number)s min") % {"number": rounded(seconds / MINUTE, 0)}
    if seconds < 2 * DAY:
        return _("%(number)s h") % {"number": rounded(seconds / HOUR, 1)}
    return _("%(number)s d") % {"number": rounded(seconds / DAY, 1)}


def rounded(value: float, decimals: int) -> str:
    """Return *value* to so many decimals, in the active language's signs."""
    return number_format(round(value, decimals), decimals)
