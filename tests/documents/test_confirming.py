"""Confirmations: entered, corrected, revoked."""

import pytest

from documents import confirming
from documents.models import Confirmation
from exports.errors import Frozen, Incomplete, Moved, NotAllowed
from exports.models import Event
from tests.factories import (
    NOON,
    clerk_of,
    make_confirmation,
    make_destination,
    make_exporter,
    make_manufacturer,
    make_office,
    make_person,
    make_vehicle,
    make_vin,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return clerk_of(make_exporter())


@pytest.fixture
def confirmation(clerk):
    return make_confirmation([make_vehicle(clerk.exporter, by=clerk)], by=clerk)


def amend(confirmation, *, by, **facts):
    values = {
        "issuer_name": confirmation.issuer_name,
        "vins": [make_vin()],
        "destinations": [make_destination()],
        "outlets": [],
    } | facts
    return confirming.amend_confirmation(confirmation, by=by, at=NOON, **values)


def test_the_issuer_is_found_by_its_exact_name_only(clerk):
    vehicle = make_vehicle(clerk.exporter, by=clerk)

    known = make_confirmation([vehicle], by=clerk)
    unknown = make_confirmation([make_vehicle(clerk.exporter)], by=clerk, issuer_name="比亚迪汽车")

    assert known.manufacturer == make_manufacturer()
    assert unknown.manufacturer is None


def test_a_letter_is_entered_once(confirmation, clerk):
    with pytest.raises(Moved):
        confirming.enter_confirmation(
            clerk.exporter,
            document=confirmation.document,
            destinations=[],
            vins=[make_vin()],
            outlets=[],
            issuer_name="x",
            by=clerk,
            at=NOON,
        )
    assert Confirmation.objects.get() == confirmation


def test_a_correction_replaces_the_lists_and_keeps_both_in_the_ledger(confirmation, clerk):
    old = confirmation.vehicles.get().vin
    vins = [make_vin(), make_vin()]

    amend(confirmation, by=clerk, vins=[*vins, vins[0]])

    event = Event.objects.get(action="confirmation.amended")
    assert list(confirmation.vehicles.values_list("vin", flat=True)) == vins
    assert (event.before["vins"], event.after["vins"]) == ([old], vins)
    assert not confirmation.outlets.exists()


def test_a_letter_must_name_a_vehicle(confirmation, clerk):
    with pytest.raises(Incomplete):
        amend(confirmation, by=clerk, vins=[])

    assert confirmation.vehicles.exists()


def test_another_company_enters_and_corrects_nothing(confirmation):
    rival = clerk_of(make_exporter())

    with pytest.raises(NotAllowed):
        amend(confirmation, by=rival)
    with pytest.raises(NotAllowed):
        confirming.enter_confirmation(
            rival.exporter,
            document=confirmation.document,
            destinations=[],
            vins=[make_vin()],
            outlets=[],
            issuer_name="x",
            by=rival,
            at=NOON,
        )


@pytest.mark.parametrize(
    ("role", "side", "may"),
    [
        ("officer", make_manufacturer, True),
        ("officer", lambda: make_manufacturer("奇瑞汽车股份有限公司"), False),
        ("supervisor", make_office, True),
        ("senior", make_office, True),
        ("reviewer", make_office, False),
        ("auditor", make_office, False),
        ("owner", make_exporter, False),
    ],
)
def test_only_the_maker_and_who_signs_at_an_office_revoke(confirmation, role, side, may):
    person = make_person(role, side())

    if not may:
        with pytest.raises(NotAllowed):
            confirming.revoke_confirmation(confirmation, by=person, at=NOON, note="why")
        return
    revoked = confirming.revoke_confirmation(confirmation, by=person, at=NOON, note="why")
    assert (revoked.revoked_by, revoked.revoked_because) == (person, "why")


def test_what_is_revoked_stays_so(confirmation, clerk):
    officer = make_person("officer", make_manufacturer())
    confirming.revoke_confirmation(confirmation, by=officer, at=NOON, note="why")

    with pytest.raises(Moved):
        confirming.revoke_confirmation(confirmation, by=officer, at=NOON, note="again")
    with pytest.raises(Frozen):
        amend(confirmation, by=clerk)
