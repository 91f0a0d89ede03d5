"""How things stand now: what is open and how old, what is due, and when it will be done."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from exports.rules import SHANGHAI
from reviews.board.figures import Cell, Row, Table, counted, listed
from reviews.board.questions import Standing, Sums
from reviews.board.scope import Scope
from reviews.clocks import OFFICE_HOURS, ONE_DAY, Calendar
from reviews.models import STATUS_LABELS
from reviews.states import WITH_OFFICE, Status

SHOWN: Final = (
    Status.CHECKING,
    Status.IN_REVIEW,
    Status.HELD,
    Status.SETTLING,
    Status.RETURNED,
)
BANDS: Final = (
    gettext_lazy("today"),
    gettext_lazy("1 day"),
    gettext_lazy("2 days"),
    gettext_lazy("3 days"),
    gettext_lazy("more than 3"),
)
LOOKED_BACK: Final = timedelta(hours=2)  # the pace is what went out since, and in that hour


class Phase(StrEnum):
    """Whether the office is at work: outside its hours no pace is a promise."""

    DAY_OFF = "day_off"
    BEFORE = "before"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True)
class Pace:
    """When what is due today will be done, if it goes on as in the last hours of the office.

    ``done_at`` and ``an_hour`` say nothing outside office hours.
    """

    due: int
    phase: Phase
    an_hour: float = 0
    done_at: datetime | None = None
    in_time: bool = False


def open_in(backlog: Iterable[Standing], *statuses: Status) -> int:
    """Return how many cases stand in one of *statuses*."""
    return sum(row.cases for row in backlog if row.status in statuses)


def due_today(sums: Sums, *, today: date) -> int:
    """Return how many cases the office must decide by the end of the day, late ones included."""
    return sum(row.cases for row in ours(sums) if row.due_day <= today)


def late(sums: Sums, *, at: datetime, today: date) -> int:
    """Return how many cases the office is late with: closing time of the due day is over."""
    over = today + ONE_DAY if at >= OFFICE_HOURS.closing(today) else today
    return sum(row.cases for row in ours(sums) if row.due_day < over)


def ours(sums: Sums) -> Iterator[Standing]:
    """Yield the backlog that is with the office."""
    return (row for row in sums.backlog if row.status in WITH_OFFICE)


def pace_of(sums: Sums, *, at: datetime, today: date) -> Pace:
    """Return when what is due today will be done at the pace of the last hours at work."""
    due, phase = due_today(sums, today=today), phase_of(today, at=at, calendar=sums.calendar)
    if phase != Phase.OPEN:
        return Pace(due, phase)
    began = max(at - LOOKED_BACK, OFFICE_HOURS.opening(today)).astimezone(SHANGHAI)
    now = at.astimezone(SHANGHAI)
    went = sum(went_out(sums.hours, hour) for hour in range(began.hour, now.hour + 1))
    # Counts are kept by whole hours, so the first one counts from its beginning.
    hours = (now - began.replace(minute=0, second=0, microsecond=0)) / timedelta(hours=1)
    an_hour = went / hours
    done_at = now + timedelta(hours=due / an_hour) if an_hour else None
    if not due:
        done_at = now
    in_time = done_at is not None and done_at <= OFFICE_HOURS.closing(today)
    return Pace(due, phase, an_hour, done_at, in_time)


def phase_of(today: date, *, at: datetime, calendar: Calendar) -> Phase:
    """Return whether the office is at work at *at*."""
    if not calendar.is_working(today):
        return Phase.DAY_OFF
    if at < OFFICE_HOURS.opening(today):
        return Phase.BEFORE
    return Phase.OPEN if at < OFFICE_HOURS.closing(today) else Phase.OVER


def went_out(hours: Mapping[tuple[str, int], int], hour: int) -> int:
    """Return how many cases left the office in an hour: closed, or returned with a question."""
    return hours.get(("closed", hour), 0) + hours.get(("asked", hour), 0)


def came_in(hours: Mapping[tuple[str, int], int], hour: int) -> int:
    """Return how many cases reached the office in an hour: filed, or answered."""
    return hours.get(("filed", hour), 0) + hours.get(("answered", hour), 0)


def bands_of(today: date, calendar: Calendar) -> list[tuple[date, date]]:
    """Return first and last filing day of each age but the oldest, in working days passed."""
    bands: list[tuple[date, date]] = []
    last = day = today
    while len(bands) < len(BANDS) - 1:
        # A day off belongs to the age of the working day before it: nothing passes on it.
        if calendar.is_working(day):
            bands.append((day, last))
            last = day - ONE_DAY
        day -= ONE_DAY
    return bands


def backlog_table(scope: Scope, sums: Sums) -> Table:
    """Return the open cases by status and by working days since they were filed."""
    bands = bands_of(scope.today, sums.calendar)
    rows = tuple(backlog_row(scope, sums, status, bands) for status in SHOWN)
    return Table(
        "backlog",
        _("Backlog by age"),
        (_("Status"), *map(str, BANDS), _("all")),
        rows,
        note=_("Age in working days since filing; due is the third. “Taking effect” is not open."),
    )


def backlog_row(scope: Scope, sums: Sums, status: Status, bands: list[tuple[date, date]]) -> Row:
    """Return one status of the backlog."""
    standing = [row for row in sums.backlog if row.status == status]
    total, most = open_in(standing, status), max(open_in(sums.backlog, each) for each in SHOWN)
    oldest = min((row.filed_day for row in standing), default=scope.today)
    stretches = [*bands, (oldest, bands[-1][0] - ONE_DAY)]
    cells = [
        counted(
            sum(row.cases for row in standing if first <= row.filed_day <= last),
            list_of(scope, status, filed=f"{first}..{last}"),
            tone="warn" if place == len(bands) and status in WITH_OFFICE else "",
        )
        for place, (first, last) in enumerate(stretches)
    ]
    whole = counted(total, list_of(scope, status), most=most)
    return Row(str(STATUS_LABELS[status]), (*cells, whole))


def list_of(scope: Scope, status: Status, **terms: str) -> str:
    """Return the list of open cases in *status*; what is taking effect stands in no list."""
    if status == Status.SETTLING:
        return ""
    return listed(scope, status=status, **terms)


def hours_table(scope: Scope, sums: Sums) -> Table:
    """Return what came in and went out in each hour of today."""
    return Table(
        "hours",
        _("In and out today, by the hour"),
        (_("Hour"), _("Filed"), pgettext("queue", "Answered"), _("Closed"), _("Asked")),
        tuple(hour_row(scope, sums, hour) for hour in hours_shown(sums)),
        note=_("In: filed and answered. Out: closed, and returned with a question."),
    )


def hour_row(scope: Scope, sums: Sums, hour: int) -> Row:
    """Return one hour, each number opening the cases it counts."""
    stretch = f"{scope.today}T{hour:02d}"
    cells: list[Cell] = []
    for measure in ("filed", "answered", "closed", "asked"):
        number = sums.hours.get((measure, hour), 0)
        cells.append(counted(number, listed(scope, **{measure: stretch})))
    return Row(f"{hour:02d}:00", tuple(cells))


def hours_shown(sums: Sums) -> range:
    """Return the office hours, and whatever other hours anything happened in."""
    busy = [hour for _measure, hour in sums.hours]
    opens, closes = OFFICE_HOURS.opens.hour, OFFICE_HOURS.closes.hour
    return range(min([opens, *busy]), max([closes, *busy]) + 1)
