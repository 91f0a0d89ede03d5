"""Lists of manufacturers: taken in, applied as a whole, taken back as a whole."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from exports import ledger
from exports.announcement.difference import Change, Comparison, What, compare
from exports.announcement.sheet import Conflict, Row, read_sheet
from exports.errors import ListEmpty, ListUnsettled, Moved
from exports.models import Manufacturer, ManufacturerListImport, ManufacturerName, Role, User
from exports.policies import check_role
from exports.rules import legal_day

Steps = dict[str, list[Any]]


@transaction.atomic
def take_in(
    content: bytes, *, file_name: str, as_of: date, complete: bool, by: User, at: datetime
) -> ManufacturerListImport:
    """Keep a list and what it would change; it changes nothing yet.

    The same file for the same day is kept once while it waits.

    Raises:
        RoleMissing: *by* is no policy administrator.
        ListUnreadable: *content* is no such table.
    """
    check_role(by, Role.POLICY)
    rows, conflicts = read_sheet(content, today=legal_day(at))
    facts = {
        "file_name": file_name[:200],
        "rows": [as_stored(row) for row in rows],
        "conflicts": [asdict(conflict) for conflict in conflicts],
        "uploaded_by": by,
        "uploaded_at": at,
    }
    digest = hashlib.sha256(content).hexdigest()
    listing, new = ManufacturerListImport.objects.get_or_create(
        sha256=digest, as_of=as_of, complete=complete, applied_at=None, defaults=facts
    )
    if new:
        after = {"sha256": digest, "as_of": as_of, "complete": complete, "rows": len(rows)}
        ledger.record("makers_list.uploaded", subject_of(listing), by=by, at=at, after=after)
    return listing


def subject_of(listing: ManufacturerListImport) -> tuple[str, str]:
    """Return the name under which the ledger speaks of *listing*."""
    return "makers_list", str(listing.pk)


def as_stored(row: Row) -> dict[str, Any]:
    """Return *row* as JSON keeps it."""
    return asdict(row) | {"since": row.since.isoformat() if row.since else None}


def as_row(stored: Mapping[str, Any]) -> Row:
    """Return a stored row."""
    since = date.fromisoformat(stored["since"]) if stored["since"] else None
    return Row(**(dict(stored) | {"since": since}))


def difference_of(listing: ManufacturerListImport) -> Comparison:
    """Return what *listing* changes about the units as they stand now: two queries."""
    faults = [Conflict(**stored) for stored in listing.conflicts]
    rows = [as_row(stored) for stored in listing.rows]
    found = compare(rows, as_of=listing.as_of, complete=listing.complete and not faults)
    found.conflicts[:0] = faults
    return found


def digest_of(found: Comparison) -> str:
    """Return what names exactly these changes, so that nobody applies others than they saw."""
    body = json.dumps([change.as_json() for change in found.changes], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


@transaction.atomic
def apply(listing: ManufacturerListImport, *, seen: str, by: User, at: datetime) -> None:
    """Write every change of *listing*, or none; *seen* is the digest of what *by* looked at.

    Raises:
        RoleMissing: *by* is no policy administrator.
        ListUnsettled: rows are in conflict.
        ListEmpty: it changes nothing.
        Moved: it was applied meanwhile, or would now change something else.
    """
    check_role(by, Role.POLICY)
    # One list at a time: the second compares with what the first wrote.
    list(ManufacturerListImport.objects.select_for_update().order_by("pk").values_list("pk"))
    found = difference_of(listing)
    if found.conflicts:
        raise ListUnsettled(count=len(found.conflicts))
    if not found.changes:
        raise ListEmpty()
    digest = digest_of(found)
    waiting = ManufacturerListImport.objects.filter(pk=listing.pk, applied_at__isnull=True)
    if digest != seen or not waiting.update(applied_at=at, applied_by=by):
        raise Moved(subject=listing)
    listing.changes = [change.as_json() for change in found.changes]
    listing.unchanged = found.unchanged
    listing.steps = written(found.changes)
    listing.save(update_fields=["changes", "unchanged", "steps"])
    listing.refresh_from_db()
    after = counts_of(found.changes) | {"sha256": listing.sha256, "changes": digest}
    ledger.record("makers_list.applied", subject_of(listing), by=by, at=at, after=after)


def counts_of(changes: Iterable[Change]) -> dict[str, int]:
    """Return how many changes of each kind there are."""
    counts = dict.fromkeys(map(str, What.values), 0)
    for change in changes:
        counts[change.what] += 1
    return counts


def written(changes: Iterable[Change]) -> Steps:
    """Write *changes* and return what was written, for the way back."""
    steps: Steps = {"units": [], "names": [], "closed": [], "completed": []}
    for change in changes:
        if change.until and change.row:
            close(change.row, until=change.until)
            steps["closed"].append([change.row, change.until])
        if change.what == What.CONFIRMED:
            steps["completed"].append(completed(change))
        elif change.what != What.ENDED:
            begin(change, steps)
    return steps


def close(row: int, *, until: str) -> None:
    """End the name *row*."""
    ManufacturerName.objects.filter(pk=row).update(listed_until=until)


def completed(change: Change) -> list[Any]:
    """Take over what a list confirms of a standing name; return row, unit, before and after."""
    after = {
        "listed_from": change.since,
        "batch": change.batch,
        "announced_on": change.announced_on or None,
        "evidence": change.evidence,
        "verified": True,
    }
    old = change.before
    before = {
        "listed_from": old["since"],
        "batch": old["batch"],
        "announced_on": old["announced_on"] or None,
        "evidence": old["evidence"],
        "verified": old.get("verified", True),
    }
    assert change.row is not None  # a confirmed name exists
    assert change.unit is not None
    ManufacturerName.objects.filter(pk=change.row).update(**after)
    Manufacturer.objects.filter(pk=change.unit).update(uscc=change.uscc)
    return [change.row, change.unit, before | {"uscc": old["uscc"]}, after | {"uscc": change.uscc}]


def begin(change: Change, steps: Steps) -> None:
    """Let a name begin, of a new unit if there is none yet."""
    unit = change.unit
    if unit is None:
        source = " ".join(filter(None, [change.batch, change.announced_on]))
        made = Manufacturer.objects.create(kind=change.kind, uscc=change.uscc, source=source)
        unit = made.pk
        steps["units"].append(unit)
    name = ManufacturerName.objects.create(
        manufacturer_id=unit,
        name=change.name,
        listed_from=date.fromisoformat(change.since),
        verified=True,
        batch=change.batch,
        announced_on=date.fromisoformat(change.announced_on),
        evidence=change.evidence,
    )
    steps["names"].append([name.pk, change.name])


@transaction.atomic
def take_back(listing: ManufacturerListImport, *, by: User, at: datetime) -> None:
    """Undo every change of an applied list, or none.

    A unit it added stays, without a name, where confirmations or people refer to it.

    Raises:
        RoleMissing: *by* is no policy administrator.
        Moved: it is not applied, or somebody has changed since what it wrote.
    """
    check_role(by, Role.POLICY)
    applied = ManufacturerListImport.objects.filter(
        pk=listing.pk, applied_at__isnull=False, undone_at__isnull=True
    )
    if not applied.update(undone_at=at, undone_by=by):
        raise Moved(subject=listing)
    listing.refresh_from_db()
    try:
        with transaction.atomic():
            undo(listing.steps, listing=listing)
    except IntegrityError as taken:
        raise Moved(subject=listing) from taken
    after = {"sha256": listing.sha256, "changes": len(listing.changes)}
    ledger.record("makers_list.taken_back", subject_of(listing), by=by, at=at, after=after)


def undo(steps: Steps, *, listing: ManufacturerListImport) -> None:
    """Undo *steps* in the opposite order.

    Raises:
        Moved: a row is no longer as the list left it.
    """
    undone = [
        *(uncompleted(*step) for step in steps["completed"]),
        *(unbegun(*step) for step in steps["names"]),
        *(reopened(*step) for step in steps["closed"]),
    ]
    if not all(undone):
        raise Moved(subject=listing)
    for unit in steps["units"]:
        discard(unit)


def uncompleted(row: int, unit: int, before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Put back what a list confirmed of a name; ``False`` if it was changed since."""
    old, new = dict(before), dict(after)
    code_before, code = old.pop("uscc"), new.pop("uscc")
    standing = ManufacturerName.objects.filter(pk=row, **new)
    coded = Manufacturer.objects.filter(pk=unit, uscc=code)
    return bool(standing.update(**old) and coded.update(uscc=code_before))


def unbegun(row: int, name: str) -> bool:
    """Delete a name a list began; ``False`` if it was changed since."""
    made = ManufacturerName.objects.filter(pk=row, name=name, listed_until__isnull=True)
    return bool(made.delete()[0])


def reopened(row: int, until: str) -> bool:
    """Open a name a list ended; ``False`` if it was changed since."""
    ended = ManufacturerName.objects.filter(pk=row, listed_until=until)
    return bool(ended.update(listed_until=None))


def discard(unit: int) -> None:
    """Delete a unit that bears no name and that nobody refers to yet."""
    try:
        Manufacturer.objects.filter(pk=unit, names__isnull=True).delete()
    except ProtectedError:
        return
