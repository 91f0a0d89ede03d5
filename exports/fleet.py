"""Vehicles: added and amended by their exporter."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from exports import ledger
from exports.errors import Frozen, VehicleKnown, VinInUse
from exports.identifiers import canonical_vin
from exports.models import Exporter, Line, User, Vehicle
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


def amend_vehicle(vehicle: Vehicle, *, by: User, at: datetime, **facts: Any) -> Vehicle:
    """Change the facts of *vehicle*; only while no live application relies on them.

    Raises:
        NotAllowed: *by* does not act for the exporter.
        Frozen: a live application holds the vehicle.
        VehicleKnown: the exporter has another vehicle of the new VIN.
    """
    check_can_write_for(by, vehicle.exporter)
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
    """Write the *changed* fields; the lines of applications follow the VIN.

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


def facts_of(vehicle: Vehicle) -> dict[str, Any]:
    """Return the certificate facts of *vehicle* by field name."""
    return {name: getattr(vehicle, name) for name in FACTS}
