"""Many confirmations from one spreadsheet: nothing while a row is wrong, everything once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from documents.desk import asking, many
from documents.models import Confirmation
from exports.errors import Incomplete, Moved, NotAllowed, SheetUnreadable
from tests.documents.desk import make_outlet, officer
from tests.factories import NOON, make_destination, make_manufacturer, make_vehicle, make_vin

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhao():
    zhao = officer()
    make_outlet(zhao)
    return zhao


def sheet_of(*rows, by):
    lines = ["VIN,destination,exporter,valid until", *(",".join(row) for row in rows)]
    content = "\n".join(lines).encode()
    return many.take_in(by.manufacturer, content, name="list.csv", by=by, at=NOON)


def test_rows_become_one_confirmation_for_each_exporter_and_term(zhao, exporter):
    vins = [make_vin() for _ in range(3)]
    ends = ["2026-12-31", "2026-12-31", "2027/1/31"]
    sheet = sheet_of(
        *([vin, "KZ", exporter.uscc, end] for vin, end in zip(vins, ends, strict=True)), by=zhao
    )

    many.issue_all(sheet, by=zhao, at=NOON)

    counts = [made.vehicles.count() for made in Confirmation.objects.order_by("id")]
    assert counts == [2, 1]
    with pytest.raises(Moved):
        many.issue_all(sheet, by=zhao, at=NOON)
    assert Confirmation.objects.count() == 2


def test_nothing_is_issued_while_a_row_is_wrong(zhao, exporter):
    good, twice = make_vin(), make_vin()
    sheet = sheet_of(
        [good, "KZ", exporter.uscc, ""],
        ["LGX1", "KZ", exporter.uscc, ""],
        [make_vin(), "Atlantis", exporter.uscc, ""],
        [make_vin(), "KZ", "", ""],
        [twice, "KZ", exporter.uscc, "soon"],
        [twice, "KZ", exporter.uscc, ""],
        by=zhao,
    )

    assert [bool(line.problems) for line in many.lines_of(sheet)] == [False, *[True] * 5]
    with pytest.raises(Incomplete):
        many.issue_all(sheet, by=zhao, at=NOON)
    assert not Confirmation.objects.exists()


def test_without_a_code_the_one_who_asked_is_meant(zhao, clerk):
    vehicle = make_vehicle(clerk.exporter, by=clerk)
    asking.ask_for_confirmation(
        clerk.exporter,
        manufacturer=make_manufacturer(),
        destination=make_destination(),
        vins=[vehicle.vin],
        by=clerk,
        at=NOON,
    )

    line = many.lines_of(sheet_of([vehicle.vin, "KZ", "", ""], by=zhao))[0]

    assert (line.exporter, line.problems) == (clerk.exporter, ())


def test_who_may_and_what_is_no_spreadsheet(zhao, clerk):
    with pytest.raises(NotAllowed):
        many.take_in(make_manufacturer(), b"VIN,destination\nx,KZ", name="a.csv", by=clerk, at=NOON)
    for content in (b"", b"%PDF-1.7", b"a,b\n1,2"):
        with pytest.raises(SheetUnreadable):
            many.take_in(zhao.manufacturer, content, name="a.csv", by=zhao, at=NOON)


def test_the_page_reads_shows_and_issues(signed_in, zhao, exporter):
    client = signed_in(zhao)
    content = f"VIN,destination,exporter\n{make_vin()},KZ,{exporter.uscc}".encode()

    answer = client.post(
        reverse("portal:maker_sheets"), {"file": SimpleUploadedFile("list.csv", content)}
    )

    assert client.get(answer.url).status_code == 200
    assert client.post(answer.url).status_code == 302
    assert Confirmation.objects.get().exporter == exporter
