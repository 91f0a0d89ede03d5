"""The queue by key: order, pages, tallies, search."""

from datetime import timedelta

import pytest
from django.db.models import F

from exports.models import Office, Role, User
from reviews import queues
from reviews.models import Case, Licence
from reviews.queues import Key
from tests import factories
from tests.factories import (
    NOON,
    make_case,
    make_confirmation,
    make_exporter,
    make_failing_case,
    make_person,
    make_vehicle,
)

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def cases(exporter, clerk, monkeypatch) -> list[Case]:
    """Seven cases, two of them due at the same moment, and pages of three."""
    monkeypatch.setattr(queues, "PAGE", 3)
    made = [make_case(exporter, by=clerk) for _ in range(7)]
    for place, case in enumerate(made):
        due = NOON + timedelta(hours=min(place, 5))
        Case.objects.filter(pk=case.pk).update(due_at=due)
    return list(Case.objects.order_by("due_at", "id"))


def walk(cases, *, newest_first: bool) -> list[list[str]]:
    """Go from the first page to the last by the keys the pages give."""
    pages, after = [], None
    while True:
        page = queues.page(cases, newest_first=newest_first, after=after, before=None)
        pages.append([row["reference"] for row in page.rows])
        if page.after is None:
            return pages
        after = Key.read(str(page.after))


@pytest.mark.parametrize("newest_first", [False, True])
def test_walking_by_key_meets_every_case_once_and_in_order(cases, newest_first):
    expected = [case.reference for case in cases]
    if newest_first:
        expected.reverse()

    pages = walk(Case.objects.all(), newest_first=newest_first)

    assert [len(page) for page in pages] == [3, 3, 1]
    assert [reference for page in pages for reference in page] == expected


@pytest.mark.parametrize("newest_first", [False, True])
def test_going_back_gives_the_pages_one_came_from(cases, newest_first):
    def page(**keys):
        keys = {"after": None, "before": None} | keys
        return queues.page(Case.objects.all(), newest_first=newest_first, **keys)

    first = page()
    second = page(after=first.after)
    third = page(after=second.after)

    assert page(before=third.before).rows == second.rows
    assert page(before=second.before).rows == first.rows
    assert first.before is None
    assert page(before=second.before).before is None
    assert third.after is None


@pytest.mark.parametrize(
    "text",
    ["", "_", "1", "2026-06-30", "2026-06-30T12:00:00_1", "x_1", "2026-06-30T12:00:00+08:00_"],
)
def test_what_is_no_key_is_the_first_page(text):
    assert Key.read(text) is None


def test_a_key_survives_an_address():
    key = Key(NOON, 7)

    assert Key.read(str(key)) == key


def test_tabs_are_tallied_up_to_a_hundred_in_one_query(
    exporter, clerk, reviewer, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(queues, "MOST_COUNTED", 2)
    failing = make_failing_case(exporter, by=clerk)
    for _ in range(2):
        make_case(exporter, by=clerk)
    Case.objects.filter(pk=failing.pk).update(assignee=reviewer)
    assert reviewer.office is not None
    assert len(reviewer.office.jurisdiction) == 1

    with django_assert_num_queries(1):
        counted = queues.count_tabs(reviewer)

    assert counted == {
        "open": 2,
        "mine": 1,
        "mismatches": 1,
        "signature": 0,
        "returned": 0,
        "checking": 2,
    }


def test_a_person_without_an_office_counts_nothing(db, django_assert_num_queries):
    nobody = User.objects.create_superuser("root@example.test", "x", name="Root")
    assert nobody.office is None

    with django_assert_num_queries(0):
        assert set(queues.count_tabs(nobody).values()) == {0}


def test_every_name_of_a_case_finds_it_and_nothing_else(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    make_confirmation([vehicle], by=clerk, number="ASC-2026-77")
    case = make_case(exporter, vehicle, by=clerk)
    other = make_exporter(office=exporter.office)
    make_case(other)
    spaced = f"{vehicle.vin[:3]} {vehicle.vin[3:9]}-{vehicle.vin[9:]}".lower()

    for text in (case.reference.lower(), vehicle.vin, spaced, vehicle.vin[-6:], exporter.uscc):
        assert list(queues.search(Case.objects.all(), text)) == [case], text
    assert list(queues.search(Case.objects.all(), "ASC-2026-77")) == [case]
    for text in ("E2026-999999", "LGXC74CG0T0999999", "999999", "ASC", "%", "'", "\x00"):
        assert list(queues.search(Case.objects.all(), text)) == [], text


def test_a_licence_number_finds_its_case(exporter, clerk, reviewer):
    case = factories.make_clean_case(exporter, by=clerk)
    case = factories.claims.claim(case, by=reviewer, at=NOON)
    factories.decisions.issue(case, by=reviewer, at=NOON)

    number = Licence.objects.get().number

    assert list(queues.search(Case.objects.all(), number)) == [case]


def test_another_companys_letter_of_the_same_number_leads_nowhere(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    make_case(exporter, vehicle, by=clerk)
    rival = make_exporter(office=exporter.office)
    twin = make_vehicle(rival, vin=factories.make_vin(900))
    make_confirmation([twin], number="ASC-9")

    assert list(queues.search(Case.objects.all(), "ASC-9")) == []


OFFICES = {
    "national": {"level": Office.Level.NATIONAL},
    "tianjin": {},
    "xinjiang": {},
}


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.POLICY, Role.AUDITOR])
@pytest.mark.parametrize("code", [*OFFICES, "district"])
def test_one_case_and_all_cases_are_judged_visible_alike(exporter, clerk, role, code):
    case = make_case(exporter, by=clerk)
    tianjin = exporter.office
    fields = OFFICES.get(code, {"level": Office.Level.CITY, "parent": tianjin})
    person = make_person(role, factories.make_office(code, **fields))

    listed = Case.objects.visible_to(person).filter(pk=case.pk).exists()

    assert case.is_visible_to(person) == listed


def test_a_districts_case_is_its_provinces_too(law, office):
    district = factories.make_office("binhai", level=Office.Level.CITY, parent=office)
    case = make_case(make_exporter(office=district))
    person = make_person(Role.REVIEWER, office)

    assert case.is_visible_to(person)
    assert Case.objects.visible_to(person).filter(pk=F("pk")).get() == case


def test_counts_are_kept_for_a_moment_and_forgotten_by_ones_own_act(reviewer, exporter, clerk):
    before = queues.tallies(reviewer)
    make_case(exporter, by=clerk)
    kept = queues.tallies(reviewer)
    queues.forget_tallies(reviewer)

    assert kept == before
    assert queues.tallies(reviewer)["open"] == before["open"] + 1
