"""Lives of applications, told step by step through the services that people use.

A story is a generator: it yields the moment of its next step and acts when it is resumed, so
that all stories together happen in the order of time. A story that reaches past the present
stops where it stands, as an application under way.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from django.conf import settings

from documents import confirming, registry
from documents.models import Confirmation
from exports import drafting, fleet
from exports.models import Application, Destination, Port, User, Vehicle
from reviews import assessment, claims, decisions, intake, licensing, settling
from reviews.demo import afterlives, papers
from reviews.demo.cast import Cast, Company, Desk
from reviews.demo.diary import Diary
from reviews.demo.questions import questions_about, refusal_reasons, replies_to
from reviews.demo.vehicles import Car
from reviews.models import (
    Case,
    Decision,
    Licence,
    Opinion,
    OpinionCode,
    Point,
    Reason,
    Request,
)
from reviews.opinions import answering, asking
from reviews.policies import claims_of

Story = Generator[datetime, None, None]
SOURCE: Final = "公安机关交通管理部门（演示数据）"
PREPARING: Final = timedelta(hours=2)
A_MOMENT: Final = timedelta(minutes=1)
GRACE: Final = timedelta(seconds=settings.UNDO_SECONDS)


@dataclass
class World:
    """What every story draws on."""

    cast: Cast
    diary: Diary
    chance: Random

    def desk(self, company: Company) -> Desk:
        """Return the people who decide on the company's cases."""
        return self.cast.desks[company.exporter.office_id]

    def soon(self, moment: datetime) -> datetime:
        """Return a moment within the next office hours."""
        return self.diary.later(moment, minutes=self.chance.randint(20, 400))


@dataclass(frozen=True)
class Plan:
    """One application: whose, with which cars, where to, when, and with which letter."""

    company: Company
    cars: list[Car]
    destination: Destination
    port: Port
    number: int
    filed_at: datetime
    letter: str
    with_papers: bool


@dataclass(frozen=True)
class Hand:
    """A case in a reviewer's hands, who acts on it at *next_at*."""

    case: Case
    reviewer: User
    next_at: datetime


def prepare(world: World, plan: Plan, *, at: datetime) -> Application:
    """Enter the cars, draft the application and add its papers."""
    company, by = plan.company, plan.company.clerk
    application = drafting.open_application(
        company.exporter,
        by=by,
        at=at,
        destination=plan.destination,
        contract_destination=plan.destination,
        port=plan.port,
        contract_number=f"HT-{plan.filed_at:%Y%m}-{plan.number:03d}",
        market_declaration=True,
    )
    vehicles = [park(car, company=company, at=at) for car in plan.cars]
    for vehicle in vehicles:
        drafting.add_to_application(application, vehicle, by=by, at=at)
    if plan.letter:
        bring_letter(world, plan, application, vehicles=vehicles, at=at)
    if plan.with_papers:
        papers.hand_in_contract(application, company=company, at=at)
        papers.hand_in_certificate(application, company=company, at=at)
    return application


def park(car: Car, *, company: Company, at: datetime) -> Vehicle:
    """Enter *car* as its exporter describes it; the registry answers, or stays silent."""
    vehicle = fleet.add_vehicle(company.exporter, by=company.clerk, at=at, **car.entered)
    if car.answer is not None:
        registry.record_answer(car.true["vin"], by=None, at=at, source=SOURCE, **car.answer)
    return vehicle


def bring_letter(
    world: World,
    plan: Plan,
    application: Application,
    *,
    vehicles: list[Vehicle],
    at: datetime,
) -> None:
    """Hand in the letter; one to be revoked is revoked before anybody relies on it."""
    wish = papers.Wish(
        kind=plan.letter,
        company=plan.company,
        vehicles=vehicles,
        destination=plan.destination,
        number=plan.number,
        applied_at=plan.filed_at,
    )
    letter = papers.hand_in(wish, application, at=at)
    if plan.letter == "revoked":
        take_back(world, letter, company=plan.company, at=at)


def take_back(world: World, letter: Confirmation, *, company: Company, at: datetime) -> None:
    """Revoke *letter*: the maker itself if its officer is on stage, else the office for it."""
    officer = world.cast.officer
    by = officer if letter.manufacturer == officer.manufacturer else world.desk(company).seniors[0]
    confirming.revoke_confirmation(letter, by=by, at=at, note="生产企业来函：该确认书作废。")


def again(case: Case) -> Case:
    """Return *case* as it stands now."""
    return Case.objects.select_related("application", "exporter", "office").get(pk=case.pk)


def draft(world: World, plan: Plan) -> Story:
    """Leave the application a draft."""
    yield plan.filed_at - PREPARING
    prepare(world, plan, at=plan.filed_at - PREPARING)


def discarded(world: World, plan: Plan) -> Story:
    """Throw the draft away."""
    yield plan.filed_at - PREPARING
    application = prepare(world, plan, at=plan.filed_at - PREPARING)
    yield plan.filed_at
    drafting.discard_application(application, by=plan.company.clerk, at=plan.filed_at)


def filed(world: World, plan: Plan) -> Generator[datetime, None, Case]:
    """Tell of an application up to its filing; the checks have not run yet."""
    yield plan.filed_at - PREPARING
    application = prepare(world, plan, at=plan.filed_at - PREPARING)
    yield plan.filed_at
    return intake.file(application, by=plan.company.clerk, at=plan.filed_at)


def check(case: Case, *, at: datetime) -> None:
    """Run the checks, as the worker would."""
    claimed = assessment.claim(case.pk, at=at)
    assert claimed is not None  # nobody else is on stage
    assessment.assess(claimed, at=at)


def waiting(world: World, plan: Plan) -> Generator[datetime, None, Case]:
    """Tell of a case up to the reviewer's queue."""
    case = yield from filed(world, plan)
    yield plan.filed_at + A_MOMENT
    check(case, at=plan.filed_at + A_MOMENT)
    return case


def in_hand(world: World, plan: Plan) -> Generator[datetime, None, Hand]:
    """Tell of a case up to a reviewer's claim."""
    case = yield from waiting(world, plan)
    at = world.soon(plan.filed_at + A_MOMENT)
    yield at
    claims.lapse(at=at)  # as the worker would: nobody holds more than they work on
    reviewers, turn = world.desk(plan.company).reviewers, plan.number
    in_turn = sorted(reviewers, key=lambda each: (reviewers.index(each) - turn) % len(reviewers))
    reviewer = min(in_turn, key=claims_of)
    return Hand(claims.claim(again(case), by=reviewer, at=at), reviewer, world.soon(at))


def asked(world: World, plan: Plan) -> Generator[datetime, None, Request]:
    """Ask, and leave the question open: the case lapses when its time is over."""
    hand = yield from in_hand(world, plan)
    yield hand.next_at
    case = again(hand.case)
    questions = questions_about(case)
    request = decisions.ask(case, questions=questions, by=hand.reviewer, at=hand.next_at)
    yield hand.next_at + GRACE
    settle(at=hand.next_at + GRACE)
    return request


def answered(world: World, plan: Plan) -> Story:
    """Ask, and let the exporter answer; the checks run again."""
    request = yield from asked(world, plan)
    at = world.soon(request.asked_at)
    yield at
    request = Request.objects.select_related("case__application", "case__exporter").get(
        pk=request.pk
    )
    case = intake.answer(
        request, answers=replies_to(request, cars=plan.cars), by=plan.company.clerk, at=at
    )
    yield at + A_MOMENT
    check(case, at=at + A_MOMENT)


def withdrawn(world: World, plan: Plan) -> Story:
    """Let the exporter take the application back."""
    hand = yield from in_hand(world, plan)
    yield hand.next_at
    intake.withdraw(again(hand.case), by=plan.company.owner, at=hand.next_at, note="客户取消订单。")


def held(world: World, plan: Plan) -> Generator[datetime, None, tuple[Decision, datetime]]:
    """Recommend what the checks suggest and leave it waiting for the second signature."""
    hand = yield from in_hand(world, plan)
    yield hand.next_at
    case = again(hand.case)
    return (refusal if case.failed else issue)(hand, case), world.soon(hand.next_at)


def refused(world: World, plan: Plan) -> Story:
    """Refuse with two signatures."""
    hand = yield from in_hand(world, plan)
    yield hand.next_at
    decision = refusal(hand, again(hand.case))
    at = world.soon(hand.next_at)
    yield at
    sign(world, plan, decision, at=at)
    yield at + GRACE
    settle(at=at + GRACE)


def issued(world: World, plan: Plan) -> Generator[datetime, None, Licence]:
    """Issue: alone where nothing failed, now and then, and over a failed check, by two."""
    hand = yield from in_hand(world, plan)
    yield hand.next_at
    case, at = again(hand.case), hand.next_at
    if case.failed or plan.number % 4 == 0:
        decision = issue(hand, case)
        at = world.soon(at)
        yield at
        decision = sign(world, plan, decision, at=at)
    else:
        decision = decisions.issue(case, by=hand.reviewer, at=at)
    at += GRACE
    yield at
    settle(at=at)
    yield at + A_MOMENT
    licence = licensing.claim(Licence.objects.get(decision=decision).pk, at=at + A_MOMENT)
    assert licence is not None  # nobody else is on stage
    licensing.draw(licence, at=at + A_MOMENT)
    return licence


def revoked(world: World, plan: Plan) -> Story:
    """Issue and revoke again, the letter too where there is one."""
    licence = yield from issued(world, plan)
    at = world.diary.later(plan.filed_at, minutes=4_000)
    yield at
    for letter in Confirmation.objects.filter(
        document__attachments__application=licence.case.application
    ):
        take_back(world, letter, company=plan.company, at=at)
    supervisor = world.desk(plan.company).seniors[-1]
    licensing.revoke(
        licence, by=supervisor, at=at, note="经核实，申请材料与实际情况不符，撤销许可。"
    )


def used(world: World, plan: Plan) -> Story:
    """Issue, and report what the licence was used for."""
    licence = yield from issued(world, plan)
    at = world.diary.later(plan.filed_at, minutes=4_000)
    yield at
    afterlives.use(licence, by=plan.company.clerk, at=at, number=plan.number)


def to_replace(world: World, plan: Plan) -> Story:
    """Issue, and ask that another licence take its place."""
    licence = yield from issued(world, plan)
    at = world.diary.later(plan.filed_at, minutes=4_000)
    yield at
    afterlives.ask_for_another(licence, by=plan.company.clerk, at=at)


def settle(*, at: datetime) -> None:
    """Let what was decided a minute ago take effect."""
    for settlement_id in settling.waiting(at):
        settling.settle(settlement_id, at=at)


def refusal(hand: Hand, case: Case) -> Decision:
    """Recommend to refuse, with the reasons the failed checks suggest."""
    return decisions.recommend(
        case,
        Decision.Outcome.REFUSE,
        reasons=refusal_reasons(case),
        by=hand.reviewer,
        at=hand.next_at,
        note="经核对，不符合发证条件。",
    )


def issue(hand: Hand, case: Case) -> Decision:
    """Recommend to issue; over a failed check, because the registry was asked otherwise."""
    return decisions.recommend(
        case,
        Decision.Outcome.ISSUE,
        reasons=Reason.objects.filter(pk="OV01") if case.failed else (),
        by=hand.reviewer,
        at=hand.next_at,
        note="已致电登记机关核实一致。" if case.failed else "",
    )


def sign(world: World, plan: Plan, decision: Decision, *, at: datetime) -> Decision:
    """Give the second signature."""
    seniors = world.desk(plan.company).seniors
    signer = seniors[plan.number % len(seniors)]
    current = Decision.objects.select_related("case__application", "case__exporter", "run")
    return decisions.sign(current.get(pk=decision.pk), by=signer, at=at)


def consulted(world: World, plan: Plan) -> Generator[datetime, None, Hand]:
    """Ask another ministry and leave the question open: of a letter's issuer, else of customs."""
    hand = yield from in_hand(world, plan)
    yield hand.next_at
    point = Point.LISTING if plan.letter else Point.DECLARATION
    ask_ministry(hand, point, note="请核实，谢谢。")
    return hand


def advised(world: World, plan: Plan) -> Story:
    """Ask the police about a registration; they answer as the register says."""
    hand = yield from in_hand(world, plan)
    yield hand.next_at
    opinion = ask_ministry(hand, Point.REGISTRATION)
    at = world.soon(hand.next_at)
    yield at
    agrees = not again(hand.case).failed
    answering.answer(
        opinion,
        OpinionCode.objects.get(pk="OR01" if agrees else "OR02"),
        by=world.cast.ministries["mps"],
        at=at,
        note="" if agrees else "登记系统中的日期与申报的不一致。",
    )


def ask_ministry(hand: Hand, point: str, *, note: str = "") -> Opinion:
    """Ask about the first vehicle of the case."""
    case = again(hand.case)
    return asking.ask(case, point, vin=case.first_vin, by=hand.reviewer, at=hand.next_at, note=note)


TELL: Final[Mapping[str, Callable[[World, Plan], Generator[datetime, None, object]]]] = {
    "draft": draft,
    "discarded": discarded,
    "checking": filed,
    "waiting": waiting,
    "in_hand": in_hand,
    "returned": asked,
    "answered": answered,
    "held": held,
    "issued": issued,
    "expired": issued,
    "used": used,
    "to_replace": to_replace,
    "revoked": revoked,
    "refused": refused,
    "withdrawn": withdrawn,
    "lapsed": asked,
    "consulted": consulted,
    "advised": advised,
}
