"""Notices: queued once, sent once, said in the reader's language, harmless as HTML."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.utils import translation

from exports import notices
from exports.models import Delivery, Notice
from tests.factories import NOON, clerk_of, make_exporter

ROOT = Path(__file__).resolve().parents[2] / "templates" / "notices"
ENDING = ".subject.txt"
KINDS = sorted(path.name.removesuffix(ENDING) for path in ROOT.glob(f"reviews/*{ENDING}"))
ABOUT_NO_CASE = {"freed", "lane_closed", "mentioned"}
FACTS = {
    "reference": "E2026-000001",
    "due": "2026-07-03",
    "items": 2,
    "count": 2,
    "answer_by": "2026-07-07",
    "outcome": "issue",
    "by": "Wang",
    "note": "<b>see</b> & compare",
    "number": "CG-2026-000001",
    "valid_until": "2026-12-31",
    "day": "2026-07-01",
    "vins": ["LGXC74CG0T0000001", "LGXC74CG0T0000002"],
    "more": 0,
}


@pytest.fixture
def alice(db):
    return clerk_of(make_exporter(), name="Alice", language="en")


def queue(person, *, kind="filed", key="k", **facts):
    return notices.queue(
        f"reviews/{kind}",
        to=[person],
        facts=FACTS | facts,
        path="/portal/applications/E2026-000001/",
        effect_key=key,
        at=NOON,
    )


def test_the_same_effect_is_told_once(alice):
    assert len(queue(alice)) == 1
    assert queue(alice) == []
    assert Notice.objects.count() == 1


def test_a_claimed_notice_is_not_claimed_again_until_the_lease_ends(alice):
    [pk] = queue(alice)

    assert notices.claim(pk, at=NOON) is not None
    assert notices.claim(pk, at=NOON) is None
    assert notices.claim(pk, at=NOON + timedelta(hours=1)) is not None


def test_a_delivered_notice_is_sent_and_waits_no_more(alice):
    [pk] = queue(alice)
    notice = notices.claim(pk, at=NOON)

    notices.deliver(notice, at=NOON)

    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == [alice.email]
    assert Notice.objects.get().state == "sent"
    assert notices.waiting(NOON + timedelta(days=1)) == []


def test_a_mail_server_that_is_away_is_tried_again_later_and_given_up_visibly(alice, settings):
    settings.EMAIL_BACKEND = "tests.exports.test_notices.Away"
    settings.MAX_ATTEMPTS = 2
    [pk] = queue(alice)

    notices.deliver(notices.claim(pk, at=NOON), at=NOON)
    assert notices.claim(pk, at=NOON) is None
    later = NOON + timedelta(hours=1)
    notices.deliver(notices.claim(pk, at=later), at=later)

    assert Notice.objects.get().state == "dead"
    assert [row.delivered for row in Delivery.objects.all()] == [False, False]


class Away:
    """A mail server nobody reaches."""

    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError("away")


def test_opening_a_notice_again_keeps_when_it_was_first_read(alice):
    queue(alice)
    notice = Notice.objects.get()

    notices.mark_read(notice, at=NOON)
    notices.mark_read(notice, at=NOON + timedelta(days=1))

    notice.refresh_from_db()
    assert notice.read_at == NOON


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_subject_a_text_and_its_link(alice, kind, language):
    alice.language = language
    alice.save()
    queue(alice, kind=kind)

    message = notices.message(Notice.objects.select_related("to").get())

    assert "\n" not in message.subject
    about_a_case = kind not in ABOUT_NO_CASE
    assert about_a_case == any(
        number in message.subject for number in ("CG-2026-000001", "E2026-000001")
    )
    assert message.body.count("/portal/applications/E2026-000001/") == 1
    assert "None" not in message.body
    assert "<b>see" not in message.alternatives[0].content


def test_every_kind_that_is_told_has_its_words():
    told = {
        "filed", "returned", "answered", "withdrawn", "signature", "sent_back", "refused",
        "issued", "revoked", "due", "late", "answer_due", "lapsed",
    }  # fmt: skip

    assert set(KINDS) >= told


def test_a_subject_in_the_inbox_speaks_the_reader_s_language(alice):
    queue(alice, kind="returned")

    with translation.override("en"):
        subject = notices.subject_of(Notice.objects.get())

    assert subject == "Answer needed: E2026-000001, by 2026-07-07"


def test_old_waiting_notices_can_be_discarded_and_stay_in_the_inbox(alice):
    queue(alice)

    count = notices.discard(queued_before=NOON + timedelta(days=1), by=None, at=NOON, note="demo")

    assert count == 1
    assert Notice.objects.get().state == "discarded"
    assert notices.waiting(NOON) == []
