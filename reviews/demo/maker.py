"""The manufacturer's desk of the demonstration: asked, attested, declined, disowned."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from documents.desk import asking, disowning, outlets
from documents.models import Confirmation, ConfirmationRequest, LetterChange, ListedOutlet
from exports.models import Destination, Port, User
from exports.rules import legal_day
from reviews import following
from reviews.demo.cast import Company
from reviews.demo.diary import Diary
from reviews.demo.papers import outlet_in
from reviews.demo.stories import A_MOMENT, Plan, Story, World, waiting
from reviews.demo.vehicles import BYD, Car, Garage
from reviews.models import Case
from reviews.states import Status

# Of its own, so that it changes nothing of what the other stories draw; numbers beyond theirs.
SEED: Final = 20251211
FIRST: Final = 500_000
CONTRACTS: Final = 900
SERVED: Final = ("AE", "GE", "KG", "KZ", "RU", "UZ")
CLOSED: Final = "SA"
HALF_A_DAY: Final = 240  # minutes in the office
# Whose application, where to, how many cars, how many working days ago, with which words.
OPEN: Final = (
    (0, "UZ", 3, 2, "合同已签，客户等待装船。"),
    (1, "KZ", 2, 1, ""),
    (2, "MN", 4, 1, "可否同时确认乌兰巴托的服务网点？"),
)


@dataclass(frozen=True)
class Desk:
    """What the stories of the desk draw on."""

    world: World
    diary: Diary
    garage: Garage

    @property
    def officer(self) -> User:
        """Return who acts for the maker."""
        return self.world.cast.officer

    def plan(self, company: int, country: str, *, cars: int, ago: int, number: int) -> Plan:
        """Return an application for young cars of the maker, filed without a letter."""
        owner, at = self.world.cast.good[company], self.diary.back(ago)
        return Plan(
            company=owner,
            cars=[self.car(owner, age=60 + 9 * place, at=at) for place in range(cars)],
            destination=Destination.objects.get(pk=country),
            port=Port.objects.order_by("code")[0],
            number=number,
            filed_at=at,
            letter="",
            with_papers=False,
        )

    def car(self, owner: Company, *, age: int, at: datetime) -> Car:
        """Return a flawless car *age* days old."""
        return self.garage.build(BYD, owner=owner.exporter, age=age, applied_on=legal_day(at))


def at_the_desk(world: World) -> Iterator[Story]:
    """Yield the stories of the desk: a directory, requests answered and open, a forgery."""
    chance = Random(SEED)  # noqa: S311 - the same story every time, no secret
    now, calendar = world.diary.now, world.diary.calendar
    desk = Desk(world, Diary(now=now, calendar=calendar, chance=chance), Garage(chance))
    desk.garage.built = FIRST
    yield directory(desk)
    yield answered(desk, desk.plan(0, "KZ", cars=3, ago=3, number=CONTRACTS))
    for number, (company, country, cars, ago, note) in enumerate(OPEN, start=CONTRACTS + 1):
        plan = desk.plan(company, country, cars=cars, ago=ago, number=number)
        yield left_open(desk, plan, note=note)
    yield disowned(desk)


def directory(desk: Desk) -> Story:
    """List an outlet in each country the maker serves, and close one it does not."""
    at = desk.diary.back(30)
    yield at
    officer = desk.officer
    assert officer.manufacturer is not None  # the cast gave it one
    for country in Destination.objects.filter(pk__in=SERVED):
        outlets.list_outlet(
            officer.manufacturer,
            **outlet_in(country),
            checked_on=legal_day(at),
            evidence=f"服务合同 {at.year}-{country.pk}-01",
            content=None,
            by=officer,
            at=at,
        )
    outlets.close_country(
        officer.manufacturer,
        Destination.objects.get(pk=CLOSED),
        reason="当地售后网点建设中，暂不出具确认书。",
        by=officer,
        at=at,
    )


def asked(desk: Desk, case: Case, plan: Plan, *, at: datetime, note: str) -> ConfirmationRequest:
    """Ask for every vehicle of the application."""
    assert desk.officer.manufacturer is not None  # the cast gave it one
    return asking.ask_for_confirmation(
        plan.company.exporter,
        manufacturer=desk.officer.manufacturer,
        destination=plan.destination,
        vins=[car.true["vin"] for car in plan.cars],
        by=plan.company.clerk,
        at=at,
        note=note,
        application=case.application,
    )


def left_open(desk: Desk, plan: Plan, *, note: str) -> Story:
    """File without a letter and ask for it; nobody has answered yet."""
    case = yield from waiting(desk.world, plan)
    at = plan.filed_at + 2 * A_MOMENT
    yield at
    asked(desk, case, plan, at=at, note=note)


def answered(desk: Desk, plan: Plan) -> Story:
    """Ask; all but the last vehicle are confirmed, which is declined."""
    case = yield from waiting(desk.world, plan)
    at = plan.filed_at + 2 * A_MOMENT
    yield at
    request = asked(desk, case, plan, at=at, note="九月船期，烦请尽快确认。")
    at = desk.diary.later(at, minutes=HALF_A_DAY)
    yield at
    *confirmed, declined = (car.true["vin"] for car in plan.cars)
    served = list(ListedOutlet.objects.in_use().filter(country=plan.destination))
    officer = desk.officer
    letter = asking.confirm(
        request, vins=confirmed, outlets=served, valid_until=None, by=officer, at=at
    )
    words = "该车无法在我司生产记录中核实，请补充登记证书。"
    asking.decline(request, vins=[declined], reason="papers", words=words, by=officer, at=at)
    follow(letter, at=at)


def disowned(desk: Desk) -> Story:
    """Say of one paper letter, on which no recommendation rests, that it is forged."""
    at = desk.diary.back(1)
    yield at
    resting = Case.objects.filter(status=Status.HELD).values("application")
    letters = Confirmation.objects.filter(
        manufacturer=desk.officer.manufacturer,
        source=Confirmation.Source.PAPER,
        revoked_at__isnull=True,
    ).exclude(document__attachments__application__in=resting)
    others = letters.exclude(exporter=desk.world.cast.good[0].exporter)
    letter = others.order_by("-pk").first() or letters.order_by("-pk").first()
    if letter:
        note = "我司从未出具此编号的确认书，印章样式与我司不符。"
        disowning.report_forged(letter, by=desk.officer, at=at, note=note)
        follow(letter, at=at)


def follow(letter: Confirmation, *, at: datetime) -> None:
    """Let the cases hear of what changed, as the worker would."""
    unheard = LetterChange.objects.filter(confirmation=letter, followed_at__isnull=True)
    for change_id in unheard.values_list("pk", flat=True):
        following.follow(change_id, at=at)
