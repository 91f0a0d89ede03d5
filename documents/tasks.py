"""Deferred work of the evidence: opening files."""

from celery import shared_task
from django.utils import timezone

from documents import opening


@shared_task(name="documents.inspect_document")
def inspect_document(*, document_id: int, **_from_newer_senders: object) -> None:
    """Open one received document; one that is taken or done is left alone."""
    document = opening.claim(document_id, at=timezone.now())
    if document is not None:
        opening.open_document(document, at=timezone.now())


@shared_task(name="documents.inspect_waiting")
def inspect_waiting() -> int:
    """Queue every document that waits, so that a lost message loses none; return how many."""
    waiting = opening.waiting(timezone.now())
    for document_id in waiting:
        inspect_document.delay(document_id=document_id)
    return len(waiting)
