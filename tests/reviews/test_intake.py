"""Filing, answering, withdrawing: dates that count, VINs that are taken and freed."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from documents.models import Document
from exports import drafting, fleet
from exports.errors import (
    Frozen,
    Incomplete,
    Moved,
    NotAllowed,
    RoleMissing,
    TransitionRefused,
    VinInUse,
)
from exports.models import Application, Event, Exporter, Line, Notice, User
from exports.rules import Outcome
from reviews import assessment, checks, claims, decisions, intake
from reviews.checks.age import verdict_on
from reviews.models import Case, Finding, Interval, Reason, Request, RequestItem
from reviews.states import Status
from tests.factories import (
    NOON,
    TODAY,
    and_fail,
    answer_all,
    answer_registry,
    ask_for,
    checked,
    clerk_of,
    make_case,
    make_clean_case,
    make_destination,
    make_draft,
    make_exporter,
    make_letter_pdf,
    make_person,
    make_vehicle,
    make_vin,
    recommend_refusal,
    upload,
)

pytestmark = pytest.mark.usefixtures("law")

DATA = Path(__file__).parents[2] / "exports" / "data" / "daycount_cases.csv"
with DATA.open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
OUTCOMES = {"N/A-OLD-RULE": Outcome.NOT_APPLICABLE}
AGE_01 = {
    Outcome.REQUIRED: "fail",
    Outcome.NOT_REQUIRED: "pass",
    Outcome.TRANSITION: "pass",
    Outcome.NOT_APPLICABLE: "not_applicable",
    Outcome.DATE_IMPOSSIBLE: "fail",
    Outcome.DATE_MISSING: "fail",
}


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


# --- the day count, through a filed application -------------------------------------------------
@pytest.mark.parametrize("row", ROWS, ids=[row["case"] for row in ROWS])
def test_a_filing_at_that_moment_is_judged_as_the_table_says(
    row: dict[str, str], exporter: Exporter, clerk: User
):
    expected = OUTCOMES.get(row["expected"]) or Outcome(row["expected"].lower().replace("-", "_"))
    moment = datetime.fromisoformat(row["submitted_at_utc"])
    vehicle = make_vehicle(
        exporter,
        by=clerk,
        produced_on=None,
        registered_on=day(row["registration_date"]),
        transferred_on=day(row["transfer_pending_export_date"]),
    )
    if expected is Outcome.TRANSITION:
        answer_registry(vehicle)
    draft = make_draft(exporter, vehicle, by=clerk, at=moment - timedelta(days=1))

    case = intake.file(draft, by=clerk, at=moment)
    run = assessment.assess(case, at=moment)

    age, transition = (run.findings.get(check_id=name) for name in ("AGE-01", "AGE-02"))
    verdict = verdict_on(checks.from_json(age.inputs))
    assert case.application.filed_on == day(row["application_date_shanghai"])
    assert verdict is not None
    assert verdict.outcome is expected
    assert verdict.days == (int(row["elapsed_days"]) if row["elapsed_days"] else None)
    assert age.outcome == AGE_01[expected]
    assert age.sentence == verdict.sentence
    assert transition.outcome == ("pass" if expected is Outcome.TRANSITION else "not_applicable")
    assert Case.objects.get(pk=case.pk).youngest_days == verdict.days


def test_a_transition_nobody_confirmed_is_held_for_attention(exporter: Exporter, clerk: User):
    row = next(row for row in ROWS if row["expected"] == "TRANSITION")
    moment = datetime.fromisoformat(row["submitted_at_utc"])
    vehicle = make_vehicle(
        exporter,
        by=clerk,
        produced_on=None,
        registered_on=day(row["registration_date"]),
        transferred_on=day(row["transfer_pending_export_date"]),
    )

    case = checked(make_case(exporter, vehicle, by=clerk, at=moment), at=moment)

    found = dict(Finding.objects.filter(run__case=case).values_list("check_id", "outcome"))
    assert (found["AGE-01"], found["AGE-02"]) == ("attention", "attention")


def test_two_seconds_around_shanghai_midnight_are_two_days(exporter: Exporter, clerk: User):
    last = datetime.fromisoformat("2026-06-30T15:59:59Z")
    cases = [
        make_case(exporter, make_vehicle(exporter, by=clerk), by=clerk, at=moment)
        for moment in (last, last + timedelta(seconds=1))
    ]

    assert [case.application.filed_on for case in cases] == [date(2026, 6, 30), date(2026, 7, 1)]


# --- filing -------------------------------------------------------------------------------------
def test_a_filing_opens_one_case_with_a_running_clock(exporter: Exporter, clerk: User):
    case = make_case(exporter, by=clerk)

    application, interval = case.application, case.intervals.get()
    assert (case.status, case.version, case.closed_at) == ("checking", 0, None)
    assert (application.filed_on, application.first_filed_on) == (TODAY, TODAY)
    assert (interval.kind, interval.since, interval.until) == ("running", NOON, None)
    assert list(application.lines.values_list("live", flat=True)) == [True]


def test_filing_is_one_event_on_the_ledger(exporter: Exporter, clerk: User):
    draft = make_draft(exporter, by=clerk)
    before = Event.objects.count()

    intake.file(draft, by=clerk, at=NOON)

    assert Event.objects.count() == before + 1
    event = Event.objects.first()
    assert (event.action, event.subject_key) == ("application.filed", draft.reference)
    assert event.on_behalf_of == exporter.name_zh


def test_what_is_missing_is_named_all_at_once(exporter: Exporter, clerk: User):
    draft = drafting.open_application(exporter, by=clerk, at=NOON)

    with pytest.raises(Incomplete) as refused:
        intake.file(draft, by=clerk, at=NOON)

    assert len(refused.value.facts["missing"].split(", ")) == 4
    assert not Case.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
def test_who_may_not_write_for_the_exporter_does_not_file(exporter: Exporter, role: str):
    person = make_person(role, exporter if role == "viewer" else exporter.office)
    draft = make_draft(exporter)

    with pytest.raises(NotAllowed):
        intake.file(draft, by=person, at=NOON)


def test_another_exporters_clerk_does_not_file(exporter: Exporter):
    with pytest.raises(NotAllowed):
        intake.file(make_draft(exporter), by=clerk_of(make_exporter()), at=NOON)


def test_filing_twice_files_once(exporter: Exporter, clerk: User):
    draft = make_draft(exporter, by=clerk)
    twin = Application.objects.get(pk=draft.pk)
    intake.file(draft, by=clerk, at=NOON)

    with pytest.raises(Moved):
        intake.file(twin, by=clerk, at=NOON)
    with pytest.raises(Frozen):
        intake.file(Application.objects.get(pk=draft.pk), by=clerk, at=NOON)
    assert Case.objects.count() == 1


def test_a_discarded_draft_is_not_filed(exporter: Exporter, clerk: User):
    draft = make_draft(exporter, by=clerk)
    drafting.discard_application(draft, by=clerk, at=NOON)

    with pytest.raises(Frozen):
        intake.file(draft, by=clerk, at=NOON)


def test_if_the_filing_fails_nothing_of_it_stands(exporter: Exporter, clerk: User):
    draft = make_draft(exporter, by=clerk)
    events, notices = Event.objects.count(), Notice.objects.count()

    with pytest.raises(ZeroDivisionError):
        and_fail(lambda: intake.file(draft, by=clerk, at=NOON))

    assert Application.objects.get(pk=draft.pk).is_draft
    assert not Line.objects.filter(live=True).exists()
    assert (Event.objects.count(), Notice.objects.count()) == (events, notices)


# --- one VIN, one live application --------------------------------------------------------------
def test_a_vin_stands_in_one_live_application_whoever_asks(exporter: Exporter, clerk: User):
    vin, rival = make_vin(), make_exporter()
    first = make_case(exporter, make_vehicle(exporter, by=clerk, vin=vin), by=clerk)

    with pytest.raises(VinInUse) as refused:
        make_case(rival, make_vehicle(rival, vin=vin))

    sentence = str(refused.value)
    assert vin in sentence
    assert first.reference not in sentence
    assert exporter.name_zh not in sentence
    assert Case.objects.count() == 1


def test_a_batch_with_one_taken_vin_takes_none_of_the_others(exporter: Exporter, clerk: User):
    taken, free = (make_vehicle(exporter, by=clerk) for _ in range(2))
    make_case(exporter, taken, by=clerk)
    second = make_draft(exporter, free, taken, by=clerk)

    with pytest.raises(VinInUse):
        intake.file(second, by=clerk, at=NOON)

    assert list(Line.objects.filter(live=True).values_list("vin", flat=True)) == [taken.vin]


def test_the_database_itself_keeps_a_vin_live_once(exporter: Exporter, clerk: User):
    vehicle = make_vehicle(exporter, by=clerk)
    make_case(exporter, vehicle, by=clerk)
    second = make_draft(exporter, vehicle, by=clerk)

    with pytest.raises(IntegrityError), transaction.atomic():
        second.lines.update(live=True)


def test_any_number_of_drafts_may_hold_a_vin(exporter: Exporter, clerk: User):
    vehicle = make_vehicle(exporter, by=clerk)

    drafts = [make_draft(exporter, vehicle, by=clerk) for _ in range(3)]

    assert Line.objects.filter(vehicle=vehicle).count() == len(drafts)


def test_a_filed_vehicle_changes_only_by_correction(exporter: Exporter, clerk: User):
    vehicle = make_vehicle(exporter, by=clerk)
    make_case(exporter, vehicle, by=clerk)

    with pytest.raises(Frozen):
        fleet.amend_vehicle(vehicle, by=clerk, at=NOON, brand="另一品牌")


# --- withdrawing --------------------------------------------------------------------------------
@pytest.fixture
def in_hand(exporter: Exporter, clerk: User, reviewer: User) -> Case:
    """A clean case in Wang's hands."""
    return claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)


def test_a_withdrawn_application_frees_its_vins(exporter: Exporter, clerk: User, in_hand: Case):
    vehicle = in_hand.application.lines.get().vehicle

    intake.withdraw(in_hand, by=clerk, at=NOON)

    assert in_hand.closed_at == NOON
    assert not in_hand.intervals.filter(until__isnull=True).exists()
    assert make_case(exporter, vehicle, by=clerk).status == Status.CHECKING


def test_withdrawing_closes_what_was_asked_and_tells_the_reviewer(
    clerk: User, reviewer: User, in_hand: Case
):
    ask_for(in_hand, by=reviewer)

    intake.withdraw(Case.objects.get(pk=in_hand.pk), by=clerk, at=NOON)

    assert Request.objects.get().closed_at == NOON
    told = Notice.objects.filter(to=reviewer).values_list("template", flat=True)
    assert list(told) == ["reviews/withdrawn"]


def test_a_viewer_withdraws_nothing(exporter: Exporter, in_hand: Case):
    with pytest.raises(RoleMissing):
        intake.withdraw(in_hand, by=make_person("viewer", exporter), at=NOON)


# --- answering ----------------------------------------------------------------------------------
def reply(request: Request, **reply: object) -> list[intake.ItemAnswer]:
    return [intake.ItemAnswer(item=item, **reply) for item in request.items.all()]


@pytest.mark.parametrize("nothing", [{}, {"text": "  \n"}, {"value": ""}, {"documents": ()}])
def test_an_acknowledgement_closes_nothing(
    nothing: dict[str, object], clerk: User, reviewer: User, in_hand: Case
):
    request = ask_for(in_hand, by=reviewer)
    events = Event.objects.count()

    with pytest.raises(Incomplete, match="合同"):
        intake.answer(request, answers=reply(request, **nothing), by=clerk, at=NOON)

    assert Case.objects.get(pk=in_hand.pk).status == Status.RETURNED
    assert (Request.objects.get().answered_at, RequestItem.objects.get().state) == (None, "open")
    assert Event.objects.count() == events


def test_one_unanswered_item_keeps_the_whole_request_open(
    clerk: User, reviewer: User, in_hand: Case
):
    reasons = Reason.objects.filter(pk__in=["RC01", "RC09"])
    questions = [decisions.Question(reason=reason, text="请补充") for reason in reasons]
    request = decisions.ask(in_hand, questions=questions, by=reviewer, at=NOON)

    with pytest.raises(Incomplete):
        intake.answer(request, answers=reply(request, text="见附件")[:1], by=clerk, at=NOON)

    assert set(RequestItem.objects.values_list("state", flat=True)) == {"open"}


def test_a_value_is_written_to_the_field_it_was_asked_for(
    clerk: User, reviewer: User, in_hand: Case
):
    line = in_hand.application.lines.get()
    request = ask_for(in_hand, by=reviewer, code="RC04", line=line, field="odometer_km")

    answer_all(request, by=clerk, value=7777)

    line.vehicle.refresh_from_db()
    event = Event.objects.get(action="vehicle.corrected")
    assert line.vehicle.odometer_km == 7777
    assert (event.before, event.after) == ({"odometer_km": 5200}, {"odometer_km": 7777})
    assert RequestItem.objects.get().state == "answered"


def test_a_term_is_written_to_the_application_and_the_case(
    clerk: User, reviewer: User, in_hand: Case
):
    request = ask_for(in_hand, by=reviewer, code="RC04", field="destination")

    case = answer_all(request, by=clerk, value=make_destination("RU"))

    assert case.application.destination_id == "RU"
    assert Case.objects.get(pk=case.pk).destination_code == "RU"
    assert Event.objects.get(action="application.corrected").after == {"destination": "RU"}


def test_a_corrected_vin_follows_to_line_and_queue(clerk: User, reviewer: User, in_hand: Case):
    line, vin = in_hand.application.lines.get(), make_vin()
    request = ask_for(in_hand, by=reviewer, code="RC04", line=line, field="vin")

    case = answer_all(request, by=clerk, value=vin)

    assert case.application.lines.get().vin == vin
    assert Case.objects.get(pk=case.pk).first_vin == vin


def test_a_vin_is_not_corrected_into_another_live_application(
    clerk: User, reviewer: User, in_hand: Case
):
    taken = make_case().first_vin
    line = in_hand.application.lines.get()
    request = ask_for(in_hand, by=reviewer, code="RC04", line=line, field="vin")

    with pytest.raises(VinInUse):
        answer_all(request, by=clerk, value=taken)

    assert Case.objects.get(pk=in_hand.pk).status == Status.RETURNED
    assert in_hand.application.lines.get().vin == in_hand.first_vin


def test_papers_given_in_answer_are_attached(
    exporter: Exporter, clerk: User, reviewer: User, in_hand: Case
):
    vehicle = in_hand.application.lines.get().vehicle
    paper = upload(exporter, make_letter_pdf([vehicle]), by=clerk, kind=Document.Kind.CONTRACT)
    request = ask_for(in_hand, by=reviewer)

    case = answer_all(request, by=clerk, documents=(paper,))

    assert list(case.application.attachments.values_list("document", flat=True)) == [paper.pk]


def test_the_answers_day_counts_and_the_first_is_kept(clerk: User, reviewer: User, in_hand: Case):
    later = NOON + timedelta(days=2)
    request = ask_for(in_hand, by=reviewer)

    case = answer_all(request, by=clerk, at=later)
    run = assessment.assess(case, at=later)

    assert case.application.filed_on == TODAY + timedelta(days=2)
    assert case.application.first_filed_on == TODAY
    assert run.filed_on == TODAY + timedelta(days=2)
    assert case.runs.count() == 2
    age = run.findings.get(check_id="AGE-01")
    assert age.inputs["application"]["applied_on"] == "2026-07-02"


def test_the_clock_stands_while_the_exporter_has_the_case(
    clerk: User, reviewer: User, in_hand: Case
):
    due = in_hand.due_at
    request = ask_for(in_hand, by=reviewer)
    assert Case.objects.get(pk=in_hand.pk).due_at == due

    case = answer_all(request, by=clerk, at=NOON + timedelta(days=7))

    kinds = list(case.intervals.values_list("kind", "why"))
    assert kinds == [("running", "filed"), ("paused", "returned"), ("running", "answered")]
    assert case.intervals.filter(until__isnull=True).get().kind == Interval.Kind.RUNNING
    assert case.due_at > due + timedelta(days=6)


def test_an_answer_tells_whoever_holds_the_case(clerk: User, reviewer: User, in_hand: Case):
    answer_all(ask_for(in_hand, by=reviewer), by=clerk)

    assert Notice.objects.filter(to=reviewer, template="reviews/answered").count() == 1


def test_answering_twice_is_refused(clerk: User, reviewer: User, in_hand: Case):
    request = ask_for(in_hand, by=reviewer)
    answer_all(request, by=clerk)

    with pytest.raises(TransitionRefused):
        answer_all(request, by=clerk)


def test_an_old_request_is_not_answered_for_the_open_one(
    clerk: User, reviewer: User, in_hand: Case
):
    old = ask_for(in_hand, by=reviewer)
    case = checked(answer_all(old, by=clerk))
    new = ask_for(case, by=reviewer)

    with pytest.raises(Moved):
        answer_all(old, by=clerk)

    assert Request.objects.get(pk=new.pk).answered_at is None
    assert Case.objects.get(pk=case.pk).status == Status.RETURNED


def test_an_answer_to_another_cases_item_writes_nothing_there(
    exporter: Exporter, clerk: User, reviewer: User, in_hand: Case
):
    rival = make_exporter(office=exporter.office)
    foreign = claims.claim(make_clean_case(rival, by=clerk_of(rival)), by=reviewer, at=NOON)
    line = foreign.application.lines.get()
    their_request = ask_for(foreign, by=reviewer, code="RC04", line=line, field="brand")
    mine = ask_for(in_hand, by=reviewer)

    answers = reply(mine, text="见附件") + reply(their_request, value="改坏")
    intake.answer(mine, answers=answers, by=clerk, at=NOON)

    line.vehicle.refresh_from_db()
    assert line.vehicle.brand == "比亚迪"
    assert their_request.items.get().state == "open"


def test_another_exporters_clerk_does_not_answer(reviewer: User, in_hand: Case):
    request = ask_for(in_hand, by=reviewer)

    with pytest.raises(NotAllowed):
        answer_all(request, by=clerk_of(make_exporter()))


def test_while_it_is_being_signed_the_exporter_cannot_withdraw(
    clerk: User, reviewer: User, in_hand: Case
):
    recommend_refusal(in_hand, by=reviewer)

    with pytest.raises(TransitionRefused):
        intake.withdraw(Case.objects.get(pk=in_hand.pk), by=clerk, at=NOON)
