"""What a manufacturer attests, amends, revokes and disowns, and who may."""

import pytest

from documents import confirming
from documents.desk import attesting, disowning, outlets
from documents.models import Confirmation, LetterChange, ListedOutlet
from exports.errors import (
    DeskClosed,
    Frozen,
    Incomplete,
    Moved,
    NoOutletThere,
    NotAllowed,
    ReasonNeeded,
)
from exports.models import Event, ManufacturerName, Notice, Role
from tests.documents.desk import amend, attest_for, make_outlet, officer
from tests.factories import (
    NOON,
    TODAY,
    make_confirmation,
    make_destination,
    make_exporter,
    make_manufacturer,
    make_person,
    make_vehicle,
    make_vin,
)

pytestmark = pytest.mark.django_db
CHERY = "奇瑞汽车股份有限公司"


@pytest.fixture
def zhao():
    return officer()


@pytest.fixture
def vehicle(clerk):
    return make_vehicle(clerk.exporter, by=clerk)


def test_an_officer_attests_and_the_exporter_is_told(zhao, vehicle, clerk):
    outlet = make_outlet(zhao)

    made = attest_for([vehicle], by=zhao)

    assert (made.is_attested, made.document, made.entered_by) == (True, None, zhao)
    assert (made.issuer_name, made.issued_on) == (zhao.manufacturer.name_on(TODAY), TODAY)
    assert made.outlets.get().address == outlet.address
    assert Event.objects.get(action="confirmation.attested").after["vins"] == [vehicle.vin]
    assert Notice.objects.get(template="documents/attested").to == clerk
    assert made in Confirmation.objects.visible_to(clerk)


def test_numbers_run_on_in_the_makers_own_series(zhao, vehicle):
    numbers = [attest_for([vehicle], by=zhao).number for _ in range(2)]

    assert [number.rsplit("-", 1)[1] for number in numbers] == ["00001", "00002"]


def test_what_the_directory_says_later_changes_no_confirmation(zhao, vehicle):
    outlet = make_outlet(zhao)
    made = attest_for([vehicle], by=zhao)

    outlets.retire_outlet(outlet, by=zhao, at=NOON)

    assert made.outlets.get().name == outlet.name
    with pytest.raises(NotAllowed):
        attest_for([vehicle], by=zhao, outlets=[ListedOutlet.objects.get()])


@pytest.mark.parametrize("role", [Role.OWNER, Role.CLERK])
def test_nobody_else_attests(zhao, vehicle, role):
    stranger = make_person(role, make_exporter())
    outlet = make_outlet(zhao)

    with pytest.raises(NotAllowed):
        attest_as(stranger, zhao.manufacturer, vehicle, outlet)
    assert not Confirmation.objects.exists()


def attest_as(person, maker, vehicle, outlet):
    return attesting.attest(
        maker,
        exporter=vehicle.exporter,
        destinations=[make_destination()],
        vins=[vehicle.vin],
        outlets=[outlet],
        valid_until=None,
        by=person,
        at=NOON,
    )


def test_another_makers_officer_attests_nothing(zhao, vehicle):
    rival = officer(make_manufacturer(CHERY))

    with pytest.raises(NotAllowed):
        attest_as(rival, zhao.manufacturer, vehicle, make_outlet(zhao))
    with pytest.raises(NotAllowed):
        attest_for([vehicle], by=rival, outlets=[make_outlet(zhao, name="own")])


@pytest.mark.parametrize("kind", ["sales", "dealer", "parent", "overseas"])
def test_a_sales_arm_attests_nothing(vehicle, kind):
    seller = officer(make_manufacturer("某某汽车销售有限公司", kind=kind))

    with pytest.raises(DeskClosed):
        attest_for([vehicle], by=seller)


def test_a_maker_struck_from_the_announcement_attests_nothing(zhao, vehicle):
    ManufacturerName.objects.update(listed_until=TODAY.replace(day=1))

    with pytest.raises(DeskClosed):
        attest_for([vehicle], by=zhao)


def test_a_promise_needs_a_vehicle_and_an_outlet_in_each_country(zhao, vehicle):
    both = [make_destination("KZ"), make_destination("RU")]

    with pytest.raises(NoOutletThere):
        attest_for([vehicle], by=zhao, destinations=both)
    with pytest.raises(Incomplete):
        attest_for([vehicle], by=zhao, vins=[])
    assert not Confirmation.objects.exists()


def test_an_amendment_keeps_the_version_before(zhao, vehicle):
    made = attest_for([vehicle], by=zhao)
    more = make_vin()

    amended = amend(made, by=zhao, vins=[vehicle.vin, more])

    old = made.versions.get()
    assert (amended.version, old.number, old.facts["vins"]) == (2, 1, [vehicle.vin])
    assert set(amended.vehicles.values_list("vin", flat=True)) == {vehicle.vin, more}
    assert LetterChange.objects.get(kind="amended").vins == sorted([vehicle.vin, more])


def test_of_two_who_amend_the_second_is_told(zhao, vehicle):
    made = attest_for([vehicle], by=zhao)
    amend(made, by=zhao)

    with pytest.raises(Moved):
        amend(made, by=zhao, version=1)
    assert made.versions.count() == 1


def test_who_may_amend_and_when(zhao, vehicle, clerk):
    made = attest_for([vehicle], by=zhao)
    rival = officer(make_manufacturer(CHERY))

    for person in (rival, clerk):
        with pytest.raises(NotAllowed):
            amend(made, by=person)
    with pytest.raises(ReasonNeeded):
        amend(made, by=zhao, note=" ")
    with pytest.raises(NotAllowed):
        confirming.amend_confirmation(
            made, destinations=[], vins=[make_vin()], outlets=[], by=clerk, at=NOON
        )
    confirming.revoke_confirmation(made, by=zhao, at=NOON, note="误发")
    with pytest.raises(Frozen):
        amend(made, by=zhao)


def test_a_revocation_is_told_and_followed(zhao, vehicle, clerk):
    made = attest_for([vehicle], by=zhao)

    confirming.revoke_confirmation(made, by=zhao, at=NOON, note="误发")

    assert LetterChange.objects.get(kind="revoked").vins == [vehicle.vin]
    assert Notice.objects.get(template="documents/letter_revoked").facts["note"] == "误发"


def test_a_maker_disowns_a_letter_and_may_take_the_word_back(zhao, vehicle, clerk):
    letter = make_confirmation([vehicle], by=clerk)

    disowning.report_forged(letter, by=zhao, at=NOON, note="印章不是我司的")

    assert (letter.word, letter.word_by) == ("forged", zhao)
    assert LetterChange.objects.get(kind="disowned").vins == [vehicle.vin]
    with pytest.raises(Moved):
        disowning.report_forged(letter, by=zhao, at=NOON, note="again")
    disowning.recognise(letter, by=zhao, at=NOON)
    assert letter.word == "ours"


def test_who_may_disown_and_what(zhao, vehicle, clerk):
    letter, own = make_confirmation([vehicle], by=clerk), attest_for([vehicle], by=zhao)
    rival = officer(make_manufacturer(CHERY))

    for person in (rival, clerk):
        with pytest.raises(NotAllowed):
            disowning.report_forged(letter, by=person, at=NOON, note="x")
    with pytest.raises(ReasonNeeded):
        disowning.report_forged(letter, by=zhao, at=NOON, note="")
    with pytest.raises(NotAllowed):
        disowning.report_forged(own, by=zhao, at=NOON, note="x")
    assert Confirmation.objects.get(pk=letter.pk).word == ""
