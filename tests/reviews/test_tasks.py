"""Tasks: load, one call, safe twice; behind every kick a sweep, behind every sweep a schedule."""

from datetime import timedelta

import pytest
import time_machine
from celery import current_app
from django.conf import settings

from exports.models import Event, Exporter, Notice, User
from reviews import claims, decisions, tasks
from reviews.models import Case, CheckRun, Licence
from reviews.states import Status
from tests.factories import NOON, ask_for, make_case, make_clean_case

pytestmark = pytest.mark.usefixtures("law")

OURS = [
    name for name in current_app.tasks if name.split(".")[0] in ("exports", "documents", "reviews")
]


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


def test_every_scheduled_entry_names_a_task():
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert scheduled <= set(OURS)


def test_every_task_has_its_queue_or_is_a_sweep_of_the_schedule():
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert set(OURS) == scheduled | set(settings.CELERY_TASK_ROUTES)


def test_every_kicked_task_leaves_room_for_arguments_of_newer_senders():
    case = make_case()

    tasks.assess_case(case_id=case.pk, added_next_year=True)

    assert Case.objects.get().status == Status.IN_REVIEW


def test_checking_one_case_twice_checks_once():
    case = make_case()

    for _ in range(3):
        tasks.assess_case(case_id=case.pk)

    assert CheckRun.objects.count() == 1
    assert Event.objects.filter(action="case.checked").count() == 1


def test_the_sweep_finds_what_no_message_ever_announced():
    cases = [make_case() for _ in range(3)]

    assert tasks.assess_waiting() == len(cases)
    assert tasks.assess_waiting() == 0
    assert set(Case.objects.values_list("status", flat=True)) == {Status.IN_REVIEW}


def test_a_message_about_nothing_does_nothing():
    tasks.assess_case(case_id=404)
    tasks.draw_licence(licence_id=404)

    assert not Event.objects.exists()


def test_the_nightly_sweeps_act_on_what_is_over_and_once(
    exporter: Exporter, clerk: User, reviewer: User
):
    asked = claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)
    ask_for(asked, by=reviewer)
    issued = claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)
    decisions.issue(issued, by=reviewer, at=NOON)

    with time_machine.travel(NOON + timedelta(days=200), tick=False):
        done = [(tasks.lapse_overdue(), tasks.expire_licences()) for _ in range(3)]

    assert done == [(1, 1), (0, 0), (0, 0)]
    assert Case.objects.get(pk=asked.pk).status == Status.LAPSED
    assert Licence.objects.get().state == "expired"


def test_reminders_are_sent_by_the_clock_and_once(exporter: Exporter, clerk: User, reviewer: User):
    claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)

    with time_machine.travel(NOON + timedelta(days=9), tick=False):
        for _ in range(3):
            tasks.remind_due()

    assert Notice.objects.filter(to=reviewer, template="reviews/late").count() == 1
