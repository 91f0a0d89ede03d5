"""Many confirmations from one spreadsheet: read, looked over, issued once."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from documents import storage
from documents.confinement.job import run_job
from documents.desk.attesting import attest
from documents.desk.policies import check_is_officer
from documents.inspection.runner import SENSELESS
from documents.models import (
    AttestationSheet,
    Confirmation,
    ConfirmationRequest,
    ListedOutlet,
    RequestedVehicle,
)
from documents.sheets.columns import plain, recognise
from documents.sheets.receiving import kind_by
from documents.sheets.working import BOUNDS, JOB
from exports import ledger
from exports.calculator import read_date
from exports.errors import Incomplete, Moved, SheetUnreadable
from exports.identifiers import canonical_vin
from exports.models import Destination, Exporter, Manufacturer, User

VIN_LENGTH: Final = 17
MOST_ROWS: Final = 2000
FIELDS: Final = ("vin", "destination", "exporter", "valid_until")
EXPORTER: Final = ("exporter", "exporteruscc", "uscc", "申请人", "出口企业", "统一社会信用代码")
UNTIL: Final = ("validuntil", "有效期", "有效期至", "截止日期")


@dataclass(frozen=True)
class Line:
    """One row as it will be issued, or what is wrong with it."""

    row: int
    vin: str
    destination: Destination | None
    exporter: Exporter | None
    valid_until: date | None
    problems: tuple[str, ...]


def take_in(
    manufacturer: Manufacturer, content: bytes, *, name: str, by: User, at: datetime
) -> AttestationSheet:
    """Read a spreadsheet and keep its rows; the same bytes come back as the same sheet.

    Raises:
        NotAllowed, RoleMissing: *by* is no officer of the manufacturer.
        SheetUnreadable: it is no spreadsheet, too long, or has no column of VINs.

    """
    check_is_officer(by, manufacturer)
    sha256 = hashlib.sha256(content).hexdigest()
    known = AttestationSheet.objects.filter(manufacturer=manufacturer, sha256=sha256).first()
    if known:
        return known
    rows = rows_of(content, name=name)
    with transaction.atomic():
        sheet, new = AttestationSheet.objects.get_or_create(
            manufacturer=manufacturer,
            sha256=sha256,
            defaults={"name": name[:200], "rows": rows, "uploaded_by": by, "uploaded_at": at},
        )
        if new:
            after = {"name": sheet.name, "rows": len(rows)}
            ledger.record("maker_sheet.read", subject_of(sheet), by=by, at=at, after=after)
    return sheet


def subject_of(sheet: AttestationSheet) -> tuple[str, str]:
    """Name *sheet* as the ledger does."""
    return "maker_sheet", str(sheet.pk)


def rows_of(content: bytes, *, name: str) -> list[dict[str, Any]]:
    """Return the rows of a spreadsheet, read in the confined child.

    Raises:
        SheetUnreadable: see :func:`take_in`.

    """
    kind = kind_by(content[:512], Path(name).suffix.lower())
    report = report_on(content, kind=kind) if kind else {}
    if "rows" not in report:
        raise SheetUnreadable(reason=_("Save it as XLSX or CSV and upload that."))
    places = [field_of(head) for head in report["heads"]]
    if "vin" not in places or len(report["rows"]) > MOST_ROWS:
        raise SheetUnreadable(
            reason=_("It needs a column of VINs and at most %(most)d rows.") % {"most": MOST_ROWS}
        )
    return [row_of(int(number), cells, places=places) for number, cells in report["rows"]]


def report_on(content: bytes, *, kind: str) -> dict[str, Any]:
    """Return what the child read, nothing where it died or refused."""
    with storage.scratch() as folder:
        path = Path(folder) / "original"
        path.write_bytes(content)
        answer = run_job(JOB, {"path": str(path.resolve()), "kind": kind}, bounds=BOUNDS)
    try:
        report = json.loads(answer or b"{}")
        return {"heads": list(report["heads"]), "rows": list(report["rows"])}
    except SENSELESS:
        return {}


def field_of(head: object) -> str:
    """Return which of our fields a header names, empty if none."""
    said = plain(head)
    if said in UNTIL:
        return "valid_until"
    if said in EXPORTER:
        return "exporter"
    known = recognise(head)
    return known if known in FIELDS else ""


def row_of(number: int, cells: Iterable[Any], *, places: list[str]) -> dict[str, Any]:
    """Return one row by our fields, in text."""
    named = {place: text_of(cell) for place, cell in zip(places, cells, strict=False) if place}
    return {"row": number, **{field: named.get(field, "") for field in FIELDS}}


def text_of(cell: Any) -> str:
    """Return a cell in text; a date in ISO form."""
    value = cell.get("day", "") if isinstance(cell, Mapping) else cell
    return "" if value is None else str(value).strip()[:200]


def lines_of(sheet: AttestationSheet) -> list[Line]:
    """Return the rows of *sheet* as they would be issued now, with what is wrong: four queries."""
    book = Book(sheet)
    return [book.line(row) for row in sheet.rows]


class Book:
    """What the rows of a sheet are looked up in."""

    def __init__(self, sheet: AttestationSheet) -> None:
        """Fetch countries, exporters, requests and outlets at once."""
        self.countries: dict[str, Destination] = {}
        for country in Destination.objects.all():
            for word in (country.pk, country.name_zh, country.name_en):
                self.countries[plain(word)] = country
        codes = {row["exporter"].upper() for row in sheet.rows}
        self.exporters = {each.uscc: each for each in Exporter.objects.filter(uscc__in=codes)}
        asked = RequestedVehicle.objects.filter(
            request__manufacturer=sheet.manufacturer,
            request__state=ConfirmationRequest.State.OPEN,
            state=RequestedVehicle.State.OPEN,
        ).select_related("request__exporter")
        vins = [canonical_vin(row["vin"]) for row in sheet.rows]
        self.asked = {
            (row.vin, row.request.destination_id): row.request.exporter
            for row in asked.filter(vin__in=vins)
        }
        outlets = ListedOutlet.objects.in_use().filter(manufacturer=sheet.manufacturer)
        self.outlets: dict[str, list[ListedOutlet]] = defaultdict(list)
        for outlet in outlets:
            self.outlets[outlet.country_id].append(outlet)
        self.seen: set[tuple[str, str]] = set()

    def line(self, row: Mapping[str, Any]) -> Line:
        """Judge one row."""
        vin = canonical_vin(row["vin"])
        country = self.countries.get(plain(row["destination"])) if row["destination"] else None
        code = country.pk if country else ""
        exporter = self.exporters.get(row["exporter"].upper()) or (
            None if row["exporter"] else self.asked.get((vin, code))
        )
        until, bad_day = day_of(row["valid_until"])
        wrong = {
            _("no VIN of 17 characters"): not is_vin(vin),
            _("the country is not known"): country is None,
            _("no service outlet there in your directory"): bool(code) and not self.outlets[code],
            _("no such exporter, and nobody has asked for this VIN"): exporter is None,
            _("the date cannot be read"): bad_day,
            _("twice in the file"): (vin, code) in self.seen,
        }
        self.seen.add((vin, code))
        problems = tuple(words for words, is_so in wrong.items() if is_so)
        return Line(int(row["row"]), vin, country, exporter, until, problems)


def is_vin(vin: str) -> bool:
    """Tell whether *vin* has the form of one."""
    return len(vin) == VIN_LENGTH and vin.isascii() and vin.isalnum()


def day_of(text: str) -> tuple[date | None, bool]:
    """Return the day *text* names, and whether it names none though it should."""
    try:
        day = read_date(text) if text else None
    except ValueError:
        day = None
    return day, bool(text) and day is None


@transaction.atomic
def issue_all(sheet: AttestationSheet, *, by: User, at: datetime) -> list[Confirmation]:
    """Issue what *sheet* lists: one confirmation for each exporter, country and term.

    Raises:
        NotAllowed, RoleMissing, DeskClosed, CountryClosed: see :func:`attest`.
        Incomplete: a row is still wrong; nothing is issued.
        Moved: it is issued already.

    """
    check_is_officer(by, sheet.manufacturer)
    lines = lines_of(sheet)
    faulty = [str(line.row) for line in lines if line.problems]
    if faulty:
        raise Incomplete(missing=_("rows %(rows)s") % {"rows": ", ".join(faulty[:10])})
    waiting = AttestationSheet.objects.filter(pk=sheet.pk, issued_at__isnull=True)
    if not waiting.update(issued_by=by, issued_at=at):
        raise Moved(subject=sheet)
    made = [issue_group(sheet, group, by=by, at=at) for group in groups_of(lines)]
    numbers = [confirmation.number for confirmation in made]
    AttestationSheet.objects.filter(pk=sheet.pk).update(issued=numbers)
    ledger.record("maker_sheet.issued", subject_of(sheet), by=by, at=at, after={"numbers": numbers})
    return made


def groups_of(lines: Iterable[Line]) -> list[list[Line]]:
    """Return the lines that go on one confirmation together."""
    groups: dict[tuple[object, ...], list[Line]] = defaultdict(list)
    for line in lines:
        groups[line.exporter, line.destination, line.valid_until].append(line)
    return list(groups.values())


def issue_group(
    sheet: AttestationSheet, lines: list[Line], *, by: User, at: datetime
) -> Confirmation:
    """Issue one confirmation for *lines*, which share exporter, country and term."""
    first = lines[0]
    assert first.exporter is not None  # no line with a problem comes here
    assert first.destination is not None  # nor one without a country
    outlets = ListedOutlet.objects.in_use().filter(
        manufacturer=sheet.manufacturer, country=first.destination
    )
    return attest(
        sheet.manufacturer,
        exporter=first.exporter,
        destinations=[first.destination],
        vins=[line.vin for line in lines],
        outlets=list(outlets),
        valid_until=first.valid_until,
        by=by,
        at=at,
    )
