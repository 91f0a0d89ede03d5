"""The fleet narrowed by clock, use, what lacks, maker and month, and taken away."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from exports.models import Event, Exporter, User, Vehicle
from tests.factories import NOON, TODAY, clerk_of, make_draft, make_exporter, make_vehicle

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def page(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client


def found(page: Client, **asked: str) -> set[str]:
    with time_machine.travel(NOON, tick=False):
        response = page.get(reverse("portal:vehicles"), asked)
    assert response.status_code == 200
    return {row.vehicle.vin for row in response.context["rows"]}


def test_the_clock_s_bands_meet_at_day_180(page: Client, exporter: Exporter, clerk: User):
    young = make_vehicle(exporter, by=clerk, age=20).vin
    last = make_vehicle(exporter, by=clerk, age=180).vin
    free = make_vehicle(exporter, by=clerk, age=181).vin

    assert found(page, clock="inside") == {young, last}
    assert found(page, clock="soon") == {last}
    assert found(page, clock="free") == {free}
    assert found(page, free_on=f"{TODAY + timedelta(days=1)}") == {last}


def test_use_lacking_facts_maker_and_month_narrow(page: Client, exporter: Exporter, clerk: User):
    drafted = make_vehicle(exporter, by=clerk)
    make_draft(exporter, drafted, by=clerk)
    bare = make_vehicle(exporter, by=clerk, registered_on=None, transferred_on=None)

    assert found(page, use="draft") == {drafted.vin}
    assert found(page, use="free") == {bare.vin}
    assert found(page, use="held") == set()
    assert found(page, missing="registered_on") == {bare.vin}
    assert found(page, maker=drafted.maker_name[:2]) == {drafted.vin, bare.vin}
    assert found(page, month=f"{drafted.registered_on:%Y-%m}") == {drafted.vin}


@pytest.mark.parametrize(
    "asked",
    [{"month": "9999-12"}, {"month": "\0"}, {"clock": "x"}, {"free_on": "0001-01-01"}, {"q": "\0"}],
)
def test_nonsense_is_no_fault(page: Client, exporter: Exporter, clerk: User, asked: dict[str, str]):
    make_vehicle(exporter, by=clerk)

    assert page.get(reverse("portal:vehicles"), asked).status_code == 200
    assert page.get(reverse("portal:vehicles_xlsx"), asked).status_code == 200


def test_the_workbook_holds_what_was_found_and_no_formula(
    page: Client, exporter: Exporter, clerk: User
):
    vehicle = make_vehicle(exporter, by=clerk, brand="=1+1")
    make_vehicle(clerk_of(make_exporter()).exporter)
    Vehicle.objects.exclude(pk=vehicle.pk).exclude(exporter=exporter).get()

    sent = page.get(reverse("portal:vehicles_xlsx"))

    rows = list(load_workbook(BytesIO(sent.content)).active.iter_rows(values_only=True))
    assert len(rows) == 2
    assert "'=1+1" in rows[1]
    assert Event.objects.filter(action__startswith="fleet").count() == 1
