"""Run a bulk job: one transaction and one result for each case, nothing twice, nothing lost."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import override

from exports.errors import DomainError, NotAllowed, OnOurSide, PersonLeft, plain
from exports.models import User
from reviews import queues
from reviews.bulk.repertoire import REPERTOIRE
from reviews.models import BulkItem, BulkJob, Case
from reviews.policies import CHECKS, check_seen

# So many at a time, so that a run ends well within the time limit of a task.
SLICE: Final = 100
Clock = Callable[[], datetime]
logger = logging.getLogger(__name__)


def waiting(at: datetime) -> list[int]:
    """Return the ids of the jobs to be worked on, oldest first, at most a thousand."""
    rows = BulkJob.objects.unfinished().filter(free(at))
    return list(rows.order_by("id").values_list("pk", flat=True)[:1000])


def claim(job_id: int, *, at: datetime) -> BulkJob | None:
    """Take the lease on a job with work left; ``None`` if it is taken or over."""
    row = BulkJob.objects.unfinished().filter(free(at), pk=job_id)
    taken = row.update(
        state=BulkJob.State.RUNNING,
        started_at=Coalesce("started_at", at),
        lease_until=at + timedelta(seconds=settings.LEASE_SECONDS),
    )
    return BulkJob.objects.select_related("by").get(pk=job_id) if taken else None


def free(at: datetime) -> Q:
    """Match the jobs nobody works on at *at*."""
    return Q(lease_until__isnull=True) | Q(lease_until__lt=at)


def work_on(job: BulkJob, *, clock: Clock) -> bool:
    """Do the next hundred cases of *job* and let go of it; tell whether any are left.

    A job whose person may not sign in any more stops: what is left is refused.
    """
    rows = job.items.filter(state=BulkItem.State.WAITING).order_by("id")
    for item in rows.select_related("case")[:SLICE]:
        by = User.objects.get(pk=job.by_id)
        if not by.is_active:
            stop(job, PersonLeft(person=by), at=clock())
            return False
        take_turn(job, item, by=by, clock=clock)
    queues.forget_tallies(job.by)
    return let_go(job, at=clock())


def let_go(job: BulkJob, *, at: datetime) -> bool:
    """Give the lease back, and close *job* if nothing is left; tell whether something is."""
    left = job.items.filter(state=BulkItem.State.WAITING).exists()
    over = {} if left else {"state": BulkJob.State.DONE, "finished_at": at}
    BulkJob.objects.unfinished().filter(pk=job.pk).update(lease_until=None, **over)
    return left


def take_turn(job: BulkJob, item: BulkItem, *, by: User, clock: Clock) -> None:
    """Do one case in its own transaction; what hinders it is kept, in the words of *by*."""
    with override(by.language):
        try:
            act_on(job, item, by=by, at=clock())
        except SoftTimeLimitExceeded:
            raise
        except DomainError as refusal:
            keep(item, BulkItem.State.REFUSED, refusal, at=clock())
        except Exception:
            # One case that cannot be done must not hold up the others, whatever the cause.
            logger.exception("case %s of bulk job %s failed", item.case_id, job.pk)
            keep(item, BulkItem.State.FAILED, OnOurSide(), at=clock())


@transaction.atomic
def act_on(job: BulkJob, item: BulkItem, *, by: User, at: datetime) -> None:
    """Do what was ordered to one case, as the person who ordered it, and tick it off.

    The tick comes first and locks the row: of two workers at the same case one finds it done.

    Raises:
        Moved: the case changed since the person looked.
        NotAllowed: they do not see it any more.
        DomainError: as the service refuses.
    """
    row = BulkItem.objects.filter(pk=item.pk, state=BulkItem.State.WAITING)
    if not row.update(state=BulkItem.State.DONE, at=at):
        return
    cases = Case.objects.visible_to(by).select_related("office", "assignee", "application")
    case = cases.filter(pk=item.case_id).first()
    if case is None:
        raise NotAllowed()
    check_seen(case, item.version)
    ordered = REPERTOIRE[job.act]
    # The service asks its own policy too; asked here first, the answer is the one foreseen.
    CHECKS[ordered.act.policy](by, case)
    ordered.perform(case, job.arguments, by=by, at=at)


def keep(item: BulkItem, state: str, refusal: DomainError, *, at: datetime) -> None:
    """Keep why one case was not done."""
    BulkItem.objects.filter(pk=item.pk, state=BulkItem.State.WAITING).update(
        state=state, at=at, **reason_of(refusal)
    )


def reason_of(refusal: DomainError) -> dict[str, object]:
    """Return *refusal* as an item keeps it: a sentence of ours and its facts as text."""
    facts = {name: str(plain(value)) for name, value in refusal.facts.items() if name != "subject"}
    numbers = {name: value for name, value in refusal.facts.items() if isinstance(value, int)}
    return {"code": refusal.code, "text": refusal.text, "facts": facts | numbers}


@transaction.atomic
def stop(job: BulkJob, refusal: DomainError, *, at: datetime) -> None:
    """End *job* before its end, and say so at every case that was not reached."""
    job.items.filter(state=BulkItem.State.WAITING).update(
        state=BulkItem.State.REFUSED, at=at, **reason_of(refusal)
    )
    BulkJob.objects.unfinished().filter(pk=job.pk).update(
        state=BulkJob.State.STOPPED, finished_at=at, lease_until=None
    )
