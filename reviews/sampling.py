"""The blind second judgement of the clean lane: what is kept back, what it says, when it closes.

A kept-back case goes through ordinary full review and nobody is told: the mark stands on no page,
in no queue and not among the events of the case. Only its result is shown, later, to those who
answer for the lane.
"""

from datetime import datetime
from decimal import Decimal
from random import SystemRandom
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from exports import ledger, notices
from exports.errors import Moved, ReasonNeeded
from exports.kicks import kick_each_after_commit
from exports.models import Role, User
from exports.policies import check_role
from exports.tasks import deliver_notice
from reviews.models import Case, Decision, LaneClosure, LanePolicy, LaneSample, Request
from reviews.states import FINAL, Status

REOPENERS: Final = (Role.SUPERVISOR, Role.POLICY)
MOST: Final = 500
HUNDRED: Final = Decimal(100)
JUDGED: Final = (LaneSample.Verdict.AGREED, LaneSample.Verdict.DISAGREED)
# Nobody may foresee which case is kept back, so the system's own randomness draws.
chance: Final = SystemRandom()


def is_drawn(rules: LanePolicy) -> bool:
    """Draw whether one clean case is kept back; unpredictable, at the share the rules say."""
    return Decimal(chance.randrange(10_000)) < rules.sample_share * HUNDRED


def keep_back(case: Case, *, at: datetime) -> LaneSample:
    """Keep *case* for a full review; the ledger tells of the choice but not of which case.

    Must run inside a transaction.
    """
    sample = LaneSample.objects.create(case=case, vehicles=case.vehicle_count, chosen_at=at)
    after = {"seal": sample.seal}
    ledger.record("lane_sample.chosen", ("lane_sample", str(sample)), by=None, at=at, after=after)
    return sample


def judge(*, at: datetime) -> int:
    """Judge the kept-back cases that were decided, and close the lane if too many disagree.

    Missing or repeating a run changes nothing. Returns how many were judged.
    """
    asked = Request.objects.filter(case=OuterRef("case"), sent_at__gte=OuterRef("chosen_at"))
    over = Q(case__status__in=sorted(FINAL)) | Exists(asked)
    pending = LaneSample.objects.filter(over, verdict=LaneSample.Verdict.PENDING)
    rows = pending.select_related("case").annotate(asked=Exists(asked)).order_by("id")
    judged = sum(judge_one(sample, asked=sample.asked, at=at) for sample in rows[:MOST])
    close_if_due(at=at)
    return judged


@transaction.atomic
def judge_one(sample: LaneSample, *, asked: bool, at: datetime) -> int:
    """Keep the verdict on one; 0 if somebody else did meanwhile."""
    verdict = LaneSample.Verdict.DISAGREED if asked else verdict_on(sample)
    row = LaneSample.objects.filter(pk=sample.pk, verdict=LaneSample.Verdict.PENDING)
    if not row.update(verdict=verdict, judged_at=at):
        return 0
    opened = {"reference": sample.case.reference, "nonce": sample.nonce, "verdict": verdict}
    ledger.record("lane_sample.judged", ("lane_sample", str(sample)), by=None, at=at, after=opened)
    return 1


def verdict_on(sample: LaneSample) -> LaneSample.Verdict:
    """Return what the decision on a closed case says of the lane."""
    case = sample.case
    if case.state == Status.WITHDRAWN:
        return LaneSample.Verdict.VOID
    if case.state != Status.ISSUED or case.vehicle_count != sample.vehicles:
        return LaneSample.Verdict.DISAGREED
    over_failure = Decision.objects.filter(
        case=case, state=Decision.State.SIGNED, failed_checks__gt=0
    )
    return LaneSample.Verdict.DISAGREED if over_failure.exists() else LaneSample.Verdict.AGREED


def tally(rules: LanePolicy) -> tuple[int, int]:
    """Return how many of the latest samples were judged, and how many of them disagreed.

    What was judged before the lane was last opened again counts no more: whoever opened it knew.
    """
    opened = LaneClosure.objects.filter(stands=False).order_by("-reopened_at").first()
    rows = LaneSample.objects.filter(verdict__in=JUDGED)
    if opened is not None:
        rows = rows.filter(judged_at__gt=opened.reopened_at)
    verdicts = list(
        rows.order_by("-judged_at", "-id").values_list("verdict", flat=True)[: rules.window]
    )
    return len(verdicts), verdicts.count(LaneSample.Verdict.DISAGREED)


def standing_closure() -> LaneClosure | None:
    """Return the closure that stands, if the lane is closed: one query."""
    return LaneClosure.objects.filter(stands=True).first()


@transaction.atomic
def close_if_due(*, at: datetime) -> LaneClosure | None:
    """Close the lane if more of the latest samples disagreed than the rules allow."""
    rules = LanePolicy.current()
    samples, disagreements = tally(rules)
    too_many = disagreements * HUNDRED > rules.most_disagreement * samples
    if samples < rules.least_samples or not too_many or standing_closure():
        return None
    try:
        with transaction.atomic():
            closure = LaneClosure.objects.create(
                closed_at=at, samples=samples, disagreements=disagreements
            )
    except IntegrityError:  # another process closed it at the same moment
        return None
    after = {"samples": samples, "disagreements": disagreements}
    ledger.record("lane.closed", ("lane", str(closure.pk)), by=None, at=at, after=after)
    tell_supervisors(closure, at=at)
    return closure


def tell_supervisors(closure: LaneClosure, *, at: datetime) -> None:
    """Tell everybody who may open the lane again that it closed."""
    people = User.objects.filter(membership__role__in=REOPENERS, is_active=True)
    queued = notices.queue(
        "reviews/lane_closed",
        to=people.order_by("pk")[:MOST],
        facts={"samples": closure.samples, "disagreements": closure.disagreements},
        path=reverse("workbench:lane"),
        effect_key=f"lane_closed:{closure.pk}",
        at=at,
    )
    kick_each_after_commit(deliver_notice, name="notice_id", values=queued)


def check_can_reopen(user: User) -> None:
    """Refuse unless *user* answers for the lane.

    Raises:
        RoleMissing: they neither supervise nor administer policy.
    """
    check_role(user, *REOPENERS)


@transaction.atomic
def reopen(closure: LaneClosure, *, by: User, at: datetime, note: str) -> LaneClosure:
    """Open the lane again, with words why; counting begins anew.

    Raises:
        RoleMissing: see the policy.
        ReasonNeeded: *note* is empty.
        Moved: it is open again already.
    """
    check_can_reopen(by)
    if not note.strip():
        field = LaneClosure._meta.get_field("reopened_because")
        raise ReasonNeeded(what=str(field.verbose_name))
    row = LaneClosure.objects.filter(pk=closure.pk, stands=True)
    if not row.update(stands=False, reopened_at=at, reopened_by=by, reopened_because=note):
        raise Moved(subject=closure)
    ledger.record("lane.reopened", ("lane", str(closure.pk)), by=by, at=at, note=note)
    closure.refresh_from_db()
    return closure
