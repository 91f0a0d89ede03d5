"""Three sources side by side: what is marked, what comes first."""

import pytest
from django.utils.translation import override

from documents.models import Document, Reading
from exports.models import Manufacturer
from reviews import comparison
from reviews.casefile import find, read
from reviews.comparison import marked
from reviews.models import Case
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

    assert texts(by_name["destination"].declared).endswith(" KZ")
    assert texts(by_name["destination"].letter).endswith(" RU")
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


def test_what_a_letter_prints_beside_the_vin_stands_in_its_column(rows, reviewer):
    _by_name, file = rows
    Reading.objects.create(
        document=Document.objects.get(),
        field=Reading.Field.VIN,
        position=0,
        value=file.line.vin,
        printed=file.line.vin,
        parts={"brand": "比亚迪", "registered_on": "2026-08-01"},
        confidence=1.0,
        sure=True,
        page=1,
        box=[0, 0, 1, 1],
    )

    with override("en"):
        letter = {row.name: texts(row.letter) for row in reread(file.case, reviewer).rows}

    assert letter["brand"] == "比亚迪"
    assert letter["registered_on"] == "2026-08-01"
    assert letter["model"] == "not read"
    assert letter["owner_name"] == ""


def test_each_reader_sees_names_in_their_language_beside_what_is_printed(rows, reviewer):
    _by_name, file = rows
    maker = factories.make_manufacturer(file.line.vehicle.maker_name)
    Manufacturer.objects.filter(pk=maker.pk).update(brand_en="BYD Auto")

    seen = {}
    for language in ("en", "zh-hans"):
        with override(language):
            again = {row.name: row for row in reread(file.case, reviewer).rows}
        declared = again["maker_name"]
        assert texts(declared.declared) == file.line.vehicle.maker_name
        seen[language] = (declared.glosses["declared"], texts(again["destination"].declared))

    assert seen["en"] == ("BYD Auto", "Kazakhstan KZ")
    assert seen["zh-hans"] == ("", "哈萨克斯坦 KZ")


def reread(case: Case, reviewer):
    return read(find(reviewer, case.reference), user=reviewer, vin="", document="")
