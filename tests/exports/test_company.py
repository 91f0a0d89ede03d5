"""A company's filing and standing, and what its office notes."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from exports import conduct
from exports.errors import Moved, NotAllowed, ReasonNeeded
from exports.models import Event, Exporter, Notice, Office, Role, StandingEvent
from tests.factories import NOON, make_exporter, make_manufacturer, make_office, make_person


@pytest.fixture
def owner(exporter):
    return make_person(Role.OWNER, exporter, name="Olga", language="en")


@pytest.fixture
def supervisor(office):
    return make_person(Role.SUPERVISOR, office, name="Sun")


def noted(exporter, by, **facts) -> StandingEvent:
    said = {
        "standing": "talk",
        "text": "Two letters could not be verified.",
        "evidence": "Minutes of 2026-05-02",
        "review_on": None,
    }
    return conduct.record_standing(exporter, by=by, at=NOON, **(said | facts))


@pytest.mark.parametrize(
    ("days", "tone"),
    [
        (200, ""),
        (61, ""),
        (60, "warn"),
        (31, "warn"),
        (30, "bad"),
        (0, "bad"),
        (-1, "bad"),
        (None, "bad"),
    ],
)
def test_the_portal_warns_before_the_filing_ends(days, tone, owner, exporter, client):
    ends = None if days is None else timezone.localdate() + timedelta(days=days)
    Exporter.objects.filter(pk=exporter.pk).update(filing_expires_on=ends)
    client.force_login(owner)

    page = client.get("/portal/company/filing/").content.decode()

    assert [word for word in ("warn", "bad") if f"notice-{word}" in page] == (
        [tone] if tone else []
    )


def test_a_note_changes_the_standing_and_its_owners_are_told(exporter, owner, clerk, supervisor):
    event = noted(exporter, supervisor)

    exporter.refresh_from_db()
    assert exporter.standing == "talk"
    told = Notice.objects.filter(template="exports/standing")
    assert [notice.to for notice in told] == [owner]
    entry = Event.objects.get(action="exporter.standing")
    assert (entry.before, entry.note) == ({"standing": "normal"}, event.text)


def test_no_day_changes_a_standing(exporter, supervisor, owner, client):
    noted(exporter, supervisor, review_on=(NOON - timedelta(days=3)).date())
    client.force_login(owner)
    client.get("/portal/company/standing/")
    exporter.refresh_from_db()
    assert exporter.standing == "talk"
    noted(exporter, supervisor, standing="normal", text="Mended.")
    exporter.refresh_from_db()
    assert exporter.standing == "normal"


@pytest.mark.parametrize("missing", ["text", "evidence"])
def test_nothing_is_noted_without_words_and_evidence(missing, exporter, supervisor):
    with pytest.raises(ReasonNeeded):
        noted(exporter, supervisor, **{missing: "  "})
    exporter.refresh_from_db()
    assert exporter.standing == "normal"


@pytest.mark.parametrize(
    "role", [Role.REVIEWER, Role.SENIOR, Role.POLICY, Role.AUDITOR, Role.OWNER]
)
def test_only_a_supervisor_of_the_office_notes(role, exporter, office):
    place = exporter if role is Role.OWNER else office
    elsewhere = make_person(Role.SUPERVISOR, make_office("hebei", name_zh="河北省商务厅"))
    for person in (make_person(role, place), elsewhere):
        with pytest.raises(NotAllowed):
            noted(exporter, person)
    assert not StandingEvent.objects.exists()


def test_a_company_answers_once(exporter, owner, supervisor, client):
    event = noted(exporter, supervisor)
    client.force_login(owner)
    page = f"/portal/company/standing/{event.pk}/"
    assert client.post(page, {"text": " "}).status_code == 422
    assert client.post(page, {"text": "The maker confirmed both since."}).status_code == 302
    refused = client.post(page, {"text": "And another thing."})
    assert refused.status_code == 422
    with pytest.raises(Moved):
        conduct.answer_standing(event, text="Again.", by=owner, at=NOON)

    desk = Client()
    desk.force_login(supervisor)
    file = desk.get(f"/workbench/exporters/{exporter.uscc}/standing/").content.decode()
    assert "The maker confirmed both since." in file


def test_who_only_reads_and_who_is_a_stranger_answers_nothing(exporter, supervisor, client):
    event = noted(exporter, supervisor)
    stranger = make_person(Role.OWNER, make_exporter())
    viewer = make_person(Role.VIEWER, exporter)
    officer = make_person(Role.OFFICER, make_manufacturer())
    page = f"/portal/company/standing/{event.pk}/"
    for person, code in ((stranger, 404), (viewer, 403), (officer, 403)):
        client.force_login(person)
        assert client.post(page, {"text": "No."}).status_code == code
    for person in (stranger, viewer, supervisor):
        with pytest.raises(NotAllowed):
            conduct.answer_standing(event, text="No.", by=person, at=NOON)
    client.force_login(stranger)
    with override("en"):
        assert event.text not in client.get("/portal/company/standing/").content.decode()


def test_a_supervisor_notes_on_the_exporters_file(exporter, supervisor, client):
    client.force_login(supervisor)
    page = f"/workbench/exporters/{exporter.uscc}/standing/"
    assert client.get(page).status_code == 200
    assert client.post(page, {"standing": "watch", "text": "x"}).status_code == 422
    form = {"standing": "watch", "text": "Late reports.", "evidence": "Register", "review_on": ""}
    assert client.post(page, form).status_code == 302
    exporter.refresh_from_db()
    assert exporter.standing == "watch"
    other = make_office("hebei", name_zh="河北省商务厅")
    client.force_login(make_person(Role.SUPERVISOR, other))
    assert client.get(page).status_code == 404
    capital = make_office("mofcom", name_zh="商务部", level=Office.Level.NATIONAL)
    client.force_login(make_person(Role.REVIEWER, capital))
    assert client.get(page).status_code == 200
    assert client.post(page, form).status_code == 422


def test_officers_have_people_and_keys_but_no_filing(client, db):
    client.force_login(make_person(Role.OFFICER, make_manufacturer()))
    for page, code in (("", 200), ("keys/", 200), ("filing/", 403), ("standing/", 403)):
        assert client.get(f"/portal/company/{page}").status_code == code


def test_the_companys_pages_take_few_queries(
    exporter, owner, supervisor, client, django_assert_max_num_queries
):
    for _ in range(5):
        noted(exporter, supervisor)
    client.force_login(owner)
    for page in ("filing/", "standing/", "keys/"):
        with django_assert_max_num_queries(8):
            assert client.get(f"/portal/company/{page}?before=1e9").status_code == 200
