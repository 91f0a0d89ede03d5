"""Facts to findings: stored whole, replayable, safe to run twice."""

from datetime import timedelta

import pytest
from django.conf import settings
from pytest_django import DjangoAssertNumQueries

from exports.errors import Moved
from exports.models import Event, Exporter, Policy, User
from reviews import assessment, checks, claims, decisions, intake
from reviews.models import Case, CheckRun, Finding
from reviews.states import Status
from tests.factories import (
    NOON,
    TODAY,
    answer_registry,
    checked,
    make_case,
    make_clean_case,
    make_confirmation,
    make_draft,
    make_failing_case,
    make_vehicle,
)

pytestmark = pytest.mark.usefixtures("law")


def replay(stored: Finding) -> checks.Finding:
    found = checks.run(checks.from_json(stored.inputs), only=[stored.check_id])
    return found[0]


@pytest.fixture
def mixed(exporter: Exporter, clerk: User) -> Case:
    """A batch of an old vehicle, a young one with a letter and one the registry is silent on."""
    old, young = (make_vehicle(exporter, by=clerk, age=age) for age in (300, 100))
    make_confirmation([young], by=clerk)
    answer_registry(old)
    answer_registry(young, registered_on=TODAY - timedelta(days=99))
    silent = make_vehicle(exporter, by=clerk, age=180)
    return checked(make_case(exporter, old, young, silent, by=clerk))


def test_every_vehicle_gets_a_finding_of_every_check(mixed: Case):
    found = Finding.objects.values_list("line_id", "check_id")

    lines = mixed.application.lines.values_list("pk", flat=True)
    assert set(found) == {(line, check_id) for line in lines for check_id in checks.CHECKS}
    assert len(found) == len(set(found))


def test_every_stored_finding_replays_to_the_same_words(mixed: Case):
    for stored in Finding.objects.all():
        fresh = replay(stored)

        assert (fresh.check_id, fresh.outcome) == (stored.check_id, stored.outcome)
        assert (fresh.sentence, fresh.cure) == (stored.sentence, stored.cure)
        assert fresh.inputs == stored.inputs


def test_a_replay_does_not_look_at_todays_facts(mixed: Case):
    stored = Finding.objects.filter(check_id="AGE-01").order_by("pk")[1]
    vehicle = stored.line.vehicle
    vehicle.registered_on = TODAY - timedelta(days=900)
    vehicle.save()

    assert replay(stored).sentence == stored.sentence


def test_the_case_repeats_the_outcome_for_the_queue(mixed: Case):
    outcomes = list(Finding.objects.values_list("outcome", flat=True))

    assert mixed.status == Status.IN_REVIEW
    assert mixed.passed == outcomes.count("pass")
    assert mixed.attention == outcomes.count("attention")
    assert mixed.failed == outcomes.count("fail")
    assert mixed.youngest_days == 100


def test_a_run_names_its_policy_its_code_and_its_day(mixed: Case):
    run = mixed.runs.get()

    assert (run.policy, run.code_version) == (Policy.objects.get(), checks.CODE_VERSION)
    assert (run.filed_on, run.ran_at) == (TODAY, NOON)


def test_the_preview_of_a_draft_is_what_its_filing_finds(exporter: Exporter, clerk: User):
    vehicle = make_vehicle(exporter, by=clerk, age=100)
    draft = make_draft(exporter, vehicle, by=clerk)
    ahead = assessment.preview(draft, applied_on=TODAY)

    checked(intake.file(draft, by=clerk, at=NOON))

    stored = Finding.objects.order_by("id").values_list("check_id", "outcome")
    assert list(stored) == [
        (finding.check_id, finding.outcome) for found in ahead.values() for finding in found
    ]


@pytest.mark.parametrize("vehicles", [1, 5])
def test_the_preview_asks_the_database_as_often_for_five_vehicles_as_for_one(
    vehicles: int,
    exporter: Exporter,
    clerk: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
):
    batch = [make_vehicle(exporter, by=clerk, age=100) for _ in range(vehicles)]
    make_confirmation(batch, by=clerk)
    draft = make_draft(exporter, *batch, by=clerk)

    with django_assert_max_num_queries(18):
        assessment.preview(draft, applied_on=TODAY)


def test_checking_twice_checks_once(exporter: Exporter, clerk: User):
    case = make_case(exporter, by=clerk)
    twin = Case.objects.get(pk=case.pk)
    assessment.assess(case, at=NOON)

    with pytest.raises(Moved):
        assessment.assess(twin, at=NOON)

    assert CheckRun.objects.count() == 1
    assert Event.objects.filter(action="case.checked").count() == 1


def test_a_case_withdrawn_while_it_is_checked_keeps_no_findings(exporter: Exporter, clerk: User):
    case = make_case(exporter, by=clerk)
    in_the_worker = assessment.claim(case.pk, at=NOON)
    intake.withdraw(Case.objects.get(pk=case.pk), by=clerk, at=NOON)

    with pytest.raises(Moved):
        assessment.assess(in_the_worker, at=NOON)
    assert not CheckRun.objects.exists()


def test_of_two_workers_one_has_the_case_until_its_lease_ends():
    case = make_case()

    assert assessment.waiting(NOON) == [case.pk]
    assert assessment.claim(case.pk, at=NOON) is not None
    assert assessment.claim(case.pk, at=NOON) is None
    later = NOON + timedelta(seconds=settings.LEASE_SECONDS + 1)
    assert assessment.waiting(later) == [case.pk]
    assert assessment.claim(case.pk, at=later) is not None


def test_a_case_that_kills_its_workers_waits_for_staff_and_is_retried(senior: User):
    case = make_case()
    Case.objects.update(attempts=settings.MAX_ATTEMPTS)

    assert assessment.waiting(NOON) == []
    assert assessment.claim(case.pk, at=NOON) is None
    assessment.retry(Case.objects.get(), by=senior, at=NOON)

    assert assessment.waiting(NOON) == [case.pk]


def test_a_recheck_hears_what_the_registry_said_meanwhile(
    exporter: Exporter, clerk: User, reviewer: User
):
    case = claims.claim(make_failing_case(exporter, by=clerk), by=reviewer, at=NOON)
    make_confirmation([case.application.lines.get().vehicle], by=clerk)

    run = assessment.recheck(case, by=reviewer, at=NOON)

    assert case.runs.count() == 2
    assert Case.objects.get(pk=case.pk).failed == run.findings.filter(outcome="fail").count()
    assert Event.objects.first().action == "case.rechecked"


def test_a_recheck_from_an_old_page_does_not_touch_a_decided_case(
    exporter: Exporter, clerk: User, reviewer: User
):
    case = claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)
    old_page = Case.objects.get(pk=case.pk)
    decisions.issue(case, by=reviewer, at=NOON)

    with pytest.raises(Moved):
        assessment.recheck(old_page, by=reviewer, at=NOON)
    assert CheckRun.objects.count() == 1
