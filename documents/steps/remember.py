"""Last step: compare with everything seen before; then the document is ready."""

from datetime import datetime

from django.db import transaction

from documents import memory
from documents.models import Document
from documents.steps import moving
from exports import ledger


@transaction.atomic
def remember(document: Document, at: datetime) -> bool:
    """Note what *document* shares with earlier papers and let people use it."""
    moved = moving.move(document, Document.State.READY, opened_at=at)
    if moved:
        memory.listen(document, at=at)
        subject = ("document", str(document.key))
        facts = {"pages": document.pages.count(), "flags": list(document.flags)}
        ledger.record("document.ready", subject, by=None, at=at, after=facts)
    return moved
