"""What the office sets for everybody: reasons, thresholds, keys, queues; each change says why."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Model

from exports import ledger
from exports.errors import Moved, OutOfBounds, ReasonNeeded
from exports.models import Office, Role, User
from exports.policies import check_role
from exports.wording import say
from reviews import keys, preferences, thresholds
from reviews.models import OfficeQueue, Reason, ReasonVersion, Shortcut, Threshold
from reviews.models.reasons import WORDS

Row = TypeVar("Row", bound=Model)
REASON: Final = ("use", "checks", "active", *WORDS)


def check_can_configure(user: User, *, why: str) -> None:
    """Refuse unless *user* may set what holds for everybody, and says why.

    Raises:
        RoleMissing: neither policy administrator nor supervisor nor superuser.
        ReasonNeeded: *why* is empty.
    """
    if not (user.is_active and user.is_superuser):
        check_role(user, Role.POLICY, Role.SUPERVISOR)
    if not why.strip():
        raise ReasonNeeded(what=str(ReasonVersion._meta.get_field("why").verbose_name))


@transaction.atomic
def add_reason(reason: Reason, *, by: User, at: datetime, why: str) -> Reason:
    """Add a coded reason; its wording is the first.

    Raises:
        RoleMissing, ReasonNeeded: see :func:`check_can_configure`.
    """
    check_can_configure(by, why=why)
    reason.version = 1
    reason.save(force_insert=True)
    keep_wording(reason, by=by, at=at, why=why)
    ledger.record("reason.added", reason, by=by, at=at, after=facts_of(reason, REASON), note=why)
    return reason


@transaction.atomic
def change_reason(
    reason: Reason, given: Mapping[str, Any], *, by: User, at: datetime, why: str
) -> Reason:
    """Change *reason* to what is *given*; other words make a new version.

    What was decided or asked before keeps the wording it was given with.

    Raises:
        RoleMissing, ReasonNeeded: see :func:`check_can_configure`.
        Moved: somebody changed it meanwhile.
    """
    check_can_configure(by, why=why)
    stored = Reason.objects.get(pk=reason.pk)
    before = facts_of(stored, REASON)
    changed = {
        name: given[name] for name in REASON if given.get(name, before[name]) != before[name]
    }
    reworded = not changed.keys().isdisjoint(WORDS)
    version = {"version": stored.version + 1} if reworded else {}
    written = write(stored, {**changed, **version}, by=by, at=at, why=why)
    if reworded:
        keep_wording(written, by=by, at=at, why=why)
    return written


def keep_wording(reason: Reason, *, by: User, at: datetime, why: str) -> None:
    """Keep the present wording of *reason* for good."""
    ReasonVersion.objects.create(
        reason=reason, number=reason.version, words=reason.words, since=at, by=by, why=why
    )


@transaction.atomic
def set_threshold(
    threshold: Threshold, value: int, *, by: User, at: datetime, why: str
) -> Threshold:
    """Set a number that no law fixes.

    Raises:
        RoleMissing, ReasonNeeded: see :func:`check_can_configure`.
        OutOfBounds: it is lower or higher than it may be.
        Moved: somebody set it meanwhile.
    """
    check_can_configure(by, why=why)
    lowest, highest = threshold.lowest, threshold.highest
    if not lowest <= value <= highest:
        raise OutOfBounds(what=say(threshold.label), lowest=lowest, highest=highest)
    transaction.on_commit(thresholds.forget)
    return write(threshold, {"value": value}, by=by, at=at, why=why)


@transaction.atomic
def set_shortcut(shortcut: Shortcut, key: str, *, by: User, at: datetime, why: str) -> Shortcut:
    """Set the key of an action for everybody who chose none of their own.

    Raises:
        RoleMissing, ReasonNeeded: see :func:`check_can_configure`.
        KeyReserved, KeyTaken: see :func:`reviews.keys.checked`.
        Moved: somebody set it meanwhile.
    """
    check_can_configure(by, why=why)
    keys.checked({shortcut.action: key}, over=preferences.office_keys())
    transaction.on_commit(thresholds.forget)
    return write(shortcut, {"key": key.lower()}, by=by, at=at, why=why)


@transaction.atomic
def set_queue(
    office: Office, *, view: str, horizon: int, by: User, at: datetime, why: str
) -> OfficeQueue:
    """Set what the queue of *office* opens with, and how many working days ahead it looks.

    Raises:
        RoleMissing, ReasonNeeded: see :func:`check_can_configure`.
        Moved: somebody set it meanwhile.
    """
    check_can_configure(by, why=why)
    transaction.on_commit(thresholds.forget)
    first = {"view": view, "horizon": horizon}
    queue, made = OfficeQueue.objects.get_or_create(office=office, defaults=first)
    if not made:
        return write(queue, first, by=by, at=at, why=why)
    ledger.record("officequeue.added", subject_of(queue), by=by, at=at, after=first, note=why)
    return queue


def write(row: Row, given: Mapping[str, Any], *, by: User, at: datetime, why: str) -> Row:
    """Write what is *given* over what *row* was, and put it on the ledger.

    Raises:
        Moved: the row is not as it was read.
    """
    rows = type(row)._default_manager.filter(pk=row.pk)
    before = facts_of(row, given)
    changed = {name: value for name, value in given.items() if value != before[name]}
    if not changed:
        return row
    if not rows.filter(**{name: before[name] for name in changed}).update(**changed):
        raise Moved(subject=row)
    ledger.record(
        f"{ledger.label_of(row)}.changed",
        subject_of(row),
        by=by,
        at=at,
        before={name: before[name] for name in changed},
        after=changed,
        note=why,
    )
    row.refresh_from_db()
    return row


def subject_of(row: Model) -> tuple[str, str]:
    """Return the name under which the ledger speaks of *row*."""
    return ledger.label_of(row), str(row.pk)


def facts_of(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """Return the values of *names* as *row* holds them."""
    return {name: getattr(row, name) for name in names}
