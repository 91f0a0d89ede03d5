"""The way of a document: steps that may be repeated, waits that end, ends that explain."""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction

from documents import pipeline, storage, tasks
from documents.inspection.limits import Limits
from documents.models import Document, Page, Reading
from documents.steps import read
from documents.vision import client as vision
from exports.errors import Moved, RoleMissing, StorageFull
from exports.models import Event, Exporter, Role, User
from tests.factories import NOON, make_letter_pdf, make_person, make_vehicle, upload
from tests.papers import scanned

pytestmark = pytest.mark.django_db

WAY = ["received", "scanned", "opened", "pictured", "read", "examined", "ready"]


@pytest.fixture
def letter(exporter: Exporter, clerk: User) -> Document:
    """A good letter, received and nothing done yet."""
    return upload(exporter, make_letter_pdf([make_vehicle(exporter, by=clerk)]), by=clerk)


@pytest.fixture
def broken(exporter: Exporter, clerk: User) -> Document:
    """A file that begins like a PDF and is none."""
    return upload(exporter, b"%PDF-1.7\n" + b"nothing of a PDF follows " * 40, by=clerk)


def fresh(document: Document) -> Document:
    return Document.objects.get(pk=document.pk)


def step(document: Document) -> str:
    """Take one step and return where the document stands then."""
    pipeline.take_step(pipeline.claim(document.pk, at=NOON), at=NOON)
    return fresh(document).state


def test_a_letter_takes_every_step_in_order(letter: Document):
    seen = ["received", *(step(letter) for _ in WAY[1:])]

    assert seen == WAY
    assert pipeline.claim(letter.pk, at=NOON) is None


def test_a_ready_letter_shows_its_pages_its_words_and_its_fields(letter: Document):
    pipeline.complete(letter.pk, at=NOON)

    ready, pages = fresh(letter), list(Page.objects.filter(document=letter))
    assert (ready.state, ready.opened_at, ready.lease_until) == ("ready", NOON, None)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert "确认书" in pages[0].text
    assert pages[0].source == Page.Source.LAYER
    assert len(pages[0].mark) == 16
    vins = set(ready.readings.filter(field=Reading.Field.VIN).values_list("value", flat=True))
    assert vins == set(letter.exporter.vehicles.values_list("vin", flat=True))
    with storage.read(pages[0].image) as picture:
        assert picture.read(4) == b"RIFF"


@pytest.mark.parametrize("repeated", WAY[:-1])
def test_a_step_taken_twice_leaves_what_one_leaves(letter: Document, repeated: str):
    claimed = pipeline.claim(letter.pk, at=NOON)
    while claimed.state != repeated:
        pipeline.take_step(claimed, at=NOON)
        claimed = pipeline.claim(letter.pk, at=NOON)

    pipeline.take_step(claimed, at=NOON)
    state, pages = fresh(letter).state, Page.objects.count()
    pipeline.take_step(claimed, at=NOON + timedelta(minutes=5))

    assert (fresh(letter).state, Page.objects.count()) == (state, pages)
    pipeline.complete(letter.pk, at=NOON)
    assert fresh(letter).state == "ready"
    assert Event.objects.filter(action="document.ready").count() == 1


def test_what_nobody_can_open_ends_as_broken_with_a_reason_once(broken: Document):
    step(broken)
    claimed = pipeline.claim(broken.pk, at=NOON)

    for _ in range(2):
        pipeline.take_step(claimed, at=NOON)

    ended = fresh(broken)
    assert (ended.state, ended.refusal) == ("broken", "file_unreadable")
    assert not ended.pages.exists()
    assert Event.objects.filter(action="document.broken").count() == 1


@pytest.mark.parametrize("state", ["refused", "broken", "infected"])
def test_nothing_ends_without_a_reason(letter: Document, state: str):
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.update(state=state)


def test_only_one_worker_takes_a_document_until_its_lease_runs_out(letter: Document):
    assert pipeline.waiting(NOON) == [letter.pk]
    assert pipeline.claim(letter.pk, at=NOON) is not None
    assert pipeline.claim(letter.pk, at=NOON) is None
    assert pipeline.waiting(NOON) == []

    later = NOON + timedelta(seconds=settings.LEASE_SECONDS + 1)
    assert pipeline.waiting(later) == [letter.pk]
    assert pipeline.claim(letter.pk, at=later).attempts == 2


@pytest.mark.parametrize("stopped", ["received", "pictured"])
def test_what_died_too_often_waits_for_staff_and_resumes_where_it_stopped(
    letter: Document, clerk: User, stopped: str
):
    Document.objects.update(state=stopped, attempts=settings.MAX_ATTEMPTS)
    assert pipeline.claim(letter.pk, at=NOON) is None
    assert fresh(letter).state == "dead"

    with pytest.raises(RoleMissing):
        pipeline.retry(letter, by=clerk, at=NOON)
    supervisor = make_person(Role.SUPERVISOR, letter.exporter.office)
    pipeline.retry(letter, by=supervisor, at=NOON)

    assert (fresh(letter).state, fresh(letter).attempts) == (stopped, 0)
    with pytest.raises(Moved):
        pipeline.retry(letter, by=supervisor, at=NOON)


def test_each_night_what_was_given_up_is_tried_once_more(letter: Document):
    Document.objects.update(state="dead", stopped_at="received", attempts=5)

    assert tasks.revive_stalled() == 1
    assert tasks.revive_stalled() == 0
    assert fresh(letter).state == "received"


@time_machine.travel(NOON, tick=False)
def test_the_sweep_finds_what_a_lost_message_left(letter: Document):
    assert tasks.advance_waiting() == 1
    assert tasks.advance_waiting() == 0

    assert fresh(letter).state == "ready"


def test_messages_about_done_and_unknown_documents_do_nothing(letter: Document):
    tasks.advance_document(document_id=letter.pk, added_next_year=True)
    tasks.advance_document(document_id=letter.pk)
    tasks.advance_document(document_id=404)

    assert Event.objects.filter(action="document.ready").count() == 1


# --- the scanner ----------------------------------------------------------------------------------
def test_without_the_scanner_a_document_waits_and_no_attempt_is_counted(
    letter: Document, settings, tmp_path: Path
):
    settings.CLAMD_SOCKET = str(tmp_path / "nobody-listens")

    for _ in range(10):
        assert step(letter) == "received"

    waits = fresh(letter)
    assert (waits.hindrance, waits.attempts, waits.lease_until) == ("scanner", 0, None)
    assert pipeline.waiting(NOON) == [letter.pk]


# --- the disk -------------------------------------------------------------------------------------
@pytest.fixture
def tiny_disk(tmp_path: Path, settings) -> Iterator[Path]:
    """A real file system with room for next to nothing."""
    mount = shutil.which("mount")
    disk = tmp_path / "disk"
    disk.mkdir()
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=128k", "tmpfs", disk], check=False, capture_output=True
    )
    if not made or made.returncode:
        pytest.skip("mounting a file system takes root")
    settings.MEDIA_ROOT = str(disk)
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def fill(disk: Path) -> Path:
    """Use up what is left of *disk*; deleting the file returned frees it again."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return filler


def test_a_full_disk_turns_an_upload_away_with_a_sentence_and_keeps_no_half_file(
    exporter: Exporter, clerk: User, tiny_disk: Path
):
    fill(tiny_disk)

    with pytest.raises(StorageFull, match="storage is full"):
        upload(exporter, make_letter_pdf([make_vehicle(exporter, by=clerk)]), by=clerk)

    assert not Document.objects.exists()
    assert [path.name for path in tiny_disk.rglob("*") if path.is_file()] == ["filler"]


def test_a_disk_that_fills_up_meanwhile_lets_a_document_wait(
    exporter: Exporter, clerk: User, tiny_disk: Path
):
    letter = upload(exporter, make_letter_pdf([make_vehicle(exporter, by=clerk)]), by=clerk)
    filler = fill(tiny_disk)

    for _ in range(10):
        claimed = pipeline.claim(letter.pk, at=NOON)
        pipeline.take_step(claimed, at=NOON)
    waits = fresh(letter)
    assert (waits.state, waits.hindrance, waits.attempts) == ("opened", "space", 0)

    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=4m", tiny_disk], check=True)
    pipeline.complete(letter.pk, at=NOON)
    assert (fresh(letter).state, fresh(letter).hindrance) == ("ready", "")


@contextmanager
def killing_the_reader() -> Iterator[None]:
    """Kill the looking process again and again while the block works."""
    done = threading.Event()

    def kill() -> None:
        while not done.wait(0.3):
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)

    victim = vision.process_id()
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        done.set()
        killer.join()


# --- the reader -----------------------------------------------------------------------------------
@pytest.fixture
def scan_of_a_letter(exporter: Exporter, clerk: User) -> Document:
    """A letter as a picture, whose words must be read from the picture."""
    pdf = make_letter_pdf([make_vehicle(exporter, by=clerk)])
    return upload(exporter, scanned(pdf), by=clerk, name="letter.jpg", content_type="image/jpeg")


def test_a_picture_is_read_as_a_text_layer_is(scan_of_a_letter: Document):
    pipeline.complete(scan_of_a_letter.pk, at=NOON)

    page = scan_of_a_letter.pages.get()
    assert (fresh(scan_of_a_letter).state, page.source) == ("ready", "picture")
    vins = scan_of_a_letter.readings.filter(field="vin").values_list("value", flat=True)
    assert set(vins) == set(scan_of_a_letter.exporter.vehicles.values_list("vin", flat=True))


def test_a_reader_that_is_killed_mid_page_costs_one_attempt(scan_of_a_letter: Document):
    for _ in range(3):
        step(scan_of_a_letter)
    claimed = pipeline.claim(scan_of_a_letter.pk, at=NOON)

    with killing_the_reader(), pytest.raises(vision.EyesShut):
        pipeline.take_step(claimed, at=NOON)

    later = NOON + timedelta(seconds=settings.LEASE_SECONDS + 1)
    assert pipeline.waiting(later) == [scan_of_a_letter.pk]
    pipeline.complete(scan_of_a_letter.pk, at=later)
    assert fresh(scan_of_a_letter).state == "ready"
    assert scan_of_a_letter.pages.get().source == "picture"


def test_a_page_the_reader_dies_of_is_left_to_the_people(scan_of_a_letter: Document):
    for _ in range(3):
        step(scan_of_a_letter)
    at = NOON
    for _ in range(read.PATIENCE):
        claimed = pipeline.claim(scan_of_a_letter.pk, at=at)
        with killing_the_reader():
            try:
                pipeline.take_step(claimed, at=at)
            except vision.EyesShut:
                at += timedelta(seconds=settings.LEASE_SECONDS + 1)

    pipeline.complete(scan_of_a_letter.pk, at=at)
    assert fresh(scan_of_a_letter).state == "ready"
    assert scan_of_a_letter.pages.get().source == "failed"
    assert not scan_of_a_letter.readings.exists()


# --- time -----------------------------------------------------------------------------------------
def test_the_longest_step_ends_within_its_message_and_its_lease():
    limits = Limits()
    longest = max(vision.SECONDS, limits.drawing_seconds + limits.wall_seconds)
    within = settings.CELERY_TASK_SOFT_TIME_LIMIT

    assert tasks.SECONDS + longest <= within < settings.CELERY_TASK_TIME_LIMIT
    assert settings.CELERY_TASK_TIME_LIMIT < settings.LEASE_SECONDS
    assert (
        settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
        > settings.CELERY_TASK_TIME_LIMIT
    )
