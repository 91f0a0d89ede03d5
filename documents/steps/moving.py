"""Moving a document from one state to the next, once."""

from datetime import datetime

from django.db.models import F, QuerySet

from documents.inspection.verdicts import BROKEN_CODES, Refused
from documents.models import Document
from exports import ledger


def move(document: Document, to: str, **fields: object) -> bool:
    """Move *document* on from where it stands; tell whether it still stood there.

    The lease is given back and the attempts start anew.
    """
    moved = standing(document).update(
        state=to, attempts=0, lease_until=None, hindrance="", **fields
    )
    return bool(moved)


def stay(document: Document) -> bool:
    """Give the lease back after a part of a step; the rest follows. Tell whether it still stood."""
    return bool(standing(document).update(attempts=0, lease_until=None, hindrance=""))


def wait_for(document: Document, hindrance: str) -> bool:
    """Give the lease back until *hindrance* is gone: no attempt is counted, no step was taken."""
    standing(document).update(attempts=F("attempts") - 1, lease_until=None, hindrance=hindrance)
    return False


def standing(document: Document) -> QuerySet[Document]:
    """Return the row of *document*, if it is still where it was when it was claimed."""
    return Document.objects.filter(pk=document.pk, state=document.state)


def reject(document: Document, verdict: Refused, *, at: datetime) -> bool:
    """End *document* as broken or refused, with the reason; nothing of it will be used."""
    broken = verdict.code in BROKEN_CODES
    state = Document.State.BROKEN if broken else Document.State.REFUSED
    facts = dict(verdict.facts)
    moved = move(document, state, refusal=verdict.code, refusal_facts=facts, opened_at=at)
    if moved:
        document.pages.all().delete()
        subject = ("document", str(document.key))
        ledger.record(f"document.{state}", subject, by=None, at=at, after={"code": verdict.code})
    return moved
