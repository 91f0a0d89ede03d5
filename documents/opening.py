"""Opening what was received: a lease, a child process, pages or a refusal."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from documents import storage
from documents.inspection.limits import Limits
from documents.inspection.runner import inspect
from documents.inspection.verdicts import Inspected, PageImage, Refused
from documents.models import Document, Page
from exports import ledger
from exports.errors import Moved
from exports.models import User
from exports.policies import check_can_operate


def waiting(at: datetime) -> list[int]:
    """Return the ids of documents to be opened, oldest first, at most a thousand."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    rows = Document.objects.filter(free, state=Document.State.RECEIVED)
    return list(rows.order_by("uploaded_at").values_list("pk", flat=True)[:1000])


def claim(document_id: int, *, at: datetime) -> Document | None:
    """Take the lease on a waiting document; ``None`` if it is taken or done.

    A document whose opening died too often becomes ``dead``, for staff to see.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    row = Document.objects.filter(free, pk=document_id, state=Document.State.RECEIVED)
    if row.filter(attempts__gte=settings.MAX_ATTEMPTS).update(state=Document.State.DEAD):
        return None
    lease = at + timedelta(seconds=settings.LEASE_SECONDS)
    if not row.update(lease_until=lease, attempts=F("attempts") + 1):
        return None
    return Document.objects.get(pk=document_id)


def open_document(document: Document, *, at: datetime) -> None:
    """Open *document* in a child process and keep what it shows."""
    with storage.scratch() as folder:
        path = storage.copy_to_folder(document.sha256, Path(folder))
        verdict = inspect(
            path,
            name=document.name,
            declared_type=document.content_type,
            out_dir=Path(folder),
            limits=limits(),
        )
        if isinstance(verdict, Refused):
            refuse(document, verdict, at=at)
        else:
            accept(document, verdict, at=at)


def limits() -> Limits:
    """Return the inspection limits of this installation."""
    return Limits(
        max_bytes=settings.UPLOAD_MAX_BYTES,
        max_pages=settings.UPLOAD_MAX_PAGES,
        max_pixels=settings.UPLOAD_MAX_PIXELS,
    )


@transaction.atomic
def accept(document: Document, verdict: Inspected, *, at: datetime) -> None:
    """Keep pages and text; the document is ready. Running twice changes nothing."""
    kept = [(page, keep_picture(page)) for page in verdict.pages]
    moved = Document.objects.filter(pk=document.pk, state=Document.State.RECEIVED).update(
        state=Document.State.READY, flags=list(verdict.flags), opened_at=at, lease_until=None
    )
    if not moved:
        return
    Page.objects.bulk_create(
        Page(
            document=document,
            number=page.number,
            width=page.width,
            height=page.height,
            image=image,
            text=page.text.replace("\x00", ""),
        )
        for page, image in kept
    )
    subject = ("document", str(document.key))
    facts = {"pages": len(verdict.pages), "flags": list(verdict.flags)}
    ledger.record("document.ready", subject, by=None, at=at, after=facts)


def keep_picture(page: PageImage) -> str:
    """Store the picture of *page* and return its name."""
    return storage.keep_bytes(page.path.read_bytes(), suffix=".webp")[0]


@transaction.atomic
def refuse(document: Document, verdict: Refused, *, at: datetime) -> None:
    """Keep the reason; nothing of the file will be used."""
    moved = Document.objects.filter(pk=document.pk, state=Document.State.RECEIVED).update(
        state=Document.State.REFUSED,
        refusal=verdict.code,
        refusal_facts=dict(verdict.facts),
        opened_at=at,
        lease_until=None,
    )
    if moved:
        subject = ("document", str(document.key))
        ledger.record("document.refused", subject, by=None, at=at, after={"code": verdict.code})


@transaction.atomic
def retry(document: Document, *, by: User, at: datetime) -> None:
    """Let a document that could not be opened be tried anew; the sweep takes it.

    Raises:
        RoleMissing: see the policy.
        Moved: it is not given up any more.
    """
    check_can_operate(by)
    dead = Document.objects.filter(pk=document.pk, state=Document.State.DEAD)
    if not dead.update(state=Document.State.RECEIVED, attempts=0, lease_until=None):
        raise Moved(subject=document)
    ledger.record("document.retried", ("document", str(document.key)), by=by, at=at)
