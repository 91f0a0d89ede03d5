"""One action, one key; a person's own in place of the office's, the office's of what ships."""

import json
import re
from pathlib import Path

import pytest
from django.urls import reverse

from exports.errors import KeyReserved, KeyTaken
from exports.models import User
from reviews import acts, keys, preferences, queue_bar, thresholds
from reviews.models import Preferences, Shortcut

pytestmark = pytest.mark.django_db

TEMPLATES = Path(__file__).parents[2] / "templates"


def choose(user: User, **own: str) -> Preferences:
    return preferences.choose(user, own_keys=own, keys_on=True, after="stay")


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_every_key_of_a_page_can_be_replaced():
    found = {
        key
        for template in TEMPLATES.rglob("*.html")
        for key in re.findall(r'data-key="([^"{]+)"', template.read_text(encoding="utf-8"))
    }
    found |= {act.key for act in acts.ACTS.values() if act.key}
    found |= {act.key for act in queue_bar.MANY.values()}

    assert found - {*keys.as_shipped().values()} == set()


def test_no_two_actions_ship_with_one_key():
    shipped = [*keys.as_shipped().values()]

    assert len({*shipped}) == len(shipped)
    assert not {*shipped} & {*"?123456789"}


def test_who_chose_nothing_presses_what_ships(reviewer):
    assert preferences.keys_of(reviewer) == keys.as_shipped()
    assert keys.replaced(preferences.keys_of(reviewer)) == {}


def test_a_persons_own_key_stands_in_place_of_the_offices(reviewer, senior):
    choose(reviewer, approve="h")

    assert preferences.keys_of(fresh(reviewer))["approve"] == "h"
    assert keys.replaced(preferences.keys_of(fresh(reviewer))) == {"a": "h"}
    assert preferences.keys_of(senior) == keys.as_shipped()


def test_two_actions_change_keys_with_each_other(reviewer):
    choose(reviewer, approve="i", ask="a")

    assert keys.replaced(preferences.keys_of(fresh(reviewer))) == {"a": "i", "i": "a"}


def test_only_what_differs_is_kept(reviewer):
    assert choose(reviewer, **keys.as_shipped() | {"approve": "h"}).keys == {"approve": "h"}


@pytest.mark.parametrize("key", ["?", "1", "9", "ß", "é", "好", "\x00"])
def test_a_key_that_is_spoken_for_or_not_pressed_alone_is_refused(reviewer, key):
    with pytest.raises(KeyReserved):
        choose(reviewer, approve=key)

    assert not Preferences.objects.exists()


def test_one_key_cannot_stand_for_two_actions(reviewer):
    with pytest.raises(KeyTaken) as refused:
        choose(reviewer, approve="i")

    assert refused.value.facts["field"] == "ask"


def test_where_the_office_moves_onto_a_chosen_key_the_offices_keys_stand(reviewer):
    choose(reviewer, approve="h")
    Shortcut.objects.create(action="ask", key="h")
    thresholds.forget()

    mine = preferences.keys_of(fresh(reviewer))

    assert (mine["approve"], mine["ask"]) == ("a", "h")


def test_asking_twice_costs_one_query(reviewer, django_assert_num_queries):
    person = fresh(reviewer)
    preferences.office_keys()

    with django_assert_num_queries(1):
        assert preferences.preferences_of(person).keys_on
        assert preferences.preferences_of(person).after_decision == "next"


SETTINGS = reverse("workbench:settings")


def form_of(**own: str) -> dict[str, str]:
    return {**keys.as_shipped(), "after": "queue", "keys_on": "on", **own}


def test_a_person_sets_keys_and_where_a_decision_leads(signed_in, reviewer):
    client = signed_in(reviewer)

    response = client.post(SETTINGS, form_of(approve="h"))

    assert response.status_code == 302
    kept = Preferences.objects.get()
    assert (kept.user, kept.keys, kept.keys_on) == (reviewer, {"approve": "h"}, True)
    assert kept.after_decision == "queue"


def test_a_refused_form_says_why_at_the_field_and_keeps_what_was_typed(signed_in, reviewer):
    reviewer.language = "en"
    reviewer.save()

    page = signed_in(reviewer).post(SETTINGS, form_of(approve="h", ask="h"))

    text = page.content.decode()
    assert page.status_code == 422
    assert "“h” would stand for both" in text
    assert text.count('value="h"') == 2
    assert not Preferences.objects.exists()


def test_an_empty_field_means_the_offices_key(signed_in, reviewer):
    choose(reviewer, approve="h")

    signed_in(reviewer).post(SETTINGS, form_of(approve=""))

    assert Preferences.objects.get().keys == {}


def test_the_page_carries_the_persons_keys(signed_in, reviewer):
    choose(reviewer, approve="h")

    page = signed_in(reviewer).get(SETTINGS).content.decode()

    (told,) = re.findall(r'data-keymap="([^"]*)" data-keys="on"', page)
    assert json.loads(told.replace("&quot;", '"')) == {"a": "h"}


@pytest.mark.parametrize(("sent", "on"), [({"keys_on": "on"}, True), ({}, False)])
def test_keys_are_switched_from_the_list(signed_in, reviewer, sent, on):
    choose(reviewer, approve="h")

    response = signed_in(reviewer).post(reverse("workbench:switch_keys"), sent)

    assert response.status_code == 204
    kept = Preferences.objects.get()
    assert (kept.keys_on, kept.keys) == (on, {"approve": "h"})


def test_the_settings_are_the_offices_peoples(signed_in, clerk, client):
    assert signed_in(clerk).get(SETTINGS).status_code == 403
    client.logout()
    assert client.get(SETTINGS).status_code == 302
