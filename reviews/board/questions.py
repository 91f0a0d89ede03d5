"""What the board asks of the sums: three queries, whatever they add up to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Case, F, Q, Sum, When, Window
from django.db.models.functions import RowNumber

from exports.models import Destination, Exporter, User
from exports.together import together
from reviews.clocks import Calendar
from reviews.models import Backlog, BoardMark, DayCount, DayOutcome, Holiday
from reviews.rollups.counting import HOURLY, TIMED

Side = DayOutcome.Side
RANKED: Final = (Side.DESTINATION, Side.MAKER, Side.EXPORTER)
TOP: Final = 10
MOST_PEOPLE: Final = 200
MOST_ROWS: Final = 5000
CLOSED: Final = ("issued", "refused", "withdrawn", "lapsed")


@dataclass(frozen=True)
class Outcome:
    """How the cases of one side and key ended in the period."""

    side: str
    key: str
    sums: Mapping[str, int]

    @property
    def closed(self) -> int:
        """Return how many closed, in whatever way."""
        return sum(self.sums[name] for name in CLOSED)

    @property
    def decided(self) -> int:
        """Return how many the office decided."""
        return self.sums["issued"] + self.sums["refused"]

    @property
    def looked_at_twice(self) -> int:
        """Return how many recommendations a second person signed or sent back."""
        return self.sums["second"] + self.sums["sent_back"]


@dataclass(frozen=True)
class Standing:
    """How many open cases stand in a status, filed and due on a day."""

    status: str
    filed_day: date
    due_day: date
    cases: int


@dataclass(frozen=True)
class Sums:
    """All the board reads, summed over its offices."""

    as_of: datetime | None
    backlog: tuple[Standing, ...]
    hours: Mapping[tuple[str, int], int]
    stages: Mapping[str, Mapping[int, int]]
    calendar: Calendar


@dataclass(frozen=True)
class Names:
    """What the keys of outcomes are called, by key."""

    countries: Mapping[str, Destination]
    exporters: Mapping[str, Exporter]
    people: Mapping[str, str]


def sums_of(offices: Q, *, since: date, today: date) -> Sums:
    """Return the sums of *offices*: stages since a day, hours of *today*. One query."""
    counts = DayCount.objects.filter(offices, day__range=(since, today), measure__in=TIMED)
    hours = DayCount.objects.filter(offices, day=today, measure__in=HOURLY)
    standing = Backlog.objects.filter(offices).values("status", "filed_day", "due_day")
    marks, backlog, stages, by_hour, holidays = together(
        BoardMark.objects.filter(pk=1),
        standing.annotate(total=Sum("cases")).order_by("status"),
        counts.values("measure", "key").annotate(total=Sum("times")).order_by("measure"),
        hours.values("measure", "key").annotate(total=Sum("times")).order_by("measure"),
        Holiday.objects.values_list("day", "is_workday"),
    )
    return Sums(
        as_of=marks[0].at if marks else None,
        backlog=tuple(
            Standing(row["status"], row["filed_day"], row["due_day"], row["total"])
            for row in backlog
        ),
        hours={(row["measure"], int(row["key"])): row["total"] for row in by_hour},
        stages={
            stage: {int(row["key"]): row["total"] for row in stages if row["measure"] == stage}
            for stage in TIMED
        },
        calendar=Calendar(dict(holidays)),
    )


def outcomes_of(offices: Q, *, since: date, today: date, most: int = TOP) -> list[Outcome]:
    """Return how cases ended from a day to *today*, by side: one query.

    Of destinations, makers and exporters come the *most* frequent.
    """
    totals = {f"total_{name}": Sum(name) for name in DayOutcome.SUMS}
    weight = sum((F(f"total_{name}") for name in (*CLOSED, "sent_back")), start=F("total_second"))
    grouped = DayOutcome.objects.filter(offices, day__range=(since, today)).values("side", "key")
    ranked = grouped.annotate(**totals).annotate(
        place=Window(RowNumber(), partition_by=F("side"), order_by=[weight.desc(), F("key").asc()])
    )
    room = Case(When(side__in=RANKED, then=most), default=MOST_PEOPLE)
    rows: Iterable[Any] = ranked.filter(place__lte=room).order_by("side", "place")
    return [
        Outcome(row["side"], row["key"], {name: row[f"total_{name}"] for name in DayOutcome.SUMS})
        for row in rows
    ]


def of_side(outcomes: Iterable[Outcome], side: str) -> list[Outcome]:
    """Return the outcomes of one side."""
    return [outcome for outcome in outcomes if outcome.side == side]


def names_of(outcomes: Sequence[Outcome], *, with_people: bool) -> Names:
    """Return the names of the destinations, exporters and reviewers *outcomes* count: one query."""
    keys = {side: [each.key for each in of_side(outcomes, side)] for side in Side}
    people = keys[Side.REVIEWER] if with_people else []
    countries, exporters, reviewers = together(
        Destination.objects.filter(pk__in=keys[Side.DESTINATION]),
        Exporter.objects.filter(pk__in=map(int, keys[Side.EXPORTER])),
        User.objects.filter(pk__in=map(int, people)).values_list("pk", "name"),
    )
    return Names(
        countries={country.pk: country for country in countries},
        exporters={str(exporter.pk): exporter for exporter in exporters},
        people={str(pk): name for pk, name in reviewers},
    )
