"""The fleet in every order, the registry's words for those they concern, home's further needs."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from documents.sheets import receiving, working
from exports import fleet
from exports.models import Exporter, Prefix, User, Vehicle
from reviews import chores, claims, decisions, free_days
from reviews.fleet_pages import listing, order
from reviews.licences.usage import report_use
from reviews.models import Licence
from reviews.overview import overview_of
from tests import sheets
from tests.factories import (
    NOON,
    TODAY,
    answer_registry,
    checked,
    clerk_of,
    make_case,
    make_confirmation,
    make_destination,
    make_draft,
    make_exporter,
    make_manufacturer,
    make_port,
    make_vehicle,
)

pytestmark = pytest.mark.usefixtures("law")
FLEET = reverse("portal:vehicles")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon of the factories' day."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def desk(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client


def many(exporter: Exporter, clerk: User, count: int) -> None:
    """Put *count* cars into the fleet in one go, registered on different days."""
    facts = fleet.facts_of(make_vehicle(exporter, by=clerk))
    kept = {"exporter": exporter, "added_by": clerk, "added_at": NOON}
    Vehicle.objects.bulk_create(
        Vehicle(
            **facts | kept | {"vin": f"LGXC74CG0T1{n:06d}", "registered_on": TODAY - n % 400 * DAY}
        )
        for n in range(count)
    )


# --- in order ------------------------------------------------------------------------------------
@pytest.fixture
def five(exporter: Exporter, clerk: User) -> dict[str, Vehicle]:
    """Cars that stand differently to day 180; added in this order."""
    ages = {"old": 400, "young": 20, "soon": 170, "freed": 181}
    cars = {name: make_vehicle(exporter, by=clerk, age=age) for name, age in ages.items()}
    bare = make_vehicle(exporter, by=clerk, registered_on=None, transferred_on=None)
    return cars | {"bare": bare}


ORDERS = {
    "": ["bare", "freed", "soon", "young", "old"],
    "left": ["soon", "young", "freed", "old", "bare"],
    "registered": ["old", "freed", "soon", "young", "bare"],
    "-registered": ["young", "soon", "freed", "old", "bare"],
    "nonsense": ["bare", "freed", "soon", "young", "old"],
}


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("size", [1, 2, 50])
def test_page_by_page_every_car_comes_once_in_its_order(
    desk: Client, five: dict[str, Vehicle], monkeypatch: pytest.MonkeyPatch, sort: str, size: int
):
    monkeypatch.setattr(order.page_of, "__kwdefaults__", {"size": size})
    met, query = [], f"?sort={sort}"
    while query:
        page = desk.get(f"{FLEET}{query}").context
        met += [row.vehicle for row in page["rows"]]
        query = page["older_url"]

    assert met == [five[name] for name in ORDERS[sort]]


def test_by_vin_every_car_comes_once(desk: Client, five: dict[str, Vehicle]):
    first = order.page_of(Vehicle.objects.all(), order.parts_of("vin", edge=None), after="", size=3)
    parts = order.parts_of("vin", edge=None)
    rest = order.page_of(Vehicle.objects.all(), parts, after=str(first.after), size=3)

    assert first.rows + rest.rows == sorted(five.values(), key=lambda car: car.vin)
    assert rest.after is None


def test_an_order_keeps_what_the_list_was_narrowed_by(desk: Client, five: dict[str, Vehicle]):
    page = desk.get(FLEET, {"clock": "free", "sort": "registered"}).context

    assert [row.vehicle for row in page["rows"]] == [five["old"], five["freed"]]
    assert all("clock=free" in url for _code, _word, url in page["orders"])
    assert "sort" not in page["csv_url"]


@pytest.mark.parametrize(
    "after",
    ["x", "\0", "0.x.1", "9.2026-01-01.1", "0.2026-01-01." + "9" * 30, "0..", "²." * 2 + "²"],
)
@pytest.mark.parametrize("sort", ["", "left", "vin"])
def test_a_made_up_place_is_no_fault(desk: Client, five: dict[str, Vehicle], sort: str, after: str):
    assert desk.get(FLEET, {"sort": sort, "after": after}).status_code == 200


def test_five_thousand_cars_take_the_queries_and_bytes_of_fifty(
    desk: Client,
    exporter: Exporter,
    clerk: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
):
    many(exporter, clerk, 5000)

    for sort in order.ORDERS:
        with django_assert_max_num_queries(8):
            page = desk.get(FLEET, {"sort": sort})
        with django_assert_max_num_queries(8):
            desk.get(FLEET + page.context["older_url"])
        assert len(page.context["rows"]) == 50
        assert len(page.content) < 80_000


# --- narrowed and taken away ---------------------------------------------------------------------
def test_licensed_and_exported_cars_are_told_apart(
    desk: Client, exporter: Exporter, clerk: User, reviewer: User
):
    cars = [make_vehicle(exporter, by=clerk) for _ in range(3)]
    for car in cars[:2]:
        answer_registry(car)
        case = claims.claim(checked(make_case(exporter, car, by=clerk)), by=reviewer, at=NOON)
        decisions.issue(case, by=reviewer, at=NOON)
    licence = Licence.objects.get(lines__vin=cars[1].vin)
    used = {"used_on": TODAY, "declaration": "020220261000000001", "exported": [cars[1].vin]}
    report_use(licence, by=clerk, at=NOON, **used)

    def found(use: str) -> list[Vehicle]:
        return [row.vehicle for row in desk.get(FLEET, {"use": use}).context["rows"]]

    assert found("licensed") == [cars[0]]
    assert found("exported") == [cars[1]]
    assert found("free") == [cars[2]]


def test_a_long_table_is_read_in_pieces_and_a_workbook_has_an_end(
    desk: Client,
    exporter: Exporter,
    clerk: User,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
):
    many(exporter, clerk, 25)
    monkeypatch.setattr(listing, "CHUNK", 10)
    monkeypatch.setattr(listing, "LONGEST_WORKBOOK", 20)

    table = desk.get(reverse("portal:vehicles_csv"))
    with django_assert_num_queries(3):
        lines = table.getvalue().decode().splitlines()
    too_long = desk.get(reverse("portal:vehicles_xlsx") + "?clock=inside", follow=True)

    assert len(set(lines)) == 27
    assert too_long.redirect_chain[-1][0] == f"{FLEET}?clock=inside"
    assert [message.level_tag for message in too_long.context["messages"]] == ["error"]


# --- one car -------------------------------------------------------------------------------------
def shown(desk: Client, vehicle: Vehicle) -> list[str] | None:
    """Return the labels of the registry's values that differ, ``None`` if none are shown."""
    context = desk.get(reverse("portal:vehicle", args=[vehicle.vin])).context
    if context["registry"] is None:
        return None
    return [each.label for each in context["registry_values"] if each.differs]


def test_the_owner_reads_what_the_registry_said_and_what_differs(
    desk: Client, exporter: Exporter, clerk: User
):
    car = make_vehicle(exporter, by=clerk)
    assert shown(desk, car) is None

    answer_registry(car)
    assert shown(desk, car) == []
    answer_registry(car, brand="奇瑞")
    assert len(shown(desk, car) or []) == 1


def test_of_a_car_that_is_another_s_the_registry_says_nothing_until_it_is_filed(
    desk: Client, exporter: Exporter, clerk: User
):
    car = make_vehicle(exporter, by=clerk)
    other = make_exporter()
    answer_registry(car, owner_name=other.name_zh, owner_uscc=other.uscc)
    assert shown(desk, car) is None

    make_case(exporter, car, by=clerk)
    assert shown(desk, car) is not None


def test_an_owner_without_code_is_known_by_name_alone(
    desk: Client, exporter: Exporter, clerk: User
):
    car = make_vehicle(exporter, by=clerk)
    answer_registry(car, owner_uscc="", owner_name=f" {exporter.name_zh}")
    assert shown(desk, car) is not None

    answer_registry(car, owner_uscc="", owner_name="")
    assert shown(desk, car) is None


def test_the_vin_says_its_maker_and_year_without_saving_or_losing_anything(
    desk: Client, exporter: Exporter, clerk: User
):
    vin = make_vehicle(make_exporter()).vin
    Prefix.objects.filter(wmi="LGX").delete()
    Prefix.objects.create(
        wmi="LGX", manufacturer_en="BYD", manufacturer_zh="比亚迪汽车", source="t"
    )

    page = desk.post(reverse("portal:vehicle_add"), {"vin": vin, "model": "汉", "look": "1"})

    says = page.context["says"]
    assert (says.makers, says.years, says.slip) == (("比亚迪汽车",), (1996, 2026), "")
    assert page.context["form"].initial["maker_name"] == "比亚迪汽车"
    assert 'value="汉"' in page.content.decode()
    assert not Vehicle.objects.filter(exporter=exporter).exists()


@pytest.mark.parametrize("vin", ["", "LGX", "\0", "车" * 17, "1" * 4000])
def test_what_is_no_vin_says_nothing(desk: Client, vin: str):
    page = desk.post(reverse("portal:vehicle_add"), {"vin": vin, "look": "1"})

    assert page.status_code == 200
    assert page.context["says"] is None


# --- home ----------------------------------------------------------------------------------------
def texts(exporter: Exporter) -> list[str]:
    with override("en"):
        return [need.text for need in overview_of(exporter, at=NOON)["needs"]]


def test_a_spreadsheet_with_bad_rows_waits_and_one_that_is_clean_waits_to_be_saved(
    exporter: Exporter, clerk: User
):
    make_destination(), make_port(), make_manufacturer()
    rows = [sheets.clean_row(number) for number in range(3)]
    bad = [sheets.clean_row(4), sheets.clean_row(5, vin="LGX")]
    for name, content in (("clean.xlsx", rows), ("bad.xlsx", bad)):
        file = SimpleUploadedFile(name, sheets.workbook(content))
        sheet = receiving.receive(file, exporter=exporter, by=clerk, at=NOON)
        while (step := working.claim(sheet.pk, at=NOON)) and working.take_step(step, at=NOON):
            pass

    assert texts(exporter) == [
        "1 row of a spreadsheet needs fixing",
        "3 rows of a spreadsheet are ready and not saved",
    ]
    assert texts(make_exporter()) == []


@pytest.mark.parametrize(
    ("left", "words"),
    [(31, None), (30, "in 30 days"), (14, "in 14 days"), (0, "ends today"), (-1, "has ended")],
)
def test_the_filing_is_a_need_from_thirty_days_before_its_end(left: int, words: str | None):
    exporter = make_exporter(filing_expires_on=TODAY + left * DAY)

    [*said] = texts(exporter)

    assert bool(said) == bool(words)
    assert all(words in text for text in said)


def test_a_filing_without_a_known_end_is_no_pass():
    exporter = make_exporter(filing_expires_on=None)

    [need] = chores.filing_to_renew(exporter, on=TODAY)

    assert need.due is None


def test_a_letter_counts_the_cars_it_names_and_nobody_applied_for(exporter: Exporter, clerk: User):
    cars = [make_vehicle(exporter, by=clerk, age=100) for _ in range(3)]
    make_confirmation(cars, by=clerk, valid_until=TODAY + 5 * DAY)
    make_case(exporter, cars[0], by=clerk)
    make_draft(exporter, cars[1], by=clerk)

    [letter] = overview_of(exporter, at=NOON)["letters"]

    assert letter.unused == 2


@pytest.mark.parametrize(
    ("hours", "days"), [([], None), ([1, 1], None), ([1, 25, 49], 2), ([24, 24, 72, 96], 3)]
)
def test_how_long_a_letter_takes_is_the_middle_one_rounded_up(hours: list[int], days: int | None):
    taken = [(NOON, NOON + timedelta(hours=each)) for each in hours]

    assert free_days.days_for_a_letter(taken) == days


def test_a_new_company_reads_its_first_steps_and_no_empty_lists(desk: Client):
    home = desk.get(reverse("portal:home"))

    assert home.context["is_new"]
    assert home.context["needs"] == []


def test_home_takes_as_many_queries_with_five_thousand_cars(
    desk: Client,
    exporter: Exporter,
    clerk: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
):
    many(exporter, clerk, 5000)

    with django_assert_max_num_queries(9):
        home = desk.get(reverse("portal:home"))

    assert len(home.content) < 80_000


# --- find ----------------------------------------------------------------------------------------
def led(desk: Client, text: str) -> str:
    return str(desk.get(reverse("portal:find"), {"q": text}).url)


def test_find_leads_to_the_one_thing_that_is_meant(
    desk: Client, exporter: Exporter, clerk: User, reviewer: User
):
    car = make_vehicle(exporter, by=clerk)
    answer_registry(car)
    case = claims.claim(checked(make_case(exporter, car, by=clerk)), by=reviewer, at=NOON)
    decisions.issue(case, by=reviewer, at=NOON)
    licence = Licence.objects.get()

    assert led(desk, f" {case.reference.lower()} ") == case.application.get_absolute_url()
    assert led(desk, licence.number) == reverse("portal:licence", args=[licence.number])
    for text in (car.vin, car.vin.lower(), car.vin[-6:], f"{car.vin[:8]} {car.vin[8:]}"):
        assert led(desk, text) == reverse("portal:vehicle", args=[car.vin])


def test_find_of_several_or_none_is_the_fleet_searched(
    desk: Client, exporter: Exporter, clerk: User
):
    stranger = make_case()
    make_vehicle(exporter, by=clerk, vin="LGXC74CG7T0765432")
    make_vehicle(exporter, by=clerk, vin="LGXC74CG0T1765432")

    assert led(desk, "765432") == f"{FLEET}?q=765432"
    assert led(desk, stranger.reference) == f"{FLEET}?q={stranger.reference}"
    assert led(desk, "") == f"{FLEET}?"
    assert led(desk, "\0\ud800".encode("utf-8", "surrogatepass").decode("latin-1")) != ""


def test_find_is_for_exporters(client: Client, reviewer: User):
    client.force_login(reviewer)

    assert client.get(reverse("portal:find")).status_code == 403


def test_other_people_s_cars_are_not_found(desk: Client):
    stranger = clerk_of(make_exporter())
    car = make_vehicle(stranger.exporter, by=stranger)

    assert led(desk, car.vin) == f"{FLEET}?q={car.vin}"
