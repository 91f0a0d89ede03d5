"""The door: password, second step, passkeys, forgotten passwords, sessions."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.usersessions.models import UserSession
from django.contrib.admin import site
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from config.accounts.adapters import FactorAdapter
from exports import accounts
from exports.models import Event, Notice, Role
from tests.factories import make_person

PASSWORD = "correct horse battery"
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


def sign_in(client: Client, email: str, password: str = PASSWORD, **more):
    return client.post("/sign-in/", {"login": email, "password": password}, **more)


def again(client: Client, password: str = PASSWORD):
    return client.post("/account/again/", {"password": password})


def code_for(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def enrol(client: Client, committing) -> str:
    """Set up an app with codes for who is signed in, and return its secret."""
    again(client)
    client.get("/account/factors/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    with committing(execute=True):
        done = client.post("/account/factors/totp/activate/", {"code": code_for(secret)})
    assert done.status_code == 302
    return secret


def acts(person=None) -> list[str]:
    events = Event.objects.filter(subject="person").order_by("seq")
    return [event.action for event in events if person is None or event.subject_key == person.email]


def test_the_right_password_opens_and_the_ledger_knows(client, clerk):
    response = sign_in(client, clerk.email.upper())

    assert (response.status_code, response["Location"]) == (302, "/desk/")
    assert acts(clerk) == ["person.signed_in"]
    assert Event.objects.get(action="person.signed_in").after == {"how": "password"}


def test_a_sign_in_leads_on_only_within_the_site(client, clerk):
    assert sign_in(client, clerk.email).status_code == 302
    client.logout()
    for next_, leads in (("/portal/vehicles/", "/portal/vehicles/"), ("//evil.example/", "/desk/")):
        data = {"login": clerk.email, "password": PASSWORD, "next": next_}
        assert client.post("/sign-in/", data)["Location"] == leads
        client.logout()


def test_known_unknown_and_closed_accounts_get_the_same_answer(client, clerk, exporter):
    closed = make_person(Role.VIEWER, exporter, is_active=False)
    pages = []
    for email, password in (
        (clerk.email, "wrong"),
        ("nobody@example.test", "wrong"),
        (closed.email, PASSWORD),
    ):
        response = sign_in(client, email, password)
        assert response.status_code == 422
        pages.append(TOKEN.sub(b"", response.content).replace(email.encode(), b""))

    assert len(set(pages)) == 1
    assert acts() == ["person.sign_in_failed"] * 3
    assert set(Event.objects.values_list("subject_key", flat=True)) == {
        clerk.email,
        closed.email,
        "",
    }


def test_after_five_failures_even_the_right_password_waits_but_not_from_elsewhere(client, clerk):
    for _ in range(5):
        assert sign_in(client, clerk.email, "wrong").status_code == 422

    locked = sign_in(client, clerk.email, headers={"accept-language": "en"})
    assert locked.status_code == 429
    assert "Too many failed sign-ins" in locked.content.decode()
    elsewhere = sign_in(client, clerk.email, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 302


@pytest.mark.parametrize("typed", ["", "\x00@x.test", "a" * 100_000, "<b>", "1e9"])
def test_nonsense_at_the_door_gets_a_sentence(client, db, typed):
    for field in ("login", "password"):
        data = {"login": "a@b.test", "password": "x", field: typed}
        assert client.post("/sign-in/", data).status_code == 422
    assert client.post("/account/password/forgotten/", {"email": typed})


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_set_password", "account_confirm_email"]
)
def test_pages_that_are_not_used_have_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_no_package_opens_a_page_of_its_own_in_the_workbench():
    assert [model for model in site._registry if model.__module__.startswith("allauth")] == []


def test_a_forgotten_password_is_chosen_anew_once(
    client, clerk, django_capture_on_commit_callbacks
):
    elsewhere = Client()
    sign_in(elsewhere, clerk.email)
    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post("/account/password/forgotten/", {"email": clerk.email})
    link = re.search(r"http://localhost:8000(/account/password/new/\S+)", mail.outbox[0].body)[1]
    assert asked["Location"] == "/account/password/forgotten/sent/"
    assert link not in str(list(Notice.objects.values()))

    form = client.get(link, follow=True)
    choose = form.redirect_chain[-1][0]
    new = {"password1": "rivers run to the sea", "password2": "rivers run to the sea"}
    assert client.post(choose, new)["Location"] == "/account/password/new/"

    assert "used already" in Client(headers={"accept-language": "en"}).get(link).content.decode()
    assert sign_in(Client(), clerk.email).status_code == 422
    assert sign_in(Client(), clerk.email, "rivers run to the sea").status_code == 302
    assert elsewhere.get("/portal/").status_code == 302
    assert "person.password_reset" in acts(clerk)


def test_who_asks_for_a_strangers_password_learns_nothing(client, clerk, exporter):
    closed = make_person(Role.VIEWER, exporter, is_active=False)
    answers = {
        client.post("/account/password/forgotten/", {"email": email})["Location"]
        for email in (clerk.email, closed.email, "nobody@example.test")
    }

    assert answers == {"/account/password/forgotten/sent/"}
    assert [notice.to for notice in Notice.objects.all()] == [clerk]


def test_two_wishes_within_a_minute_send_one_mail(clerk):
    at = timezone.now().replace(second=1)
    for second in (1, 2):
        accounts.ask_new_password(clerk.email, at=at + timedelta(seconds=second))

    assert Notice.objects.filter(to=clerk, template="accounts/reset").count() == 1


def test_a_weak_new_password_is_refused_and_a_good_one_ends_the_other_sessions(client, clerk):
    elsewhere = Client()
    sign_in(elsewhere, clerk.email)
    sign_in(client, clerk.email)
    weak = {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    assert client.post("/account/password/", weak).status_code == 200
    good = {
        "oldpassword": PASSWORD,
        "password1": "a far longer one",
        "password2": "a far longer one",
    }

    assert client.post("/account/password/", good).status_code == 302

    assert client.get("/portal/").status_code == 200
    assert elsewhere.get("/portal/").status_code == 302
    assert Notice.objects.filter(to=clerk, template="accounts/password_changed").exists()


def test_a_second_step_is_asked_for_once_set_up_and_its_secret_is_sealed(
    client, clerk, django_capture_on_commit_callbacks
):
    sign_in(client, clerk.email)
    refused = client.get("/account/factors/totp/activate/")
    assert refused["Location"].startswith("/account/again/")  # delicate: once more the password
    secret = enrol(client, django_capture_on_commit_callbacks)

    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept
    assert FactorAdapter().decrypt(kept) == secret
    other = Client()
    assert sign_in(other, clerk.email)["Location"].startswith("/account/factors/authenticate/")
    assert other.get("/portal/").status_code == 302
    wrong = other.post("/account/factors/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert other.post("/account/factors/authenticate/", {"code": codes[0]}).status_code == 302
    assert other.get("/portal/").status_code == 200
    third = Client()
    sign_in(third, clerk.email)
    assert third.post("/account/factors/authenticate/", {"code": codes[0]}).status_code == 200
    assert "person.totp_activated" in acts(clerk)
    assert (
        "mfa:recovery_codes"
        in Event.objects.filter(action="person.signed_in").order_by("seq").last().after["how"]
    )


def test_people_of_an_office_owe_the_second_step_where_it_is_asked_for(
    client, clerk, reviewer, settings, django_capture_on_commit_callbacks
):
    settings.REQUIRE_MFA = True
    sign_in(client, reviewer.email)
    for url in ("/workbench/cases/", "/workbench/", "/desk/", "/notices/", "/workbench/ledger/"):
        assert client.get(url)["Location"] == "/account/factors/", url
    enrol(client, django_capture_on_commit_callbacks)
    assert client.get("/workbench/cases/").status_code == 200

    other = Client()
    sign_in(other, clerk.email)
    assert other.get("/portal/").status_code == 200


def test_a_person_ends_a_session_elsewhere_and_nobody_elses(client, clerk, reviewer):
    elsewhere, stranger = Client(), Client()
    sign_in(elsewhere, clerk.email)
    sign_in(stranger, reviewer.email)
    sign_in(client, clerk.email)
    page = client.get("/account/sessions/").content.decode()
    assert page.count("/end/") == 2  # the one elsewhere, and all others
    theirs = UserSession.objects.get(user=reviewer)
    assert client.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    own = UserSession.objects.get(user=clerk, session_key=elsewhere.session.session_key)

    assert client.post(f"/account/sessions/{own.pk}/end/").status_code == 302

    assert elsewhere.get("/portal/").status_code == 302
    assert stranger.get("/workbench/cases/").status_code == 200
    sign_in(elsewhere, clerk.email)
    client.post("/account/sessions/end/")
    assert elsewhere.get("/portal/").status_code == 302
    assert client.get("/portal/").status_code == 200


def test_a_person_changes_name_and_language(client, clerk):
    client.force_login(clerk)
    assert client.post("/account/", {"name": "", "language": "en"}).status_code == 422
    assert client.post("/account/", {"name": "Alice Li", "language": "en"}).status_code == 302

    clerk.refresh_from_db()
    assert (clerk.name, clerk.language) == ("Alice Li", "en")
    assert acts(clerk) == ["person.changed"]


@pytest.mark.parametrize("name", ["account", "mfa_index", "usersessions_list", "mfa_list_webauthn"])
def test_own_pages_open_for_every_side_within_a_few_queries(
    name, client, clerk, reviewer, django_assert_max_num_queries
):
    for person in (clerk, reviewer):
        client.force_login(person)
        with django_assert_max_num_queries(12):
            assert client.get(reverse(name)).status_code == 200
