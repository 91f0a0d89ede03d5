"""A confirmation changes: who relied on it is judged anew, at once and once."""

import pytest

from documents import changes, confirming
from documents.desk import disowning
from documents.models import LetterChange
from exports.models import Event, Notice
from reviews import decisions, following
from reviews.models import Case, Decision, Licence, LicenceDoubt, Settlement
from reviews.states import Status
from tests.documents.desk import amend, attest_for, officer
from tests.factories import (
    NOON,
    TODAY,
    answer_registry,
    checked,
    make_case,
    make_confirmation,
    make_vehicle,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("law")]


@pytest.fixture
def zhao():
    return officer()


@pytest.fixture
def vehicle(clerk):
    vehicle = make_vehicle(clerk.exporter, by=clerk, age=100)
    answer_registry(vehicle)
    return vehicle


@pytest.fixture
def letter(zhao, vehicle):
    return attest_for([vehicle], by=zhao)


@pytest.fixture
def case(letter, vehicle, clerk):
    follow_all()
    return checked(make_case(clerk.exporter, vehicle, by=clerk))


def follow_all():
    for change_id in changes.waiting(NOON):
        following.follow(change_id, at=NOON)


def revoke(letter, by):
    confirming.revoke_confirmation(letter, by=by, at=NOON, note="误发")
    follow_all()


def fresh(case):
    return Case.objects.get(pk=case.pk)


def outcome(case, check_id):
    run = case.runs.order_by("-id").first()
    return run.findings.get(check_id=check_id).outcome


def test_an_attested_confirmation_is_used_without_any_upload(case):
    assert (case.state, case.failed) == (Status.IN_REVIEW, 0)
    assert [outcome(case, check) for check in ("CNF-01", "CNF-08", "CNF-11")] == ["pass"] * 3


def test_a_confirmation_that_comes_later_mends_an_open_case(zhao, vehicle, clerk):
    case = checked(make_case(clerk.exporter, vehicle, by=clerk))
    assert outcome(case, "CNF-01") == "fail"

    attest_for([vehicle], by=zhao)
    follow_all()

    assert outcome(case, "CNF-01") == "pass"


def test_a_revocation_fails_the_case_in_review_and_tells_its_holder(case, letter, zhao, reviewer):
    Case.objects.filter(pk=case.pk).update(assignee=reviewer)

    revoke(letter, zhao)

    assert (outcome(case, "CNF-10"), fresh(case).failed) == ("fail", 1)
    assert Notice.objects.get(template="reviews/letter_changed").to == reviewer
    assert Event.objects.filter(action="case.letter_changed", subject_key=str(case)).count() == 1


def test_following_twice_changes_nothing(case, letter, zhao):
    revoke(letter, zhao)
    runs, change = case.runs.count(), LetterChange.objects.get(kind="revoked")

    assert following.follow(change.pk, at=NOON) == []
    LetterChange.objects.filter(pk=change.pk).update(followed_at=None)
    following.follow(change.pk, at=NOON)

    assert case.runs.count() == runs


def test_an_amendment_that_drops_the_vehicle_fails_its_case(case, letter, zhao, clerk):
    other = make_vehicle(clerk.exporter, by=clerk)

    amend(letter, by=zhao, vins=[other.vin])
    follow_all()

    assert fresh(case).failed > 0


def test_a_recommendation_comes_back_to_the_reviewer(case, letter, zhao, reviewer):
    decision = decisions.hold(case, "issue", by=reviewer, at=NOON, note="")

    revoke(letter, zhao)

    decision.refresh_from_db()
    assert (fresh(case).state, fresh(case).failed) == (Status.IN_REVIEW, 1)
    assert (decision.state, str(letter) in decision.sent_back_because) == ("sent_back", True)


def test_a_licence_about_to_issue_is_stopped(case, letter, zhao, reviewer, settings):
    settings.UNDO_SECONDS = 60
    decisions.issue(case, by=reviewer, at=NOON)

    revoke(letter, zhao)

    assert fresh(case).state == Status.IN_REVIEW
    assert Settlement.objects.get().state == Settlement.State.FAILED
    assert not Decision.objects.filter(state=Decision.State.SETTLING).exists()
    assert not Licence.objects.exists()


@pytest.fixture
def licence(case, reviewer, settings):
    settings.UNDO_SECONDS = 0
    decisions.issue(case, by=reviewer, at=NOON)
    return Licence.objects.get()


def test_a_live_licence_is_marked_and_both_sides_are_told(licence, letter, zhao, senior, clerk):
    revoke(letter, zhao)

    doubt = LicenceDoubt.objects.get()
    assert (doubt.licence, doubt.checks, licence.state) == (licence, ["CNF-10"], "live")
    told = dict(
        Notice.objects.filter(template__contains="doubt").values_list("template", "to__name")
    )
    assert told == {"reviews/licence_doubted": "Li", "reviews/licence_in_doubt": "Alice"}
    assert Event.objects.filter(action="licence.doubted").count() == 1


def test_a_second_letter_that_holds_leaves_the_licence_in_peace(licence, letter, zhao, vehicle):
    attest_for([vehicle], by=zhao)

    revoke(letter, zhao)

    assert not LicenceDoubt.objects.exists()


def test_a_check_under_way_starts_afresh(letter, zhao, vehicle, clerk):
    follow_all()
    case = make_case(clerk.exporter, vehicle, by=clerk)
    confirming.revoke_confirmation(letter, by=zhao, at=NOON, note="误发")

    afresh = following.follow(LetterChange.objects.get(kind="revoked").pk, at=NOON)

    assert (afresh, fresh(case).version) == ([case.pk], case.version + 1)


def test_a_letter_reported_as_forged_fails_where_it_is_relied_on(zhao, vehicle, clerk):
    paper = make_confirmation([vehicle], by=clerk)
    case = checked(make_case(clerk.exporter, vehicle, by=clerk))

    disowning.report_forged(paper, by=zhao, at=NOON, note="编号不存在")
    follow_all()

    assert outcome(case, "CNF-11") == "fail"


def test_another_exporters_case_is_left_alone(case, letter, zhao):
    stranger = checked(make_case(at=NOON))
    runs = stranger.runs.count()

    revoke(letter, zhao)

    assert stranger.runs.count() == runs
    assert letter.issued_on == TODAY
