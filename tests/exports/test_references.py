"""Numbers that people read."""

import pytest
from django.db import transaction

from exports.references import application_reference, next_number

pytestmark = pytest.mark.django_db


def test_each_series_counts_from_one_without_gap():
    assert [next_number("a"), next_number("a"), next_number("b"), next_number("a")] == [1, 2, 1, 3]


def test_a_number_given_in_a_failed_act_is_given_again():
    next_number("a")
    with transaction.atomic():
        next_number("a")
        transaction.set_rollback(True)

    assert next_number("a") == 2


def test_a_reference_carries_its_year():
    assert application_reference(2026) == "E2026-000001"
    assert application_reference(2026) == "E2026-000002"
    assert application_reference(2027) == "E2027-000001"
