"""What the page of a case may cost: queries, counted at its heaviest."""

import pytest
from django.urls import reverse

from reviews import casefile
from tests.factories import BYD
from tests.heaviest import VEHICLES, heaviest_case

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def case(db):
    return heaviest_case()


def test_the_heaviest_case_takes_fifteen_queries(
    client, case, reviewer, django_assert_max_num_queries
):
    """Session and person included, at the first visit, with nothing cached."""
    client.force_login(reviewer)
    address = reverse("workbench:case", args=[case.reference])

    with django_assert_max_num_queries(15):
        response = client.get(address)

    file = response.context["file"]
    assert len(file.tiles) == VEHICLES
    assert file.opened.met
    assert file.opened.seen.signatures[0].unit == BYD
    assert file.opened.seen.corrections
    assert file.opened.seen.seals[0].specimen
    assert file.answer
    assert file.items
    assert [each.code for each in file.case.decisions.all()[0].reasons.all()]
    assert file.clock


def test_the_file_itself_takes_seven(case, reviewer, django_assert_max_num_queries):
    """What the page adds to it has eight left, three of them for session and person."""
    assert reviewer.office

    with django_assert_max_num_queries(7):
        found = casefile.find(reviewer, case.reference)
        casefile.read(found, user=reviewer, vin="", document="")
