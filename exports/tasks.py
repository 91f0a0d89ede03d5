"""Deferred work of the claim: telling people."""

from celery import shared_task
from django.utils import timezone

from exports import digests, doorstep, notices


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


@shared_task(name="exports.summarise_waiting")
def summarise_waiting() -> int:
    """Make the daily summaries that are due and send them; return how many."""
    now = timezone.now()
    made = [digests.summarise(person, at=now) for person in digests.people_waiting(now)]
    queued = [summary.pk for summary in made if summary]
    for notice_id in queued:
        deliver_notice.delay(notice_id=notice_id)
    return len(queued)


@shared_task(name="exports.mail_stranger")
def mail_stranger(*, kind: str, pk: int, **_from_newer_senders: object) -> None:
    """Send one waiting mail to somebody who is no user yet."""
    row = doorstep.claim(kind, pk, at=timezone.now())
    if row is not None:
        doorstep.deliver(row)


@shared_task(name="exports.mail_strangers")
def mail_strangers() -> int:
    """Queue every mail to strangers that waits; return how many."""
    waiting = doorstep.waiting(timezone.now())
    for kind, pk in waiting:
        mail_stranger.delay(kind=kind, pk=pk)
    return len(waiting)
