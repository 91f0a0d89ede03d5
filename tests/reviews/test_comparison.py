"""Three sources side by side: what is marked, what comes first."""

import pytest

from documents.models import Document
from reviews import comparison
from reviews.casefile import find, read
from reviews.comparison import marked
from tests import factories
from tests.factories import (
    answer_registry,
    make_case,
    make_confirmation,
    make_destination,
    make_vehicle,
)

MARKS = [
    ("LGXC74CG0T0000001", "LGXC74CG0T000O001", ["0"]),
    ("A", "A", []),
    ("", "A", []),
    ("A", "", []),
    ("比亚迪", "长城汽车", []),
    ("BYD7009", "BYD7009B", []),
    ("BYD7009B", "BYD7009", ["B"]),
]


@pytest.mark.parametrize(("value", "against", "expected"), MARKS)
def test_what_differs_is_marked_and_nothing_is_lost(value, against, expected):
    parts = marked(value, against=against)

    assert texts(parts) == value
    assert [part.text for part in parts if part.differs] == expected


@pytest.fixture
def rows(law, exporter, clerk, reviewer):
    """A letter for another country by a dealer, and a registry that knows another model."""
    vehicle = make_vehicle(exporter, by=clerk, age=100)
    make_confirmation(
        [vehicle], by=clerk, issuer_name="某经销商", destinations=[make_destination("RU")]
    )
    Document.objects.update(state=Document.State.READY)
    answer_registry(vehicle, model="BYD7009BEX")
    case = factories.checked(make_case(exporter, vehicle, by=clerk))
    file = read(find(reviewer, case.reference), user=reviewer, vin="", document="")
    return {row.name: row for row in file.rows}, file


def texts(parts):
    return "".join(part.text for part in parts)


def test_each_source_shows_what_it_says(rows):
    by_name, _file = rows

    assert texts(by_name["destination"].declared) == "KZ"
    assert texts(by_name["destination"].letter) == "RU"
    assert by_name["destination"].outcome == "fail"
    assert texts(by_name["maker_name"].letter) == "某经销商"
    assert [part.text for part in by_name["model"].registry if part.differs] == ["X"]
    assert by_name["model"].outcome == "fail"


def test_what_differs_comes_first_and_what_agrees_is_folded(rows):
    _by_name, file = rows
    gravity = [comparison.GRAVITY[row.outcome] for row in file.rows]

    assert gravity == sorted(gravity)
    assert len(file.unequal) + len(file.equal) == len(comparison.ROWS)
    assert all(row.outcome in comparison.GRAVE for row in file.unequal)


def test_a_brand_that_agrees_is_in_no_doubt_though_its_model_differs(rows):
    by_name, _file = rows

    assert by_name["brand"].outcome == "pass"
    assert by_name["brand"].notes == []


def test_without_letter_and_answer_the_columns_stay_empty(law, clerk, reviewer, exporter):
    vehicle = make_vehicle(exporter, by=clerk)
    case = factories.checked(make_case(exporter, vehicle, by=clerk))
    file = read(find(reviewer, case.reference), user=reviewer, vin="", document="")

    assert {texts(row.letter) + texts(row.registry) for row in file.rows} == {""}
