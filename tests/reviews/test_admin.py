"""Stock pages of the judgement and the evidence: nothing law-bearing is edited by hand."""

import pytest
from django.urls import reverse

from documents.models import Document
from exports.models import Event, Role, User
from reviews import claims, decisions
from reviews.models import Case, Holiday, Licence
from tests.factories import (
    NOON,
    make_clean_case,
    make_confirmation,
    make_failing_case,
    make_office,
    make_person,
    make_vehicle,
)

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def case(exporter, clerk) -> Case:
    return make_failing_case(exporter, by=clerk)


@pytest.fixture
def licence(exporter, clerk, reviewer) -> Licence:
    mine = claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)
    return decisions.issue(mine, by=reviewer, at=NOON).licence


def address(app: str, model: str, page: str, *args: object) -> str:
    return reverse(f"workbench:{app}_{model}_{page}", args=args)


def run(client, app: str, model: str, action: str, row) -> None:
    form = {"action": action, "_selected_action": [row.pk]}
    client.post(address(app, model, "changelist"), form, follow=True)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.POLICY, "superuser"])
def test_no_form_moves_a_case(client, case, office, role):
    """Whatever is posted, status, assignee and due time change by acts alone."""
    superuser = role == "superuser"
    person = make_person(Role.SUPERVISOR if superuser else role, office, is_superuser=superuser)
    client.force_login(person)
    form = {"status": "issued", "failed": 0, "assignee": person.pk, "due_at_0": "2030-01-01"}

    for name, args in (("change", [case.pk]), ("add", [])):
        response = client.post(address("reviews", "case", name, *args), form)
        assert response.status_code == 403

    after = Case.objects.get(pk=case.pk)
    assert (after.status, after.failed, after.assignee) == ("in_review", case.failed, None)


def test_the_list_of_cases_shows_ones_own_office_only(client, case):
    client.force_login(make_person(Role.SUPERVISOR, make_office("xinjiang")))

    listed = client.get(address("reviews", "case", "changelist")).content.decode()

    assert case.reference not in listed
    assert client.get(address("reviews", "case", "change", case.pk)).status_code == 302


def test_a_superuser_without_an_office_lists_no_case(client, case):
    client.force_login(User.objects.create_superuser("root@example.test", "x", name="Root"))

    assert (
        case.reference not in client.get(address("reviews", "case", "changelist")).content.decode()
    )


def test_a_licence_is_not_edited_by_hand(client, licence, office):
    client.force_login(make_person(Role.SUPERVISOR, office, is_superuser=True))
    url = address("reviews", "licence", "change", licence.pk)

    assert client.get(url).status_code == 200
    assert client.post(url, {"state": "live", "valid_until": "2099-12-31"}).status_code == 403


@pytest.mark.parametrize(("role", "moves"), [(Role.SUPERVISOR, True), (Role.AUDITOR, False)])
def test_a_paper_that_gave_up_is_drawn_again(client, licence, office, role, moves):
    Licence.objects.update(paper_state=Licence.Paper.DEAD, attempts=5)
    client.force_login(make_person(role, office))

    run(client, "reviews", "licence", "redraw", licence)

    assert Licence.objects.get().paper_state == ("waiting" if moves else "dead")
    assert Event.objects.filter(action="licence.retried").exists() == moves


@pytest.mark.parametrize(("role", "moves"), [(Role.SUPERVISOR, True), (Role.AUDITOR, False)])
def test_a_document_that_gave_up_is_opened_again(client, exporter, clerk, office, role, moves):
    document = make_confirmation([make_vehicle(exporter, by=clerk)], by=clerk).document
    Document.objects.update(state=Document.State.DEAD, attempts=5)
    client.force_login(make_person(role, office))

    run(client, "documents", "document", "retry", document)
    run(client, "documents", "document", "retry", document)

    assert Document.objects.get().state == ("received" if moves else "dead")
    assert Event.objects.filter(action="document.retried").count() == int(moves)


def test_papers_of_another_province_are_not_listed(client, exporter, clerk, licence):
    make_confirmation([make_vehicle(exporter, by=clerk)], by=clerk)
    client.force_login(make_person(Role.SUPERVISOR, make_office("xinjiang")))
    lists = [("documents", "document"), ("documents", "confirmation"), ("reviews", "licence")]

    for app, model in lists:
        text = client.get(address(app, model, "changelist")).content.decode()
        assert exporter.name_zh not in text, model


def test_a_make_up_day_is_entered(client, office):
    client.force_login(make_person(Role.POLICY, office))
    form = {"day": "2027-02-06", "is_workday": "on", "name": "春节调休"}

    assert client.post(address("reviews", "holiday", "add"), form).status_code == 302

    assert Holiday.objects.get(pk="2027-02-06").is_workday
    assert Event.objects.get(action="holiday.added").subject_key == "2027-02-06"
