"""The moment a vehicle passes day 180: its exporter is told once."""

from datetime import datetime, timedelta

import pytest

from exports import fleet
from exports.models import Exporter, Notice, Role, User, Vehicle
from reviews import freeing, intake
from reviews.checklist import LETTER, requirements_of
from reviews.requirements import Stand
from reviews.tasks import tell_freed
from tests.factories import (
    NOON,
    TODAY,
    checked,
    clerk_of,
    make_case,
    make_exporter,
    make_person,
    make_vehicle,
)

pytestmark = pytest.mark.usefixtures("law")

DAY = timedelta(days=1)
TOMORROW = TODAY + DAY


def midnight(after: timedelta = DAY) -> datetime:
    """The first moment of the day so long after TODAY, in Shanghai."""
    return NOON.replace(hour=0) + after


def told(person: User) -> list[Notice]:
    return list(Notice.objects.filter(to=person, template="reviews/freed").order_by("pk"))


@pytest.fixture
def last_day(exporter: Exporter, clerk: User) -> Vehicle:
    """A car that stands on day 180 at NOON."""
    return make_vehicle(exporter, by=clerk, age=180)


# --- told, once ----------------------------------------------------------------------------------
def test_on_day_180_nobody_is_told_and_on_day_181_everybody_who_acts(
    exporter: Exporter, clerk: User, last_day: Vehicle
):
    owner = make_person(Role.OWNER, exporter)
    viewer = make_person(Role.VIEWER, exporter)

    assert freeing.tell_freed(at=midnight() - timedelta(seconds=1)) == 0
    assert freeing.tell_freed(at=midnight()) == 1

    [notice] = told(clerk)
    assert notice.facts == {"day": f"{TOMORROW}", "count": 1, "vins": [last_day.vin], "more": 0}
    assert notice.path == f"/portal/vehicles/?free_on={TOMORROW}"
    assert len(told(owner)) == 1
    assert told(viewer) == []


@pytest.mark.parametrize("hours", [0, 26, 24 * 7])
def test_a_run_after_silence_catches_up_and_running_again_tells_nobody_twice(
    clerk: User, last_day: Vehicle, hours: int
):
    late = midnight() + timedelta(hours=hours)

    for _ in range(3):
        freeing.tell_freed(at=late)
    freeing.tell_freed(at=late + DAY)

    assert [notice.facts["vins"] for notice in told(clerk)] == [[last_day.vin]]


def test_the_cars_of_one_day_are_one_notice_and_other_companies_hear_nothing(
    exporter: Exporter, clerk: User
):
    cars = [make_vehicle(exporter, by=clerk, age=180) for _ in range(freeing.NAMED + 3)]
    stranger = clerk_of(make_exporter())
    make_vehicle(stranger.exporter, by=stranger, age=179)

    freeing.tell_freed(at=midnight())

    [notice] = told(clerk)
    assert (notice.facts["count"], notice.facts["more"]) == (len(cars), 3)
    assert notice.facts["vins"] == sorted(car.vin for car in cars)[: freeing.NAMED]
    assert told(stranger) == []


def test_a_car_of_another_day_is_told_of_on_its_own_day(exporter: Exporter, clerk: User):
    first, second = (make_vehicle(exporter, by=clerk, age=age) for age in (180, 179))

    freeing.tell_freed(at=midnight())
    freeing.tell_freed(at=midnight(2 * DAY))

    assert [notice.facts["vins"] for notice in told(clerk)] == [[first.vin], [second.vin]]


def test_a_corrected_registration_date_is_another_day_and_so_told_anew(
    clerk: User, last_day: Vehicle
):
    freeing.tell_freed(at=midnight())
    registered_on = last_day.registered_on + DAY
    fleet.amend_vehicle(last_day, by=clerk, at=midnight(), registered_on=registered_on)

    freeing.tell_freed(at=midnight(2 * DAY))

    assert [notice.facts["day"] for notice in told(clerk)] == [f"{TOMORROW}", f"{TOMORROW + DAY}"]


# --- not told ---------------------------------------------------------------------------------
def test_what_is_filed_before_the_day_stays_as_it_was_filed(
    exporter: Exporter, clerk: User, last_day: Vehicle
):
    case = checked(make_case(exporter, last_day, by=clerk))

    freeing.tell_freed(at=midnight())

    assert told(clerk) == []
    [letter] = [r for r in requirements_of(case.application, at=midnight()) if r.code == LETTER]
    assert letter.state == Stand.WAITING


def test_a_car_taken_back_from_the_office_is_free_with_the_day(
    exporter: Exporter, clerk: User, last_day: Vehicle
):
    case = checked(make_case(exporter, last_day, by=clerk))
    intake.withdraw(case, by=clerk, at=NOON, note="waits for the day")

    freeing.tell_freed(at=midnight())

    assert len(told(clerk)) == 1


def test_a_car_that_came_into_the_fleet_later_was_never_waited_for(exporter: Exporter, clerk: User):
    vehicle = make_vehicle(exporter, by=clerk, age=181)
    assert vehicle.added_at == NOON

    freeing.tell_freed(at=NOON)

    assert told(clerk) == []


def test_the_task_runs_from_the_clock_alone(db: None):
    assert tell_freed() == 0
