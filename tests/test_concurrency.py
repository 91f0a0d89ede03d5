"""Races on PostgreSQL, with threads that start together; the safety tests have a control."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from documents.models import Document
from exports import ledger, references
from exports.errors import DomainError
from exports.models import Application, Event, Line
from reviews import claims, decisions, intake
from reviews.models import Case, Decision, Licence
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
    upload,
)

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("committed")]
ROUNDS = range(20)


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
