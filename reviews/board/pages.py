"""The board as a page, and each of its tables as CSV."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exports.errors import RoleMissing
from exports.http import SignedInRequest
from exports.tables import csv_response
from reviews import queues
from reviews.board import past, present, questions
from reviews.board.drawing import hours_chart
from reviews.board.figures import Table, listed, percent
from reviews.board.questions import Outcome, Side, Sums, names_of
from reviews.board.scope import PERIODS, Scope, scope_of
from reviews.states import COUNTED_OPEN
from reviews.workload_policies import check_can_read_board

FRESH: Final = timedelta(seconds=60)


@require_safe
def board(request: SignedInRequest) -> HttpResponse:
    """Show what waits, what comes and goes, and how it ended."""
    scope = scope_for(request)
    sums, outcomes = read(scope)
    tables = tables_of(scope, sums, outcomes)
    context = {
        "scope": scope,
        "periods": PERIODS,
        "as_of": sums.as_of,
        "stale": is_stale(sums.as_of, at=scope.at),
        "heads": heads_of(scope, sums, past.whole_of(outcomes)),
        "chart": hours_chart(sums.hours, shown=present.hours_shown(sums)),
        "tables": tables,
        "ended": [table for name, table in tables.items() if name in set(Side)],
        "csv_query": request.GET.urlencode(),
        "open_means": queues.OPEN_MEANS,
        "due_means": queues.DUE_MEANS,
    }
    return render(request, "workbench/board.html", context)


@require_safe
def board_csv(request: SignedInRequest, name: str) -> HttpResponse:
    """Send one table of the board, with more of its rows than the page has room for."""
    scope = scope_for(request)
    sums, outcomes = read(scope, most=questions.MOST_ROWS)
    table = tables_of(scope, sums, outcomes).get(name)
    if table is None:
        raise Http404
    return csv_response(
        f"board-{name}-{scope.today}.csv",
        head=[table.columns[0], _("Code"), *table.columns[1:]],
        rows=([row.label, row.code, *(cell.text for cell in row.cells)] for row in table.rows),
    )


def scope_for(request: SignedInRequest) -> Scope:
    """Return what the person asked to see.

    Raises:
        PermissionDenied: they work for no office.
    """
    try:
        check_can_read_board(request.user)
    except RoleMissing as refusal:
        raise PermissionDenied from refusal
    return scope_of(request.user, request.GET, at=timezone.now())


def read(scope: Scope, *, most: int = questions.TOP) -> tuple[Sums, list[Outcome]]:
    """Return all sums the board shows: two queries."""
    sums = questions.sums_of(scope.offices, since=scope.since, today=scope.today)
    return sums, questions.outcomes_of(
        scope.offices, since=scope.since, today=scope.today, most=most
    )


def is_stale(as_of: datetime | None, *, at: datetime) -> bool:
    """Tell whether the sums are older than a minute, so that the page must say so."""
    return as_of is None or at - as_of > FRESH


def heads_of(scope: Scope, sums: Sums, whole: Outcome | None) -> Mapping[str, Any]:
    """Return the numbers at the head of the board."""
    period, hours = past.period_of(scope), sums.hours
    decided = whole.decided if whole else 0
    late_ones = whole.sums["late"] if whole else 0
    return {
        "open": present.open_in(sums.backlog, *COUNTED_OPEN),
        "open_url": listed(scope, status="open"),
        "pace": present.pace_of(sums, at=scope.at, today=scope.today),
        "due_url": listed(scope, status="office", due=f"<={scope.today}"),
        "late": present.late(sums, at=scope.at, today=scope.today),
        "late_url": listed(scope, status="office", due="late"),
        "on_time": percent(decided - late_ones, decided),
        "decided": decided,
        "decided_late": late_ones,
        "decided_late_url": listed(scope, closed=period, past="late"),
        "came": sum(present.came_in(hours, hour) for hour in range(24)),
        "came_url": listed(scope, came=str(scope.today)),
        "went": sum(present.went_out(hours, hour) for hour in range(24)),
        "went_url": listed(scope, went=str(scope.today)),
        "overridden": whole.sums["overridden"] if whole else 0,
        "overridden_url": listed(scope, closed=period, past="overridden"),
    }


def tables_of(scope: Scope, sums: Sums, outcomes: list[Outcome]) -> dict[str, Table]:
    """Return the tables of the board by name; those by person only to who answers for them."""
    whole, names = past.whole_of(outcomes), names_of(outcomes, with_people=scope.with_people)
    sides: list[tuple[Side, str, Callable[[Outcome], past.Named]]] = [
        (Side.DESTINATION, _("Destination"), past.by_destination(names.countries)),
        (Side.MAKER, _("Manufacturer"), past.by_maker),
        (Side.EXPORTER, _("Exporter"), past.by_exporter(names.exporters)),
    ]
    tables = [
        present.backlog_table(scope, sums),
        present.hours_table(scope, sums),
        past.stages_table(scope, sums),
        *(
            past.side_table(scope, outcomes, side=side, title=title, row_of=row_of)
            for side, title, row_of in sides
        ),
        past.checks_table(scope, outcomes, closed=whole.closed if whole else 0),
    ]
    if scope.with_people:
        tables.append(past.people_table(scope, outcomes, names=names.people))
    return {table.name: table for table in tables}
