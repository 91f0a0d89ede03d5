"""A spreadsheet comes in, its columns get their meaning, a person throws it away."""

from datetime import datetime
from pathlib import PurePath
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from documents import filing, storage
from documents.models import ColumnMemory, Sheet, SheetRow
from documents.sheets.columns import FIELDS
from documents.sheets.tasks import advance_sheet
from exports import ledger
from exports.errors import ColumnsUnclear, Moved, UploadRefused
from exports.kicks import kick_after_commit
from exports.models import Exporter, User
from exports.policies import check_can_write_for

MOST_BYTES: Final = 10 * 1024 * 1024
OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT: Final = (".csv", ".txt", ".tsv", "")
State = Sheet.State
OPEN: Final = (State.RECEIVED, State.COLUMNS, State.CHECKING, State.CHECKED, State.SAVING)


def receive(file: "UploadedFile[Any]", *, exporter: Exporter, by: User, at: datetime) -> Sheet:
    """Take in a spreadsheet; a child process will read it.

    The same bytes sent again are the same spreadsheet while that is worked on.

    Raises:
        NotAllowed: *by* does not act for the exporter.
        UploadRefused: its kind or size, or bytes known as infected.
        QuotaExceeded, StorageFull: there is no room.
    """
    check_can_write_for(by, exporter)
    kind = kind_of(file)
    filing.check_quota(exporter, size=file.size or 0)
    sha256 = storage.digest(file.chunks())
    filing.check_not_infected(sha256)
    same = Sheet.objects.filter(exporter=exporter, sha256=sha256, state__in=OPEN)
    known = same.first()
    if known:
        return known
    filing.keep(file, sha256=sha256)
    name = filing.clean_name(file.name or "")
    facts = {"name": name, "kind": kind, "size": file.size or 0, "sha256": sha256}
    try:
        return create(exporter=exporter, by=by, at=at, **facts)
    except IntegrityError:  # the same bytes arrived twice at the same moment
        return same.get()


@transaction.atomic
def create(*, exporter: Exporter, by: User, at: datetime, **facts: Any) -> Sheet:
    """Write the row that waits to be read, its event, and kick the task."""
    sheet = Sheet.objects.create(
        exporter=exporter, uploaded_by=by, uploaded_at=at, watched_at=at, **facts
    )
    after = {"name": sheet.name, "sha256": sheet.sha256}
    ledger.record("sheet.received", ("sheet", str(sheet.key)), by=by, at=at, after=after)
    kick_after_commit(advance_sheet, sheet_id=sheet.pk)
    return sheet


def kind_of(file: "UploadedFile[Any]") -> str:
    """Return the kind of spreadsheet by the first bytes.

    Raises:
        UploadRefused: it is none, empty, or too large.
    """
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    if not head:
        raise UploadRefused(reason=_("The file is empty."), code="empty_file")
    if (file.size or 0) > MOST_BYTES:
        limit = filesizeformat(MOST_BYTES)
        said = _("The file is larger than %(limit)s. Split the list into several files.")
        raise UploadRefused(reason=said % {"limit": limit}, code="too_large")
    suffix = PurePath(file.name or "").suffix.lower()
    kind = kind_by(head, suffix)
    if not kind:
        said = _("This is no spreadsheet. Save the list as XLSX or CSV and upload that.")
        raise UploadRefused(reason=said, code="unsupported_type")
    return kind


def kind_by(head: bytes, suffix: str) -> str:
    """Return the kind that *head* and the ending agree on; empty if they name none."""
    if head.startswith(b"PK\x03\x04"):
        return {".xlsx": "xlsx", ".xlsm": "xlsx", ".ods": "ods", "": "xlsx"}.get(suffix, "")
    if head.startswith(OLD_WORKBOOK):
        return "xls" if suffix in (".xls", "") else ""
    return "csv" if suffix in TEXT and not head.startswith((b"%PDF", b"\x89PNG")) else ""


@transaction.atomic
def name_columns(sheet: Sheet, columns: list[str], *, by: User, at: datetime) -> None:
    """Say what each column holds; remembered for the next file with the same headers.

    Every row that is not saved is checked anew.

    Raises:
        NotAllowed: *by* does not act for the exporter.
        ColumnsUnclear: no column holds the VIN, or two hold the same.
        Moved: it is being worked on.
    """
    check_can_write_for(by, sheet.exporter)
    named = [name for name in columns if name]
    if "vin" not in named or len(set(named)) < len(named) or set(named) - set(FIELDS):
        raise ColumnsUnclear()
    moved = Sheet.objects.filter(pk=sheet.pk, state__in=(State.COLUMNS, State.CHECKED)).update(
        state=State.CHECKING, columns=columns, worked_for=by, undo=[], watched_at=at
    )
    if not moved:
        raise Moved(subject=sheet)
    waiting = sheet.rows.exclude(state=SheetRow.State.SAVED)
    count = waiting.update(state=SheetRow.State.WAITING)
    Sheet.objects.filter(pk=sheet.pk).update(
        done=sheet.total - count, round=sheet.round + 1, attempts=0
    )
    ColumnMemory.objects.update_or_create(
        exporter=sheet.exporter,
        fingerprint=sheet.fingerprint,
        defaults={"columns": columns, "named_by": by, "named_at": at},
    )
    after = {"columns": dict(zip(sheet.heads, columns, strict=True))}
    ledger.record("sheet.columns_named", ("sheet", str(sheet.key)), by=by, at=at, after=after)
    kick_after_commit(advance_sheet, sheet_id=sheet.pk)


@transaction.atomic
def discard(sheet: Sheet, *, by: User, at: datetime) -> None:
    """Throw a spreadsheet away; vehicles and drafts made from it stay.

    Raises:
        NotAllowed: *by* does not act for the exporter.
        Moved: it is being worked on, or gone already.
    """
    check_can_write_for(by, sheet.exporter)
    idle = (State.COLUMNS, State.CHECKED, State.BROKEN, State.DEAD)
    moved = Sheet.objects.filter(pk=sheet.pk, state__in=idle).update(state=State.DISCARDED)
    if not moved:
        raise Moved(subject=sheet)
    ledger.record("sheet.discarded", ("sheet", str(sheet.key)), by=by, at=at)


@transaction.atomic
def proceed(sheet: Sheet, *, by: User, at: datetime, **fallback: Any) -> None:
    """Let the ready rows become vehicles and drafts, in the background.

    *fallback* names ``destination``, ``port`` and ``contract_number`` for rows that name none,
    gives the ``market_declaration`` for every draft, and says whether to make ``drafts`` and to
    ``update`` vehicles that are in the fleet.

    Raises:
        NotAllowed: *by* does not act for the exporter.
        Moved: it is being worked on.
    """
    check_can_write_for(by, sheet.exporter)
    moved = Sheet.objects.filter(pk=sheet.pk, state=State.CHECKED, round=sheet.round).update(
        state=State.SAVING,
        fallback=fallback,
        worked_for=by,
        undo=[],
        round=sheet.round + 1,
        watched_at=at,
        attempts=0,
    )
    if not moved:
        raise Moved(subject=sheet)
    ledger.record("sheet.accepted", ("sheet", str(sheet.key)), by=by, at=at, after=fallback)
    kick_after_commit(advance_sheet, sheet_id=sheet.pk)


@transaction.atomic
def note_taken(sheet: Sheet, *, by: User, at: datetime, rows: int) -> None:
    """Put on the ledger that *by* took the rows to be mended away."""
    after = {"rows": rows}
    ledger.record("sheet.exported", ("sheet", str(sheet.key)), by=by, at=at, after=after)
