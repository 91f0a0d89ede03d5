from datetime import date

import pytest

from tests.reviews.checks.making import outcome_of, spoil


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"exporter__filing_expires_on": date(2026, 6, 10)}, "pass"),
        ({"exporter__filing_expires_on": date(2026, 6, 9)}, "attention"),
        ({"exporter__filing_expires_on": date(2026, 5, 10)}, "attention"),
        ({"exporter__filing_expires_on": date(2026, 5, 9)}, "fail"),
        ({"exporter__filed_on": date(2026, 5, 11)}, "fail"),
        ({"exporter__filing_number": ""}, "fail"),
        ({"exporter__filed_on": None}, "attention"),
        ({"exporter__filing_expires_on": None}, "attention"),
        ({"application__applied_on": None}, "attention"),
    ],
)
def test_exp_01_demands_a_filing_in_force(changes, outcome):
    assert outcome_of("EXP-01", spoil(**changes)) == outcome


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"exporter__abnormal": True}, "attention"),
        ({"exporter__uscc": "A1110000600037341K"}, "attention"),
        ({"exporter__uscc": "91110000600037341M"}, "fail"),
        ({"exporter__uscc": ""}, "fail"),
    ],
)
def test_exp_02_judges_code_and_record(changes, outcome):
    assert outcome_of("EXP-02", spoil(**changes)) == outcome


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"application__consignor_name": "别的公司"}, "fail"),
        ({"application__consignor_uscc": "91440113MACPQJKN06"}, "fail"),
        ({"application__consignor_name": ""}, "fail"),
        ({"application__consignor_uscc": ""}, "fail"),
        ({"exporter__name": ""}, "fail"),
    ],
)
def test_exp_03_demands_that_who_exports_applies(changes, outcome):
    assert outcome_of("EXP-03", spoil(**changes)) == outcome


@pytest.mark.parametrize(
    ("standing", "outcome"),
    [
        ("normal", "pass"),
        ("watch", "attention"),
        ("talk", "attention"),
        ("correction", "attention"),
        ("", "attention"),
        ("suspended", "fail"),
        ("exited", "fail"),
    ],
)
def test_exp_04_refuses_only_stopped_or_exited_companies(standing, outcome):
    assert outcome_of("EXP-04", spoil(exporter__standing=standing)) == outcome
