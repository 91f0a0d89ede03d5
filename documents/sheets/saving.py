"""From rows to vehicles and drafts: what will be made can be shown before, and is made once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from documents.models import Sheet, SheetRow
from documents.sheets.checking import vehicle_facts
from exports import drafting, fleet
from exports.errors import DomainError, VehicleKnown
from exports.models import MOST_VEHICLES, Destination, Line, Port, User, Vehicle

CHUNK: Final = 50
AT_ONCE: Final = 5
State = SheetRow.State
Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that make one draft.

    Their ``key`` is destination, port, contract number, HS code and manufacturer.
    """

    key: Key
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The drafts a spreadsheet makes, and how many of its vehicles go into none, and why."""

    batches: list[Batch]
    no_destination: int
    elsewhere: int

    @property
    def vehicles(self) -> int:
        """Return how many vehicles the drafts hold."""
        return sum(len(batch.rows) for batch in self.batches)


def plan_of(sheet: Sheet, *, fallback: dict[str, Any] | None = None) -> Plan:
    """Return what drafts the rows that are ready or saved would make: two queries.

    A vehicle that is in a draft or under way already goes into no other.
    """
    given = sheet.fallback if fallback is None else fallback
    states = [*SheetRow.OPEN, State.SAVED]
    rows = sheet.rows.filter(state__in=states, application__isnull=True)
    wanted = ("pk", "vin", "facts", "state", "differs", "vehicle__hs_code", "vehicle__maker_name")
    found = list(rows.order_by("pk").values(*wanted))
    used = Line.objects.filter(
        application__exporter=sheet.exporter_id, application__discarded_at__isnull=True
    )
    taken = set(used.filter(live=True).values_list("vin", flat=True))
    taken |= set(used.filter(application__filed_on__isnull=True).values_list("vin", flat=True))
    groups: dict[Key, list[int]] = defaultdict(list)
    lost = elsewhere = 0
    for row in found:
        country, port, contract = (
            str(row["facts"].get(n) or given.get(n, "")) for n in drafting.NEEDED
        )
        if row["vin"] in taken:
            elsewhere += 1
        elif not country:
            lost += 1
        else:
            goods = goods_of(row, update=bool(given.get("update")))
            groups[country, port, contract, *goods].append(row["pk"])
    batches = [
        Batch(key, rows=tuple(pks[at : at + MOST_VEHICLES]))
        for key, pks in groups.items()
        for at in range(0, len(pks), MOST_VEHICLES)
    ]
    return Plan(batches, no_destination=lost, elsewhere=elsewhere)


def goods_of(row: dict[str, Any], *, update: bool) -> tuple[str, str]:
    """Return HS code and manufacturer as the vehicle will have them."""
    if row["vehicle__hs_code"]:
        return row["vehicle__hs_code"], row["vehicle__maker_name"]
    stays = {} if update else {each["field"]: each["was"] for each in row["differs"]}
    facts = row["facts"] | stays
    return facts["hs_code"], facts["maker_name"]


@transaction.atomic
def save_rows(sheet: Sheet, *, by: User, at: datetime) -> bool:
    """Save the next ready rows as vehicles; tell whether there were any."""
    rows = list(sheet.rows.filter(state__in=SheetRow.OPEN).order_by("pk")[:CHUNK])
    known = Vehicle.objects.filter(exporter=sheet.exporter, vin__in=[row.vin for row in rows])
    mine = {vehicle.vin: vehicle for vehicle in known}
    for row in rows:
        save_row(row, mine.get(row.vin), sheet=sheet, by=by, at=at)
    SheetRow.objects.bulk_update(rows, ["state", "vehicle", "problems"], batch_size=CHUNK)
    return bool(rows)


def save_row(
    row: SheetRow, vehicle: Vehicle | None, *, sheet: Sheet, by: User, at: datetime
) -> None:
    """Add the vehicle of *row*, or change it where that was asked; a refusal stays on the row."""
    facts = vehicle_facts(row)
    try:
        if vehicle is None:
            vehicle = add(sheet, facts, by=by, at=at)
        elif sheet.fallback.get("update") and row.differs:
            facts = {each["field"]: facts[each["field"]] for each in row.differs}
            vehicle = fleet.amend_vehicle(vehicle, by=by, at=at, **facts)
    except DomainError as refusal:
        row.state = State.BAD
        row.problems = [{"field": "vin", "code": "refused", "wrote": row.vin, "fix": ""}]
        row.problems[0]["said"] = str(refusal)
        return
    row.state, row.vehicle = State.SAVED, vehicle


def add(sheet: Sheet, facts: dict[str, Any], *, by: User, at: datetime) -> Vehicle:
    """Add the vehicle, or return the one that a colleague added a moment ago.

    Raises:
        NotAllowed: *by* does not act for the exporter any more.
    """
    vin = facts["vin"]
    try:
        return fleet.add_vehicle(sheet.exporter, by=by, at=at, **facts)
    except VehicleKnown:
        return Vehicle.objects.get(exporter=sheet.exporter, vin=vin)


def make_drafts(sheet: Sheet, *, by: User, at: datetime) -> bool:
    """Make the next few drafts of the plan, if drafts were asked for; tell whether there were."""
    if not sheet.fallback.get("drafts"):
        return False
    batches = plan_of(sheet).batches[:AT_ONCE]
    for batch in batches:
        make(sheet, batch, by=by, at=at)
    return bool(batches)


@transaction.atomic
def make(sheet: Sheet, batch: Batch, *, by: User, at: datetime) -> None:
    """Open the draft of *batch* and put its vehicles in; a row belongs to one draft only.

    Raises:
        NotAllowed: *by* does not act for the exporter any more.
    """
    free = sheet.rows.select_for_update().filter(pk__in=batch.rows, application__isnull=True)
    rows = {row.pk: row.vehicle_id for row in free.order_by("pk")}
    if not rows:
        return
    vehicles = Vehicle.objects.select_related("exporter").in_bulk(rows.values())
    declared = bool(sheet.fallback.get("market_declaration"))
    terms = terms_of(batch) | {"market_declaration": declared}
    application = drafting.open_application(sheet.exporter, by=by, at=at, **terms)
    for vehicle_id in rows.values():
        drafting.add_to_application(application, vehicles[vehicle_id], by=by, at=at)
    sheet.rows.filter(pk__in=rows).update(application=application)


def terms_of(batch: Batch) -> dict[str, Any]:
    """Return the terms of the draft: the contract names the same country."""
    destination, port, number, _hs_code, _maker = batch.key
    country = Destination.objects.get(pk=destination)
    return {
        "destination": country,
        "contract_destination": country,
        "port": Port.objects.filter(pk=port).first(),
        "contract_number": number,
    }
