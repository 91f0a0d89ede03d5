"""Many vehicles changed at once: seen before, each told apart afterwards, taken back in one go."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from exports import fleet, ledger
from exports.doubts import doubts_about
from exports.errors import DomainError, Moved, TooManyVehicles, plain
from exports.models import Event, Exporter, Line, User, Vehicle
from exports.policies import check_can_write_for

MOST: Final = 500
# What cars share. The rest stands on one certificate alone.
SHARED: Final = (
    "brand",
    "model",
    "maker_name",
    "kind",
    "fuel",
    "origin",
    "use",
    "hs_code",
    "owner_name",
    "owner_uscc",
    "transferred_on",
)
CHANGED: Final = "fleet.amended"
RESTORED: Final = "fleet.restored"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would happen to one vehicle: its *changes* as (field, before, after).

    ``held_by`` is the line of the live application that keeps its facts as they are; ``doubts``
    are sentences about what would then be unlikely.
    """

    vehicle: Vehicle
    changes: tuple[tuple[str, Any, Any], ...]
    held_by: Line | None
    doubts: tuple[str, ...]


def foresee(
    vehicles: Iterable[Vehicle], facts: Mapping[str, Any], *, today: date
) -> list[Foreseen]:
    """Return what *facts* would change in each of *vehicles*: one query, however many."""
    chosen = list(vehicles)
    lines = Line.objects.filter(vehicle__in=chosen, live=True).select_related("application")
    held = {line.vehicle_id: line for line in lines}
    return [
        Foreseen(
            vehicle,
            changes=tuple(
                (name, getattr(vehicle, name), value)
                for name, value in facts.items()
                if getattr(vehicle, name) != value
            ),
            held_by=held.get(vehicle.pk),
            doubts=new_doubts(vehicle, facts, today=today),
        )
        for vehicle in chosen
    ]


def new_doubts(vehicle: Vehicle, facts: Mapping[str, Any], *, today: date) -> tuple[str, ...]:
    """Return the doubts that *facts* would raise about *vehicle* and that it does not raise now."""
    before = fleet.facts_of(vehicle)
    known = {doubt.token for doubt in doubts_about(before, today=today)}
    raised = doubts_about(before | dict(facts), today=today)
    return tuple(doubt.sentence for doubt in raised if doubt.token not in known)


def amend_many(
    exporter: Exporter,
    seen: Mapping[str, str],
    facts: Mapping[str, Any],
    *,
    by: User,
    at: datetime,
) -> Event:
    """Change *facts*, all of them :data:`SHARED`, of the vehicles of *exporter* named in *seen*.

    *seen* gives for each VIN the fingerprint of what the person had before them. A vehicle that
    moved or is held stays as it is; the event says why, and keeps what was before. Each vehicle
    is its own transaction, so that nobody else's act waits for the whole list.

    Raises:
        NotAllowed: *by* does not act for the exporter.
        TooManyVehicles: more than 500.
    """
    check_can_write_for(by, exporter)
    if len(seen) > MOST:
        raise TooManyVehicles(most=MOST)
    shared = {name: facts[name] for name in SHARED if name in facts}
    vehicles = vehicles_of(exporter, seen)
    were = {vehicle.vin: fleet.facts_of(vehicle) for vehicle in vehicles}

    def change(vehicle: Vehicle) -> None:
        fleet.amend_vehicle(vehicle, by=by, at=at, seen=seen[vehicle.vin], **shared)

    done, refused = one_by_one(vehicles, change)
    before: dict[str, dict[str, list[str]]] = {}
    for vin in done:
        for name, value in shared.items():
            if were[vin][name] != value:
                before.setdefault(name, {}).setdefault(text_of(were[vin][name]), []).append(vin)
    changed = {vin for values in before.values() for vins in values.values() for vin in vins}
    after = {"set": shared, "changed": len(changed), "of": len(seen), "refused": refused}
    return noted(CHANGED, exporter, by=by, at=at, before=before, after=after)


def restore_many(event: Event, exporter: Exporter, *, by: User, at: datetime) -> Event:
    """Take back what the :func:`amend_many` of *event* changed, where it still stands.

    Raises:
        NotAllowed: *by* does not act for the exporter.
        Moved: nothing of it stands any more.
    """
    check_can_write_for(by, exporter)
    olden = olden_in(event)

    def restore(vehicle: Vehicle) -> None:
        facts = olden[vehicle.vin]
        if any(text_of(getattr(vehicle, name)) != event.after["set"][name] for name in facts):
            raise Moved(subject=vehicle)
        fleet.amend_vehicle(vehicle, by=by, at=at, seen=fleet.fingerprint(vehicle), **facts)

    done, refused = one_by_one(vehicles_of(exporter, olden), restore)
    if not done:
        raise Moved(subject=exporter)
    after = {"undoes": event.seq, "changed": len(done), "of": len(olden), "refused": refused}
    return noted(RESTORED, exporter, by=by, at=at, after=after)


def olden_in(event: Event) -> dict[str, dict[str, Any]]:
    """Return, by VIN, the facts as they were before the change of *event*."""
    olden: dict[str, dict[str, Any]] = {}
    for name, values in event.before.items():
        for text, vins in values.items():
            for vin in vins:
                olden.setdefault(vin, {})[name] = value_of(name, text)
    return olden


def one_by_one(
    vehicles: Iterable[Vehicle], act: Callable[[Vehicle], None]
) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """Do *act* to each vehicle; return the VINs it was done to, and the refusals of the others."""
    done: list[str] = []
    refused: dict[str, dict[str, Any]] = {}
    for vehicle in vehicles:
        vin = vehicle.vin
        try:
            act(vehicle)
        except DomainError as refusal:
            facts = {name: str(plain(value)) for name, value in refusal.facts.items()}
            refused[vin] = {"text": refusal.text, "facts": facts}
        else:
            done.append(vin)
    return done, refused


def text_of(value: Any) -> str:
    """Return a shared fact as the ledger keeps it."""
    return "" if value is None else str(value)


def value_of(name: str, text: str) -> Any:
    """Return the shared fact *name* from what the ledger keeps."""
    if name != "transferred_on":
        return text
    return date.fromisoformat(text) if text else None


def event_of(exporter: Exporter, seq: int) -> Event | None:
    """Return the event of a change to many vehicles of *exporter*, ``None`` for any other."""
    rows = Event.objects.filter(subject="fleet", subject_key=exporter.uscc, seq=seq)
    return rows.filter(action__in=(CHANGED, RESTORED)).first()


def vehicles_of(exporter: Exporter, vins: Iterable[str]) -> list[Vehicle]:
    """Return the vehicles of *exporter* among *vins*, in the order of the VINs."""
    rows = Vehicle.objects.filter(exporter=exporter, vin__in=list(vins))
    return list(rows.select_related("exporter").order_by("vin"))


@transaction.atomic
def noted(action: str, exporter: Exporter, *, by: User, at: datetime, **facts: Any) -> Event:
    """Record what was done to many vehicles of *exporter* together."""
    return ledger.record(action, ("fleet", exporter.uscc), by=by, at=at, **facts)
