"""Walk every address of the portal as somebody it is none of the business of."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver, reverse

from documents.models import Attachment, Document, Page
from exports.models import Notice, Role, User
from reviews import claims, decisions
from reviews.models import Case, Licence, Opinion, Reason
from reviews.opinions import asking
from tests.factories import (
    NOON,
    answer_registry,
    clerk_of,
    make_case,
    make_confirmation,
    make_draft,
    make_exporter,
    make_manufacturer,
    make_person,
    make_vehicle,
    officer_of,
    upload,
)

pytestmark = pytest.mark.usefixtures("committed")
METHODS = ("get", "post")
CLOSED = (403, 404, 405)


def portal_addresses(of: str = "portal") -> Iterator[URLPattern]:
    """Yield every address of the portal, or *of* another namespace, that names an object."""
    namespace = next(
        entry for entry in get_resolver().url_patterns if getattr(entry, "namespace", "") == of
    )
    for entry in namespace.url_patterns:
        if entry.pattern.regex.groups:
            yield entry


def everything_of(exporter: Any, clerk: Any) -> dict[str, list[Any]]:
    """Make one of each object an exporter can have and return the keys addresses use."""
    reviewer = make_person(Role.REVIEWER, exporter.office)
    vehicles = [make_vehicle(exporter, by=clerk, age=age) for age in (100, 300, 301)]
    confirmation = make_confirmation(vehicles[:1], by=clerk)
    for vehicle in vehicles:
        answer_registry(vehicle)
    draft = make_draft(exporter, vehicles[2], by=clerk)
    paper = upload(exporter, b"%PDF-1.4 not really", by=clerk, kind="contract", name="contract.pdf")
    Attachment.objects.create(
        application=draft, document=paper, attached_by=clerk, attached_at=NOON
    )
    issued = claims.claim(
        in_review(make_case(exporter, vehicles[0], by=clerk)), by=reviewer, at=NOON
    )
    decisions.issue(issued, by=reviewer, at=NOON)
    returned = claims.claim(
        in_review(make_case(exporter, vehicles[1], by=clerk)), by=reviewer, at=NOON
    )
    question = decisions.Question(reason=Reason.objects.get(pk="RC09"), document_kind="contract")
    decisions.ask(returned, questions=[question], by=reviewer, at=NOON)
    return {
        "vin": [vehicle.vin for vehicle in vehicles],
        "reference": [draft.reference, issued.reference, returned.reference],
        "key": [document.key for document in Document.objects.filter(exporter=exporter)],
        "number": [1, Licence.objects.get(exporter=exporter).number],
        "pk": [
            Notice.objects.filter(to=clerk)[0].pk,
            confirmation.pk,
            Attachment.objects.get(application=draft).pk,
        ],
    }


def in_review(case: Case) -> Case:
    case.refresh_from_db()
    assert case.status == "in_review"
    return case


def addresses(
    entry: URLPattern, known: dict[str, list[Any]], *, of: str = "portal"
) -> Iterator[str]:
    """Yield *entry* filled with every combination of the keys that fit its converters."""
    names = re.findall(r"<(?:\w+:)?(\w+)>", str(entry.pattern))
    combinations: list[dict[str, Any]] = [{}]
    for name in names:
        values = known.get(name, known["pk"])
        combinations = [{**made, name: value} for made in combinations for value in values]
    for values in combinations:
        try:
            yield reverse(f"{of}:{entry.name}", kwargs=values)
        except Exception:
            continue


@pytest.mark.parametrize(
    "who", ["another exporter's clerk", "a manufacturer's officer", "a reviewer"]
)
def test_a_stranger_finds_nothing_at_any_address_of_the_portal(who, client):
    exporter = make_exporter()
    clerk = clerk_of(exporter)
    known = everything_of(exporter, clerk)
    other_office = make_exporter().office
    stranger = {
        "another exporter's clerk": lambda: clerk_of(make_exporter()),
        "a manufacturer's officer": lambda: make_person(
            Role.OFFICER, make_manufacturer("长城汽车股份有限公司")
        ),
        "a reviewer": lambda: make_person(Role.REVIEWER, other_office),
    }[who]()
    client.force_login(stranger)

    tried, opened = 0, []
    for entry in portal_addresses():
        for address in addresses(entry, known):
            for method in METHODS:
                tried += 1
                response = getattr(client, method)(address)
                if response.status_code not in CLOSED:
                    opened.append((method, address, response.status_code))

    assert tried > 60
    assert opened == []


def test_the_walk_would_notice_an_open_door(client):
    exporter = make_exporter()
    clerk = clerk_of(exporter)
    known = everything_of(exporter, clerk)
    client.force_login(clerk)

    statuses = set()
    for entry in portal_addresses():
        for address in addresses(entry, known):
            response = client.get(address)
            response.close()
            statuses.add(response.status_code)

    assert 200 in statuses
    assert not {status for status in statuses if status >= 500}


def test_nobody_gets_past_the_door_without_signing_in(client):
    exporter = make_exporter()
    known = everything_of(exporter, clerk_of(exporter))

    answers = {
        client.get(address).headers.get("Location", "")[:9]
        for entry in portal_addresses()
        for address in addresses(entry, known)
    }

    assert answers == {"/sign-in/"}


def asked_of_the_police() -> tuple[Opinion, dict[str, list[Any]]]:
    """Ask the police about a vehicle whose certificate they are shown; return the keys of it all.

    Besides there is a contract, which nobody outside the office is shown.
    """
    exporter = make_exporter()
    clerk = clerk_of(exporter)
    vehicle = make_vehicle(exporter, by=clerk, age=300)
    answer_registry(vehicle)
    case = in_review(make_case(exporter, vehicle, by=clerk))
    papers = []
    for kind in ("certificate", "contract"):
        paper = upload(exporter, f"%PDF-1.4 {kind}".encode(), by=clerk, kind=kind, name="x.pdf")
        Document.objects.filter(pk=paper.pk).update(state=Document.State.READY)
        Page.objects.get_or_create(
            document=paper, number=1, defaults={"width": 9, "height": 9, "image": "none.webp"}
        )
        Attachment.objects.create(
            application=case.application, document=paper, attached_by=clerk, attached_at=NOON
        )
        papers.append(paper.key)
    reviewer = make_person(Role.REVIEWER, exporter.office)
    opinion = asking.ask(case, "registration", vin=vehicle.vin, by=reviewer, at=NOON)
    return opinion, {
        "number": [opinion.number, 1],
        "key": papers,
        "page": [1],
        "reference": [case.reference],
        "pk": [1],
    }


@pytest.mark.parametrize(
    "who", ["another ministry's officer", "the exporter's clerk", "a reviewer", "a superuser"]
)
def test_a_stranger_finds_nothing_of_what_the_police_are_asked(who, client):
    opinion, known = asked_of_the_police()
    exporter = opinion.case.exporter
    stranger = {
        "another ministry's officer": lambda: officer_of("miit"),
        "the exporter's clerk": lambda: clerk_of(exporter),
        "a reviewer": lambda: make_person(Role.REVIEWER, exporter.office),
        "a superuser": lambda: User.objects.create_superuser("r@example.test", "x", name="R"),
    }[who]()
    client.force_login(stranger)

    tried = [
        getattr(client, method)(address).status_code
        for entry in portal_addresses("opinions")
        for address in addresses(entry, known, of="opinions")
        for method in METHODS
    ]

    assert len(tried) >= 8
    assert set(tried) <= {404, 405}


def test_the_police_see_their_question_its_paper_and_nothing_else(client):
    opinion, known = asked_of_the_police()
    certificate, contract = known["key"]
    client.force_login(officer_of("mps"))
    page = f"/opinions/{opinion.number}/"

    assert client.get(page).status_code == 200
    assert f"{page}papers/{certificate}/1.webp" in client.get(page).content.decode()
    assert client.get(f"{page}papers/{contract}/1.webp").status_code == 404
    assert client.get(f"{page}papers/{certificate}/2.webp").status_code == 404
    for of in ("portal", "workbench"):
        for entry in portal_addresses(of):
            for address in addresses(entry, known, of=of):
                assert client.get(address).status_code in CLOSED, address
