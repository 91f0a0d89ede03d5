from datetime import date

import pytest

from tests.reviews.checks.making import VIN, outcome_of, sentence_of, spoil

ROW = tuple(f"{VIN[:14]}{serial}" for serial in range(638, 648))


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "pass"),
        ({"vehicle__odometer_km": 100}, "pass"),
        ({"vehicle__odometer_km": 99}, "attention"),
        ({"vehicle__odometer_km": None}, "attention"),
        ({"vehicle__registered_on": None}, "attention"),
        ({"vehicle__transferred_on": None}, "attention"),
        ({"vehicle__transferred_on": date(2026, 2, 9)}, "attention"),
        ({"vehicle__transferred_on": date(2026, 2, 10)}, "pass"),
        ({"vehicle__transferred_on": date(2026, 1, 9)}, "pass"),
        ({"application__batch_vins": ROW}, "attention"),
        ({"application__batch_vins": ROW[:9]}, "pass"),
        ({"application__batch_vins": (VIN,) * 20}, "pass"),
    ],
)
def test_zkm_01_informs_and_never_fails(changes, outcome):
    assert outcome_of("ZKM-01", spoil(**changes)) == outcome


def test_zkm_01_names_every_sign():
    facts = spoil(
        vehicle__odometer_km=12,
        vehicle__transferred_on=date(2026, 1, 20),
        application__batch_vins=ROW,
    )

    assert sentence_of("ZKM-01", facts) == (
        "Only 12 km on the odometer; Transferred 10 days after registration;"
        " 10 neighbouring VINs in this batch. For information; no ground to refuse."
    )
