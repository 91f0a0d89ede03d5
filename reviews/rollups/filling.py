"""Take the next events of the ledger into the board's sums: each once, in the ledger's order.

The ledger hands out its numbers under one lock, so no event appears behind one already counted.
Sums and mark are written in one transaction: a batch is counted wholly or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Model

from exports.models import Event
from exports.rules import legal_day
from reviews.models import Backlog, BoardMark, Case, DayCount, DayOutcome, OpenCase
from reviews.rollups.closings import closings_of
from reviews.rollups.counting import COUNTED, OPENED, Closing, Sums, count, open_case
from reviews.states import FINAL

BATCH: Final = 1000
MOST_BATCHES: Final = 50
CLOSINGS: Final = frozenset(f"case.{status}" for status in FINAL)


def fill(*, at: datetime) -> int:
    """Count what the ledger has gained, at most fifty batches of it; return how many events."""
    counted = 0
    for _turn in range(MOST_BATCHES):
        taken = fill_batch(at=at)
        counted += taken
        if taken < BATCH:
            break
    return counted


@transaction.atomic
def fill_batch(*, at: datetime) -> int:
    """Count the next thousand events and move the mark behind them; return how many there were.

    Once nothing is left, the sums are true as of *at*; before, of the last event counted.
    """
    mark = locked_mark()
    events = list(
        Event.objects.filter(seq__gt=mark.seq)
        .order_by("seq")
        .only("seq", "at", "actor_key", "action", "subject", "subject_key")[:BATCH]
    )
    if events:
        digest([event for event in events if event.action in COUNTED])
        mark.seq = events[-1].seq
    mark.at = at if len(events) < BATCH else events[-1].at
    mark.save()
    return len(events)


def locked_mark() -> BoardMark:
    """Return the mark, locked until the transaction ends, so that two fillers take turns."""
    BoardMark.objects.get_or_create(pk=1)
    return BoardMark.objects.select_for_update().get(pk=1)


@transaction.atomic
def rebuild(*, at: datetime) -> int:
    """Forget every sum and count the whole ledger anew; return how many events it holds.

    One transaction: the board shows the old sums until the new ones stand.
    """
    mark = locked_mark()
    for table in (OpenCase, Backlog, DayCount, DayOutcome):
        table._default_manager.all().delete()
    mark.seq = 0
    mark.save()
    counted = 0
    while taken := fill_batch(at=at):
        counted += taken
    return counted


def digest(events: Sequence[Event]) -> None:
    """Let *events* happen to the counted cases, and keep what they add up to."""
    cases = Case.objects.in_bulk({event.subject_key for event in events}, field_name="reference")
    counted = OpenCase.objects.in_bulk([case.pk for case in cases.values()])
    closings = closings_of(
        {
            cases[event.subject_key].pk
            for event in events
            if event.action in CLOSINGS and event.subject_key in cases
        }
    )
    sums = Sums()
    for standing in counted.values():
        sums.standing(standing, -1)
    for event in events:
        if event.subject_key in cases:
            happen(event, cases[event.subject_key], counted, closings=closings, sums=sums)
    for case in cases.values():
        if case.pk in counted:
            counted[case.pk].due_day = legal_day(case.due_at)
    keep(counted.values(), sums)


def happen(
    event: Event,
    case: Case,
    counted: dict[int, OpenCase],
    *,
    closings: Mapping[int, Closing],
    sums: Sums,
) -> None:
    """Let one event happen to *case*; being opened makes it a counted one."""
    if event.action in OPENED:
        counted[case.pk] = open_case(event, case, sums=sums)
    elif case.pk in counted:
        count(event, counted[case.pk], closing=closings.get(case.pk), sums=sums)


def keep(counted: Iterable[OpenCase], sums: Sums) -> None:
    """Write the counted cases as they stand now, and add *sums* to those kept."""
    still_open = [case for case in counted if case.status not in FINAL]
    for case in still_open:
        sums.standing(case, 1)
    OpenCase.objects.filter(case__in=[case.pk for case in counted if case.status in FINAL]).delete()
    OpenCase.objects.bulk_create(
        still_open,
        update_conflicts=True,
        unique_fields=["case"],
        update_fields=["status", "since", "taken", "asked", "recommended_by", "due_day"],
    )
    add_backlog(sums.backlog)
    add_counts(sums.counts)
    add_outcomes(sums.outcomes)


def add_backlog(sums: Mapping[tuple[int, str, date, date], int]) -> None:
    """Add to the backlog; a place nobody stands in any more is taken away."""
    changed = {key: cases for key, cases in sums.items() if cases}
    offices, _statuses, filed, _due = columns(changed, 4)
    rows = {
        (row.office_id, row.status, row.filed_day, row.due_day): row
        for row in Backlog.objects.filter(office__in=offices, filed_day__in=filed)
    }
    for key, cases in changed.items():
        office, status, filed_day, due_day = key
        row = rows.setdefault(
            key, Backlog(office_id=office, status=status, filed_day=filed_day, due_day=due_day)
        )
        row.cases += cases
    touched = [rows[key] for key in changed]
    upsert(Backlog, touched, key=["office", "status", "filed_day", "due_day"], sums=["cases"])
    Backlog.objects.filter(cases=0).delete()


def add_counts(sums: Mapping[tuple[date, int, str, str], int]) -> None:
    """Add to the counts of days."""
    days, offices, measures, keys = columns(sums, 4)
    rows = {
        (row.day, row.office_id, row.measure, row.key): row
        for row in DayCount.objects.filter(
            day__in=days, office__in=offices, measure__in=measures, key__in=keys
        )
    }
    for name, times in sums.items():
        day, office, measure, key = name
        row = rows.setdefault(name, DayCount(day=day, office_id=office, measure=measure, key=key))
        row.times += times
    touched = [rows[name] for name in sums]
    upsert(DayCount, touched, key=["day", "office", "measure", "key"], sums=["times"])


def add_outcomes(sums: Mapping[tuple[date, int, str, str, str], int]) -> None:
    """Add to the outcomes of days."""
    days, offices, sides, keys, _columns = columns(sums, 5)
    rows = {
        (row.day, row.office_id, row.side, row.key): row
        for row in DayOutcome.objects.filter(
            day__in=days, office__in=offices, side__in=sides, key__in=keys
        )
    }
    touched = {}
    for (day, office, side, key, column), cases in sums.items():
        name = (day, office, side, key)
        row = rows.setdefault(name, DayOutcome(day=day, office_id=office, side=side, key=key))
        setattr(row, column, getattr(row, column) + cases)
        touched[name] = row
    names = ["day", "office", "side", "key"]
    upsert(DayOutcome, list(touched.values()), key=names, sums=list(DayOutcome.SUMS))


def columns(sums: Mapping[tuple[Any, ...], int], width: int) -> list[set[Any]]:
    """Return the different values in each place of the keys of *sums*."""
    return [{key[place] for key in sums} for place in range(width)]


def upsert(table: type[Model], rows: Iterable[Model], *, key: list[str], sums: list[str]) -> None:
    """Write *rows* of *table* over those with the same *key*."""
    table._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=key, update_fields=sums, batch_size=500
    )
