"""The light pictures of pages that screens show first."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import transaction
from PIL import Image, ImageChops

from documents import pipeline, serving, storage
from documents.models import Document, Page
from documents.steps import scan
from documents.vision import display
from exports.models import Exporter, User
from tests.factories import NOON, make_letter_pdf, make_vehicle, upload
from tests.papers import scanned

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(exporter: Exporter, clerk: User) -> Page:
    """The page of a scanned contract that went all the way: nobody reads words from it."""
    photo = scanned(make_letter_pdf([make_vehicle(exporter, by=clerk)]))
    document = upload(
        exporter,
        photo,
        by=clerk,
        kind=Document.Kind.CONTRACT,
        name="contract.jpg",
        content_type="image/jpeg",
    )
    pipeline.complete(document.pk, at=NOON)
    return document.pages.get()


def sent(page: Page, *, full: bool = False) -> bytes:
    with serving.page(page.document, page.number, full=full).file_to_stream as file:
        return file.read()


def stored(name: str) -> bytes:
    with storage.read(name) as file:
        return file.read()


def without(page: Page, *, state: str = Document.State.READY) -> None:
    """Put *page* back to before there were light pictures."""
    default_storage.delete(page.display)
    Page.objects.filter(pk=page.pk).update(display="")
    Document.objects.filter(pk=page.document_id).update(state=state)


def test_a_page_is_shown_light_and_on_request_as_it_was_read(page: Page):
    light, full = sent(page), sent(page, full=True)

    assert (light, full) == (stored(page.display), stored(page.image))
    assert len(light) <= display.MOST_BYTES < len(full)
    with Image.open(io.BytesIO(light)) as picture:
        assert max(picture.size) in display.LONG_SIDES
        across, down = picture.size
    assert across / down == pytest.approx(page.width / page.height, rel=0.01)


def test_the_red_of_a_seal_stays_red(page: Page):
    with Image.open(io.BytesIO(sent(page))) as picture:
        red, green, _blue = picture.convert("RGB").reduce(4).split()
    # The histogram counts how many points are by how much redder than green.
    assert sum(ImageChops.subtract(red, green).histogram()[50:]) > 100


def test_a_page_from_before_shows_its_full_picture_until_the_light_one_is_made_up_for(page: Page):
    without(page)
    page.document.refresh_from_db()
    assert sent(page) == stored(page.image)

    call_command("lighten_pictures")

    page.refresh_from_db()
    assert len(sent(page)) <= display.MOST_BYTES
    call_command("lighten_pictures")
    assert Page.objects.get(pk=page.pk).display == page.display


def test_a_paper_still_under_way_is_left_to_its_own_steps(page: Page):
    without(page, state=Document.State.PICTURED)

    call_command("lighten_pictures")

    assert Page.objects.get(pk=page.pk).display == ""


def test_a_picture_lost_from_the_storage_holds_up_no_other(page: Page, capsys):
    without(page)
    storage.destroy([page.image])
    name, _ = storage.keep_bytes(b"no picture", suffix=".webp")
    Page.objects.filter(pk=page.pk).update(image=name)

    call_command("lighten_pictures")

    assert "could not be drawn: 1" in capsys.readouterr().out


def test_what_is_light_already_is_not_drawn_twice(page: Page):
    content = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(content, "WEBP", quality=1)
    name, _ = storage.keep_bytes(content.getvalue(), suffix=".webp")
    without(page)
    Page.objects.filter(pk=page.pk).update(image=name)

    call_command("lighten_pictures")

    assert Page.objects.get(pk=page.pk).display == name


def test_a_virus_found_later_takes_both_pictures_along(
    page: Page, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        scan.condemn(page.document, "Late-Virus", at=NOON)

    assert not default_storage.exists(page.image)
    assert not default_storage.exists(page.display)
