"""A company asks to be registered, proves the owner's address, and its office decides."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client

from exports import doorstep, joining
from exports.errors import CompanyKnown, LinkSpent, Moved, NotAllowed, ReasonNeeded
from exports.models import CompanyRequest, Event, Exporter, Notice, Office, Role, User
from exports.tasks import mail_strangers
from tests.factories import NOON, make_exporter, make_office, make_person, make_uscc

PASSWORD = "correct horse battery"


def a_wish(office: Office, **facts) -> joining.Wish:
    said = {
        "uscc": make_uscc(),
        "name_zh": "滨海示例汽车出口有限公司",
        "name_en": "",
        "office": office,
        "filing_number": "TJ-2026-77",
        "filed_on": date(2026, 3, 1),
        "owner_name": "Zhao",
        "email": "Zhao@Example.test",
        "password_hash": make_password(PASSWORD),
        "language": "en",
    }
    return joining.Wish(**(said | facts))


@pytest.fixture
def supervisor(office):
    return make_person(Role.SUPERVISOR, office, name="Sun")


@pytest.fixture
def waiting(office, supervisor) -> CompanyRequest:
    """A company whose owner's address is proved."""
    joining.ask(a_wish(office), at=NOON)
    row = CompanyRequest.objects.get()
    return joining.prove(doorstep.token_of(row.nonce), at=NOON)


def link_in(message) -> str:
    return re.search(r"http://localhost:8000(/\S+)", message.body)[1]


def test_from_the_form_to_the_first_sign_in(
    client, office, supervisor, django_capture_on_commit_callbacks
):
    wish = {
        "uscc": make_uscc(),
        "name_zh": "滨海示例汽车出口有限公司",
        "office": office.pk,
        "filing_number": "TJ-2026-77",
        "filed_on": "2026年3月1日",
        "owner_name": "Zhao",
        "email": "zhao@example.test",
        "password": PASSWORD,
    }
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/join/", wish)["Location"] == "/join/sent/"
    link = link_in(mail.outbox[0])
    assert mail.outbox[0].to == ["zhao@example.test"]
    client.get(link)
    assert CompanyRequest.objects.get().state == "unproved"  # a mail scanner opens it too
    client.post(link)
    client.post(link)
    assert Notice.objects.filter(to=supervisor, template="exports/company_waits").count() == 1

    desk = Client()
    desk.force_login(supervisor)
    row = CompanyRequest.objects.get()
    assert row.name_zh in desk.get("/workbench/companies/").content.decode()
    done = desk.post(f"/workbench/companies/{row.pk}/", {"decision": "approve", "note": ""})
    assert done["Location"] == "/workbench/companies/"

    exporter = Exporter.objects.get(uscc=wish["uscc"])
    assert (exporter.office, exporter.filing_expires_on) == (office, date(2027, 2, 28))
    owner = {"login": "zhao@example.test", "password": PASSWORD}
    assert Client().post("/sign-in/", owner).status_code == 302
    person = User.objects.get(email="zhao@example.test")
    assert (person.role, person.exporter) == (Role.OWNER, exporter)
    row.refresh_from_db()
    assert (row.state, row.password) == ("approved", "")


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, office):
    wish = {"uscc": "9111", "name_zh": "滨海", "filed_on": "2099-01-01", "password": "short"}
    response = client.post("/join/", wish)

    assert response.status_code == 422
    assert {"uscc", "filed_on", "password", "email", "office"} <= set(
        response.context["form"].errors
    )
    assert 'value="滨海"' in response.content.decode()
    assert 'value="short"' not in response.content.decode()


def test_a_company_that_is_known_gets_the_same_answer_and_its_owners_a_notice(office):
    exporter = make_exporter(office=office)
    owner = make_person(Role.OWNER, exporter)
    make_person(Role.CLERK, exporter)

    for _ in range(2):
        joining.ask(a_wish(office, uscc=exporter.uscc), at=NOON)
    joining.ask(a_wish(office, email=owner.email), at=NOON)

    assert not CompanyRequest.objects.exists()
    told = Notice.objects.filter(template="accounts/company_known")
    assert {notice.to for notice in told} == {owner}
    assert told.count() == 2  # once for the code, once for the address


def test_no_row_holds_the_links_secret(office):
    joining.ask(a_wish(office), at=NOON)
    row = CompanyRequest.objects.get()
    token = doorstep.token_of(row.nonce)

    assert token not in str(CompanyRequest.objects.values().get())
    assert token not in str(list(Event.objects.values()))


@pytest.mark.parametrize("token", ["", "x", "0" * 64, "\ud800"])
def test_a_made_up_link_opens_nothing(db, token):
    with pytest.raises(LinkSpent):
        joining.find(token, at=NOON)


def test_a_link_is_good_for_two_days(office):
    joining.ask(a_wish(office), at=NOON)
    token = doorstep.token_of(CompanyRequest.objects.get().nonce)

    with pytest.raises(LinkSpent):
        joining.prove(token, at=NOON + timedelta(days=2, seconds=1))
    assert joining.prove(token, at=NOON + timedelta(days=1)).state == "waiting"


def test_a_declined_company_is_told_why(waiting, supervisor, django_capture_on_commit_callbacks):
    with pytest.raises(ReasonNeeded):
        joining.decline(waiting, by=supervisor, at=NOON, note=" ")
    with django_capture_on_commit_callbacks(execute=True):
        joining.decline(waiting, by=supervisor, at=NOON, note="The filing number is another's.")

    assert "another's" in mail.outbox[-1].body
    with pytest.raises(Moved):
        joining.approve(waiting, by=supervisor, at=NOON)
    assert not Exporter.objects.filter(uscc=waiting.uscc).exists()


def test_a_code_that_came_in_meanwhile_is_not_registered_twice(waiting, supervisor, office):
    make_exporter(office=office, uscc=waiting.uscc)

    with pytest.raises(CompanyKnown):
        joining.approve(waiting, by=supervisor, at=NOON)

    waiting.refresh_from_db()
    assert waiting.state == "waiting"


@pytest.mark.parametrize(
    "role", [Role.REVIEWER, Role.SENIOR, Role.POLICY, Role.AUDITOR, Role.CLERK, Role.OWNER]
)
@pytest.mark.parametrize("act", [joining.approve, joining.decline])
def test_only_a_supervisor_decides(role, act, waiting, office):
    place = make_exporter(office=office) if role in (Role.CLERK, Role.OWNER) else office
    with pytest.raises(NotAllowed):
        act(waiting, by=make_person(role, place), at=NOON, note="so")

    assert CompanyRequest.objects.get().state == "waiting"


def test_a_supervisor_elsewhere_neither_sees_nor_decides_and_the_national_one_does(waiting, client):
    elsewhere = make_person(Role.SUPERVISOR, make_office("hebei", name_zh="河北省商务厅"))
    with pytest.raises(NotAllowed):
        joining.approve(waiting, by=elsewhere, at=NOON)
    client.force_login(elsewhere)
    assert client.get(f"/workbench/companies/{waiting.pk}/").status_code == 404

    capital = make_office("mofcom", name_zh="商务部", level=Office.Level.NATIONAL)
    national = make_person(Role.SUPERVISOR, capital)
    client.force_login(national)
    assert client.get(f"/workbench/companies/{waiting.pk}/").status_code == 200
    joining.approve(waiting, by=national, at=NOON)
    assert Exporter.objects.filter(uscc=waiting.uscc).exists()


def test_a_refused_decision_comes_back_on_its_page(waiting, supervisor, client):
    client.force_login(supervisor)
    page = f"/workbench/companies/{waiting.pk}/"
    assert client.post(page, {"decision": "decline", "note": ""}).status_code == 422
    assert CompanyRequest.objects.get().state == "waiting"


def test_the_list_takes_few_queries(waiting, office, client, django_assert_max_num_queries):
    for number in range(5):
        joining.ask(a_wish(office, email=f"z{number}@example.test"), at=NOON)
    for row in CompanyRequest.objects.filter(state="unproved"):
        joining.prove(doorstep.token_of(row.nonce), at=NOON)
    client.force_login(make_person(Role.REVIEWER, office))
    with django_assert_max_num_queries(12):
        assert client.get("/workbench/companies/").status_code == 200


def test_a_mail_that_could_not_be_sent_is_tried_anew(
    office, settings, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = "tests.exports.test_joining.Unreachable"
    with django_capture_on_commit_callbacks(execute=True):
        joining.ask(a_wish(office), at=NOON)
    row = CompanyRequest.objects.get()
    assert (row.mail_attempts, row.mail_due_at is None) == (1, False)

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    CompanyRequest.objects.update(mail_due_at=NOON)
    assert mail_strangers() == 1
    assert mail_strangers() == 0
    assert len(mail.outbox) == 1


class Unreachable:
    """A mail server that is away."""

    def __init__(self, **_options):
        pass

    def send_messages(self, _messages):
        raise OSError("connection refused")


def test_somebody_who_asks_without_end_is_told_to_wait(client, office):
    codes = [client.post("/join/", {}).status_code for _ in range(11)]

    assert codes == [422] * 10 + [429]


@pytest.mark.parametrize(
    ("filed", "ends"),
    [(date(2026, 1, 5), date(2027, 1, 4)), (date(2024, 2, 29), date(2025, 2, 28))],
)
def test_a_filing_lasts_a_year(filed, ends):
    assert joining.last_day_of_filing(filed) == ends
