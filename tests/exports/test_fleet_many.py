"""Many vehicles changed or drafted at once: each for itself, told apart, taken back."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from exports import batching, fleet, fleet_many
from exports.errors import Moved, NotAllowed, RoleMissing, TooManyVehicles
from exports.models import Application, Event, Exporter, Role, User, Vehicle
from tests.factories import (
    NOON,
    TODAY,
    clerk_of,
    make_case,
    make_destination,
    make_draft,
    make_exporter,
    make_person,
    make_port,
    make_vehicle,
)

EDIT, DRAFT = reverse("portal:vehicles_edit"), reverse("portal:vehicles_draft")
NEW = {"hs_code": "870323", "maker_name": "奇瑞汽车股份有限公司"}


@pytest.fixture
def cars(exporter: Exporter, clerk: User) -> list[Vehicle]:
    """Three cars of one make, in the order of their VINs."""
    made = [make_vehicle(exporter, by=clerk) for _ in range(3)]
    return sorted(made, key=lambda car: car.vin)


@pytest.fixture
def desk(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client


def seen(*cars: Vehicle) -> dict[str, str]:
    return {car.vin: fleet.fingerprint(car) for car in cars}


def hs_codes(*cars: Vehicle) -> list[str]:
    return [Vehicle.objects.get(pk=car.pk).hs_code for car in cars]


# --- changed together -----------------------------------------------------------------------------
def test_all_get_the_facts_and_the_ledger_keeps_what_each_had(
    exporter: Exporter, clerk: User, cars: list[Vehicle]
):
    event = fleet_many.amend_many(exporter, seen(*cars), NEW, by=clerk, at=NOON)

    assert hs_codes(*cars) == ["870323"] * 3
    assert event.after["changed"] == 3
    assert event.before["hs_code"] == {"8703801090": [car.vin for car in cars]}
    assert Event.objects.filter(action="vehicle.amended").count() == 3


def test_one_that_moved_or_is_held_stays_and_the_others_change(
    exporter: Exporter, clerk: User, cars: list[Vehicle]
):
    moved, held, free = cars
    before = seen(*cars)
    fleet.amend_vehicle(moved, by=clerk, at=NOON, brand="奇瑞")
    make_case(exporter, held, by=clerk)

    event = fleet_many.amend_many(exporter, before, NEW, by=clerk, at=NOON)

    assert hs_codes(moved, held, free) == ["8703801090", "8703801090", "870323"]
    assert set(event.after["refused"]) == {moved.vin, held.vin}
    assert event.after["changed"] == 1


def test_taken_back_everything_is_as_it_was_but_what_changed_since(
    exporter: Exporter, clerk: User, cars: list[Vehicle]
):
    event = fleet_many.amend_many(exporter, seen(*cars), NEW, by=clerk, at=NOON)
    later = Vehicle.objects.get(pk=cars[0].pk)
    fleet.amend_vehicle(later, by=clerk, at=NOON, hs_code="870324")

    back = fleet_many.restore_many(event, exporter, by=clerk, at=NOON)

    assert hs_codes(*cars) == ["870324", "8703801090", "8703801090"]
    assert (back.after["changed"], set(back.after["refused"])) == (2, {later.vin})
    with pytest.raises(Moved):
        fleet_many.restore_many(event, exporter, by=clerk, at=NOON)


def test_a_day_that_was_empty_is_empty_again(exporter: Exporter, clerk: User):
    car = make_vehicle(exporter, by=clerk, transferred_on=None)
    facts = {"transferred_on": TODAY}
    event = fleet_many.amend_many(exporter, seen(car), facts, by=clerk, at=NOON)

    fleet_many.restore_many(event, exporter, by=clerk, at=NOON)

    car.refresh_from_db()
    assert car.transferred_on is None


def test_what_stands_on_one_certificate_alone_is_never_set_in_many(
    exporter: Exporter, clerk: User, cars: list[Vehicle]
):
    facts = {"vin": cars[0].vin, "odometer_km": 1}

    fleet_many.amend_many(exporter, seen(*cars), facts, by=clerk, at=NOON)

    assert Event.objects.filter(action="vehicle.amended").count() == 0


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER])
def test_who_does_not_act_for_the_company_changes_drafts_and_restores_nothing(
    exporter: Exporter, clerk: User, cars: list[Vehicle], role: str
):
    side = exporter.office if role == Role.REVIEWER else exporter
    other = make_person(role, side)
    event = fleet_many.amend_many(exporter, seen(*cars), NEW, by=clerk, at=NOON)

    for act in (
        lambda: fleet_many.amend_many(exporter, seen(*cars), NEW, by=other, at=NOON),
        lambda: fleet_many.restore_many(event, exporter, by=other, at=NOON),
        lambda: batching.draft_many(exporter, cars, by=other, at=NOON),
    ):
        with pytest.raises((NotAllowed, RoleMissing)):
            act()


def test_another_company_s_vehicle_is_not_touched(exporter: Exporter, clerk: User):
    theirs = make_vehicle(make_exporter())

    event = fleet_many.amend_many(exporter, seen(theirs), NEW, by=clerk, at=NOON)

    assert event.after["changed"] == 0
    assert hs_codes(theirs) == ["8703801090"]


def test_more_than_five_hundred_are_refused(exporter: Exporter, clerk: User):
    many = {f"{number:017d}": "" for number in range(fleet_many.MOST + 1)}

    with pytest.raises(TooManyVehicles):
        fleet_many.amend_many(exporter, many, NEW, by=clerk, at=NOON)


# --- drafted together -----------------------------------------------------------------------------
def test_drafts_hold_one_hs_code_and_maker_each_and_twenty_at_most(exporter: Exporter, clerk: User):
    cars = [make_vehicle(exporter, by=clerk) for _ in range(21)]
    cars.append(make_vehicle(exporter, by=clerk, maker_name="奇瑞汽车股份有限公司"))

    made = batching.draft_many(
        exporter, cars, by=clerk, at=NOON, destination=make_destination(), port=make_port()
    )

    assert sorted(draft.lines.count() for draft in made) == [1, 1, 20]
    assert batching.draft_many(exporter, cars, by=clerk, at=NOON) == []


def test_a_draft_that_is_there_takes_its_own_goods_up_to_its_room(exporter: Exporter, clerk: User):
    draft = make_draft(exporter, *[make_vehicle(exporter, by=clerk) for _ in range(19)], by=clerk)
    same = [make_vehicle(exporter, by=clerk) for _ in range(2)]
    other = make_vehicle(exporter, by=clerk, hs_code="870323")

    plan = batching.plan_for([*same, other], into=draft)

    assert plan.count == 1
    assert (plan.other_goods, plan.no_room) == ((other,), (same[1],))
    assert batching.join_draft(draft, [*same, other], by=clerk, at=NOON) == [same[0]]
    with pytest.raises(Moved):
        batching.join_draft(draft, [*same, other], by=clerk, at=NOON)


# --- the pages ----------------------------------------------------------------------------------
def test_tick_fill_in_see_and_change_then_take_back(
    desk: Client, cars: list[Vehicle], exporter: Exporter
):
    ticked = [car.vin for car in cars[:2]]
    first = desk.post(EDIT, {"ticked": ticked})
    chosen = " ".join(car.vin for car in first.context["vehicles"])
    shown = desk.post(EDIT, {"chosen": chosen, "step": "preview", "hs_code": "8703.23"})

    assert shown.context["preview"].changing == 2
    assert hs_codes(*cars) == ["8703801090"] * 3
    done = desk.post(
        EDIT,
        {"chosen": chosen, "seen": shown.context["seen"], "step": "apply", "hs_code": "870323"},
        follow=True,
    )
    assert hs_codes(*cars) == ["870323", "870323", "8703801090"]
    event = done.context["event"]
    back = desk.post(reverse("portal:vehicles_restore", args=[event.seq]), follow=True)
    assert back.context["restored"]
    assert hs_codes(*cars) == ["8703801090"] * 3


def test_everything_means_what_the_list_found_when_it_was_asked(
    desk: Client, exporter: Exporter, clerk: User, cars: list[Vehicle]
):
    make_vehicle(exporter, by=clerk, brand="奇瑞")

    page = desk.post(f"{EDIT}?q={cars[0].brand}", {"everything": "1"})

    assert page.context["vehicles"] == cars


def test_what_was_typed_is_kept_on_an_error(desk: Client, cars: list[Vehicle]):
    data = {"chosen": cars[0].vin, "step": "preview", "hs_code": "12", "brand": "奇瑞"}

    page = desk.post(EDIT, data)

    assert page.status_code == 422
    assert 'value="奇瑞"' in page.content.decode()


def test_nothing_filled_in_and_nothing_ticked_are_told(desk: Client, cars: list[Vehicle]):
    assert desk.post(EDIT, {"chosen": cars[0].vin, "step": "preview"}).status_code == 422
    for address in (EDIT, DRAFT):
        assert desk.post(address).url == reverse("portal:vehicles")
        assert desk.get(address).url == reverse("portal:vehicles")


@pytest.mark.parametrize("sent", ["\0", "x" * 9000, "车" * 17, "A " * 501])
def test_nonsense_is_a_sentence(desk: Client, cars: list[Vehicle], sent: str):
    for address in (EDIT, DRAFT):
        page = desk.post(address, {"chosen": sent, "ticked": sent, "into": sent}, follow=True)
        assert page.status_code == 200
    apply = {"chosen": cars[0].vin, "seen": sent, "step": "apply", "brand": "A"}
    assert desk.post(EDIT, apply, follow=True).status_code == 200


def test_strangers_cars_and_changes_do_not_exist(
    desk: Client, exporter: Exporter, clerk: User, cars: list[Vehicle]
):
    stranger = clerk_of(make_exporter())
    theirs = make_vehicle(stranger.exporter, by=stranger)
    event = fleet_many.amend_many(stranger.exporter, seen(theirs), NEW, by=stranger, at=NOON)

    assert desk.post(EDIT, {"ticked": [theirs.vin]}).status_code == 302
    for name in ("vehicles_changed", "vehicles_restore"):
        address = reverse(f"portal:{name}", args=[event.seq])
        act = desk.get if name == "vehicles_changed" else desk.post
        assert act(address).status_code == 404
    draft = make_draft(stranger.exporter, theirs, by=stranger)
    sent = {"chosen": cars[0].vin, "into": draft.reference}
    assert desk.post(DRAFT, sent).status_code == 404


def test_the_chosen_become_a_draft_or_join_one(desk: Client, cars: list[Vehicle]):
    one, two, three = cars
    terms = {"destination": make_destination().pk, "step": "make"}
    first = desk.post(DRAFT, {"chosen": one.vin, **terms})
    draft = Application.objects.get()
    assert first.url == draft.get_absolute_url()
    assert draft.contract_destination == draft.destination

    offered = desk.post(DRAFT, {"ticked": [one.vin, two.vin]})
    assert [each["joining"] for each in offered.context["drafts"]] == [1]
    sent = {"chosen": f"{one.vin} {two.vin}", "into": draft.reference}
    with override("en"):
        joined = desk.post(DRAFT, sent, follow=True, headers={"accept-language": "en"})
    assert one.vin in " ".join(str(message) for message in joined.context["messages"])
    assert set(draft.lines.values_list("vin", flat=True)) == {one.vin, two.vin}
    assert desk.post(DRAFT, {"chosen": three.vin, "step": "make"}).status_code == 422


def test_five_hundred_cars_fit_pages_of_eighty_kilobytes(
    desk: Client, exporter: Exporter, clerk: User, django_assert_num_queries: DjangoAssertNumQueries
):
    pattern = make_vehicle(exporter, by=clerk)
    facts = fleet.facts_of(pattern) | {"exporter": exporter, "added_by": clerk, "added_at": NOON}
    Vehicle.objects.bulk_create(
        Vehicle(**facts | {"vin": f"LGXC74CG0T1{number:06d}"}) for number in range(499)
    )
    first = desk.post(EDIT, {"everything": "1"})
    chosen = " ".join(car.vin for car in first.context["vehicles"])
    sent = {"chosen": chosen, "step": "preview", "brand": "奇瑞"}

    with django_assert_num_queries(5):
        shown = desk.post(EDIT, sent)
    drafts = desk.post(DRAFT, {"chosen": chosen})

    assert shown.context["preview"].changing == 500
    assert [page.status_code for page in (first, shown, drafts)] == [200, 200, 200]
    assert max(len(page.content) for page in (first, shown, drafts)) < 80_000
