"""The one writer of a case's status."""

from datetime import datetime

from django.db import transaction

from exports import ledger
from exports.errors import Moved, TransitionRefused
from exports.models import User
from reviews import timing
from reviews.models import STATUS_LABELS, Case, Opinion
from reviews.states import FINAL, TRANSITIONS, Status


@transaction.atomic
def advance(case: Case, to: Status, *, by: User | None, at: datetime, note: str = "") -> Case:
    """Move *case* to *to*, turn its clock and record the event: all or nothing.

    The move is a compare-and-set on the status and version the caller read, so of two racing
    callers exactly one wins. *by* is ``None`` when the system itself moves the case.

    Raises:
        TransitionRefused: the table has no such arrow.
        Moved: the case is no longer as the caller saw it.
    """
    origin = case.state
    if to not in TRANSITIONS[origin]:
        raise TransitionRefused(subject=case, origin=STATUS_LABELS[origin])
    moved = Case.objects.filter(pk=case.pk, status=origin, version=case.version).update(
        status=to,
        status_since=at,
        version=case.version + 1,
        closed_at=at if to in FINAL else None,
        lease_until=None,
        claimed_until=None,
        hold_until=None,
        attempts=0,
    )
    if not moved:
        raise Moved(subject=case)
    due_at = timing.turn(case, to, at=at)
    Case.objects.filter(pk=case.pk).update(due_at=due_at)
    ledger.record(
        f"case.{to}", case, by=by, at=at, before={"status": origin}, after={"status": to}, note=note
    )
    if to in FINAL:
        close_opinions(case, at=at)
    case.refresh_from_db()
    return case


def close_opinions(case: Case, *, at: datetime) -> None:
    """Take back what other ministries are asked about a case that has ended: nobody needs it."""
    for opinion in Opinion.objects.open().filter(case=case).select_related("ministry"):
        taken = Opinion.objects.open().filter(pk=opinion.pk)
        if taken.update(state=Opinion.State.WITHDRAWN, withdrawn_at=at):
            after = {"number": opinion.number, "point": opinion.point, "vin": opinion.vin}
            ledger.record("case.opinion_withdrawn", case, by=None, at=at, after=after)
