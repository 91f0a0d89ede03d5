"""The files of exporter and maker: who opens them, what they tell, what they cost."""

from datetime import timedelta

import pytest
from django.urls import reverse

from documents import confirming
from exports.models import Role
from reviews import decisions, notes, profiles
from reviews.models import Reason
from tests.factories import (
    BYD,
    NOON,
    ask_for,
    clerk_of,
    make_clean_case,
    make_confirmation,
    make_exporter,
    make_failing_case,
    make_manufacturer,
    make_office,
    make_person,
    make_vehicle,
    recommend_refusal,
)
from tests.seen import specimen

pytestmark = pytest.mark.usefixtures("law")


def exporter_page(exporter) -> str:
    return reverse("workbench:exporter_file", args=[exporter.uscc])


def maker_page(maker) -> str:
    return reverse("workbench:maker_file", args=[maker.pk])


@pytest.fixture
def past(exporter, clerk, reviewer, senior):
    """One case refused, one issued over a failed check, one asked about, one waiting."""
    refused, issued, asked, waiting = (make_failing_case(exporter, by=clerk) for _ in range(4))
    decisions.sign(recommend_refusal(refused, by=reviewer), by=senior, at=NOON)
    over = decisions.recommend(
        issued,
        "issue",
        reasons=list(Reason.objects.filter(use="override")[:1]),
        by=reviewer,
        at=NOON,
        note="厂家电话确认",
    )
    decisions.sign(over, by=senior, at=NOON)
    ask_for(asked, by=reviewer)
    return {"refused": refused, "issued": issued, "asked": asked, "waiting": waiting}


def test_the_exporters_file_tells_how_its_cases_went(exporter, reviewer, past):
    found = profiles.of_exporter(exporter, user=reviewer).past

    assert found.counted == 4
    assert sum(tally.count for tally in found.tallies) == 4
    assert [decision.case for decision in found.refusals] == [past["refused"]]
    assert [decision.case for decision in found.overrides] == [past["issued"]]
    assert [(each.case, each.points, each.points_open) for each in found.requests] == [
        (past["asked"], 1, 1)
    ]


def test_the_file_page_names_reasons_and_grounds(client, exporter, reviewer, past):
    client.force_login(reviewer)

    shown = client.get(exporter_page(exporter)).content.decode()

    for each in past.values():
        assert each.reference in shown
    assert "厂家电话确认" in shown
    assert "RF01" in shown
    assert exporter.filing_number in shown


def test_the_makers_file_tells_of_all_its_cases_within_the_jurisdiction(exporter, reviewer, past):
    maker = make_manufacturer(BYD)
    elsewhere = make_exporter(office=make_office("xinjiang"))
    make_failing_case(elsewhere, by=clerk_of(elsewhere))

    found = profiles.of_maker(maker, user=reviewer).past

    assert {case.pk for case in found.cases} == {case.pk for case in past.values()}


def test_the_makers_file_shows_its_seals_and_revoked_letters(
    client, exporter, clerk, office, reviewer
):
    maker = make_manufacturer(BYD)
    kept = specimen(maker, by=make_person(Role.POLICY, office))
    letters = []
    for owner in (exporter, make_exporter(office=make_office("xinjiang"))):
        vehicle = make_vehicle(owner, age=100)
        letter = make_confirmation([vehicle], number=f"ASC-{owner.pk}")
        officer = make_person(Role.OFFICER, maker)
        letters.append(confirming.revoke_confirmation(letter, by=officer, at=NOON, note="印章被盗"))
    client.force_login(reviewer)

    shown = client.get(maker_page(maker)).content.decode()

    assert reverse("workbench:maker_specimen", args=[maker.pk, kept.pk]) in shown
    assert shown.count("印章被盗") == 2
    assert str(letters[0].exporter) in shown
    assert str(letters[1].exporter) not in shown


def test_a_units_notes_stand_in_its_file(client, exporter, reviewer, senior):
    notes.write(exporter, by=senior, at=NOON, note="曾补章")
    client.force_login(reviewer)

    assert "曾补章" in client.get(exporter_page(exporter)).content.decode()


# --- doors ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "where", "status"),
    [
        (Role.REVIEWER, "tianjin", 200),
        (Role.AUDITOR, "tianjin", 200),
        (Role.AUDITOR, "xinjiang", 200),
        (Role.POLICY, "xinjiang", 200),
        (Role.REVIEWER, "xinjiang", 404),
        (Role.SUPERVISOR, "xinjiang", 404),
    ],
)
def test_an_exporters_file_opens_within_the_jurisdiction(client, exporter, role, where, status):
    client.force_login(make_person(role, make_office(where)))

    assert client.get(exporter_page(exporter)).status_code == status


def test_an_exporter_with_a_case_at_the_office_is_known_there(client, exporter, clerk):
    case = make_failing_case(exporter, by=clerk)
    new_home = make_office("xinjiang")
    exporter.office = new_home
    exporter.save()
    client.force_login(make_person(Role.REVIEWER, case.office))

    assert client.get(exporter_page(exporter)).status_code == 200


def test_exporters_open_no_file(client, exporter, clerk):
    client.force_login(clerk)

    assert client.get(exporter_page(exporter)).status_code == 403
    assert client.get(maker_page(make_manufacturer())).status_code == 403


def test_a_specimen_is_shown_only_under_its_maker(client, office, reviewer):
    kept = specimen(make_manufacturer(BYD), by=make_person(Role.POLICY, office))
    other = make_manufacturer("吉利汽车有限公司")
    client.force_login(reviewer)

    assert (
        client.get(reverse("workbench:maker_specimen", args=[other.pk, kept.pk])).status_code == 404
    )


# --- cost -------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_files_cost_the_same_however_long_the_past(
    client, exporter, clerk, reviewer, count, django_assert_max_num_queries
):
    for number in range(count):
        make_clean_case(exporter, by=clerk, at=NOON + timedelta(minutes=number))
    client.force_login(reviewer)

    with django_assert_max_num_queries(20):
        client.get(exporter_page(exporter))
    with django_assert_max_num_queries(24):
        client.get(maker_page(make_manufacturer(BYD)))


def test_a_makers_name_on_a_case_leads_to_its_file(client, exporter, clerk, reviewer):
    maker, case = make_manufacturer(BYD), make_failing_case(exporter, by=clerk)
    client.force_login(reviewer)
    named = reverse("workbench:maker_named")

    shown = client.get(reverse("workbench:case", args=[case.reference])).content.decode()
    found = client.get(named, {"name": BYD})
    unknown = client.get(named, {"name": "无此厂"})

    assert f"{named}?name=" in shown
    assert exporter_page(exporter) in shown
    assert found["Location"] == maker_page(maker)
    assert unknown.status_code == 404
    assert "无此厂" in unknown.content.decode()
