"""Races on PostgreSQL, with threads that start together; the safety tests have a control."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from documents.models import Document
from exports import ledger, references
from exports.errors import DomainError
from exports.models import Application, Event, Line, Role
from reviews import claims, decisions, intake, settling
from reviews.models import Case, Decision, Licence, Opinion, OpinionCode, Reason
from reviews.opinions import answering, asking
from tests.factories import (
    NOON,
    answer_registry,
    clerk_of,
    make_case,
    make_draft,
    make_exporter,
    make_letter_pdf,
    make_person,
    make_vehicle,
    officer_of,
    upload,
)

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("committed")]
ROUNDS = range(20)
# So long that no eager task finds the minute over.
GRACE = 10**8
OVER = NOON + timedelta(seconds=GRACE)


def race(*acts: Callable[[], Any]) -> list[str]:
    """Do *acts* at once, each on a connection of its own; return how they ended, sorted."""
    together = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> str:
        try:
            together.wait()
            act()
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return "won"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def one_won(ends: list[str]) -> bool:
    """Tell whether one act stood and the other was told why it did not.

    Late by a hair, it finds the case moved under its hands; late by two, it sees so beforehand.
    """
    told = {"moved-on", "wrong-state", "claimed"}
    return ends.count("won") == 1 and set(ends) - {"won"} <= told


def case_in_review(**people: Any) -> Case:
    case = make_case(people.get("exporter"))
    return Case.objects.get(pk=case.pk)


def naive_hold(case_id: int, together: Barrier) -> bool:
    """Decide as one must not: look, then write."""
    try:
        with transaction.atomic():
            free = Case.objects.get(pk=case_id).status == "in_review"
            together.wait()
            if free:
                Case.objects.filter(pk=case_id).update(status="held")
            return free
    finally:
        connection.close()


def test_of_two_seniors_deciding_at_once_exactly_one_wins_and_the_other_is_told():
    exporter = make_exporter()
    people = [make_person("supervisor", exporter.office) for _ in range(2)]

    for _ in ROUNDS:
        vehicle = make_vehicle(exporter)
        answer_registry(vehicle)
        case = Case.objects.get(pk=make_case(exporter, vehicle).pk)
        case = claims.claim(case, by=people[0], at=NOON)
        copies = [Case.objects.get(pk=case.pk) for _ in range(2)]

        ends = race(
            lambda copy=copies[0]: decisions.recommend(copy, "issue", by=people[0], at=NOON),
            lambda copy=copies[1]: claims.claim(copy, by=people[1], at=NOON),
        )

        assert one_won(ends), ends
        Case.objects.update(claimed_until=None)  # nobody is to run into the limit of claims


def test_of_two_signatures_at_once_exactly_one_issues_a_licence():
    exporter = make_exporter()
    reviewer = make_person("reviewer", exporter.office)
    seniors = [make_person("senior", exporter.office) for _ in range(2)]

    for _ in ROUNDS:
        decision = recommended(exporter, by=reviewer)
        copies = [Decision.objects.get(pk=decision.pk) for _ in range(2)]

        ends = race(
            *(
                lambda copy=copy, senior=senior: decisions.sign(copy, by=senior, at=NOON)
                for copy, senior in zip(copies, seniors, strict=True)
            )
        )

        assert one_won(ends), ends
        assert Licence.objects.filter(case=decision.case).count() == 1
        assert (
            Event.objects.filter(action="licence.issued", subject_key=str(decision.case)).count()
            == 1
        )


def test_a_signature_and_a_sending_back_at_once_do_not_both_happen():
    exporter = make_exporter()
    reviewer = make_person("reviewer", exporter.office)
    seniors = [make_person("senior", exporter.office) for _ in range(2)]

    for _ in ROUNDS:
        decision = recommended(exporter, by=reviewer)
        first, second = (Decision.objects.get(pk=decision.pk) for _ in range(2))

        ends = race(
            lambda held=first: decisions.sign(held, by=seniors[0], at=NOON),
            lambda held=second: decisions.send_back(held, by=seniors[1], at=NOON, note="请再核对"),
        )

        assert one_won(ends), ends


def test_an_undo_and_its_effect_at_once_do_not_both_happen(settings: Any):
    settings.UNDO_SECONDS = GRACE
    exporter = make_exporter()
    reviewer = make_person("reviewer", exporter.office)
    won_by = set()

    for _ in ROUNDS:
        case = issued_alone(exporter, by=reviewer)
        (waiting,) = settling.waiting(OVER)
        copy = Case.objects.get(pk=case.pk)

        ends = race(
            lambda copy=copy: settling.undo(copy, by=reviewer, at=OVER),
            lambda waiting=waiting: settling.settle(waiting, at=OVER),
        )

        case.refresh_from_db()
        taken_back = ends == ["won", "won"] and case.status == "in_review"
        assert taken_back or case.status == "issued", (ends, case.status)
        assert Licence.objects.filter(case=case).exists() == (case.status == "issued")
        won_by.add(case.status)

    assert won_by <= {"in_review", "issued"}


def test_a_decision_settles_once_however_many_workers_take_it(settings: Any):
    settings.UNDO_SECONDS = GRACE
    exporter = make_exporter()
    reviewer = make_person("reviewer", exporter.office)

    for _ in ROUNDS:
        case = issued_alone(exporter, by=reviewer)
        (waiting,) = settling.waiting(OVER)

        race(*[lambda waiting=waiting: settling.settle(waiting, at=OVER)] * 3)

        assert Licence.objects.filter(case=case).count() == 1


def issued_alone(exporter: Any, *, by: Any) -> Case:
    """Return a clean case its reviewer has decided to issue; it settles."""
    vehicle = make_vehicle(exporter)
    answer_registry(vehicle)
    case = Case.objects.get(pk=make_case(exporter, vehicle).pk)
    decisions.issue(case, by=by, at=NOON)
    return Case.objects.get(pk=case.pk)


def test_two_reviewers_never_start_on_the_same_case():
    exporter = make_exporter()
    people = [make_person("reviewer", exporter.office) for _ in range(3)]

    for _ in ROUNDS:
        for _each in range(3):
            vehicle = make_vehicle(exporter)
            answer_registry(vehicle)
            make_case(exporter, vehicle)
        given: list[int] = []

        def start(person: Any, given: list[int] = given) -> None:
            case = claims.start_next(by=person, at=NOON)
            if case is not None:
                given.append(case.pk)

        race(*(lambda person=person: start(person) for person in people))

        assert len(given) == len(set(given)) == 3
        for person in people:
            claims.hand_over_all(person, to=None, by=person, at=NOON)
        Case.objects.filter(pk__in=given).update(hold_until=NOON + timedelta(days=30))


def test_two_who_decide_a_free_case_at_once_do_not_both_have_it(settings: Any):
    settings.UNDO_SECONDS = GRACE
    exporter = make_exporter()
    people = [make_person("reviewer", exporter.office) for _ in range(2)]

    for _ in ROUNDS:
        vehicle = make_vehicle(exporter)
        answer_registry(vehicle)
        case = Case.objects.get(pk=make_case(exporter, vehicle).pk)
        copies = [Case.objects.get(pk=case.pk) for _ in range(2)]

        ends = race(
            *(
                lambda copy=copy, person=person: decisions.issue(copy, by=person, at=NOON)
                for copy, person in zip(copies, people, strict=True)
            )
        )

        assert one_won(ends), ends
        assert Decision.objects.filter(case=case).count() == 1


def naive_take_effect(case_id: int, together: Barrier) -> bool:
    """Let a decision take effect as one must not: look, then write."""
    try:
        with transaction.atomic():
            due = Case.objects.get(pk=case_id).status == "settling"
            together.wait()
            if due:
                Case.objects.filter(pk=case_id).update(version=F("version") + 1)
            return due
    finally:
        connection.close()


def test_control_looking_before_settling_lets_undo_and_effect_both_happen(settings: Any):
    """Without closing the settlement first the same race is lost: the tests above would notice."""
    settings.UNDO_SECONDS = GRACE
    exporter = make_exporter()
    case = issued_alone(exporter, by=make_person("reviewer", exporter.office))
    together = Barrier(2)

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda _: naive_take_effect(case.pk, together), range(2)))

    assert ends == [True, True]


def recommended(exporter: Any, *, by: Any) -> Decision:
    """Return a recommendation to issue that waits for its signature."""
    vehicle = make_vehicle(exporter)
    answer_registry(vehicle)
    case = Case.objects.get(pk=make_case(exporter, vehicle).pk)
    decision = decisions.recommend(claims.claim(case, by=by, at=NOON), "issue", by=by, at=NOON)
    return Decision.objects.get(pk=decision.pk)


def test_control_looking_before_writing_lets_both_win():
    """Without compare-and-set the same race is lost: the tests above would notice."""
    case = case_in_review()
    together = Barrier(2)

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda _: naive_hold(case.pk, together), range(2)))

    assert ends == [True, True]


def test_two_exporters_cannot_file_the_same_vin_at_once():
    first, second = make_exporter(), make_exporter()
    clerks = [clerk_of(first), clerk_of(second)]

    for _ in ROUNDS:
        mine = make_vehicle(first, by=clerks[0])
        theirs = make_vehicle(second, by=clerks[1], vin=mine.vin)
        drafts = [make_draft(first, mine, by=clerks[0]), make_draft(second, theirs, by=clerks[1])]

        ends = race(
            *(
                lambda draft=draft, clerk=clerk: intake.file(draft, by=clerk, at=NOON)
                for draft, clerk in zip(drafts, clerks, strict=True)
            )
        )

        assert ends == ["vin-in-use", "won"]
        assert Line.objects.filter(vin=mine.vin, live=True).count() == 1


def test_a_draft_filed_twice_at_once_becomes_one_case():
    exporter = make_exporter()
    clerk = clerk_of(exporter)

    for _ in ROUNDS:
        draft = make_draft(exporter, by=clerk)
        copies = [Application.objects.get(pk=draft.pk) for _ in range(2)]

        ends = race(*(lambda copy=copy: intake.file(copy, by=clerk, at=NOON) for copy in copies))

        assert ends in (["moved-on", "won"], ["frozen", "won"]), ends
        assert Case.objects.filter(application=draft).count() == 1


def test_the_same_bytes_uploaded_twice_at_once_are_one_document():
    exporter = make_exporter()
    clerk = clerk_of(exporter)
    content = make_letter_pdf([make_vehicle(exporter, by=clerk)])

    ends = race(*(lambda: upload(exporter, content, by=clerk) for _ in range(4)))

    assert ends == ["won"] * 4
    assert Document.objects.filter(exporter=exporter).count() == 1


def test_twenty_writers_at_once_leave_one_unbroken_chain():
    before = Event.objects.count()

    def write() -> None:
        for _ in range(5):
            with transaction.atomic():
                ledger.record("test.written", ("test", "race"), by=None, at=NOON)

    ends = race(*(write for _ in range(20)))

    assert ends == ["won"] * 20
    assert Event.objects.count() == before + 100
    assert list(ledger.verify()) == []


def test_eight_threads_never_draw_the_same_number():
    drawn: list[str] = []

    def draw() -> None:
        drawn.extend(references.application_reference(2026) for _ in range(10))

    race(*(draw for _ in range(8)))

    assert len(set(drawn)) == 80
    assert sorted(drawn)[-1] == f"E2026-{max(int(name[-6:]) for name in drawn):06d}"


@pytest.mark.parametrize("_", range(5))
def test_of_two_officers_who_answer_at_once_one_is_told_that_it_is_answered(_):
    case = case_in_review()
    reviewer = make_person(Role.REVIEWER, case.office)
    opinion = asking.ask(case, "registration", vin=case.first_vin, by=reviewer, at=NOON)
    zhao, qian = officer_of("mps"), officer_of("mps")
    yes, no = OpinionCode.objects.get(pk="OR01"), OpinionCode.objects.get(pk="OR02")

    ends = race(
        lambda: answering.answer(opinion, yes, by=zhao, at=NOON),
        lambda: answering.answer(opinion, no, by=qian, at=NOON, note="日期不一致"),
    )

    assert one_won(ends)
    assert Event.objects.filter(action="case.opinion_answered").count() == 1
    case = Case.objects.get(pk=case.pk)
    given = Opinion.objects.get(pk=opinion.pk)
    (found,) = case.runs.order_by("-id")[0].findings.filter(check_id="OPN-02")
    assert found.outcome == {"OR01": "pass", "OR02": "fail"}[given.code_id]


@pytest.mark.parametrize("_", range(5))
def test_an_answer_and_a_decision_at_once_lock_nobody_out(_):
    case = case_in_review()
    reviewer = make_person(Role.REVIEWER, case.office)
    opinion = asking.ask(case, "registration", vin=case.first_vin, by=reviewer, at=NOON)
    officer, code = officer_of("mps"), OpinionCode.objects.get(pk="OR05")
    seen = Case.objects.get(pk=case.pk)

    ends = race(
        lambda: answering.answer(opinion, code, by=officer, at=NOON, note="已抵押"),
        lambda: decisions.recommend(
            seen, "refuse", reasons=Reason.objects.filter(pk="RF01"), by=reviewer, at=NOON
        ),
    )

    assert "won" in ends
    assert set(ends) <= {"won", "moved-on", "facts-changed"}
    assert Opinion.objects.get(pk=opinion.pk).state == "answered"
