"""What is new since one's own last look; the beat that tells how far one has seen."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from exports.models import Event, Head, Role
from reviews import assessment, casefile, claims, looks, news, notes
from reviews.models import Case, CheckRun, Look, Mention
from tests.factories import (
    NOON,
    answer_all,
    answer_registry,
    ask_for,
    checked,
    make_failing_case,
    make_office,
    make_person,
)

pytestmark = pytest.mark.usefixtures("law")
LATER = NOON + timedelta(hours=2)


@pytest.fixture
def case(exporter, clerk, reviewer) -> Case:
    return claims.claim(make_failing_case(exporter, by=clerk), by=reviewer, at=NOON)


def read(case: Case, user, *, vin: str = ""):
    found = casefile.find(user, case.reference)
    return casefile.read(found, user=user, vin=vin, document="")


def look(case: Case, user, *, at=NOON) -> None:
    """Let *user* see the case as it stands."""
    file = read(case, user)
    looks.remember(case, by=user, at=at, seq=file.seen, run=file.run.pk if file.run else None)


def told(case: Case, user, *, at=LATER):
    return news.beside(read(case, user), user=user, at=at).news


def beat(client, case: Case, **said):
    return client.post(reverse("workbench:beat", args=[case.reference]), said)


# --- what is new ------------------------------------------------------------------------------
def test_a_first_visit_has_no_news(case, reviewer):
    assert told(case, reviewer) is None


def test_nothing_is_new_where_nothing_happened(case, reviewer):
    look(case, reviewer)

    assert not told(case, reviewer)


def test_after_a_correction_only_what_changed_is_shown(case, reviewer, clerk):
    vin = case.first_vin
    request = ask_for(
        case, by=reviewer, code="RC04", line=case.application.lines.get(), field="brand"
    )
    look(case, reviewer)

    checked(answer_all(request, by=clerk, at=LATER, value="吉利"), at=LATER)
    found = told(case, reviewer, at=LATER + timedelta(hours=1))

    (change,) = found.changes
    assert (change.about, change.field) == (vin, "品牌")
    assert "".join(part.text for part in change.before) == "比亚迪"
    assert "".join(part.text for part in change.after) == "吉利"
    assert [asked.item.answer for asked in found.answers] == ["吉利"]
    shifted = {shift.title.split(" ")[0]: (shift.was, shift.outcome) for shift in found.shifts}
    assert shifted["REG-04"] == ("pass", "fail")
    assert "AGE-01" not in shifted


def test_what_i_did_myself_is_no_news_but_what_the_checks_then_found_is(case, reviewer):
    look(case, reviewer)
    vehicle = case.application.lines.get().vehicle
    answer_registry(vehicle, brand="吉利")

    assessment.recheck(case, by=reviewer, at=LATER)
    found = told(case, reviewer)

    assert not any(item.event.action == "case.rechecked" for item in found.acts)
    assert {shift.title.split(" ")[0]: shift.was for shift in found.shifts} == {"REG-04": "pass"}


def test_what_a_colleague_did_is_told_with_name(case, reviewer, office):
    look(case, reviewer)
    supervisor = make_person(Role.SUPERVISOR, office, name="Zhao")

    claims.claim(Case.objects.get(pk=case.pk), by=supervisor, at=LATER)

    assert [(item.event.action, item.event.actor) for item in told(case, reviewer).acts] == [
        ("case.claimed", "Zhao")
    ]


def test_each_person_has_a_look_of_their_own(case, reviewer, senior):
    look(case, reviewer)
    notes.write(case, by=make_person(Role.SENIOR, reviewer.office), at=LATER, note="看")

    assert told(case, reviewer)
    assert told(case, senior) is None


def test_what_is_new_stays_marked_through_one_visit_and_is_known_at_the_next(
    case, reviewer, senior
):
    look(case, reviewer)
    notes.write(case, by=senior, at=LATER, note="看")

    look(case, reviewer, at=LATER)
    during = told(case, reviewer, at=LATER + timedelta(minutes=10))
    afterwards = told(case, reviewer, at=LATER + timedelta(hours=2))

    assert during
    assert not afterwards


# --- how far one has seen ---------------------------------------------------------------------
def test_opening_the_page_alone_is_no_look(client, case, reviewer):
    client.force_login(reviewer)

    client.get(reverse("workbench:case", args=[case.reference]))

    assert not Look.objects.exists()


def test_the_first_beat_of_a_page_tells_how_far_one_has_seen(client, case, reviewer):
    client.force_login(reviewer)
    shown = client.get(reverse("workbench:case", args=[case.reference])).context["file"]

    beat(client, case, seen=shown.seen, run=shown.run.pk, first="1")
    beat(client, case, seen=shown.seen + 5, run=shown.run.pk)

    mine = Look.objects.get()
    assert (mine.user, mine.seq, mine.run) == (reviewer, shown.seen, shown.run)


def test_a_page_cannot_claim_to_have_shown_what_is_not_there(case, reviewer, exporter, clerk):
    other = make_failing_case(exporter, by=clerk)

    looks.remember(case, by=reviewer, at=NOON, seq=10**15, run=other.runs.get().pk)

    mine = Look.objects.get()
    assert mine.seq == Head.objects.get().seq
    assert mine.run is None


def test_a_look_never_moves_back(case, reviewer):
    look(case, reviewer)
    before = Look.objects.get().seq

    looks.remember(case, by=reviewer, at=LATER, seq=1, run=None)

    assert Look.objects.get().seq == before


def test_an_act_tells_how_far_its_page_had_shown(client, case, reviewer):
    client.force_login(reviewer)
    shown = client.get(reverse("workbench:case", args=[case.reference])).context["file"]

    client.post(
        reverse("workbench:act", args=[case.reference, "recheck"]),
        {"version": case.version, "seen": shown.seen},
    )

    mine = Look.objects.get()
    assert (mine.seq, mine.run) == (shown.seen, shown.run)
    assert CheckRun.objects.filter(case=case).count() == 2


def test_seeing_the_case_reads_the_mentions_on_it(client, case, reviewer, senior):
    notes.write(case, by=reviewer, at=NOON, note=f"@{senior.name}")
    client.force_login(senior)

    beat(client, case, seen="0", first="1")

    assert Mention.objects.get().read_at
    assert notes.unread(senior) == 0


def test_a_beat_for_another_offices_case_finds_nothing(client, case):
    client.force_login(make_person(Role.SENIOR, make_office("xinjiang")))

    assert beat(client, case, first="1").status_code == 404
    assert not Look.objects.exists()


def test_a_beat_with_nonsense_is_refused(client, case, reviewer):
    client.force_login(reviewer)

    assert beat(client, case, seen="x").status_code == 400


# --- what it costs ----------------------------------------------------------------------------
def test_what_stands_beside_the_case_costs_one_query(
    case, reviewer, senior, django_assert_num_queries
):
    look(case, reviewer)
    for number in range(3):
        notes.write(case, by=senior, at=LATER, note=f"@{reviewer.name} {number}")
    file = read(case, reviewer)

    with django_assert_num_queries(1):
        beside = news.beside(file, user=reviewer, at=LATER)
        assert notes.unread(reviewer) == 3

    assert len(beside.notes) == 3
    assert beside.news.acts


def test_the_page_shows_what_is_new(client, case, reviewer, senior):
    file = read(case, reviewer)
    at = timezone.now() - timedelta(hours=3)
    looks.remember(case, by=reviewer, at=at, seq=file.seen, run=file.run.pk)
    notes.write(case, by=senior, at=timezone.now(), note="看")
    client.force_login(reviewer)

    shown = client.get(reverse("workbench:case", args=[case.reference]))

    assert 'id="since"' in shown.content.decode()
    assert Event.objects.filter(action="note.written").count() == 1
