"""The same act on many cases: looked ahead, frozen, run one by one, told of each."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exports.errors import DomainError, NotAllowed, NotInBulk, RoleMissing
from exports.models import OFFICE_ROLES, Event, Role, User
from reviews import acts, claims, decisions
from reviews.bulk import foresight, ordering, running
from reviews.bulk.repertoire import REPERTOIRE
from reviews.bulk.tasks import bulk_run, bulk_waiting
from reviews.models import BULK_ACTS, MOST_CASES, BulkItem, BulkJob, Case, Decision, Request
from reviews.policies import CHECKS, DECIDERS, judged
from reviews.states import Status
from tests.factories import (
    NOON,
    ask_for,
    clerk_of,
    make_clean_case,
    make_exporter,
    make_office,
    make_person,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")
NOTHING: dict[str, object] = {}


def arguments(act: str, *, to: User | None = None) -> dict[str, object]:
    """Return what *act* needs, all of it valid."""
    note = {"note": "成批办理"}
    return {
        "assign": note | {"to": to.pk if to else 0},
        "escalate": note,
        "put-off": note | {"until": (NOON + timedelta(days=2)).date().isoformat()},
        "request": note | {"reason": "RC01", "document_kind": "contract", "question": ""},
        "sign": note,
    }.get(act, NOTHING)


def cases_of(*cases: Case) -> dict[int, int]:
    return {case.pk: case.version for case in cases}


def order(act: str, *cases: Case, by: User, **given: object) -> BulkJob:
    """Confirm a job as a person would who sees the cases as they are handed in."""
    given = {"arguments": arguments(act, to=by), "token": uuid4(), "at": NOON} | given
    return ordering.confirm(act, cases_of(*cases), by=by, **given)


def run(job: BulkJob) -> list[tuple[str, str]]:
    """Let a worker run *job* to its end; return what came of each case."""
    bulk_run(job_id=job.pk)
    return results(job)


def results(job: BulkJob) -> list[tuple[str, str]]:
    return list(job.items.values_list("state", "code"))


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


@pytest.fixture
def free(exporter, clerk) -> list[Case]:
    """Five clean cases nobody holds, in order of due time."""
    return [make_clean_case(exporter, by=clerk) for _each in range(5)]


@pytest.fixture
def held(exporter, clerk, reviewer) -> list[Case]:
    """Three refusals Wang recommended, waiting for their second signature."""
    return [
        again(recommend_refusal(make_clean_case(exporter, by=clerk), by=reviewer).case)
        for _ in range(3)
    ]


# --- never in bulk ----------------------------------------------------------------------------
@pytest.mark.parametrize("act", sorted({*acts.ACTS, "refuse", ""} - set(BULK_ACTS)))
def test_no_other_act_is_done_in_bulk_by_any_door(act, free, senior, client):
    client.force_login(senior)
    given = {"act": act, "cases": [free[0].reference], "token": uuid4(), "frozen": "1:0"}

    with pytest.raises(NotInBulk):
        order(act, *free, by=senior)
    with pytest.raises(IntegrityError), transaction.atomic():
        BulkJob.objects.create(
            by=senior, office=free[0].office, act=act, token=uuid4(), made_at=NOON
        )
    assert client.post(reverse("workbench:bulk_new"), given).status_code == 404
    assert client.post(reverse("workbench:bulk_confirm"), given).status_code == 404
    assert not BulkJob.objects.exists()


def test_no_bulk_act_issues_or_recommends_anything():
    assert {REPERTOIRE[name].act.policy for name in BULK_ACTS}.isdisjoint(
        {"issue", "recommend", "revoke"}
    )
    assert set(REPERTOIRE) == set(BULK_ACTS)


# --- the registry decides ---------------------------------------------------------------------
def people_of(case: Case) -> dict[str, User]:
    people = {role: make_person(role, case.office) for role in OFFICE_ROLES}
    elsewhere = make_office("xinjiang", name_zh="新疆维吾尔自治区商务厅")
    return people | {
        "elsewhere": make_person(Role.SUPERVISOR, elsewhere),
        "clerk": clerk_of(case.exporter),
        "left": make_person(Role.SUPERVISOR, case.office, is_active=False),
    }


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.RETURNED, Status.HELD, Status.REFUSED])
def test_a_bulk_act_does_what_the_registry_offers_that_person_and_refuses_the_rest(
    status, exporter, clerk, reviewer
):
    case = lead_to(status, make_clean_case(exporter, by=clerk), by=reviewer)
    people = {**people_of(case), "holder": reviewer}

    for act in BULK_ACTS:
        policy = REPERTOIRE[act].act.policy
        offered = {who for who, user in people.items() if judged(policy, case, user).allowed}
        done = {who for who, user in people.items() if does(act, case, by=user)}

        assert (act, done) == (act, offered)


def lead_to(status: Status, case: Case, *, by: User) -> Case:
    case = claims.claim(case, by=by, at=NOON)
    if status is Status.RETURNED:
        ask_for(case, by=by)
    if status in (Status.HELD, Status.REFUSED):
        decision = recommend_refusal(case, by=by)
        if status is Status.REFUSED:
            decisions.sign(decision, by=make_person(Role.SENIOR, case.office), at=NOON)
    return again(case)


def does(act: str, case: Case, *, by: User) -> bool:
    """Tell whether a job of one case does it; what it did is undone."""
    with transaction.atomic():
        done = False
        with suppress(DomainError):
            done = run(order(act, again(case), by=by)) == [("done", "")]
        transaction.set_rollback(True)
    return done


def test_who_decides_no_cases_orders_no_job(free):
    for role in sorted(set(OFFICE_ROLES) - set(DECIDERS)):
        with pytest.raises(RoleMissing):
            order("release", *free, by=make_person(role, free[0].office))


def test_anothers_cases_are_not_in_the_job(free, exporter, reviewer):
    office = make_office("xinjiang", name_zh="新疆维吾尔自治区商务厅")
    far = make_exporter(office=office)
    foreign = make_clean_case(far, by=clerk_of(far))

    job = order("claim", free[0], foreign, by=reviewer)

    assert [item.case for item in job.items.all()] == [free[0]]
    with pytest.raises(NotAllowed):
        order("claim", foreign, by=reviewer)


def test_a_reference_of_another_office_or_of_nothing_is_not_chosen(free, reviewer, client):
    far = make_exporter(office=make_office("xinjiang", name_zh="新疆维吾尔自治区商务厅"))
    foreign = make_clean_case(far, by=clerk_of(far))
    client.force_login(reviewer)
    given = {"act": "claim", "cases": [free[0].reference, foreign.reference, "\x00", "E1"]}

    page = client.post(reverse("workbench:bulk_new"), given)

    assert page.context["ahead"].chosen == [free[0]]
    assert foreign.reference not in page.content.decode()


# --- looking ahead ----------------------------------------------------------------------------
@pytest.mark.parametrize("act", BULK_ACTS)
def test_what_was_foreseen_comes_about_if_nothing_changes(act, free, held, reviewer, office):
    supervisor = make_person(Role.SUPERVISOR, office)
    claims.claim(free[1], by=supervisor, at=NOON)
    ask_for(free[2], by=reviewer)
    chosen = Case.objects.filter(pk__in=[case.pk for case in (*free, *held)]).order_by("due_at")

    ahead = foresight.look_ahead(REPERTOIRE[act], chosen, user=supervisor)
    before = list(chosen.order_by("pk").values())
    job = order(act, *ahead.chosen, by=supervisor)
    run(job)

    done = {item.case for item in job.items.all() if item.state == "done"}
    assert done == set(ahead.ready.cases)
    assert done
    refused = {case for group in ahead.refused for case in group.cases}
    assert refused == set(ahead.chosen) - done
    assert len(before) == len(ahead.chosen)


def test_looking_ahead_changes_nothing(free, held, senior, client):
    client.force_login(senior)
    rows = list(Case.objects.order_by("pk").values())
    events = Event.objects.count()

    for act in BULK_ACTS:
        given = {"act": act, "cases": [case.reference for case in (*free, *held)]}
        assert client.post(reverse("workbench:bulk_new"), given).status_code == 200

    assert list(Case.objects.order_by("pk").values()) == rows
    assert (Event.objects.count(), BulkJob.objects.count()) == (events, 0)


def test_claims_are_foreseen_up_to_three_a_person(free, reviewer):
    ahead = foresight.look_ahead(
        REPERTOIRE["claim"], Case.objects.order_by("due_at", "id"), user=reviewer
    )

    assert len(ahead.ready.cases) == 3
    assert [len(group.cases) for group in ahead.refused] == [2]
    assert (
        run(order("claim", *ahead.chosen, by=reviewer))
        == [("done", "")] * 3 + [("refused", "too-many-claims")] * 2
    )


@pytest.mark.parametrize("act", BULK_ACTS)
def test_looking_ahead_costs_the_same_however_many(act, free, held, office):
    user = make_person(Role.SUPERVISOR, office)
    few = queries(act, Case.objects.filter(pk__in=[free[0].pk, held[0].pk]), user=user)
    many = queries(act, Case.objects.all(), user=user)

    assert many == few <= 5


def queries(act: str, cases, *, user: User) -> int:
    user = User.objects.get(pk=user.pk)
    with CaptureQueriesContext(connection) as seen:
        foresight.look_ahead(REPERTOIRE[act], cases, user=user)
    return len(seen)


def test_all_of_a_list_are_taken_in_its_order_as_they_stand_when_looked_at(
    free, held, reviewer, client
):
    Case.objects.filter(pk=free[3].pk).update(risk=90)
    client.force_login(reviewer)
    given = {"act": "claim", "found": "view=all&sort=risk", "cases": [held[0].reference]}

    ahead = client.post(reverse("workbench:bulk_new"), given).context["ahead"]
    make_clean_case(free[0].exporter, by=clerk_of(free[0].exporter))

    assert ahead.chosen[0] == free[3]
    assert set(ahead.chosen) == {*free, *held}
    assert set(ahead.ready.cases).isdisjoint(held)  # seen with what is open, and left alone
    assert len(ordering.thaw(ahead.frozen)) == len(free) + len(held)


def test_a_list_with_a_filter_nobody_understands_is_no_list(free, reviewer, client):
    client.force_login(reviewer)
    given = {"act": "claim", "found": "view=all&risk=several"}

    assert client.post(reverse("workbench:bulk_new"), given).context["ahead"].chosen == []


def test_of_a_longer_list_the_first_are_taken_and_it_is_said(free, reviewer, client, monkeypatch):
    monkeypatch.setattr(foresight, "MOST_CASES", 2)
    client.force_login(reviewer)

    page = client.post(
        reverse("workbench:bulk_new") + "?lang=en", {"act": "claim", "found": "view=all"}
    )

    assert page.context["ahead"].chosen == free[:2]
    assert "these are the first" in page.content.decode()


def test_reasons_are_grouped_without_the_names_of_the_cases(free, reviewer, senior):
    for case in free[:2]:
        claims.claim(case, by=senior, at=NOON)

    ahead = foresight.look_ahead(
        REPERTOIRE["claim"], Case.objects.order_by("due_at", "id"), user=reviewer
    )

    (group,) = ahead.refused
    assert set(group.cases) == set(free[:2])
    assert free[0].reference not in group.why_not
    assert "Li" in group.why_not


# --- frozen -----------------------------------------------------------------------------------
def test_at_most_five_hundred_cases_are_taken(free, reviewer):
    text = " ".join(f"{number}:0" for number in range(1, 700))

    frozen = ordering.thaw(text)

    assert len(frozen) == MOST_CASES == 500
    assert ordering.thaw("7:1 x 8 :3 9:９ 10:2") == {7: 1, 10: 2}


def test_a_case_that_changed_since_one_looked_is_left_alone(free, reviewer, senior):
    seen = [again(case) for case in free[:2]]
    recommend_refusal(again(free[0]), by=reviewer)
    decisions.send_back(Decision.objects.get(), by=senior, at=NOON, note="再看")
    claims.release(again(free[0]), by=reviewer, at=NOON)
    assert judged("claim", again(free[0]), senior).allowed

    assert run(order("claim", *seen, by=senior)) == [("refused", "moved-on"), ("done", "")]
    assert again(free[0]).assignee is None


def test_confirming_twice_is_one_job(free, reviewer):
    token = uuid4()

    first = order("claim", *free[:2], by=reviewer, token=token)
    second = order("claim", *free[2:], by=reviewer, token=token)

    assert first == second
    assert first.items.count() == 2
    assert Event.objects.filter(action="bulk.ordered").count() == 1


def test_two_people_with_the_same_token_have_a_job_each(free, reviewer, senior):
    token = uuid4()

    assert order("claim", *free, by=reviewer, token=token) != order(
        "claim", *free, by=senior, token=token
    )


# --- running ----------------------------------------------------------------------------------
def test_each_case_gets_its_own_result_and_its_own_event(held, senior, reviewer):
    decisions.send_back(Decision.objects.get(case=held[1]), by=senior, at=NOON, note="再看")
    held[1] = again(held[1])

    job = order("sign", *held, by=senior)

    assert run(job) == [("done", ""), ("refused", "wrong-state"), ("done", "")]
    assert [again(case).state for case in held] == [
        Status.REFUSED,
        Status.IN_REVIEW,
        Status.REFUSED,
    ]
    job.refresh_from_db()
    assert (job.state, job.lease_until) == ("done", None)
    assert Event.objects.filter(action="case.refused").count() == 2


def test_nobody_signs_their_own_recommendation_in_bulk_either(exporter, clerk, senior):
    case = again(recommend_refusal(make_clean_case(exporter, by=clerk), by=senior).case)

    assert run(order("sign", case, by=senior)) == [("refused", "same-person")]
    assert again(case).state is Status.HELD


def test_a_question_is_asked_of_each_exporter_with_one_reason(free, reviewer):
    run(order("request", *free[:2], by=reviewer))

    for case in free[:2]:
        (item,) = Request.objects.get(case=case).items.all()
        assert (item.reason_id, item.document_kind) == ("RC01", "contract")
        assert item.reason.text_zh in item.question
        assert item.reason.text_en in item.question
        assert again(case).state is Status.RETURNED


def test_ones_own_question_stands_as_written(free, reviewer):
    given = arguments("request") | {"question": "请补充合同第九条"}

    run(order("request", free[0], by=reviewer, arguments=given))

    assert Request.objects.get().items.get().question == "请补充合同第九条"


def test_cases_are_assigned_escalated_and_put_off(free, senior, office):
    boss, colleague = make_person(Role.SUPERVISOR, office), make_person(Role.REVIEWER, office)

    run(order("assign", free[0], by=boss, arguments={"to": colleague.pk, "note": ""}))
    run(order("escalate", free[1], by=boss))
    run(order("put-off", free[2], by=boss))

    assert again(free[0]).assignee == colleague
    assert again(free[1]).escalated_because == "成批办理"
    morning = timezone.localtime(again(free[2]).hold_until)
    assert (morning.hour, morning.minute) == (8, 30)


def test_running_a_job_twice_does_nothing_twice(free, reviewer):
    job = order("claim", *free[:2], by=reviewer)
    run(job)
    events = Event.objects.count()

    bulk_run(job_id=job.pk)
    BulkJob.objects.filter(pk=job.pk).update(state="running", finished_at=None)
    run(job)

    assert Event.objects.count() == events
    assert BulkJob.objects.get().state == "done"


def test_a_worker_killed_half_way_loses_nothing(held, senior):
    """It holds the lease and has done one case when it dies; another finds the rest."""
    job = order("sign", *held, by=senior)
    taken = running.claim(job.pk, at=NOON)
    running.take_turn(taken, taken.items.all()[0], by=senior, clock=lambda: NOON)

    assert running.claim(job.pk, at=NOON) is None
    assert running.waiting(NOON) == []
    later = NOON + timedelta(hours=1)
    assert running.waiting(later) == [job.pk]
    running.work_on(running.claim(job.pk, at=later), clock=lambda: later)

    assert results(job) == [("done", "")] * 3
    assert Event.objects.filter(action="case.refused").count() == 3


def test_the_second_of_two_workers_at_one_case_leaves_it_alone(held, senior):
    job = order("sign", *held[:1], by=senior)
    item = job.items.get()
    running.take_turn(job, item, by=senior, clock=lambda: NOON)

    running.take_turn(job, item, by=senior, clock=lambda: NOON)

    assert results(job) == [("done", "")]
    assert Event.objects.filter(action="case.refused").count() == 1


def test_the_sweep_takes_up_a_job_whose_message_was_lost(free, reviewer):
    job = order("claim", free[0], by=reviewer)
    assert results(job) == [("waiting", "")]

    assert bulk_waiting() == 1

    assert results(job) == [("done", "")]
    assert bulk_waiting() == 0


def test_a_long_job_is_worked_off_in_slices(free, reviewer, monkeypatch):
    monkeypatch.setattr(running, "SLICE", 2)
    job = order("release", *free, by=reviewer)

    assert running.work_on(running.claim(job.pk, at=NOON), clock=lambda: NOON)
    assert [state for state, _code in results(job)].count("waiting") == 3
    run(job)

    assert {state for state, _code in results(job)} == {"refused"}
    job.refresh_from_db()
    assert job.is_over


def test_a_job_of_a_person_who_left_stops_and_says_so(free, reviewer):
    job = order("claim", *free[:2], by=reviewer)
    User.objects.filter(pk=reviewer.pk).update(is_active=False)

    assert run(job) == [("refused", "person-left")] * 2
    job.refresh_from_db()
    assert job.state == "stopped"
    assert {again(case).assignee for case in free} == {None}


def test_whoever_changed_roles_is_judged_by_the_new_one(held, senior):
    job = order("sign", *held, by=senior)
    membership = senior.acting_as
    membership.role = Role.REVIEWER
    membership.save()

    assert run(job) == [("refused", "role-missing")] * 3


def test_whoever_moved_to_another_office_does_nothing_to_the_old_ones_cases(held, senior):
    job = order("sign", *held, by=senior)
    membership = senior.acting_as
    membership.office = make_office("xinjiang", name_zh="新疆维吾尔自治区商务厅")
    membership.save()

    assert run(job) == [("refused", "not-allowed")] * 3


def test_one_case_that_breaks_does_not_hold_up_the_others(free, office, caplog):
    """The person it is assigned to is gone from the table: an error nobody foresaw."""
    boss = make_person(Role.SUPERVISOR, office)
    job = order("assign", *free[:2], by=boss, arguments={"to": 0, "note": ""})

    assert run(job) == [("failed", "on-our-side")] * 2
    assert "failed" in caplog.text
    assert again(free[0]).assignee is None


# --- the pages --------------------------------------------------------------------------------
def test_from_selecting_to_reading_the_results(
    free, reviewer, client, django_capture_on_commit_callbacks
):
    client.force_login(reviewer)
    chosen = {"act": "claim", "cases": [case.reference for case in free]}
    page = client.post(reverse("workbench:bulk_new") + "?lang=en", chosen)
    assert "3 cases will be yours" in page.content.decode()
    assert "2 cases stay as they are" in page.content.decode()
    carried = {
        "act": "claim",
        "token": page.context["token"],
        "frozen": page.context["ahead"].frozen,
    }

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("workbench:bulk_confirm"), carried)

    job = BulkJob.objects.get()
    assert response["Location"] == job.get_absolute_url()
    shown = client.get(job.get_absolute_url(), {"lang": "en"}).content.decode()
    assert all(case.reference in shown for case in free)
    assert "You hold 3 cases already" in shown
    jobs = client.get(reverse("workbench:bulk_jobs"), {"lang": "en"}).content.decode()
    assert f"Claim · {job.pk}" in jobs
    table = client.get(reverse("workbench:bulk_csv", args=[job.pk])).content.decode("utf-8-sig")
    assert table.count("\n") == 6


def test_a_faulty_form_comes_back_with_the_same_cases(free, reviewer, client):
    client.force_login(reviewer)
    frozen = " ".join(f"{case.pk}:{case.version}" for case in free)
    given = {"act": "escalate", "token": uuid4(), "frozen": frozen, "note": " "}

    page = client.post(reverse("workbench:bulk_confirm"), given)

    assert page.status_code == 422
    assert page.context["form"].errors
    assert page.context["ahead"].frozen == frozen
    assert str(page.context["token"]) == str(given["token"])
    assert not BulkJob.objects.exists()


@pytest.mark.parametrize("days", [0, 61])
def test_cases_are_put_off_to_a_day_ahead_and_not_too_far(days, free, reviewer, client):
    client.force_login(reviewer)
    until = timezone.localdate() + timedelta(days=days)
    frozen = f"{free[0].pk}:{free[0].version}"
    given = {"act": "put-off", "token": uuid4(), "frozen": frozen, "note": "等", "until": until}

    assert client.post(reverse("workbench:bulk_confirm"), given).status_code == 422


@pytest.mark.parametrize(("act", "field"), [("assign", "to"), ("request", "reason")])
def test_nothing_is_chosen_for_the_person(act, field, free, office, client):
    client.force_login(make_person(Role.SUPERVISOR, office))
    given = {"act": act, "token": uuid4(), "frozen": f"{free[0].pk}:{free[0].version}"}

    page = client.post(reverse("workbench:bulk_confirm"), given | {field: ""})

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]


def test_a_refused_order_is_said_on_the_form(free, senior, client):
    client.force_login(senior)
    given = {"act": "claim", "token": uuid4(), "frozen": "999999:0"}

    page = client.post(reverse("workbench:bulk_confirm"), given)

    assert page.status_code == 422
    assert page.context["form"].non_field_errors()


def test_without_a_preview_there_is_nothing_to_confirm(free, reviewer, client):
    client.force_login(reviewer)

    assert client.post(reverse("workbench:bulk_confirm"), {"act": "claim"}).status_code == 404
    assert client.get(reverse("workbench:bulk_new")).status_code == 302
    empty = client.post(
        reverse("workbench:bulk_new"), {"act": "claim"}, query_params={"lang": "en"}
    )
    assert "No case was selected." in empty.content.decode()


def test_what_was_not_done_is_looked_at_anew_and_makes_a_new_job(free, reviewer, client):
    client.force_login(reviewer)
    job = order("claim", *free, by=reviewer)
    run(job)
    claims.release(again(free[0]), by=reviewer, at=NOON)

    page = client.post(reverse("workbench:bulk_retry", args=[job.pk]))

    ahead = page.context["ahead"]
    assert set(ahead.chosen) == set(free[3:])
    assert len(ahead.ready.cases) == 1
    assert BulkJob.objects.count() == 1


def test_a_retry_proposes_what_was_given_before(free, senior, office, client):
    boss, other = make_person(Role.SUPERVISOR, office), make_person(Role.REVIEWER, office)
    client.force_login(boss)
    job = order("assign", free[0], by=boss, arguments={"to": other.pk, "note": "休假"})
    BulkItem.objects.update(state="failed", code="on-our-side", text="An error on our side.")
    BulkJob.objects.update(state="done", finished_at=NOON)

    page = client.post(reverse("workbench:bulk_retry", args=[job.pk])).content.decode()

    assert f'value="{other.pk}" selected' in page
    assert "休假" in page


def test_jobs_are_read_by_their_person_their_supervisor_and_the_auditor(free, reviewer, senior):
    job = order("claim", *free, by=reviewer)
    office = free[0].office
    district = make_office("binhai", name_zh="滨海新区商务局", level="city", parent=office)
    readers = {
        "self": reviewer,
        "senior": senior,
        "supervisor": make_person(Role.SUPERVISOR, office),
        "auditor": make_person(Role.AUDITOR, office),
        "below": make_person(Role.SUPERVISOR, district),
        "clerk": clerk_of(free[0].exporter),
    }

    seen = {who for who, user in readers.items() if job in BulkJob.objects.visible_to(user)}

    assert seen == {"self", "supervisor", "auditor"}


@pytest.mark.parametrize("name", ["bulk_job", "bulk_progress", "bulk_csv"])
def test_anothers_job_does_not_exist(name, free, reviewer, senior, client):
    job = order("claim", *free, by=reviewer)
    client.force_login(senior)

    assert client.get(reverse(f"workbench:{name}", args=[job.pk])).status_code == 404
    assert client.post(reverse("workbench:bulk_retry", args=[job.pk])).status_code == 404


def test_the_moving_part_is_small_and_stops_at_the_end(free, reviewer, client):
    client.force_login(reviewer)
    job = order("claim", *free, by=reviewer)
    address = reverse("workbench:bulk_progress", args=[job.pk])

    before = client.get(address).content.decode()
    run(job)
    after = client.get(address).content.decode()

    assert "data-poll" in before
    assert "data-done" in after
    assert "data-poll" not in after
    assert max(len(before.encode()), len(after.encode())) <= 1024


def test_the_pages_of_jobs_cost_the_same_however_many(free, reviewer, client):
    client.force_login(reviewer)
    for _each in range(3):
        job = order("release", *free, by=reviewer)
        run(job)
    small = order("release", free[0], by=reviewer)
    run(small)

    client.get(reverse("workbench:bulk_jobs"))  # what is kept for a while is fetched once
    counts = []
    for address in (
        small.get_absolute_url(),
        job.get_absolute_url(),
        reverse("workbench:bulk_jobs"),
    ):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 10
    assert counts[2] <= 10


def test_every_act_in_bulk_is_opened_by_a_row_of_the_policies():
    assert all(REPERTOIRE[name].act.policy in CHECKS for name in BULK_ACTS)


def test_a_reason_is_said_in_the_readers_language(free, reviewer, senior, client):
    claims.claim(free[0], by=senior, at=NOON)
    job = order("claim", again(free[0]), by=reviewer)
    run(job)
    client.force_login(reviewer)

    pages = [
        client.get(job.get_absolute_url(), {"lang": code}).content.decode()
        for code in ("zh-hans", "en")
    ]

    assert "The case is in the hands of Li." in pages[1]
    assert "The case is in the hands of Li." not in pages[0]
    assert "Li" in pages[0]
