import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports import rules
from exports.rules import CountMethod, Outcome, Sentence, Terms, judge, legal_day

CASES = Path(rules.__file__).parent / "data" / "daycount_cases.csv"
RULE = Terms(code="648", effective_from=date(2026, 1, 1), transition_before=date(2026, 1, 1))
CODES = {
    "REQUIRED": Outcome.REQUIRED,
    "NOT-REQUIRED": Outcome.NOT_REQUIRED,
    "TRANSITION": Outcome.TRANSITION,
    "N/A-OLD-RULE": Outcome.NOT_APPLICABLE,
    "DATE-IMPOSSIBLE": Outcome.DATE_IMPOSSIBLE,
    "DATE-MISSING": Outcome.DATE_MISSING,
}
ROWS = list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def judge_row(row: dict[str, str], *, proven: bool) -> rules.Verdict:
    return judge(
        registered_on=day(row["registration_date"]),
        applied_on=legal_day(datetime.fromisoformat(row["submitted_at_utc"])),
        transferred_on=day(row["transfer_pending_export_date"]),
        transfer_proven=proven,
        terms=RULE,
    )


@pytest.mark.parametrize("row", ROWS, ids=[row["case"] for row in ROWS])
def test_every_worked_example_comes_out_as_computed_by_hand(row):
    verdict = judge_row(row, proven=True)

    assert legal_day(datetime.fromisoformat(row["submitted_at_utc"])) == day(
        row["application_date_shanghai"]
    )
    assert verdict.outcome is CODES[row["expected"]]
    assert verdict.days == (int(row["elapsed_days"]) if row["elapsed_days"] else None)


@pytest.mark.parametrize("row", [row for row in ROWS if row["expected"] == "TRANSITION"])
def test_a_transition_the_registry_does_not_confirm_stays_unproven(row):
    assert judge_row(row, proven=False).outcome is Outcome.TRANSITION_UNPROVEN


def walk(start: date, end: date, first: int) -> int:
    """Count one day at a time, the way a clerk with a wall calendar would."""
    number, here = first, start
    while here < end:
        here, number = here + timedelta(days=1), number + 1
    return number


def clerk(registered, applied, transferred, proven, terms):
    """Answer without date arithmetic, written apart from the rule."""
    if registered > applied:
        return Outcome.DATE_IMPOSSIBLE
    if transferred is not None and not (registered <= transferred <= applied):
        return Outcome.DATE_IMPOSSIBLE
    if applied < terms.effective_from:
        return Outcome.NOT_APPLICABLE
    number = walk(registered, applied, 1 if terms.count_method == "first_day_counts" else 0)
    inside = number <= terms.window_days if terms.inclusive else number < terms.window_days
    if not inside:
        return Outcome.NOT_REQUIRED
    if transferred and terms.transition_before and transferred < terms.transition_before:
        return Outcome.TRANSITION if proven else Outcome.TRANSITION_UNPROVEN
    return Outcome.REQUIRED


@given(
    registered=DAYS,
    age=st.integers(-3, 400) | st.integers(176, 184),
    moved=st.none() | st.integers(-2, 400),
    proven=st.booleans(),
    inclusive=st.booleans(),
    method=st.sampled_from(CountMethod),
    window=st.sampled_from([180, 90, 1]),
    transition=st.none() | st.just(date(2026, 1, 1)),
)
def test_the_rule_agrees_with_a_clerk_counting_day_by_day(
    registered, age, moved, proven, inclusive, method, window, transition
):
    terms = Terms("x", date(2026, 1, 1), window, inclusive, method, transition)
    applied = registered + timedelta(days=age)
    transferred = None if moved is None else registered + timedelta(days=moved)

    verdict = judge(
        registered_on=registered,
        applied_on=applied,
        transferred_on=transferred,
        transfer_proven=proven,
        terms=terms,
    )

    assert verdict.outcome is clerk(registered, applied, transferred, proven, terms)
    assert verdict.needs_letter is (verdict.outcome is Outcome.REQUIRED)


@given(
    registered=st.dates(date(2026, 1, 1), date(2029, 12, 31)),
    inclusive=st.booleans(),
    method=st.sampled_from(CountMethod),
)
def test_the_two_named_days_are_the_last_inside_and_the_first_free(registered, inclusive, method):
    terms = Terms("x", date(2026, 1, 1), 180, inclusive, method)
    verdict = judge(registered_on=registered, applied_on=registered, terms=terms)

    def outcome(applied):
        return judge(registered_on=registered, applied_on=applied, terms=terms).outcome

    assert outcome(verdict.required_through) is Outcome.REQUIRED
    assert outcome(verdict.free_from) is Outcome.NOT_REQUIRED
    assert verdict.free_from - verdict.required_through == timedelta(days=1)


@pytest.mark.parametrize(
    ("inclusive", "method", "through"),
    [
        (True, CountMethod.DIFFERENCE, date(2026, 6, 30)),
        (False, CountMethod.DIFFERENCE, date(2026, 6, 29)),
        (True, CountMethod.FIRST_DAY_COUNTS, date(2026, 6, 29)),
        (False, CountMethod.FIRST_DAY_COUNTS, date(2026, 6, 28)),
    ],
)
def test_stricter_ways_of_counting_end_the_window_earlier(inclusive, method, through):
    terms = Terms("x", date(2026, 1, 1), 180, inclusive, method)

    verdict = judge(registered_on=date(2026, 1, 1), applied_on=date(2026, 3, 1), terms=terms)

    assert verdict.required_through == through


def test_where_no_rule_is_in_force_nothing_is_demanded():
    verdict = judge(registered_on=date(2020, 1, 1), applied_on=date(2020, 2, 1), terms=None)

    assert (verdict.outcome, verdict.days, verdict.free_from, verdict.spares_letter) == (
        Outcome.NOT_APPLICABLE,
        31,
        None,
        True,
    )
    assert "2020年2月1日" in verdict.sentence.zh


def test_before_the_rule_the_free_day_is_still_told():
    verdict = judge(registered_on=date(2025, 12, 1), applied_on=date(2025, 12, 30), terms=RULE)

    assert verdict.free_from == date(2026, 5, 31)
    assert "1 January 2026" in verdict.sentence.en


def test_the_end_of_the_calendar_does_not_break_the_rule():
    verdict = judge(registered_on=date(9999, 7, 4), applied_on=date(9999, 12, 31), terms=RULE)

    assert (verdict.outcome, verdict.required_through, verdict.free_from) == (
        Outcome.REQUIRED,
        date(9999, 12, 31),
        None,
    )
    assert "None" not in verdict.sentence.en + verdict.sentence.zh


def test_day_180_is_explained_so_that_it_can_be_checked_by_hand():
    verdict = judge(registered_on=date(2026, 1, 1), applied_on=date(2026, 6, 30), terms=RULE)

    assert verdict.sentence == Sentence(
        zh="申请日2026年6月30日是注册登记日期2026年1月1日之后的第180天"
        "（须提交确认书的期限至第180天），须提交该车生产企业加盖公章的"
        "《售后维修服务确认书》；不能提供的，不予发放出口许可证。"
        "自2026年7月1日起申请不再需要。天数为两个日期之差，注册登记当日为第0天。",
        en="The application date 30 June 2026 is day 180 after registration on 1 January 2026"
        " (a confirmation is needed through day 180). You need the after-sales confirmation under"
        " the official seal of the vehicle's manufacturer; without it no export licence is"
        " issued. From 1 July 2026 you need none. Days are the difference of the two dates;"
        " the day of registration is day 0.",
    )


@pytest.mark.parametrize(("age", "noted"), [(178, False), (179, True), (181, True), (182, False)])
def test_the_counting_note_appears_only_where_a_day_would_decide(age, noted):
    registered = date(2026, 1, 1)
    terms = {
        "day 0": RULE,
        "day 1": Terms("x", RULE.effective_from, count_method=CountMethod.FIRST_DAY_COUNTS),
    }
    for note, rule in terms.items():
        applied = registered + timedelta(days=age - rule.first_day_number)
        sentence = judge(registered_on=registered, applied_on=applied, terms=rule).sentence
        assert sentence.en.endswith(f"{note}.") is noted


def test_a_day_begins_at_midnight_in_shanghai():
    assert legal_day(datetime(2026, 6, 30, 15, 59, 59, tzinfo=UTC)) == date(2026, 6, 30)
    assert legal_day(datetime(2026, 6, 30, 16, 0, 0, tzinfo=UTC)) == date(2026, 7, 1)


def test_a_moment_without_a_zone_has_no_legal_day():
    with pytest.raises(ValueError, match="aware"):
        legal_day(datetime(2026, 1, 1))  # noqa: DTZ001 - the naive moment is the point


def test_sentences_follow_the_readers_language():
    both = Sentence(zh="可以", en="yes")

    assert [both.in_language(code) for code in ("zh-hans", "zh", "ZH-cn", "en", "fr")] == [
        "可以",
        "可以",
        "可以",
        "yes",
        "yes",
    ]
