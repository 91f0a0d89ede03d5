"""A vehicle the office asks about may be left out, so that the others go on."""

import pytest
from django.urls import reverse

from exports.errors import Incomplete, LastVehicle, Moved, NotAllowed, RoleMissing
from reviews import claims, leaving_out
from reviews.decisions import Question, ask
from reviews.models import Case, Reason, Request, RequestItem
from reviews.states import Status
from tests.factories import (
    NOON,
    answer_registry,
    checked,
    clerk_of,
    make_case,
    make_exporter,
    make_person,
    make_vehicle,
)

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def returned(exporter, clerk):
    """A case of two vehicles; the office asks about the brand of the second."""

    def make(size=2, *, contract=False) -> Request:
        vehicles = [make_vehicle(exporter, by=clerk) for _ in range(size)]
        for vehicle in vehicles:
            answer_registry(vehicle)
        case = checked(make_case(exporter, *vehicles, by=clerk))
        reviewer = make_person("reviewer", exporter.office)
        reason = Reason.objects.get(pk="RC09")
        line = case.application.lines.last()
        questions = [Question(reason=reason, field="brand", line=line)]
        if contract:
            questions.append(Question(reason=reason, document_kind="contract"))
        case = claims.claim(case, by=reviewer, at=NOON)
        return ask(case, questions=questions, by=reviewer, at=NOON)

    return make


def line_asked(request):
    return request.items.exclude(line=None).get().line


def test_the_others_are_filed_anew_and_the_vehicle_is_in_a_draft(returned, clerk):
    request = returned()
    line = line_asked(request)

    draft = leaving_out.leave_out(request, line, by=clerk, at=NOON)

    case = Case.objects.get()
    assert (case.status, case.vehicle_count) == (Status.CHECKING, 1)
    assert [each.vin for each in case.application.lines.all()] == [case.first_vin]
    assert draft.is_draft
    assert [(each.vin, each.live) for each in draft.lines.all()] == [(line.vin, False)]
    assert request.items.get().state == RequestItem.State.ANSWERED
    assert Request.objects.get().answered_at == NOON


def test_what_else_is_asked_stays_open(returned, clerk):
    request = returned(contract=True)

    leaving_out.leave_out(request, line_asked(request), by=clerk, at=NOON)

    assert Case.objects.get().status == Status.RETURNED
    states = set(request.items.values_list("document_kind", "state"))
    assert states == {("", "answered"), ("contract", "open")}


def test_what_else_is_asked_is_answered_alone(returned, clerk, client):
    request = returned(contract=True)
    leaving_out.leave_out(request, line_asked(request), by=clerk, at=NOON)
    address = reverse("portal:application_answer", args=[request.case.reference])
    client.force_login(clerk)
    [point] = client.get(address).context["points"]

    client.post(address, {f"item-{point.item.pk}-text": "见合同第九条"})

    assert Case.objects.get().status == Status.CHECKING


def test_the_left_out_draft_may_be_filed_at_once(returned, clerk):
    request = returned()
    draft = leaving_out.leave_out(request, line_asked(request), by=clerk, at=NOON)

    case = leaving_out.intake.file(draft, by=clerk, at=NOON)

    assert case.vehicle_count == 1


def test_the_only_vehicle_stays(returned, clerk):
    request = returned(1)

    with pytest.raises(LastVehicle):
        leaving_out.leave_out(request, line_asked(request), by=clerk, at=NOON)


def test_a_vehicle_nobody_asks_about_stays(returned, clerk):
    request = returned()

    with pytest.raises(Incomplete):
        leaving_out.leave_out(request, request.case.application.lines.first(), by=clerk, at=NOON)


def test_twice_is_once(returned, clerk):
    request = returned(3, contract=True)
    line = line_asked(request)
    leaving_out.leave_out(request, line, by=clerk, at=NOON)

    with pytest.raises((Incomplete, Moved)):
        leaving_out.leave_out(request, line, by=clerk, at=NOON)

    assert Case.objects.get().vehicle_count == 2


@pytest.mark.parametrize(("who", "refusal"), [("viewer", RoleMissing), ("stranger", NotAllowed)])
def test_only_the_exporters_writers_leave_out(returned, exporter, who, refusal):
    request = returned()
    person = make_person("viewer", exporter) if who == "viewer" else clerk_of(make_exporter())

    with pytest.raises(refusal):
        leaving_out.leave_out(request, line_asked(request), by=person, at=NOON)


def test_the_page_asks_first(returned, clerk, client):
    request = returned()
    reference, vin = request.case.reference, line_asked(request).vin
    client.force_login(clerk)
    offer = client.get(reverse("portal:application_answer", args=[reference])).content.decode()
    address = reverse("portal:application_leave_out", args=[reference, vin])

    client.get(address)
    assert Case.objects.get().vehicle_count == 2
    client.post(address)

    assert address in offer
    assert Case.objects.get().vehicle_count == 1
