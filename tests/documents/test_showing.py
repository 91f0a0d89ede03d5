"""What the exporter sees of a paper: how far it is, and what was read where."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from documents.models import Correction, Document, Echo, Page, Reading
from documents.showing import progress_of, standings_of
from documents.showing.readings import MOST_SHOWN
from tests.documents.test_portal import entered
from tests.factories import (
    BYD,
    NOON,
    clerk_of,
    make_destination,
    make_draft,
    make_exporter,
    make_manufacturer,
    make_vehicle,
    make_vin,
    upload,
)
from tests.seen import BOX, read, sealed, seen_letter, signed, specimen

State = Document.State
SURE = {"sure": True, "confidence": 1.0, "page": 1, "box": BOX}
SCANNING_OFF = "Virus scanning is off in this installation"


@pytest.fixture
def clerk(exporter):
    return clerk_of(exporter, name="Alice", language="en")


@pytest.fixture
def vehicle(exporter, clerk):
    make_manufacturer()
    make_destination()
    return make_vehicle(exporter, by=clerk, age=100)


@pytest.fixture
def letter(exporter, vehicle, clerk) -> Document:
    return seen_letter(exporter, [vehicle], by=clerk)


@pytest.fixture
def page(client, clerk):
    client.force_login(clerk)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"portal:{name}", args=args)


def text(page, name: str, document: Document) -> str:
    return page.get(url(name, document.key)).content.decode()


# --- how far it is ----------------------------------------------------------------------------
WAY = [
    (State.RECEIVED, "Waiting to be opened"),
    (State.SCANNED, "Opening the file"),
    (State.OPENED, "Drawing the pages"),
    (State.PICTURED, "Reading page 2 of 3"),
    (State.READ, "Looking for seals and signatures"),
    (State.EXAMINED, "Putting the results together"),
]


@pytest.fixture
def long_letter(letter) -> Document:
    """A letter of three pages, one of them read."""
    facts = {"document": letter, "width": 1000, "height": 1400, "image": "x.webp"}
    Page.objects.bulk_create(Page(number=number, **facts) for number in (2, 3))
    return letter


@pytest.mark.parametrize(("state", "said"), WAY)
def test_each_step_is_said_with_the_way_before_and_behind_it(page, long_letter, state, said):
    Document.objects.update(state=state)

    shown = text(page, "letter", long_letter)
    fragment = text(page, "document_progress", long_letter)

    assert said in shown
    assert said in fragment
    assert "data-poll" in fragment
    assert fragment.count("is-current") == 1
    assert fragment.count("is-done") == [state for state, _said in WAY].index(state)


def test_a_row_of_the_list_follows_its_paper_until_it_is_ready(page, long_letter):
    Document.objects.update(state=State.PICTURED)

    listed = page.get(url("letters")).content.decode()
    row = page.get(url("document_progress", long_letter.key) + "?row").content.decode()
    Document.objects.update(state=State.READY)
    done = page.get(url("document_progress", long_letter.key) + "?row").content.decode()

    assert "Reading page 2 of 3" in listed
    assert f"{url('document_progress', long_letter.key)}?row" in listed
    assert "data-poll" in row
    assert "data-poll" not in done
    assert "data-done" in done


@pytest.mark.parametrize(
    ("hindrance", "said"),
    [
        (Document.Hindrance.SCANNER, "Nothing is opened unscanned"),
        (Document.Hindrance.SPACE, "The storage of this installation is full"),
    ],
)
def test_what_a_paper_waits_for_is_said_in_a_sentence(page, letter, hindrance, said):
    Document.objects.update(state=State.RECEIVED, hindrance=hindrance)

    assert said in text(page, "letter", letter)
    assert "waiting for" in page.get(url("letters")).content.decode()


@pytest.mark.parametrize("state", [State.INFECTED, State.BROKEN, State.REFUSED])
def test_what_was_rejected_says_why_and_shows_no_page(page, letter, state):
    code = {"infected": "infected", "broken": "file_unreadable", "refused": "file_encrypted"}
    Document.objects.update(state=state, refusal=code[state])

    shown = text(page, "letter", letter)

    assert "again" in shown
    assert "Upload another file" in shown
    assert page.get(url("document_page", letter.key, 1)).status_code == 404
    assert page.get(url("document_original", letter.key)).status_code == 404


def test_a_paper_of_another_kind_that_was_rejected_shows_no_page(page, exporter, vehicle, clerk):
    paper = seen_letter(exporter, [vehicle], by=clerk, kind="certificate")
    Document.objects.update(state=State.INFECTED, refusal="infected")

    assert "viewer-page" not in text(page, "document", paper)


def test_nothing_is_served_before_it_was_scanned(page, exporter, vehicle, clerk):
    waiting = upload(exporter, b"%PDF-1.7 unread", by=clerk)

    assert waiting.state == State.RECEIVED
    assert page.get(url("document_page", waiting.key, 1)).status_code == 404
    assert page.get(url("document_original", waiting.key)).status_code == 404


@pytest.mark.parametrize(("socket", "off"), [("", True), ("/run/clamd", False)])
def test_where_nobody_scans_it_is_said_where_files_are_sent(
    page, exporter, clerk, settings, socket, off
):
    settings.CLAMD_SOCKET = socket
    draft = make_draft(exporter, by=clerk)

    for address in (url("letter_add"), url("application_attach", draft.reference)):
        assert (SCANNING_OFF in page.get(address).content.decode()) is off


@pytest.mark.parametrize(("socket", "said"), [("", "taken in"), ("/run/clamd", "scanned")])
def test_the_first_step_is_called_scanned_only_where_it_is_a_scan(letter, settings, socket, said):
    settings.CLAMD_SOCKET = socket
    letter.state = State.SCANNED

    with override("en"):
        assert progress_of(letter).steps[0].label == said


def test_a_long_list_asks_for_its_first_waiting_papers_only(exporter, vehicle, clerk):
    for number in range(12):
        seen_letter(exporter, [vehicle], by=clerk, number=f"N{number}")
    Document.objects.update(state=State.READ)

    polled = [row.polled for row in standings_of(Document.objects.all())]

    assert sum(polled) == 10


# --- what was read ----------------------------------------------------------------------------
def test_each_value_stands_beside_its_box_and_each_leads_to_the_other(page, letter):
    shown = text(page, "letter", letter)

    for reading in letter.readings.all():
        assert f'id="reading-{reading.pk}"' in shown
        assert f'href="#box-reading-{reading.pk}"' in shown
        assert f'id="box-reading-{reading.pk}"' in shown
        assert f'href="#reading-{reading.pk}"' in shown
    assert 'x="96" y="276" width="308" height="36"' in shown
    assert "read “哈萨克斯坦”, taken as <strong>Kazakhstan · KZ</strong>" in shown
    assert "Every value was read without a doubt." in shown


def test_a_doubtful_value_asks_to_be_checked_and_shows_what_is_printed(page, letter, vehicle):
    printed = vehicle.vin[:-2] + "O6"
    letter.readings.filter(field="vin").update(
        printed=printed, sure=False, repair="declared", box=BOX
    )

    shown = text(page, "letter", letter)

    assert f"read “{printed}”, taken as <strong>{vehicle.vin}</strong>" in shown
    assert "your vehicle that looks the same" in shown
    assert "1 value to check" in shown
    assert 'data-key="n"' in shown
    assert 'class="box-attention"' in shown


def test_a_vin_that_may_be_another_says_which(page, letter):
    letter.readings.filter(field="vin").update(sure=False, parts={"suggestion": "LGXOTHER"})

    assert "perhaps LGXOTHER" in text(page, "letter", letter)


def test_hundreds_of_vins_are_one_field_and_a_folded_list(page, letter):
    rows = [
        Reading(document=letter, field="vin", position=n, value=make_vin(), printed="x", **SURE)
        for n in range(1, 600)
    ]
    Reading.objects.bulk_create(rows)

    shown = text(page, "letter", letter)

    assert shown.count("<textarea") == 1
    assert f"{MOST_SHOWN} values read without a doubt" in shown
    assert "200 more were read and are not shown one by one." in shown
    assert shown.count("<rect") == 400


def test_a_correction_stands_beside_what_was_read_with_its_author(page, letter, vehicle):
    read(letter, "number", "ASC-1O")

    page.post(url("letter", letter.key), entered(vehicle, number="ASC-10"))
    shown = text(page, "letter", letter)

    assert Correction.objects.filter(field="number", read="ASC-1O", entered="ASC-10").exists()
    assert "Alice entered “ASC-10” instead" in shown
    assert "Corrected by hand" in shown


def test_a_correction_taken_back_is_not_said_to_stand(page, letter, vehicle):
    read(letter, "number", "ASC-1O")
    page.post(url("letter", letter.key), entered(vehicle, number="ASC-10"))

    page.post(url("letter", letter.key), entered(vehicle, number="ASC-1O"))
    shown = text(page, "letter", letter)

    assert "Alice entered “ASC-10” instead" not in shown
    assert "Corrected by hand" in shown


def test_a_value_left_out_is_said_to_be_so(page, letter, vehicle):
    page.post(url("letter", letter.key), entered(vehicle, issuer_name="比亚迪"))
    Correction.objects.all().delete()

    assert "not entered" in text(page, "letter", letter)


def test_a_faulty_form_keeps_what_was_typed_beside_what_was_read(page, letter, vehicle):
    response = page.post(url("letter", letter.key), entered(vehicle, vins="LGX", number="MINE"))

    shown = response.content.decode()
    assert response.status_code == 422
    assert 'value="MINE"' in shown
    assert "read “哈萨克斯坦”" in shown


def test_a_certificate_shows_its_values_and_nothing_to_fill_in(page, exporter, vehicle, clerk):
    paper = seen_letter(exporter, [vehicle], by=clerk, kind="certificate")
    read(paper, "owner", "天津港进出口有限公司", sure=False)

    shown = text(page, "document", paper)

    assert "天津港进出口有限公司" in shown
    assert "1 value to check" in shown
    assert 'name="vins"' not in shown


# --- seals, signatures ------------------------------------------------------------------------
def test_a_seal_is_shown_with_its_ring_and_no_promise(page, letter, clerk):
    seal = sealed(letter)
    seal.specimen, seal.specimen_likeness = specimen(make_manufacturer(), by=clerk), 0.95
    seal.save()

    shown = text(page, "letter", letter)

    assert "Nothing here proves it genuine." in shown
    assert "the same words" in shown
    assert f'id="box-seal-{seal.pk}"' in shown
    assert 'viewBox="475 675 250 260"' in shown
    assert "Specimen on record" not in shown


@pytest.mark.parametrize("look", [{"colour": "grey"}, {"kind": "contract"}])
def test_a_seal_that_cannot_confirm_says_so(page, letter, look):
    sealed(letter, **look)

    assert "only a red official seal confirms" in text(page, "letter", letter)


def test_a_signature_says_whose_it_is_or_what_was_done_to_the_paper(page, letter):
    unit = make_manufacturer()
    signed(letter, unit)
    signed(
        letter,
        unit,
        position=1,
        standing="altered",
        covers_whole=False,
        changes=[{"code": "content_replaced", "page": 1}],
    )

    shown = text(page, "letter", letter)

    assert f"Valid signature of {BYD}" in shown
    assert "the document was changed after signing" in shown
    assert "The content of page 1 was replaced after signing." in shown


def test_where_text_and_picture_differ_both_are_shown(page, letter):
    part = {"field": "vin", "layer": "LGX1", "picture": "LGX7", "box": BOX}
    letter.pages.update(disagreements=[part])

    shown = text(page, "letter", letter)

    assert "in the text “LGX1”, on the picture “LGX7”" in shown
    assert 'class="box-fail"' in shown


def test_an_exporter_hears_nothing_of_other_papers(page, letter, office):
    other = make_exporter(office=office)
    clerk = clerk_of(other)
    twin = seen_letter(other, [make_vehicle(other, by=clerk)], by=clerk)
    Echo.objects.create(document=twin, earlier=letter, kind="seal_copied", noticed_at=NOON)

    shown = text(page, "letter", letter)

    assert "seal pixels" not in shown
    assert str(other) not in shown


@pytest.mark.parametrize("count", [1, 30])
def test_a_letter_costs_the_same_however_much_was_read(
    page, letter, count, django_assert_max_num_queries
):
    for number in range(1, count):
        read(letter, "vin", make_vin(), position=number)
        sealed(letter, position=number)
    signed(letter, make_manufacturer())

    with django_assert_max_num_queries(20):
        page.get(url("letter", letter.key))
