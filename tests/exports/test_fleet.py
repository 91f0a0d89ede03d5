"""Vehicles are written by their exporter alone, while nothing filed rests on them."""

import pytest

from exports import fleet, ledger
from exports.errors import Frozen, Moved, NotAllowed, RoleMissing, VehicleKnown
from exports.models import Event, Line, Role, Vehicle
from tests.factories import (
    NOON,
    clerk_of,
    make_draft,
    make_exporter,
    make_person,
    make_vehicle,
    make_vin,
    vehicle_facts,
)


def test_a_vehicle_is_stored_under_its_canonical_vin_and_on_the_ledger(exporter, clerk):
    vin = make_vin()
    facts = vehicle_facts(exporter, vin=f" {vin[:3]}-{vin[3:9]} {vin[9:].lower()} ")

    vehicle = fleet.add_vehicle(exporter, by=clerk, at=NOON, **facts)

    assert vehicle.vin == vin
    event = Event.objects.get(action="vehicle.added")
    assert (event.subject_key, event.after["brand"]) == (vin, "比亚迪")
    assert list(ledger.verify()) == []


def test_one_exporter_has_a_vin_once_another_may_have_it_too(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)

    with pytest.raises(VehicleKnown):
        make_vehicle(exporter, by=clerk, vin=vehicle.vin)
    make_vehicle(make_exporter(), vin=vehicle.vin)

    assert Vehicle.objects.filter(vin=vehicle.vin).count() == 2


@pytest.mark.parametrize("act", ["add", "amend", "export"])
def test_nobody_acts_for_another_company(exporter, clerk, act):
    stranger = clerk_of(make_exporter())
    vehicle = make_vehicle(exporter, by=clerk)
    acts = {
        "add": lambda: fleet.add_vehicle(exporter, by=stranger, at=NOON, **vehicle_facts(exporter)),
        "amend": lambda: fleet.amend_vehicle(vehicle, by=stranger, at=NOON, brand="X"),
        "export": lambda: fleet.note_export(exporter, by=stranger, at=NOON, vehicles=1),
    }

    with pytest.raises(NotAllowed):
        acts[act]()


def test_who_only_reads_writes_nothing(exporter, clerk):
    viewer = make_person(Role.VIEWER, exporter)
    vehicle = make_vehicle(exporter, by=clerk)

    with pytest.raises(RoleMissing):
        fleet.amend_vehicle(vehicle, by=viewer, at=NOON, brand="X")


def test_an_amendment_records_only_what_changed(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)

    fleet.amend_vehicle(vehicle, by=clerk, at=NOON, brand="新牌", model=vehicle.model)

    event = Event.objects.get(action="vehicle.amended")
    assert (event.before, event.after) == ({"brand": "比亚迪"}, {"brand": "新牌"})


def test_an_amendment_that_changes_nothing_leaves_no_event(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)

    fleet.amend_vehicle(vehicle, by=clerk, at=NOON, **fleet.facts_of(vehicle))

    assert not Event.objects.filter(action="vehicle.amended").exists()


def test_of_two_browsers_the_second_is_told(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    seen = fleet.fingerprint(vehicle)
    fleet.amend_vehicle(Vehicle.objects.get(), by=clerk, at=NOON, seen=seen, brand="first")

    with pytest.raises(Moved):
        fleet.amend_vehicle(vehicle, by=clerk, at=NOON, seen=seen, brand="second")

    assert Vehicle.objects.get().brand == "first"


def test_a_vehicle_in_a_live_application_is_frozen(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    draft = make_draft(exporter, vehicle, by=clerk)
    Line.objects.filter(application=draft).update(live=True)

    with pytest.raises(Frozen):
        fleet.amend_vehicle(vehicle, by=clerk, at=NOON, brand="X")


def test_the_lines_of_drafts_follow_a_corrected_vin(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    draft = make_draft(exporter, vehicle, by=clerk)
    right = make_vin()

    fleet.amend_vehicle(vehicle, by=clerk, at=NOON, vin=right)

    assert draft.lines.get().vin == right


def test_a_draft_of_one_vehicle_follows_its_hs_code_a_larger_one_keeps_its_own(exporter, clerk):
    alone, first, second = (make_vehicle(exporter, by=clerk) for _ in range(3))
    single = make_draft(exporter, alone, by=clerk)
    double = make_draft(exporter, first, second, by=clerk)

    fleet.amend_vehicle(alone, by=clerk, at=NOON, hs_code="870323")
    fleet.amend_vehicle(second, by=clerk, at=NOON, hs_code="870323")

    single.refresh_from_db()
    double.refresh_from_db()
    assert (single.hs_code, double.hs_code) == ("870323", "8703801090")
