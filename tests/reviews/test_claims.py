"""Whose hands a case is in, for how long, and which comes next."""

from datetime import timedelta

import pytest

from exports.errors import DomainError, ReasonNeeded, RoleMissing
from exports.models import Event, Exporter, Notice, Office, Role, User
from reviews import claims, decisions
from reviews.models import Case
from reviews.states import Status
from tests.factories import (
    NOON,
    ask_for,
    clerk_of,
    make_clean_case,
    make_exporter,
    make_failing_case,
    make_office,
    make_person,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")
LATER = NOON + timedelta(minutes=16)


@pytest.fixture
def cases(exporter: Exporter, clerk: User) -> list[Case]:
    """Three clean cases, the first due first."""
    made = [make_clean_case(exporter, by=clerk) for _each in range(3)]
    for place, case in enumerate(made):
        Case.objects.filter(pk=case.pk).update(due_at=case.due_at + timedelta(hours=place))
    return [fresh(case) for case in made]


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_a_claim_ends_by_itself_after_a_quarter_of_an_hour(cases: list[Case], reviewer: User):
    case = claims.claim(cases[0], by=reviewer, at=NOON)

    claims.lapse(at=NOON + timedelta(minutes=14))
    assert fresh(case).assignee == reviewer
    claims.lapse(at=LATER)

    assert fresh(case).assignee is None
    assert Event.objects.filter(action="case.lease_ended", subject_key=case.reference).count() == 1


def test_an_open_page_keeps_the_claim(cases: list[Case], reviewer: User, senior: User):
    case = claims.claim(cases[0], by=reviewer, at=NOON)

    renewed = claims.renew(case, by=reviewer, at=NOON + timedelta(minutes=10))
    strangers = claims.renew(case, by=senior, at=NOON + timedelta(hours=3))
    claims.lapse(at=LATER)

    assert renewed == NOON + timedelta(minutes=25)
    assert strangers is None
    assert fresh(case).assignee == reviewer


def test_what_the_exporter_answers_comes_back_to_the_same_hands_for_good(
    cases: list[Case], reviewer: User
):
    case = claims.claim(cases[0], by=reviewer, at=NOON)
    ask_for(case, by=reviewer)

    claims.lapse(at=LATER)

    assert fresh(case).state is Status.RETURNED
    assert fresh(case).assignee == reviewer


def test_the_next_case_is_the_one_due_first_and_is_claimed(cases: list[Case], reviewer: User):
    case = claims.start_next(by=reviewer, at=NOON)

    assert case == cases[0]
    assert fresh(cases[0]).assignee == reviewer


def test_of_cases_due_together_the_riskier_comes_first(cases: list[Case], reviewer: User):
    Case.objects.update(due_at=cases[0].due_at)
    Case.objects.filter(pk=cases[2].pk).update(risk=90)

    assert claims.start_next(by=reviewer, at=NOON) == cases[2]


def test_what_one_holds_comes_before_what_is_free(cases: list[Case], reviewer: User):
    claims.claim(cases[2], by=reviewer, at=NOON)

    assert claims.start_next(by=reviewer, at=NOON) == cases[2]
    assert claims.start_next(by=reviewer, at=NOON, after=cases[2].reference) == cases[0]


def test_nobody_is_handed_what_another_holds(
    cases: list[Case], reviewer: User, senior: User, exporter: Exporter
):
    colleague = make_person(Role.REVIEWER, exporter.office)
    taken = [claims.start_next(by=person, at=NOON) for person in (reviewer, senior, colleague)]

    assert taken == cases
    assert claims.start_next(by=make_person(Role.REVIEWER, exporter.office), at=NOON) is None


def test_the_next_case_lies_within_ones_jurisdiction(cases: list[Case]):
    elsewhere = make_person(Role.REVIEWER, make_office("xinjiang", name_zh="新疆商务厅"))

    assert claims.start_next(by=elsewhere, at=NOON) is None


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.POLICY])
def test_whoever_decides_nothing_is_handed_nothing(role: str, office: Office):
    with pytest.raises(RoleMissing):
        claims.start_next(by=make_person(role, office), at=NOON)


def test_a_case_put_off_sleeps_until_its_day_and_then_comes_back(cases: list[Case], reviewer: User):
    until = NOON + timedelta(days=2)
    claims.put_off(cases[0], until=until, by=reviewer, at=NOON, note="等登记机关回电")

    assert claims.start_next(by=reviewer, at=NOON) == cases[1]
    claims.wake_due(at=until - timedelta(minutes=1))
    assert fresh(cases[0]).hold_until == until
    claims.wake_due(at=until)
    claims.wake_due(at=until)

    assert fresh(cases[0]).hold_until is None
    assert fresh(cases[0]).assignee == reviewer
    assert Notice.objects.filter(to=reviewer, template="reviews/woken").count() == 1


def test_putting_off_and_escalating_take_words(cases: list[Case], reviewer: User):
    with pytest.raises(ReasonNeeded):
        claims.put_off(cases[0], until=LATER, by=reviewer, at=NOON, note=" ")
    with pytest.raises(ReasonNeeded):
        claims.escalate(cases[0], by=reviewer, at=NOON, note="")


def test_an_escalated_case_goes_to_the_seniors_and_back(
    cases: list[Case], reviewer: User, senior: User
):
    claims.escalate(cases[0], by=reviewer, at=NOON, note="金额异常")

    assert claims.start_next(by=reviewer, at=NOON) == cases[1]
    assert claims.start_next(by=senior, at=NOON) == cases[0]
    assert Notice.objects.filter(to=senior, template="reviews/escalated").count() == 1
    claims.return_to_pool(fresh(cases[0]), by=senior, at=NOON)
    assert fresh(cases[0]).escalated_at is None
    assert fresh(cases[0]).assignee is None


def test_a_supervisor_assigns_for_good_and_takes_over(
    cases: list[Case], reviewer: User, senior: User, office: Office
):
    supervisor = make_person(Role.SUPERVISOR, office)
    claims.claim(cases[0], by=senior, at=NOON)

    claims.assign(fresh(cases[0]), to=reviewer, by=supervisor, at=NOON)
    claims.lapse(at=NOON + timedelta(days=9))

    assert fresh(cases[0]).assignee == reviewer
    assert Notice.objects.filter(to=reviewer, template="reviews/assigned").count() == 1


def test_nobody_is_assigned_what_they_could_not_work_on(cases: list[Case], office: Office):
    supervisor = make_person(Role.SUPERVISOR, office)
    elsewhere = make_person(Role.REVIEWER, make_office("xinjiang", name_zh="新疆商务厅"))

    for person in (elsewhere, make_person(Role.AUDITOR, office), clerk_of(make_exporter())):
        with pytest.raises(DomainError):
            claims.assign(fresh(cases[0]), to=person, by=supervisor, at=NOON)


def test_before_leave_one_hands_over_all_one_has(cases: list[Case], reviewer: User, senior: User):
    for case in cases[:2]:
        claims.claim(case, by=reviewer, at=NOON)

    handed = claims.hand_over_all(reviewer, to=senior, by=reviewer, at=NOON, note="休假")

    assert handed == 2
    assert {fresh(case).assignee for case in cases[:2]} == {senior}


def test_a_colleague_hands_over_nobody_elses_cases(cases: list[Case], reviewer: User, senior: User):
    claims.claim(cases[0], by=reviewer, at=NOON)

    with pytest.raises(DomainError):
        claims.hand_over_all(reviewer, to=None, by=senior, at=NOON)


def test_the_next_to_sign_is_anothers_recommendation(
    exporter: Exporter, clerk: User, reviewer: User, senior: User
):
    mine, others = (make_failing_case(exporter, by=clerk) for _each in range(2))
    recommend_refusal(mine, by=senior)
    recommend_refusal(others, by=reviewer)

    assert claims.next_to_sign(by=senior, at=NOON) == others
    assert claims.next_to_sign(by=senior, at=NOON, after=others.reference) is None
    with pytest.raises(RoleMissing):
        claims.next_to_sign(by=reviewer, at=NOON)


def test_a_decision_ends_the_claim(cases: list[Case], reviewer: User):
    for case in cases:
        decisions.issue(claims.claim(case, by=reviewer, at=NOON), by=reviewer, at=NOON)

    assert Case.objects.filter(claimed_until__isnull=False).count() == 0
