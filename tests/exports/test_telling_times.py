"""How and when people are told: urgent things at once, the rest as they wish, each once."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from exports import digests, notices, tasks
from exports.models import Event, Notice, NoticePreference, Role, User
from exports.notice_times import DECISIONS, URGENT, after_quiet, summary_of
from tests.exports.test_notices import FACTS, ROOT
from tests.factories import NOON, SHANGHAI, clerk_of, make_exporter, make_person

MORNING = NOON.replace(hour=8, minute=30, second=0) + timedelta(days=1)


@pytest.fixture
def alice(db: None) -> User:
    return clerk_of(make_exporter(), name="Alice", language="en")


def wish(person: User, **wishes: Any) -> NoticePreference:
    return notices.prefer(person, at=NOON, **wishes)


def tell(person: User, *, kind: str = "filed", key: str = "k", at: datetime = NOON) -> list[int]:
    return notices.queue(
        f"reviews/{kind}", to=[person], facts=FACTS, path="/portal/", effect_key=key, at=at
    )


# --- by mail at once, once a day, not at all -----------------------------------------------------
def test_without_a_wish_everything_is_mailed_at_once(alice: User):
    assert tell(alice)
    assert Notice.objects.get().state == Notice.State.WAITING


@pytest.mark.parametrize(
    ("mode", "state"),
    [("daily", Notice.State.GATHERED), ("inbox", Notice.State.KEPT), ("at_once", "waiting")],
)
def test_what_is_not_urgent_follows_the_wish(alice: User, mode: str, state: str):
    wish(alice, progress=mode)

    tell(alice)

    assert Notice.objects.get().state == state
    assert notices.waiting(NOON) == ([Notice.objects.get().pk] if state == "waiting" else [])


@pytest.mark.parametrize("template", sorted(URGENT))
def test_what_is_urgent_is_mailed_at_once_whatever_was_wished(alice: User, template: str):
    wish(alice, progress="inbox", decisions="inbox", quiet_from=time(0), quiet_until=time(23, 59))

    assert notices.queue(template, to=[alice], facts={}, path="/", effect_key="k", at=NOON)

    assert Notice.objects.get().next_at == NOON


def test_the_wish_stands_on_the_ledger(alice: User):
    wish(alice, progress="daily")

    assert Event.objects.get(action="notices.preferred").after == {"progress": "daily"}


@pytest.mark.parametrize("template", sorted(URGENT | DECISIONS))
def test_every_kind_with_a_rule_of_its_own_is_told_somewhere(template: str):
    assert (ROOT / f"{template}.subject.txt").exists()


# --- quiet hours --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-07-01T20:59", "2026-07-01T20:59"),
        ("2026-07-01T21:00", "2026-07-02T08:00"),
        ("2026-07-01T23:59", "2026-07-02T08:00"),
        ("2026-07-02T00:00", "2026-07-02T08:00"),
        ("2026-07-02T07:59", "2026-07-02T08:00"),
        ("2026-07-02T08:00", "2026-07-02T08:00"),
    ],
)
def test_mail_is_silent_in_quiet_hours_across_midnight(now: str, then: str):
    at = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)

    told = after_quiet(at, since=time(21), until=time(8))

    assert told == datetime.fromisoformat(then).replace(tzinfo=SHANGHAI)


def test_quiet_hours_within_a_day_and_none_at_all():
    assert after_quiet(NOON, since=time(11), until=time(14)) == NOON.replace(hour=14)
    assert after_quiet(NOON, since=time(12), until=time(12)) == NOON


# --- the daily summary --------------------------------------------------------------------------
def test_the_summary_is_one_mail_with_every_subject_and_link(alice: User):
    wish(alice, progress="daily")
    for number in range(3):
        tell(alice, key=f"k{number}")

    assert digests.people_waiting(NOON) == []
    assert digests.people_waiting(MORNING) == [alice.pk]
    summary = digests.summarise(alice.pk, at=MORNING)
    assert summary is not None
    notices.deliver(notices.claim(summary.pk, at=MORNING) or summary, at=MORNING)

    [sent] = mail.outbox
    assert sent.subject.startswith("3 messages")
    assert str(sent.body).count("/portal/") == 3
    assert Notice.objects.filter(state=Notice.State.SUMMED).count() == 3


def test_a_second_worker_and_a_second_beat_send_no_second_summary(alice: User):
    wish(alice, progress="daily")
    tell(alice, key="first")
    assert digests.summarise(alice.pk, at=MORNING)
    tell(alice, key="late", at=MORNING - timedelta(minutes=1))

    assert digests.summarise(alice.pk, at=MORNING) is None
    assert digests.summarise(alice.pk, at=MORNING + timedelta(days=1))


def test_nights_without_a_worker_lose_nothing(alice: User):
    wish(alice, progress="daily")
    tell(alice)

    assert digests.people_waiting(MORNING + timedelta(days=9)) == [alice.pk]


def test_what_was_read_before_is_left_out(alice: User):
    wish(alice, progress="daily")
    tell(alice)
    notices.mark_read(Notice.objects.get(), at=NOON)

    assert digests.summarise(alice.pk, at=MORNING) is None
    assert Notice.objects.get().state == Notice.State.KEPT


def test_summaries_are_due_at_half_past_eight():
    assert summary_of(MORNING) == MORNING
    assert summary_of(MORNING - timedelta(seconds=1)) == MORNING - timedelta(days=1)


def test_the_task_makes_them(alice: User):
    assert tasks.summarise_waiting() == 0


# --- pages --------------------------------------------------------------------------------------
@pytest.mark.parametrize("side", ["exporter", "office"])
def test_everybody_has_an_inbox(side: str, alice: User, reviewer: User, client: Client):
    person = alice if side == "exporter" else reviewer
    tell(person)
    client.force_login(person)

    assert client.get(reverse("notices")).status_code == 200
    notice = Notice.objects.get(to=person)
    client.post(reverse("notices_read"), {"upto": notice.pk})
    notice.refresh_from_db()
    assert notice.read_at
    assert (
        reverse("notice", args=[notice.pk])
        not in client.get(reverse("notices"), {"new": "1"}).content.decode()
    )


def test_nobody_opens_or_reads_anothers_notice(alice: User, client: Client):
    tell(alice)
    notice = Notice.objects.get()
    client.force_login(make_person(Role.CLERK, make_exporter()))

    assert client.get(reverse("notice", args=[notice.pk])).status_code == 404
    client.post(reverse("notices_read"), {"upto": notice.pk})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_failed_mail_says_why(alice: User, client: Client):
    tell(alice)
    notice = Notice.objects.get()
    notices.postpone(notice, at=NOON, error="550 no such mailbox")
    client.force_login(alice)

    assert "550 no such mailbox" in client.get(reverse("notices")).content.decode()


def test_the_preferences_take_both_ends_or_neither(alice: User, client: Client):
    client.force_login(alice)
    address = reverse("notice_preferences")
    good = {"decisions": "at_once", "progress": "daily", "quiet_from": "21:00"}

    assert client.post(address, good).status_code == 422
    assert client.post(address, good | {"quiet_until": "08:00"}).status_code == 302
    assert NoticePreference.objects.get(user=alice).quiet_from == time(21)
    assert client.get(address).status_code == 200
    assert client.post(address, {"decisions": "\0", "quiet_from": "25:99"}).status_code == 422
