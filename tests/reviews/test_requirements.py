"""The one object that says what an application needs, for page, check answers, mail and API."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from exports import notices
from exports.models import Notice
from reviews import checklist, claims, intake
from reviews.checklist import requirements_of
from reviews.models import Case
from reviews.requirements import Stand, as_json
from tests.factories import (
    NOON,
    SHANGHAI,
    answer_registry,
    ask_for,
    checked,
    clerk_of,
    make_case,
    make_clean_case,
    make_confirmation,
    make_draft,
    make_exporter,
    make_person,
    make_vehicle,
)

pytestmark = pytest.mark.usefixtures("law")


def stands(needed, code):
    return [each.state for each in needed if each.code == code]


def test_an_empty_draft_owes_its_terms_and_vehicles(exporter, clerk):
    draft = make_draft(exporter, by=clerk, destination=None, port=None, contract_number="")
    draft.lines.all().delete()

    due = {each.pointer for each in requirements_of(draft, at=NOON) if each.state == Stand.DUE}

    assert due == {"/destination", "/port", "/contract_number", "/vehicles"}


def test_a_young_vehicle_without_letter_is_advised_to_get_one_and_told_the_law(exporter, clerk):
    draft = make_draft(exporter, make_vehicle(exporter, by=clerk, age=100), by=clerk)

    [letter] = [each for each in requirements_of(draft, at=NOON) if each.code == "letter"]

    assert letter.state == Stand.ADVISED
    assert letter.pointer == "/vehicles/0/confirmation"
    assert "648" in letter.legal_basis.zh
    assert "100" in letter.message.en


def test_a_missing_letter_is_said_once(exporter, clerk):
    draft = make_draft(exporter, make_vehicle(exporter, by=clerk, age=100), by=clerk)

    codes = [each.code for each in requirements_of(draft, at=NOON) if each.is_open]

    assert codes.count("letter") == 1
    assert not {"AGE-01", "CNF-01"} & set(codes)


def test_a_letter_that_names_the_vehicle_settles_it(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk, age=100)
    make_confirmation([vehicle], by=clerk)
    draft = make_draft(exporter, vehicle, by=clerk)

    assert stands(requirements_of(draft, at=NOON), "letter") == [Stand.DONE]


def moment(day: date, hour: int, minute: int, second: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("days", "hour", "minute", "state", "outcome"),
    [
        (180, 23, 59, Stand.ADVISED, "fail"),
        (181, 0, 0, Stand.NOT_NEEDED, "pass"),
    ],
)
def test_the_need_falls_away_at_midnight_in_shanghai_after_day_180(
    exporter, clerk, days, hour, minute, state, outcome
):
    vehicle = make_vehicle(exporter, by=clerk, age=100)
    draft = make_draft(exporter, vehicle, by=clerk)
    at = moment(vehicle.registered_on + timedelta(days=days), hour, minute)

    with time_machine.travel(at, tick=False):
        needed = requirements_of(draft, at=at)
        case = checked(intake.file(draft, by=clerk, at=at), at=at)

    assert stands(needed, "letter") == [state]
    assert case.runs.get().findings.get(check_id="AGE-01").outcome == outcome


def test_what_was_filed_on_day_180_needs_its_letter_for_good(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk, age=100)
    day_180 = moment(vehicle.registered_on + timedelta(days=180), 23, 59)
    case = checked(make_case(exporter, vehicle, by=clerk, at=day_180), at=day_180)

    later = requirements_of(case.application, at=day_180 + timedelta(days=3))

    assert stands(later, "letter") == [Stand.WAITING]


def test_since_when_no_letter_is_needed_is_said_on_the_step(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk, age=200)
    draft = make_draft(exporter, vehicle, by=clerk)
    needed = requirements_of(draft, at=NOON)

    with override("en"):
        letters = checklist.steps_of(draft, needed)[2]

    assert letters.state == "not_needed"
    assert letters.note.startswith("No letter needed since")
    assert "(day 200)" in letters.note


def test_without_vehicles_nobody_knows_which_letters_are_needed(exporter, clerk):
    draft = make_draft(exporter, by=clerk)
    draft.lines.all().delete()

    letters = checklist.steps_of(draft, requirements_of(draft, at=NOON))[2]

    assert letters.state == "unknown"


def test_what_the_office_asks_is_due_by_its_deadline_and_points_at_the_field(exporter, clerk):
    reviewer = make_person("reviewer", exporter.office)
    case = claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)
    request = ask_for(case, by=reviewer)
    case.refresh_from_db()

    [asked] = [e for e in requirements_of(case.application, at=NOON) if e.state == Stand.DUE]

    assert asked.code == "RC09"
    assert asked.pointer == "/papers/contract"
    assert asked.deadline == request.answer_by
    assert asked.resolve_url.startswith(f"/portal/applications/{case.reference}/answer/#item-")


def test_while_the_checks_run_nothing_is_the_exporters(exporter, clerk):
    case = make_case(exporter, by=clerk)

    assert [each.state for each in requirements_of(case.application, at=NOON)] == [Stand.WAITING]


def test_an_application_taken_back_needs_nothing(exporter, clerk):
    case = make_clean_case(exporter, by=clerk)
    intake.withdraw(case, by=clerk, at=NOON)

    assert requirements_of(case.application, at=NOON) == []


def test_a_filed_batch_takes_ten_queries_however_large(exporter, clerk):
    counts = []
    for size in (1, 4):
        vehicles = [make_vehicle(exporter, by=clerk, age=100) for _ in range(size)]
        case = checked(make_case(exporter, *vehicles, by=clerk))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            requirements_of(Case.objects.get(pk=case.pk).application, at=NOON)
        counts.append(len(queries) - 2)

    assert counts[0] == counts[1] <= 10


def test_a_draft_adds_five_queries_to_those_of_the_checks(exporter, clerk):
    draft = make_draft(exporter, make_vehicle(exporter, by=clerk, age=100), by=clerk)
    with CaptureQueriesContext(connection) as checks:
        checklist.dossier.assessment.preview(draft, applied_on=NOON.date())

    with CaptureQueriesContext(connection) as queries:
        requirements_of(draft, at=NOON)

    assert len(queries) - len(checks) <= 5


def test_the_api_gives_the_same_object_in_the_readers_language(exporter, client):
    clerk = clerk_of(exporter, language="en")
    draft = make_draft(exporter, make_vehicle(exporter, by=clerk, age=100), by=clerk)
    client.force_login(clerk)

    with time_machine.travel(NOON, tick=False):
        address = reverse("api:application_requirements", args=[draft.reference])
        body = client.get(address).json()

    with override("en"):
        assert body["requirements"] == as_json(requirements_of(draft, at=NOON))
    assert set(body["requirements"][0]) == {
        "code", "pointer", "message", "legal_basis", "deadline", "state", "resolve_url"
    }  # fmt: skip


@pytest.mark.parametrize("side", ["stranger", "office"])
def test_the_api_is_the_exporters_own(exporter, clerk, client, side):
    draft = make_draft(exporter, by=clerk)
    other = (
        clerk_of(make_exporter())
        if side == "stranger"
        else make_person("reviewer", exporter.office)
    )
    client.force_login(other)

    answer = client.get(reverse("api:application_requirements", args=[draft.reference]))

    assert answer.status_code == (404 if side == "stranger" else 403)


def test_the_answer_registry_settles_leaves_only_papers_to_advise(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk, age=200)
    answer_registry(vehicle)
    draft = make_draft(exporter, vehicle, by=clerk)

    advised = {e.code for e in requirements_of(draft, at=NOON) if e.state == Stand.ADVISED}

    assert advised == {
        "paper.certificate", "paper.contract", "paper.inspection", "paper.declaration"
    }  # fmt: skip


@pytest.mark.parametrize(("language", "words"), [("en", "en"), ("zh-hans", "zh")])
def test_the_mail_lists_what_the_page_asks_in_its_readers_language(exporter, language, words):
    clerk = clerk_of(exporter, language=language)
    reviewer = make_person("reviewer", exporter.office)
    case = claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)
    ask_for(case, by=reviewer)
    case.refresh_from_db()
    [asked] = [e for e in requirements_of(case.application, at=NOON) if e.state == Stand.DUE]

    mail = notices.message(Notice.objects.get(template="reviews/returned"))

    assert f"- {getattr(asked.message, words)}" in mail.body
