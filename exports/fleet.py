"""Vehicles: added and amended by their exporter."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Count

from exports import ledger
from exports.errors import Frozen, Moved, NotAllowed, VehicleKnown, VinInUse
from exports.identifiers import canonical_vin
from exports.models import Application, Exporter, Line, User, Vehicle
from exports.policies import check_can_write_for

FACTS = (
    "vin",
    "brand",
    "model",
    "maker_name",
    "kind",
    "fuel",
    "origin",
    "use",
    "hs_code",
    "odometer_km",
    "certificate_number",
    "owner_name",
    "owner_uscc",
    "produced_on",
    "registered_on",
    "transferred_on",
)


def add_vehicle(exporter: Exporter, *, by: User, at: datetime, **facts: Any) -> Vehicle:
    """Register a vehicle of *exporter* with the *facts* of its certificate.

    Raises:
        NotAllowed: *by* does not act for the exporter.
        VehicleKnown: the exporter has a vehicle of this VIN.
    """
    check_can_write_for(by, exporter)
    facts["vin"] = canonical_vin(facts["vin"])
    vehicle = Vehicle(exporter=exporter, added_by=by, added_at=at, **facts)
    try:
        with transaction.atomic():
            vehicle.save(force_insert=True)
            ledger.record("vehicle.added", vehicle, by=by, at=at, after=facts_of(vehicle))
    except IntegrityError as broken:
        raise VehicleKnown(vin=vehicle.vin) from broken
    return vehicle


@transaction.atomic
def amend_vehicle(
    vehicle: Vehicle, *, by: User, at: datetime, seen: str = "", **facts: Any
) -> Vehicle:
    """Change the facts of *vehicle*; only while no live application relies on them.

    *seen* is the :func:`fingerprint` of the facts that the person had before them. The row lock
    keeps a filing from taking the vehicle meanwhile.

    Raises:
        NotAllowed: *by* does not act for the exporter.
        Moved: the facts are no longer those *by* saw.
        Frozen: a live application holds the vehicle.
        VehicleKnown: the exporter has another vehicle of the new VIN.
    """
    check_can_write_for(by, vehicle.exporter)
    vehicle.refresh_from_db(from_queryset=Vehicle.objects.select_for_update())
    if seen and seen != fingerprint(vehicle):
        raise Moved(subject=vehicle)
    if vehicle.lines.filter(live=True).exists():
        raise Frozen(subject=vehicle)
    return write_facts(vehicle, action="vehicle.amended", by=by, at=at, facts=facts)


def write_facts(
    vehicle: Vehicle, *, action: str, by: User, at: datetime, facts: dict[str, Any]
) -> Vehicle:
    """Write *facts* and the event that shows before and after; the caller has checked."""
    if "vin" in facts:
        facts["vin"] = canonical_vin(facts["vin"])
    before = facts_of(vehicle)
    for name, value in facts.items():
        setattr(vehicle, name, value)
    after = facts_of(vehicle)
    changed = {name for name in FACTS if before[name] != after[name]}
    if not changed:
        return vehicle
    with transaction.atomic():
        save_changed(vehicle, changed)
        ledger.record(
            action,
            vehicle,
            by=by,
            at=at,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return vehicle


def save_changed(vehicle: Vehicle, changed: set[str]) -> None:
    """Write the *changed* fields; the lines of applications follow the VIN, drafts the HS code.

    Raises:
        VehicleKnown: the exporter has another vehicle of this VIN.
        VinInUse: another live application holds it.
    """
    try:
        with transaction.atomic():
            vehicle.save(update_fields=sorted(changed))
    except IntegrityError as broken:
        raise VehicleKnown(vin=vehicle.vin) from broken
    try:
        with transaction.atomic():
            Line.objects.filter(vehicle=vehicle).exclude(vin=vehicle.vin).update(vin=vehicle.vin)
    except IntegrityError as broken:
        raise VinInUse(vin=vehicle.vin) from broken
    if "hs_code" in changed:
        retitle_drafts(vehicle)


def retitle_drafts(vehicle: Vehicle) -> None:
    """Give the drafts that hold *vehicle* alone its new HS code; a mixed batch is not fileable."""
    drafts = Application.objects.drafts().alias(size=Count("lines")).filter(size=1)
    alone = drafts.filter(pk__in=vehicle.lines.values("application"))
    Application.objects.filter(pk__in=list(alone.values_list("pk", flat=True))).update(
        hs_code=vehicle.hs_code
    )


@transaction.atomic
def note_export(exporter: Exporter, *, by: User, at: datetime, vehicles: int) -> None:
    """Record that *by* took a table of the fleet of so many *vehicles* away.

    Raises:
        NotAllowed: *by* does not act for the exporter.
    """
    if by.exporter != exporter:
        raise NotAllowed()
    ledger.record("fleet.exported", exporter, by=by, at=at, after={"vehicles": vehicles})


def fingerprint(vehicle: Vehicle) -> str:
    """Return a short digest of the facts of *vehicle*: another one means they have changed."""
    facts = json.dumps(facts_of(vehicle), cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()[:20]


def facts_of(vehicle: Vehicle) -> dict[str, Any]:
    """Return the certificate facts of *vehicle* by field name."""
    return {name: getattr(vehicle, name) for name in FACTS}
