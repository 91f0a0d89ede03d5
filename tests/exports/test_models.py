"""What the database itself refuses."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from exports.models import (
    EXPORTER_ROLES,
    MANUFACTURER_ROLES,
    MINISTRY_ROLES,
    MOST_VEHICLES,
    OFFICE_ROLES,
    Application,
    Exporter,
    Head,
    Line,
    Membership,
    Role,
    User,
    Vehicle,
)
from tests.factories import (
    NOON,
    clerk_of,
    make_draft,
    make_exporter,
    make_manufacturer,
    make_ministry,
    make_office,
    make_person,
    make_vehicle,
    vehicle_facts,
)

pytestmark = pytest.mark.django_db

SIDES = {
    "exporter": EXPORTER_ROLES,
    "manufacturer": MANUFACTURER_ROLES,
    "office": OFFICE_ROLES,
    "ministry": MINISTRY_ROLES,
}


@pytest.fixture
def organisations() -> dict[str, object]:
    exporter = make_exporter()
    return {
        "exporter": exporter,
        "manufacturer": make_manufacturer(),
        "office": exporter.office,
        "ministry": make_ministry(),
    }


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("role", Role)
def test_a_role_belongs_to_its_side(role: Role, side: str, organisations: dict[str, object]):
    user = User.objects.create_user("someone@example.test", name="Someone")

    if role in SIDES[side]:
        Membership.objects.create(user=user, role=role, **{side: organisations[side]})
    else:
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(user=user, role=role, **{side: organisations[side]})


def test_nobody_stands_on_two_sides(organisations: dict[str, object]):
    clerk = clerk_of(organisations["exporter"])

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=clerk, role=Role.REVIEWER, office=organisations["office"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(user=clerk).update(office=organisations["office"])


def test_an_address_is_one_person_whatever_its_case():
    User.objects.create_user("Alice@Example.test", name="Alice")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="ALICE@example.test", name="Other")
    assert User.objects.get_by_natural_key(" ALICE@example.TEST ").name == "Alice"


def test_who_left_acts_for_nobody_and_opens_no_workbench(exporter: Exporter):
    person = make_person(Role.SENIOR, exporter.office, is_active=False)

    assert (person.role, person.office, person.is_staff) == ("", None, False)


@pytest.mark.parametrize("vin", ["lgxc74cg0t0000001", "LGXC74CG0T000001", "LGXC74CGOT0000001"])
def test_a_vin_is_stored_in_one_spelling(vin: str, exporter: Exporter, clerk: User):
    facts = vehicle_facts(exporter) | {"vin": vin}

    with pytest.raises(IntegrityError), transaction.atomic():
        Vehicle.objects.create(exporter=exporter, added_by=clerk, added_at=NOON, **facts)


@pytest.mark.parametrize("uscc", ["91110000", "9111000012345678ab"])
def test_a_credit_code_is_stored_in_one_spelling(uscc: str):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_exporter(uscc=uscc)


@pytest.mark.parametrize("position", [0, MOST_VEHICLES + 1])
def test_a_batch_has_twenty_places(position: int, exporter: Exporter):
    line = make_draft(exporter).lines.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Line.objects.filter(pk=line.pk).update(position=position)


@pytest.mark.parametrize("fields", [{"filed_on": date(2026, 6, 30)}, {"first_filed_on": NOON}])
def test_an_application_is_filed_with_day_and_person_or_not(
    fields: dict[str, object], exporter: Exporter
):
    draft = make_draft(exporter)

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=draft.pk).update(**fields)


def test_the_chain_has_one_head():
    with pytest.raises(IntegrityError), transaction.atomic():
        Head.objects.create(pk=2)


def test_a_name_is_read_in_the_readers_language():
    office = make_office("beijing", name_zh="北京市商务局", name_en="Beijing")
    nameless = make_office("hubei", name_zh="湖北省商务厅")

    with translation.override("en"):
        assert (str(office), str(nameless)) == ("Beijing", "湖北省商务厅")
    with translation.override("zh-hans"):
        assert str(office) == "北京市商务局"


def test_an_exporter_sees_its_own_and_a_stranger_sees_none(exporter: Exporter, clerk: User):
    vehicle = make_vehicle(exporter, by=clerk)
    draft = make_draft(exporter, vehicle, by=clerk)
    rival, reviewer = clerk_of(make_exporter()), make_person(Role.REVIEWER, exporter.office)

    assert list(Vehicle.objects.visible_to(clerk)) == [vehicle]
    assert list(Application.objects.visible_to(clerk)) == [draft]
    for person in (rival, reviewer):
        assert not Vehicle.objects.visible_to(person).exists()
        assert not Application.objects.visible_to(person).exists()
