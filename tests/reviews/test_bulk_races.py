"""Bulk work and taking vehicles out, raced against people on PostgreSQL; with a control."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, transaction

from exports.models import Event, Line, Role, User
from reviews import claims, decisions, splitting
from reviews.bulk import ordering, running
from reviews.models import BulkItem, BulkJob, Case, Decision, Reason
from reviews.states import Status
from tests.factories import (
    NOON,
    answer_registry,
    clerk_of,
    make_case,
    make_exporter,
    make_person,
    make_vehicle,
    recommend_refusal,
)
from tests.test_concurrency import one_won, race

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("committed")]
ROUNDS = range(10)


@pytest.fixture(autouse=True)
def settled_at_once(settings) -> None:
    settings.UNDO_SECONDS = 0


def batch(exporter, *, by: User, vehicles: int = 1) -> Case:
    """File a batch; its checks have run, and *by* holds it."""
    made = [make_vehicle(exporter) for _each in range(vehicles)]
    for vehicle in made:
        answer_registry(vehicle)
    case = Case.objects.get(pk=make_case(exporter, *made).pk)
    return claims.assign(case, to=by, by=supervisor_of(exporter), at=NOON)


def supervisor_of(exporter) -> User:
    found = User.objects.filter(membership__office=exporter.office, membership__role="supervisor")
    return found.first() or make_person(Role.SUPERVISOR, exporter.office)


def waiting_for_a_signature(exporter, *, by: User) -> Case:
    case = recommend_refusal(batch(exporter, by=by), by=by).case
    return Case.objects.get(pk=case.pk)


def ordered(act: str, *cases: Case, by: User) -> BulkJob:
    """Order a job whose message is lost, so that the test alone runs it."""
    frozen = {case.pk: case.version for case in cases}
    with transaction.atomic():
        job = ordering.confirm(act, frozen, arguments={"note": ""}, token=uuid4(), by=by, at=NOON)
        BulkJob.objects.filter(pk=job.pk).update(lease_until=NOON + timedelta(days=365 * 9))
    BulkJob.objects.filter(pk=job.pk).update(lease_until=None)
    return BulkJob.objects.select_related("by").get(pk=job.pk)


def test_a_bulk_signature_and_a_persons_at_once_sign_once():
    exporter = make_exporter()
    reviewer = make_person(Role.REVIEWER, exporter.office)
    first, second = (make_person(Role.SENIOR, exporter.office) for _each in range(2))

    for _ in ROUNDS:
        case = waiting_for_a_signature(exporter, by=reviewer)
        job = ordered("sign", case, by=first)
        item, decision = job.items.get(), Decision.objects.get(case=case)

        ends = race(
            lambda job=job, item=item: running.act_on(job, item, by=first, at=NOON),
            lambda decision=decision: decisions.sign(decision, by=second, at=NOON),
        )

        assert one_won(ends), ends
        signed = Decision.objects.get(case=case)
        done = BulkItem.objects.get(job=job).state == "done"
        assert signed.signed_by == (first if done else second)
        refused = Event.objects.filter(action="case.refused", subject_key=case.reference)
        assert refused.count() == 1


def test_two_workers_at_one_job_do_no_case_twice():
    exporter = make_exporter()
    reviewer = make_person(Role.REVIEWER, exporter.office)
    senior = make_person(Role.SENIOR, exporter.office)
    cases = [waiting_for_a_signature(exporter, by=reviewer) for _each in range(6)]
    job = ordered("sign", *cases, by=senior)

    ends = race(*(lambda: running.work_on(job, clock=lambda: NOON) for _each in range(3)))

    assert ends == ["won"] * 3
    assert list(job.items.values_list("state", flat=True)) == ["done"] * 6
    assert Event.objects.filter(action="case.refused").count() == 6
    assert {case.state for case in Case.objects.all()} == {Status.REFUSED}


def test_of_two_workers_taking_a_job_at_once_one_has_it():
    exporter = make_exporter()
    reviewer = make_person(Role.REVIEWER, exporter.office)
    case = batch(exporter, by=reviewer)

    for _ in ROUNDS:
        job = ordered("release", case, by=reviewer)
        taken: list[BulkJob | None] = []

        race(
            *(
                lambda pk=job.pk, into=taken: into.append(running.claim(pk, at=NOON))
                for _ in range(4)
            )
        )

        assert len([job for job in taken if job is not None]) == 1


def test_the_same_preview_confirmed_twice_at_once_is_one_job():
    exporter = make_exporter()
    reviewer = make_person(Role.REVIEWER, exporter.office)
    case = batch(exporter, by=reviewer)

    for _ in ROUNDS:
        token = uuid4()
        given = {"arguments": {"note": ""}, "token": token, "by": reviewer, "at": NOON}
        act = lambda given=given: ordering.confirm("put-off", {case.pk: 999}, **given)  # noqa: E731 - one line reads best

        race(act, act)

        (job,) = BulkJob.objects.filter(token=token)
        assert job.items.count() == 1


def test_control_ticking_off_after_the_act_does_it_twice():
    """Without the tick that locks the row first, both workers act: the tests above would notice."""
    exporter = make_exporter()
    reviewer = make_person(Role.REVIEWER, exporter.office)
    item = ordered("release", batch(exporter, by=reviewer), by=reviewer).items.get()
    together = Barrier(2)

    def naive(_worker: int) -> bool:
        try:
            with transaction.atomic():
                waits = BulkItem.objects.get(pk=item.pk).state == "waiting"
                together.wait()
                BulkItem.objects.filter(pk=item.pk).update(state="done")
                return waits
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(naive, range(2))) == [True, True]


def test_two_vehicles_taken_out_at_once_from_one_page_are_one():
    exporter = make_exporter()
    reviewer = make_person(Role.REVIEWER, exporter.office)
    reason = Reason.objects.get(pk="RC01")

    for _ in ROUNDS:
        case = batch(exporter, by=reviewer, vehicles=2)
        copies = [Case.objects.get(pk=case.pk) for _each in range(2)]
        lines = list(case.application.lines.select_related("vehicle"))

        ends = race(
            *(
                lambda copy=copy, line=line: splitting.take_out(
                    copy, line, reason=reason, by=reviewer, at=NOON
                )
                for copy, line in zip(copies, lines, strict=True)
            )
        )

        assert one_won(ends), ends
        assert case.application.lines.count() == 1
        assert Case.objects.get(pk=case.pk).vehicle_count == 1


def test_a_vehicle_taken_out_and_a_decision_at_once_do_not_both_happen():
    exporter = make_exporter()
    reviewer = make_person(Role.REVIEWER, exporter.office)
    reason = Reason.objects.get(pk="RC01")

    for _ in ROUNDS:
        case = batch(exporter, by=reviewer, vehicles=2)
        first, second = (Case.objects.get(pk=case.pk) for _each in range(2))
        line = case.application.lines.select_related("vehicle")[1]

        ends = race(
            lambda copy=first, line=line: splitting.take_out(
                copy, line, reason=reason, by=reviewer, at=NOON
            ),
            lambda copy=second: recommend_refusal(copy, by=reviewer),
        )

        assert one_won(ends), ends
        taken = Line.objects.filter(application=case.application_id).count() == 1
        held = Case.objects.get(pk=case.pk).state is Status.HELD
        assert taken != held


def test_taking_out_and_drafting_at_once_wait_for_each_other_without_a_knot():
    """Both take a number and write to the ledger: in one order, or they would lock up."""
    exporter = make_exporter()
    reviewer = make_person(Role.REVIEWER, exporter.office)
    clerk, reason = clerk_of(exporter), Reason.objects.get(pk="RC01")

    for _ in ROUNDS:
        case = claims.release(batch(exporter, by=reviewer, vehicles=2), by=reviewer, at=NOON)
        line = case.application.lines.select_related("vehicle")[1]
        vehicle = make_vehicle(exporter, by=clerk)

        ends = race(
            lambda case=case, line=line: splitting.take_out(
                case, line, reason=reason, by=reviewer, at=NOON
            ),
            lambda vehicle=vehicle: make_case(exporter, vehicle, by=clerk),
        )

        assert ends == ["won", "won"]
