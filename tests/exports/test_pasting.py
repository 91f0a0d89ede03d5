from datetime import date

import pytest

from exports.pasting import LABEL_AT_MOST, answers
from exports.rules import Outcome

pytestmark = pytest.mark.usefixtures("law")

APPLIED = date(2026, 6, 30)
PASTED = """\
LGXC74CG8T0000005\t2026-01-01

LGXC74CG8T0000006,2025/12/31
2025年12月20日；2025-12-31；粤B12345
no date at all
2026-02-30
2026-01-01, 2026-01-02, 2026-01-03
"""


def test_each_row_is_judged_by_its_first_date_and_labelled_by_the_rest():
    rows = answers(PASTED, applied_on=APPLIED)

    assert [(row.number, row.label, row.answer and row.answer.verdict.outcome) for row in rows] == [
        (1, "LGXC74CG8T0000005", Outcome.REQUIRED),
        (2, "LGXC74CG8T0000006", Outcome.NOT_REQUIRED),
        (3, "粤B12345", Outcome.NOT_REQUIRED),
        (4, "no date at all", None),
        (5, "2026-02-30", None),
        (6, "", None),
    ]


def test_a_second_date_is_the_transfer():
    row = answers("2025-12-20, 2025-12-31", applied_on=date(2026, 3, 1))[0]

    assert row.answer is not None
    assert row.answer.verdict.outcome is Outcome.TRANSITION


def test_a_long_label_is_cut():
    assert len(answers("x" * 500, applied_on=APPLIED)[0].label) == LABEL_AT_MOST


def test_many_rows_take_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(answers("2026-01-01\n" * 500, applied_on=APPLIED)) == 500
