"""The pages of the queue: what they cost, show, keep, and how they move while one reads."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from exports.models import Role, User
from reviews import claims, decisions, presence, queue_columns, queues, saved_views
from reviews.models import Case
from tests.factories import (
    NOON,
    make_case,
    make_clean_case,
    make_exporter,
    make_failing_case,
    make_office,
    make_person,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")
QUEUE = "/workbench/cases/"
POLL = "/workbench/queue/poll/"


@pytest.fixture
def case(exporter, clerk) -> Case:
    """A case whose checks have run and whose letter is missing."""
    return make_failing_case(exporter, by=clerk)


@pytest.fixture
def desk(client, reviewer):
    client.force_login(reviewer)
    return client


def shown(client, **query) -> str:
    response = client.get(QUEUE, {"lang": "en", **query})
    assert response.status_code == 200
    return response.content.decode()


# --- what it costs ----------------------------------------------------------------------------
def test_the_queue_takes_eight_queries_whatever_its_length(
    client, exporter, clerk, django_assert_max_num_queries
):
    """What is true for everybody is kept for a minute; a person's own counts are asked anew."""
    province = exporter.office
    make_office("binhai", level="city", parent=province)
    person = make_person(Role.REVIEWER, province)
    client.force_login(person)
    counts = []
    for more in (1, 30):
        for _ in range(more):
            make_failing_case(exporter, by=clerk)
        shown(client)
        queues.forget_tallies(person)
        cache.delete(saved_views.key_of(person))
        with django_assert_max_num_queries(8) as captured:
            shown(client)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_fifty_rows_with_every_column_weigh_little(exporter, clerk, reviewer, desk):
    for _ in range(50):
        make_case(exporter, by=clerk)
    Case.objects.update(status="in_review")
    queue_columns.choose(reviewer, queue_columns.COLUMNS)

    page = desk.get(QUEUE)

    assert page.content.count(b"data-row=") == 50
    assert len(page.content) < 120 * 1024


# --- what it shows ----------------------------------------------------------------------------
def test_the_queue_opens_on_what_is_due_today(desk, case, exporter, clerk):
    later = make_failing_case(exporter, by=clerk)
    Case.objects.filter(pk=later.pk).update(due_at=timezone.now() + timedelta(days=9))

    text = shown(desk)

    assert case.reference in text
    assert later.reference not in text
    assert "+ 1 not due yet" in text
    assert later.reference in shown(desk, view="all", horizon="all")
    assert later.reference not in shown(desk, view="all")


def test_when_nothing_is_due_the_page_says_until_when(desk, case):
    Case.objects.update(due_at=timezone.now() + timedelta(days=9))

    text = shown(desk)

    assert "Nothing due until" in text
    assert "1 case is on schedule." in text


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({"check": "failed"}, True),
        ({"check": "clean"}, False),
        ({"dest": "kz"}, True),
        ({"dest": "RU"}, False),
        ({"who": "me"}, True),
        ({"who": "nobody"}, False),
        ({"who": "others"}, False),
        ({"view": "mine"}, True),
        ({"view": "mismatches"}, True),
        ({"view": "signature"}, False),
        ({"view": "all"}, True),
        ({"sort": "risk"}, True),
        ({"view": "nonsense", "after": "nonsense", "sort": "nonsense"}, True),
    ],
)
def test_views_and_filters_narrow_the_queue(desk, case, reviewer, query, seen):
    claims.claim(case, by=reviewer, at=NOON)

    assert (f">{case.reference}</a></th>" in shown(desk, **query)) == seen


def test_a_filter_that_is_on_can_be_taken_off(desk, case):
    text = shown(desk, view="mine", check="failed", risk=">=40")

    assert 'class="chip chip-on" href="?view=mine&amp;check=failed"' in text
    assert 'class="chip chip-on" href="?view=mine&amp;risk=%3E=40"' in text


def test_what_is_no_filter_is_named_and_left_out(desk, case):
    """So an address kept from before a filter went away still opens, and says so."""
    text = shown(desk, colour="red", risk="high")

    assert "“colour” is no filter" in text
    assert "“high” cannot be understood in “risk”" in text
    assert case.reference in text


def test_the_form_offers_what_the_address_asks_for(desk, case, exporter):
    make_office("binhai", level="city", parent=exporter.office)

    response = desk.get(QUEUE, {"filters": 1, "risk": ">55", "dest": "KZ"})

    form = response.context["filter"]
    assert form["risk"].value() == ">55"
    assert ">55" in dict(form.fields["risk"].choices)
    assert len(form.fields) == 9
    assert all(len(getattr(field, "choices", ())) <= 200 for field in form.fields.values())


def test_an_office_alone_is_not_asked_for_its_name(desk, case):
    assert "office" not in desk.get(QUEUE, {"filters": 1}).context["filter"].fields


def test_more_offices_than_a_list_holds_are_typed(client, law):
    national = make_office("national", level="national")
    for number in range(201):
        make_office(f"far{number}")
    client.force_login(make_person(Role.REVIEWER, national))

    form = client.get(QUEUE, {"filters": 1}).context["filter"]

    assert not hasattr(form.fields["office"], "choices")


def test_a_unique_find_opens_the_case(desk, case):
    response = desk.get(QUEUE, {"q": case.first_vin})

    assert response.status_code == 302
    assert response["Location"] == f"{QUEUE}{case.reference}/"


def test_several_finds_are_listed(desk, exporter, case, clerk):
    other = make_case(exporter, by=clerk)

    text = shown(desk, q=exporter.uscc)

    assert case.reference in text
    assert other.reference in text


def test_a_row_says_who_looks_at_the_case(desk, case, senior):
    presence.show(case, by=senior, at=timezone.now(), writing=False)

    assert "Li is viewing" in shown(desk)


def test_the_day_counts_what_one_decided_how_fast_and_whether_in_time(
    desk, exporter, clerk, reviewer, senior
):
    at = timezone.now()
    for seconds, left in ((20, -1), (40, 1), (90, 1)):
        case = make_clean_case(exporter, by=clerk)
        case = claims.claim(case, by=reviewer, at=at - timedelta(seconds=seconds))
        decisions.issue(case, by=reviewer, at=at)
        Case.objects.filter(pk=case.pk).update(due_at=at + timedelta(days=left))
    old = claims.claim(make_failing_case(exporter, by=clerk), by=senior, at=NOON)
    recommend_refusal(old, by=senior, at=at - timedelta(days=2))

    day = shown(desk).split('class="muted day">')[1].split("</p>")[0]

    assert day == "Today: 3 cases done · median 40 s · 67 % on time"


def test_an_auditor_is_offered_nothing_to_do(client, case, office):
    client.force_login(make_person(Role.AUDITOR, office))

    text = shown(client)

    assert case.reference in text
    assert "Start next" not in text
    assert 'name="act"' not in text


# --- how it moves -----------------------------------------------------------------------------
def test_the_poll_tells_what_came_since_and_is_silent_when_nothing_changed(
    desk, case, exporter, clerk, senior
):
    since = timezone.now().isoformat()
    quiet = desk.get(POLL, {"since": since, "ids": str(case.pk)})
    told = json.loads(quiet.content)
    assert told["fresh"] == ""
    assert told["tabs"]["mismatches"] == "1"
    assert told["viewers"] == {}
    again = desk.get(
        POLL, {"since": since, "ids": str(case.pk)}, headers={"If-None-Match": quiet["ETag"]}
    )
    assert again.status_code == 304

    fresh = make_failing_case(exporter, by=clerk)
    Case.objects.filter(pk=fresh.pk).update(status_since=timezone.now())
    presence.show(case, by=senior, at=timezone.now(), writing=True)
    for person in User.objects.all():
        queues.forget_tallies(person)

    moved = desk.get(
        POLL, {"since": since, "ids": str(case.pk)}, headers={"If-None-Match": quiet["ETag"]}
    )

    told = json.loads(moved.content)
    assert told["fresh"] == "1"
    assert told["tabs"]["mismatches"] == "2"
    assert list(told["viewers"]) == [str(case.pk)]
    assert len(moved.content) < 1024


@pytest.mark.parametrize("query", [{}, {"since": "x", "ids": "x,9999999999999999999"}])
def test_a_poll_that_asks_nothing_sensible_is_answered_all_the_same(desk, case, query):
    told = json.loads(desk.get(POLL, query).content)

    assert told["fresh"] == ""
    assert told["viewers"] == {}


def test_the_poll_sees_no_other_offices_cases(client, case):
    client.force_login(make_person(Role.REVIEWER, make_office("xinjiang")))

    told = json.loads(client.get(POLL, {"since": "2020-01-01T00:00:00+08:00"}).content)

    assert told["fresh"] == ""
    assert set(told["tabs"].values()) == {"0"}


# --- columns ----------------------------------------------------------------------------------
def test_a_person_keeps_the_columns_they_want(desk, case, reviewer):
    assert "Manufacturer</th>" in shown(desk)

    sent = {"columns": ["risk", "vin", "nonsense"], "here": "view=mismatches&risk=%3E40"}
    response = desk.post("/workbench/queue/columns/", sent)

    assert response["Location"] == f"{QUEUE}?view=mismatches&risk=%3E40"
    assert desk.get(QUEUE).context["columns"] == ("risk", "reference", "vin")
    assert desk.get(QUEUE, {"columns": "due,who"}).context["columns"] == ("due", "reference", "who")
    assert desk.get(QUEUE).context["columns"] == ("risk", "reference", "vin")


def test_no_column_at_all_is_every_column_that_ships(desk, case):
    desk.post("/workbench/queue/columns/", {"here": ""})

    assert desk.get(QUEUE).context["columns"] == queue_columns.SHIPPED


# --- names and numbers nobody vouched for -----------------------------------------------------
def test_what_people_wrote_stays_text(desk, clerk, office, reviewer):
    """The rows are joined by hand: each value must come out as text, not as markup."""
    evil = "<script>alert(1)</script>&\"'"
    exporter = make_exporter(office=office, name_zh=evil, name_en=evil)
    case = make_case(exporter)
    Case.objects.filter(pk=case.pk).update(status="in_review", maker_name=evil)
    User.objects.filter(pk=reviewer.pk).update(name=evil)
    Case.objects.filter(pk=case.pk).update(assignee=reviewer)

    text = shown(desk)

    assert case.reference in text
    assert "<script>alert" not in text
