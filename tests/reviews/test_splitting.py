"""Taking one vehicle out of a batch: what goes over, what stays, who may, who is told."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from documents import filing
from documents.models import Attachment, Document
from exports.errors import (
    ClaimedByAnother,
    DomainError,
    Incomplete,
    LastVehicle,
    Moved,
    ReasonNeeded,
    RoleMissing,
    TransitionRefused,
)
from exports.models import OFFICE_ROLES, Application, Event, Line, Notice, Role, User
from reviews import assessment, claims, decisions, gathering, splitting
from reviews.models import (
    Case,
    CheckRun,
    DayCount,
    Interval,
    Licence,
    OpenCase,
    Opinion,
    OpinionCode,
    Reason,
)
from reviews.opinions import answering, asking
from reviews.policies import judged
from reviews.rollups import filling
from reviews.states import Status
from tests.factories import (
    NOON,
    answer_all,
    answer_registry,
    ask_for,
    checked,
    make_case,
    make_confirmation,
    make_letter_pdf,
    make_office,
    make_person,
    make_vehicle,
    officer_of,
    upload,
)

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def batch(exporter, clerk, reviewer) -> Case:
    """Two clean vehicles and, in the middle, a young one without a letter; Wang holds it."""
    vehicles = [make_vehicle(exporter, by=clerk, age=age) for age in (300, 100, 300)]
    for vehicle in vehicles:
        answer_registry(vehicle)
    case = checked(make_case(exporter, *vehicles, by=clerk))
    return claims.claim(case, by=reviewer, at=NOON)


def reason(code: str = "RC01") -> Reason:
    return Reason.objects.get(pk=code)


def young(case: Case) -> Line:
    return case.application.lines.order_by("position")[1]


def take_out(case: Case, line: Line | None = None, *, by: User, **given: object) -> Case:
    given = {"reason": reason(), "at": NOON} | given
    return splitting.take_out(case, line or young(case), by=by, **given)


def vins(case: Case) -> list[str]:
    return [line.vin for line in case.application.lines.order_by("position")]


# --- what goes over ---------------------------------------------------------------------------
def test_the_vehicle_goes_on_in_an_application_of_its_own_filed_on_the_same_day(batch, reviewer):
    before, line = vins(batch), young(batch)
    old = Application.objects.get(pk=batch.application_id)

    split = take_out(batch, line, by=reviewer)

    new = split.application
    same = ["exporter", "office", "destination", "port", "contract_number", "hs_code"]
    same += ["contract_destination", "consignor_name", "consignor_uscc", "market_declaration"]
    same += ["filed_on", "first_filed_on", "filed_by", "opened_by", "opened_at"]
    assert [getattr(new, name) for name in same] == [getattr(old, name) for name in same]
    assert new.reference != old.reference
    assert vins(split) == [line.vin]
    assert vins(Case.objects.get(pk=batch.pk)) == [before[0], before[2]]


def test_the_vin_is_taken_all_the_while(batch, reviewer):
    line = young(batch)

    take_out(batch, line, by=reviewer)

    assert Line.objects.get(vin=line.vin).live


def test_the_new_case_is_as_late_as_the_batch_it_comes_from(batch, reviewer, clerk):
    answered = answer_all(ask_for(batch, by=reviewer), by=clerk)
    batch = checked(answered)

    split = take_out(batch, by=reviewer)

    facts = ("kind", "since", "until", "why")
    clock = list(Interval.objects.filter(case=batch).order_by("id").values_list(*facts))
    assert len(clock) == 3
    assert list(Interval.objects.filter(case=split).order_by("id").values_list(*facts)) == clock
    assert (split.filed_at, split.due_at) == (batch.filed_at, batch.due_at)
    assert split.state is Status.CHECKING
    assert split.assignee is None


def test_both_count_their_vehicles_and_name_their_first(batch, reviewer):
    first = batch.application.lines.order_by("position")[0]

    split = take_out(batch, first, by=reviewer)

    batch = Case.objects.get(pk=batch.pk)
    assert (batch.vehicle_count, batch.first_vin) == (2, vins(batch)[0])
    assert (split.vehicle_count, split.first_vin) == (1, first.vin)


def test_the_checks_of_the_batch_run_again_without_it_and_its_own_run_anew(batch, reviewer):
    assert batch.failed > 0

    split = take_out(batch, by=reviewer)
    batch, split = Case.objects.get(pk=batch.pk), checked(split)

    assert batch.failed == 0
    assert split.failed > 0
    latest = CheckRun.objects.filter(case=batch).order_by("-id")[0]
    judged_now = set(latest.findings.values_list("line__vin", flat=True))
    assert judged_now == set(vins(batch))


def test_the_licence_of_the_rest_can_be_issued_at_once(batch, reviewer):
    take_out(batch, by=reviewer)

    batch = Case.objects.get(pk=batch.pk)
    decisions.issue(batch, by=reviewer, at=NOON)

    licence = Licence.objects.get(case=batch)
    assert [line.vin for line in licence.lines.all()] == vins(batch)


def test_a_letter_covers_the_vehicle_as_before(exporter, clerk, reviewer):
    vehicles = [make_vehicle(exporter, by=clerk, age=100) for _each in range(2)]
    for vehicle in vehicles:
        answer_registry(vehicle)
    make_confirmation(vehicles, by=clerk)
    case = claims.claim(checked(make_case(exporter, *vehicles, by=clerk)), by=reviewer, at=NOON)
    outcomes = findings_of(case, vehicles[1].vin)

    split = checked(take_out(case, case.application.lines.get(vehicle=vehicles[1]), by=reviewer))

    assert findings_of(split, vehicles[1].vin) == outcomes
    assert ("CNF-01", "fail") not in outcomes


def findings_of(case: Case, vin: str) -> set[tuple[str, str]]:
    run = CheckRun.objects.filter(case=case).order_by("-id")[0]
    return set(run.findings.filter(line__vin=vin).values_list("check_id", "outcome"))


def test_its_own_papers_go_over_and_those_of_the_batch_serve_both(batch, reviewer, clerk):
    line, exporter = young(batch), batch.exporter
    own, contract = (
        upload(exporter, make_letter_pdf([line.vehicle]), by=clerk, kind=kind)
        for kind in (Document.Kind.INSPECTION, Document.Kind.CONTRACT)
    )
    filing.attach(own, batch.application, by=clerk, at=NOON, vehicle=line.vehicle)
    filing.attach(contract, batch.application, by=clerk, at=NOON)

    split = take_out(batch, line, by=reviewer)

    assert papers(batch) == [(contract.pk, None, clerk.pk)]
    assert papers(split) == [(contract.pk, None, clerk.pk), (own.pk, line.vehicle_id, clerk.pk)]


def papers(case: Case) -> list[tuple[int, int | None, int]]:
    rows = Attachment.objects.filter(application=case.application_id)
    return sorted(
        rows.values_list("document", "vehicle", "attached_by"), key=lambda row: row[1] or 0
    )


def test_what_was_escalated_stays_so_in_both(batch, senior):
    claims.escalate(batch, by=batch.assignee, at=NOON, note="金额异常")
    batch = Case.objects.get(pk=batch.pk)

    split = take_out(batch, by=senior)

    assert (split.escalated_at, split.escalated_because) == (NOON, "金额异常")


@pytest.fixture
def police(law) -> User:
    return officer_of("mps", name="Zhao")


def ask_the_police(case: Case, vin: str, *, by: User) -> Opinion:
    again = Case.objects.get(pk=case.pk)
    return asking.ask(again, "registration", vin=vin, by=by, at=NOON)


def test_what_another_ministry_is_asked_about_the_vehicle_comes_along(batch, reviewer, police):
    line, rest = young(batch), batch.first_vin
    mine, other = (ask_the_police(batch, vin, by=reviewer) for vin in (line.vin, rest))

    split = take_out(Case.objects.get(pk=batch.pk), line, by=reviewer)

    assert [Opinion.objects.get(pk=each.pk).case for each in (mine, other)] == [split, batch]


def test_what_another_ministry_answered_about_it_still_speaks_of_it(batch, reviewer, police):
    line = young(batch)
    opinion = ask_the_police(batch, line.vin, by=reviewer)
    against = OpinionCode.objects.filter(point="registration", weight="against")[0]
    answering.answer(opinion, against, by=police, at=NOON, note="登记与系统不符")
    batch = Case.objects.get(pk=batch.pk)
    before = {pair for pair in findings_of(batch, line.vin) if pair[0].startswith("OPN")}
    assert ("OPN-02", "fail") in before

    split = checked(take_out(batch, line, by=reviewer))

    assert {pair for pair in findings_of(split, line.vin) if pair[0].startswith("OPN")} == before
    assert Opinion.objects.get().case == batch  # what was answered never changes
    assert list(gathering.around(split).lines) == [Line.objects.get(vin=line.vin)]
    assert [each.number for each in split.opinions.all()] == [opinion.number]


def test_the_board_counts_both_cases_from_the_day_they_were_filed(batch, reviewer):
    split = take_out(batch, by=reviewer, at=NOON + timedelta(days=2))

    filling.fill(at=NOON)

    counted = OpenCase.objects.in_bulk([batch.pk, split.pk])
    assert {row.filed_day for row in counted.values()} == {NOON.date()}
    assert counted[split.pk].status == Status.CHECKING
    filed = DayCount.objects.filter(measure="filed")
    assert {row.day: row.times for row in filed} == {
        NOON.date(): 1,
        NOON.date() + timedelta(days=2): 1,
    }


# --- who is told ------------------------------------------------------------------------------
def test_both_cases_tell_it_each_naming_the_other(batch, reviewer):
    line = young(batch)

    split = take_out(batch, line, by=reviewer, note="不耽误其余车辆")

    out = Event.objects.get(action="case.taken_out", subject_key=batch.reference)
    off = Event.objects.get(action="case.split_off", subject_key=split.reference)
    assert out.after == {"vin": line.vin, "reason": "RC01", "reference": split.reference}
    assert off.after == {"vin": line.vin, "reason": "RC01", "reference": batch.reference}
    assert (out.note, out.actor) == ("不耽误其余车辆", "Wang")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_exporter_is_told_with_both_references_and_the_reason(
    batch, reviewer, clerk, language, django_capture_on_commit_callbacks
):
    User.objects.filter(pk=clerk.pk).update(language=language)
    line = young(batch)

    with django_capture_on_commit_callbacks(execute=True):
        split = take_out(batch, line, by=reviewer)

    notice = Notice.objects.get(template="reviews/taken_out", to=clerk)
    (sent,) = [each for each in mail.outbox if split.reference in each.subject]
    assert notice.path == reverse("portal:application", args=[batch.reference])
    for said in (batch.reference, split.reference, line.vin):
        assert said in sent.body
    assert reason().text.in_language(language) in sent.body


def test_the_portal_shows_the_new_application_and_the_story_of_both(batch, reviewer, clerk, client):
    line = young(batch)
    split = take_out(batch, line, by=reviewer)
    client.force_login(clerk)

    with override("en"):
        there = client.get(reverse("portal:application", args=[split.reference]), {"lang": "en"})
        here = client.get(reverse("portal:application", args=[batch.reference]), {"lang": "en"})

    assert line.vin in there.content.decode()
    assert f"taken out of application {batch.reference}" in there.content.decode()
    assert f"it goes on as application {split.reference}" in here.content.decode()


# --- who may, and when ------------------------------------------------------------------------
def test_whoever_may_work_on_the_case_may_take_a_vehicle_out_and_nobody_else(batch, clerk):
    office = batch.office
    people = {role: make_person(role, office) for role in OFFICE_ROLES}
    people |= {"holder": batch.assignee, "clerk": clerk}
    people["elsewhere"] = make_person(Role.SUPERVISOR, make_office("xinjiang"))

    offered = {who for who, user in people.items() if judged("take_out", batch, user).allowed}
    done = {who for who, user in people.items() if does(batch, by=user)}

    assert offered == done == {"holder"}


def does(case: Case, *, by: User) -> bool:
    """Tell whether the service does it; what it did is undone."""
    done = False
    with suppress(DomainError), transaction.atomic():
        take_out(Case.objects.get(pk=case.pk), by=by)
        done = True
        transaction.set_rollback(True)
    return done


def test_a_free_batch_is_taken_by_taking_a_vehicle_out(batch, reviewer, senior):
    batch = claims.release(batch, by=reviewer, at=NOON)

    take_out(batch, by=senior)

    assert Case.objects.get(pk=batch.pk).assignee == senior


def test_only_while_the_case_is_in_review(batch, reviewer):
    ask_for(batch, by=reviewer)

    with pytest.raises(TransitionRefused):
        take_out(Case.objects.get(pk=batch.pk), by=reviewer)


def test_the_last_vehicle_cannot_be_taken_out(batch, reviewer):
    for _each in range(2):
        batch = Case.objects.get(pk=batch.pk)
        take_out(batch, batch.application.lines.order_by("position")[0], by=reviewer)
    batch = Case.objects.get(pk=batch.pk)

    with pytest.raises(LastVehicle):
        take_out(batch, batch.application.lines.get(), by=reviewer)
    assert not judged("take_out", batch, reviewer).allowed


def test_a_vehicle_of_another_batch_is_none_of_this(batch, reviewer, exporter, clerk):
    other = make_case(exporter, by=clerk)

    with pytest.raises(Incomplete):
        take_out(batch, other.application.lines.get(), by=reviewer)
    with pytest.raises(Incomplete):
        splitting.line_of(batch, other.first_vin)


def test_it_takes_a_reason_for_a_correction(batch, reviewer):
    with pytest.raises(ReasonNeeded):
        take_out(batch, by=reviewer, reason=reason("RF01"))


def test_twice_from_the_same_page_is_once(batch, reviewer):
    stale, line = Case.objects.get(pk=batch.pk), young(batch)
    take_out(batch, line, by=reviewer)

    with pytest.raises(Moved):
        take_out(stale, line, by=reviewer)
    assert Case.objects.count() == 2


def test_a_decision_on_the_page_of_before_is_refused(batch, reviewer):
    stale = Case.objects.get(pk=batch.pk)
    take_out(batch, by=reviewer)

    with pytest.raises(DomainError):
        decisions.recommend(stale, "refuse", reasons=[reason("RF01")], by=reviewer, at=NOON)


def test_in_other_hands_it_is_refused_by_name(batch, senior):
    with pytest.raises(ClaimedByAnother, match="Wang"):
        take_out(batch, by=senior)
    with pytest.raises(RoleMissing):
        take_out(batch, by=make_person(Role.AUDITOR, batch.office))


def test_a_new_answer_of_the_rest_does_not_bring_it_back(batch, reviewer, clerk):
    split = take_out(batch, by=reviewer)
    batch = Case.objects.get(pk=batch.pk)
    answered = answer_all(ask_for(batch, by=reviewer), by=clerk)
    checked(answered)

    assert len(vins(Case.objects.get(pk=batch.pk))) == 2
    assert vins(split) == [split.first_vin]


# --- the page ---------------------------------------------------------------------------------
def test_the_page_offers_it_at_each_vehicle_with_the_reason_behind_its_failed_check(
    batch, reviewer, client
):
    client.force_login(reviewer)
    page = client.get(batch.get_absolute_url(), {"vin": young(batch).vin, "lang": "en"})

    (offer,) = [each for each in page.context["offers"] if each.name == "take-out"]
    assert offer.allowed
    assert offer.form["reason"].initial == "RC01"  # no letter: a paper is missing
    assert "cannot be put back" in page.content.decode()


def test_taking_out_by_the_page(batch, reviewer, client):
    client.force_login(reviewer)
    line = young(batch)
    given = {"version": batch.version, "vin": line.vin, "reason": "RC01"}

    response = client.post(reverse("workbench:act", args=[batch.reference, "take-out"]), given)

    assert response.status_code == 302
    assert Case.objects.get(first_vin=line.vin).vehicle_count == 1
    assert client.get(response["Location"]).status_code == 200


def test_a_vehicle_that_is_gone_is_said_on_the_form(batch, reviewer, client):
    client.force_login(reviewer)
    gone = young(batch).vin
    take_out(batch, by=reviewer)
    batch = Case.objects.get(pk=batch.pk)
    given = {"version": batch.version, "vin": gone, "reason": "RC01"}

    response = client.post(reverse("workbench:act", args=[batch.reference, "take-out"]), given)

    assert response.status_code == 422


def test_the_checks_read_the_batch_as_it_is(batch, reviewer):
    """A recheck after the act finds the same: nothing was left half moved."""
    take_out(batch, by=reviewer)
    batch = Case.objects.get(pk=batch.pk)
    counts = (batch.passed, batch.attention, batch.failed)

    assessment.recheck(batch, by=reviewer, at=NOON)

    batch.refresh_from_db()
    assert (batch.passed, batch.attention, batch.failed) == counts
