"""Several questions in one query: the same objects as one by one."""

from datetime import timedelta

import pytest
from django.db.models import F, Prefetch, Value

from documents.models import Reading, RegistryAnswer
from exports.models import Application, Destination, Event, Exporter, Line, Membership, Vehicle
from exports.together import together
from tests.factories import NOON, answer_registry, make_case, make_vehicle, upload

pytestmark = pytest.mark.usefixtures("law")


def facts(row) -> dict:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.fixture
def vehicles(exporter, clerk):
    vehicles = [make_vehicle(exporter, by=clerk, age=100 + n) for n in range(3)]
    for vehicle in vehicles:
        answer_registry(vehicle, mortgaged=None)
    make_case(exporter, *vehicles, by=clerk)
    return vehicles


def test_rows_come_as_the_querysets_alone_would_give_them(
    vehicles, reviewer, django_assert_num_queries
):
    asked = (
        Vehicle.objects.order_by("-id"),
        RegistryAnswer.objects.order_by("vin"),  # moments and yes-or-no that may be unknown
        Event.objects.order_by("-seq"),  # stored JSON
        Destination.objects.order_by("iso2"),
    )
    alone = [list(each) for each in asked]

    with django_assert_num_queries(1):
        answers = together(*asked)

    assert [[facts(row) for row in rows] for rows in answers] == [
        [facts(row) for row in rows] for rows in alone
    ]
    assert all(rows for rows in answers)


def test_joined_and_added_columns_come_along(vehicles, clerk, django_assert_num_queries):
    lines = Line.objects.select_related("vehicle__exporter", "application__opened_by")
    nobody = RegistryAnswer.objects.select_related("recorded_by").filter(recorded_by=None)
    asked = (
        lines.annotate(code=F("vehicle__vin"), sign=Value("✓")).order_by("position"),
        Membership.objects.select_related("user", "office").filter(user=clerk),
        nobody,
    )

    with django_assert_num_queries(1):
        found, (membership,), unsigned = together(*asked)
        assert [line.vehicle.vin for line in found] == [vehicle.vin for vehicle in vehicles]
        assert [line.code for line in found] == [vehicle.vin for vehicle in vehicles]
        assert {line.vehicle.exporter.name_zh for line in found} == {vehicles[0].exporter.name_zh}
        assert found[0].application.opened_by == clerk
        assert found[0].sign == "✓"
        assert membership.office is None
        assert [answer.recorded_by for answer in unsigned] == [None, None, None]
        assert membership.user == clerk


def test_values_slices_and_parameters_are_kept_apart(vehicles, django_assert_num_queries):
    after = NOON - timedelta(days=400)
    asked = (
        Vehicle.objects.filter(vin=vehicles[1].vin).values("vin", "registered_on"),
        Vehicle.objects.order_by("vin").values_list("vin", flat=True)[1:2],
        RegistryAnswer.objects.filter(answered_at__gt=after, brand__contains="%").values("vin"),
        Vehicle.objects.filter(vin__in=[]),
    )
    alone = [list(each) for each in asked]

    with django_assert_num_queries(1):
        assert together(*asked) == alone


def test_numbers_and_boxes_of_a_reading_survive(exporter, clerk):
    document = upload(exporter, b"%PDF-1.4", by=clerk)
    given = {"document": document, "field": "vin", "page": 1, "position": 0}
    read = Reading.objects.create(
        value='"’\\', printed="", confidence=0.973, sure=False, box=[0.1, 0.25], **given
    )

    ((seen,),) = together(Reading.objects.all())

    assert facts(seen) == facts(Reading.objects.get(pk=read.pk))


def test_what_is_prefetched_is_fetched_as_usual(vehicles, django_assert_num_queries):
    filings = Prefetch("applications", queryset=Application.objects.all())

    with django_assert_num_queries(2):
        ((exporter,),) = together(Exporter.objects.all().prefetch_related(filings))
        assert len(exporter.applications.all()) == 1
