"""What one begins with at the queue, and the list one works off from there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exports.models import Role, User
from reviews import claims, decisions, queues
from reviews.models import Case
from tests.factories import (
    NOON,
    make_clean_case,
    make_failing_case,
    make_office,
    make_person,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")
QUEUE = "/workbench/cases/"
NEXT = "/workbench/next/"
MISMATCHES = "view=mismatches"


@pytest.fixture
def clean(exporter, clerk) -> Case:
    """A case in which all agrees; due first."""
    return due(make_clean_case(exporter, by=clerk), days=-2)


@pytest.fixture
def failing(exporter, clerk) -> Case:
    """A case in which a check failed."""
    return due(make_failing_case(exporter, by=clerk), days=-1)


@pytest.fixture
def held(exporter, clerk, reviewer) -> Case:
    """A refusal Wang recommended; late, and waiting for its second signature."""
    case = make_failing_case(exporter, by=clerk)
    return due(recommend_refusal(case, by=reviewer).case, days=-3)


def due(case: Case, *, days: int) -> Case:
    """Let *case* be due so many days from now."""
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() + timedelta(days=days))
    return Case.objects.get(pk=case.pk)


def in_tab(name: str, user: User) -> set[str]:
    seen = queues.VIEWS[name].narrow(Case.objects.visible_to(user), user, timezone.now())
    return set(seen.values_list("reference", flat=True))


def among(*cases: Case):
    return Case.objects.filter(pk__in=[case.pk for case in cases])


# --- what waits for one's signature -----------------------------------------------------------
def test_what_is_late_for_its_signature_is_due_today_for_who_may_sign_it(held, senior, reviewer):
    other = make_person(Role.SENIOR, senior.office)
    queues.forget_tallies(senior)

    assert held.reference in in_tab("today", senior) & in_tab("today", other)
    assert held.reference not in in_tab("today", reviewer)
    assert queues.tallies(senior, at=timezone.now())["today"] == 1


def test_nobody_is_shown_their_own_recommendation_as_due_for_signature(exporter, clerk, senior):
    mine = due(recommend_refusal(make_failing_case(exporter, by=clerk), by=senior).case, days=-1)

    assert mine.reference not in in_tab("today", senior)


def test_a_signature_that_is_late_stands_in_the_list_with_its_flags(client, held, senior):
    client.force_login(senior)

    text = client.get(QUEUE, {"lang": "en", "view": "today"}).content.decode()

    row = text.split(f">{held.reference}</a></th>")[0].rsplit("<tr", 1)[1]
    assert "is-late" in row
    assert "awaiting second signature" in text


# --- the next of a list -----------------------------------------------------------------------
def test_the_next_of_a_list_is_no_other_case(clean, failing, reviewer):
    found = claims.start_next(by=reviewer, at=NOON, among=among(failing))

    assert found == failing
    assert found.assignee == reviewer
    assert claims.start_next(by=reviewer, at=NOON, among=among(failing), after=str(failing)) is None


def test_what_one_holds_elsewhere_waits_while_one_works_off_a_list(clean, failing, reviewer):
    claims.claim(clean, by=reviewer, at=NOON)

    assert claims.start_next(by=reviewer, at=NOON, among=among(failing)) == failing
    assert claims.in_hand(reviewer, at=NOON) == clean.reference


def test_of_signatures_and_cases_the_earlier_due_comes_first(clean, held, senior):
    first = claims.next_of(among(clean, held), by=senior, at=NOON)
    due(held, days=5)
    then = claims.next_of(among(clean, held), by=senior, at=NOON)

    assert (first, then) == (held, clean)


def test_no_list_gives_a_case_of_another_office(failing):
    stranger = make_person(Role.REVIEWER, make_office("elsewhere"))

    assert claims.next_of(among(failing), by=stranger, at=NOON) is None


# --- the button -------------------------------------------------------------------------------
def test_the_button_carries_the_list_along(client, clean, failing, reviewer):
    client.force_login(reviewer)
    page = client.get(QUEUE, {"lang": "en", "view": "mismatches"})
    assert "Start next of: Mismatches" in page.content.decode()

    first = client.post(NEXT, {"list": page.context["start"].query})
    assert first["Location"] == failing.get_absolute_url()
    then = client.post(NEXT, {"after": failing.reference}, follow=True)

    assert then.redirect_chain[0][0] == f"{QUEUE}?{MISMATCHES}"
    assert "Mismatches" in str(then.content.decode()) or "不一致" in then.content.decode()
    assert client.post(NEXT, {"after": failing.reference})["Location"] == clean.get_absolute_url()


def test_the_button_says_which_case_one_holds(client, clean, failing, reviewer):
    claims.claim(clean, by=reviewer, at=timezone.now())
    client.force_login(reviewer)

    everything = client.get(QUEUE, {"lang": "en", "view": "all"}).content.decode()
    mismatches = client.get(QUEUE, {"lang": "en", "view": "mismatches"}).content.decode()

    assert f"Continue {clean.reference}" in everything
    assert "Start next" not in everything
    assert f"Continue {clean.reference}" in mismatches
    assert "Start next of: Mismatches" in mismatches
    assert mismatches.count("data-start") == 1


def test_what_nobody_can_be_handed_is_not_promised(client, held, reviewer, senior):
    texts = []
    for person in (reviewer, senior):
        client.force_login(person)
        texts.append(client.get(QUEUE, {"lang": "en", "view": "signature"}).content.decode())

    assert "Start next of" not in texts[0]
    assert "Start next of: Second signature" in texts[1]


def test_opening_a_row_goes_on_in_its_list(client, clean, failing, reviewer):
    client.force_login(reviewer)

    client.post(f"/workbench/cases/{failing.reference}/open/", {"list": MISMATCHES})
    ended = client.post(NEXT, {"after": failing.reference})

    assert ended["Location"] == f"{QUEUE}?{MISMATCHES}"


@pytest.mark.parametrize(
    "sent", ["view=decided", "view=later", "view=nonsense&x=\x00", "\udc80", "a" * 9999]
)
def test_a_list_nobody_works_off_is_no_list(client, clean, reviewer, sent):
    client.force_login(reviewer)

    response = client.post(NEXT, {"list": sent.encode("utf-8", "replace").decode()})

    assert response["Location"] == clean.get_absolute_url()


def test_a_list_with_a_filter_nobody_understands_gives_nothing(client, clean, reviewer):
    client.force_login(reviewer)

    response = client.post(NEXT, {"list": "view=all&risk=several"})

    assert response["Location"].startswith(f"{QUEUE}?view=all")
    assert not Case.objects.filter(assignee=reviewer).exists()


# --- what a row says --------------------------------------------------------------------------
def test_a_case_that_was_escalated_or_put_off_says_so(client, clean, failing, reviewer):
    at = timezone.now()
    claims.escalate(claims.claim(failing, by=reviewer, at=at), by=reviewer, at=at, note="印章存疑")
    until = at + timedelta(days=3)
    claims.put_off(clean, until=until, by=reviewer, at=at, note="等原件")
    client.force_login(reviewer)

    text = client.get(QUEUE, {"lang": "en", "view": "all", "horizon": "all"}).content.decode()

    assert "escalated</span>" in text
    assert f"by {reviewer.name}</span>" in text
    assert f"put off until {timezone.localtime(until):%m-%d}" in text


def test_escalated_rows_cost_one_query_more_however_many(
    client, exporter, clerk, reviewer, django_assert_max_num_queries
):
    at = timezone.now()
    for _ in range(3):
        case = claims.claim(make_failing_case(exporter, by=clerk), by=reviewer, at=at)
        claims.escalate(case, by=reviewer, at=at, note="印章存疑")
    client.force_login(reviewer)
    client.get(QUEUE, {"view": "all", "horizon": "all"})

    with django_assert_max_num_queries(8):
        client.get(QUEUE, {"view": "all", "horizon": "all"})


# --- what is decided --------------------------------------------------------------------------
def closed(case: Case, *, by: User, days_ago: int) -> Case:
    """Issue *case* as if it had taken effect some days ago."""
    decision = decisions.issue(case, by=by, at=NOON)
    decision.__class__.objects.filter(pk=decision.pk).update(state="signed")
    at = timezone.now() - timedelta(days=days_ago)
    Case.objects.filter(pk=case.pk).update(status="issued", closed_at=at)
    return Case.objects.get(pk=case.pk)


def test_decided_cases_say_when_and_by_whom_the_last_first(
    client, exporter, clerk, reviewer, django_assert_max_num_queries
):
    made = [make_clean_case(exporter, by=clerk) for _ in range(3)]
    order = [
        closed(case, by=reviewer, days_ago=days) for case, days in zip(made, (5, 1, 3), strict=True)
    ]
    client.force_login(reviewer)
    client.get(QUEUE, {"lang": "en", "view": "decided"})

    with django_assert_max_num_queries(8):
        page = client.get(QUEUE, {"lang": "en", "view": "decided"})

    text = page.content.decode()
    rows = [row["reference"] for row in page.context["rows"]]
    assert rows == [order[1].reference, order[2].reference, order[0].reference]
    assert "Decided by</th>" in text
    assert f"<span>{reviewer.name}</span>" in text
    assert "Due</th>" not in text


def test_decided_cases_are_paged_by_when_they_were_decided(
    client, exporter, clerk, reviewer, monkeypatch
):
    monkeypatch.setattr(queues, "PAGE", 2)
    days = (2, 3, 1)
    made = [closed(make_clean_case(exporter, by=clerk), by=reviewer, days_ago=ago) for ago in days]
    Case.objects.filter(pk=made[1].pk).update(closed_at=made[0].closed_at, risk=90)
    client.force_login(reviewer)

    first = client.get(QUEUE, {"view": "decided"}).context["page"]
    then = client.get(QUEUE, {"view": "decided", "after": str(first.after)}).context["page"]
    back = client.get(QUEUE, {"view": "decided", "before": str(then.before)}).context["page"]

    shown = [[row["reference"] for row in page.rows] for page in (first, then, back)]
    assert shown[0] == shown[2] == [made[2].reference, made[0].reference]
    assert shown[1] == [made[1].reference]


def test_nothing_is_offered_for_what_is_decided(client, exporter, clerk, reviewer):
    closed(make_clean_case(exporter, by=clerk), by=reviewer, days_ago=1)
    client.force_login(reviewer)

    text = client.get(QUEUE, {"lang": "en", "view": "decided"}).content.decode()

    assert 'name="act"' not in text
    assert 'name="cases"' not in text


@pytest.mark.parametrize(
    ("role", "offered"),
    [(Role.REVIEWER, set()), (Role.SENIOR, {"sign"}), (Role.SUPERVISOR, {"sign"})],
)
def test_of_what_waits_for_a_signature_only_signing_is_offered(client, held, office, role, offered):
    client.force_login(make_person(role, office))

    page = client.get(QUEUE, {"view": "signature"})

    assert set(page.context["acts"]) == offered
