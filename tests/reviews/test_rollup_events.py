"""What single events add to the board's sums, and how long things took."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from exports.models import Event, Exporter, Office, User
from exports.rules import SHANGHAI
from reviews import claims, decisions, settling
from reviews.models import (
    Backlog,
    BoardMark,
    Case,
    DayCount,
    DayOutcome,
    Settlement,
)
from reviews.rollups import durations, filling
from reviews.rollups.counting import HOURLY
from reviews.states import Status
from tests.factories import (
    NOON,
    make_case,
    make_clean_case,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")


def test_the_sums_are_as_of_the_last_event_while_more_wait(
    office: Office, exporter: Exporter, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_case(exporter, by=clerk, at=NOON)
    monkeypatch.setattr(filling, "BATCH", 2)
    later = NOON + timedelta(hours=5)

    filling.fill_batch(at=later)
    assert BoardMark.objects.get().at == Event.objects.get(seq=2).at

    filling.fill(at=later)
    assert BoardMark.objects.get().at == later


def test_taking_back_within_the_minute_counts_as_nothing(
    exporter: Exporter, clerk: User, reviewer: User, settings: Any
) -> None:
    settings.UNDO_SECONDS = 60
    case = make_clean_case(exporter, by=clerk)
    decisions.issue(case, by=reviewer, at=NOON + timedelta(minutes=3))
    settling.undo(Case.objects.get(pk=case.pk), by=reviewer, at=NOON + timedelta(minutes=4))
    filling.fill(at=NOON)

    assert not DayOutcome.objects.exists()
    assert Backlog.objects.get().status == Status.IN_REVIEW


def test_a_decision_is_on_time_by_when_it_was_made_not_by_when_it_took_effect(
    exporter: Exporter, clerk: User, reviewer: User, settings: Any
) -> None:
    settings.UNDO_SECONDS = 60
    case = make_clean_case(exporter, by=clerk)
    last_moment = case.due_at - timedelta(seconds=5)
    decisions.issue(case, by=reviewer, at=last_moment)
    waiting = Settlement.objects.get(case=case)

    settling.settle(waiting.pk, at=last_moment + timedelta(seconds=60))
    filling.fill(at=NOON)

    row = DayOutcome.objects.get(side="all")
    assert (row.issued, row.late) == (1, 0)


def test_taking_back_ones_own_recommendation_is_no_disagreement(
    exporter: Exporter, clerk: User, reviewer: User
) -> None:
    case = make_clean_case(exporter, by=clerk)
    recommend_refusal(claims.claim(case, by=reviewer, at=NOON), by=reviewer)
    decisions.take_back(Case.objects.get(pk=case.pk), by=reviewer, at=NOON)
    filling.fill(at=NOON)

    assert not DayOutcome.objects.filter(sent_back__gt=0).exists()


def test_an_hour_is_shanghais(exporter: Exporter, clerk: User) -> None:
    make_case(exporter, by=clerk, at=datetime(2026, 7, 1, 8, 59, tzinfo=SHANGHAI))
    filling.fill(at=NOON)

    row = DayCount.objects.get(measure="filed")
    assert (str(row.day), row.key, row.times) == ("2026-07-01", "08", 1)


def test_a_stage_lasts_from_taking_to_deciding(
    exporter: Exporter, clerk: User, reviewer: User
) -> None:
    case = make_clean_case(exporter, by=clerk, at=NOON)
    case = claims.claim(case, by=reviewer, at=NOON + timedelta(hours=2))
    decisions.issue(case, by=reviewer, at=NOON + timedelta(hours=2, seconds=30))
    filling.fill(at=NOON)

    stages = {row.measure: int(row.key) for row in DayCount.objects.exclude(measure__in=HOURLY)}
    assert stages["queue"] == durations.bucket_of(timedelta(hours=2))
    assert stages["review"] == durations.bucket_of(timedelta(seconds=30))


@pytest.mark.parametrize("seconds", [0, 1, 2, 45, 3600, 86_400, 10**6, 10**9])
def test_a_time_read_back_from_its_bucket_is_true_to_a_quarter(seconds: int) -> None:
    bucket = durations.bucket_of(timedelta(seconds=seconds))
    middle = durations.quantile({bucket: 1}, 0.5)

    assert 0 <= bucket <= durations.LAST
    assert middle is not None
    if 1 < seconds < 10**7:
        assert 0.75 < middle.total_seconds() / seconds < 1.34


def test_of_no_times_there_is_no_median() -> None:
    assert durations.quantile({}, 0.5) is None
    assert durations.quantile({3: 0}, 0.5) is None


def test_the_ninetieth_of_a_hundred_lies_above_the_median() -> None:
    histogram = {4: 80, 12: 20}
    median, late = durations.quantile(histogram, 0.5), durations.quantile(histogram, 0.9)

    assert median is not None
    assert late is not None
    assert median < timedelta(seconds=1.5**5) < timedelta(seconds=1.5**12) < late
