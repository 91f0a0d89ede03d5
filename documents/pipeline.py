"""The way of a document from upload to evidence: one lease, one step at a time.

Each step is safe to run twice and moves the document on only if it still stands where the step
found it. What dies in the middle is found by the sweep and tried again.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When

from documents import storage
from documents.models import Document
from documents.steps import examine, moving, open_file, picture, read, remember, scan
from exports import ledger
from exports.errors import Moved
from exports.models import User
from exports.policies import check_can_operate

Step = Callable[[Document, datetime], bool]
State = Document.State
STEPS: Final[Mapping[str, Step]] = {
    State.RECEIVED: scan.scan,
    State.SCANNED: open_file.open_file,
    State.OPENED: picture.draw,
    State.PICTURED: read.read_next_page,
    State.READ: examine.examine,
    State.EXAMINED: remember.remember,
}
logger = logging.getLogger(__name__)


def waiting(at: datetime) -> list[int]:
    """Return the ids of documents with a step to take, oldest first, at most a thousand."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    rows = Document.objects.filter(free, state__in=STEPS, withdrawn_at__isnull=True)
    return list(rows.order_by("uploaded_at").values_list("pk", flat=True)[:1000])


def claim(document_id: int, *, at: datetime) -> Document | None:
    """Take the lease on a document's next step; ``None`` if it is taken or there is none.

    A document whose step died too often becomes ``dead``, for staff to see.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    row = Document.objects.filter(free, pk=document_id, state__in=STEPS, withdrawn_at__isnull=True)
    tired = row.filter(attempts__gte=settings.MAX_ATTEMPTS)
    if tired.update(stopped_at=F("state"), state=State.DEAD, lease_until=None):
        return None
    lease = at + timedelta(seconds=settings.LEASE_SECONDS)
    if not row.update(lease_until=lease, attempts=F("attempts") + 1):
        return None
    return Document.objects.get(pk=document_id)


def take_step(document: Document, *, at: datetime) -> bool:
    """Take the next step of a claimed *document*; tell whether it came further.

    A full storage is nobody's fault: the document waits and no attempt is counted.
    """
    try:
        return STEPS[document.state](document, at)
    except OSError as trouble:
        if not storage.is_full(trouble):
            raise
        logger.exception("storage full at %s of document %s", document.state, document.pk)
        return moving.wait_for(document, Document.Hindrance.SPACE)


def complete(document_id: int, *, at: datetime) -> None:
    """Take every step a document can take now."""
    while (document := claim(document_id, at=at)) is not None:
        if not take_step(document, at=at):
            return


@transaction.atomic
def retry(document: Document, *, by: User, at: datetime) -> None:
    """Let a document that was given up be tried anew where it stopped; the sweep takes it.

    Raises:
        RoleMissing: see the policy.
        Moved: it is not given up any more.
    """
    check_can_operate(by)
    dead = Document.objects.filter(pk=document.pk, state=State.DEAD)
    if not revive(dead):
        raise Moved(subject=document)
    ledger.record("document.retried", ("document", str(document.key)), by=by, at=at)


@transaction.atomic
def revive_stalled(at: datetime) -> int:
    """Try once more, each night, what was given up; return how many there are."""
    dead = Document.objects.filter(state=State.DEAD, withdrawn_at__isnull=True)
    keys = list(dead.values_list("key", flat=True)[:1000])
    for key in keys:
        ledger.record("document.retried", ("document", str(key)), by=None, at=at)
    return revive(Document.objects.filter(state=State.DEAD, key__in=keys))


def revive(dead: QuerySet[Document]) -> int:
    """Put *dead* documents back where they stopped; return how many."""
    back = Case(When(stopped_at="", then=Value(State.RECEIVED)), default=F("stopped_at"))
    return dead.update(state=back, stopped_at="", attempts=0, lease_until=None)
