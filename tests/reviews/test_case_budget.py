"""What the page of a case may cost: queries, counted at its heaviest."""

import pytest
from django.urls import reverse

from documents import confirming
from documents.models import Attachment, Document, Echo
from reviews import casefile, claims, decisions
from tests import factories
from tests.factories import (
    BYD,
    NOON,
    TODAY,
    answer_registry,
    ask_for,
    clerk_of,
    make_case,
    make_destination,
    make_exporter,
    make_manufacturer,
    make_vehicle,
    recommend_refusal,
)
from tests.seen import read, sealed, seen_letter, signed, specimen

pytestmark = pytest.mark.usefixtures("law")


def entered(exporter, vehicles, *, by) -> Document:
    """Return a letter read, signed, sealed like a specimen, and entered with a correction."""
    document = seen_letter(exporter, vehicles, by=by)
    document.readings.filter(field="vin", position=0).update(value="LGXC74CG0T000000O", sure=False)
    maker = make_manufacturer()
    signed(document, maker)
    seal = sealed(document)
    seal.specimen, seal.specimen_likeness = specimen(maker, by=by), 0.93
    seal.save()
    country = make_destination()
    confirming.enter_confirmation(
        exporter,
        document=document,
        destinations=[country],
        vins=[vehicle.vin for vehicle in vehicles],
        outlets=[{"country": country, "name": "Astana Motors"}],
        issuer_name=BYD,
        issued_on=TODAY,
        by=by,
        at=NOON,
    )
    return document


def met_elsewhere(document: Document, office) -> None:
    """Let another exporter's paper, attached to a case, share its seal with *document*."""
    other = make_exporter(office=office)
    clerk = clerk_of(other)
    vehicle = make_vehicle(other, by=clerk)
    twin = seen_letter(other, [vehicle], by=clerk)
    case = make_case(other, vehicle, by=clerk)
    Attachment.objects.create(
        application=case.application, document=twin, attached_by=clerk, attached_at=NOON
    )
    facts = {"page": 1, "earlier_page": 1}
    Echo.objects.create(
        document=twin, earlier=document, kind="seal_copied", facts=facts, noticed_at=NOON
    )


@pytest.fixture
def heaviest(exporter, clerk, reviewer, senior, office):
    """Twenty vehicles and every kind of thing the page can show."""
    make_manufacturer()
    vehicles = [make_vehicle(exporter, by=clerk, age=100) for _ in range(20)]
    letter = entered(exporter, vehicles, by=clerk)
    met_elsewhere(letter, office)
    for vehicle in vehicles:
        answer_registry(vehicle)
    case = make_case(exporter, *vehicles, by=clerk)
    certificate = seen_letter(exporter, vehicles[:1], by=clerk, kind="certificate")
    read(certificate, "registered_on", "2020-01-01")
    Attachment.objects.create(
        application=case.application, document=certificate, attached_by=clerk, attached_at=NOON
    )
    case = claims.claim(factories.checked(case), by=reviewer, at=NOON)
    case = factories.checked(factories.answer_all(ask_for(case, by=reviewer), by=clerk))
    decision = recommend_refusal(case, by=reviewer)
    decisions.send_back(decision, by=senior, at=NOON, note="更正")
    return case


def test_the_heaviest_case_takes_fifteen_queries(
    client, heaviest, reviewer, django_assert_max_num_queries
):
    """Session and person included, at the first visit, with nothing cached."""
    client.force_login(reviewer)
    address = reverse("workbench:case", args=[heaviest.reference])

    with django_assert_max_num_queries(15):
        response = client.get(address)

    file = response.context["file"]
    assert len(file.tiles) == 20
    assert file.opened.met
    assert file.opened.seen.signatures[0].unit == BYD
    assert file.opened.seen.corrections
    assert file.opened.seen.seals[0].specimen
    assert file.answer
    assert file.items
    assert [each.code for each in file.case.decisions.all()[0].reasons.all()]
    assert file.clock


def test_the_file_itself_takes_seven(heaviest, reviewer, django_assert_max_num_queries):
    """What the page adds to it later has eight left, three of them for session and person."""
    assert reviewer.office

    with django_assert_max_num_queries(7):
        case = casefile.find(reviewer, heaviest.reference)
        casefile.read(case, user=reviewer, vin="", document="")
