from datetime import date

import pytest

from tests.reviews.checks.making import outcome_of, sentence_of, spoil


@pytest.mark.parametrize(
    ("check_id", "field"), [("REG-01", "registered_on"), ("REG-02", "transferred_on")]
)
def test_reg_01_and_02_compare_a_date_with_the_registry(check_id, field):
    assert outcome_of(check_id, spoil()) == "pass"
    assert outcome_of(check_id, spoil(registry=None)) == "attention"
    assert outcome_of(check_id, spoil(**{f"registry__{field}": None})) == "attention"
    assert outcome_of(check_id, spoil(**{f"registry__{field}": date(2026, 1, 11)})) == "fail"
    assert outcome_of(check_id, spoil(**{f"vehicle__{field}": None})) == "fail"


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"vehicle__owner_name": "北京出关汽车贸易 有限公司"}, "pass"),
        ({"vehicle__owner_name": "北京出关贸易公司"}, "attention"),
        ({"vehicle__owner_uscc": ""}, "attention"),
        ({"vehicle__owner_name": "北京出关贸易公司", "vehicle__owner_uscc": ""}, "attention"),
        ({"vehicle__owner_name": "张三"}, "fail"),
        ({"vehicle__owner_uscc": "91440113MACPQJKN06"}, "fail"),
        ({"vehicle__owner_name": ""}, "fail"),
        ({"exporter__name": ""}, "fail"),
    ],
)
def test_reg_03_demands_that_the_exporter_owns_the_vehicle(changes, outcome):
    assert outcome_of("REG-03", spoil(**changes)) == outcome


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"vehicle__model": "ＢＹＤ7000A"}, "attention"),
        ({"vehicle__model": "byd-7000 a"}, "attention"),
        ({"vehicle__model": "BYD7000B"}, "fail"),
        ({"vehicle__brand": "腾势"}, "fail"),
        ({"vehicle__brand": ""}, "fail"),
        ({"vehicle__model": ""}, "fail"),
        ({"registry": None}, "attention"),
        ({"registry__brand": ""}, "attention"),
        ({"registry__model": ""}, "attention"),
    ],
)
def test_reg_04_compares_brand_and_model(changes, outcome):
    assert outcome_of("REG-04", spoil(**changes)) == outcome


def test_reg_04_names_the_characters_that_differ():
    facts = spoil(vehicle__model="BYD7O00B")

    assert sentence_of("REG-04", facts) == (
        'The model "BYD7O00B" is not the registry\'s "BYD7000A":'
        ' character 5 "O" against "0", character 8 "B" against "A".'
    )


@pytest.mark.parametrize(
    ("produced", "registered", "transferred", "applied", "outcome"),
    [
        ((2025, 12, 1), (2026, 1, 10), (2026, 3, 1), (2026, 5, 10), "pass"),
        ((2025, 12, 1), (2026, 1, 10), (2026, 3, 1), (2026, 3, 1), "pass"),
        ((2026, 1, 10), (2026, 1, 10), (2026, 3, 1), (2026, 5, 10), "attention"),
        ((2025, 12, 1), (2026, 1, 10), (2026, 1, 10), (2026, 5, 10), "attention"),
        ((2024, 1, 10), (2026, 1, 10), (2026, 3, 1), (2026, 5, 10), "pass"),
        ((2024, 1, 9), (2026, 1, 10), (2026, 3, 1), (2026, 5, 10), "attention"),
        (None, (2026, 1, 10), (2026, 3, 1), (2026, 5, 10), "attention"),
        ((2025, 12, 1), (2026, 1, 10), (2026, 3, 1), None, "attention"),
        ((2026, 1, 11), (2026, 1, 10), (2026, 3, 1), (2026, 5, 10), "fail"),
        ((2025, 12, 1), (2026, 1, 10), (2026, 1, 9), (2026, 5, 10), "fail"),
        ((2025, 12, 1), (2026, 1, 10), (2026, 5, 11), (2026, 5, 10), "fail"),
        ((2025, 12, 1), (2026, 5, 11), None, (2026, 5, 10), "fail"),
    ],
)
def test_reg_05_demands_the_order_of_dates(produced, registered, transferred, applied, outcome):
    days = [day and date(*day) for day in (produced, registered, transferred, applied)]
    facts = spoil(
        vehicle__produced_on=days[0],
        vehicle__registered_on=days[1],
        vehicle__transferred_on=days[2],
        application__applied_on=days[3],
    )

    assert outcome_of("REG-05", facts) == outcome
