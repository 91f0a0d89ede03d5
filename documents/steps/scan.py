"""First step: the virus scan. What is not scanned is not opened, and never served."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from documents import storage
from documents.inspection.verdicts import INFECTED
from documents.models import Document, Page, Specimen
from documents.scanning import clamd
from documents.steps import moving
from exports import ledger


def scan(document: Document, at: datetime) -> bool:
    """Have clamd look at the bytes; without an answer *document* waits.

    Where the installation names no scanner the document goes on, marked as scanned by nobody.
    """
    virus = virus_in(document.sha256)
    if virus:
        return condemn(document, virus, at=at)
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


def virus_in(sha256: str) -> str:
    """Return what bytes of this digest were found infected with; empty if they were not."""
    infected = Document.objects.filter(sha256=sha256, state=Document.State.INFECTED)
    facts = infected.values_list("refusal_facts", flat=True).first()
    return str(facts.get("virus", "")) if facts else ""


@transaction.atomic
def condemn(document: Document, virus: str, *, at: datetime) -> bool:
    """Mark every document of these bytes as infected, whoever sent it, and destroy the bytes."""
    same = Document.objects.filter(sha256=document.sha256).exclude(state=Document.State.INFECTED)
    rows = list(same.select_for_update())
    same.filter(pk__in=[row.pk for row in rows]).update(
        state=Document.State.INFECTED,
        refusal=INFECTED,
        refusal_facts={"virus": virus},
        opened_at=at,
        lease_until=None,
        hindrance="",
    )
    pictures = take_pictures(rows)
    for row in rows:
        subject = ("document", str(row.key))
        ledger.record("document.infected", subject, by=None, at=at, after={"virus": virus})
    names = [storage.name_of(document.sha256), *pictures]
    transaction.on_commit(lambda: storage.destroy(names))
    return True


def take_pictures(rows: list[Document]) -> list[str]:
    """Delete the pages of *rows* and return the names of pictures nothing else shows.

    Pictures lie under their digest, so another file's page may share one.
    """
    pages = Page.objects.filter(document__in=rows)
    names = names_of(pages)
    pages.delete()
    names -= names_of(Page.objects.filter(Q(image__in=names) | Q(display__in=names)))
    names -= set(Specimen.objects.filter(image__in=names).values_list("image", flat=True))
    return sorted(names)


def names_of(pages: QuerySet[Page]) -> set[str]:
    """Return the names of all pictures *pages* show."""
    return {name for pair in pages.values_list("image", "display") for name in pair if name}
