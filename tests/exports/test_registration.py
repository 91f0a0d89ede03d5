"""Organisations and people enter with an event, by the installation or a policy administrator."""

from datetime import date

import pytest

from exports import ledger
from exports.errors import RoleMissing
from exports.models import Event, Office, Role
from exports.registration import (
    admit,
    register_exporter,
    register_manufacturer,
    register_office,
)
from tests.factories import NOON, make_person, make_uscc

pytestmark = pytest.mark.django_db


def test_each_registration_writes_its_event():
    office = register_office(
        code="demo", name_zh="示例局", level=Office.Level.PROVINCE, by=None, at=NOON
    )
    code = make_uscc()
    exporter = register_exporter(uscc=code, name_zh="示例公司", office=office, by=None, at=NOON)
    register_manufacturer("示例汽车厂", known_from=date(2010, 1, 1), kind="maker", by=None, at=NOON)
    admit(exporter, role=Role.CLERK, email="A@example.test", name="Alice", by=None, at=NOON)

    events = Event.objects.order_by("seq").values_list("action", "subject_key")
    assert list(events) == [
        ("office.registered", "demo"),
        ("exporter.registered", code),
        ("manufacturer.registered", "示例汽车厂"),
        ("person.admitted", "a@example.test"),
    ]
    assert list(ledger.verify()) == []


def test_a_person_admitted_without_password_acts_for_the_company_but_cannot_sign_in(exporter):
    person = admit(exporter, role=Role.OWNER, email="b@example.test", name="B", by=None, at=NOON)

    assert (person.exporter, person.role) == (exporter, Role.OWNER)
    assert not person.has_usable_password()


def test_a_policy_administrator_registers_and_a_reviewer_does_not(office, reviewer):
    administrator = make_person(Role.POLICY, office)
    facts = {"name_zh": "示例局", "level": Office.Level.CITY, "at": NOON}

    register_office(code="one", by=administrator, **facts)
    with pytest.raises(RoleMissing):
        register_office(code="two", by=reviewer, **facts)

    assert list(Office.objects.filter(code__in=["one", "two"]).values_list("code", flat=True)) == [
        "one"
    ]
