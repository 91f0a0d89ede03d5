"""Related cases: by VIN, letter, seal, paper and exporter, as far as one may know of them."""

import pytest
from django.urls import reverse

from documents.models import Attachment, Echo
from exports.models import Role
from reviews import related
from reviews.models import Case
from tests import factories
from tests.factories import (
    NOON,
    checked,
    clerk_of,
    make_case,
    make_confirmation,
    make_exporter,
    make_failing_case,
    make_manufacturer,
    make_office,
    make_person,
    make_vehicle,
)
from tests.seen import sealed, seen_letter, specimen

pytestmark = pytest.mark.usefixtures("law")
VIN, LETTER, SEAL, PAPER, EXPORTER = range(5)


@pytest.fixture
def case(exporter, clerk) -> Case:
    return make_failing_case(exporter, by=clerk)


def rows(case: Case, user, group: int) -> list[tuple[str, str]]:
    found = related.of(Case.objects.get(pk=case.pk), user=user)
    return [(row.reference, row.why) for row in found[group].rows]


def freed(case: Case) -> None:
    """Let the VINs of *case* be filed anew, as after its end."""
    case.application.lines.update(live=False)


def same_vin_elsewhere(case: Case, office) -> Case:
    """Return a case of another exporter of *office* with the first VIN of *case*."""
    freed(case)
    other = make_exporter(office=office)
    clerk = clerk_of(other)
    vehicle = make_vehicle(other, by=clerk, vin=case.first_vin)
    return make_case(other, vehicle, by=clerk)


def test_a_case_alone_in_the_world_has_no_relations(case, reviewer):
    assert [group.rows for group in related.of(case, user=reviewer)] == [[]] * 5


def test_a_case_with_the_same_vin_is_named_within_the_jurisdiction(case, office, reviewer):
    other = same_vin_elsewhere(case, office)

    assert rows(case, reviewer, VIN) == [(other.reference, case.first_vin)]


def test_of_another_offices_case_only_its_status_is_told(client, case, reviewer):
    other = same_vin_elsewhere(case, make_office("xinjiang", name_zh="新疆"))
    client.force_login(reviewer)

    shown = client.get(reverse("workbench:related", args=[case.reference]) + "?lang=en")
    (row,) = related.of(Case.objects.get(pk=case.pk), user=reviewer)[VIN].rows

    page = shown.content.decode()
    assert (row.url, row.reference, row.exporter, row.destination) == ("", "", "", "")
    assert "Another office" in page
    assert case.first_vin in page
    assert other.reference not in page
    assert str(other.exporter) not in page
    assert row.status in page or "checking" in page


def test_a_draft_with_the_same_vin_is_nobodys_business(case, office, reviewer):
    freed(case)
    other = make_exporter(office=office)
    clerk = clerk_of(other)
    factories.make_draft(other, make_vehicle(other, by=clerk, vin=case.first_vin), by=clerk)

    assert rows(case, reviewer, VIN) == []


def test_cases_under_one_letter_find_each_other(exporter, clerk, reviewer):
    one, two = (make_vehicle(exporter, by=clerk, age=100) for _ in range(2))
    make_confirmation([one, two], by=clerk, number="ASC-7")
    first = checked(make_case(exporter, one, by=clerk))
    second = checked(make_case(exporter, two, by=clerk))

    assert rows(first, reviewer, LETTER) == [(second.reference, f"ASC-7 {two.vin}")]


def test_the_exporters_latest_ten_cases_are_listed(case, exporter, clerk, reviewer):
    others = [make_failing_case(exporter, by=clerk) for _ in range(11)]

    found = rows(case, reviewer, EXPORTER)

    assert [reference for reference, _why in found] == [
        other.reference for other in reversed(others[1:])
    ]


@pytest.mark.parametrize(
    ("kind", "group"), [(Echo.Kind.SEAL_COPIED, SEAL), (Echo.Kind.NEAR_PAGE, PAPER)]
)
def test_a_shared_seal_or_page_leads_to_the_other_case(exporter, clerk, reviewer, kind, group):
    mine, theirs = with_letter(exporter, clerk), with_letter(make_exporter(), None)
    Echo.objects.create(
        document=theirs[1],
        earlier=mine[1],
        kind=kind,
        noticed_at=NOON,
        facts={"page": 1, "earlier_page": 1},
    )

    (found,) = rows(mine[0], reviewer, group)

    assert found[0] == theirs[0].reference
    assert found[1].startswith(str(Echo.Kind(kind).label))


def test_seals_compared_with_one_specimen_stand_beside_each_other(
    exporter, clerk, reviewer, office
):
    maker = make_manufacturer()
    kept = specimen(maker, by=make_person(Role.POLICY, office))
    mine, theirs = with_letter(exporter, clerk), with_letter(make_exporter(), None)
    for (_case, document), likeness in ((mine, 0.93), (theirs, 0.41)):
        seal = sealed(document)
        seal.specimen, seal.specimen_likeness = kept, likeness
        seal.save()

    (found,) = rows(mine[0], reviewer, SEAL)

    assert found[0] == theirs[0].reference
    assert "41" in found[1]


def with_letter(exporter, clerk) -> tuple[Case, object]:
    """Return a case with a letter attached, and the letter."""
    person = clerk or clerk_of(exporter)
    vehicle = make_vehicle(exporter, by=person, age=100)
    document = seen_letter(exporter, [vehicle], by=person)
    case = make_case(exporter, vehicle, by=person)
    Attachment.objects.create(
        application=case.application, document=document, attached_by=person, attached_at=NOON
    )
    return case, document


@pytest.mark.parametrize("count", [1, 3])
def test_relations_cost_the_same_however_many(
    case, exporter, clerk, reviewer, count, django_assert_max_num_queries
):
    for _ in range(count):
        make_failing_case(exporter, by=clerk)

    with django_assert_max_num_queries(13):
        assert len(related.of(case, user=reviewer)[EXPORTER].rows) == count


def test_fetched_in_place_it_comes_without_a_page_around_it(client, case, reviewer):
    client.force_login(reviewer)
    address = reverse("workbench:related", args=[case.reference])

    part = client.get(address, headers={"X-Requested-With": "fetch"})
    page = client.get(address)

    assert "<html" not in part.content.decode()
    assert "<html" in page.content.decode()
    assert "X-Requested-With" in page["Vary"]


def test_relations_of_another_offices_case_do_not_exist(client, case):
    client.force_login(make_person(Role.SENIOR, make_office("xinjiang")))

    assert client.get(reverse("workbench:related", args=[case.reference])).status_code == 404
