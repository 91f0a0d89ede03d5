"""Opening files: a lease, a child process, pages or a refusal; each once."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction

from documents import opening, storage, tasks
from documents.models import Document, Page
from exports.errors import Moved, RoleMissing
from exports.models import Event, Exporter, Role, User
from tests.factories import NOON, make_letter_pdf, make_person, make_vehicle, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(exporter: Exporter, clerk: User) -> Document:
    """A good letter, received and not opened yet."""
    return upload(exporter, make_letter_pdf([make_vehicle(exporter, by=clerk)]), by=clerk)


@pytest.fixture
def broken(exporter: Exporter, clerk: User) -> Document:
    """A file that begins like a PDF and is none."""
    return upload(exporter, b"%PDF-1.7\n" + b"nothing of a PDF follows " * 40, by=clerk)


def fresh(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def test_a_letter_shows_its_pages_and_their_text(letter: Document):
    opening.open_document(opening.claim(letter.pk, at=NOON), at=NOON)

    opened, pages = fresh(letter), list(Page.objects.filter(document=letter))
    assert (opened.state, opened.opened_at, opened.lease_until) == ("ready", NOON, None)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert "确认书" in pages[0].text
    with storage.read(pages[0].image) as picture:
        assert picture.read(4) == b"RIFF"


def test_opening_twice_keeps_the_pages_once(letter: Document):
    claimed = opening.claim(letter.pk, at=NOON)
    opening.open_document(claimed, at=NOON)
    pages = Page.objects.count()

    opening.open_document(claimed, at=NOON + timedelta(minutes=5))

    assert Page.objects.count() == pages
    assert fresh(letter).opened_at == NOON
    assert Event.objects.filter(action="document.ready").count() == 1


def test_what_cannot_be_opened_is_refused_with_a_reason_once(broken: Document):
    claimed = opening.claim(broken.pk, at=NOON)

    for _ in range(2):
        opening.open_document(claimed, at=NOON)

    refused = fresh(broken)
    assert refused.state == "refused"
    assert refused.refusal
    assert not refused.pages.exists()
    assert Event.objects.filter(action="document.refused").count() == 1


def test_the_database_knows_no_refusal_without_a_reason(letter: Document):
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=letter.pk).update(state="refused")


def test_of_two_workers_one_has_the_file_until_its_lease_ends(letter: Document):
    assert opening.waiting(NOON) == [letter.pk]
    assert opening.claim(letter.pk, at=NOON) is not None
    assert opening.claim(letter.pk, at=NOON) is None
    assert opening.waiting(NOON) == []

    later = NOON + timedelta(seconds=settings.LEASE_SECONDS + 1)
    assert opening.waiting(later) == [letter.pk]
    assert opening.claim(letter.pk, at=later).attempts == 2


def test_a_file_that_kills_its_workers_is_given_up_and_retried_by_staff(
    letter: Document, exporter: Exporter, clerk: User
):
    Document.objects.update(attempts=settings.MAX_ATTEMPTS)
    assert opening.claim(letter.pk, at=NOON) is None
    assert fresh(letter).state == "dead"

    with pytest.raises(RoleMissing):
        opening.retry(letter, by=clerk, at=NOON)
    supervisor = make_person(Role.SUPERVISOR, exporter.office)
    opening.retry(letter, by=supervisor, at=NOON)

    assert opening.waiting(NOON) == [letter.pk]
    with pytest.raises(Moved):
        opening.retry(letter, by=supervisor, at=NOON)


@time_machine.travel(NOON, tick=False)
def test_the_sweep_opens_what_no_message_announced(letter: Document):
    assert tasks.inspect_waiting() == 1
    assert tasks.inspect_waiting() == 0

    assert fresh(letter).state == "ready"


@time_machine.travel(NOON, tick=False)
def test_a_message_about_a_file_that_is_done_does_nothing(letter: Document):
    tasks.inspect_document(document_id=letter.pk)
    before = Event.objects.count()

    tasks.inspect_document(document_id=letter.pk, added_next_year=True)
    tasks.inspect_document(document_id=404)

    assert Event.objects.count() == before
