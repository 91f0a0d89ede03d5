"""The board's sums: whatever happened, they say what the rows themselves say, and say it once."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from exports.models import Event
from exports.rules import legal_day
from reviews import reference
from reviews.models import (
    Backlog,
    BoardMark,
    Case,
    DayCount,
    DayOutcome,
    Decision,
    OpenCase,
)
from reviews.rollups import filling
from reviews.rollups.counting import HOURLY
from reviews.states import FINAL, OPEN, Status
from tests.factories import (
    NOON,
)
from tests.histories import House, two_houses

pytestmark = pytest.mark.usefixtures("law")
TABLES = (OpenCase, Backlog, DayCount, DayOutcome)


def rows_of(table: Any) -> list[tuple[Any, ...]]:
    """Everything a table of sums says, whatever the order and numbers of its rows."""
    names = [field.attname for field in table._meta.concrete_fields if field.name != "id"]
    return sorted(table.objects.values_list(*names), key=repr)


def sums() -> list[list[tuple[Any, ...]]]:
    return [rows_of(table) for table in TABLES]


@pytest.fixture(scope="module")
def busy_houses(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[House]]:
    """Two offices after a hundred random steps, counted every few steps; made once for all."""
    with django_db_blocker.unblock(), transaction.atomic():
        reference.load(at=NOON)
        houses = two_houses(steps=100, between=lambda: filling.fill(at=NOON))
        yield houses
        transaction.set_rollback(True)


def test_the_random_history_has_seen_everything(busy_houses: list[House]) -> None:
    """Without this the comparisons below might compare nothing with nothing."""
    seen = set(Event.objects.values_list("action", flat=True))

    assert {f"case.{status}" for status in Status} <= seen
    assert {"case.claimed", "case.released", "case.lease_ended", "case.escalated"} <= seen
    everything = DayOutcome.objects.filter(side="all")
    for column in DayOutcome.SUMS:
        assert any(getattr(row, column) for row in everything), column


def test_counting_bit_by_bit_equals_counting_anew(busy_houses: list[House]) -> None:
    bit_by_bit = sums()

    call_command("rebuild_board")

    assert sums() == bit_by_bit
    assert all(bit_by_bit)


def test_the_backlog_is_what_the_cases_themselves_say(busy_houses: list[House]) -> None:
    expected = Counter(
        (case.office_id, case.status, legal_day(case.filed_at), legal_day(case.due_at))
        for case in Case.objects.filter(status__in=OPEN)
    )

    found = Backlog.objects.values_list("office", "status", "filed_day", "due_day", "cases")

    assert {row[:4]: row[4] for row in found} == expected


def test_outcomes_are_what_the_cases_themselves_say(busy_houses: list[House]) -> None:
    expected: Counter[tuple[int, str, str, str]] = Counter()
    for case in Case.objects.filter(status__in=FINAL):
        for side, key in (
            ("all", ""),
            ("destination", case.destination_code),
            ("exporter", str(case.exporter_id)),
            ("maker", case.maker_name),
        ):
            expected[case.office_id, side, key, case.status] += 1

    found: Counter[tuple[int, str, str, str]] = Counter()
    for row in DayOutcome.objects.exclude(side__in=["check", "reviewer"]):
        for column in ("issued", "refused", "withdrawn", "lapsed"):
            found[row.office_id, row.side, row.key, column] += getattr(row, column)

    assert +found == expected


def test_late_asked_overridden_and_second_looks_are_told_from_the_rows(
    busy_houses: list[House],
) -> None:
    signed = Decision.objects.filter(state="signed").select_related("case")
    closed = Case.objects.filter(status__in=FINAL)

    total = Counter[str]()
    for row in DayOutcome.objects.filter(side="all"):
        total.update({column: getattr(row, column) for column in DayOutcome.SUMS})

    assert total["late"] == sum(each.signed_at > each.case.due_at for each in signed)
    assert total["overridden"] == sum(
        each.outcome == "issue" and each.failed_checks > 0 for each in signed
    )
    assert total["second"] == sum(each.signed_by_id != each.recommended_by_id for each in signed)
    assert total["asked"] == closed.filter(requests__sent_at__isnull=False).distinct().count()
    assert total["sent_back"] == Decision.objects.filter(state="sent_back").count()


def test_failing_checks_are_those_of_the_last_run(busy_houses: list[House]) -> None:
    expected: Counter[str] = Counter()
    for case in Case.objects.filter(status__in=FINAL):
        run = case.runs.order_by("-id").first()
        if run is not None:
            failed = run.findings.filter(outcome="fail").values_list("check_id", flat=True)
            expected.update(set(failed))

    found: Counter[str] = Counter()
    for row in DayOutcome.objects.filter(side="check"):
        found[row.key] += row.issued + row.refused + row.withdrawn + row.lapsed

    assert found == expected
    assert expected


def test_what_came_in_less_what_went_out_is_with_the_office(busy_houses: list[House]) -> None:
    times = Counter[str]()
    for row in DayCount.objects.filter(measure__in=HOURLY):
        times[row.measure] += row.times
    closed_there = Event.objects.filter(
        action__in=["case.withdrawn", "case.lapsed"], before__status="returned"
    ).count()
    with_the_office = Case.objects.filter(status__in=OPEN - {Status.RETURNED}).count()

    assert times["filed"] == Case.objects.count()
    came, went = times["filed"] + times["answered"], times["closed"] - closed_there + times["asked"]
    assert came - went == with_the_office


def test_counting_twice_changes_nothing(busy_houses: list[House]) -> None:
    before, mark = sums(), BoardMark.objects.get().seq

    assert filling.fill(at=NOON) == 0
    assert (sums(), BoardMark.objects.get().seq) == (before, mark)


def test_a_filler_killed_half_way_has_counted_nothing(
    busy_houses: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = busy_houses[0]
    for _ in range(10):
        chance.step()
    before, mark = sums(), BoardMark.objects.get().seq
    killed = pytest.raises(ZeroDivisionError)

    with monkeypatch.context() as patched, killed:
        patched.setattr(filling, "add_outcomes", lambda _sums: 1 / 0)
        filling.fill(at=NOON)

    assert (sums(), BoardMark.objects.get().seq) == (before, mark)
    assert filling.fill(at=NOON) > 0
    counted = sums()
    filling.rebuild(at=NOON)
    assert sums() == counted


def test_batches_of_any_size_give_the_same_sums(
    busy_houses: list[House], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sums()
    monkeypatch.setattr(filling, "BATCH", 3)

    filling.rebuild(at=NOON)

    assert sums() == whole
