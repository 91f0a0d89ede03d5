"""Sharing out work, evening it out, and covering for who is away."""

from collections import Counter
from datetime import date, timedelta

import pytest
from django.test import Client

from exports.errors import ImpossibleDays, NotAllowed, PersonAway, RoleMissing
from exports.models import Event, Exporter, Office, Role, User
from exports.rules import legal_day
from reviews import claims, decisions, tasks, workload
from reviews.board import desks
from reviews.models import Absence, Case
from reviews.rollups import filling
from tests.factories import (
    NOON,
    TODAY,
    answer_all,
    ask_for,
    checked,
    make_clean_case,
    make_failing_case,
    make_office,
    make_person,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")
PAGE = "/workbench/workload/"
DAY = timedelta(days=1)


@pytest.fixture
def supervisor(office: Office) -> User:
    """Zhao answers for the office."""
    return make_person(Role.SUPERVISOR, office, name="Zhao")


@pytest.fixture
def colleague(office: Office) -> User:
    return make_person(Role.REVIEWER, office, name="Sun")


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


def cases_due(exporter: Exporter, clerk: User, *days: int) -> list[Case]:
    """File one case for each of *days*, due so many days from now."""
    made = [make_failing_case(exporter, by=clerk) for _ in days]
    for case, ahead in zip(made, days, strict=True):
        Case.objects.filter(pk=case.pk).update(due_at=NOON + ahead * DAY)
    return [Case.objects.get(pk=case.pk) for case in made]


def holders(cases: list[Case]) -> list[str]:
    return [case.assignee.name if case.assignee else "" for case in map(fresh, cases)]


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def away(person: User, by: User, **facts: object) -> Absence:
    facts = {"since": TODAY, "until": TODAY + 3 * DAY, "by": by, "at": NOON} | facts
    return workload.note_absence(person, **facts)


def test_the_oldest_of_the_pool_go_to_one_person_for_good(
    exporter: Exporter, clerk: User, reviewer: User, supervisor: User
) -> None:
    cases = cases_due(exporter, clerk, 3, 1, 2)

    results = workload.assign_oldest(2, to=reviewer, source=None, by=supervisor, at=NOON)

    assert [result.refusal for result in results] == [None, None]
    assert holders(cases) == ["", "Wang", "Wang"]
    assert fresh(cases[1]).claimed_until is None


def test_cases_move_from_one_desk_to_another(
    exporter: Exporter, clerk: User, reviewer: User, colleague: User, supervisor: User
) -> None:
    cases = cases_due(exporter, clerk, 1, 2)
    workload.assign_oldest(2, to=reviewer, source=None, by=supervisor, at=NOON)

    workload.assign_oldest(1, to=colleague, source=reviewer, by=supervisor, at=NOON)

    assert holders(cases) == ["Sun", "Wang"]


def test_what_somebody_has_open_just_now_is_left_with_them(
    exporter: Exporter, clerk: User, reviewer: User, colleague: User, supervisor: User
) -> None:
    (case,) = cases_due(exporter, clerk, 1)
    claims.claim(case, by=reviewer, at=NOON)

    assert workload.assign_oldest(5, to=colleague, source=reviewer, by=supervisor, at=NOON) == []
    assert holders([case]) == ["Wang"]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR, Role.AUDITOR, Role.POLICY])
def test_only_a_supervisor_shares_out_work(role: Role, office: Office, reviewer: User) -> None:
    person = make_person(role, office)

    with pytest.raises(RoleMissing):
        workload.assign_oldest(1, to=reviewer, source=None, by=person, at=NOON)
    with pytest.raises(RoleMissing):
        workload.proposals([reviewer], by=person, at=NOON)


def test_another_offices_cases_are_out_of_reach(
    exporter: Exporter, clerk: User, reviewer: User
) -> None:
    cases = cases_due(exporter, clerk, 1)
    elsewhere = make_office("xinjiang", name_zh="新疆维吾尔自治区商务厅")
    stranger = make_person(Role.SUPERVISOR, elsewhere)

    assert workload.assign_oldest(5, to=reviewer, source=None, by=stranger, at=NOON) == []
    (refused,) = workload.assign_each([(cases[0], reviewer)], by=stranger, at=NOON)
    assert isinstance(refused.refusal, NotAllowed)
    assert holders(cases) == [""]


def test_one_refusal_holds_up_no_other_case(
    exporter: Exporter, clerk: User, reviewer: User, supervisor: User
) -> None:
    first, second = cases_due(exporter, clerk, 1, 2)
    recommend_refusal(claims.claim(first, by=reviewer, at=NOON), by=reviewer)

    results = workload.assign_each(
        [(fresh(first), supervisor), (second, supervisor)], by=supervisor, at=NOON
    )

    assert [result.refusal is None for result in results] == [False, True]
    assert holders([second]) == ["Zhao"]


def test_evening_out_gives_everybody_as_many_of_each_day(
    exporter: Exporter, clerk: User, reviewer: User, colleague: User, supervisor: User
) -> None:
    cases = cases_due(exporter, clerk, 1, 1, 1, 1, 2, 2)
    workload.assign_oldest(6, to=reviewer, source=None, by=supervisor, at=NOON)

    moves = workload.proposals([reviewer, colleague], by=supervisor, at=NOON)
    assert holders(cases) == ["Wang"] * 6  # a plan moves nothing
    workload.assign_each([(move.case, move.to) for move in moves], by=supervisor, at=NOON)

    desks_then = Counter(
        (case.assignee.name, legal_day(case.due_at)) for case in map(fresh, cases) if case.assignee
    )
    tomorrow, after = TODAY + DAY, TODAY + 2 * DAY
    assert desks_then == {
        ("Wang", tomorrow): 2,
        ("Sun", tomorrow): 2,
        ("Wang", after): 1,
        ("Sun", after): 1,
    }
    assert len(moves) == 3
    assert workload.proposals([reviewer, colleague], by=supervisor, at=NOON) == []


def test_with_nobody_there_nothing_is_proposed(
    exporter: Exporter, clerk: User, supervisor: User
) -> None:
    cases_due(exporter, clerk, 1)

    assert workload.proposals([], by=supervisor, at=NOON) == []


def test_leave_hands_over_at_once_and_to_the_stand_in(
    exporter: Exporter, clerk: User, reviewer: User, colleague: User, supervisor: User
) -> None:
    cases = cases_due(exporter, clerk, 1, 2)
    workload.assign_oldest(2, to=reviewer, source=None, by=supervisor, at=NOON)

    absence = away(reviewer, supervisor, stand_in=colleague, why="年假")

    assert holders(cases) == ["Sun", "Sun"]
    assert Absence.objects.get(pk=absence.pk).handed_over_at == NOON
    event = Event.objects.get(action="person.absence_noted")
    assert (event.subject_key, event.note) == (reviewer.email, "年假")
    assert event.after["stand_in"] == "Sun"


def test_a_reviewer_hands_over_their_own_cases_and_nobody_elses(
    exporter: Exporter, clerk: User, reviewer: User, colleague: User
) -> None:
    (case,) = cases_due(exporter, clerk, 1)
    claims.claim(case, by=reviewer, at=NOON)

    away(reviewer, reviewer)
    assert holders([case]) == [""]
    with pytest.raises(RoleMissing):
        away(colleague, reviewer)


def test_leave_to_come_hands_over_on_its_first_day(
    exporter: Exporter, clerk: User, reviewer: User, supervisor: User
) -> None:
    cases = cases_due(exporter, clerk, 5)
    workload.assign_oldest(1, to=reviewer, source=None, by=supervisor, at=NOON)
    away(reviewer, supervisor, since=TODAY + DAY)

    assert workload.cover_absences(at=NOON) == 0
    assert holders(cases) == ["Wang"]

    assert workload.cover_absences(at=NOON + DAY) == 1
    assert holders(cases) == [""]
    assert workload.cover_absences(at=NOON + DAY) == 0


def test_what_comes_back_to_somebody_away_goes_to_their_stand_in(
    exporter: Exporter, clerk: User, reviewer: User, colleague: User, supervisor: User
) -> None:
    (case,) = cases_due(exporter, clerk, 3)
    request = ask_for(claims.claim(case, by=reviewer, at=NOON), by=reviewer)
    away(reviewer, supervisor, since=TODAY + DAY, until=TODAY + 9 * DAY, stand_in=colleague)
    checked(answer_all(request, by=clerk, at=NOON + 2 * DAY), at=NOON + 2 * DAY)

    workload.cover_absences(at=NOON + 2 * DAY)

    assert holders([case]) == ["Sun"]


def test_with_the_stand_in_away_too_cases_go_to_the_pool(
    exporter: Exporter, clerk: User, reviewer: User, colleague: User, supervisor: User
) -> None:
    cases = cases_due(exporter, clerk, 1)
    workload.assign_oldest(1, to=reviewer, source=None, by=supervisor, at=NOON)
    away(colleague, supervisor)

    away(reviewer, supervisor, stand_in=colleague)

    assert holders(cases) == [""]


def test_nobody_away_is_given_work(
    exporter: Exporter, clerk: User, reviewer: User, colleague: User, supervisor: User
) -> None:
    cases = cases_due(exporter, clerk, 1)
    away(reviewer, supervisor)

    with pytest.raises(PersonAway):
        claims.assign(cases[0], to=reviewer, by=supervisor, at=NOON)
    (result,) = workload.assign_oldest(1, to=reviewer, source=None, by=supervisor, at=NOON)
    assert isinstance(result.refusal, PersonAway)
    assert workload.present_of([reviewer, colleague], on=TODAY) == [colleague]
    assert workload.present_of([reviewer, colleague], on=TODAY + 4 * DAY) == [reviewer, colleague]


def test_who_is_back_early_is_given_work_again(
    exporter: Exporter, clerk: User, reviewer: User, supervisor: User
) -> None:
    cases = cases_due(exporter, clerk, 1)
    absence = away(reviewer, supervisor)

    workload.end_absence(absence, by=supervisor, at=NOON)
    claims.assign(cases[0], to=reviewer, by=supervisor, at=NOON)

    assert holders(cases) == ["Wang"]
    assert Event.objects.filter(action="person.absence_ended").exists()


@pytest.mark.parametrize(
    ("since", "until"),
    [(TODAY + DAY, TODAY), (TODAY - 9 * DAY, TODAY - DAY)],
)
def test_leave_that_ends_before_it_begins_or_is_over_is_refused(
    since: date, until: date, reviewer: User
) -> None:
    with pytest.raises(ImpossibleDays):
        away(reviewer, reviewer, since=since, until=until)


def test_a_stand_in_decides_cases_at_the_same_office(
    office: Office, reviewer: User, supervisor: User
) -> None:
    elsewhere = make_person(Role.REVIEWER, make_office("xinjiang", name_zh="新疆"))

    for unfit in (elsewhere, make_person(Role.AUDITOR, office), reviewer):
        with pytest.raises(NotAllowed):
            away(reviewer, supervisor, stand_in=unfit)


def test_another_offices_supervisor_notes_no_leave_here(reviewer: User) -> None:
    stranger = make_person(Role.SUPERVISOR, make_office("xinjiang", name_zh="新疆"))

    with pytest.raises(NotAllowed):
        away(reviewer, stranger)


def test_the_timed_task_covers_whoever_is_away(
    exporter: Exporter, clerk: User, reviewer: User, supervisor: User, at_noon: None
) -> None:
    cases = cases_due(exporter, clerk, 1)
    away(reviewer, supervisor, since=TODAY)
    Case.objects.filter(pk=cases[0].pk).update(assignee=reviewer)

    assert tasks.cover_absences() == 1
    assert holders(cases) == [""]


def test_an_absence_nobody_may_cover_any_more_holds_up_no_other(
    exporter: Exporter, clerk: User, reviewer: User, colleague: User, supervisor: User
) -> None:
    first, second = cases_due(exporter, clerk, 1, 2)
    away(colleague, supervisor)
    away(reviewer, reviewer)
    Case.objects.filter(pk=first.pk).update(assignee=colleague)
    Case.objects.filter(pk=second.pk).update(assignee=reviewer)
    User.objects.filter(pk=supervisor.pk).update(is_active=False)

    assert workload.cover_absences(at=NOON) == 1
    assert holders([first, second]) == ["Sun", ""]


def test_desks_say_what_lies_on_them(
    exporter: Exporter, clerk: User, reviewer: User, colleague: User, supervisor: User
) -> None:
    late, today, later, taken = cases_due(exporter, clerk, -1, 0, 5, 5)
    Case.objects.filter(pk=today.pk).update(due_at=NOON + timedelta(hours=2))
    for case in (late, today, later):
        claims.assign(fresh(case), to=reviewer, by=supervisor, at=NOON)
    claims.claim(taken, by=reviewer, at=NOON)
    issued = make_clean_case(exporter, by=clerk)
    decisions.issue(issued, by=colleague, at=NOON)
    filling.fill(at=NOON)
    away(colleague, supervisor)

    found = {
        desk.person.name: desk
        for desk in desks.desks_of([reviewer, colleague], user=supervisor, at=NOON)
    }

    wang, sun = found["Wang"], found["Sun"]
    assert (wang.assigned, wang.claimed, wang.due_today, wang.late) == (3, 1, 2, 1)
    assert (sun.load, sun.done, sun.away is not None) == (0, 1, True)


# --- the page ---------------------------------------------------------------------------------


@pytest.fixture
def desk(client: Client, supervisor: User, at_noon: None) -> Client:
    client.force_login(supervisor)
    return client


def test_the_page_costs_the_same_however_many_work_here(
    desk: Client, exporter: Exporter, clerk: User, office: Office, django_assert_max_num_queries
) -> None:
    cases_due(exporter, clerk, 1, 2, 3)
    for _ in range(4):
        make_person(Role.REVIEWER, office)

    with django_assert_max_num_queries(18):
        assert desk.get(PAGE).status_code == 200


def test_cases_are_chosen_and_assigned(
    desk: Client, exporter: Exporter, clerk: User, reviewer: User
) -> None:
    first, second, third = cases_due(exporter, clerk, 1, 2, 3)
    chosen = {"cases": [second.reference], "to": reviewer.pk, "number": 1}
    assert desk.post(f"{PAGE}share/", chosen).status_code == 302
    oldest = {"number": 1, "to": reviewer.pk, "source": ""}
    assert desk.post(f"{PAGE}share/", oldest).status_code == 302

    assert holders([first, second, third]) == ["Wang", "Wang", ""]


def test_a_plan_is_shown_and_then_carried_out(
    desk: Client, exporter: Exporter, clerk: User, reviewer: User, colleague: User
) -> None:
    cases = cases_due(exporter, clerk, 1, 1, 1)
    plan = desk.get(f"{PAGE}even/").context["proposals"]
    moves = [f"{move.case.reference}:{move.to.pk}" for move in plan]
    assert len(moves) == 3

    desk.post(f"{PAGE}even/now/", {"moves": [*moves, "nonsense", "E1:2:3", "E1:999999"]})

    assert sorted(holders(cases)) == ["Sun", "Wang", "Zhao"]


def test_leave_is_noted_and_ended_on_the_page(desk: Client, reviewer: User) -> None:
    given = {"person": reviewer.pk, "since": TODAY, "until": TODAY + DAY, "stand_in": ""}
    assert desk.post(f"{PAGE}absence/", given).status_code == 302
    absence = Absence.objects.get()
    assert absence.person == reviewer

    assert desk.post(f"{PAGE}absence/{absence.pk}/end/").status_code == 302
    assert Absence.objects.get().ended_at == NOON


def test_a_refused_leave_keeps_what_was_typed(desk: Client, reviewer: User) -> None:
    given = {"person": reviewer.pk, "since": TODAY, "until": TODAY - DAY, "why": "年假"}

    response = desk.post(f"{PAGE}absence/", given)

    assert response.status_code == 422
    assert "年假" in response.content.decode()
    assert not Absence.objects.exists()


def test_a_reviewer_sees_no_desks_but_their_own_leave(
    client: Client, reviewer: User, colleague: User, at_noon: None
) -> None:
    client.force_login(reviewer)
    text = client.get(PAGE).content.decode()
    assert "Sun" in text  # as a stand-in to choose
    assert "workload_share" not in text
    assert f"{PAGE}share/" not in text

    assert client.post(f"{PAGE}share/", {"number": 1, "to": colleague.pk}).status_code == 403
    assert client.get(f"{PAGE}even/").status_code == 403
    assert client.post(f"{PAGE}even/now/").status_code == 403
    given = {"person": colleague.pk, "since": TODAY, "until": TODAY}
    assert client.post(f"{PAGE}absence/", given).status_code == 422
    assert client.post(f"{PAGE}absence/", {**given, "person": reviewer.pk}).status_code == 302


def test_leave_of_another_office_is_not_found(desk: Client) -> None:
    elsewhere = make_person(Role.REVIEWER, make_office("xinjiang", name_zh="新疆"))
    absence = away(elsewhere, elsewhere)

    assert desk.post(f"{PAGE}absence/{absence.pk}/end/").status_code == 404


def test_who_decides_nothing_has_no_workload(client: Client, office: Office, clerk: User) -> None:
    for person in (clerk, make_person(Role.AUDITOR, office), make_person(Role.POLICY, office)):
        client.force_login(person)
        assert client.get(PAGE).status_code == 403
