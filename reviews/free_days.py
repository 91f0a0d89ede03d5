"""The days on which vehicles become free of the letter, and whether waiting is the quicker way."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median_high
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from documents.models import ConfirmedVehicle, RequestedVehicle
from exports.models import Exporter, Line, Vehicle
from exports.rules import Terms

AHEAD: Final = timedelta(days=30)
MOST_VEHICLES: Final = 300
MOST_ANSWERS: Final = 200
FEWEST_ANSWERS: Final = 3


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A day from which vehicles need no letter any more.

    ``wait`` counts the days until then, ``lettered`` the vehicles that a letter names already.
    ``waiting_wins`` is ``None`` while nobody knows how long a letter takes.
    """

    day: date
    wait: int
    waiting_wins: bool | None
    vehicles: list[Vehicle] = field(default_factory=list)
    lettered: int = 0

    @property
    def open_count(self) -> int:
        """Return how many of the vehicles have neither the day nor a letter yet."""
        return len(self.vehicles) - self.lettered


def becoming_free(
    exporter: Exporter, *, on: date, terms: Terms | None, within: timedelta = AHEAD
) -> QuerySet[Vehicle]:
    """Return the vehicles in no live application that become free *within* some days after *on*.

    Computed from the registration dates alone. A transfer before the rule may spare a vehicle the
    letter sooner; only the registry can say so. Without a policy in force nothing becomes free.
    """
    if terms is None:
        return Vehicle.objects.none()
    held = Line.objects.filter(vehicle=OuterRef("pk"), live=True)
    names = ConfirmedVehicle.objects.filter(
        Q(confirmation__valid_until__isnull=True) | Q(confirmation__valid_until__gte=on),
        vin=OuterRef("vin"),
        confirmation__exporter=exporter,
        confirmation__revoked_at__isnull=True,
    )
    wait = terms.wait
    rows = Vehicle.objects.filter(
        ~Exists(held),
        exporter=exporter,
        registered_on__gt=on - wait,
        registered_on__lte=on - wait + within,
    )
    return rows.annotate(lettered=Exists(names)).order_by("registered_on", "pk")[:MOST_VEHICLES]


def letters_taken(exporter: Exporter) -> "QuerySet[RequestedVehicle, Any]":
    """Return when the newest confirmations were asked for in this system, and when they came."""
    rows = RequestedVehicle.objects.filter(
        request__exporter=exporter, state=RequestedVehicle.State.CONFIRMED
    )
    return rows.order_by("-answered_at").values_list("request__asked_at", "answered_at")[
        :MOST_ANSWERS
    ]


def days_for_a_letter(taken: Iterable[tuple[datetime, datetime]]) -> int | None:
    """Return how many days half of the letters came within; ``None`` where too few are known.

    Days are counted whole and rounded up, the higher of two middle ones.
    """
    days = [-((asked - answered) // timedelta(days=1)) for asked, answered in taken]
    return median_high(days) if len(days) >= FEWEST_ANSWERS else None


def calendar_of(
    vehicles: Iterable[Any], *, on: date, terms: Terms | None, letter_days: int | None
) -> list[FreeDay]:
    """Return one entry a day, the nearest first; waiting wins if no letter would be sooner."""
    if terms is None:
        return []
    days: dict[date, list[Any]] = {}
    for vehicle in vehicles:
        days.setdefault(vehicle.registered_on + terms.wait, []).append(vehicle)
    return [
        FreeDay(
            day,
            wait=(wait := (day - on).days),
            waiting_wins=None if letter_days is None else wait <= letter_days,
            vehicles=found,
            lettered=sum(bool(vehicle.lettered) for vehicle in found),
        )
        for day, found in sorted(days.items())
    ]
