from datetime import date

import pytest

from reviews.checks.model import HistoryFacts
from tests.reviews.checks.making import VIN, outcome_of, sentence_of, spoil


@pytest.mark.parametrize(
    ("vin", "kind", "origin", "outcome"),
    [
        (VIN, "car", "domestic", "pass"),
        ("LB3T1M5Z8R4O36281", "car", "domestic", "attention"),
        ("L6TNDTZ91S88881I5", "car", "", "attention"),
        ("LBV9HJAT2R4325143", "car", "imported", "attention"),
        ("LBV9HJAT2R4325143", "car", "domestic", "fail"),
        ("LBV9HJAT2R4325143", "car", "", "fail"),
        ("LDСRFTAP4TR232437", "car", "domestic", "fail"),
        ("LS5NUUUK1VL63114", "car", "imported", "fail"),
        ("", "car", "domestic", "fail"),
        ("", "trailer", "domestic", "attention"),
        ("OLD-4711", "trailer", "domestic", "attention"),
    ],
)
def test_vin_01_judges_the_number_itself(vin, kind, origin, outcome):
    facts = spoil(vehicle__vin=vin, vehicle__kind=kind, vehicle__origin=origin)

    assert outcome_of("VIN-01", facts) == outcome


MAKER = "比亚迪汽车工业有限公司"


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"vehicle__maker_name": "比亚迪 汽车工业有限公司"}, "pass"),
        ({"maker__wmi_names": ()}, "attention"),
        ({"vehicle__vin": ""}, "attention"),
        ({"vehicle__maker_name": "吉利"}, "attention"),
        ({"vehicle__maker_name": ""}, "attention"),
        ({"maker__wmi_doubt": True}, "attention"),
        ({"maker__wmi_names": (MAKER, "吉利")}, "attention"),
        ({"vehicle__kind": "trailer"}, "not_applicable"),
    ],
)
def test_vin_02_compares_prefix_and_maker_and_never_fails(changes, outcome):
    assert outcome_of("VIN-02", spoil(**changes)) == outcome


@pytest.mark.parametrize(
    ("produced", "registered", "origin", "outcome"),
    [
        (date(2025, 12, 1), date(2026, 1, 10), "domestic", "pass"),
        (date(2024, 1, 1), date(2026, 1, 10), "domestic", "pass"),
        (date(2026, 6, 1), date(2026, 7, 10), "domestic", "pass"),
        (date(2023, 1, 1), date(2026, 1, 10), "domestic", "attention"),
        (date(2022, 1, 1), date(2026, 1, 10), "domestic", "fail"),
        (None, date(2026, 1, 10), "domestic", "pass"),
        (None, date(2029, 1, 10), "domestic", "attention"),
        (None, date(2021, 1, 10), "domestic", "fail"),
        (None, None, "domestic", "attention"),
        (date(2022, 1, 1), date(2026, 1, 10), "imported", "not_applicable"),
    ],
)
def test_vin_03_compares_the_model_year_with_the_dates(produced, registered, origin, outcome):
    facts = spoil(
        vehicle__produced_on=produced,
        vehicle__registered_on=registered,
        vehicle__origin=origin,
    )

    assert outcome_of("VIN-03", facts) == outcome


@pytest.mark.parametrize("vin", ["", "LC0", VIN[:9] + "0" + VIN[10:]])
def test_vin_03_does_not_guess_a_year_that_is_not_there(vin):
    assert outcome_of("VIN-03", spoil(vehicle__vin=vin)) == "attention"


@pytest.mark.parametrize(
    ("history", "outcome"),
    [
        (HistoryFacts(), "pass"),
        (HistoryFacts(expired_licences=("L-1",)), "attention"),
        (None, "attention"),
        (HistoryFacts(live_elsewhere=("E2026-000002",)), "fail"),
        (HistoryFacts(used_licences=("L-2",)), "fail"),
    ],
)
def test_vin_04_looks_for_other_uses(history, outcome):
    assert outcome_of("VIN-04", spoil(history=history)) == outcome


def test_vin_04_passes_no_missing_number():
    assert outcome_of("VIN-04", spoil(vehicle__vin="")) == "attention"


def test_vin_01_names_the_place_of_a_look_alike():
    facts = spoil(vehicle__vin="LB3T1M5Z8R4O36281")

    assert sentence_of("VIN-01", facts).startswith('Character 12 of the VIN cannot be "O"')
