"""The minute in which a decision or a question may be taken back; then its effect.

Nothing leaves the house before: no licence, no notice, no word in the exporter's portal. The row
of :class:`~reviews.models.Settlement` is the queue; a task settles it when its minute is over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from exports import drafting, ledger
from exports.errors import DomainError, Moved
from exports.models import User
from exports.rules import legal_day
from exports.together import together
from reviews import licensing
from reviews.assessment import check_current
from reviews.lifecycle import advance
from reviews.models import Case, Decision, Licence, Request, RequestItem, Settlement
from reviews.policies import check_can_undo, waiting_settlement
from reviews.requirements import asked_in, in_both
from reviews.states import Status
from reviews.telling import tell_assignee, tell_exporter

MOST = 1000
UNSETTLED: dict[str, Status] = {
    Settlement.Kind.ISSUE: Status.IN_REVIEW,
    Settlement.Kind.SIGN: Status.HELD,
    Settlement.Kind.ASK: Status.IN_REVIEW,
}


def begin(
    case: Case,
    kind: str,
    *,
    by: User,
    at: datetime,
    decision: Decision | None = None,
    request: Request | None = None,
) -> Settlement:
    """Keep what is to take effect once ``UNDO_SECONDS`` are over; *case* is settling already."""
    return Settlement.objects.create(
        case=case,
        kind=kind,
        decision=decision,
        request=request,
        by=by,
        at=at,
        due_at=at + timedelta(seconds=settings.UNDO_SECONDS),
    )


def waiting(at: datetime) -> list[int]:
    """Return the ids of what is to take effect by *at*, oldest first, at most a thousand."""
    rows = Settlement.objects.filter(state=Settlement.State.WAITING, due_at__lte=at)
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:MOST])


@dataclass(frozen=True)
class Undoable:
    """What a person did last and may still take back, by which act and how long it is offered."""

    case: Case
    label: str
    act: str
    until: datetime
    settles: bool


def undoable(user: User, *, at: datetime) -> Undoable | None:
    """Return the last thing *user* did that may still be taken back: one query.

    A recommendation is offered as long as what settles, though it may be taken back until
    somebody signs it: its case offers that.
    """
    minute = timedelta(seconds=settings.UNDO_SECONDS)
    settling = Settlement.objects.filter(by=user, state=Settlement.State.WAITING, due_at__gt=at)
    held = Decision.objects.filter(
        recommended_by=user, state=Decision.State.HELD, recommended_at__gt=at - minute
    )
    settlements, decisions = together(
        settling.select_related("case")[:1], held.select_related("case").order_by("-id")[:1]
    )
    offered = [
        *(settlement_offered(row) for row in settlements),
        *(recommendation_offered(row, until=row.recommended_at + minute) for row in decisions),
    ]
    return max(offered, key=lambda each: each.until, default=None)


def settlement_offered(row: Settlement) -> Undoable:
    """Return a decision or question that has not yet taken effect."""
    return Undoable(row.case, row.get_kind_display(), "undo", row.due_at, settles=True)


def recommendation_offered(row: Decision, *, until: datetime) -> Undoable:
    """Return a recommendation nobody signed yet."""
    label = _("recommended: %(outcome)s") % {"outcome": row.get_outcome_display()}
    return Undoable(row.case, label, "take-back", until, settles=False)


@transaction.atomic
def undo(case: Case, *, by: User, at: datetime) -> Case:
    """Take back what one has just done; *case* stands as before.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: see the policy.
        Moved: it took effect at the same moment.
    """
    check_can_undo(by, case)
    settlement = waiting_settlement(case)
    if settlement is None or not close(settlement, Settlement.State.UNDONE):
        raise Moved(subject=case)
    ledger.record("case.undone", case, by=by, at=at, before={"act": settlement.kind})
    return revert(settlement, case, by=by, at=at)


def settle(settlement_id: int, *, at: datetime) -> Licence | None:
    """Let one decision or question take effect, and return the licence it issued, if any.

    One that is not due, settled or taken back is left alone. If the facts changed within the
    minute it fails: the case stands as before and its holder is told why.
    """
    due = Settlement.objects.filter(
        pk=settlement_id, state=Settlement.State.WAITING, due_at__lte=at
    ).select_related(
        "by",
        "request",
        "decision__run",
        "case__application",
        "case__exporter",
        "case__office",
        "case__assignee",
    )
    settlement = due.first()
    if settlement is None:
        return None
    try:
        with transaction.atomic():
            return take_effect(settlement, at=at)
    except Moved:
        return None
    except DomainError as refusal:
        fail(settlement, refusal, at=at)
        return None


def take_effect(settlement: Settlement, *, at: datetime) -> Licence | None:
    """Do what was decided.

    Raises:
        Moved: it was taken back at the same moment.
        FactsChanged: the checks would answer otherwise now.
        Incomplete: a vehicle lost the date its licence must print.
    """
    case = settlement.case
    if not close(settlement, Settlement.State.DONE):
        raise Moved(subject=case)
    if settlement.request is not None:
        send(settlement.request, case, by=settlement.by, at=at)
        return None
    decision = settlement.decision
    assert decision is not None  # a constraint: one of the two
    decision.case = case
    return conclude(decision, by=settlement.by, at=at)


def conclude(decision: Decision, *, by: User, at: datetime) -> Licence | None:
    """Issue the licence or refuse the application; the exporter learns of it."""
    case = decision.case
    check_current(case, decision.run)
    Decision.objects.filter(pk=decision.pk).update(state=Decision.State.SIGNED)
    decision.refresh_from_db(fields=["state"])
    RequestItem.objects.filter(request__case=case, state=RequestItem.State.ANSWERED).update(
        state=RequestItem.State.ACCEPTED
    )
    if decision.outcome == Decision.Outcome.ISSUE:
        advance(case, Status.ISSUED, by=by, at=at)
        return licensing.issue(decision, at=at)
    advance(case, Status.REFUSED, by=by, at=at)
    drafting.release(case.application)
    tell_exporter(case, "refused", at=at)
    return None


def send(request: Request, case: Case, *, by: User, at: datetime) -> None:
    """Let the exporter see what is asked; from now its clock stands still."""
    Request.objects.filter(pk=request.pk).update(sent_at=at)
    asked = request.items.exclude(check_id="").values("check_id")
    RequestItem.objects.filter(
        request__case=case, state=RequestItem.State.ANSWERED, check_id__in=asked
    ).update(state=RequestItem.State.REPEATED)
    advance(case, Status.RETURNED, by=by, at=at)
    points, day = in_both(asked_in(request)), legal_day(request.answer_by)
    tell_exporter(case, "returned", at=at, items=len(points), answer_by=day, points=points)


@transaction.atomic
def fail(settlement: Settlement, refusal: DomainError, *, at: datetime) -> None:
    """Put the case back because what it rested on has changed, and tell its holder."""
    if not close(settlement, Settlement.State.FAILED):
        return
    case = Case.objects.select_related("assignee", "office").get(pk=settlement.case_id)
    ledger.record("case.unsettled", case, by=None, at=at, note=str(refusal))
    revert(settlement, case, by=None, at=at)
    tell_assignee(case, "unsettled", at=at)


def close(settlement: Settlement, state: str) -> bool:
    """Close a waiting settlement; of two that race, one succeeds."""
    row = Settlement.objects.filter(pk=settlement.pk, state=Settlement.State.WAITING)
    return bool(row.update(state=state))


def revert(settlement: Settlement, case: Case, *, by: User | None, at: datetime) -> Case:
    """Put *case* back to where it stood before."""
    if settlement.kind == Settlement.Kind.ASK:
        Request.objects.filter(settlements=settlement).update(closed_at=at)
    else:
        alone = settlement.kind == Settlement.Kind.ISSUE
        Decision.objects.filter(settlements=settlement).update(
            state=Decision.State.UNDONE if alone else Decision.State.HELD,
            signed_by=None,
            signed_at=None,
        )
    return advance(case, UNSETTLED[settlement.kind], by=by, at=at)
