"""Who asks is found in one query, with all that every page wants to know of them."""

import pytest
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.test import Client

from exports.models import Membership, User
from reviews.preferences import preferences_of, switch_keys


def asking(client: Client) -> User:
    """Return the person of the client's session, as a request finds them."""
    request = HttpRequest()
    request.session = client.session
    return get_user(request)


def test_a_request_finds_person_organisation_and_choices_at_once(
    client, reviewer, office, django_assert_num_queries
):
    switch_keys(reviewer, on=False)
    client.force_login(reviewer)

    with django_assert_num_queries(2):  # the session, the person
        person = asking(client)
        assert (person.role, person.office, person.exporter) == ("reviewer", office, None)
        assert preferences_of(person).keys_on is False


def test_a_person_of_no_organisation_is_asked_for_once(client, db, django_assert_num_queries):
    client.force_login(User.objects.create_user("nobody@example.test", name="Nobody"))

    with django_assert_num_queries(2):
        person = asking(client)
        assert (person.role, person.office) == ("", None)
        assert preferences_of(person).keys_on is True


def test_who_may_not_sign_in_any_more_is_nobody(client, reviewer):
    client.force_login(reviewer)
    User.objects.filter(pk=reviewer.pk).update(is_active=False)

    assert not asking(client).is_authenticated


def test_a_changed_membership_counts_with_the_next_request(client, reviewer):
    client.force_login(reviewer)
    assert asking(client).role == "reviewer"
    Membership.objects.filter(user=reviewer).update(role="auditor")

    assert asking(client).role == "auditor"


@pytest.mark.parametrize(("word", "comes_in"), [("chuguan-demo-2026", True), ("wrong", False)])
def test_passwords_are_checked_as_django_does(client, reviewer, word, comes_in):
    reviewer.set_password("chuguan-demo-2026")
    reviewer.save()

    assert client.login(username=reviewer.email, password=word) is comes_in
