"""The minute in which a decision may be taken back, and what follows when it is over."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from exports.errors import DomainError, NotYours, TransitionRefused
from exports.models import Event, Exporter, Notice, Office, Role, User
from reviews import claims, decisions, intake, settling
from reviews.models import Case, Decision, Licence, Request, Settlement
from reviews.standing import word_of
from reviews.states import Status
from tests.factories import (
    NOON,
    answer_all,
    answer_registry,
    ask_for,
    make_clean_case,
    make_person,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")
SOON = NOON + timedelta(seconds=59)
OVER = NOON + timedelta(seconds=60)


@pytest.fixture(autouse=True)
def a_minute(settings: Any) -> None:
    settings.UNDO_SECONDS = 60


@pytest.fixture
def case(exporter: Exporter, clerk: User, reviewer: User) -> Case:
    return claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def settle(at=OVER) -> None:
    for settlement_id in settling.waiting(at):
        settling.settle(settlement_id, at=at)


def told(exporter: Exporter) -> list[str]:
    """Return what the exporter's people were told since the case was filed."""
    rows = Notice.objects.filter(to__membership__exporter=exporter)
    return sorted(rows.exclude(template="reviews/filed").values_list("template", flat=True))


def test_an_issue_leaves_nothing_outside_before_its_minute_is_over(
    case: Case, exporter: Exporter, reviewer: User
):
    decisions.issue(case, by=reviewer, at=NOON)
    settle(at=SOON)

    assert fresh(case).state is Status.SETTLING
    assert not Licence.objects.exists()
    assert told(exporter) == []
    assert word_of(fresh(case).application, on=NOON.date()).code == "in_review"


def test_then_the_licence_is_issued_once(case: Case, reviewer: User):
    decisions.issue(case, by=reviewer, at=NOON)

    settle()
    settle()

    assert fresh(case).state is Status.ISSUED
    licence = Licence.objects.get(case=case)
    assert licence.decision.state == Decision.State.SIGNED
    assert licence.decision.signed_by == reviewer
    assert Event.objects.filter(action="licence.issued").count() == 1


def test_an_issue_taken_back_leaves_the_case_as_it_was(case: Case, reviewer: User):
    decisions.issue(case, by=reviewer, at=NOON)

    settling.undo(fresh(case), by=reviewer, at=SOON)
    settle()

    again = fresh(case)
    assert again.state is Status.IN_REVIEW
    assert again.assignee == reviewer
    assert not Licence.objects.exists()
    assert Decision.objects.get(case=case).state == Decision.State.UNDONE
    decisions.issue(again, by=reviewer, at=OVER)
    settle(at=OVER + timedelta(minutes=1))
    assert fresh(case).state is Status.ISSUED


def test_a_signature_taken_back_waits_for_its_second_person_again(
    case: Case, exporter: Exporter, reviewer: User, senior: User
):
    decision = recommend_refusal(case, by=reviewer)
    decisions.sign(decision, by=senior, at=NOON)
    settle(at=SOON)
    assert told(exporter) == []

    settling.undo(fresh(case), by=senior, at=SOON)

    assert fresh(case).state is Status.HELD
    decision.refresh_from_db()
    assert (decision.state, decision.signed_by) == (Decision.State.HELD, None)


def test_a_refusal_reaches_the_exporter_when_the_minute_is_over(
    case: Case, exporter: Exporter, reviewer: User, senior: User
):
    decisions.sign(recommend_refusal(case, by=reviewer), by=senior, at=NOON)

    settle()

    assert fresh(case).state is Status.REFUSED
    assert told(exporter) == ["reviews/refused"]


def test_a_question_reaches_the_exporter_when_the_minute_is_over(
    case: Case, exporter: Exporter, clerk: User, reviewer: User
):
    request = ask_for(case, by=reviewer)
    settle(at=SOON)
    assert told(exporter) == []
    assert Request.objects.get(pk=request.pk).sent_at is None
    with pytest.raises(TransitionRefused):
        answer_all(request, by=clerk, at=SOON)

    settle()

    assert fresh(case).state is Status.RETURNED
    assert told(exporter) == ["reviews/returned"]
    assert Request.objects.get(pk=request.pk).sent_at == OVER


def test_a_question_taken_back_was_never_asked(case: Case, exporter: Exporter, reviewer: User):
    ask_for(case, by=reviewer)

    settling.undo(fresh(case), by=reviewer, at=SOON)
    settle()

    assert fresh(case).state is Status.IN_REVIEW
    assert told(exporter) == []
    ask_for(fresh(case), by=reviewer, at=OVER)


def test_only_whoever_decided_takes_it_back(case: Case, reviewer: User, senior: User):
    decisions.issue(case, by=reviewer, at=NOON)

    with pytest.raises(NotYours, match=reviewer.name):
        settling.undo(fresh(case), by=senior, at=SOON)


def test_what_has_taken_effect_is_not_taken_back(case: Case, reviewer: User):
    decisions.issue(case, by=reviewer, at=NOON)
    settle()

    with pytest.raises(TransitionRefused):
        settling.undo(fresh(case), by=reviewer, at=OVER)


def test_the_exporter_does_not_withdraw_what_is_being_decided(
    case: Case, clerk: User, reviewer: User
):
    decisions.issue(case, by=reviewer, at=NOON)

    with pytest.raises(TransitionRefused):
        intake.withdraw(fresh(case), by=clerk, at=SOON)


def test_an_answer_of_the_registry_within_the_minute_keeps_the_licence_from_being_issued(
    case: Case, reviewer: User
):
    decisions.issue(case, by=reviewer, at=NOON)

    answer_registry(case.application.lines.get().vehicle, seized=True, registered_on=NOON.date())
    settle()

    again = fresh(case)
    assert again.state is Status.IN_REVIEW
    assert not Licence.objects.exists()
    assert Settlement.objects.get(case=case).state == Settlement.State.FAILED
    assert Notice.objects.filter(to=reviewer, template="reviews/unsettled").count() == 1


def test_a_lost_message_loses_no_decision(case: Case, reviewer: User):
    decisions.issue(case, by=reviewer, at=NOON)

    assert len(settling.waiting(OVER)) == 1
    assert settling.waiting(SOON) == []


def test_a_recommendation_is_taken_back_by_whoever_made_it(
    case: Case, reviewer: User, senior: User
):
    recommend_refusal(case, by=reviewer)

    with pytest.raises(DomainError):
        decisions.take_back(fresh(case), by=senior, at=NOON)
    decisions.take_back(fresh(case), by=reviewer, at=NOON)

    assert fresh(case).state is Status.IN_REVIEW
    assert Decision.objects.get(case=case).state == Decision.State.UNDONE


def test_nothing_is_mailed_within_the_minute(case: Case, reviewer: User):
    mail.outbox.clear()

    decisions.issue(case, by=reviewer, at=NOON)

    assert mail.outbox == []


def test_a_recommendation_is_offered_back_for_a_minute_and_taken_back_by_its_own_act(
    case: Case, reviewer: User
):
    recommend_refusal(case, by=reviewer)

    offered = settling.undoable(reviewer, at=SOON)

    assert offered is not None
    assert (offered.case, offered.act, offered.settles) == (case, "take-back", False)
    assert settling.undoable(reviewer, at=OVER) is None
    decisions.take_back(fresh(case), by=reviewer, at=SOON)
    assert settling.undoable(reviewer, at=SOON) is None
    assert fresh(case).state is Status.IN_REVIEW


def test_nobody_is_offered_what_a_colleague_did(case: Case, reviewer: User, office: Office):
    recommend_refusal(case, by=reviewer)

    assert settling.undoable(make_person(Role.SENIOR, office), at=SOON) is None


def test_of_two_acts_the_later_one_is_offered_back(
    case: Case, exporter: Exporter, clerk: User, reviewer: User
):
    later = NOON + timedelta(seconds=5)
    second = claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)
    recommend_refusal(case, by=reviewer)

    decisions.issue(second, by=reviewer, at=later)

    offered = settling.undoable(reviewer, at=SOON)
    assert offered is not None
    assert (offered.case, offered.act, offered.settles) == (second, "undo", True)
