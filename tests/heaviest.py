"""A case with every kind of thing its page can show, twenty vehicles of it."""

from documents import confirming
from documents.models import Attachment, Document, Echo
from exports.models import Exporter, Office, Role
from reviews import claims, decisions
from reviews.models import Case
from tests import factories
from tests.factories import BYD, NOON, TODAY, clerk_of
from tests.seen import read, sealed, seen_letter, signed, specimen

VEHICLES = 20


def heaviest_case() -> Case:
    """Return a case that was asked about, answered, recommended and sent back.

    Its letter is read with a correction, sealed like a specimen, signed, and met elsewhere.
    """
    office = factories.make_office()
    exporter = factories.make_exporter(office=office)
    clerk = clerk_of(exporter)
    maker = factories.make_manufacturer()
    vehicles = [factories.make_vehicle(exporter, by=clerk, age=100) for _ in range(VEHICLES)]
    letter = entered_letter(exporter, vehicles, by=clerk, maker=maker)
    met_elsewhere(letter, office)
    for vehicle in vehicles:
        factories.answer_registry(vehicle)
    case = factories.make_case(exporter, *vehicles, by=clerk)
    certificate = seen_letter(exporter, vehicles[:1], by=clerk, kind="certificate")
    read(certificate, "registered_on", "2020-01-01")
    attach(certificate, case, by=clerk)
    return worked_on(case, office, clerk=clerk)


def worked_on(case: Case, office: Office, *, clerk) -> Case:
    """Let *case* be asked about, answered, recommended for refusal and sent back."""
    reviewer = factories.make_person(Role.REVIEWER, office)
    senior = factories.make_person(Role.SENIOR, office)
    case = claims.claim(factories.checked(case), by=reviewer, at=NOON)
    request = factories.ask_for(case, by=reviewer)
    case = factories.checked(factories.answer_all(request, by=clerk))
    decision = factories.recommend_refusal(case, by=reviewer)
    decisions.send_back(decision, by=senior, at=NOON, note="更正")
    return Case.objects.get(pk=case.pk)


def entered_letter(exporter: Exporter, vehicles, *, by, maker) -> Document:
    """Return a letter read, sealed like a specimen, signed, and entered with a correction."""
    document = seen_letter(exporter, vehicles, by=by)
    misread = vehicles[0].vin[:-1] + "O"
    document.readings.filter(field="vin", position=0).update(value=misread, sure=False)
    signed(document, maker)
    seal = sealed(document)
    seal.specimen, seal.specimen_likeness = specimen(maker, by=by), 0.93
    seal.save()
    country = factories.make_destination()
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


def met_elsewhere(document: Document, office: Office) -> None:
    """Let another exporter's paper, attached to a case, share its seal with *document*."""
    other = factories.make_exporter(office=office)
    clerk = clerk_of(other)
    vehicle = factories.make_vehicle(other, by=clerk)
    twin = seen_letter(other, [vehicle], by=clerk)
    attach(twin, factories.make_case(other, vehicle, by=clerk), by=clerk)
    facts = {"page": 1, "earlier_page": 1}
    Echo.objects.create(
        document=twin, earlier=document, kind="seal_copied", facts=facts, noticed_at=NOON
    )


def attach(document: Document, case: Case, *, by) -> None:
    Attachment.objects.create(
        application=case.application, document=document, attached_by=by, attached_at=NOON
    )
