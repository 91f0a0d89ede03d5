"""The exporter's list: found, downloaded, and the same act on many applications at once."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents import filing
from documents.models import Attachment
from exports.errors import Frozen, LastVehicle, Moved, NotAllowed, RoleMissing
from exports.models import Application, Event
from reviews import at_once, intake, redrafting
from reviews.filing_many import ready_to_file
from reviews.models import Case
from reviews.states import Status
from tests.factories import (
    NOON,
    TODAY,
    clerk_of,
    make_case,
    make_clean_case,
    make_confirmation,
    make_draft,
    make_exporter,
    make_person,
    make_vehicle,
    upload,
)


def url(name: str, *args: object) -> str:
    return reverse(f"portal:{name}", args=args)


@pytest.fixture
def page(client, exporter, law):
    client.force_login(clerk_of(exporter, language="en"))
    with time_machine.travel(NOON, tick=False):
        yield client


def found(page, **query):
    rows = page.get(url("applications"), query).context["rows"]
    return [row.reference for row, _case, _word in rows]


@pytest.mark.parametrize("by", ["reference", "contract", "whole VIN", "end of VIN", "spaced VIN"])
def test_an_application_is_found_by_what_people_have_at_hand(page, exporter, clerk, by):
    vehicle = make_vehicle(exporter, by=clerk)
    wanted = make_draft(exporter, vehicle, by=clerk, contract_number="HT-2026-777")
    make_draft(exporter, by=clerk, contract_number="HT-2026-888")
    words = {
        "reference": wanted.reference.lower(),
        "contract": "ht-2026-777",
        "whole VIN": vehicle.vin.lower(),
        "end of VIN": vehicle.vin[-6:],
        "spaced VIN": f"{vehicle.vin[:3]} {vehicle.vin[3:9]} {vehicle.vin[9:]}",
    }

    assert found(page, q=words[by]) == [wanted.reference]


@pytest.mark.parametrize("q", ["\x00", "\ud800", "x" * 5000, "%' OR 1=1"])
def test_a_search_for_nonsense_is_answered(page, q):
    sent = q.encode("utf-8", "surrogatepass")

    assert (
        page.get(url("applications"), {"q": sent, "state": sent[:9], "before": "1e9"}).status_code
        == 200
    )


def test_the_list_as_a_table_is_noted_and_runs_no_formula(page, exporter, clerk):
    make_draft(exporter, by=clerk, contract_number="=1+1")

    text = page.get(url("applications_csv"), {"state": "draft"}).content.decode("utf-8-sig")

    assert '"\'=1+1"' in text
    assert Event.objects.get(action="applications.exported").after == {"applications": 1}


def test_the_list_costs_the_same_for_one_row_and_for_many(page, exporter, clerk):
    make_clean_case(exporter, by=clerk)
    with CaptureQueriesContext(connection) as few:
        page.get(url("applications"))
    for _ in range(3):
        make_draft(exporter, by=clerk)

    with CaptureQueriesContext(connection) as many:
        page.get(url("applications"))

    assert len(few) == len(many) <= 8


# --- file many ----------------------------------------------------------------------------------
def test_drafts_that_may_be_filed_are_told_from_those_that_lack_something(exporter, clerk, law):
    young, taken = (make_vehicle(exporter, by=clerk, age=age) for age in (100, 300))
    ready = make_draft(exporter, make_vehicle(exporter, by=clerk, age=181), by=clerk)
    no_letter = make_draft(exporter, young, by=clerk)
    make_draft(exporter, by=clerk, port=None)
    make_case(exporter, taken, by=clerk)
    busy = make_draft(exporter, taken, by=clerk)

    found = {each.draft: each for each in ready_to_file(exporter, on=TODAY)}

    assert set(found) == {ready, no_letter, busy}
    assert [draft for draft, each in found.items() if each.complete] == [ready]
    assert found[no_letter].lacking == [young.vin]
    assert found[busy].busy == [taken.vin]


def test_a_letter_makes_a_draft_ready(exporter, clerk, law):
    vehicle = make_vehicle(exporter, by=clerk, age=100)
    make_confirmation([vehicle], by=clerk)
    make_draft(exporter, vehicle, by=clerk)

    assert [each.complete for each in ready_to_file(exporter, on=TODAY)] == [True]


def test_fifteen_drafts_are_filed_at_once_and_twice_changes_nothing(page, exporter, clerk):
    drafts = [make_draft(exporter, by=clerk) for _ in range(15)]
    ticked = [each.value for each in page.get(url("applications_file")).context["ready"]]

    first = page.post(url("applications_file"), {"ticked": ticked})
    again = page.post(url("applications_file"), {"ticked": ticked})

    assert (first.context["done"], again.context["done"]) == (15, 0)
    assert Case.objects.filter(application__in=drafts).count() == 15
    assert Event.objects.filter(action="application.filed").count() == 15


def test_a_draft_changed_since_it_was_seen_is_not_filed_with_the_others(exporter, clerk):
    seen, changed = make_draft(exporter, by=clerk), make_draft(exporter, by=clerk)
    changed.version -= 1

    outcomes = at_once.file_all([seen, changed], by=clerk, at=NOON)

    assert [bool(each.refusal) for each in outcomes] == [False, True]
    assert list(Case.objects.values_list("reference", flat=True)) == [seen.reference]


@pytest.mark.parametrize("who", ["viewer", "stranger"])
def test_nobody_else_files_or_withdraws(exporter, clerk, who):
    draft, case = make_draft(exporter, by=clerk), make_case(exporter, by=clerk)
    person = make_person("viewer", exporter) if who == "viewer" else clerk_of(make_exporter())

    filed = at_once.file_all([draft], by=person, at=NOON)
    withdrawn = at_once.withdraw_all([case], by=person, at=NOON)

    assert filed[0].refusal
    assert withdrawn[0].refusal
    assert Case.objects.get().status == Status.CHECKING


def test_a_strangers_draft_is_not_among_the_ticked(page):
    other = clerk_of(make_exporter())
    draft = make_draft(other.exporter, by=other)

    answer = page.post(url("applications_file"), {"ticked": [f"{draft.reference}.1", "\x00.x", ""]})

    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_the_filing_page_costs_the_same_for_one_draft_and_for_many(page, exporter, clerk):
    make_draft(exporter, by=clerk)
    with CaptureQueriesContext(connection) as few:
        page.get(url("applications_file"))
    for _ in range(3):
        make_draft(exporter, by=clerk)

    with CaptureQueriesContext(connection) as many:
        page.get(url("applications_file"))

    assert len(few) == len(many) <= 12


# --- withdraw many ------------------------------------------------------------------------------
def test_the_ticked_are_withdrawn_after_one_question(page, exporter, clerk):
    cases = [make_case(exporter, by=clerk) for _ in range(2)]
    ticked = {"ticked": [case.reference for case in cases]}

    asked = page.post(url("applications_withdraw"), ticked)
    assert Case.objects.filter(status=Status.WITHDRAWN).count() == 0
    done = page.post(url("applications_withdraw"), ticked | {"sure": "yes", "note": "sold"})

    assert {each.reference for each in asked.context["chosen"]} == set(ticked["ticked"])
    assert done.context["done"] == 2
    assert Case.objects.filter(status=Status.WITHDRAWN).count() == 2


def test_what_was_withdrawn_meanwhile_is_said_beside_its_row(page, exporter, clerk):
    case = make_case(exporter, by=clerk)
    intake.withdraw(case, by=clerk, at=NOON)

    done = page.post(url("applications_withdraw"), {"ticked": case.reference, "sure": "yes"})

    assert done.context["done"] == 0
    assert done.context["outcomes"][0].refusal


def test_nothing_ticked_is_said(page):
    answer = page.post(url("applications_withdraw"), follow=True)

    assert "Tick at least one application." in answer.content.decode()


# --- copy and set apart -------------------------------------------------------------------------
def test_a_copy_has_the_terms_and_the_free_vehicles(exporter, clerk):
    held, free = make_vehicle(exporter, by=clerk), make_vehicle(exporter, by=clerk)
    case = make_case(exporter, held, free, by=clerk, contract_number="HT-9")
    intake.withdraw(case, by=clerk, at=NOON)
    make_case(exporter, held, by=clerk)

    draft, left_out = redrafting.copy(case.application, by=clerk, at=NOON)

    assert (draft.contract_number, draft.is_draft) == ("HT-9", True)
    assert not draft.market_declaration
    assert [line.vin for line in draft.lines.all()] == [free.vin]
    assert left_out == [held.vin]


def test_a_vehicle_of_another_draft_is_not_copied(exporter, clerk):
    draft = make_draft(exporter, by=clerk)

    copied, left_out = redrafting.copy(draft, by=clerk, at=NOON)

    assert not copied.lines.exists()
    assert left_out == [draft.lines.get().vin]


@pytest.mark.parametrize(("who", "refusal"), [("viewer", RoleMissing), ("stranger", NotAllowed)])
def test_only_the_exporters_writers_copy_and_set_apart(exporter, clerk, who, refusal):
    draft = make_draft(exporter, *(make_vehicle(exporter, by=clerk) for _ in "ab"), by=clerk)
    person = make_person("viewer", exporter) if who == "viewer" else clerk_of(make_exporter())

    with pytest.raises(refusal):
        redrafting.copy(draft, by=person, at=NOON)
    with pytest.raises(refusal):
        redrafting.set_apart(draft, draft.lines.first(), by=person, at=NOON)


def test_a_vehicle_set_apart_takes_its_papers_along(exporter, clerk):
    one, two = make_vehicle(exporter, by=clerk), make_vehicle(exporter, by=clerk)
    draft = make_draft(exporter, one, two, by=clerk)
    for kind, vehicle in (("certificate", two), ("contract", None)):
        document = upload(exporter, f"%PDF-1.7\n%{kind}".encode(), by=clerk, kind=kind)
        filing.attach_to_draft(document, draft, vehicle=vehicle, by=clerk, at=NOON)

    own = redrafting.set_apart(draft, draft.lines.get(vehicle=two), by=clerk, at=NOON)

    assert [line.vin for line in draft.lines.all()] == [one.vin]
    assert [line.vin for line in own.lines.all()] == [two.vin]
    assert own.contract_number == draft.contract_number
    kinds = Attachment.objects.values_list("application__reference", "document__kind")
    assert sorted(kinds) == sorted(
        [(draft.reference, "contract"), (own.reference, "certificate"), (own.reference, "contract")]
    )


def test_the_last_vehicle_stays(exporter, clerk):
    draft = make_draft(exporter, by=clerk)

    with pytest.raises(LastVehicle):
        redrafting.set_apart(draft, draft.lines.get(), by=clerk, at=NOON)


def test_of_a_filed_batch_no_exporter_takes_a_vehicle(exporter, clerk):
    vehicles = [make_vehicle(exporter, by=clerk) for _ in range(2)]
    filed = make_case(exporter, *vehicles, by=clerk).application

    with pytest.raises(Frozen):
        redrafting.set_apart(filed, filed.lines.first(), by=clerk, at=NOON)


def test_a_draft_changed_meanwhile_is_not_split(exporter, clerk):
    draft = make_draft(exporter, *(make_vehicle(exporter, by=clerk) for _ in "ab"), by=clerk)
    Application.objects.filter(pk=draft.pk).update(version=draft.version + 1)

    with pytest.raises(Moved):
        redrafting.set_apart(draft, draft.lines.first(), by=clerk, at=NOON)


def test_the_pages_copy_and_set_apart(page, exporter, clerk):
    draft = make_draft(exporter, *(make_vehicle(exporter, by=clerk) for _ in "ab"), by=clerk)
    vin = draft.lines.last().vin
    apart = url("application_apart", draft.reference, vin)

    asked = page.get(apart)
    page.post(apart, {"version": asked.context["form"]["version"].value()})
    copied = page.post(url("application_copy", draft.reference), follow=True)

    assert Application.objects.count() == 3
    assert "Not copied, because another application has them" in copied.content.decode()
