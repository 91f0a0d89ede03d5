"""Licences: their term, their paper, their end."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction

from documents import storage
from exports import ledger
from exports.errors import Incomplete, Moved, ReasonNeeded, RoleMissing, TransitionRefused
from exports.models import Event, Exporter, Line, Notice, Role, User
from reviews import claims, decisions, licensing, tasks
from reviews.models import Case, Decision, Licence, LicenceLine, Reason
from reviews.states import Status
from tests.factories import (
    NOON,
    SHANGHAI,
    TODAY,
    make_case,
    make_clean_case,
    make_person,
    make_vehicle,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")


def issue_at(moment: datetime, *, exporter: Exporter, clerk: User, reviewer: User) -> Licence:
    today = moment.date()
    exporter.filed_on = today - timedelta(days=9)
    exporter.filing_expires_on = today + timedelta(days=356)
    exporter.save()
    case = make_clean_case(
        exporter,
        by=clerk,
        at=moment,
        registered_on=today - timedelta(days=200),
        transferred_on=today - timedelta(days=3),
        produced_on=None,
    )
    case = claims.claim(case, by=reviewer, at=moment)
    return decisions.issue(case, by=reviewer, at=moment).licence


@pytest.fixture
def licence(exporter: Exporter, clerk: User, reviewer: User) -> Licence:
    """A licence issued at noon, its paper not yet drawn."""
    case = claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)
    return decisions.issue(case, by=reviewer, at=NOON).licence


# --- the term -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-01-15T09:00", date(2026, 7, 15)),
        ("2026-06-30T23:59", date(2026, 12, 30)),
        ("2026-07-01T00:00", date(2026, 12, 31)),
        ("2026-12-31T23:59", date(2026, 12, 31)),
        ("2027-01-01T00:00", date(2027, 7, 1)),
        ("2027-08-31T12:00", date(2027, 12, 31)),
        ("2028-02-29T12:00", date(2028, 8, 29)),
    ],
)
def test_a_licence_runs_six_months_but_not_into_the_next_year(
    moment: str, until: date, exporter: Exporter, clerk: User, reviewer: User
):
    at = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)

    licence = issue_at(at, exporter=exporter, clerk=clerk, reviewer=reviewer)

    assert (licence.issued_on, licence.valid_from) == (at.date(), at.date())
    assert licence.valid_until == until
    assert licence.number.startswith(f"CG-{at.year}-")


def test_the_database_knows_no_term_that_ends_before_it_begins(licence: Licence):
    with pytest.raises(IntegrityError, match="term_in_order"), transaction.atomic():
        Licence.objects.update(valid_until=TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (TODAY - timedelta(days=1), "early"),
        (TODAY, "live"),
        (date(2026, 12, 30), "live"),
        (date(2026, 12, 31), "expired"),
    ],
)
def test_the_standing_of_a_day_waits_for_no_sweep(day: date, standing: str, licence: Licence):
    assert licence.state == "live"
    assert licence.standing_on(day) == standing


# --- issuing ------------------------------------------------------------------------------------
def test_the_annex_is_frozen_at_the_moment_of_issue(licence: Licence):
    vehicle = licence.case.application.lines.get().vehicle
    vehicle.brand = "另一品牌"
    vehicle.save()

    line = licence.lines.get()
    assert (line.vin, line.brand, line.registered_on) == (
        vehicle.vin,
        "比亚迪",
        vehicle.registered_on,
    )


def test_numbers_follow_each_other_and_tokens_tell_nothing(
    exporter: Exporter, clerk: User, reviewer: User
):
    people = {"exporter": exporter, "clerk": clerk, "reviewer": reviewer}
    licences = [issue_at(NOON, **people) for _ in range(3)]

    assert [licence.number for licence in licences] == [
        "CG-2026-000001",
        "CG-2026-000002",
        "CG-2026-000003",
    ]
    assert len({licence.token for licence in licences}) == 3
    assert all(len(licence.token) >= 32 for licence in licences)


def test_a_vehicle_without_registration_date_gets_no_licence(
    exporter: Exporter, clerk: User, reviewer: User, senior: User
):
    case = make_clean_case(exporter, by=clerk, registered_on=None, produced_on=None)
    case = claims.claim(case, by=reviewer, at=NOON)
    decision = decisions.recommend(
        case,
        "issue",
        reasons=Reason.objects.filter(pk="OV03"),
        by=reviewer,
        at=NOON,
        note="系统数据有误",
    )

    with pytest.raises(Incomplete):
        decisions.sign(decision, by=senior, at=NOON)

    assert Case.objects.get(pk=case.pk).status == Status.HELD
    assert Decision.objects.get().state == "held"
    assert not Licence.objects.exists()
    assert not LicenceLine.objects.exists()


def test_a_refusal_issues_nothing(exporter: Exporter, clerk: User, reviewer: User, senior: User):
    case = claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)

    decisions.sign(recommend_refusal(case, by=reviewer), by=senior, at=NOON)

    assert not Licence.objects.exists()


# --- the paper ----------------------------------------------------------------------------------
def test_drawing_twice_draws_once_and_tells_once(licence: Licence, clerk: User):
    first = licensing.claim(licence.pk, at=NOON)
    late = Licence.objects.get(pk=licence.pk)

    licensing.draw(first, at=NOON)
    paper = Licence.objects.get(pk=licence.pk).paper
    licensing.draw(late, at=NOON + timedelta(minutes=5))

    drawn = Licence.objects.get(pk=licence.pk)
    assert (drawn.paper_state, drawn.paper, drawn.lease_until) == ("ready", paper, None)
    assert Event.objects.filter(action="licence.drawn").count() == 1
    assert Notice.objects.filter(to=clerk, template="reviews/issued").count() == 1
    with storage.read(drawn.paper) as file:
        content = file.read()
    assert storage.digest([content]) == drawn.paper_sha256
    assert content.startswith(b"%PDF")


def test_of_two_workers_one_has_the_paper_until_its_lease_ends(licence: Licence):
    assert licensing.waiting(NOON) == [licence.pk]
    assert licensing.claim(licence.pk, at=NOON) is not None
    assert licensing.claim(licence.pk, at=NOON) is None
    assert licensing.waiting(NOON) == []

    later = NOON + timedelta(seconds=settings.LEASE_SECONDS + 1)
    assert licensing.waiting(later) == [licence.pk]
    assert licensing.claim(licence.pk, at=later) is not None


def test_a_paper_that_kills_its_workers_is_given_up_visibly(licence: Licence):
    Licence.objects.update(attempts=settings.MAX_ATTEMPTS)

    assert licensing.claim(licence.pk, at=NOON) is None
    assert Licence.objects.get().paper_state == "dead"
    assert licensing.waiting(NOON) == []


@time_machine.travel(NOON, tick=False)
def test_the_task_draws_what_waits_and_leaves_what_is_drawn(licence: Licence):
    tasks.draw_waiting()
    attempts = Licence.objects.get().attempts
    tasks.draw_licence(licence_id=licence.pk)

    assert (Licence.objects.get().paper_state, attempts) == ("ready", 1)
    assert Licence.objects.get().attempts == 1


# --- revoking -----------------------------------------------------------------------------------
def test_a_revoked_licence_frees_its_vins_and_tells_the_exporter(
    licence: Licence, exporter: Exporter, clerk: User, senior: User
):
    vehicle = licence.case.application.lines.get().vehicle

    licensing.revoke(licence, by=senior, at=NOON, note="确认书被撤销")

    assert (licence.state, licence.revoked_by, licence.revoked_at) == ("revoked", senior, NOON)
    assert licence.standing_on(TODAY) == "revoked"
    assert Notice.objects.filter(to=clerk, template="reviews/revoked").count() == 1
    assert Case.objects.get(pk=licence.case_id).status == Status.ISSUED
    assert make_case(exporter, vehicle, by=clerk).status == Status.CHECKING


def test_revoking_takes_words_and_a_signers_role(
    licence: Licence, exporter: Exporter, reviewer: User, senior: User
):
    with pytest.raises(ReasonNeeded):
        licensing.revoke(licence, by=senior, at=NOON, note=" ")
    with pytest.raises(RoleMissing):
        licensing.revoke(licence, by=reviewer, at=NOON, note="确认书被撤销")
    assert Licence.objects.get().state == "live"


def test_of_two_who_revoke_the_second_is_told(licence: Licence, exporter: Exporter, senior: User):
    twin = Licence.objects.select_related("case__licence").get(pk=licence.pk)
    licensing.revoke(licence, by=senior, at=NOON, note="确认书被撤销")

    with pytest.raises(Moved):
        licensing.revoke(
            twin, by=make_person(Role.SUPERVISOR, exporter.office), at=NOON, note="另一原因"
        )
    with pytest.raises(TransitionRefused):
        licensing.revoke(Licence.objects.get(pk=licence.pk), by=senior, at=NOON, note="再撤一次")
    assert Licence.objects.get().revoked_because == "确认书被撤销"


def test_the_database_knows_no_revocation_by_nobody(licence: Licence):
    with pytest.raises(IntegrityError, match="revoked_by_someone"), transaction.atomic():
        Licence.objects.update(state="revoked")


# --- expiring -----------------------------------------------------------------------------------
def test_a_licence_expires_the_day_after_its_last_and_frees_its_vins(
    licence: Licence, exporter: Exporter, clerk: User
):
    last_minute = datetime(2026, 12, 30, 23, 59, tzinfo=SHANGHAI)
    vehicle = licence.case.application.lines.get().vehicle

    assert licensing.expire(at=last_minute) == 0
    assert licensing.expire(at=last_minute + timedelta(minutes=1)) == 1
    assert licensing.expire(at=last_minute + timedelta(minutes=1)) == 0

    assert Licence.objects.get().state == "expired"
    assert Event.objects.filter(action="licence.expired").count() == 1
    assert not Line.objects.filter(live=True).exists()
    assert make_case(exporter, vehicle, by=clerk).status == Status.CHECKING


def test_a_revoked_licence_does_not_expire(licence: Licence, senior: User):
    licensing.revoke(licence, by=senior, at=NOON, note="确认书被撤销")

    assert licensing.expire(at=NOON + timedelta(days=400)) == 0
    assert Licence.objects.get().state == "revoked"


def test_an_expired_licence_is_not_revoked(licence: Licence, senior: User):
    licensing.expire(at=NOON + timedelta(days=400))

    with pytest.raises(TransitionRefused):
        licensing.revoke(Licence.objects.get(), by=senior, at=NOON, note="确认书被撤销")


# --- the ledger ---------------------------------------------------------------------------------
def test_a_licences_life_is_on_the_ledger(licence: Licence, clerk: User, senior: User):
    licensing.draw(Licence.objects.get(), at=NOON)
    licensing.note_download(licence, by=clerk, at=NOON)
    licensing.revoke(licence, by=senior, at=NOON, note="确认书被撤销")

    acts = Event.objects.filter(action__startswith="licence.").order_by("seq")
    assert list(acts.values_list("action", flat=True)) == [
        "licence.issued",
        "licence.drawn",
        "licence.downloaded",
        "licence.revoked",
    ]
    assert list(ledger.verify()) == []


def test_another_vehicle_of_the_exporter_is_untouched_by_all_that(
    licence: Licence, exporter: Exporter, clerk: User, senior: User
):
    other = make_case(exporter, make_vehicle(exporter, by=clerk), by=clerk)

    licensing.revoke(licence, by=senior, at=NOON, note="确认书被撤销")

    assert other.application.lines.get().live
