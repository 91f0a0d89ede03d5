from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.rules import SHANGHAI, Sentence
from reviews.clocks import (
    Calendar,
    Kind,
    OfficeHours,
    Span,
    add_months,
    add_working_days,
    derive,
    due_at,
    licence_validity,
)

# New Year 2026: 1-3 January off, Sunday 4 January worked.
TABLE = Calendar({date(2026, 1, 1): False, date(2026, 1, 2): False, date(2026, 1, 4): True})
MONDAY = date(2026, 1, 12)
STARTS = st.dates(date(2025, 12, 20), date(2026, 3, 1))


def moment(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def ran(since: datetime, until: datetime | None = None) -> Span:
    return Span(Kind.RUNNING, since, until)


def stood(since: datetime, until: datetime | None = None) -> Span:
    return Span(Kind.PAUSED, since, until)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (MONDAY, 0, MONDAY),
        (date(2026, 1, 10), 0, MONDAY),
        (MONDAY, 3, date(2026, 1, 15)),
        (date(2026, 1, 9), 1, MONDAY),
        (date(2025, 12, 31), 1, date(2026, 1, 4)),
        (date(2025, 12, 31), 2, date(2026, 1, 5)),
    ],
)
def test_working_days_skip_holidays_and_use_make_up_days(start, count, end):
    assert add_working_days(start, count, calendar=TABLE) == end


@given(STARTS, st.integers(0, 30))
def test_adding_working_days_passes_just_as_many(start, count):
    end = add_working_days(start, count, calendar=TABLE)
    hits = [
        day
        for day in (start + timedelta(days=step) for step in range(1, 80))
        if day <= end and TABLE.is_working(day)
    ]

    assert TABLE.is_working(end)
    if count:
        assert len(hits) == count


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        (moment(1, 12, 9), moment(1, 15, 17, 30)),
        (moment(1, 12, 17, 30), moment(1, 15, 17, 30)),
        (moment(1, 12, 17, 31), moment(1, 16, 17, 30)),
        (moment(1, 10, 9), moment(1, 15, 17, 30)),
        (moment(1, 9, 18), moment(1, 15, 17, 30)),
        (moment(1, 3, 9), moment(1, 7, 17, 30)),
        (datetime(2026, 1, 11, 16, 30, tzinfo=UTC), moment(1, 15, 17, 30)),
    ],
)
def test_three_working_days_begin_after_the_day_of_receipt(filed, due):
    assert due_at([ran(filed)], 3, calendar=TABLE) == due


def test_a_day_touched_by_a_pause_does_not_count():
    spans = [
        ran(moment(1, 12, 9), moment(1, 13, 10)),
        stood(moment(1, 13, 10), moment(1, 14, 16)),
        ran(moment(1, 14, 16)),
    ]

    assert due_at(spans, 3, calendar=TABLE) == moment(1, 19, 17, 30)


def test_a_pause_outside_office_hours_costs_nothing():
    spans = [ran(moment(1, 12, 9), moment(1, 13, 18)), ran(moment(1, 14, 8))]

    assert due_at(spans, 3, calendar=TABLE) == moment(1, 15, 17, 30)


def test_a_standing_clock_has_no_due_moment():
    spans = [ran(moment(1, 12, 9), moment(1, 13, 10)), stood(moment(1, 13, 10))]

    assert due_at(spans, 3, calendar=TABLE) is None


def test_a_clock_that_ran_out_before_it_stopped_keeps_its_due_moment():
    spans = [ran(moment(1, 12, 9), moment(1, 20, 10)), stood(moment(1, 20, 10))]

    assert due_at(spans, 3, calendar=TABLE) == moment(1, 15, 17, 30)


def test_no_time_at_all_ends_on_the_day_of_receipt():
    assert due_at([ran(moment(1, 12, 9))], 0, calendar=TABLE) == moment(1, 12, 17, 30)


def test_an_office_may_keep_other_hours():
    hours = OfficeHours(opens=time(9), closes=time(17))

    assert due_at([ran(moment(1, 12, 17, 15))], 1, calendar=TABLE, office_hours=hours) == moment(
        1, 14, 17
    )


def test_a_clock_that_never_ran_cannot_be_derived():
    with pytest.raises(ValueError, match="never ran"):
        due_at([stood(moment(1, 12, 9))], 3, calendar=TABLE)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        due_at([ran(datetime(2026, 1, 12))], 3, calendar=TABLE)  # noqa: DTZ001 - the point


def minute_oracle(spans: list[Span], length: int) -> datetime | None:
    """Walk office quarters of an hour one by one, apart from the code under test."""
    first = min(span.since for span in spans if span.kind is Kind.RUNNING).astimezone(SHANGHAI)
    day = first.date()
    if first.time() > time(17, 30):
        day += timedelta(days=1)
    while not TABLE.is_working(day):
        day += timedelta(days=1)
    for _ in range(200):
        if length == 0:
            return datetime.combine(day, time(17, 30), tzinfo=SHANGHAI)
        day += timedelta(days=1)
        while not TABLE.is_working(day):
            day += timedelta(days=1)
        tick = datetime.combine(day, time(8, 30), tzinfo=SHANGHAI)
        quarters = [tick + timedelta(minutes=15 * step) for step in range(36)]
        length -= all(any(runs(span, at) for span in spans) for at in quarters)
    return None


def runs(span: Span, at: datetime) -> bool:
    return (
        span.kind is Kind.RUNNING
        and span.since <= at
        and (span.until is None or at + timedelta(minutes=15) <= span.until)
    )


@given(
    start=STARTS,
    offset=st.integers(0, 95),
    quarters=st.lists(st.integers(1, 600), max_size=6),
    length=st.integers(0, 15),
)
def test_due_moments_agree_with_a_walk_in_quarters_of_an_hour(start, offset, quarters, length):
    at = datetime.combine(start, time(), tzinfo=SHANGHAI) + timedelta(minutes=15 * offset)
    spans = []
    kinds = [Kind.RUNNING, Kind.PAUSED] * 4
    for kind, size in zip(kinds, quarters, strict=False):
        spans.append(Span(kind, at, at + timedelta(minutes=15 * size)))
        at = spans[-1].until
    spans.append(Span(kinds[len(spans)], at))

    assert due_at(spans, length, calendar=TABLE) == minute_oracle(spans, length)


def test_the_reckoning_is_told_in_sentences():
    spans = [
        ran(datetime(2025, 12, 31, 9, tzinfo=SHANGHAI), moment(1, 5, 9)),
        stood(moment(1, 5, 9), moment(1, 6, 18)),
        ran(moment(1, 6, 18)),
    ]

    assert derive(spans, 3, calendar=TABLE).sentences() == (
        Sentence(
            zh="自2025年12月31日的次日起计3个工作日。",
            en="3 working days, counted from the day after 31 December 2025.",
        ),
        Sentence(
            zh="计时暂停，不计入：2026年1月5日至2026年1月6日。",
            en="Clock paused, not counted: 5 January 2026 to 6 January 2026.",
        ),
        Sentence(
            zh="法定节假日，不计入：2026年1月1日至2026年1月2日。",
            en="Public holiday, not counted: 1 January 2026 to 2 January 2026.",
        ),
        Sentence(
            zh="调休工作日，按工作日计：2026年1月4日。",
            en="Make-up working day: 4 January 2026.",
        ),
        Sentence(zh="办理期限：2026年1月8日17:30。", en="Due 8 January 2026, 17:30."),
    )


def test_an_ordinary_week_needs_only_two_sentences():
    told = derive([ran(moment(1, 12, 9))], 3, calendar=TABLE).sentences()

    assert [sentence.en for sentence in told] == [
        "3 working days, counted from the day after 12 January 2026.",
        "Due 15 January 2026, 17:30.",
    ]


def test_a_standing_clock_says_so():
    told = derive(
        [ran(moment(1, 12, 9), moment(1, 12, 10)), stood(moment(1, 12, 10))], 3, calendar=TABLE
    ).sentences()

    assert told[-1].en.startswith("The clock is stopped")


@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 3, 15), 6, date(2026, 9, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_run_by_the_calendar_and_stop_at_its_last_day(day, months, moved):
    assert add_months(day, months) == moved


@pytest.mark.parametrize(
    ("issued", "starts", "validity"),
    [
        (date(2026, 3, 15), None, (date(2026, 3, 15), date(2026, 9, 15))),
        (date(2026, 8, 1), None, (date(2026, 8, 1), date(2026, 12, 31))),
        (date(2026, 12, 31), None, (date(2026, 12, 31), date(2026, 12, 31))),
        (date(2026, 12, 20), date(2027, 1, 1), (date(2027, 1, 1), date(2027, 7, 1))),
    ],
)
def test_a_licence_lasts_six_months_but_never_past_its_year(issued, starts, validity):
    assert licence_validity(issued, starts_on=starts) == validity


def test_a_licence_cannot_start_before_it_is_issued():
    with pytest.raises(ValueError, match="before"):
        licence_validity(date(2026, 3, 2), starts_on=date(2026, 3, 1))
