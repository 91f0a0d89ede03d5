"""From chosen vehicles to drafts: grouped as licences want them, twenty at most in each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from exports import drafting
from exports.errors import Moved, TooManyVehicles
from exports.fleet_many import MOST
from exports.models import MOST_VEHICLES, Application, Exporter, Line, User, Vehicle
from exports.policies import check_can_write_for


@dataclass(frozen=True, slots=True)
class Batch:
    """Vehicles of one HS code and one manufacturer that make one draft, or join one."""

    hs_code: str
    maker_name: str
    vehicles: tuple[Vehicle, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The batches that chosen vehicles make, and what is left out.

    ``used`` are the lines that have a vehicle already; ``other_goods`` and ``no_room`` are left
    out of a draft that exists: its HS code is another one, or its twenty places are taken.
    """

    batches: tuple[Batch, ...]
    used: tuple[Line, ...]
    other_goods: tuple[Vehicle, ...] = ()
    no_room: tuple[Vehicle, ...] = ()

    @property
    def count(self) -> int:
        """Return how many vehicles the batches hold."""
        return sum(len(batch.vehicles) for batch in self.batches)


def plan_for(vehicles: Iterable[Vehicle], *, into: Application | None = None) -> Plan:
    """Return what becomes of *vehicles* in new drafts, or in the draft *into*: two queries at most.

    A vehicle that is in a draft or in a live application already goes into no other.
    """
    chosen = list(vehicles)
    used = lines_using(chosen)
    free = [vehicle for vehicle in chosen if vehicle.pk not in used]
    if into is None:
        return Plan(tuple(batches_of(free)), tuple(used.values()))
    there = list(into.lines.all())
    hs_code = into.hs_code if there else (free[0].hs_code if free else "")
    fitting = [vehicle for vehicle in free if vehicle.hs_code == hs_code]
    room = max(MOST_VEHICLES - len(there), 0)
    joining = tuple(fitting[:room])
    return Plan(
        (Batch(hs_code, joining[0].maker_name, joining),) if joining else (),
        tuple(used.values()),
        other_goods=tuple(vehicle for vehicle in free if vehicle.hs_code != hs_code),
        no_room=tuple(fitting[room:]),
    )


def batches_of(vehicles: Iterable[Vehicle]) -> list[Batch]:
    """Group *vehicles* by HS code and manufacturer, twenty at most in each, in their order."""
    groups: dict[tuple[str, str], list[Vehicle]] = defaultdict(list)
    for vehicle in vehicles:
        groups[vehicle.hs_code, vehicle.maker_name].append(vehicle)
    return [
        Batch(*goods, vehicles=tuple(cars[at : at + MOST_VEHICLES]))
        for goods, cars in sorted(groups.items())
        for at in range(0, len(cars), MOST_VEHICLES)
    ]


def lines_using(vehicles: Iterable[Vehicle]) -> dict[int, Line]:
    """Return, by vehicle, a line that has it in a draft or a live application: one query."""
    drafted = Q(application__filed_on__isnull=True, application__discarded_at__isnull=True)
    lines = Line.objects.filter(Q(live=True) | drafted, vehicle__in=list(vehicles))
    return {line.vehicle_id: line for line in lines.select_related("application", "vehicle")}


def draft_many(
    exporter: Exporter, vehicles: Iterable[Vehicle], *, by: User, at: datetime, **terms: Any
) -> list[Application]:
    """Open the drafts that :func:`plan_for` foresees for *vehicles*, all with the same *terms*.

    Each draft is its own transaction; a vehicle that somebody else used meanwhile is left out.

    Raises:
        NotAllowed: *by* does not act for the exporter.
        TooManyVehicles: more than 500.
    """
    check_can_write_for(by, exporter)
    chosen = list(vehicles)
    if len(chosen) > MOST:
        raise TooManyVehicles(most=MOST)
    made = [
        open_batch(exporter, batch, by=by, at=at, terms=terms) for batch in plan_for(chosen).batches
    ]
    return [draft for draft in made if draft is not None]


@transaction.atomic
def open_batch(
    exporter: Exporter, batch: Batch, *, by: User, at: datetime, terms: dict[str, Any]
) -> Application | None:
    """Open one draft for what is still free of *batch*; ``None`` if nothing is."""
    free = still_free(batch)
    if not free:
        return None
    draft = drafting.open_application(exporter, by=by, at=at, **terms)
    for vehicle in free:
        drafting.add_to_application(draft, vehicle, by=by, at=at)
    return draft


@transaction.atomic
def join_draft(
    draft: Application, vehicles: Iterable[Vehicle], *, by: User, at: datetime
) -> list[Vehicle]:
    """Put what fits of *vehicles* into *draft* and return it; see :func:`plan_for`.

    Raises:
        NotAllowed, Frozen: it is not *by*'s to change, or filed.
        Moved: somebody else changed it, or nothing of it fits any more.
    """
    plan = plan_for(vehicles, into=draft)
    free = [vehicle for batch in plan.batches for vehicle in still_free(batch)]
    if not free:
        raise Moved(subject=draft)
    drafting.change_batch(draft, add=free, remove=(), by=by, at=at)
    return free


def still_free(batch: Batch) -> list[Vehicle]:
    """Lock the vehicles of *batch* and return those that no draft or application has by now.

    Two people who choose the same cars at once make one draft of them: the second waits here.
    """
    held = Vehicle.objects.select_for_update(of=("self",)).select_related("exporter")
    rows = held.filter(pk__in=[vehicle.pk for vehicle in batch.vehicles]).order_by("pk")
    locked = list(rows)
    used = lines_using(locked)
    return [vehicle for vehicle in locked if vehicle.pk not in used]
