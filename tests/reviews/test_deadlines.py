"""Reminders sent once, requests that lapse; a sweep that runs often or late changes nothing."""

from datetime import datetime, timedelta

import pytest

from exports.models import Event, Exporter, Line, Notice, Role, User
from exports.rules import legal_day
from reviews import claims, deadlines, decisions
from reviews.models import Case, Request
from reviews.states import Status
from tests.factories import (
    NOON,
    answer_all,
    ask_for,
    checked,
    make_case,
    make_clean_case,
    make_failing_case,
    make_person,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def in_hand(exporter: Exporter, clerk: User, reviewer: User, senior: User) -> Case:
    """A case in Wang's hands, at an office with a senior."""
    return claims.claim(make_failing_case(exporter, by=clerk), by=reviewer, at=NOON)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def told(template: str, person: User) -> int:
    return Notice.objects.filter(template=f"reviews/{template}", to=person).count()


def sweep_hourly(start: datetime, *, hours: int) -> None:
    for hour in range(hours):
        deadlines.remind(at=start + timedelta(hours=hour))


# --- the office ---------------------------------------------------------------------------------
def test_more_than_a_day_ahead_nobody_is_reminded(in_hand: Case, reviewer: User):
    assert deadlines.remind(at=in_hand.due_at - timedelta(days=1, seconds=1)) == 0
    assert told("due", reviewer) == 0


def test_however_often_the_sweep_runs_the_holder_hears_once_before_and_once_after(
    in_hand: Case, reviewer: User, senior: User
):
    sweep_hourly(in_hand.due_at - timedelta(hours=30), hours=100)

    assert (told("due", reviewer), told("late", reviewer)) == (1, 1)
    assert (told("due", senior), told("late", senior)) == (0, 1)


def test_a_sweep_that_comes_days_late_still_tells(in_hand: Case, reviewer: User, senior: User):
    deadlines.remind(at=in_hand.due_at + timedelta(days=9))

    assert (told("due", reviewer), told("late", reviewer), told("late", senior)) == (0, 1, 1)


def test_a_case_nobody_holds_calls_the_seniors_when_it_is_late(
    exporter: Exporter, clerk: User, senior: User
):
    case = make_clean_case(exporter, by=clerk)

    deadlines.remind(at=case.due_at + timedelta(seconds=1))

    assert told("late", senior) == 1


def test_a_held_case_calls_those_who_sign_before_it_is_late(
    in_hand: Case, reviewer: User, senior: User
):
    recommend_refusal(in_hand, by=reviewer)

    deadlines.remind(at=in_hand.due_at - timedelta(hours=1))

    assert (told("due", senior), told("due", reviewer)) == (1, 1)


def test_a_step_that_moves_no_due_day_reminds_nobody_again(
    in_hand: Case, reviewer: User, senior: User
):
    late = in_hand.due_at + timedelta(hours=1)
    deadlines.remind(at=late)

    decision = recommend_refusal(in_hand, by=reviewer, at=late)
    deadlines.remind(at=late)
    decisions.send_back(decision, by=senior, at=late, note="依据不足")
    deadlines.remind(at=late)

    assert (told("late", reviewer), told("late", senior)) == (1, 1)


def test_a_due_day_that_moved_is_reminded_of_anew(in_hand: Case, clerk: User, reviewer: User):
    first_due = in_hand.due_at
    deadlines.remind(at=first_due - timedelta(hours=1))
    request = ask_for(in_hand, by=reviewer, at=first_due - timedelta(hours=1))
    case = checked(answer_all(request, by=clerk, at=first_due + timedelta(days=4)))
    assert case.due_at > first_due

    sweep_hourly(case.due_at - timedelta(hours=5), hours=4)

    days = Notice.objects.filter(template="reviews/due", to=reviewer).order_by("id")
    assert [notice.facts["due"] for notice in days] == [
        legal_day(first_due).isoformat(),
        legal_day(case.due_at).isoformat(),
    ]


def test_who_takes_a_late_case_over_hears_of_it_too(in_hand: Case, exporter: Exporter):
    late = in_hand.due_at + timedelta(hours=1)
    deadlines.remind(at=late)
    colleague = make_person(Role.SUPERVISOR, exporter.office)
    claims.claim(in_hand, by=colleague, at=late)

    deadlines.remind(at=late)

    assert told("late", colleague) == 1


def test_while_the_exporter_has_the_case_the_office_is_not_late(
    in_hand: Case, reviewer: User, senior: User
):
    ask_for(in_hand, by=reviewer)

    deadlines.remind(at=in_hand.due_at + timedelta(hours=1))

    assert (told("late", reviewer), told("late", senior)) == (0, 0)


def test_a_decided_case_is_nobodys_reminder(in_hand: Case, reviewer: User, senior: User):
    decisions.sign(recommend_refusal(in_hand, by=reviewer), by=senior, at=NOON)

    assert deadlines.remind(at=in_hand.due_at + timedelta(days=1)) == 0


# --- the exporter -------------------------------------------------------------------------------
def test_an_open_request_reminds_the_exporter_once(in_hand: Case, clerk: User, reviewer: User):
    request = ask_for(in_hand, by=reviewer)

    sweep_hourly(request.answer_by - timedelta(days=4), hours=90)

    assert told("answer_due", clerk) == 1


def test_a_second_request_reminds_again(in_hand: Case, clerk: User, reviewer: User):
    first = ask_for(in_hand, by=reviewer)
    deadlines.remind(at=first.answer_by - timedelta(hours=1))
    later = NOON + timedelta(days=7)
    case = checked(answer_all(first, by=clerk, at=later), at=later)
    second = ask_for(case, by=reviewer, at=later)

    deadlines.remind(at=second.answer_by - timedelta(hours=1))

    assert told("answer_due", clerk) == 2


def test_an_unanswered_request_lapses_once_and_frees_the_vins(
    in_hand: Case, exporter: Exporter, clerk: User, reviewer: User
):
    request = ask_for(in_hand, by=reviewer)
    vehicle = in_hand.application.lines.get().vehicle
    over = request.answer_by + timedelta(seconds=1)

    assert [deadlines.lapse(at=request.answer_by), deadlines.lapse(at=over)] == [0, 1]
    events, notices = Event.objects.count(), Notice.objects.count()
    assert [deadlines.lapse(at=over) for _ in range(10)] == [0] * 10

    case = fresh(in_hand)
    assert (case.status, case.closed_at) == (Status.LAPSED, over)
    assert Request.objects.get().closed_at == over
    assert not Line.objects.filter(live=True).exists()
    assert told("lapsed", clerk) == 1
    assert (Event.objects.count(), Notice.objects.count()) == (events, notices)
    assert make_case(exporter, vehicle, by=clerk, at=over).status == Status.CHECKING


def test_an_answer_at_the_last_moment_wins_over_the_lapse(
    in_hand: Case, clerk: User, reviewer: User
):
    request = Request.objects.select_related("case__application", "case__exporter").get(
        pk=ask_for(in_hand, by=reviewer).pk
    )
    answer_all(Request.objects.get(pk=request.pk), by=clerk, at=request.answer_by)

    assert deadlines.lapse_one(request, at=request.answer_by + timedelta(seconds=1)) == 0
    assert fresh(in_hand).status == Status.CHECKING
    assert Line.objects.filter(live=True).exists()


def test_a_withdrawn_case_does_not_lapse(in_hand: Case, clerk: User, reviewer: User):
    request = ask_for(in_hand, by=reviewer)
    Case.objects.filter(pk=in_hand.pk).update(status=Status.WITHDRAWN, closed_at=NOON)

    assert deadlines.lapse(at=request.answer_by + timedelta(days=1)) == 0


def test_ten_runs_of_every_nightly_job_do_what_one_does(in_hand: Case, reviewer: User):
    request = ask_for(in_hand, by=reviewer)
    night = request.answer_by - timedelta(hours=10)
    deadlines.remind(at=night)
    before = (
        list(Case.objects.values()),
        list(Notice.objects.values("effect_key")),
        Event.objects.count(),
    )

    for _ in range(10):
        deadlines.remind(at=night)
        deadlines.lapse(at=night)

    assert before == (
        list(Case.objects.values()),
        list(Notice.objects.values("effect_key")),
        Event.objects.count(),
    )
