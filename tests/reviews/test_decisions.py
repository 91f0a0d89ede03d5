"""The office's acts, and the four eyes that no way leads around."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from documents import confirming
from documents.models import Document
from exports.errors import (
    ClaimedByAnother,
    DomainError,
    FactsChanged,
    Incomplete,
    Moved,
    NotAllowed,
    NotClaimed,
    ReasonNeeded,
    RoleMissing,
    SamePerson,
    SecondSignatureDue,
    TransitionRefused,
)
from exports.models import Event, Exporter, Line, Notice, Role, User
from reviews import claims, decisions, intake
from reviews.models import Case, Decision, Licence, Reason, Request, RequestItem
from reviews.states import Status
from tests.factories import (
    NOON,
    TODAY,
    and_fail,
    answer_all,
    answer_registry,
    ask_for,
    checked,
    make_case,
    make_clean_case,
    make_confirmation,
    make_failing_case,
    make_office,
    make_person,
    make_vehicle,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def clean(exporter: Exporter, clerk: User, reviewer: User) -> Case:
    """A case without a failed check, in Wang's hands."""
    return claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)


@pytest.fixture
def failing(exporter: Exporter, clerk: User, reviewer: User) -> Case:
    """A young vehicle without a letter, in Wang's hands."""
    return claims.claim(make_failing_case(exporter, by=clerk), by=reviewer, at=NOON)


def override(case: Case, *, by: User) -> Decision:
    reasons = Reason.objects.filter(pk="OV02")
    return decisions.recommend(case, "issue", reasons=reasons, by=by, at=NOON, note="厂家来函确认")


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


# --- claim and release --------------------------------------------------------------------------
def test_a_claim_is_no_move_of_the_case_but_an_event(clean: Case, reviewer: User):
    event = Event.objects.first()

    assert (clean.assignee, clean.status) == (reviewer, Status.IN_REVIEW)
    assert (event.action, event.after) == ("case.claimed", {"assignee": "Wang"})


def test_of_two_who_saw_it_unclaimed_the_second_is_told(
    exporter: Exporter, clerk: User, reviewer: User, senior: User
):
    case = make_clean_case(exporter, by=clerk)
    seen_by_li = fresh(case)
    claims.claim(case, by=reviewer, at=NOON)

    with pytest.raises(Moved):
        claims.claim(seen_by_li, by=senior, at=NOON)
    with pytest.raises(ClaimedByAnother):
        claims.claim(fresh(case), by=senior, at=NOON)


def test_a_supervisor_takes_a_case_over(clean: Case, exporter: Exporter):
    supervisor = make_person(Role.SUPERVISOR, exporter.office, name="Zhao")

    claims.claim(clean, by=supervisor, at=NOON)

    event = Event.objects.first()
    assert fresh(clean).assignee == supervisor
    assert (event.before, event.after) == ({"assignee": "Wang"}, {"assignee": "Zhao"})


def test_whose_case_was_taken_over_decides_it_no_more(
    clean: Case, exporter: Exporter, reviewer: User
):
    still_open_on_wangs_screen = fresh(clean)
    claims.claim(clean, by=make_person(Role.SUPERVISOR, exporter.office), at=NOON)

    for act in (
        lambda case: decisions.issue(case, by=reviewer, at=NOON),
        lambda case: recommend_refusal(case, by=reviewer),
        lambda case: ask_for(case, by=reviewer),
    ):
        with pytest.raises(Moved), transaction.atomic():
            act(still_open_on_wangs_screen)
        still_open_on_wangs_screen.assignee = reviewer
        still_open_on_wangs_screen.status = Status.IN_REVIEW
        still_open_on_wangs_screen.version = fresh(clean).version
    assert fresh(clean).status == Status.IN_REVIEW


def test_a_released_case_is_anybodys(clean: Case, reviewer: User, senior: User):
    claims.release(clean, by=reviewer, at=NOON)

    assert claims.claim(fresh(clean), by=senior, at=NOON).assignee == senior


def test_nobody_releases_anothers_case(clean: Case, senior: User):
    with pytest.raises(NotClaimed):
        claims.release(clean, by=senior, at=NOON)


def test_whoever_decides_a_free_case_takes_it_by_that(
    exporter: Exporter, clerk: User, reviewer: User
):
    case = make_clean_case(exporter, by=clerk)

    decisions.issue(case, by=reviewer, at=NOON)

    assert fresh(case).assignee == reviewer
    assert Event.objects.filter(action="case.claimed", subject_key=case.reference).count() == 1


def test_another_offices_reviewer_neither_claims_nor_signs(clean: Case, reviewer: User):
    elsewhere = make_person(Role.SENIOR, make_office("xinjiang", name_zh="新疆维吾尔自治区商务厅"))

    with pytest.raises(NotAllowed):
        claims.claim(clean, by=elsewhere, at=NOON)
    decision = recommend_refusal(clean, by=reviewer)
    with pytest.raises(NotAllowed):
        decisions.sign(decision, by=elsewhere, at=NOON)


# --- asking -------------------------------------------------------------------------------------
def test_a_question_returns_the_case_and_says_by_when(clean: Case, clerk: User, reviewer: User):
    request = ask_for(clean, by=reviewer)

    notice = Notice.objects.get(template="reviews/returned")
    assert clean.status == Status.RETURNED
    assert request.answer_by > NOON + timedelta(days=6)
    assert (notice.to, notice.facts["items"]) == (clerk, 1)


def test_no_question_is_no_request(clean: Case, reviewer: User):
    with pytest.raises(Incomplete):
        decisions.ask(clean, questions=[], by=reviewer, at=NOON)
    assert fresh(clean).status == Status.IN_REVIEW


def test_asking_twice_from_one_page_asks_once(clean: Case, reviewer: User):
    same_page = fresh(clean)
    ask_for(clean, by=reviewer)

    with pytest.raises(Moved), transaction.atomic():
        ask_for(same_page, by=reviewer)

    assert Request.objects.count() == 1


def test_a_question_is_tied_to_something(clean: Case, reviewer: User):
    with pytest.raises(IntegrityError), transaction.atomic():
        ask_for(clean, by=reviewer, field="")


def test_the_database_knows_one_open_request_a_case(clean: Case, reviewer: User):
    ask_for(clean, by=reviewer)

    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.create(case=clean, asked_by=reviewer, asked_at=NOON, answer_by=NOON)


# --- recommending -------------------------------------------------------------------------------
def test_a_clean_issue_is_one_persons(clean: Case, reviewer: User):
    decision = decisions.issue(clean, by=reviewer, at=NOON)

    assert (decision.recommended_by, decision.signed_by) == (reviewer, reviewer)
    assert not decision.needs_second
    assert fresh(clean).status == Status.ISSUED
    assert Licence.objects.get().decision == decision


def test_over_a_failed_check_one_person_issues_nothing(failing: Case, reviewer: User):
    with pytest.raises(SecondSignatureDue):
        decisions.issue(failing, by=reviewer, at=NOON)

    assert not Licence.objects.exists()


@pytest.mark.parametrize(
    ("outcome", "codes", "note"),
    [
        ("refuse", [], "没有确认书"),
        ("refuse", ["RC01"], "没有确认书"),
        ("refuse", ["RF01", "OV02"], "没有确认书"),
        ("issue", [], "厂家来函确认"),
        ("issue", ["OV02"], "  "),
        ("issue", ["RF01"], "厂家来函确认"),
    ],
)
def test_a_recommendation_says_why(
    outcome: str, codes: list[str], note: str, failing: Case, reviewer: User
):
    reasons = Reason.objects.filter(pk__in=codes)

    with pytest.raises(ReasonNeeded):
        decisions.recommend(failing, outcome, reasons=reasons, by=reviewer, at=NOON, note=note)

    assert (fresh(failing).status, Decision.objects.count()) == (Status.IN_REVIEW, 0)


def test_an_outcome_the_law_does_not_know_is_no_refusal(clean: Case, reviewer: User):
    with pytest.raises(ValueError, match="approve"):
        decisions.recommend(clean, "approve", by=reviewer, at=NOON)


def test_a_recommendation_keeps_a_hashed_picture_of_what_it_rests_on(failing: Case, reviewer: User):
    decision = recommend_refusal(failing, by=reviewer)

    body = json.dumps(decision.snapshot, sort_keys=True, ensure_ascii=False).encode()
    assert decision.snapshot_sha256 == hashlib.sha256(body).hexdigest()
    assert decision.snapshot["policy"] == "648-2026"
    assert decision.snapshot["filed_on"] == "2026-06-30"
    assert [vehicle["vin"] for vehicle in decision.snapshot["vehicles"]] == [failing.first_vin]
    assert [failing.first_vin, "AGE-01", "fail"] in decision.snapshot["findings"]
    stored = Decision.objects.get(pk=decision.pk)
    assert stored.snapshot == decision.snapshot
    event = Event.objects.get(action="decision.recommended")
    assert event.after["snapshot"] == decision.snapshot_sha256


def test_the_seniors_of_the_office_are_told_what_waits(failing: Case, reviewer: User, senior: User):
    supervisor = make_person(Role.SUPERVISOR, failing.office)
    make_person(Role.SENIOR, failing.office, is_active=False)

    recommend_refusal(failing, by=reviewer)

    told = Notice.objects.filter(template="reviews/signature").values_list("to", flat=True)
    assert set(told) == {senior.pk, supervisor.pk}


# --- four eyes ----------------------------------------------------------------------------------
def test_the_recommender_cannot_sign(failing: Case, reviewer: User, senior: User):
    claims.claim(failing, by=make_person(Role.SUPERVISOR, failing.office), at=NOON)
    holder = fresh(failing).assignee
    decision = override(fresh(failing), by=holder)

    with pytest.raises(SamePerson):
        decisions.sign(decision, by=holder, at=NOON)
    assert not Licence.objects.exists()

    decisions.sign(decision, by=senior, at=NOON)
    assert Licence.objects.exists()


def test_nor_can_a_recommender_who_is_superuser(exporter: Exporter, clerk: User, reviewer: User):
    root = make_person(Role.SENIOR, exporter.office, is_superuser=True)
    case = claims.claim(make_failing_case(exporter, by=clerk), by=root, at=NOON)
    decision = recommend_refusal(case, by=root)

    with pytest.raises(SamePerson):
        decisions.sign(decision, by=root, at=NOON)


def test_a_superuser_without_a_role_signs_nothing(failing: Case, reviewer: User):
    root = User.objects.create_superuser("root@example.test", "x", name="Root")
    decision = recommend_refusal(failing, by=reviewer)

    with pytest.raises(RoleMissing):
        decisions.sign(decision, by=root, at=NOON)


def test_a_plain_reviewer_signs_nothing(failing: Case, reviewer: User):
    decision = recommend_refusal(failing, by=reviewer)

    with pytest.raises(RoleMissing):
        decisions.sign(decision, by=make_person(Role.REVIEWER, failing.office), at=NOON)


def test_a_second_signature_asked_for_is_due_even_if_no_check_failed(
    exporter: Exporter, clerk: User, senior: User
):
    case = claims.claim(make_clean_case(exporter, by=clerk), by=senior, at=NOON)
    decision = decisions.recommend(case, "issue", by=senior, at=NOON)

    with pytest.raises(SamePerson):
        decisions.sign(decision, by=senior, at=NOON)


def test_the_database_refuses_the_recommenders_own_signature(failing: Case, reviewer: User):
    decision = recommend_refusal(failing, by=reviewer)
    row = Decision.objects.filter(pk=decision.pk)

    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        row.update(state="signed", signed_by=reviewer, signed_at=NOON)


@pytest.mark.parametrize("outcome", ["refuse", "issue"])
def test_the_database_refuses_to_call_the_second_signature_needless(
    outcome: str, failing: Case, reviewer: User
):
    decision = (
        override(failing, by=reviewer)
        if outcome == "issue"
        else recommend_refusal(failing, by=reviewer)
    )

    with pytest.raises(IntegrityError, match="second_where_it_is_due"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(needs_second=False)


def test_the_database_lets_another_person_sign(failing: Case, reviewer: User, senior: User):
    decision = recommend_refusal(failing, by=reviewer)

    row = Decision.objects.filter(pk=decision.pk)
    assert row.update(state="signed", signed_by=senior, signed_at=NOON) == 1


def test_the_database_knows_no_signature_without_a_signer(failing: Case, reviewer: User):
    decision = recommend_refusal(failing, by=reviewer)

    with pytest.raises(IntegrityError, match="signed_by_someone"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(state="signed")


# --- signing and sending back -------------------------------------------------------------------
def test_a_signed_refusal_ends_the_case_frees_the_vins_and_tells_the_exporter(
    failing: Case, clerk: User, reviewer: User, senior: User
):
    decision = decisions.sign(recommend_refusal(failing, by=reviewer), by=senior, at=NOON)

    case = fresh(failing)
    assert (decision.state, decision.signed_by, decision.signed_at) == ("signed", senior, NOON)
    assert (case.status, case.closed_at) == (Status.REFUSED, NOON)
    assert not Line.objects.filter(live=True).exists()
    assert Notice.objects.filter(to=clerk, template="reviews/refused").count() == 1
    vehicle = case.application.lines.get().vehicle
    assert make_case(case.exporter, vehicle, by=clerk).status == Status.CHECKING


def test_an_issue_over_a_failed_check_stands_with_two_names(
    failing: Case, reviewer: User, senior: User
):
    decision = decisions.sign(override(failing, by=reviewer), by=senior, at=NOON)

    assert decision.failed_checks == failing.failed > 0
    assert decision.recommended_by != decision.signed_by
    assert list(decision.reasons.values_list("pk", flat=True)) == ["OV02"]
    assert Licence.objects.get().state == "live"


def test_signing_accepts_what_was_answered(
    failing: Case, clerk: User, reviewer: User, senior: User
):
    case = checked(answer_all(ask_for(failing, by=reviewer), by=clerk))

    decisions.sign(recommend_refusal(case, by=reviewer), by=senior, at=NOON)

    assert RequestItem.objects.get().state == "accepted"


def test_signing_twice_signs_once(failing: Case, reviewer: User, senior: User):
    decision = recommend_refusal(failing, by=reviewer)
    twin = Decision.objects.select_related("case").get(pk=decision.pk)
    decisions.sign(decision, by=senior, at=NOON)

    with pytest.raises(DomainError), transaction.atomic():
        decisions.sign(twin, by=make_person(Role.SUPERVISOR, failing.office), at=NOON)

    assert Decision.objects.get().signed_by == senior


def test_sending_back_takes_words_and_tells_the_reviewer(
    failing: Case, reviewer: User, senior: User
):
    decision = recommend_refusal(failing, by=reviewer)

    with pytest.raises(ReasonNeeded):
        decisions.send_back(decision, by=senior, at=NOON, note=" ")
    case = decisions.send_back(decision, by=senior, at=NOON, note="依据不足")

    assert case.status == Status.IN_REVIEW
    assert Decision.objects.get().sent_back_because == "依据不足"
    assert Notice.objects.get(template="reviews/sent_back").to == reviewer
    assert recommend_refusal(fresh(case), by=reviewer).state == "held"


def test_a_sent_back_recommendation_is_not_signed_any_more(
    failing: Case, reviewer: User, senior: User
):
    old = recommend_refusal(failing, by=reviewer)
    case = decisions.send_back(old, by=senior, at=NOON, note="依据不足")
    recommend_refusal(fresh(case), by=reviewer)

    with pytest.raises(Moved), transaction.atomic():
        decisions.sign(Decision.objects.get(pk=old.pk), by=senior, at=NOON)


def test_one_decision_at_a_time_is_held(failing: Case, reviewer: User):
    decision = recommend_refusal(failing, by=reviewer)

    with pytest.raises(TransitionRefused):
        recommend_refusal(fresh(failing), by=reviewer)
    decision.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        decision.save(force_insert=True)


# --- facts that change under a decision ---------------------------------------------------------
def test_nobody_decides_on_checks_that_would_answer_otherwise_now(clean: Case, reviewer: User):
    vehicle = clean.application.lines.get().vehicle
    answer_registry(vehicle, registered_on=TODAY - timedelta(days=100))

    with pytest.raises(FactsChanged):
        decisions.issue(clean, by=reviewer, at=NOON)
    assert not Licence.objects.exists()


def test_a_letter_revoked_before_the_signature_stops_it(
    exporter: Exporter, clerk: User, reviewer: User, senior: User
):
    vehicle = make_vehicle(exporter, by=clerk, age=100)
    letter = make_confirmation([vehicle], by=clerk)
    Document.objects.update(state=Document.State.READY)
    answer_registry(vehicle)
    case = claims.claim(checked(make_case(exporter, vehicle, by=clerk)), by=reviewer, at=NOON)
    decision = decisions.recommend(case, "issue", by=reviewer, at=NOON, note="见确认书")
    confirming.revoke_confirmation(letter, by=senior, at=NOON, note="厂家来电撤销")

    with pytest.raises(FactsChanged):
        decisions.sign(decision, by=senior, at=NOON)
    assert fresh(case).status == Status.HELD


# --- all or nothing -----------------------------------------------------------------------------
def test_if_an_act_fails_late_neither_act_nor_event_nor_notice_stands(
    failing: Case, reviewer: User, senior: User
):
    decision = recommend_refusal(failing, by=reviewer)
    events, notices = Event.objects.count(), Notice.objects.count()

    with pytest.raises(ZeroDivisionError):
        and_fail(lambda: decisions.sign(decision, by=senior, at=NOON))

    assert fresh(failing).status == Status.HELD
    assert Decision.objects.get().state == "held"
    assert (Event.objects.count(), Notice.objects.count()) == (events, notices)


def test_each_act_writes_its_events_and_no_other(
    exporter: Exporter, clerk: User, reviewer: User, senior: User
):
    draft_events = Event.objects.count
    case = make_failing_case(exporter, by=clerk)
    start = draft_events()

    case = claims.claim(case, by=reviewer, at=NOON)
    case = checked(answer_all(ask_for(case, by=reviewer), by=clerk))
    case = decisions.send_back(
        recommend_refusal(case, by=reviewer), by=senior, at=NOON, note="依据不足"
    )
    claims.release(case, by=reviewer, at=NOON)
    claims.claim(fresh(case), by=reviewer, at=NOON)
    intake.withdraw(fresh(case), by=clerk, at=NOON)

    written = Event.objects.order_by("seq").values_list("action", flat=True)[start:]
    assert list(written) == [
        "case.claimed",
        "case.settling",
        "case.returned",
        "case.checking",
        "case.in_review",
        "case.checked",
        "case.held",
        "decision.recommended",
        "case.in_review",
        "case.released",
        "case.claimed",
        "case.withdrawn",
    ]
