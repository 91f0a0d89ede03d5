"""Messages follow the commit, unless they are held back."""

import pytest

from exports.kicks import held_back, kick_after_commit
from exports.models import Role
from exports.notices import queue
from exports.tasks import deliver_notice
from tests.factories import NOON, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice_id(office):
    person = make_person(Role.REVIEWER, office)
    facts = {"reference": "E2026-000001", "due": "2026-07-03"}
    return queue("reviews/filed", to=[person], facts=facts, path="/", effect_key="k", at=NOON)[0]


def test_a_kick_is_sent_after_the_commit(notice_id, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as sent:
        kick_after_commit(deliver_notice, notice_id=notice_id)

    assert len(sent) == 1


def test_a_kick_held_back_is_never_sent_and_later_kicks_are(
    notice_id, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as sent, held_back():
        kick_after_commit(deliver_notice, notice_id=notice_id)
    with django_capture_on_commit_callbacks() as sent_later:
        kick_after_commit(deliver_notice, notice_id=notice_id)

    assert (len(sent), len(sent_later)) == (0, 1)
