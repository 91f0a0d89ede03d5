from datetime import date

import pytest

from exports.calculator import answer, read_date
from exports.models import Policy
from exports.rules import Outcome
from tests.factories import NOON

pytestmark = pytest.mark.usefixtures("law")

THE_DAY = date(2026, 1, 31)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31",
        "2026-1-31",
        "2026/1/31",
        "2026.01.31",
        " 2026 - 01 - 31 ",
        "2026年1月31日",
        "2026 年 1 月 31 日",
        "2026年01月31",
        "20260131",
        "２０２６－０１－３１",
        "2026–01–31",
        "２０２６年１月３１日",
        "31 January 2026",
        "31 Jan 2026",
        "31. Jan. 2026",
    ],
)
def test_a_date_is_read_in_every_form_that_papers_print(text):
    assert read_date(text) == THE_DAY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "03/04/2026",
        "2026-01",
        "2026-01/31",
        "2026131",
        "26-01-31",
        "2026-01-31T10:00",
        "31 Janvier 2026",
        "٢٠٢٦-٠١-٣١",
        "2026-01-31\n2026-02-01",
    ],
)
def test_what_names_no_day_or_two_is_not_guessed_at(text):
    assert read_date(text) is None


@pytest.mark.parametrize("text", ["2026-02-30", "2026年13月1日", "00000101", "31 June 2026"])
def test_a_day_the_calendar_does_not_have_is_refused(text):
    with pytest.raises(ValueError, match=r"day|month|year"):
        read_date(text)


def test_a_transition_promises_no_confirmation_that_nobody_gave():
    found = answer(
        registered_on=date(2025, 12, 20),
        applied_on=date(2026, 3, 1),
        transferred_on=date(2025, 12, 31),
    )

    assert found.verdict.outcome is Outcome.TRANSITION
    assert "if the registration authority confirms" in found.explanation.en
    assert "如登记机关核实" in found.explanation.zh


def test_a_later_policy_is_cited_beside_the_notice():
    Policy.objects.create(
        code="stricter",
        effective_from=date(2027, 1, 1),
        window_days=360,
        clause_zh="新通知 一",
        clause_en="New notice, 1",
        enacted_at=NOON,
    )

    found = answer(registered_on=date(2026, 7, 1), applied_on=date(2027, 2, 1))

    assert found.verdict.outcome is Outcome.REQUIRED
    assert [clause.en for clause in found.basis][-1] == "New notice, 1"
    assert found.terms is not None
    assert found.terms.code == "stricter"


def test_the_answer_takes_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        answer(registered_on=THE_DAY, applied_on=THE_DAY)
