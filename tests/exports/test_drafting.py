"""Drafts: twenty vehicles of one HS code, changed by one person at a time."""

import pytest

from exports import drafting, fleet
from exports.errors import (
    BatchFull,
    Frozen,
    Incomplete,
    MixedGoods,
    Moved,
    NotAllowed,
    RoleMissing,
    VinInUse,
)
from exports.models import MOST_VEHICLES, Application, Event, Role
from tests.factories import (
    NOON,
    clerk_of,
    make_destination,
    make_draft,
    make_exporter,
    make_person,
    make_vehicle,
)


@pytest.fixture
def draft(exporter, clerk):
    return drafting.open_application(exporter, by=clerk, at=NOON)


def test_a_draft_starts_at_the_exporters_office_with_itself_as_consignor(draft, exporter):
    assert draft.office == exporter.office
    assert (draft.consignor_name, draft.consignor_uscc) == (exporter.name_zh, exporter.uscc)
    assert draft.reference.startswith("E2026-")


def test_references_are_never_shared(exporter, clerk):
    drafts = [drafting.open_application(exporter, by=clerk, at=NOON) for _ in range(3)]

    assert len({draft.reference for draft in drafts}) == 3


def test_only_its_writers_touch_a_draft(draft, exporter):
    stranger, viewer = clerk_of(make_exporter()), make_person(Role.VIEWER, exporter)

    with pytest.raises(NotAllowed):
        drafting.amend_application(draft, by=stranger, at=NOON, contract_number="X")
    with pytest.raises(RoleMissing):
        drafting.amend_application(draft, by=viewer, at=NOON, contract_number="X")
    with pytest.raises(RoleMissing):
        drafting.open_application(exporter, by=viewer, at=NOON)


def test_another_companys_vehicle_does_not_enter_the_batch(draft, clerk):
    with pytest.raises(NotAllowed):
        drafting.add_to_application(draft, make_vehicle(make_exporter()), by=clerk, at=NOON)


def test_an_amendment_shows_before_and_after(draft, clerk):
    drafting.amend_application(draft, by=clerk, at=NOON, destination=make_destination())

    event = Event.objects.get(action="application.amended")
    assert (event.before["destination"], event.after["destination"]) == (None, "KZ")


def test_of_two_people_amending_the_second_is_told(draft, clerk):
    stale = Application.objects.get(pk=draft.pk)
    drafting.amend_application(draft, by=clerk, at=NOON, contract_number="first")

    with pytest.raises(Moved):
        drafting.amend_application(stale, by=clerk, at=NOON, contract_number="second")

    assert Application.objects.get().contract_number == "first"


def test_the_twenty_first_vehicle_is_refused(draft, exporter, clerk):
    cars = [make_vehicle(exporter, by=clerk) for _ in range(MOST_VEHICLES + 1)]
    for car in cars[:-1]:
        drafting.add_to_application(draft, car, by=clerk, at=NOON)

    with pytest.raises(BatchFull):
        drafting.add_to_application(draft, cars[-1], by=clerk, at=NOON)

    positions = draft.lines.values_list("position", flat=True)
    assert sorted(positions) == list(range(1, MOST_VEHICLES + 1))


def test_a_batch_has_one_hs_code_until_it_is_empty_again(draft, exporter, clerk):
    electric = make_vehicle(exporter, by=clerk)
    petrol = make_vehicle(exporter, by=clerk, hs_code="870323")
    line = drafting.add_to_application(draft, electric, by=clerk, at=NOON)

    with pytest.raises(MixedGoods):
        drafting.add_to_application(draft, petrol, by=clerk, at=NOON)
    drafting.remove_from_application(line, by=clerk, at=NOON)
    draft.refresh_from_db()
    drafting.add_to_application(draft, petrol, by=clerk, at=NOON)

    assert draft.hs_code == "870323"


def test_a_vehicle_added_twice_stands_once(draft, exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    drafting.add_to_application(draft, vehicle, by=clerk, at=NOON)
    drafting.add_to_application(draft, vehicle, by=clerk, at=NOON)

    assert draft.lines.count() == 1
    assert Event.objects.filter(action="line.added").count() == 1


def test_a_change_of_the_batch_happens_wholly_or_not_at_all(draft, exporter, clerk):
    electric = make_vehicle(exporter, by=clerk)
    petrol = make_vehicle(exporter, by=clerk, hs_code="870323")
    other = make_vehicle(exporter, by=clerk)
    drafting.add_to_application(draft, electric, by=clerk, at=NOON)

    with pytest.raises(MixedGoods):
        drafting.change_batch(draft, add=[other, petrol], remove=[], by=clerk, at=NOON)
    assert [line.vehicle for line in draft.lines.all()] == [electric]

    fresh = Application.objects.get()
    drafting.change_batch(fresh, add=[petrol], remove=fresh.lines.all(), by=clerk, at=NOON)
    assert [line.vehicle for line in draft.lines.all()] == [petrol]


def test_a_discarded_draft_keeps_its_vehicles_and_changes_no_more(exporter, clerk):
    draft = make_draft(exporter, by=clerk)
    drafting.discard_application(draft, by=clerk, at=NOON)

    assert exporter.vehicles.count() == 1
    with pytest.raises(Frozen):
        drafting.amend_application(draft, by=clerk, at=NOON, contract_number="X")


def test_filing_names_everything_missing_at_once(draft):
    with pytest.raises(Incomplete) as refused:
        drafting.check_can_be_filed(draft)

    assert len(str(refused.value.facts["missing"]).split(", ")) == 4


def test_vehicles_amended_to_different_goods_are_not_filed_together(exporter, clerk):
    first, second = (make_vehicle(exporter, by=clerk) for _ in range(2))
    draft = make_draft(exporter, first, second, by=clerk)
    fleet.amend_vehicle(second, by=clerk, at=NOON, hs_code="870323")

    with pytest.raises(MixedGoods):
        drafting.check_can_be_filed(draft)


def test_a_vin_stands_in_one_live_application_until_it_is_released(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    first, second = make_draft(exporter, vehicle, by=clerk), make_draft(exporter, vehicle, by=clerk)
    drafting.occupy(first)

    with pytest.raises(VinInUse):
        drafting.occupy(second)
    drafting.release(first)
    drafting.occupy(second)

    assert second.lines.get().live
