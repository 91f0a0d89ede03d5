"""Files: received, attached to applications, withdrawn, downloaded."""

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat

from documents import storage
from documents.inspection.sniff import HEAD_BYTES, screen
from documents.inspection.verdicts import INFECTED, SENTENCES, Refused
from documents.models import Attachment, Document
from documents.steps.bounds import limits
from documents.steps.scan import virus_in
from documents.tasks import advance_document
from exports import ledger
from exports.errors import Frozen, Moved, NotAllowed, QuotaExceeded, StorageFull, UploadRefused
from exports.kicks import kick_after_commit
from exports.models import Application, Exporter, User, Vehicle
from exports.policies import check_can_amend, check_can_write_for
from exports.wording import say

logger = logging.getLogger(__name__)


def receive(
    file: "UploadedFile[Any]", *, exporter: Exporter, kind: str, by: User, at: datetime
) -> Document:
    """Take in an uploaded *file*; a child process will open it.

    Here only its first bytes are looked at. The same bytes sent again by the same exporter for
    the same purpose are the same document.

    Raises:
        NotAllowed: *by* does not act for the exporter.
        UploadRefused: type, size, emptiness, or bytes known as infected; the sentence says how
            to mend it.
        QuotaExceeded: the exporter's storage is full.
        StorageFull: the installation's is.

    """
    check_can_write_for(by, exporter)
    content_type = checked_type(file)
    check_quota(exporter, size=file.size or 0)
    sha256 = storage.digest(file.chunks())
    check_not_infected(sha256)
    known = Document.objects.filter(
        exporter=exporter, sha256=sha256, kind=kind, withdrawn_at__isnull=True
    ).first()
    if known:
        return known
    keep(file, sha256=sha256)
    try:
        return create(
            exporter=exporter,
            kind=kind,
            name=clean_name(file.name or ""),
            content_type=content_type,
            size=file.size,
            sha256=sha256,
            by=by,
            at=at,
        )
    except IntegrityError:  # the same bytes arrived twice at the same moment
        return Document.objects.get(
            exporter=exporter, sha256=sha256, kind=kind, withdrawn_at__isnull=True
        )


def keep(file: "UploadedFile[Any]", *, sha256: str) -> None:
    """Store the bytes of *file*.

    Raises:
        StorageFull: the disk has no room, or none for us.

    """
    try:
        storage.keep(file, sha256=sha256)
    except OSError as trouble:
        if not storage.is_full(trouble):
            raise
        logger.exception("storage full, an upload of %s bytes was turned away", file.size)
        raise StorageFull() from trouble


@transaction.atomic
def create(*, by: User, at: datetime, **fields: object) -> Document:
    """Write the row that waits to be opened, its event, and kick the task."""
    document = Document.objects.create(uploaded_by=by, uploaded_at=at, **fields)
    ledger.record(
        "document.received",
        ("document", str(document.key)),
        by=by,
        at=at,
        after={"name": document.name, "kind": document.kind, "sha256": document.sha256},
    )
    kick_after_commit(advance_document, document_id=document.pk)
    return document


def checked_type(file: "UploadedFile[Any]") -> str:
    """Return the content type by the first bytes.

    Raises:
        UploadRefused: the type is not allowed, or the file empty or too large.

    """
    file.seek(0)
    verdict = screen(
        file.read(HEAD_BYTES),
        size=file.size or 0,
        name=file.name or "",
        declared_type=file.content_type or "",
        limits=limits(),
    )
    if isinstance(verdict, Refused):
        raise UploadRefused(reason=say(verdict.sentence), code=verdict.code)
    return verdict


def check_not_infected(sha256: str) -> None:
    """Refuse bytes the virus scanner condemned before, whoever sent them.

    Raises:
        UploadRefused: they are infected.

    """
    if virus_in(sha256):
        raise UploadRefused(reason=say(SENTENCES[INFECTED]), code=INFECTED)


def check_quota(exporter: Exporter, *, size: int) -> None:
    """Refuse what would not fit any more.

    Raises:
        QuotaExceeded: the exporter's storage would overflow.

    """
    held = Document.objects.filter(exporter=exporter, withdrawn_at__isnull=True)
    used = held.aggregate(used=Sum("size"))["used"] or 0
    if used + size > settings.UPLOAD_QUOTA_BYTES:
        raise QuotaExceeded(limit=filesizeformat(settings.UPLOAD_QUOTA_BYTES))


def clean_name(name: str) -> str:
    """Return a file name fit to be shown: printable, without folders, at most 200 characters."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(letter for letter in bare if letter.isprintable()).strip()
    return shown[-200:] or "file"


@transaction.atomic
def attach(
    document: Document,
    application: Application,
    *,
    by: User,
    at: datetime,
    vehicle: Vehicle | None = None,
) -> Attachment:
    """Use *document* in *application*, for one *vehicle* or for the batch.

    Also open while a request is being answered; the caller in reviews sees to that.

    Raises:
        NotAllowed: document and application are not both *by*'s company's.

    """
    check_can_write_for(by, application.exporter)
    if document.exporter_id != application.exporter_id:
        raise NotAllowed()
    attachment, new = Attachment.objects.get_or_create(
        application=application,
        document=document,
        vehicle=vehicle,
        defaults={"attached_by": by, "attached_at": at},
    )
    if new:
        ledger.record(
            "document.attached",
            application,
            by=by,
            at=at,
            after={"document": str(document.key), "vin": vehicle.vin if vehicle else ""},
        )
    return attachment


@transaction.atomic
def attach_to_draft(
    document: Document,
    application: Application,
    *,
    by: User,
    at: datetime,
    vehicle: Vehicle | None = None,
) -> Attachment:
    """Add *document* to the papers of a draft.

    Raises:
        NotAllowed: document and application are not both *by*'s company's.
        Frozen: the application is filed; papers then come with an answer.

    """
    check_can_amend(by, application)
    return attach(document, application, by=by, at=at, vehicle=vehicle)


def follow(vehicle: Vehicle, *, origin: Application, to: Application) -> None:
    """Let the papers of *origin* follow a *vehicle* into an application of its own.

    Those attached for it alone go over; those of the whole batch serve both. What was filed stays
    on file. Called inside the transaction of the office's act.
    """
    Attachment.objects.filter(application=origin, vehicle=vehicle).update(application=to)
    shared = Attachment.objects.filter(application=origin, vehicle__isnull=True)
    Attachment.objects.bulk_create(
        Attachment(
            application=to,
            document_id=each.document_id,
            attached_by_id=each.attached_by_id,
            attached_at=each.attached_at,
        )
        for each in shared.order_by("pk")
    )


@transaction.atomic
def detach(attachment: Attachment, *, by: User, at: datetime) -> None:
    """Take a document out of a draft again.

    Raises:
        NotAllowed: it is not *by*'s company's.
        Frozen: the application is filed; what was filed stays on file.

    """
    application = attachment.application
    check_can_write_for(by, application.exporter)
    if not application.is_draft:
        raise Frozen(subject=application)
    attachment.delete()
    ledger.record(
        "document.detached",
        application,
        by=by,
        at=at,
        before={"document": str(attachment.document.key)},
    )


@transaction.atomic
def redeclare(document: Document, kind: str, *, by: User, at: datetime) -> None:
    """Say that *document* is a paper of another *kind*; it is read anew as that.

    Raises:
        NotAllowed, RoleMissing: *by* does not act for the exporter.
        Frozen: it is used already.
        Moved: it is being read, or the same file is there as that kind already.

    """
    check_can_write_for(by, document.exporter)
    used = Document.objects.filter(pk=document.pk, confirmation__isnull=False)
    if document.attachments.exists() or used.exists():
        raise Frozen(subject=document)
    before = document.kind
    as_seen = Document.objects.filter(
        pk=document.pk, kind=before, state=Document.State.READY, withdrawn_at__isnull=True
    )
    try:
        with transaction.atomic():
            moved = as_seen.update(kind=kind, state=Document.State.PICTURED, attempts=0)
    except IntegrityError as there:
        raise Moved(subject=document) from there
    if not moved:
        raise Moved(subject=document)
    document.readings.all().delete()
    ledger.record(
        "document.redeclared",
        ("document", str(document.key)),
        by=by,
        at=at,
        before={"kind": before},
        after={"kind": kind},
    )
    kick_after_commit(advance_document, document_id=document.pk)


@transaction.atomic
def withdraw(document: Document, *, by: User, at: datetime) -> None:
    """Take a document back that no filed application uses.

    Raises:
        NotAllowed: it is not *by*'s company's.
        Frozen: a filed application uses it.

    """
    check_can_write_for(by, document.exporter)
    if document.attachments.filter(application__filed_on__isnull=False).exists():
        raise Frozen(subject=document)
    document.attachments.all().delete()
    Document.objects.filter(pk=document.pk).update(withdrawn_at=at)
    ledger.record("document.withdrawn", ("document", str(document.key)), by=by, at=at)


@transaction.atomic
def note_download(document: Document, *, by: User, at: datetime) -> None:
    """Put a download on the ledger: papers carry personal data."""
    ledger.record("document.downloaded", ("document", str(document.key)), by=by, at=at)
