"""The decision clock of a case; the counting itself is in test_clocks."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from exports.models import Exporter, User
from reviews import claims, decisions, intake, timing
from reviews.clocks import due_at
from reviews.models import Case, Holiday, Interval
from tests.factories import (
    NOON,
    SHANGHAI,
    answer_all,
    ask_for,
    checked,
    make_case,
    make_clean_case,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def in_hand(exporter: Exporter, clerk: User, reviewer: User) -> Case:
    return claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        ("2026-06-30T12:00", "2026-07-03T17:30"),  # Tuesday: Wednesday, Thursday, Friday
        ("2026-07-03T12:00", "2026-07-08T17:30"),  # Friday: over the weekend
        ("2026-07-03T18:00", "2026-07-09T17:30"),  # after closing: received on Monday
        ("2026-02-13T12:00", "2026-02-25T17:30"),  # before Spring Festival, a make-up day before
        ("2026-09-30T12:00", "2026-10-10T17:30"),  # National Day, Saturday the 10th is worked
    ],
)
def test_a_filing_is_due_three_working_days_later(filed: str, due: str):
    case = make_case(at=at(filed))

    assert case.due_at == at(due) == timing.first_due(at(filed))


def test_the_office_edits_the_calendar_and_new_cases_follow():
    Holiday.objects.create(day=at("2026-07-01T00:00").date(), is_workday=False, name="调休")

    assert make_case(at=NOON).due_at == at("2026-07-06T17:30")


def test_a_pause_moves_the_due_time_and_the_count_is_explained(
    in_hand: Case, clerk: User, reviewer: User
):
    request = ask_for(in_hand, by=reviewer, at=at("2026-07-01T10:00"))
    paused = Case.objects.get(pk=in_hand.pk)
    assert timing.derivation(paused).due is None

    case = answer_all(request, by=clerk, at=at("2026-07-07T10:00"))

    # Only Wednesday 1 July is lost to the pause's first day, then the 8th, 9th and 10th count.
    assert case.due_at == at("2026-07-10T17:30") == timing.derivation(case).due
    assert any("暂停" in sentence.zh for sentence in timing.derivation(case).sentences())


def test_every_step_leaves_the_due_time_the_intervals_give(
    in_hand: Case, clerk: User, reviewer: User, senior: User
):
    case = checked(answer_all(ask_for(in_hand, by=reviewer), by=clerk, at=NOON))
    decision = recommend_refusal(case, by=reviewer)
    case = decisions.send_back(decision, by=senior, at=NOON, note="再看")

    reference = due_at(timing.spans(case), timing.DECISION_DAYS, calendar=timing.calendar())
    assert case.due_at == reference


def test_the_clock_of_a_closed_case_has_stopped(in_hand: Case, clerk: User):
    intake.withdraw(in_hand, by=clerk, at=NOON + timedelta(hours=1))

    assert in_hand.intervals.get().until == NOON + timedelta(hours=1)


def test_the_database_knows_one_open_interval_a_case(in_hand: Case):
    with pytest.raises(IntegrityError, match=r"one_open_interval|UNIQUE"), transaction.atomic():
        timing.begin(in_hand, Interval.Kind.PAUSED, at=NOON, why="twice")


def test_only_what_lies_with_the_office_is_overdue(in_hand: Case, clerk: User, reviewer: User):
    late = in_hand.due_at + timedelta(seconds=1)
    assert not timing.is_overdue(in_hand, at=in_hand.due_at)
    assert timing.is_overdue(in_hand, at=late)

    ask_for(in_hand, by=reviewer)
    assert not timing.is_overdue(Case.objects.get(pk=in_hand.pk), at=late)


def test_a_day_longer_is_answered_within_five_working_days():
    assert timing.answer_due(NOON) == at("2026-07-07T17:30")
