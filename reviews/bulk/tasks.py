"""Deferred work of bulk jobs."""

from celery import shared_task
from django.utils import timezone

from exports.kicks import kick
from reviews.bulk import running


@shared_task(name="reviews.bulk_run")
def bulk_run(*, job_id: int, **_from_newer_senders: object) -> None:
    """Work on one job for a while; one that is taken or over is left alone."""
    job = running.claim(job_id, at=timezone.now())
    if job is None:
        return
    if running.work_on(job, clock=timezone.now):
        kick(bulk_run, job_id=job_id)


@shared_task(name="reviews.bulk_waiting")
def bulk_waiting() -> int:
    """Queue every job that waits, so that a lost message loses none; return how many."""
    waiting = running.waiting(timezone.now())
    for job_id in waiting:
        bulk_run.delay(job_id=job_id)
    return len(waiting)
