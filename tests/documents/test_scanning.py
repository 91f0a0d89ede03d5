"""The virus scan: what is infected is destroyed for everybody, what is not scanned waits."""

import io
from collections.abc import Callable, Sequence

import pytest

from documents import pipeline, storage
from documents.models import Document, Page
from documents.scanning import clamd
from exports.errors import UploadRefused
from exports.models import Event, Exporter, User
from tests.factories import NOON, clerk_of, make_exporter, make_letter_pdf, make_vehicle, upload
from tests.services import EICAR, Scanner

pytestmark = [pytest.mark.django_db, pytest.mark.scanner]

Finish = Callable[[Document], None]
MARK = b"% a comment a virus may hide in"


def letter_with(trailer: bytes, exporter: Exporter, clerk: User) -> bytes:
    """Return a good letter with *trailer* as a comment behind its last line."""
    return make_letter_pdf([make_vehicle(exporter, by=clerk)]) + trailer


@pytest.fixture
def finish(django_capture_on_commit_callbacks) -> Finish:
    """Take every step of a document, and what follows once each is committed."""

    def take(document: Document) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            pipeline.complete(document.pk, at=NOON)
        document.refresh_from_db()

    return take


def states(documents: Sequence[Document]) -> list[str]:
    return [Document.objects.get(pk=document.pk).state for document in documents]


def is_stored(name: str) -> bool:
    try:
        storage.read(name).close()
    except FileNotFoundError:
        return False
    return True


# --- the scanner's word ---------------------------------------------------------------------------
def test_a_clean_file_is_clean_by_this_engine(scanner: Scanner):
    verdict = clamd.scan(io.BytesIO(b"a harmless letter"), socket=scanner.socket)

    assert isinstance(verdict, clamd.Clean)
    assert verdict.engine.startswith("ClamAV ")


@pytest.mark.parametrize("before", [0, 3_000_000])
def test_a_virus_is_called_by_its_name(before: int, scanner: Scanner):
    verdict = clamd.scan(io.BytesIO(b" " * before + EICAR), socket=scanner.socket)

    assert verdict == clamd.Infected("Eicar-Test.UNOFFICIAL")


def test_a_scanner_that_is_gone_has_not_said_clean(scanner: Scanner):
    scanner.stop()

    with pytest.raises(clamd.ScannerAway):
        clamd.scan(io.BytesIO(b"a harmless letter"), socket=scanner.socket)


# --- what becomes of the document -----------------------------------------------------------------
def test_a_clean_letter_gets_ready_and_says_who_scanned_it(
    exporter: Exporter, clerk: User, scanner: Scanner, finish: Finish
):
    letter = upload(exporter, letter_with(b"", exporter, clerk), by=clerk)

    finish(letter)

    assert letter.state == "ready"
    assert letter.scanned_by.startswith("ClamAV ")


def test_the_test_virus_is_destroyed_before_anybody_opens_it(
    exporter: Exporter, clerk: User, scanner: Scanner, finish: Finish
):
    letter = upload(exporter, letter_with(b"\n%" + EICAR, exporter, clerk), by=clerk)

    finish(letter)

    assert (letter.state, letter.refusal, letter.opened_at) == ("infected", "infected", NOON)
    assert letter.refusal_facts == {"virus": "Eicar-Test.UNOFFICIAL"}
    assert not letter.pages.exists()
    assert not is_stored(storage.name_of(letter.sha256))
    event = Event.objects.get(action="document.infected")
    assert event.subject_key == str(letter.key)


@pytest.fixture
def content(exporter: Exporter, clerk: User) -> bytes:
    """A good letter, as far as anybody knows."""
    return letter_with(MARK, exporter, clerk)


@pytest.fixture
def old_and_new(
    content: bytes, exporter: Exporter, clerk: User, scanner: Scanner, finish: Finish
) -> list[Document]:
    """The same bytes: of one exporter ready since yesterday, of another one just received.

    Meanwhile the scanner has learnt that they are a virus.
    """
    ready = upload(exporter, content, by=clerk)
    finish(ready)
    assert states([ready]) == ["ready"]
    scanner.stop()
    scanner.teach("Fresh-Virus", MARK)
    scanner.start()
    other = make_exporter(office=exporter.office)
    return [ready, upload(other, content, by=clerk_of(other))]


def test_what_is_found_in_one_copy_ends_every_copy(old_and_new: list[Document], finish: Finish):
    ready, new = old_and_new
    names = [storage.name_of(ready.sha256), *ready.pages.values_list("image", flat=True)]

    finish(new)

    assert states(old_and_new) == ["infected", "infected"]
    assert [is_stored(name) for name in names] == [False] * len(names)
    assert not Page.objects.filter(document__in=old_and_new).exists()
    assert Event.objects.filter(action="document.infected").count() == 2


def test_infected_bytes_are_refused_at_once_whoever_sends_them(
    content: bytes, old_and_new: list[Document], finish: Finish
):
    finish(old_and_new[1])

    for document in old_and_new:
        with pytest.raises(UploadRefused, match="恶意程序") as refused:
            upload(document.exporter, content, by=document.uploaded_by, kind="contract")
        assert refused.value.facts["code"] == "infected"
    assert not is_stored(storage.name_of(old_and_new[0].sha256))


def test_a_copy_that_came_in_at_the_same_moment_is_condemned_without_its_bytes(
    old_and_new: list[Document], finish: Finish
):
    finish(old_and_new[1])
    late = old_and_new[1]
    Document.objects.filter(pk=late.pk).update(state="received", refusal="", refusal_facts={})

    finish(late)

    assert (late.state, late.refusal_facts) == ("infected", {"virus": "Fresh-Virus.UNOFFICIAL"})


def test_a_picture_another_file_shows_too_is_kept(
    exporter: Exporter, clerk: User, scanner: Scanner, finish: Finish
):
    content = letter_with(b"", exporter, clerk)
    clean = upload(exporter, content, by=clerk)
    sick = upload(exporter, content + MARK, by=clerk)
    for document in (clean, sick):
        finish(document)
    shared = set(clean.pages.values_list("image", flat=True))
    assert shared == set(sick.pages.values_list("image", flat=True))
    scanner.stop()
    scanner.teach("Fresh-Virus", MARK)
    scanner.start()

    again = upload(exporter, content + MARK, by=clerk, kind=Document.Kind.CONTRACT)
    finish(again)

    assert states([clean, sick, again]) == ["ready", "infected", "infected"]
    assert all(is_stored(name) for name in shared)


def test_a_letter_waits_for_the_scanner_and_goes_on_when_it_is_back(
    exporter: Exporter, clerk: User, scanner: Scanner, finish: Finish
):
    scanner.stop()
    letter = upload(exporter, letter_with(b"", exporter, clerk), by=clerk)
    finish(letter)
    assert (letter.state, letter.hindrance, letter.attempts) == ("received", "scanner", 0)

    scanner.start()
    finish(letter)

    assert (letter.state, letter.hindrance) == ("ready", "")
