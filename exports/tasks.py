"""Deferred work of the claim: telling people."""

from celery import shared_task
from django.utils import timezone

from exports import notices


@shared_task(name="exports.deliver_notice")
def deliver_notice(*, notice_id: int, **_from_newer_senders: object) -> None:
    """Deliver one waiting notice; one that is taken or sent is left alone."""
    notice = notices.claim(notice_id, at=timezone.now())
    if notice is not None:
        notices.deliver(notice, at=timezone.now())


@shared_task(name="exports.deliver_waiting")
def deliver_waiting() -> int:
    """Queue every notice that waits, so that a lost message loses no notice; return how many."""
    waiting = notices.waiting(timezone.now())
    for notice_id in waiting:
        deliver_notice.delay(notice_id=notice_id)
    return len(waiting)
