"""What the evidence says about an application."""

import pytest

from documents import evidence, filing
from tests.factories import (
    NOON,
    answer_registry,
    clerk_of,
    make_confirmation,
    make_draft,
    make_exporter,
    make_vehicle,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return clerk_of(make_exporter())


def test_one_letter_serves_two_applications(clerk):
    one, two = (make_vehicle(clerk.exporter, by=clerk) for _ in range(2))
    letter = make_confirmation([one, two], by=clerk)
    first = make_draft(clerk.exporter, one, by=clerk)
    second = make_draft(clerk.exporter, two, by=clerk)

    assert evidence.confirmations_for(first, [one.vin]) == [letter]
    assert evidence.confirmations_for(second, [two.vin]) == [letter]


def test_another_company_s_letter_proves_nothing(clerk):
    vehicle = make_vehicle(clerk.exporter, by=clerk)
    rival = clerk_of(make_exporter())
    make_confirmation([make_vehicle(rival.exporter, by=rival, vin=vehicle.vin)], by=rival)

    draft = make_draft(clerk.exporter, vehicle, by=clerk)

    assert evidence.confirmations_for(draft, [vehicle.vin]) == []


def test_an_attached_letter_counts_even_where_it_misses_the_vin(clerk):
    vehicle = make_vehicle(clerk.exporter, by=clerk)
    letter = make_confirmation([make_vehicle(clerk.exporter, by=clerk)], by=clerk)
    draft = make_draft(clerk.exporter, vehicle, by=clerk)
    filing.attach_to_draft(letter.document, draft, by=clerk, at=NOON)

    assert evidence.confirmations_for(draft, [vehicle.vin]) == [letter]


def test_the_newest_answer_of_the_registry_counts(clerk):
    vehicle = make_vehicle(clerk.exporter, by=clerk)
    answer_registry(vehicle, mortgaged=True)
    answer_registry(vehicle, mortgaged=False)

    assert evidence.latest_answers([vehicle.vin])[vehicle.vin].mortgaged is False
