import pytest

from tests.reviews.checks.making import outcome_of, spoil


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"application__destination": "HK", "application__destination_special": True}, "attention"),
        ({"application__destination": ""}, "fail"),
        ({"application__destination": "CN"}, "fail"),
        ({"application__destination_known": False}, "fail"),
        ({"application__market_declaration": False}, "fail"),
    ],
)
def test_dst_01_demands_a_country_and_a_declaration(changes, outcome):
    assert outcome_of("DST-01", spoil(**changes)) == outcome
