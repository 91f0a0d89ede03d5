"""The exporter's fleet and draft pages, as a browser without scripts meets them."""

import re

import pytest
import time_machine
from django.urls import reverse
from django.utils.html import escape

from exports import drafting, fleet
from exports.models import Application, Event, Line, Role, Vehicle
from tests.exports.test_forms import VINS, WRONG_DIGIT
from tests.factories import (
    NOON,
    TODAY,
    clerk_of,
    make_destination,
    make_draft,
    make_exporter,
    make_person,
    make_port,
    make_vehicle,
    make_vin,
    vehicle_facts,
)

pytestmark = pytest.mark.usefixtures("law")

VEHICLES = "/portal/vehicles/"
ADD = "/portal/vehicles/add/"
NAUGHTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% load x %}",
    "'; DROP TABLE exports_vehicle; --",
    "\u202e\u200f\ufeff田中さん",
    "%s %(vin)s %n",
    "\u0001\u0002\u007f",
]


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def desk(clerk, signed_in):
    return signed_in(clerk)


def sent(exporter, **changes):
    """Return what the form sends for a good vehicle, but for *changes*."""
    facts = vehicle_facts(exporter) | {"kind": "passenger", "origin": "domestic", "use": "private"}
    return {name: "" if value is None else str(value) for name, value in (facts | changes).items()}


def terms(**changes):
    return {
        "destination": make_destination().pk,
        "port": make_port().pk,
        "contract_number": "HT-1",
        "market_declaration": "on",
    } | changes


def test_a_vehicle_is_added_and_shown_with_its_clock(desk, exporter):
    response = desk.post(ADD, sent(exporter, vin="lgx c74-cg0t0 900001".upper()), follow=True)
    assert response.status_code == 422  # one made-up character: the check digit is asked about

    vin = make_vin()
    response = desk.post(ADD, sent(exporter, vin=f"{vin[:3]} {vin[3:]}".lower()), follow=True)

    assert response.redirect_chain == [(f"{VEHICLES}{vin}/", 302)]
    assert Vehicle.objects.get().vin == vin
    assert "300" in response.content.decode()


def test_one_vehicle_takes_at_most_twelve_interactions(desk, exporter):
    page = desk.get(ADD).content.decode()
    body = page[page.index('<form class="form"') :]
    controls = re.findall(r"<(?:input|select|textarea)[^>]*>", body)
    empty = [
        control
        for control in controls
        if 'type="hidden"' not in control and "<select" not in control and 'value="' not in control
    ]

    assert len(empty) + len(["add", "save"]) <= 12


def test_another_vehicle_starts_from_the_last_one(desk, exporter):
    response = desk.post(ADD, sent(exporter, brand="特别牌") | {"another": "1"}, follow=True)
    form = response.context["form"]

    assert form["brand"].value() == "特别牌"
    assert not form["vin"].value()
    assert not form["registered_on"].value()


def test_nothing_typed_is_lost_on_an_error(desk, exporter):
    typed = sent(exporter, vin="LB3T1M5Z8R4O36281", model="型号", registered_on="2026年2月30日")

    response = desk.post(ADD, typed)

    assert response.status_code == 422
    page = response.content.decode()
    for value in ("LB3T1M5Z8R4O36281", "型号", "2026年2月30日", "data-errors", 'href="#id_vin"'):
        assert value in page


@pytest.mark.parametrize("vin", [vin for vin, _ in VINS])
def test_no_vin_breaks_the_form(desk, exporter, vin):
    assert desk.post(ADD, sent(exporter, vin=vin)).status_code in {302, 422}


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_text_is_stored_and_shown_inert(desk, exporter, text):
    response = desk.post(ADD, sent(exporter, brand=text, model=text[:60]), follow=True)

    assert response.status_code in {200, 422}
    page = desk.get(VEHICLES).content.decode() + response.content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    for vehicle in Vehicle.objects.all():
        assert vehicle.brand == text
        assert escape(text) in page


def test_a_doubtful_vin_is_saved_once_the_tick_is_set(desk, exporter):
    typed = sent(exporter, vin=WRONG_DIGIT)
    asked = desk.post(ADD, typed)
    assert asked.status_code == 422
    [(token, _)] = asked.context["form"].fields["printed_so"].choices

    saved = desk.post(ADD, typed | {"printed_so": [token]})

    assert saved.status_code == 302
    assert Vehicle.objects.get().vin == WRONG_DIGIT


def test_a_vin_twice_is_told_beside_the_vin(desk, exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)

    response = desk.post(ADD, sent(exporter, vin=vehicle.vin))

    assert response.status_code == 422
    assert "vin" in response.context["form"].errors


def test_a_change_in_another_browser_is_told_as_a_sentence(desk, exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    url = f"{VEHICLES}{vehicle.vin}/"
    seen = desk.get(url).context["form"]["seen"].value()
    fleet.amend_vehicle(vehicle, by=clerk, at=NOON, brand="先改")

    facts = {name: str(value or "") for name, value in fleet.facts_of(vehicle).items()}
    response = desk.post(url, facts | {"seen": seen, "brand": "后改"})

    assert response.status_code == 422
    assert "后改" in response.content.decode()
    assert response.context["form"].non_field_errors()
    assert Vehicle.objects.get().brand == "先改"


def test_a_vehicle_in_a_live_application_shows_its_facts_and_no_form(desk, exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    draft = make_draft(exporter, vehicle, by=clerk)
    drafting.occupy(draft)

    page = desk.get(f"{VEHICLES}{vehicle.vin}/").content.decode()

    assert 'name="vin"' not in page
    assert draft.reference in page


@pytest.mark.parametrize(
    ("query", "found"), [("whole", True), ("last six", True), ("比亚", True), ("ZZZZZZ", False)]
)
def test_the_fleet_is_searched_by_vin_its_end_or_brand(desk, exporter, clerk, query, found):
    vehicle = make_vehicle(exporter, by=clerk)
    query = {"whole": vehicle.vin.lower(), "last six": vehicle.vin[-6:]}.get(query, query)

    rows = desk.get(VEHICLES, {"q": query}).context["rows"]

    assert bool(rows) == found


@pytest.mark.parametrize("query", ["\x00", "a" * 5000, "%", "'", "🚗"])
def test_no_search_breaks_the_list(desk, exporter, clerk, query):
    make_vehicle(exporter, by=clerk)

    assert desk.get(VEHICLES, {"q": query, "before": query}).status_code == 200


def test_the_list_tells_day_free_day_and_what_is_missing(desk, exporter, clerk):
    make_vehicle(exporter, by=clerk, age=180)
    make_vehicle(exporter, by=clerk, age=181)
    make_vehicle(exporter, by=clerk, registered_on=None, transferred_on=None, produced_on=None)

    missing, free, bound = desk.get(VEHICLES).context["rows"]

    assert (bound.clock.verdict.outcome, bound.clock.days) == ("required", 180)
    assert (bound.clock.free_from - TODAY).days == 1
    assert (free.clock.verdict.outcome, free.clock.free_from) == ("not_required", None)
    assert missing.clock.verdict.outcome == "date_missing"


def test_an_empty_fleet_says_what_to_do(desk):
    assert ADD in desk.get(VEHICLES).content.decode()


def test_older_vehicles_stand_on_the_next_page(desk, exporter, clerk):
    cars = [make_vehicle(exporter, by=clerk) for _ in range(51)]

    first = desk.get(VEHICLES)
    second = desk.get(VEHICLES + first.context["older_url"])

    assert len(first.context["rows"]) == 50
    assert [row.vehicle for row in second.context["rows"]] == cars[:1]
    assert second.context["newest_url"]


def test_the_table_taken_away_is_inert_and_on_the_ledger(desk, exporter, clerk):
    make_vehicle(exporter, by=clerk, brand="=1+1")

    response = desk.get(reverse("portal:vehicles_csv"))

    assert "attachment" in response["Content-Disposition"]
    assert '"\'=1+1"' in response.getvalue().decode()
    assert Event.objects.get(action="fleet.exported").after == {"vehicles": 1}


def pages(vehicle, draft):
    """Return every page of this module, by name."""
    return {
        "vehicle": reverse("portal:vehicle", args=[vehicle.vin]),
        "application_edit": reverse("portal:application_edit", args=[draft.reference]),
        "application_vehicles": reverse("portal:application_vehicles", args=[draft.reference]),
        "application_discard": reverse("portal:application_discard", args=[draft.reference]),
    }


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_strangers_objects_do_not_exist(exporter, clerk, signed_in, method):
    vehicle = make_vehicle(exporter, by=clerk)
    draft = make_draft(exporter, vehicle, by=clerk)
    client = signed_in(clerk_of(make_exporter()))

    for name, url in pages(vehicle, draft).items():
        assert getattr(client, method)(url).status_code == 404, name
    assert client.get(VEHICLES).context["rows"] == []
    assert not client.get(ADD, {"like": vehicle.vin}).context["form"]["brand"].value()


def test_who_only_reads_sees_the_fleet_without_buttons_and_writes_nothing(
    exporter, clerk, signed_in
):
    vehicle = make_vehicle(exporter, by=clerk)
    draft = make_draft(exporter, vehicle, by=clerk)
    client = signed_in(make_person(Role.VIEWER, exporter))
    urls = pages(vehicle, draft)

    page = client.get(VEHICLES).content.decode() + client.get(urls["vehicle"]).content.decode()
    assert ADD not in page
    assert 'name="vin"' not in page
    assert client.post(urls["vehicle"], sent(exporter, brand="X")).status_code == 422
    for url in (ADD, reverse("portal:application_new"), *list(urls.values())[1:]):
        assert client.get(url).status_code == 403
        assert client.post(url).status_code == 403
    assert Vehicle.objects.get().brand == vehicle.brand


@pytest.mark.parametrize("side", ["office", "nobody"])
def test_the_portal_is_closed_to_others(side, office, client, signed_in):
    if side == "office":
        assert signed_in(make_person(Role.REVIEWER, office)).get(VEHICLES).status_code == 403
    else:
        assert client.get(VEHICLES).status_code == 302


def test_a_draft_is_opened_with_its_terms(desk):
    response = desk.post(reverse("portal:application_new"), terms())

    draft = Application.objects.get()
    assert response.url == draft.get_absolute_url()
    assert draft.contract_destination == draft.destination
    assert draft.market_declaration


def test_a_car_just_saved_goes_on_to_its_own_application_with_the_usual_way(desk, exporter, clerk):
    last = make_draft(exporter, by=clerk)
    vehicle = make_vehicle(exporter, by=clerk)
    url = f"{reverse('portal:application_new')}?vehicle={vehicle.vin}"

    offered = desk.get(url).context["form"].initial
    response = desk.post(url, terms())

    assert (offered["destination"], offered["port"]) == (last.destination_id, last.port_id)
    assert "contract_number" not in offered
    draft = Application.objects.latest("pk")
    assert response.url == reverse("portal:application_file", args=[draft.reference])
    assert [line.vehicle for line in draft.lines.all()] == [vehicle]


def test_an_application_is_opened_for_no_strangers_car(desk):
    stranger = make_vehicle(make_exporter())
    url = f"{reverse('portal:application_new')}?vehicle={stranger.vin}"

    assert desk.post(url, terms()).status_code == 404
    assert not Application.objects.exists()


def test_terms_are_amended_and_a_stale_page_is_told(desk, exporter, clerk):
    draft = make_draft(exporter, by=clerk)
    url = reverse("portal:application_edit", args=[draft.reference])
    version = desk.get(url).context["form"]["version"].value()

    assert desk.post(url, terms(contract_number="A", version=version)).status_code == 302
    stale = desk.post(url, terms(contract_number="B", version=version))

    assert stale.status_code == 422
    assert 'value="B"' in stale.content.decode()
    assert Application.objects.get().contract_number == "A"


@pytest.mark.parametrize("version", ["9" * 40, "-1", "x"])
def test_a_made_up_version_is_refused(desk, exporter, clerk, version):
    draft = make_draft(exporter, by=clerk)
    url = reverse("portal:application_edit", args=[draft.reference])

    assert desk.post(url, terms(version=version)).status_code == 422


def test_vehicles_are_put_in_and_taken_out_in_one_go(desk, exporter, clerk):
    inside, outside = make_vehicle(exporter, by=clerk), make_vehicle(exporter, by=clerk)
    draft = make_draft(exporter, inside, by=clerk)
    url = reverse("portal:application_vehicles", args=[draft.reference])
    page = desk.get(url)
    assert [row.vehicle for row in page.context["offered"]] == [outside]

    version = page.context["form"]["version"].value()
    response = desk.post(url, {"add": outside.vin, "remove": inside.vin, "version": version})

    assert response.status_code == 302
    assert [line.vehicle for line in draft.lines.all()] == [outside]


def test_only_vehicles_of_the_batchs_goods_are_offered(desk, exporter, clerk):
    make_vehicle(exporter, by=clerk, hs_code="870323")
    draft = make_draft(exporter, make_vehicle(exporter, by=clerk), by=clerk)

    page = desk.get(reverse("portal:application_vehicles", args=[draft.reference]))

    assert page.context["offered"] == []


def test_a_refused_batch_keeps_its_ticks(desk, exporter, clerk):
    cars = [make_vehicle(exporter, by=clerk), make_vehicle(exporter, by=clerk, hs_code="870323")]
    draft = drafting.open_application(exporter, by=clerk, at=NOON)
    url = reverse("portal:application_vehicles", args=[draft.reference])

    response = desk.post(url, {"add": [car.vin for car in cars]})

    assert response.status_code == 422
    assert response.content.decode().count(" checked>") == 2
    assert not draft.lines.exists()


@pytest.mark.parametrize("vin", ["x", "\x00", "9" * 40])
def test_a_strangers_or_unknown_vin_does_not_enter_the_batch(desk, exporter, clerk, vin):
    draft = make_draft(exporter, by=clerk)
    theirs = make_vehicle(make_exporter())
    url = reverse("portal:application_vehicles", args=[draft.reference])

    assert desk.post(url, {"add": vin}).status_code == 422
    assert desk.post(url, {"add": theirs.vin}).status_code == 422
    assert draft.lines.count() == 1


def test_a_draft_is_discarded_after_a_question(desk, exporter, clerk):
    draft = make_draft(exporter, by=clerk)
    url = reverse("portal:application_discard", args=[draft.reference])

    assert desk.get(url).status_code == 200
    assert Application.objects.drafts().exists()
    assert desk.post(url).status_code == 302
    assert not Application.objects.drafts().exists()


def test_what_is_no_draft_is_shown_and_not_changed(desk, exporter, clerk):
    draft = make_draft(exporter, by=clerk)
    drafting.discard_application(draft, by=clerk, at=NOON)

    for url in list(pages(draft.lines.get().vehicle, draft).values())[1:]:
        response = desk.get(url)
        assert response.status_code == 302
        assert response.url == draft.get_absolute_url()


@pytest.mark.parametrize("cars", [1, 3])
def test_the_fleet_costs_the_same_however_long(
    desk, exporter, clerk, django_assert_num_queries, cars
):
    for _ in range(cars):
        make_draft(exporter, make_vehicle(exporter, by=clerk), by=clerk)

    with django_assert_num_queries(7):
        desk.get(VEHICLES)


@pytest.mark.parametrize("cars", [1, 3])
def test_choosing_costs_the_same_however_many(
    desk, exporter, clerk, django_assert_num_queries, cars
):
    draft = make_draft(exporter, *[make_vehicle(exporter, by=clerk) for _ in range(cars)], by=clerk)
    for _ in range(cars):
        make_vehicle(exporter, by=clerk)

    with django_assert_num_queries(8):
        desk.get(reverse("portal:application_vehicles", args=[draft.reference]))


def test_a_live_vehicle_cannot_be_ticked(desk, exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    drafting.occupy(make_draft(exporter, vehicle, by=clerk))
    draft = drafting.open_application(exporter, by=clerk, at=NOON)

    page = desk.get(reverse("portal:application_vehicles", args=[draft.reference]))

    assert Line.objects.filter(live=True).count() == 1
    assert f'value="{vehicle.vin}"' not in page.content.decode()
