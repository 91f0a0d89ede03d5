"""Any order of acts by anybody: what must always hold, holds.

A stateful search over the services: it files, claims, asks, answers, decides, revokes, lets time
pass, runs the sweeps, repeats requests and lets the wrong people try.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from exports import ledger
from exports.errors import DomainError
from exports.models import Event, Exporter, Line, Notice, Role, User
from reviews import assessment, deadlines, decisions, intake, licensing, timing
from reviews.models import Case, Decision, Interval, Licence, Reason, Request
from reviews.states import FINAL, TRANSITIONS, Status
from tests.factories import (
    NOON,
    answer_all,
    answer_registry,
    ask_for,
    clerk_of,
    make_draft,
    make_exporter,
    make_office,
    make_person,
    make_vehicle,
    make_vin,
)

CASES = st.integers(min_value=0, max_value=3)
STAFF = st.sampled_from(["wang", "li", "zhao", "elsewhere", "clerk", "rival"])
TRADE = st.sampled_from(["clerk", "rival", "wang"])
HEADER = ("pk", "status", "version", "assignee_id")


class Workflow(RuleBasedStateMachine):
    """Two exporters, one VIN they both claim, one clean and one failing vehicle."""

    @initialize()
    def begin(self) -> None:
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = NOON
        self.last: Callable[[], object] | None = None
        self.ended: dict[int, tuple[object, ...]] = {}
        self.moves: Counter[str] = Counter()
        office, foreign = make_office(), make_office("xinjiang", name_zh="新疆商务厅")
        ours, theirs = make_exporter(office=office), make_exporter(office=office)
        self.people = {
            "wang": make_person(Role.REVIEWER, office),
            "li": make_person(Role.SENIOR, office),
            "zhao": make_person(Role.SUPERVISOR, office, is_superuser=True),
            "elsewhere": make_person(Role.SENIOR, foreign),
            "clerk": clerk_of(ours),
            "rival": clerk_of(theirs),
        }
        shared = make_vin()
        self.vehicles = [
            self.register(ours, by="clerk", vin=shared, age=300),
            self.register(theirs, by="rival", vin=shared, age=300),
            self.register(ours, by="clerk", vin=make_vin(), age=100),
        ]

    def register(self, exporter: Exporter, *, by: str, vin: str, age: int) -> tuple[User, object]:
        vehicle = make_vehicle(exporter, by=self.people[by], vin=vin, age=age)
        answer_registry(vehicle)
        return self.people[by], vehicle

    def teardown(self) -> None:
        if hasattr(self, "transaction"):
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    # --- acting -----------------------------------------------------------------------------
    def attempt(self, act: Callable[[], object]) -> None:
        """Do *act*; whatever moved must be an arrow, and a refusal must leave no trace."""
        self.last = act
        before = {row[0]: row for row in Case.objects.values_list(*HEADER)}
        events = Event.objects.count()
        refused = False
        try:
            with transaction.atomic():
                act()
        except DomainError:
            refused = True
        after = {row[0]: row for row in Case.objects.values_list(*HEADER)}
        if refused:
            assert (after, Event.objects.count()) == (before, events)
            return
        for pk, row in after.items():
            origin = before.get(pk)
            if origin and origin[1] != row[1]:
                self.moves[row[1]] += 1

    def case(self, index: int) -> Case | None:
        cases = list(Case.objects.order_by("-pk")[:4])
        return cases[index % len(cases)] if cases else None

    @rule(index=st.integers(min_value=0, max_value=2))
    def file(self, index: int) -> None:
        person, vehicle = self.vehicles[index]
        draft = make_draft(person.exporter, vehicle, by=person, at=self.now)
        self.attempt(lambda: intake.file(draft, by=person, at=self.now))

    @rule(index=CASES, who=STAFF)
    def claim(self, index: int, who: str) -> None:
        if case := self.case(index):
            self.attempt(lambda: decisions.claim(case, by=self.people[who], at=self.now))

    @rule(index=CASES, who=STAFF)
    def release(self, index: int, who: str) -> None:
        if case := self.case(index):
            self.attempt(lambda: decisions.release(case, by=self.people[who], at=self.now))

    @rule(index=CASES)
    def ask(self, index: int) -> None:
        if (case := self.case(index)) and case.assignee:
            self.attempt(lambda: ask_for(case, by=case.assignee, at=self.now))

    @rule(index=CASES, who=TRADE)
    def answer(self, index: int, who: str) -> None:
        request = Request.objects.order_by("-pk").first()
        if request:
            self.attempt(lambda: answer_all(request, by=self.people[who], at=self.now))

    @rule(index=CASES, who=TRADE)
    def withdraw(self, index: int, who: str) -> None:
        if case := self.case(index):
            self.attempt(lambda: intake.withdraw(case, by=self.people[who], at=self.now))

    @rule(index=CASES, outcome=st.sampled_from(["issue", "refuse"]))
    def recommend(self, index: int, outcome: str) -> None:
        if (case := self.case(index)) and case.assignee:
            code = "RF01" if outcome == "refuse" else "OV02"
            self.attempt(
                lambda: decisions.recommend(
                    case,
                    outcome,
                    reasons=[Reason.objects.get(pk=code)],
                    by=case.assignee,
                    at=self.now,
                    note="见附件",
                )
            )

    @rule(index=CASES)
    def issue(self, index: int) -> None:
        if (case := self.case(index)) and case.assignee:
            self.attempt(lambda: decisions.issue(case, by=case.assignee, at=self.now))

    @rule(who=STAFF)
    def sign(self, who: str) -> None:
        decision = Decision.objects.order_by("-pk").first()
        if decision:
            self.attempt(lambda: decisions.sign(decision, by=self.people[who], at=self.now))

    @rule(who=STAFF)
    def send_back(self, who: str) -> None:
        decision = Decision.objects.order_by("-pk").first()
        if decision:
            self.attempt(
                lambda: decisions.send_back(
                    decision, by=self.people[who], at=self.now, note="依据不足"
                )
            )

    @rule(who=STAFF)
    def revoke(self, who: str) -> None:
        licence = Licence.objects.order_by("-pk").first()
        if licence:
            self.attempt(
                lambda: licensing.revoke(
                    licence, by=self.people[who], at=self.now, note="确认书被撤销"
                )
            )

    @rule()
    def repeat(self) -> None:
        """Send the last request again, from the same page."""
        if self.last:
            self.attempt(self.last)

    # --- time and sweeps --------------------------------------------------------------------
    @rule(step=st.sampled_from([1, 5, 24, 24 * 4, 24 * 9, 24 * 190]))
    def wait(self, step: int) -> None:
        self.now += timedelta(hours=step)

    @rule()
    def check(self) -> None:
        for case_id in assessment.waiting(self.now):
            case = assessment.claim(case_id, at=self.now)
            if case:
                self.attempt(lambda case=case: assessment.assess(case, at=self.now))
        self.last = None

    @rule()
    def sweep(self) -> None:
        self.attempt(lambda: deadlines.remind(at=self.now))
        self.attempt(lambda: deadlines.lapse(at=self.now))
        self.attempt(lambda: licensing.expire(at=self.now))

    # --- what always holds ------------------------------------------------------------------
    @invariant()
    def the_ledger_holds_and_tells_every_move(self) -> None:
        assert list(ledger.verify()) == []
        moves = Event.objects.filter(action__in=[f"case.{status}" for status in Status])
        told = Counter(after["status"] for after in moves.values_list("after", flat=True))
        lone_issues = Decision.objects.filter(needs_second=False).count()
        assert told - Counter(held=lone_issues) == self.moves
        for event in moves:
            assert event.after["status"] in TRANSITIONS[Status(event.before["status"])]

    @invariant()
    def final_cases_never_change(self) -> None:
        for row in Case.objects.filter(status__in=FINAL).values_list(*HEADER, "due_at"):
            assert self.ended.setdefault(row[0], row) == row

    @invariant()
    def a_vin_is_live_once_and_only_while_something_lives(self) -> None:
        live = list(Line.objects.filter(live=True).select_related("application__case"))
        assert len({line.vin for line in live}) == len(live)
        for line in live:
            case = line.application.case
            assert case.state not in FINAL or case.licence.state == "live"

    @invariant()
    def four_eyes_signed(self) -> None:
        for decision in Decision.objects.filter(state="signed"):
            alone = decision.signed_by_id == decision.recommended_by_id
            assert not alone or (decision.outcome, decision.failed_checks) == ("issue", 0)

    @invariant()
    def clocks_requests_and_decisions_fit_the_state(self) -> None:
        for case in Case.objects.all():
            running = Interval.objects.filter(case=case, until=None)
            asked = Request.objects.filter(case=case, answered_at=None, closed_at=None)
            held = Decision.objects.filter(case=case, state="held")
            assert running.count() == (case.state not in FINAL)
            assert asked.count() == (case.state is Status.RETURNED)
            assert held.count() == (case.state is Status.HELD)
            assert case.due_at == timing.due(case)

    @invariant()
    def snapshots_are_what_was_hashed(self) -> None:
        for decision in Decision.objects.all():
            body = json.dumps(decision.snapshot, sort_keys=True, ensure_ascii=False).encode()
            assert decision.snapshot_sha256 == hashlib.sha256(body).hexdigest()

    @invariant()
    def nobody_is_reminded_twice_of_one_due_day(self) -> None:
        kinds = ["reviews/due", "reviews/late", "reviews/answer_due"]
        told = Counter(
            (to, template, facts["reference"], facts.get("due") or facts["answer_by"])
            for to, template, facts in Notice.objects.filter(template__in=kinds).values_list(
                "to", "template", "facts"
            )
        )
        assert not told or max(told.values()) == 1


@pytest.mark.usefixtures("law")
def test_whatever_order_people_act_in_the_law_holds():
    run_state_machine_as_test(
        Workflow,
        settings=settings(
            max_examples=25,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
