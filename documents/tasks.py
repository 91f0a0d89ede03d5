"""Deferred work of the evidence: the steps of the pipeline."""

import time
from typing import Final

from celery import shared_task
from django.utils import timezone

from documents import pipeline
from exports.kicks import kick

# Longer papers go on in a new message, so that no message is held near its time limit.
SECONDS: Final = 20


@shared_task(name="documents.advance_document")
def advance_document(*, document_id: int, **_from_newer_senders: object) -> None:
    """Take the steps of one document; one that is taken, waits or is done is left alone."""
    began = time.monotonic()
    while (document := pipeline.claim(document_id, at=timezone.now())) is not None:
        if not pipeline.take_step(document, at=timezone.now()):
            return
        if time.monotonic() - began > SECONDS:
            kick(advance_document, document_id=document_id)
            return


@shared_task(name="documents.advance_waiting")
def advance_waiting() -> int:
    """Queue every document that waits, so that a lost message loses none; return how many."""
    waiting = pipeline.waiting(timezone.now())
    for document_id in waiting:
        advance_document.delay(document_id=document_id)
    return len(waiting)


@shared_task(name="documents.revive_stalled")
def revive_stalled() -> int:
    """Try once more, each night, what was given up; return how many there are."""
    return pipeline.revive_stalled(timezone.now())
