"""What a reviewer sees of the open paper, beside what was entered and declared."""

import pytest
from django.urls import reverse

from documents import confirming
from documents.models import Attachment, Document, Echo
from exports.models import Role
from tests import factories
from tests.factories import (
    BYD,
    NOON,
    TODAY,
    clerk_of,
    make_case,
    make_destination,
    make_exporter,
    make_manufacturer,
    make_office,
    make_person,
    make_vehicle,
)
from tests.seen import BOX, read, sealed, seen_letter, signed, specimen

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def vehicles(exporter, clerk):
    make_manufacturer()
    return [make_vehicle(exporter, by=clerk, age=100) for _ in range(3)]


@pytest.fixture
def letter(exporter, vehicles, clerk) -> Document:
    """A letter read, entered, and relied on."""
    document = seen_letter(exporter, vehicles, by=clerk)
    return enter(document, vehicles, by=clerk)


def enter(document: Document, vehicles, *, by, **facts) -> Document:
    country = make_destination()
    outlet = {"country": country, "name": "Astana Motors"}
    confirming.enter_confirmation(
        document.exporter,
        document=document,
        destinations=[country],
        vins=[vehicle.vin for vehicle in vehicles],
        outlets=[outlet],
        by=by,
        at=NOON,
        **{"issuer_name": BYD, "issued_on": TODAY} | facts,
    )
    return document


@pytest.fixture
def case(letter, exporter, vehicles, clerk):
    return factories.checked(make_case(exporter, *vehicles, by=clerk))


@pytest.fixture
def desk(client, reviewer):
    client.force_login(reviewer)
    return client


def opened(desk, case, **choice):
    """Return the page of *case* as read in English, and what it says of the open paper."""
    address = reverse("workbench:case", args=[case.reference])
    response = desk.get(address, {"lang": "en", **choice})
    return response.content.decode(), response.context["file"].opened


def row(opened, field: str):
    return next(row for row in opened.rows if row.read.field == field)


def test_each_value_stands_beside_what_was_entered_and_declared(desk, case, vehicles):
    text, paper = opened(desk, case, vin=vehicles[1].vin)

    vin = row(paper, "vin")
    assert vin.read.raw == vin.declared == vehicles[1].vin
    assert (vin.outcome, vin.read.kept) == ("pass", True)
    assert row(paper, "destination").outcome == "pass"
    assert "as read" in text
    assert f'id="box-{vin.read.name}"' in text
    assert "2 other VINs on this paper" in text
    assert {view.raw for view in paper.others.all} == {vehicles[0].vin, vehicles[2].vin}


def test_a_correction_shows_both_values_and_its_author(desk, exporter, vehicles, clerk):
    document = seen_letter(exporter, vehicles[:1], by=clerk)
    misread = vehicles[0].vin[:-1] + "O"
    document.readings.filter(field="vin").update(value=misread, printed=misread, sure=False)
    enter(document, vehicles[:1], by=clerk)
    case = factories.checked(make_case(exporter, vehicles[0], by=clerk))

    text, paper = opened(desk, case)

    vin = row(paper, "vin")
    assert (vin.outcome, vin.read.kept) == ("attention", False)
    assert vin.read.corrected.entered == vehicles[0].vin
    assert [part.text for part in vin.parts if part.differs] == ["O"]
    assert str(clerk) in text


def test_a_certificate_is_compared_with_the_vehicle(desk, case, exporter, vehicles, clerk):
    paper = seen_letter(exporter, vehicles[:1], by=clerk, kind="certificate")
    read(paper, "registered_on", "2020-01-01")
    Attachment.objects.create(
        application=case.application, document=paper, attached_by=clerk, attached_at=NOON
    )

    text, shown = opened(desk, case, vin=vehicles[0].vin, document=str(paper.key))

    assert row(shown, "registered_on").outcome == "attention"
    assert row(shown, "registered_on").declared == vehicles[0].registered_on.isoformat()
    assert row(shown, "vin").read.kept is None
    assert "differs" in text


def test_the_seal_stands_beside_the_specimen_on_record(desk, case, letter, reviewer):
    seal = sealed(letter)
    seal.specimen, seal.specimen_likeness = specimen(make_manufacturer(), by=reviewer), 0.93
    seal.save()

    text, _paper = opened(desk, case)

    address = reverse("workbench:specimen", args=[case.reference, seal.specimen.pk])
    assert address in text
    assert "looks like the same seal" in text
    assert "Nothing here proves it genuine." in text


def test_a_specimen_is_shown_only_for_a_case_with_a_seal_compared_with_it(
    client, case, letter, reviewer, clerk, tmp_path, settings
):
    settings.MEDIA_ROOT = tmp_path
    seal = sealed(letter)
    own, foreign = (specimen(make_manufacturer(), by=reviewer, image=f"{n}.webp") for n in "ab")
    seal.specimen = own
    seal.save()
    (tmp_path / "a.webp").write_bytes(b"RIFF")
    stranger = make_person(Role.REVIEWER, make_office("shanghai"))

    def status(user, seen):
        client.force_login(user)
        address = reverse("workbench:specimen", args=[case.reference, seen.pk])
        response = client.get(address)
        if response.streaming:
            assert b"".join(response.streaming_content) == b"RIFF"
        return response.status_code

    assert status(reviewer, own) == 200
    assert status(reviewer, foreign) == 404
    assert status(stranger, own) == 404
    assert status(clerk, own) in (302, 403, 404)


def test_a_signature_says_what_it_is_worth(desk, case, letter):
    signed(letter, make_manufacturer())

    text, _paper = opened(desk, case)

    assert f"Valid signature of {BYD}" in text


def test_a_paper_met_elsewhere_links_to_the_other_case(desk, case, letter, office):
    other = make_exporter(office=office)
    clerk = clerk_of(other)
    vehicle = make_vehicle(other, by=clerk)
    twin = seen_letter(other, [vehicle], by=clerk)
    second = make_case(other, vehicle, by=clerk)
    Attachment.objects.create(
        application=second.application, document=twin, attached_by=clerk, attached_at=NOON
    )
    facts = {"page": 1, "earlier_page": 1}
    Echo.objects.create(
        document=twin, earlier=letter, kind="seal_copied", facts=facts, noticed_at=NOON
    )

    text, paper = opened(desk, case)

    (met,) = paper.met
    assert met.exporter == str(other)
    assert f"/workbench/cases/{second.reference}/?document={twin.key}" in text
    assert "page 1 here, page 1 there" in text


def test_numbers_countries_and_vins_shared_are_named_from_this_side(desk, case, letter, vehicles):
    twin = seen_letter(letter.exporter, vehicles[:1], by=letter.uploaded_by, number="N2")
    vins = {"vins": [vehicles[0].vin]}
    for kind, facts in (
        ("number_reused", {"number": "ASC-1"} | vins),
        ("other_country", {"countries": ["RU"], "earlier_countries": ["KZ"]} | vins),
    ):
        Echo.objects.create(document=twin, earlier=letter, kind=kind, facts=facts, noticed_at=NOON)

    text, paper = opened(desk, case)

    assert "there for RU" in text
    assert {fact for met in paper.met for fact in met.facts} >= {"ASC-1", vehicles[0].vin}


def test_a_paper_under_way_shows_its_state_and_no_page(desk, case, letter):
    Document.objects.update(state="infected", refusal="infected")

    text, paper = opened(desk, case)

    assert paper is None
    assert "This document has no pages to show: infected." in text
    address = reverse("workbench:document_page", args=[case.reference, letter.key, 1])
    assert desk.get(address).status_code == 404


@pytest.mark.parametrize(("engine", "said"), [("", True), ("ClamAV 1.0", False)])
def test_a_paper_nobody_scanned_is_marked(desk, case, engine, said):
    Document.objects.update(scanned_by=engine)

    text, _paper = opened(desk, case)

    assert ("not scanned" in text) is said


@pytest.mark.parametrize("many", [1, 30])
def test_the_open_paper_costs_the_same_however_much_was_seen_on_it(
    desk, case, letter, clerk, many, django_assert_max_num_queries
):
    """Fifteen queries for the case, two for values and seals, two for corrections and echoes."""
    for position in range(many):
        read(letter, "outlet", "Astana Motors", position=position)
        sealed(letter, position=position)
    letter.pages.update(
        disagreements=[{"field": "vin", "layer": "A", "picture": "B", "box": BOX}] * many
    )

    with django_assert_max_num_queries(19):
        opened(desk, case)
