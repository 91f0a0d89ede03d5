"""Deferred work of the judgement: checks, licence papers, reminders."""

import logging

from celery import shared_task
from django.utils import timezone

from documents import changes
from exports.errors import Moved
from reviews import (
    assessment,
    claims,
    deadlines,
    following,
    freeing,
    licensing,
    sampling,
    settling,
    workload,
)
from reviews.rollups import filling

logger = logging.getLogger(__name__)


@shared_task(name="reviews.assess_case")
def assess_case(*, case_id: int, **_from_newer_senders: object) -> None:
    """Check one filed case; one that is taken or has moved on is left alone."""
    case = assessment.claim(case_id, at=timezone.now())
    if case is None:
        return
    try:
        assessment.assess(case, at=timezone.now())
    except Moved:
        logger.info("case %s moved while it was being checked", case)


@shared_task(name="reviews.assess_waiting")
def assess_waiting() -> int:
    """Queue every case that waits, so that a lost message loses none; return how many."""
    waiting = assessment.waiting(timezone.now())
    for case_id in waiting:
        assess_case.delay(case_id=case_id)
    return len(waiting)


@changes.followed_by
@shared_task(name="reviews.follow_letter")
def follow_letter(*, change_id: int, **_from_newer_senders: object) -> None:
    """Let what relies on a changed confirmation hear of it; one that is followed is left alone."""
    for case_id in following.follow(change_id, at=timezone.now()):
        assess_case.delay(case_id=case_id)


@shared_task(name="reviews.follow_waiting")
def follow_waiting() -> int:
    """Queue every change that waits, so that a lost message loses none; return how many."""
    waiting = changes.waiting(timezone.now())
    for change_id in waiting:
        follow_letter.delay(change_id=change_id)
    return len(waiting)


@shared_task(name="reviews.draw_licence")
def draw_licence(*, licence_id: int, **_from_newer_senders: object) -> None:
    """Draw one licence; one that is taken or drawn is left alone."""
    licence = licensing.claim(licence_id, at=timezone.now())
    if licence is not None:
        licensing.draw(licence, at=timezone.now())


@shared_task(name="reviews.draw_waiting")
def draw_waiting() -> int:
    """Queue every licence without paper, so that a lost message loses none; return how many."""
    waiting = licensing.waiting(timezone.now())
    for licence_id in waiting:
        draw_licence.delay(licence_id=licence_id)
    return len(waiting)


@shared_task(name="reviews.settle_case")
def settle_case(*, settlement_id: int, **_from_newer_senders: object) -> None:
    """Let one decision or question take effect; one that was taken back is left alone."""
    licence = settling.settle(settlement_id, at=timezone.now())
    if licence is not None:
        draw_licence.delay(licence_id=licence.pk)


@shared_task(name="reviews.settle_waiting")
def settle_waiting() -> int:
    """Queue whatever is to take effect, so that a lost message loses none; return how many."""
    waiting = settling.waiting(timezone.now())
    for settlement_id in waiting:
        settle_case.delay(settlement_id=settlement_id)
    return len(waiting)


@shared_task(name="reviews.tidy_desks")
def tidy_desks() -> int:
    """Free cases whose claim ran out and take up what was put off; return how many."""
    at = timezone.now()
    return claims.lapse(at=at) + claims.wake_due(at=at)


@shared_task(name="reviews.fill_board")
def fill_board() -> int:
    """Take what the ledger has gained into the board's sums; return how many events."""
    return filling.fill(at=timezone.now())


@shared_task(name="reviews.cover_absences")
def cover_absences() -> int:
    """Hand over what lies with people who are away today; return how many cases."""
    return workload.cover_absences(at=timezone.now())


@shared_task(name="reviews.remind_due")
def remind_due() -> int:
    """Send the reminders that are due; missing or repeating a run changes nothing."""
    return deadlines.remind(at=timezone.now())


@shared_task(name="reviews.tell_freed")
def tell_freed() -> int:
    """Tell exporters which vehicles need no letter any more; a repeated run tells nobody twice."""
    return freeing.tell_freed(at=timezone.now())


@shared_task(name="reviews.lapse_overdue")
def lapse_overdue() -> int:
    """Close what was not corrected in time."""
    return deadlines.lapse(at=timezone.now())


@shared_task(name="reviews.expire_licences")
def expire_licences() -> int:
    """Expire licences whose term is over."""
    return licensing.expire(at=timezone.now())


@shared_task(name="reviews.judge_samples")
def judge_samples() -> int:
    """Judge the decided cases that were kept back from the clean lane; return how many."""
    return sampling.judge(at=timezone.now())
