"""The queue by key: order, pages, tallies, search."""

from datetime import datetime, timedelta

import pytest
from django.db.models import F

from exports.models import Office, Role, User
from exports.rules import SHANGHAI
from reviews import assessment, claims, lookup, queues
from reviews.models import Case, Licence
from reviews.queues import Key
from tests import factories
from tests.factories import (
    NOON,
    ask_for,
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
    """Seven cases, three of them due at the same moment, one of those doubtful; pages of three."""
    monkeypatch.setattr(queues, "PAGE", 3)
    made = [make_case(exporter, by=clerk) for _ in range(7)]
    for place, case in enumerate(made):
        due = NOON + timedelta(hours=min(place, 4))
        Case.objects.filter(pk=case.pk).update(due_at=due, risk=80 if place == 5 else place)
    return list(Case.objects.all())


def in_order(cases: list[Case], order: tuple[str, ...]) -> list[str]:
    """Sort by hand what the database is to sort."""
    for field in reversed(order):
        name = field.removeprefix("-")
        cases = sorted(cases, key=lambda case: getattr(case, name), reverse=field[0] == "-")
    return [case.reference for case in cases]


def walk(cases, *, order: tuple[str, ...]) -> list[list[str]]:
    """Go from the first page to the last by the keys the pages give."""
    pages, after = [], None
    while True:
        page = queues.page(cases, order=order, after=after)
        pages.append([row["reference"] for row in page.rows])
        if page.after is None:
            return pages
        after = Key.read(str(page.after))


EACH_ORDER = pytest.mark.parametrize("order", [*queues.ORDERS.values(), queues.NEWEST_FIRST])


@EACH_ORDER
def test_walking_by_key_meets_every_case_once_and_in_order(cases, order):
    pages = walk(Case.objects.all(), order=order)

    assert [len(page) for page in pages] == [3, 3, 1]
    assert [reference for page in pages for reference in page] == in_order(cases, order)


def test_of_what_is_due_together_the_doubtful_comes_first(cases):
    shown = [row["reference"] for row in queues.page(Case.objects.all()).rows]
    rest = [row["risk"] for row in queues.page(Case.objects.filter(risk__gte=4)).rows]

    assert shown == in_order(cases, queues.BY_DUE)[:3]
    assert rest == [80, 6, 4]


@EACH_ORDER
def test_going_back_gives_the_pages_one_came_from(cases, order):
    def page(**keys):
        return queues.page(Case.objects.all(), order=order, **keys)

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
    [
        "",
        "_",
        "1",
        "2026-06-30",
        "2026-06-30T12:00:00_1_1",
        "x_1_1",
        "2026-06-30T12:00:00+08:00_1",
        "2026-06-30T12:00:00+08:00_1_",
    ],
)
def test_what_is_no_key_is_the_first_page(text):
    assert Key.read(text) is None


def test_a_key_survives_an_address():
    key = Key(NOON, 60, 7)

    assert Key.read(str(key)) == key


def in_view(name: str, user: User, *, at: datetime = NOON) -> set[str]:
    """Return what one tab shows."""
    found = queues.VIEWS[name].narrow(Case.objects.visible_to(user), user, at)
    return set(found.values_list("reference", flat=True))


def state(case: Case, **values) -> str:
    """Put a case where a view looks for it, and return its reference."""
    Case.objects.filter(pk=case.pk).update(**{"status": "in_review", **values})
    return case.reference


def test_every_view_shows_its_own_cases_and_no_others(exporter, clerk, reviewer):
    def made(**values) -> str:
        return state(make_case(exporter, by=clerk), **values)

    late = made(due_at=NOON - timedelta(days=1), passed=1, attention=1)
    taken = made(assignee=reviewer, attention=1)
    wrong = made(failed=1)
    held = made(status="held", assignee=reviewer)
    answered = made(answered_at=NOON, attention=1)
    clean = made(passed=20)
    escalated = made(escalated_at=NOON, attention=1)
    asleep = made(hold_until=NOON + timedelta(days=9), assignee=reviewer, due_at=NOON)
    woken = made(hold_until=NOON - timedelta(days=1), attention=1)
    checking = made(status="checking")
    returned = made(status="returned", assignee=reviewer, answered_at=NOON)
    settling = made(status="settling", assignee=reviewer, due_at=NOON)
    issued = made(status="issued", closed_at=NOON)

    everything = {name: in_view(name, reviewer) for name in queues.VIEWS}

    assert everything == {
        "today": {late},
        "mine": {taken},
        "mismatches": {wrong},
        "signature": {held},
        "answered": {answered},
        "clean": {clean},
        "escalated": {escalated},
        "later": {asleep},
        "all": {
            late, taken, wrong, held, answered, clean, escalated, asleep, woken, checking,
            returned,
        },
        "decided": {issued},
    }  # fmt: skip
    assert settling not in set.union(*everything.values())


def test_soon_is_two_working_days_ahead_and_never_what_the_exporter_has(exporter, clerk, reviewer):
    friday = datetime(2026, 6, 26, 12, tzinfo=SHANGHAI)
    until = queues.horizon(friday, user=reviewer)
    soon = state(make_case(exporter, by=clerk), due_at=until)
    late = state(make_case(exporter, by=clerk), due_at=until + timedelta(seconds=1))
    theirs = state(make_case(exporter, by=clerk), due_at=NOON, status="returned")

    shown = set(queues.soon(Case.objects.all(), until).values_list("reference", flat=True))
    left = set(queues.not_soon(Case.objects.all(), until).values_list("reference", flat=True))

    assert until == datetime(2026, 6, 30, 17, 30, tzinfo=SHANGHAI)  # Monday counts, Tuesday ends it
    assert shown == {soon}
    assert left == {late, theirs}


def test_tabs_are_tallied_up_to_a_bound_in_one_query(
    exporter, clerk, reviewer, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(queues, "MOST_COUNTED", 2)
    for _ in range(3):
        state(make_failing_case(exporter, by=clerk), assignee=reviewer)
    queues.horizon(NOON, user=reviewer)  # a minute's reference data
    assert reviewer.office is not None
    assert len(reviewer.office.jurisdiction) == 1

    with django_assert_num_queries(1):
        counted = queues.count_tabs(reviewer, at=NOON)

    assert counted["mine"] == 2
    assert counted["mismatches"] == 0
    assert counted["+mismatches"] == 2
    assert counted["+today"] == 2
    assert counted["signature"] == 0
    assert "decided" not in counted


def test_the_next_due_case_is_named_when_nothing_is_due_today(exporter, clerk, reviewer):
    assert queues.next_due(reviewer, at=NOON) is None
    case = make_failing_case(exporter, by=clerk)

    assert queues.next_due(reviewer, at=NOON) == case.due_at


def test_a_person_without_an_office_counts_nothing(law, django_assert_num_queries):
    nobody = User.objects.create_superuser("root@example.test", "x", name="Root")
    assert nobody.office is None
    queues.horizon(NOON, user=nobody)

    with django_assert_num_queries(0):
        assert queues.count_tabs(nobody, at=NOON) == {}


def test_the_checks_that_failed_last_are_flagged_on_the_case(exporter, clerk, reviewer):
    case = make_failing_case(exporter, by=clerk)
    failed = case.runs.get().findings.filter(outcome="fail").values_list("check_id", flat=True)

    assert set(case.flags.values_list("check_id", flat=True)) == set(failed) != set()

    make_confirmation([line.vehicle for line in case.application.lines.all()], by=clerk)
    case = claims.claim(case, by=reviewer, at=NOON)
    assessment.recheck(case, by=reviewer, at=NOON)

    assert "CNF-01" not in case.flags.values_list("check_id", flat=True)


def test_the_case_repeats_its_manufacturer_and_when_it_was_answered(exporter, clerk, reviewer):
    case = make_failing_case(exporter, by=clerk)
    assert case.maker_name == case.application.lines.get().vehicle.maker_name != ""
    assert case.answered_at is None
    case = claims.claim(case, by=reviewer, at=NOON)
    assert case.claimed_at == NOON

    case = factories.checked(factories.answer_all(ask_for(case, by=reviewer), by=clerk))

    assert case.answered_at is not None
    assert in_view("answered", reviewer) == {case.reference}


def test_every_name_of_a_case_finds_it_and_nothing_else(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    letter = make_confirmation([vehicle], by=clerk, number="ASC-2026-77")
    case = make_case(exporter, vehicle, by=clerk)
    other = make_exporter(office=exporter.office)
    make_case(other)
    spaced = f"{vehicle.vin[:3]} {vehicle.vin[3:9]}-{vehicle.vin[9:]}".lower()
    digest = letter.document.sha256

    for text in (case.reference.lower(), vehicle.vin, spaced, vehicle.vin[-6:], exporter.uscc):
        assert list(lookup.search(Case.objects.all(), text)) == [case], text
    for text in ("ASC-2026-77", digest, digest.upper()):
        assert list(lookup.search(Case.objects.all(), text)) == [case], text
    for text in ("E2026-999999", "LGXC74CG0T0999999", "999999", "ASC", "%", "'", "\x00", "f" * 64):
        assert list(lookup.search(Case.objects.all(), text)) == [], text


def test_a_licence_number_finds_its_case(exporter, clerk, reviewer):
    case = factories.make_clean_case(exporter, by=clerk)
    case = claims.claim(case, by=reviewer, at=NOON)
    factories.decisions.issue(case, by=reviewer, at=NOON)

    number = Licence.objects.get().number

    assert list(lookup.search(Case.objects.all(), number)) == [case]


def test_another_companys_letter_of_the_same_number_leads_nowhere(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    make_case(exporter, vehicle, by=clerk)
    rival = make_exporter(office=exporter.office)
    twin = make_vehicle(rival, vin=factories.make_vin(900))
    make_confirmation([twin], number="ASC-9")

    assert list(lookup.search(Case.objects.all(), "ASC-9")) == []


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
    before = queues.tallies(reviewer, at=NOON)
    make_case(exporter, by=clerk)
    kept = queues.tallies(reviewer, at=NOON)
    queues.forget_tallies(reviewer)

    assert kept == before
    assert queues.tallies(reviewer, at=NOON)["+all"] == before["+all"] + 1
