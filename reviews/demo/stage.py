"""Play the demonstration: all stories at once, step by step in the order of time."""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import islice
from random import Random
from typing import Final

from django.db import transaction

from exports import notices
from exports.kicks import held_back
from exports.models import Application, Exporter, Notice, Vehicle
from exports.rules import legal_day
from reviews import deadlines, licensing, reference, timing
from reviews.clocks import OFFICE_HOURS, ONE_DAY
from reviews.demo.cast import DOMAIN, Company, gather
from reviews.demo.diary import Diary
from reviews.demo.maker import at_the_desk
from reviews.demo.programme import Planner, opening_day, roles
from reviews.demo.stories import TELL, Story, World, park
from reviews.demo.vehicles import Car
from reviews.models import Case

SEED: Final = 648
VEHICLES: Final = 1_560
SMALL_VEHICLES: Final = 260
# Notices of the last minutes stay waiting, so that the worker is seen delivering.
FRESH: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class Bill:
    """What is on stage."""

    exporters: int
    vehicles: int
    applications: int
    notices_waiting: int


def is_loaded() -> bool:
    """Tell whether the demonstration was loaded before."""
    from_demo = Case.objects.filter(exporter__membership__user__email__endswith=f"@{DOMAIN}")
    return from_demo.exists()


@transaction.atomic
def load(*, at: datetime, small: bool = False) -> Bill:
    """Load everything, as if it had happened until *at*: all of it or nothing.

    The same day gives the same data. No message is sent; what is left to do waits in its rows.
    """
    chance = Random(SEED)  # noqa: S311 - the same story every time, no secret
    opening = opening_day(at)
    reference.load(at=opening)
    cast = gather(at=opening, now=at)
    diary = Diary(now=at, calendar=timing.calendar(), chance=chance)
    planner = Planner(World(cast, diary, chance))
    stories = [TELL[role.ending](planner.world, planner.plan(role)) for role in roles(small=small)]
    missing = (SMALL_VEHICLES if small else VEHICLES) - planner.garage.built
    idle = [idling(*entry) for entry in islice(planner.idle(), max(missing, 0))]
    with held_back():
        desk = at_the_desk(planner.world)
        play((*stories, *idle, *desk, housekeeping(opening)), until=at)
        notices.discard(queued_before=at - FRESH, by=None, at=at, note="demonstration")
    return bill()


def idling(company: Company, car: Car, at: datetime) -> Story:
    """Enter a car and leave it in the fleet."""
    yield at
    park(car, company=company, at=at)


def housekeeping(opening: datetime) -> Story:
    """Do each morning what the timed tasks do: expire, lapse, remind."""
    morning = OFFICE_HOURS.opening(legal_day(opening))
    while True:
        morning += ONE_DAY
        yield morning
        licensing.expire(at=morning)
        deadlines.lapse(at=morning)
        deadlines.remind(at=morning)


def play(stories: Iterable[Generator[datetime, None, object]], *, until: datetime) -> None:
    """Resume whichever story comes next, up to and including *until*."""
    queue = [(next(story), number, story) for number, story in enumerate(stories)]
    heapify(queue)
    while queue and queue[0][0] <= until:
        _moment, number, story = heappop(queue)
        following = next(story, None)
        if following is not None:
            heappush(queue, (following, number, story))


def bill() -> Bill:
    """Count what is on stage."""
    return Bill(
        exporters=Exporter.objects.count(),
        vehicles=Vehicle.objects.count(),
        applications=Application.objects.count(),
        notices_waiting=Notice.objects.filter(state=Notice.State.WAITING).count(),
    )
