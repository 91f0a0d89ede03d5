"""What a list of vehicles shows of each: where it stands on the ruler of days, where it is used."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from exports.fleet import FACTS
from exports.models import Line, Policy, Vehicle
from exports.rules import Outcome, Terms, Verdict, judge
from exports.wording import say

# Word and tone of a verdict that nobody has proved yet.
WORDS: Final[Mapping[Outcome, tuple[Promise, str]]] = {
    Outcome.REQUIRED: (_("letter needed"), "warn"),
    Outcome.NOT_REQUIRED: (_("no letter needed"), "good"),
    Outcome.TRANSITION: (_("no letter: transition"), "good"),
    Outcome.TRANSITION_UNPROVEN: (_("transition, if the registry confirms"), "warn"),
    Outcome.NOT_APPLICABLE: (_("no rule in force"), "neutral"),
    Outcome.DATE_MISSING: (_("registration date missing"), "bad"),
    Outcome.DATE_IMPOSSIBLE: (_("dates contradict each other"), "bad"),
}


@dataclass(frozen=True, slots=True)
class Clock:
    """The rule's answer for one vehicle on one day, ready to be shown."""

    verdict: Verdict
    window: int | None

    @property
    def word(self) -> Promise:
        """Return the answer in two or three words."""
        return WORDS[self.verdict.outcome][0]

    @property
    def tone(self) -> str:
        """Return the tone of the tag that carries the word."""
        return WORDS[self.verdict.outcome][1]

    @property
    def sentence(self) -> str:
        """Return the rule's sentence in the reader's language."""
        return say(self.verdict.sentence)

    @property
    def clause(self) -> str:
        """Return the clause it rests on in the reader's language."""
        return say(self.verdict.clause)

    @property
    def days(self) -> int | None:
        """Return the number of the day, ``None`` where the dates say nothing."""
        return None if self.verdict.outcome is Outcome.DATE_IMPOSSIBLE else self.verdict.days

    @property
    def free_from(self) -> date | None:
        """Return the first day without a letter, while that day is still to come."""
        waits = self.verdict.outcome in {Outcome.REQUIRED, Outcome.TRANSITION_UNPROVEN}
        return self.verdict.free_from if waits else None


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """A vehicle of a list, its clock, and its lines in applications, newest first."""

    vehicle: Vehicle
    clock: Clock
    uses: list[Line]

    @property
    def held_by(self) -> Line | None:
        """Return the line of the live application that holds the vehicle, if any."""
        return next((line for line in self.uses if line.live), None)


def terms_on(day: date) -> Terms | None:
    """Return the terms in force on *day*: one query for a whole list."""
    policy = Policy.objects.in_force(day)
    return policy.terms if policy else None


def clock_of(vehicle: Vehicle, *, on: date, terms: Terms | None) -> Clock:
    """Judge *vehicle* as if it were filed on the day *on*."""
    verdict = judge(
        registered_on=vehicle.registered_on,
        applied_on=on,
        transferred_on=vehicle.transferred_on,
        terms=terms,
    )
    return Clock(verdict, terms.window_days if terms else None)


def rows_of(vehicles: Iterable[Vehicle], *, on: date) -> list[VehicleRow]:
    """Return a row for each of *vehicles*: two queries, however many there are."""
    shown = list(vehicles)
    terms = terms_on(on)
    uses: dict[int, list[Line]] = defaultdict(list)
    lines = Line.objects.filter(vehicle__in=shown, application__discarded_at__isnull=True)
    for line in lines.select_related("application").order_by("-pk"):
        uses[line.vehicle_id].append(line)
    return [
        VehicleRow(vehicle, clock_of(vehicle, on=on, terms=terms), uses[vehicle.pk])
        for vehicle in shown
    ]


def facts_shown(vehicle: Vehicle) -> list[tuple[str, object]]:
    """Return the certificate facts of *vehicle* as label and value, in the reader's language."""
    fields = {field.name: field for field in Vehicle._meta.fields}
    return [(capfirst(str(fields[name].verbose_name)), shown(vehicle, name)) for name in FACTS]


def shown(vehicle: Vehicle, name: str) -> object:
    """Return the value of fact *name*; a choice in words, a day as every table writes it."""
    display = getattr(vehicle, f"get_{name}_display", None)
    value = display() if display else getattr(vehicle, name)
    return value.isoformat() if isinstance(value, date) else value
