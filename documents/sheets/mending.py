"""Mend rows: by a group's repair, by hand, and back again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from documents.models import Sheet, SheetRow
from documents.sheets.checking import check, ground_on
from documents.sheets.grouping import Group
from documents.sheets.tasks import advance_sheet
from exports import ledger
from exports.errors import Moved
from exports.kicks import kick_after_commit
from exports.models import User
from exports.policies import check_can_write_for
from exports.rules import legal_day

# More rows than these are checked in the background.
AT_ONCE: Final = 300
LONGEST: Final = 300
State = Sheet.State


@dataclass(frozen=True, slots=True)
class Change:
    """One cell to write, or, with *token*, one doubt to confirm."""

    row: int
    field: str
    value: str = ""
    token: str = ""


def changes_for(group: Group, *, how: str, value: str = "") -> list[Change]:
    """Return what mends all of *group*.

    *how* is ``fix`` (what was probably meant), ``keep`` (printed so), ``day_first`` or
    ``month_first``, or ``value``. Nothing where the group has no such repair.
    """
    changes = []
    for row, problem in group.problems.items():
        name = problem["field"]
        if how == "keep" and problem.get("token"):
            changes.append(Change(row, name, token=problem["token"]))
        elif new := new_value(problem, how=how, value=value):
            changes.append(Change(row, name, value=new))
    return changes


def new_value(problem: Mapping[str, Any], *, how: str, value: str) -> str:
    """Return what the cell becomes, empty if nothing."""
    options = [*problem.get("options", []), "", ""]
    known: dict[str, str] = {
        "fix": str(problem.get("fix", "")),
        "value": value.strip()[:LONGEST],
        "day_first": options[0],
        "month_first": options[1],
    }
    return known.get(how, "")


@transaction.atomic
def mend(sheet: Sheet, changes: Iterable[Change], *, by: User, at: datetime) -> int:
    """Carry *changes* out, check what they touch, and return how many rows that was.

    The cells as they were are kept, so that the last repair can be undone.

    Raises:
        NotAllowed: *by* does not act for the exporter.
        Moved: the spreadsheet is being worked on.
    """
    check_can_write_for(by, sheet.exporter)
    held = hold(sheet)
    wanted = list(changes)
    rows = unsaved(held, {change.row for change in wanted})
    undo = [memory_of(row) for row in rows.values()]
    for change in wanted:
        if row := rows.get(change.row):
            apply(row, change)
    if rows:
        keep(held, rows, undo=undo, at=at)
        after = {"rows": len(rows), "fields": sorted({change.field for change in wanted})}
        subject = ("sheet", str(sheet.key))
        ledger.record("sheet.mended", subject, by=by, at=at, after=after)
    return len(rows)


@transaction.atomic
def undo(sheet: Sheet, *, by: User, at: datetime) -> int:
    """Take the last repair back; return how many rows that was.

    Raises:
        NotAllowed: *by* does not act for the exporter.
        Moved: it is being worked on, or there is nothing to undo.
    """
    check_can_write_for(by, sheet.exporter)
    held = hold(sheet)
    if not held.undo:
        raise Moved(subject=sheet)
    rows = unsaved(held, {memory["row"] for memory in held.undo})
    for memory in held.undo:
        if row := rows.get(memory["row"]):
            row.edits, row.confirmed = memory["edits"], memory["confirmed"]
    keep(held, rows, undo=[], at=at)
    ledger.record(
        "sheet.undone", ("sheet", str(sheet.key)), by=by, at=at, after={"rows": len(rows)}
    )
    return len(rows)


def hold(sheet: Sheet) -> Sheet:
    """Lock *sheet*: of two people who mend at once, the second waits.

    Raises:
        Moved: it is being worked on.
    """
    rows = Sheet.objects.select_for_update(of=("self",)).select_related("exporter")
    held = rows.filter(pk=sheet.pk, state=State.CHECKED).first()
    if held is None:
        raise Moved(subject=sheet)
    return held


def unsaved(sheet: Sheet, ids: Iterable[int]) -> dict[int, SheetRow]:
    """Return those of the rows that may still change."""
    rows = sheet.rows.filter(pk__in=list(ids)).exclude(state=SheetRow.State.SAVED)
    return {row.pk: row for row in rows}


def memory_of(row: SheetRow) -> dict[str, Any]:
    """Return what is needed to put *row* back."""
    return {"row": row.pk, "edits": dict(row.edits), "confirmed": list(row.confirmed)}


def apply(row: SheetRow, change: Change) -> None:
    """Write one change on *row*."""
    if change.token:
        row.confirmed = [*row.confirmed, change.token]
    else:
        row.edits = row.edits | {change.field: change.value}


def keep(
    sheet: Sheet, rows: dict[int, SheetRow], *, undo: list[dict[str, Any]], at: datetime
) -> None:
    """Keep *rows*, check them and their namesakes; many in the background."""
    for row in rows.values():
        row.state = SheetRow.State.WAITING
    before = {row.vin for row in rows.values()}
    SheetRow.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["edits", "confirmed", "state"],
    )
    Sheet.objects.filter(pk=sheet.pk).update(undo=undo)
    if len(rows) > AT_ONCE:
        Sheet.objects.filter(pk=sheet.pk).update(
            state=State.CHECKING, done=max(sheet.total - len(rows), 1), watched_at=at, attempts=0
        )
        kick_after_commit(advance_sheet, sheet_id=sheet.pk)
        return
    ground = ground_on(legal_day(at))
    check(sheet, list(rows.values()), ground=ground)
    around = (before | {row.vin for row in rows.values()}) - {""}
    others = sheet.rows.filter(vin__in=around).exclude(pk__in=rows)
    namesakes = list(others.exclude(state=SheetRow.State.SAVED)[:AT_ONCE])
    if namesakes:
        check(sheet, namesakes, ground=ground)
