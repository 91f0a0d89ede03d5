"""Any order of acts by anybody: what must always hold, holds.

A stateful search over the services: it files, claims, asks, answers, decides, revokes, lets time
pass, runs the sweeps, repeats requests and lets the wrong people try.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase
from hypothesis import settings as searching
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
from reviews import assessment, claims, deadlines, decisions, intake, licensing, settling, timing
from reviews.models import Case, Decision, Interval, Licence, Reason, Request, Settlement
from reviews.policies import CHECKS, judged
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
    make_uscc,
    make_vehicle,
    make_vin,
)

EVERYBODY = ["wang", "li", "zhao", "elsewhere", "clerk", "rival"]
# The first case is the one an act fits best; the others mostly meet a refusal.
CASES = st.sampled_from([0, 0, 0, 1, 2])
DECIDERS = st.sampled_from(["wang", "li", "zhao", "elsewhere", "clerk", "li"])
SIGNERS = st.sampled_from(["li", "zhao", "holder", "elsewhere", "clerk", "holder"])
VEHICLES = st.integers(min_value=0, max_value=2)
TRADE = st.sampled_from(["owner", "owner", "owner", "clerk", "rival", "wang"])


def act(name: str, **arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(st.just(name), st.fixed_dictionaries(arguments))


# The search prefers the ends of a list, so what leads on stands there.
ACTS = [
    act("arrive", index=VEHICLES, who=DECIDERS),
    act("recommend", index=CASES, outcome=st.sampled_from(["issue", "refuse"])),
    act("sign", index=CASES, who=SIGNERS),
    act("ask", index=CASES),
    act("answer", index=CASES, who=TRADE),
    act("check"),
    act("issue", index=CASES),
    act("file", index=VEHICLES),
    act("claim", index=CASES, who=DECIDERS),
    act("release", index=CASES, who=DECIDERS),
    act("send_back", index=CASES, who=SIGNERS),
    act("revoke", who=SIGNERS),
    act("withdraw", index=CASES, who=TRADE, sure=st.sampled_from([False, False, False, True])),
    act(
        "out_of_turn",
        offer=st.sampled_from(sorted(CHECKS)),
        index=CASES,
        who=st.sampled_from(EVERYBODY),
    ),
    act("repeat"),
    act("escalate", index=CASES),
    act("return_to_pool", index=CASES, who=SIGNERS),
    act("put_off", index=CASES),
    act("undo", index=CASES, who=st.sampled_from(["wang", "holder", "holder"])),
    act("take_back", index=CASES, who=SIGNERS),
    act("sweep"),
    act("settle"),
    act("wait", hours=st.sampled_from([24 * 4, 1, 24, 24 * 190, 24 * 9])),
    act("check"),
    act("settle"),
    act("answer", index=CASES, who=TRADE),
    act("put_question", index=CASES),
    act("settle"),
    act("sign", index=CASES, who=SIGNERS),
    act("recommend", index=CASES, outcome=st.sampled_from(["issue", "refuse"])),
]
HEADER = ("pk", "status", "version", "assignee_id")


class Workflow(RuleBasedStateMachine):
    """Two exporters, one VIN they both claim, one clean and one failing vehicle."""

    reached: ClassVar[set[str]] = set()

    @initialize()
    def begin(self) -> None:
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.now = NOON
        self.last: Callable[[], object] | None = None
        self.ended: dict[int, tuple[object, ...]] = {}
        self.moves: Counter[str] = Counter()
        office, foreign = make_office(), make_office("xinjiang", name_zh="新疆商务厅")
        # The same numbers every time: a search must see the same world twice.
        ours, theirs = (
            make_exporter(office=office, uscc=make_uscc(number)) for number in (900001, 900002)
        )
        self.people = {
            "wang": make_person(Role.REVIEWER, office),
            "li": make_person(Role.SENIOR, office),
            "zhao": make_person(Role.SUPERVISOR, office, is_superuser=True),
            "elsewhere": make_person(Role.SENIOR, foreign),
            "clerk": clerk_of(ours),
            "rival": clerk_of(theirs),
        }
        shared = make_vin(900001)
        self.vehicles = [
            self.register(ours, by="clerk", vin=shared, age=300),
            self.register(theirs, by="rival", vin=shared, age=300),
            self.register(ours, by="clerk", vin=make_vin(900017), age=100),
        ]

    def register(self, exporter: Exporter, *, by: str, vin: str, age: int) -> tuple[User, object]:
        vehicle = make_vehicle(exporter, by=self.people[by], vin=vin, age=age)
        answer_registry(vehicle)
        return self.people[by], vehicle

    def teardown(self) -> None:
        if hasattr(self, "transaction"):
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    @rule(choice=st.one_of(*ACTS))
    def act(self, choice: tuple[str, dict[str, Any]]) -> None:
        """Do one of all acts: one rule, so that no example leaves half of them out."""
        name, arguments = choice
        getattr(self, name)(**arguments)

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
                self.reached.add(row[1])

    def case(self, index: int, *fitting: Status) -> Case | None:
        """Return one of the cases, those in a fitting state first, newest first."""
        cases = sorted(
            Case.objects.order_by("-pk"),
            key=lambda case: (case.state not in fitting, case.assignee_id is None),
        )
        return cases[index % len(cases)] if cases else None

    def trader(self, case: Case, who: str) -> User:
        """Return a person by name; ``owner`` is whoever filed the case."""
        return case.application.filed_by if who == "owner" else self.people[who]

    def arrive(self, index: int, who: str) -> None:
        """File, check and claim in one go."""
        self.file(index)
        self.check()
        self.claim(0, who)

    def file(self, index: int) -> None:
        person, vehicle = self.vehicles[index]
        draft = make_draft(person.exporter, vehicle, by=person, at=self.now)
        self.attempt(lambda: intake.file(draft, by=person, at=self.now))

    def claim(self, index: int, who: str) -> None:
        if case := self.case(index, Status.IN_REVIEW):
            self.attempt(lambda: claims.claim(case, by=self.people[who], at=self.now))

    def release(self, index: int, who: str) -> None:
        if case := self.case(index, Status.IN_REVIEW):
            self.attempt(lambda: claims.release(case, by=self.people[who], at=self.now))

    def ask(self, index: int) -> None:
        if (case := self.case(index, Status.IN_REVIEW)) and case.assignee:
            self.attempt(lambda: ask_for(case, by=case.assignee, at=self.now))

    def put_question(self, index: int) -> None:
        """Ask, and let the minute pass."""
        self.ask(index)
        self.settle()

    def answer(self, index: int, who: str) -> None:
        case = self.case(index, Status.RETURNED)
        request = case.requests.first() if case else None
        if request:
            person = self.trader(case, who)
            self.attempt(lambda: answer_all(request, by=person, at=self.now))

    def withdraw(self, index: int, who: str, sure: bool) -> None:
        if sure and (case := self.case(index)):
            person = self.trader(case, who)
            self.attempt(lambda: intake.withdraw(case, by=person, at=self.now))

    def recommend(self, index: int, outcome: str) -> None:
        if (case := self.case(index, Status.IN_REVIEW)) and case.assignee:
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

    def signer(self, decision: Decision, who: str) -> User:
        """Return a person by name; ``holder`` is whoever recommended it."""
        return decision.recommended_by if who == "holder" else self.people[who]

    def decision(self, index: int) -> Decision | None:
        case = self.case(index, Status.HELD)
        return case.decisions.select_related("case").first() if case else None

    def issue(self, index: int) -> None:
        if (case := self.case(index, Status.IN_REVIEW)) and case.assignee:
            self.attempt(lambda: decisions.issue(case, by=case.assignee, at=self.now))

    def undo(self, index: int, who: str) -> None:
        if case := self.case(index, Status.SETTLING):
            settlement = case.settlements.first()
            person = settlement.by if settlement and who == "holder" else self.people["wang"]
            self.attempt(lambda: settling.undo(case, by=person, at=self.now))

    def take_back(self, index: int, who: str) -> None:
        decision = self.decision(index)
        if decision:
            person = self.signer(decision, who)
            self.attempt(lambda: decisions.take_back(decision.case, by=person, at=self.now))

    def escalate(self, index: int) -> None:
        if (case := self.case(index, Status.IN_REVIEW)) and case.assignee:
            self.attempt(
                lambda: claims.escalate(case, by=case.assignee, at=self.now, note="金额异常")
            )

    def return_to_pool(self, index: int, who: str) -> None:
        if case := self.case(index, Status.IN_REVIEW):
            person = self.people["li" if who == "holder" else who]
            self.attempt(lambda: claims.return_to_pool(case, by=person, at=self.now))

    def put_off(self, index: int) -> None:
        if (case := self.case(index, Status.IN_REVIEW)) and case.assignee:
            until = self.now + timedelta(days=1)
            self.attempt(
                lambda: claims.put_off(
                    case, until=until, by=case.assignee, at=self.now, note="等电话"
                )
            )

    def settle(self) -> None:
        """Let a minute pass, and take effect what was decided before."""
        self.now += timedelta(minutes=1)
        for settlement_id in settling.waiting(self.now):
            self.attempt(
                lambda settlement_id=settlement_id: settling.settle(settlement_id, at=self.now)
            )
        self.last = None

    def sign(self, index: int, who: str) -> None:
        decision = self.decision(index)
        if decision:
            person = self.signer(decision, who)
            self.attempt(lambda: decisions.sign(decision, by=person, at=self.now))

    def send_back(self, index: int, who: str) -> None:
        decision = self.decision(index)
        if decision:
            person = self.signer(decision, who)
            self.attempt(
                lambda: decisions.send_back(decision, by=person, at=self.now, note="依据不足")
            )

    def revoke(self, who: str) -> None:
        licence = Licence.objects.order_by("state", "-pk").first()
        if licence:
            self.attempt(
                lambda: licensing.revoke(
                    licence, by=self.signer(licence.decision, who), at=self.now, note="确认书被撤销"
                )
            )

    def out_of_turn(self, offer: str, index: int, who: str) -> None:
        """Offer and service agree at any moment: what is not offered is refused."""
        case = self.case(index)
        if case and not judged(offer, case, self.people[who]).allowed:
            self.attempt(lambda: self.refused_act(offer, case, self.people[who]))

    def refused_act(self, name: str, case: Case, person: User) -> None:
        before = Event.objects.count()
        acts: dict[str, Callable[[], object]] = {
            "claim": lambda: claims.claim(case, by=person, at=self.now),
            "release": lambda: claims.release(case, by=person, at=self.now),
            "request": lambda: ask_for(case, by=person, at=self.now),
            "issue": lambda: decisions.issue(case, by=person, at=self.now),
            "withdraw": lambda: intake.withdraw(case, by=person, at=self.now),
        }
        acts.get(name, lambda: None)()
        assert Event.objects.count() == before

    def repeat(self) -> None:
        """Send the last request again, from the same page."""
        if self.last:
            self.attempt(self.last)

    # --- time and sweeps --------------------------------------------------------------------
    def wait(self, hours: int) -> None:
        """Let time pass, and the beat do its work meanwhile."""
        self.now += timedelta(hours=hours)
        self.sweep()

    def check(self) -> None:
        for case_id in assessment.waiting(self.now):
            case = assessment.claim(case_id, at=self.now)
            if case:
                self.attempt(lambda case=case: assessment.assess(case, at=self.now))
        self.last = None

    def sweep(self) -> None:
        for hours in (0, 1, 2):
            moment = self.now + timedelta(hours=hours)
            self.attempt(lambda moment=moment: deadlines.remind(at=moment))
        self.settle()
        self.attempt(lambda: claims.lapse(at=self.now))
        self.attempt(lambda: claims.wake_due(at=self.now))
        self.attempt(lambda: deadlines.lapse(at=self.now))
        self.attempt(lambda: licensing.expire(at=self.now))

    # --- what always holds ------------------------------------------------------------------
    @invariant()
    def the_ledger_holds_and_tells_every_move(self) -> None:
        assert list(ledger.verify()) == []
        moves = Event.objects.filter(action__in=[f"case.{status}" for status in Status])
        told = Counter(after["status"] for after in moves.values_list("after", flat=True))
        assert told == self.moves
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
            settling_now = Settlement.objects.filter(case=case, state="waiting")
            assert running.count() == (case.state not in FINAL)
            assert asked.filter(sent_at__isnull=False).count() == (case.state is Status.RETURNED)
            assert settling_now.count() == (case.state is Status.SETTLING)
            assert held.count() == (case.state is Status.HELD)
            assert case.claimed_until is None or case.assignee_id is not None
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
def test_whatever_order_people_act_in_the_law_holds(settings: Any):
    settings.UNDO_SECONDS = 60
    run_state_machine_as_test(
        Workflow,
        settings=searching(
            max_examples=30,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            # Without shrinking: a failure is told at once, in at most forty steps.
            phases=[Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # A search that never gets anywhere would prove nothing.
    assert Workflow.reached >= {"in_review", "returned", "checking", "held", "settling", "issued"}
