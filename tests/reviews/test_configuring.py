"""What the office sets for everybody: with words why, and without touching the past."""

import pytest
from django.urls import reverse

from exports.errors import KeyReserved, KeyTaken, OutOfBounds, ReasonNeeded, RoleMissing
from exports.models import Event, Office, Role, User
from reviews import configuring, decisions, preferences, thresholds
from reviews.models import OfficeQueue, Reason, RequestItem, Shortcut, Threshold
from reviews.thresholds import threshold
from tests.factories import NOON, ask_for, make_failing_case, make_person, recommend_refusal

pytestmark = pytest.mark.usefixtures("law")

WORDS = {"text_zh": "新的说法", "text_en": "Said anew"}


@pytest.fixture
def policy(office: Office) -> User:
    return make_person(Role.POLICY, office, name="Zhao")


def reword(code: str, *, by: User, **given: object) -> Reason:
    reason = Reason.objects.get(pk=code)
    return configuring.change_reason(reason, given or WORDS, by=by, at=NOON, why="Plainer words")


def test_other_words_make_a_new_version_and_the_old_one_stays(policy):
    old = Reason.objects.get(pk="RC04").text_en

    reword("RC04", by=policy)

    reason = Reason.objects.get(pk="RC04")
    assert (reason.version, reason.text_en) == (2, "Said anew")
    kept = [(each.number, each.words["text_en"], each.why) for each in reason.versions.all()]
    assert kept == [(2, "Said anew", "Plainer words"), (1, old, "")]
    event = Event.objects.get(action="reason.changed")
    assert (event.before["text_en"], event.after["text_en"]) == (old, "Said anew")
    assert (event.actor, event.note, event.after["version"]) == ("Zhao", "Plainer words", 2)


def test_switching_a_reason_off_makes_no_version(policy):
    reword("RC04", by=policy, active=False)

    reason = Reason.objects.get(pk="RC04")
    assert (reason.active, reason.version, reason.versions.count()) == (False, 1, 1)


def test_a_change_that_changes_nothing_leaves_no_trace(policy):
    reword("RC04", by=policy, active=True)

    assert not Event.objects.filter(action="reason.changed").exists()


def test_a_question_keeps_the_words_it_was_asked_with(exporter, clerk, reviewer, policy):
    case = make_failing_case(exporter, by=clerk)
    ask_for(case, by=reviewer)
    item = RequestItem.objects.get()
    asked = item.given

    reword(item.reason_id, by=policy)

    item.refresh_from_db()
    assert item.given == asked
    assert item.reason.text.en == "Said anew"
    assert asked.text.en != "Said anew"


def test_a_refusal_keeps_the_words_it_was_given_with(exporter, clerk, reviewer, policy):
    decision = recommend_refusal(make_failing_case(exporter, by=clerk), by=reviewer)
    code = decision.reasons.get().pk
    (given,) = decision.given

    reword(code, by=policy)

    decision.refresh_from_db()
    assert decision.given == [given]
    assert (given.code, given.version) == (code, 1)


def test_the_exporter_reads_the_words_the_refusal_was_given_with(
    client, exporter, clerk, reviewer, senior, policy
):
    decision = recommend_refusal(make_failing_case(exporter, by=clerk), by=reviewer)
    decisions.sign(decision, by=senior, at=NOON)
    (given,) = decision.given
    reword(given.code, by=policy)
    client.force_login(clerk)

    page = client.get(reverse("portal:application", args=[decision.case.reference]))

    text = page.content.decode()
    assert given.text.zh in text or given.text.en in text
    assert "Said anew" not in text
    assert WORDS["text_zh"] not in text


def test_every_shipped_reason_has_its_first_wording():
    for reason in Reason.objects.prefetch_related("versions"):
        assert [version.words for version in reason.versions.all()] == [reason.words]


def test_a_threshold_is_set_and_heard(policy, django_capture_on_commit_callbacks):
    assert threshold("claims.most") == 3
    row = Threshold.objects.get(pk="claims.most")

    with django_capture_on_commit_callbacks(execute=True):
        configuring.set_threshold(row, 5, by=policy, at=NOON, why="Busy weeks")

    assert threshold("claims.most") == 5
    event = Event.objects.get(action="threshold.changed")
    assert (event.subject_key, event.before, event.after, event.note) == (
        "claims.most",
        {"value": 3},
        {"value": 5},
        "Busy weeks",
    )


@pytest.mark.parametrize("value", [0, 51])
def test_a_threshold_keeps_within_its_bounds(policy, value):
    row = Threshold.objects.get(pk="claims.most")

    with pytest.raises(OutOfBounds):
        configuring.set_threshold(row, value, by=policy, at=NOON, why="Because")

    assert Threshold.objects.get(pk="claims.most").value == 3


def test_numbers_are_asked_once_for_many(django_assert_num_queries):
    with django_assert_num_queries(1):
        for code in thresholds.shipped():
            threshold(code)


def test_a_number_that_is_not_loaded_counts_as_shipped():
    Threshold.objects.all().delete()

    assert threshold("claims.lease") == 15


def test_every_estimate_bears_its_mark():
    for row in Threshold.objects.all():
        assert "[unverified]" in row.source, row
        assert row.lowest <= row.value <= row.highest


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SENIOR, Role.AUDITOR])
def test_who_decides_cases_sets_nothing(office, role):
    person = make_person(role, office)
    reason, number = Reason.objects.get(pk="RC04"), Threshold.objects.get(pk="claims.most")
    shortcut = Shortcut.objects.get(pk="approve")
    common = {"by": person, "at": NOON, "why": "Because"}

    for refused in (
        lambda: configuring.change_reason(reason, WORDS, **common),
        lambda: configuring.add_reason(Reason(code="RC77", use="correction"), **common),
        lambda: configuring.set_threshold(number, 4, **common),
        lambda: configuring.set_shortcut(shortcut, "h", **common),
        lambda: configuring.set_queue(office, view="mine", horizon=3, **common),
    ):
        with pytest.raises(RoleMissing):
            refused()
    assert not Event.objects.exists()


def test_nothing_is_set_without_words_why(policy):
    row = Threshold.objects.get(pk="claims.most")

    with pytest.raises(ReasonNeeded):
        configuring.set_threshold(row, 4, by=policy, at=NOON, why=" ")


def test_the_office_gives_an_action_another_key(
    policy, reviewer, django_capture_on_commit_callbacks
):
    shortcut = Shortcut.objects.get(pk="approve")

    with django_capture_on_commit_callbacks(execute=True):
        configuring.set_shortcut(shortcut, "H", by=policy, at=NOON, why="Left hand")

    assert preferences.keys_of(reviewer)["approve"] == "h"
    assert Event.objects.get(action="shortcut.changed").after == {"key": "h"}


@pytest.mark.parametrize(
    ("key", "refusal"),
    [("i", KeyTaken), ("7", KeyReserved), ("?", KeyReserved), (" ", KeyReserved)],
)
def test_the_office_cannot_give_a_key_that_means_something_else(policy, key, refusal):
    shortcut = Shortcut.objects.get(pk="approve")

    with pytest.raises(refusal):
        configuring.set_shortcut(shortcut, key, by=policy, at=NOON, why="Because")


def test_an_office_sets_what_its_queue_opens_with(policy, office):
    for horizon in (3, 4):
        configuring.set_queue(
            office, view="mine", horizon=horizon, by=policy, at=NOON, why="As agreed"
        )

    row = OfficeQueue.objects.get()
    assert (row.office, row.view, row.horizon) == (office, "mine", 4)
    actions = Event.objects.order_by("seq").values_list("action", flat=True)
    assert list(actions) == ["officequeue.added", "officequeue.changed"]
