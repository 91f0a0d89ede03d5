"""The decision clock of a case: intervals written, the due time derived from them."""

from datetime import datetime
from typing import Final

from reviews.clocks import Calendar, Derivation, Kind, Span, derive, due_at
from reviews.models import Case, Holiday, Interval
from reviews.states import FINAL, Status
from reviews.thresholds import threshold

DECISION_DAYS: Final = 3  # working days from complete documents; Announcement 6 of 2024


def calendar() -> Calendar:
    """Return the office's calendar: one query."""
    return Calendar(dict(Holiday.objects.values_list("day", "is_workday")))


def turn(case: Case, to: Status, *, at: datetime) -> datetime:
    """Run, pause or stop the clock as *case* moves to *to*; return the new due time.

    While the ball is with the exporter the clock stands still.
    """
    running = case.intervals.filter(until__isnull=True)
    if to in FINAL:
        running.update(until=at)
    elif to == Status.RETURNED:
        running.update(until=at)
        begin(case, Interval.Kind.PAUSED, at=at, why="returned")
    elif case.state == Status.RETURNED:
        running.update(until=at)
        begin(case, Interval.Kind.RUNNING, at=at, why="answered")
    return due(case)


def begin(case: Case, kind: str, *, at: datetime, why: str) -> None:
    """Open an interval."""
    Interval.objects.create(case=case, kind=kind, since=at, why=why)


def spans(case: Case) -> list[Span]:
    """Return the intervals of *case* as the pure clock takes them, in order."""
    return [span_of(row) for row in case.intervals.order_by("since", "id")]


def span_of(row: Interval) -> Span:
    """Return one interval as the pure clock takes it."""
    return Span(Kind(row.kind), row.since, row.until)


def due(case: Case) -> datetime:
    """Return when *case* is due; while its clock stands, what was due before. Two queries."""
    return due_at(spans(case), DECISION_DAYS, calendar=calendar()) or case.due_at


def derivation(case: Case) -> Derivation:
    """Return how the due time of *case* came about, day by day. Two queries."""
    return derive(spans(case), DECISION_DAYS, calendar=calendar())


def first_due(filed_at: datetime) -> datetime:
    """Return when a case filed at *filed_at* is due if nothing pauses it."""
    return working_days_later(filed_at, DECISION_DAYS)


def answer_due(asked_at: datetime) -> datetime:
    """Return by when the exporter is to answer a request made at *asked_at*."""
    return working_days_later(asked_at, threshold("request.answer"))


def working_days_later(moment: datetime, days: int) -> datetime:
    """Return closing time of the last of *days* working days after *moment*."""
    closing = due_at([Span(Kind.RUNNING, moment)], days, calendar=calendar())
    assert closing is not None  # an interval without end always comes due
    return closing


def is_overdue(case: Case, *, at: datetime) -> bool:
    """Tell whether the office is late on *case* at *at*."""
    return case.state not in FINAL and case.state != Status.RETURNED and case.due_at < at
