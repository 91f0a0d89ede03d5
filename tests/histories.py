"""Offices at work: histories of many cases in which everything happens to some of them."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from exports.errors import DomainError
from exports.models import Exporter, Role, User
from reviews import claims, deadlines, decisions, intake
from reviews.models import Case, Decision, Reason
from reviews.states import Status
from tests.factories import (
    NOON,
    answer_all,
    ask_for,
    checked,
    clerk_of,
    make_case,
    make_clean_case,
    make_destination,
    make_exporter,
    make_failing_case,
    make_office,
    make_person,
    recommend_refusal,
)


class House:
    """An office at work: people, exporters, a clock that only goes on; every act gets its turn."""

    def __init__(self, chance: Random, *, code: str) -> None:
        self.chance = chance
        self.now = NOON
        self.turns = Counter[Status]()
        self.office = make_office(code, name_zh=f"商务厅{code}")
        self.reviewers = [make_person(Role.REVIEWER, self.office) for _ in range(2)]
        self.senior = make_person(Role.SENIOR, self.office)
        self.supervisor = make_person(Role.SUPERVISOR, self.office)
        self.exporters = [make_exporter(office=self.office) for _ in range(2)]
        self.clerks = {each.pk: clerk_of(each) for each in self.exporters}

    def step(self) -> None:
        """Let some time pass and somebody do something; what is refused does not happen."""
        self.now += timedelta(minutes=self.chance.choice([1, 7, 7, 30, 90, 90, 600, 3000]))
        cases = list(Case.objects.open().filter(office=self.office).order_by("pk"))
        try:
            if not cases or self.chance.random() < 0.25:
                self.file()
            else:
                self.act_on(self.chance.choice(cases))
        except DomainError:
            pass

    def file(self) -> None:
        exporter = self.chance.choice(self.exporters)
        clerk = self.clerks[exporter.pk]
        make = self.chance.choice([make_clean_case, make_failing_case, file_unchecked])
        make(exporter, by=clerk, at=self.now)

    def act_on(self, case: Case) -> None:
        at, reviewer = self.now, case.assignee or self.chance.choice(self.reviewers)
        clerk = self.clerks[case.exporter_id]
        acts: dict[Status, list[Callable[[], object]]] = {
            Status.CHECKING: [lambda: checked(case, at=at)],
            Status.IN_REVIEW: [
                lambda: claims.claim(case, by=reviewer, at=at),
                lambda: claims.release(case, by=reviewer, at=at),
                lambda: claims.lapse(at=at + timedelta(hours=1)),
                lambda: claims.assign(case, to=self.reviewers[1], by=self.supervisor, at=at),
                lambda: claims.escalate(case, by=reviewer, at=at, note="难"),
                lambda: ask_for(case, by=reviewer, at=at),
                lambda: ask_for(case, by=reviewer, at=at),
                lambda: decisions.issue(case, by=reviewer, at=at),
                lambda: recommend_refusal(case, by=reviewer, at=at),
                lambda: override(case, by=reviewer, at=at),
                lambda: override(case, by=reviewer, at=at),
                lambda: intake.withdraw(case, by=clerk, at=at),
            ],
            Status.HELD: [
                lambda: decisions.sign(held(case), by=self.senior, at=at),
                lambda: decisions.send_back(held(case), by=self.senior, at=at, note="再看"),
            ],
            Status.RETURNED: [
                lambda: answer_all(case.requests.all()[0], by=clerk, at=at),
                lambda: intake.withdraw(case, by=clerk, at=at),
                lambda: deadlines.lapse(at=at + timedelta(days=30)),
            ],
        }
        choices, turn = acts[case.state], self.turns[case.state]
        self.turns[case.state] += 1
        choices[turn % len(choices)]()


def file_unchecked(exporter: Exporter, *, by: User, at: datetime) -> Case:
    return make_case(exporter, by=by, at=at, destination=make_destination("RU"))


def override(case: Case, *, by: User, at: datetime) -> Decision:
    reasons = Reason.objects.filter(use=Reason.Use.OVERRIDE)[:1]
    return decisions.recommend(case, "issue", reasons=reasons, by=by, at=at, note="已核实")


def held(case: Case) -> Decision:
    return case.decisions.get(state=Decision.State.HELD)


def two_houses(*, steps: int, between: Callable[[], object]) -> list[House]:
    """Return two offices after so many random steps, the same every time.

    *between* is done every few steps, and at the end.
    """
    chance = Random(648)
    houses = [House(chance, code=code) for code in ("tianjin", "xinjiang")]
    for number in range(steps):
        chance.choice(houses).step()
        if number % 7 == 0:
            between()
    between()
    return houses
