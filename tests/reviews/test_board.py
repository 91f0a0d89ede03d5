"""The supervisor's board: its numbers, whose they are, and the list behind each of them."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from exports.models import Exporter, Office, Role, User
from exports.rules import SHANGHAI
from reviews import reference
from reviews.board import present
from reviews.board.figures import duration, percent
from reviews.board.questions import Standing, Sums
from reviews.clocks import Calendar
from reviews.models import Case, DayOutcome
from reviews.rollups import filling
from reviews.states import OPEN, Status
from tests.factories import NOON, make_office, make_person
from tests.histories import House, two_houses

BOARD = "/workbench/board/"
NUMBER = re.compile(r'<a(?: class="[^"]*")? href="(/workbench/cases/\?[^"]+)">([0-9,]+)')


@pytest.fixture(scope="module")
def houses(django_db_setup: None, django_db_blocker: Any) -> Iterator[list[House]]:
    """Two offices after eighty random steps, counted; made once for all."""
    with django_db_blocker.unblock(), transaction.atomic():
        reference.load(at=NOON)
        yield two_houses(steps=80, between=lambda: filling.fill(at=NOON))
        transaction.set_rollback(True)


@pytest.fixture
def later(houses: list[House], db: None, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The moment after all of it, at which everybody looks at the board."""
    now = max(house.now for house in houses) + timedelta(minutes=5)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    filling.fill(at=now)
    return now


def page_of(client: Client, person: User, query: str = "?days=30") -> str:
    client.force_login(person)
    response = client.get(BOARD + query, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def in_english(person: User) -> User:
    User.objects.filter(pk=person.pk).update(language="en")
    person.language = "en"
    return person


def of_the_nation(role: str) -> User:
    national = make_office("mofcom", name_zh="商务部", level=Office.Level.NATIONAL)
    return make_person(role, national)


def test_every_number_opens_a_list_of_as_many_cases(
    client: Client, houses: list[House], later: datetime
) -> None:
    text = page_of(client, in_english(of_the_nation(Role.SUPERVISOR)))
    numbers = [(unescape(url), int(found.replace(",", ""))) for url, found in NUMBER.findall(text)]
    opened = 0
    for url, number in numbers:
        if number and "went=" not in url and "came=" not in url:
            listed = client.get(url).content.decode()
            assert listed.count("data-row") == number, url
            opened += 1

    assert opened > 30


def test_the_head_says_what_the_cases_themselves_say(
    client: Client, houses: list[House], later: datetime
) -> None:
    here = Case.objects.filter(office=houses[0].office)
    working = [Status.CHECKING, Status.IN_REVIEW, Status.HELD]
    late = here.filter(status__in=working, due_at__lt=later).count()

    client.force_login(houses[0].supervisor)
    heads = client.get(BOARD).context["heads"]

    assert heads["open"] == here.filter(status__in=OPEN).count()
    assert heads["late"] == late


def test_an_office_sees_its_own_numbers_and_the_nation_all(
    client: Client, houses: list[House], later: datetime
) -> None:
    people = [house.supervisor for house in houses]
    people.append(of_the_nation(Role.SENIOR))
    people.append(make_person(Role.AUDITOR, houses[1].office))

    seen = []
    for person in people:
        client.force_login(person)
        seen.append(client.get(BOARD).context["heads"]["open"])

    each = [Case.objects.open().filter(office=house.office).count() for house in houses]
    assert seen == [*each, sum(each), sum(each)]
    assert 0 < each[0] != each[1] > 0


def test_the_nation_narrows_the_board_to_one_office(
    client: Client, houses: list[House], later: datetime
) -> None:
    client.force_login(of_the_nation(Role.SUPERVISOR))

    here = client.get(BOARD, {"office": houses[0].office.code}).context
    bogus = client.get(BOARD, {"office": "nowhere", "days": "9999"}).context

    expected = Case.objects.open().filter(office=houses[0].office).count()
    assert here["heads"]["open"] == expected
    assert f"office={houses[0].office.code}" in here["heads"]["open_url"]
    assert bogus["heads"]["open"] == Case.objects.open().count()
    assert bogus["scope"].days == 7


def test_a_province_never_reaches_anothers_numbers_by_naming_it(
    client: Client, houses: list[House], later: datetime
) -> None:
    client.force_login(houses[0].supervisor)

    asked = client.get(BOARD, {"office": houses[1].office.code}).context

    assert asked["heads"]["open"] == client.get(BOARD).context["heads"]["open"]


def test_only_a_supervisor_sees_figures_by_person(
    client: Client, houses: list[House], later: datetime
) -> None:
    house = houses[0]
    client.force_login(house.supervisor)
    table = client.get(BOARD, {"days": "30"}).context["tables"]["reviewer"]
    names = {row.label for row in table.rows}
    assert names
    assert names <= {person.name for person in house.reviewers}
    for person in (house.senior, make_person(Role.AUDITOR, house.office)):
        text = page_of(client, person)
        assert "board/reviewer.csv" not in text
        assert not any(f">{name}<" in text for name in names)
        assert client.get(f"{BOARD}reviewer.csv").status_code == 404


def test_the_other_side_has_no_board(client: Client, houses: list[House], later: datetime) -> None:
    for person in (*houses[0].clerks.values(), User.objects.create_superuser("r@example.test")):
        client.force_login(person)
        assert client.get(BOARD).status_code == 403
        assert client.get(f"{BOARD}backlog.csv").status_code == 403


def test_the_board_costs_ten_queries_at_most_and_reads_no_case(
    client: Client, houses: list[House], later: datetime
) -> None:
    client.force_login(houses[0].supervisor)

    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(BOARD).status_code == 200

    assert len(captured) <= 10, [query["sql"][:150] for query in captured]
    assert not any('FROM "reviews_case"' in query["sql"] for query in captured)
    assert not any('"exports_event"' in query["sql"] for query in captured)


def test_the_board_weighs_little(client: Client, houses: list[House], later: datetime) -> None:
    assert len(page_of(client, houses[0].supervisor).encode()) < 60_000


def test_each_table_comes_as_csv(client: Client, houses: list[House], later: datetime) -> None:
    text = page_of(client, in_english(of_the_nation(Role.SUPERVISOR)))
    names = re.findall(r"/workbench/board/([a-z]+)\.csv", text)

    assert set(names) == {
        *("backlog", "stages", "hours", "destination", "maker", "exporter", "check", "reviewer")
    }
    for name in set(names):
        body = client.get(f"{BOARD}{name}.csv?days=30").content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(body)))
        assert len(rows) > 1
        assert {len(row) for row in rows} == {len(rows[0])}
    assert client.get(f"{BOARD}nothing.csv").status_code == 404


def test_no_name_acts_as_a_formula_in_the_csv(
    client: Client, office: Office, exporter: Exporter
) -> None:
    today = datetime.now(SHANGHAI).date()
    DayOutcome.objects.create(day=today, office=office, side="maker", key="=1+1", issued=1)
    client.force_login(make_person(Role.AUDITOR, office))

    assert '"\'=1+1"' in client.get(f"{BOARD}maker.csv").content.decode()


def test_old_numbers_are_called_old(client: Client, office: Office) -> None:
    client.force_login(in_english(make_person(Role.SUPERVISOR, office)))
    filling.fill(at=datetime.now(SHANGHAI) - timedelta(seconds=90))
    assert "older than a minute" in client.get(BOARD).content.decode()

    filling.fill(at=datetime.now(SHANGHAI))
    assert "older than a minute" not in client.get(BOARD).content.decode()


def test_the_picture_says_in_words_what_it_shows(
    client: Client, houses: list[House], later: datetime
) -> None:
    text = page_of(client, in_english(houses[0].supervisor))

    assert 'role="img"' in text
    assert "came in and" in text
    assert not re.search(r"<svg[^>]*style=|<[a-z]+ [^>]*style=", text)


def sums(*standing: Standing, hours: dict[tuple[str, int], int] | None = None) -> Sums:
    return Sums(None, standing, hours or {}, {}, Calendar({}))


DAY = date(2026, 11, 24)  # a Tuesday


def test_due_today_is_done_when_the_pace_says() -> None:
    at = datetime(2026, 11, 24, 15, 0, tzinfo=SHANGHAI)
    waiting = Standing(Status.IN_REVIEW, DAY, DAY, 30)
    went = {("closed", 13): 30, ("asked", 14): 10, ("filed", 14): 500, ("closed", 9): 99}

    pace = present.pace_of(sums(waiting, hours=went), at=at, today=DAY)

    assert (pace.due, round(pace.an_hour)) == (30, 20)
    assert pace.done_at is not None
    assert pace.done_at.strftime("%H:%M") in {"16:30", "16:31"}
    assert pace.in_time


def test_without_a_pace_there_is_no_promise() -> None:
    at = datetime(2026, 11, 24, 15, 0, tzinfo=SHANGHAI)
    waiting = Standing(Status.HELD, DAY, DAY, 1)

    pace = present.pace_of(sums(waiting), at=at, today=DAY)

    assert (pace.done_at, pace.in_time) == (None, False)
    assert present.pace_of(sums(), at=at, today=DAY).in_time


@pytest.mark.parametrize(
    ("at", "phase"),
    [
        (datetime(2026, 11, 24, 2, 0, tzinfo=SHANGHAI), "before"),
        (datetime(2026, 11, 24, 8, 30, tzinfo=SHANGHAI), "open"),
        (datetime(2026, 11, 24, 17, 30, tzinfo=SHANGHAI), "over"),
        (datetime(2026, 11, 21, 11, 0, tzinfo=SHANGHAI), "day_off"),
    ],
)
def test_outside_office_hours_no_pace_is_told(at: datetime, phase: str) -> None:
    waiting = Standing(Status.IN_REVIEW, DAY, DAY, 3)

    pace = present.pace_of(sums(waiting, hours={("closed", 1): 9}), at=at, today=at.date())

    assert pace.phase == phase
    assert (pace.done_at, pace.an_hour) == (None, 0)


def test_what_is_late_is_due_today_as_well() -> None:
    waiting = sums(
        Standing(Status.IN_REVIEW, DAY, DAY, 5),
        Standing(Status.HELD, DAY, DAY - timedelta(days=1), 2),
        Standing(Status.IN_REVIEW, DAY, DAY + timedelta(days=1), 30),
        Standing(Status.RETURNED, DAY, DAY, 70),
    )

    assert present.due_today(waiting, today=DAY) == 7


def test_the_board_and_the_queue_count_the_same_as_open(
    client: Client, houses: list[House], later: datetime
) -> None:
    house = houses[0]
    client.force_login(house.supervisor)

    board = client.get(BOARD).context["heads"]["open"]
    queue = client.get("/workbench/cases/?view=all").context
    tally = next(tab["tally"] for tab in queue["tabs"] if tab["name"] == "all")

    assert board == int(tally) + int(queue["beyond"])


def test_a_case_is_late_once_its_day_is_closed() -> None:
    waiting = sums(
        Standing(Status.IN_REVIEW, DAY, DAY, 5),
        Standing(Status.IN_REVIEW, DAY, DAY - timedelta(days=1), 2),
        Standing(Status.RETURNED, DAY, DAY - timedelta(days=9), 70),
    )
    before, after = (datetime(2026, 11, 24, hour, 45, tzinfo=SHANGHAI) for hour in (16, 17))

    assert present.late(waiting, at=before, today=DAY) == 2
    assert present.late(waiting, at=after, today=DAY) == 7


def test_ages_are_working_days() -> None:
    monday, saturday = date(2026, 11, 23), date(2026, 11, 21)
    friday, thursday = date(2026, 11, 20), date(2026, 11, 19)

    bands = present.bands_of(monday, Calendar({}))
    assert bands[:3] == [(monday, monday), (friday, date(2026, 11, 22)), (thursday, thursday)]

    make_up = present.bands_of(monday, Calendar({saturday: True}))
    assert make_up[1:3] == [(saturday, date(2026, 11, 22)), (friday, friday)]

    assert present.bands_of(saturday, Calendar({}))[0] == (friday, saturday)


@pytest.mark.parametrize(
    ("took", "said"),
    [
        (None, "–"),
        (timedelta(seconds=8), "8 s"),
        (timedelta(minutes=3), "3 min"),
        (timedelta(hours=5.1), "5.1 h"),
        (timedelta(days=4.4), "4.4 d"),
    ],
)
def test_a_stretch_of_time_is_said_in_its_own_unit(took: timedelta | None, said: str) -> None:
    with override("en"):
        assert duration(took) == said


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "–"),
        (0, 9, "0%"),
        (1, 9, "11%"),
        (1, 90, "1.1%"),
        (986, 1000, "98.6%"),
        (9, 9, "100%"),
    ],
)
def test_a_share_has_a_decimal_where_it_matters(part: int, whole: int, said: str) -> None:
    with override("en"):
        assert percent(part, whole) == said
