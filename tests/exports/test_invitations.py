"""Who acts for a company: invited, given a role, let go; never across companies."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import timezone

from exports import doorstep, members
from exports.errors import AddressTaken, AlreadyHere, LastOwner, LinkSpent, Moved, NotAllowed
from exports.models import Event, Invitation, Membership, Role, User
from tests.factories import NOON, make_exporter, make_manufacturer, make_person

PASSWORD = "correct horse battery"
NEW = "new@example.test"


@pytest.fixture
def owner(exporter) -> User:
    return make_person(Role.OWNER, exporter, name="Olga")


def invited(owner: User, *, email: str = NEW, role: str = Role.CLERK, at=NOON) -> Invitation:
    return members.invite(owner.exporter, email=email, role=role, by=owner, at=at)


def token_of(invitation: Invitation) -> str:
    invitation.refresh_from_db()
    return doorstep.token_of(invitation.nonce)


def accept(invitation: Invitation, *, at=NOON) -> User:
    return members.accept(
        token_of(invitation),
        name="Nina",
        password_hash=make_password(PASSWORD),
        language="en",
        at=at,
    )


def membership(person: User) -> Membership:
    return Membership.objects.select_related("user").get(user=person)


def test_from_the_invitation_to_the_first_sign_in(
    client, owner, django_capture_on_commit_callbacks
):
    client.force_login(owner)
    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post("/portal/company/", {"email": "New@Example.test", "role": "clerk"})
    assert sent["Location"] == "/portal/company/"
    assert mail.outbox[0].to == [NEW]
    link = f"/invitation/{token_of(Invitation.objects.get())}/"
    assert link in mail.outbox[0].body

    stranger = Client()
    assert stranger.post(link, {"name": "Nina", "password": "short"}).status_code == 422
    done = stranger.post(link, {"name": "Nina", "password": PASSWORD})
    assert done["Location"] == "/sign-in/"
    assert stranger.post("/sign-in/", {"login": NEW, "password": PASSWORD}).status_code == 302
    assert stranger.get("/portal/vehicles/").status_code == 200
    assert stranger.get(link).status_code == 410
    person = User.objects.get(email=NEW)
    assert (person.exporter, person.role) == (owner.exporter, Role.CLERK)


def test_a_link_works_once_and_for_seven_days(owner):
    invitation = invited(owner)
    with pytest.raises(LinkSpent):
        accept(invitation, at=NOON + timedelta(days=7, seconds=1))
    accept(invitation)
    with pytest.raises(LinkSpent):
        accept(invitation)
    assert User.objects.filter(email=NEW).count() == 1


def test_a_new_link_kills_the_old_one(owner):
    invitation = invited(owner)
    old = token_of(invitation)
    members.resend(invitation, by=owner, at=NOON)

    with pytest.raises(LinkSpent):
        members.find(old, at=NOON)
    assert accept(invitation).email == NEW
    with pytest.raises(Moved):
        members.resend(invitation, by=owner, at=NOON)


def test_a_withdrawn_invitation_opens_nothing(owner):
    invitation = invited(owner)
    members.withdraw(invitation, by=owner, at=NOON)
    with pytest.raises(LinkSpent):
        accept(invitation)
    with pytest.raises(Moved):
        members.withdraw(invitation, by=owner, at=NOON)
    assert invited(owner).state == "open"  # and may be sent anew


def test_nobody_is_invited_twice_or_who_is_here(owner, clerk):
    invited(owner)
    for email in (NEW, clerk.email.upper()):
        with pytest.raises(AlreadyHere):
            invited(owner, email=email)


def test_an_address_that_acts_elsewhere_is_found_out_by_its_own_person_only(owner):
    other = make_person(Role.OWNER, make_exporter())
    invitation = invited(owner, email=other.email)
    with pytest.raises(AddressTaken), transaction.atomic():
        accept(invitation)
    invitation.refresh_from_db()
    assert invitation.state == "open"
    assert other.exporter != owner.exporter


@pytest.mark.parametrize("role", [Role.CLERK, Role.VIEWER])
def test_only_owners_decide_who_acts_for_an_exporter(role, owner, exporter):
    person, invitation = make_person(role, exporter), invited(owner)
    member = membership(owner)
    for act in (
        lambda: members.invite(exporter, email="x@y.test", role="clerk", by=person, at=NOON),
        lambda: members.resend(invitation, by=person, at=NOON),
        lambda: members.withdraw(invitation, by=person, at=NOON),
        lambda: members.change_role(member, role="viewer", by=person, at=NOON),
        lambda: members.let_go(member, by=person, at=NOON),
        lambda: members.take_back(member, by=person, at=NOON),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_nobody_reaches_across_companies(owner, client, reviewer):
    stranger = make_person(Role.OWNER, make_exporter())
    invitation, member = invited(owner), membership(owner)
    for by in (stranger, reviewer):
        with pytest.raises(NotAllowed):
            members.let_go(member, by=by, at=NOON)
        with pytest.raises(NotAllowed):
            members.withdraw(invitation, by=by, at=NOON)
    with pytest.raises(NotAllowed):
        members.let_go(membership(reviewer), by=owner, at=NOON)
    client.force_login(stranger)
    for path in (
        f"people/{member.pk}/role/",
        f"people/{member.pk}/close/",
        f"people/{member.pk}/open/",
        f"invitations/{invitation.pk}/resend/",
        f"invitations/{invitation.pk}/withdraw/",
    ):
        assert client.post(f"/portal/company/{path}", {"role": "viewer"}).status_code == 404
    assert owner.email not in client.get("/portal/company/").content.decode()


@pytest.mark.parametrize("role", ["officer", "supervisor", "reviewer", "nonsense", ""])
def test_no_role_of_another_side_is_given(role, owner, clerk):
    with pytest.raises(NotAllowed):
        invited(owner, role=role)
    with pytest.raises(NotAllowed):
        members.change_role(membership(clerk), role=role, by=owner, at=NOON)


def test_officers_invite_officers(db):
    officer = make_person(Role.OFFICER, make_manufacturer())
    maker = officer.manufacturer
    with pytest.raises(NotAllowed):
        members.invite(maker, email=NEW, role=Role.OWNER, by=officer, at=NOON)
    invitation = members.invite(maker, email=NEW, role=Role.OFFICER, by=officer, at=NOON)
    assert accept(invitation).manufacturer == maker
    members.let_go(membership(officer), by=officer, at=NOON)
    with pytest.raises(LastOwner):
        members.let_go(
            Membership.objects.get(user__email=NEW), by=User.objects.get(email=NEW), at=NOON
        )


def test_the_last_owner_stays(owner, clerk):
    member = membership(owner)
    for act in (
        lambda: members.let_go(member, by=owner, at=NOON),
        lambda: members.change_role(member, role="clerk", by=owner, at=NOON),
    ):
        with pytest.raises(LastOwner):
            act()
    members.change_role(membership(clerk), role="owner", by=owner, at=NOON)
    members.let_go(member, by=owner, at=NOON)
    assert not User.objects.get(pk=owner.pk).is_active
    roles = Event.objects.get(action="person.role")
    assert (roles.before, roles.after) == ({"role": "clerk"}, {"role": "owner"})


def test_who_is_let_go_is_out_with_the_next_request_and_may_come_back(owner, clerk, client):
    client.force_login(clerk)
    assert client.get("/portal/").status_code == 200
    desk = Client()
    desk.force_login(owner)
    page = f"/portal/company/people/{clerk.membership.pk}"

    desk.post(f"{page}/close/")

    assert client.get("/portal/").status_code == 302
    assert (
        Client().post("/sign-in/", {"login": clerk.email, "password": PASSWORD}).status_code == 422
    )
    desk.post(f"{page}/open/")
    assert (
        Client().post("/sign-in/", {"login": clerk.email, "password": PASSWORD}).status_code == 302
    )


def test_a_refusal_is_said_on_the_page(owner, client):
    client.force_login(owner)
    page = f"/portal/company/people/{owner.membership.pk}/close/"
    said = client.post(page, headers={"accept-language": "en"}, follow=True)
    assert owner.name in said.content.decode()
    assert User.objects.get(pk=owner.pk).is_active
    again = {"email": owner.email, "role": "clerk"}
    assert client.post("/portal/company/", again).status_code == 422


def test_the_people_take_few_queries(owner, exporter, client, django_assert_max_num_queries):
    for number in range(6):
        make_person(Role.CLERK, exporter)
        invited(owner, email=f"n{number}@example.test", at=timezone.now())
    client.force_login(owner)
    with django_assert_max_num_queries(10):
        page = client.get("/portal/company/").content.decode()
    assert page.count("invitations/") == 12
