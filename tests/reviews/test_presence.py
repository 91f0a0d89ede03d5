"""Who else has the case open, how the claim lasts, and what the page hears."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from exports.models import Head, Role
from reviews import claims, notes, presence
from reviews.models import Case
from tests.factories import NOON, make_failing_case, make_person

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def case(exporter, clerk) -> Case:
    return make_failing_case(exporter, by=clerk)


def show(case, person, *, at=NOON, writing=False):
    return presence.show(case, by=person, at=at, writing=writing)


def beat(client, case: Case, **said):
    with override("en"):
        return client.post(
            reverse("workbench:beat", args=[case.reference]) + "?lang=en", {"seen": 0} | said
        )


def test_two_people_on_one_case_see_each_other(case, reviewer, senior):
    assert show(case, reviewer) == []
    assert show(case, senior, writing=True) == [presence.Viewer("Wang", writing=False)]
    assert show(case, reviewer) == [presence.Viewer("Li", writing=True)]


def test_who_is_silent_for_three_beats_is_gone(case, reviewer, senior):
    show(case, reviewer)

    here = show(case, senior, at=NOON + timedelta(seconds=44))
    gone = show(case, senior, at=NOON + timedelta(seconds=45))

    assert [viewer.name for viewer in here] == ["Wang"]
    assert gone == []


def test_the_queue_learns_who_is_where_in_one_call(case, exporter, clerk, reviewer, senior):
    other, empty = (make_failing_case(exporter, by=clerk) for _ in range(2))
    show(case, senior)
    show(other, reviewer)

    found = presence.viewers_of([case.pk, other.pk, empty.pk], but=reviewer, at=NOON)

    assert found == {case.pk: [presence.Viewer("Li", writing=False)]}


def test_a_beat_tells_who_else_is_here_in_under_a_kilobyte(client, case, office, reviewer):
    at = timezone.now()
    for number in range(12):
        show(case, make_person(Role.SENIOR, office, name=f"很长的名字很长的名字{number}"), at=at)
    client.force_login(reviewer)

    response = beat(client, case, writing="1", first="1")

    told = response.json()
    assert "很长的名字很长的名字0 is viewing" in told["viewers"]
    assert told["viewers"].endswith("7 more")
    assert told["changed"]  # the page said it had seen nothing
    assert len(response.content) <= 1024
    assert json.loads(response.content) == told


def test_a_person_at_work_keeps_the_claim(client, case, reviewer):
    claims.claim(case, by=reviewer, at=timezone.now() - timedelta(minutes=14))
    before = Case.objects.get(pk=case.pk).claimed_until
    client.force_login(reviewer)

    told = beat(client, case, active="1").json()

    assert Case.objects.get(pk=case.pk).claimed_until > before
    assert told["left"] > 14 * 60
    assert "Yours until" in told["lease"]


def test_an_idle_page_lets_the_claim_run_out_and_says_so(client, case, reviewer):
    claims.claim(case, by=reviewer, at=timezone.now() - timedelta(minutes=14))
    before = Case.objects.get(pk=case.pk).claimed_until
    client.force_login(reviewer)

    told = beat(client, case).json()

    assert Case.objects.get(pk=case.pk).claimed_until == before
    assert 0 < told["left"] <= 60
    assert "Press any key" in told["ending"]


def test_looking_at_a_colleagues_case_renews_nothing(client, case, reviewer, senior):
    claims.claim(case, by=reviewer, at=timezone.now() - timedelta(minutes=5))
    before = Case.objects.get(pk=case.pk).claimed_until
    client.force_login(senior)

    told = beat(client, case, active="1").json()

    assert Case.objects.get(pk=case.pk).claimed_until == before
    assert told["lease"] == ""
    assert "left" not in told


def test_who_lost_the_case_is_told(client, case, office, reviewer):
    claims.claim(case, by=reviewer, at=timezone.now())
    supervisor = make_person(Role.SUPERVISOR, office)
    claims.claim(Case.objects.get(pk=case.pk), by=supervisor, at=timezone.now())
    client.force_login(reviewer)

    told = beat(client, case, held="1", seen=Head.objects.get().seq).json()

    assert not told["changed"]
    assert "not in your hands any more" in told["lease"]
    assert "left" not in told


def test_an_auditor_is_seen_reading_but_takes_nothing(client, case, office, reviewer):
    auditor = make_person(Role.AUDITOR, office, name="Sun")
    client.force_login(auditor)

    assert beat(client, case, active="1", first="1").status_code == 200
    assert show(case, reviewer, at=timezone.now()) == [presence.Viewer("Sun", writing=False)]
    assert Case.objects.get(pk=case.pk).assignee is None


def test_exporters_have_no_beat(client, case, clerk):
    client.force_login(clerk)

    assert beat(client, case).status_code == 403


def test_what_a_colleague_does_changes_the_page_and_what_i_do_does_not(
    client, case, reviewer, senior
):
    seen = Head.objects.get().seq
    client.force_login(reviewer)
    notes.write(case, by=reviewer, at=NOON, note="一")
    mine = beat(client, case, seen=seen).json()["changed"]
    notes.write(case, by=senior, at=NOON, note="二")

    theirs = beat(client, case, seen=seen).json()["changed"]

    assert (mine, theirs) == (False, True)
