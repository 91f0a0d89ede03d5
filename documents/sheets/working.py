"""The way of a spreadsheet: one lease, one step at a time; what dies is found by the sweep.

Each step is safe to run twice: rows are checked where they wait, saved where they are ready.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse

from documents import storage
from documents.confinement.bounds import MEGABYTE, Bounds
from documents.confinement.job import run_job
from documents.inspection.runner import SENSELESS
from documents.models import ColumnMemory, Document, Sheet, SheetRow
from documents.scanning import clamd
from documents.sheets import checking, merging, saving
from documents.sheets.columns import are_enough, columns_of, fingerprint
from exports import ledger, notices
from exports.errors import NotAllowed
from exports.policies import check_can_write_for
from exports.rules import legal_day

JOB: Final = "documents.sheets.job"
BOUNDS: Final = Bounds(memory=512 * MEGABYTE, cpu_seconds=25, wall_seconds=40)
FIRST: Final = 100
CHUNK: Final = 500
LEFT_AFTER: Final = timedelta(seconds=20)
State = Sheet.State
logger = logging.getLogger(__name__)


def waiting(at: datetime) -> list[int]:
    """Return the ids of spreadsheets with a step to take, at most a thousand."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    rows = Sheet.objects.filter(free, state__in=Sheet.WORKING)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:1000])


def claim(sheet_id: int, *, at: datetime) -> Sheet | None:
    """Take the lease on the next step; ``None`` if it is taken or there is none."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    row = Sheet.objects.filter(free, pk=sheet_id, state__in=Sheet.WORKING)
    if row.filter(attempts__gte=settings.MAX_ATTEMPTS).update(state=State.DEAD, lease_until=None):
        return None
    lease = at + timedelta(seconds=settings.LEASE_SECONDS)
    if not row.update(lease_until=lease, attempts=F("attempts") + 1):
        return None
    return Sheet.objects.select_related("exporter", "uploaded_by", "worked_for").get(pk=sheet_id)


def take_step(sheet: Sheet, *, at: datetime) -> bool:
    """Take the next step of a claimed *sheet*; tell whether there may be another now."""
    return STEPS[sheet.state](sheet, at)


def standing(sheet: Sheet) -> QuerySet[Sheet]:
    """Return the row of *sheet*, if it is still where it was when it was claimed."""
    return Sheet.objects.filter(pk=sheet.pk, state=sheet.state, lease_until=sheet.lease_until)


def move(sheet: Sheet, to: str, **fields: object) -> bool:
    """Move *sheet* on, give the lease back and let the attempts start anew."""
    moved = {"state": to, "attempts": 0, "lease_until": None, "hindrance": ""} | fields
    return bool(standing(sheet).update(**moved))


def read(sheet: Sheet, at: datetime) -> bool:
    """Scan and read the file of *sheet*; its rows then wait to be checked."""
    try:
        virus = virus_in(sheet)
    except clamd.ScannerAway:
        standing(sheet).update(
            attempts=F("attempts") - 1, lease_until=None, hindrance=Document.Hindrance.SCANNER
        )
        return False
    if virus:
        move(sheet, State.BROKEN, problem="infected", problem_facts={"virus": virus})
        return False
    report = report_on(sheet)
    if "refused" in report:
        move(sheet, State.BROKEN, problem=report["refused"])
        return False
    with transaction.atomic():
        return keep(sheet, report, at=at)


def virus_in(sheet: Sheet) -> str:
    """Return the virus clamd finds in the file; empty if none, or where no scanner is set up.

    Raises:
        ScannerAway: it did not answer.
    """
    if not settings.CLAMD_SOCKET:
        return ""
    with storage.read(storage.name_of(sheet.sha256)) as file:
        verdict = clamd.scan(file, socket=settings.CLAMD_SOCKET)
    return verdict.name if isinstance(verdict, clamd.Infected) else ""


def report_on(sheet: Sheet) -> dict[str, Any]:
    """Return the child's report, read as carefully as the file itself."""
    with storage.scratch() as folder:
        path = storage.copy_to_folder(sheet.sha256, Path(folder))
        request = {"path": str(path.resolve()), "kind": sheet.kind}
        answer = run_job(JOB, request, bounds=BOUNDS) or b""
    try:
        report = json.loads(answer)
        if "refused" in report:
            return {"refused": str(report["refused"])[:30]}
        return {
            "tab": str(report["tab"])[:100],
            "heads": [str(head) for head in report["heads"]],
            "rows": [(int(number), list(cells)) for number, cells in report["rows"]],
            "remarks": {str(name): int(count) for name, count in report["remarks"].items()},
        }
    except SENSELESS:
        return {"refused": "unreadable"}


def keep(sheet: Sheet, report: dict[str, Any], *, at: datetime) -> bool:
    """Keep the rows of *report*, or put them back into the spreadsheet they came from."""
    sheet.heads, sheet.columns = report["heads"], columns_of(report["heads"])
    merged = merging.merge(sheet, report["rows"], today=legal_day(at))
    if merged:
        move(sheet, State.MERGED, merged_into=merged, total=len(report["rows"]))
        return False
    print_of_heads = fingerprint(sheet.heads)
    known = ColumnMemory.objects.filter(exporter=sheet.exporter, fingerprint=print_of_heads).first()
    columns = known.columns if known else sheet.columns
    SheetRow.objects.bulk_create(
        (SheetRow(sheet=sheet, number=n, cells=cells) for n, cells in report["rows"]),
        batch_size=500,
    )
    enough = known is not None or are_enough(columns)
    return move(
        sheet,
        State.CHECKING if enough else State.COLUMNS,
        tab=report["tab"],
        heads=sheet.heads,
        columns=columns,
        fingerprint=print_of_heads,
        remarks=report["remarks"],
        total=len(report["rows"]),
        done=0,
    )


def check_chunk(sheet: Sheet, at: datetime) -> bool:
    """Check the next rows that wait; a small chunk first, so that first errors show soon."""
    size = CHUNK if sheet.done else FIRST
    rows = list(sheet.rows.filter(state=SheetRow.State.WAITING).order_by("pk")[:size])
    if not rows:
        finish(sheet, at)
        return False
    with transaction.atomic():
        checking.check(sheet, rows, ground=checking.ground_on(legal_day(at)))
        return move(sheet, State.CHECKING, done=F("done") + len(rows))


def save_some(sheet: Sheet, at: datetime) -> bool:
    """Save the next rows, then make the drafts one by one."""
    person = sheet.worked_for
    assert person is not None  # set with the state
    try:
        check_can_write_for(person, sheet.exporter)
    except NotAllowed:  # who ordered it has left; the rows stay as they are
        return move(sheet, State.CHECKED) and False
    if saving.save_rows(sheet, by=person, at=at) or saving.make_drafts(sheet, by=person, at=at):
        return move(sheet, State.SAVING)
    finish(sheet, at)
    return False


@transaction.atomic
def finish(sheet: Sheet, at: datetime) -> None:
    """Give *sheet* back to its people, and tell who ordered the work if they have left."""
    kind = "saved" if sheet.state == State.SAVING else "checked"
    if not move(sheet, State.CHECKED):
        return
    rows = sheet.rows
    facts = {
        "name": sheet.name,
        "ready": rows.filter(state__in=SheetRow.OPEN).count(),
        "bad": rows.filter(state=SheetRow.State.BAD).count(),
        "saved": rows.filter(state=SheetRow.State.SAVED).count(),
    }
    subject = ("sheet", str(sheet.key))
    ledger.record(f"sheet.{kind}", subject, by=sheet.worked_for, at=at, after=facts)
    watched = Sheet.objects.values_list("watched_at", flat=True).get(pk=sheet.pk)
    if watched and at - watched < LEFT_AFTER:
        return
    notices.queue(
        f"documents/sheet_{kind}",
        to=[sheet.worked_for or sheet.uploaded_by],
        facts=facts,
        path=reverse("portal:sheet", args=[sheet.key]),
        effect_key=f"sheet-{kind}:{sheet.key}:{sheet.round}",
        at=at,
    )


STEPS: Final[dict[str, Callable[[Sheet, datetime], bool]]] = {
    State.RECEIVED: read,
    State.CHECKING: check_chunk,
    State.SAVING: save_some,
}
