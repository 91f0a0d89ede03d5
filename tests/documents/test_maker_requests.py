"""Requests for a confirmation: asked, confirmed in part, declined, taken back; and their pages."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from documents.desk import asking, outlets
from documents.models import Confirmation, ConfirmationRequest
from exports.errors import (
    AlreadyAsked,
    CountryClosed,
    NobodyToAsk,
    NotAllowed,
    NotAsked,
    ReasonNeeded,
)
from exports.models import Notice, Role
from tests.documents.desk import attest_for, make_outlet, officer
from tests.factories import (
    NOON,
    TODAY,
    make_confirmation,
    make_destination,
    make_draft,
    make_manufacturer,
    make_person,
    make_vehicle,
)

pytestmark = pytest.mark.django_db
CHERY = "奇瑞汽车股份有限公司"


@pytest.fixture
def zhao():
    return officer()


@pytest.fixture
def cars(clerk):
    return [make_vehicle(clerk.exporter, by=clerk) for _ in range(2)]


def ask(cars, *, by, maker=None):
    return asking.ask_for_confirmation(
        by.exporter,
        manufacturer=maker or make_manufacturer(),
        destination=make_destination(),
        vins=[car.vin for car in cars],
        by=by,
        at=NOON,
    )


def confirm(request, vins, *, by):
    given = {"outlets": [make_outlet(by)], "valid_until": None}
    return asking.confirm(request, vins=vins, by=by, at=NOON, **given)


def test_some_are_confirmed_and_the_rest_declined(zhao, cars, clerk):
    request = ask(cars, by=clerk)

    made = confirm(request, [cars[0].vin], by=zhao)
    asking.decline(request, vins=[cars[1].vin], reason="unknown", words="查无", by=zhao, at=NOON)

    request.refresh_from_db()
    assert [row.state for row in request.vehicles.all()] == ["confirmed", "declined"]
    assert (request.state, made.vehicles.get().vin) == ("answered", cars[0].vin)
    told = set(Notice.objects.values_list("template", "to__name"))
    assert told == {
        ("documents/asked", "Zhao"),
        ("documents/attested", "Alice"),
        ("documents/asked_declined", "Alice"),
    }


def test_a_vehicle_is_answered_once(zhao, cars, clerk):
    request = ask(cars, by=clerk)
    confirm(request, [cars[0].vin], by=zhao)

    with pytest.raises(NotAsked):
        asking.decline(request, vins=[cars[0].vin], reason="unknown", words="", by=zhao, at=NOON)
    with pytest.raises(ReasonNeeded):
        asking.decline(request, vins=[cars[1].vin], reason="", words="x", by=zhao, at=NOON)
    assert Confirmation.objects.count() == 1


def test_the_same_is_not_asked_twice(zhao, cars, clerk):
    ask(cars, by=clerk)

    with pytest.raises(AlreadyAsked):
        ask(cars, by=clerk)


def test_who_cannot_be_asked(cars, clerk):
    with pytest.raises(NobodyToAsk):
        ask(cars, by=clerk)
    zhao = officer()
    outlets.close_country(
        zhao.manufacturer, make_destination(), reason="售后暂停", by=zhao, at=NOON
    )
    with pytest.raises(CountryClosed):
        ask(cars, by=clerk)


def test_who_may_ask_and_answer(zhao, cars, clerk):
    viewer = make_person(Role.VIEWER, clerk.exporter)
    with pytest.raises(NotAllowed):
        ask(cars, by=viewer)
    request = ask(cars, by=clerk)
    rival = officer(make_manufacturer(CHERY))
    for person in (rival, clerk):
        with pytest.raises(NotAllowed):
            asking.decline(
                request, vins=[cars[0].vin], reason="unknown", words="", by=person, at=NOON
            )
    with pytest.raises(NotAllowed):
        asking.take_back(request, by=zhao, at=NOON)
    asking.take_back(request, by=clerk, at=NOON)
    assert ConfirmationRequest.objects.get().state == "withdrawn"


def test_the_officers_pages_open_and_answer(signed_in, zhao, cars, clerk):
    request = ask(cars, by=clerk)
    letter, outlet = make_confirmation(cars, by=clerk), make_outlet(zhao)
    own = attest_for(cars, by=zhao)
    client = signed_in(zhao)
    for name, *args in (
        ("home",),
        ("maker_requests",),
        ("maker_request", request.pk),
        ("maker_letters",),
        ("maker_attest",),
        ("confirmation", letter.pk),
        ("confirmation", own.pk),
        ("confirmation_amend", own.pk),
        ("maker_outlets",),
        ("maker_countries",),
        ("maker_seals",),
    ):
        assert client.get(reverse(f"portal:{name}", args=args)).status_code == 200, name

    page = reverse("portal:maker_request", args=[request.pk])
    sent = {"vins": [car.vin for car in cars], "outlets": [outlet.pk], "confirm": "1"}
    assert client.post(page, sent).status_code == 302
    assert ConfirmationRequest.objects.get().state == "answered"


def test_the_exporters_pages_open_and_ask(signed_in, zhao, cars, clerk):
    own = attest_for(cars, by=zhao)
    client = signed_in(clerk)
    sent = {
        "manufacturer": zhao.manufacturer.pk,
        "destination": "KZ",
        "vins": "\n".join(car.vin for car in cars),
    }
    answer = client.post(reverse("portal:ask"), sent)

    asked = ConfirmationRequest.objects.get()
    assert answer.url == reverse("portal:asked", args=[asked.pk])
    for address in (answer.url, reverse("portal:asked_list"), reverse("portal:ask")):
        assert client.get(address).status_code == 200
    assert client.get(reverse("portal:attested", args=[own.pk])).status_code == 200


def test_an_application_fills_the_form_with_what_it_lacks(signed_in, zhao, cars, clerk):
    attest_for(cars[:1], by=zhao)
    application = make_draft(clerk.exporter, *cars, by=clerk)
    client = signed_in(clerk)

    page = client.get(reverse("portal:ask"), {"application": application.reference})
    form = page.context["form"]

    assert form["vins"].value() == cars[1].vin
    assert form["manufacturer"].value() == zhao.manufacturer.pk
    assert client.get(reverse("portal:ask"), {"application": "E\x00"}).status_code == 200
    home = client.get(reverse("portal:application", args=[application.reference]))
    assert f"?application={application.reference}" in home.content.decode()


@pytest.mark.parametrize("requests", [1, 3])
def test_the_inbox_costs_the_same_however_long(
    signed_in, zhao, clerk, requests, django_assert_max_num_queries
):
    for _ in range(requests):
        ask([make_vehicle(clerk.exporter, by=clerk)], by=clerk)
    client = signed_in(zhao)

    with django_assert_max_num_queries(8):
        client.get(reverse("portal:maker_requests"))
    with django_assert_max_num_queries(16):
        client.get(reverse("portal:home"))


def test_another_makers_officer_finds_nothing(signed_in, zhao, cars, clerk):
    request, own = ask(cars, by=clerk), attest_for(cars, by=zhao)
    client = signed_in(officer(make_manufacturer(CHERY)))

    for name, pk in (("maker_request", request.pk), ("confirmation", own.pk)):
        assert client.get(reverse(f"portal:{name}", args=[pk])).status_code == 404
    outlet = reverse("portal:maker_outlet", args=[own.manufacturer_id])
    assert client.post(outlet, {"retire": "1"}).status_code == 404


def test_a_mistake_loses_nothing_typed(signed_in, zhao):
    make_outlet(zhao)
    client = signed_in(zhao)

    with override("en"):
        page = client.post(
            reverse("portal:maker_attest"),
            {"exporter_uscc": "\x00x", "vins": "LGX", "destinations": "KZ"},
            headers={"accept-language": "en"},
        )

    assert page.status_code == 422
    assert b">LGX<" in page.content.replace(b"\r", b"").replace(b"\n", b"")
    assert TODAY.isoformat() in client.get(reverse("portal:maker_outlets")).content.decode()
