"""First step: the virus scan. What is not scanned is not opened, and never served."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from documents import storage
from documents.models import Document, Page
from documents.scanning import clamd
from documents.steps import moving
from exports import ledger


def scan(document: Document, at: datetime) -> bool:
    """Have clamd look at the bytes; without an answer *document* waits.

    Where the installation names no scanner the document goes on, marked as scanned by nobody.
    """
    if not settings.CLAMD_SOCKET:
        return moving.move(document, Document.State.SCANNED, scanned_by="")
    try:
        with storage.read(storage.name_of(document.sha256)) as file:
            verdict = clamd.scan(file, socket=settings.CLAMD_SOCKET)
    except clamd.ScannerAway:
        return moving.wait_for(document, Document.Hindrance.SCANNER)
    if isinstance(verdict, clamd.Infected):
        return condemn(document, verdict.name, at=at)
    return moving.move(document, Document.State.SCANNED, scanned_by=verdict.engine)


@transaction.atomic
def condemn(document: Document, virus: str, *, at: datetime) -> bool:
    """Mark every document of these bytes as infected, whoever sent it, and destroy the bytes."""
    same = Document.objects.filter(sha256=document.sha256).exclude(state=Document.State.INFECTED)
    rows = list(same.select_for_update())
    same.filter(pk__in=[row.pk for row in rows]).update(
        state=Document.State.INFECTED,
        refusal="infected",
        refusal_facts={"virus": virus},
        opened_at=at,
        lease_until=None,
        hindrance="",
    )
    pictures = list(Page.objects.filter(document__in=rows).values_list("image", flat=True))
    Page.objects.filter(document__in=rows).delete()
    for row in rows:
        subject = ("document", str(row.key))
        ledger.record("document.infected", subject, by=None, at=at, after={"virus": virus})
    names = [storage.name_of(document.sha256), *pictures]
    transaction.on_commit(lambda: storage.destroy(names))
    return True
