"""The papers inbox: many files at once, matched by the VINs read in them, put away on request."""

from itertools import count

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents import filing, inbox
from documents.letters import left_over
from documents.models import Attachment, Confirmation, Document, Reading
from exports.errors import Frozen, Incomplete, Moved, NotAllowed, RoleMissing
from exports.models import Event
from tests.factories import (
    BYD,
    NOON,
    clerk_of,
    make_case,
    make_confirmation,
    make_destination,
    make_draft,
    make_exporter,
    make_letter_pdf,
    make_manufacturer,
    make_person,
    make_vehicle,
    make_vin,
    upload,
)

Field = Reading.Field
numbers = count(1)


def url(name: str, *args: object) -> str:
    return reverse(f"portal:{name}", args=args)


def paper(clerk, kind, values, *, sure=True, name=""):
    """A paper that was opened and read: *values* by field, as the reading step leaves them."""
    content = b"%PDF-1.7\n%" + str(next(numbers)).encode()
    document = upload(clerk.exporter, content, by=clerk, kind=kind, name=name or f"{kind}.pdf")
    Document.objects.filter(pk=document.pk).update(state=Document.State.READY)
    Reading.objects.bulk_create(
        Reading(
            document=document,
            field=field,
            position=position,
            value=value,
            printed=value,
            confidence=0.99,
            sure=sure,
            page=1,
        )
        for position, (field, value) in enumerate(values)
    )
    document.refresh_from_db()
    return document


def letter(clerk, vins, **how):
    make_manufacturer()
    make_destination()
    said = [(Field.ISSUER, BYD), (Field.NUMBER, "ASC-9"), (Field.DESTINATION, "KZ")]
    said += [(Field.VIN, vin) for vin in vins]
    return paper(clerk, "confirmation", how.pop("said", said), **how)


def seen(clerk, *, about=None):
    rows = list(inbox.unused(clerk.exporter).order_by("pk"))
    return inbox.papers_of(rows, exporter=clerk.exporter, about=about)


def ticked(found):
    return [value for place, value in found.places if place.ticked]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("售后维修服务确认书 ASC-2026.pdf", "confirmation"),
        ("LGX…登记证书.jpg", "certificate"),
        ("inspection-07.pdf", "inspection"),
        ("出口合同HT-77.pdf", "contract"),
        ("IMG_2071.jpg", "other"),
    ],
)
def test_the_name_of_a_file_tells_its_kind(name, kind):
    assert inbox.kind_named(name) == kind


def test_a_letter_read_without_doubt_is_ticked_and_says_what_it_matches(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk, age=100)
    draft = make_draft(exporter, vehicle, by=clerk)
    stranger = make_vin()
    letter(clerk, [vehicle.vin, stranger])

    [found] = seen(clerk)

    assert found.sure
    assert (found.matched, found.unmatched, found.drafts) == ([vehicle.vin], [stranger], [draft])


@pytest.mark.parametrize(
    "how",
    [
        {"sure": False},
        {"said": [(Field.DESTINATION, "KZ")]},
        {"said": [(Field.ISSUER, "某汽车贸易公司"), (Field.DESTINATION, "KZ")]},
    ],
)
def test_a_doubtful_letter_is_not_ticked(exporter, clerk, how):
    vehicle = make_vehicle(exporter, by=clerk)
    if "said" in how:
        how["said"].append((Field.VIN, vehicle.vin))
    letter(clerk, [vehicle.vin], **how)

    [found] = seen(clerk)

    assert not found.sure


def test_a_letter_for_another_makers_vehicle_is_not_ticked(exporter, clerk):
    letter(clerk, [make_vehicle(exporter, by=clerk, maker_name="广汽乘用车有限公司").vin])

    [found] = seen(clerk)

    assert found.foreign
    assert not found.sure


def test_a_letter_of_nobodys_vehicle_is_not_ticked(exporter, clerk):
    letter(clerk, [make_vin()])

    assert not seen(clerk)[0].sure


def test_a_certificate_is_ticked_for_the_one_draft_that_has_its_vehicle(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    draft = make_draft(exporter, vehicle, by=clerk)
    document = paper(clerk, "certificate", [(Field.VIN, vehicle.vin)])

    [found] = seen(clerk)

    assert ticked(found) == [f"{document.pk}.{draft.pk}.{vehicle.pk}"]


def test_of_two_drafts_with_the_vehicle_the_exporter_chooses(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    for _ in range(2):
        make_draft(exporter, vehicle, by=clerk)
    paper(clerk, "certificate", [(Field.VIN, vehicle.vin)])

    [found] = seen(clerk)

    assert len(found.places) == 2
    assert ticked(found) == []


def test_a_contract_is_ticked_only_for_the_draft_one_comes_from(exporter, clerk):
    draft = make_draft(exporter, by=clerk)
    other = make_draft(exporter, by=clerk)
    document = paper(clerk, "contract", [])

    assert ticked(seen(clerk)[0]) == []
    assert ticked(seen(clerk, about=draft)[0]) == [f"{document.pk}.{draft.pk}.0"]
    assert other in [place.application for place, _value in seen(clerk)[0].places]


def test_the_inbox_takes_a_fixed_number_of_queries(exporter, clerk):
    vehicles = [make_vehicle(exporter, by=clerk) for _ in range(4)]
    make_draft(exporter, *vehicles, by=clerk)
    letter(clerk, [vehicle.vin for vehicle in vehicles])
    with CaptureQueriesContext(connection) as few:
        seen(clerk)
    for vehicle in vehicles:
        paper(clerk, "certificate", [(Field.VIN, vehicle.vin)])

    with CaptureQueriesContext(connection) as many:
        seen(clerk)

    assert len(few) == len(many) <= 9


def test_what_is_entered_or_attached_leaves_the_inbox(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    draft = make_draft(exporter, vehicle, by=clerk)
    one, two = letter(clerk, [vehicle.vin]), paper(clerk, "contract", [])

    done = inbox.put_away(letters=[one], places=[(two, draft, None)], by=clerk, at=NOON)

    assert (done.entered, done.attached, done.refused) == (1, 1, [])
    assert seen(clerk) == []
    assert Confirmation.objects.get().number == "ASC-9"


def test_a_letter_is_entered_once_however_often_it_is_asked(exporter, clerk):
    one = letter(clerk, [make_vehicle(exporter, by=clerk).vin])
    inbox.enter_as_read(one, by=clerk, at=NOON)

    with pytest.raises(Moved):
        inbox.enter_as_read(one, by=clerk, at=NOON)

    assert Confirmation.objects.count() == 1


def test_one_refusal_leaves_the_other_papers_alone(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    filed = make_case(exporter, vehicle, by=clerk).application
    one, two = paper(clerk, "contract", []), letter(clerk, [vehicle.vin])

    done = inbox.put_away(letters=[two], places=[(one, filed, None)], by=clerk, at=NOON)

    assert done.entered == 1
    assert [name for name, _why in done.refused] == ["contract.pdf"]
    assert not Attachment.objects.exists()


def test_a_letter_without_issuer_is_entered_by_hand(exporter, clerk):
    vin = make_vehicle(exporter, by=clerk).vin
    one = letter(clerk, [], said=[(Field.VIN, vin)])

    with pytest.raises(Incomplete):
        inbox.enter_as_read(one, by=clerk, at=NOON)


@pytest.mark.parametrize(("who", "refusal"), [("viewer", RoleMissing), ("stranger", NotAllowed)])
def test_only_the_exporters_writers_enter_and_redeclare(exporter, clerk, who, refusal):
    one = letter(clerk, [make_vehicle(exporter, by=clerk).vin])
    person = make_person("viewer", exporter) if who == "viewer" else clerk_of(make_exporter())

    with pytest.raises(refusal):
        inbox.enter_as_read(one, by=person, at=NOON)
    with pytest.raises(refusal):
        filing.redeclare(one, "contract", by=person, at=NOON)


def test_a_paper_of_another_kind_is_read_anew(exporter, clerk):
    one = paper(clerk, "other", [])

    filing.redeclare(one, "certificate", by=clerk, at=NOON)

    one.refresh_from_db()
    assert (one.kind, one.state) == ("certificate", Document.State.PICTURED)
    assert Event.objects.filter(action="document.redeclared").count() == 1
    with pytest.raises(Moved):
        filing.redeclare(one, "inspection", by=clerk, at=NOON)


def test_a_paper_in_use_keeps_its_kind(exporter, clerk):
    one = paper(clerk, "contract", [])
    filing.attach_to_draft(one, make_draft(exporter, by=clerk), by=clerk, at=NOON)

    with pytest.raises(Frozen):
        filing.redeclare(one, "certificate", by=clerk, at=NOON)


def test_the_same_file_is_not_twice_of_one_kind(exporter, clerk):
    one = paper(clerk, "contract", [])
    content = b"%PDF-1.7\n%" + str(next(numbers) - 1).encode()
    upload(exporter, content, by=clerk, kind="other")

    with pytest.raises(Moved):
        filing.redeclare(one, "other", by=clerk, at=NOON)


def test_what_no_filed_application_uses_of_a_letter_is_left_over(exporter, clerk):
    used, spare = (make_vehicle(exporter, by=clerk, age=100) for _ in range(2))
    confirmation = make_confirmation([used, spare], by=clerk)
    make_draft(exporter, spare, by=clerk)
    make_case(exporter, used, by=clerk)

    assert left_over([confirmation.pk]) == {confirmation.pk: 1}


@pytest.fixture
def page(client, exporter):
    person = clerk_of(exporter, language="en")
    client.force_login(person)
    with time_machine.travel(NOON, tick=False):
        yield client


def file(name, content=b"%PDF-1.7\n%x"):
    return SimpleUploadedFile(name, content, "application/pdf")


def test_twenty_files_are_taken_at_once_and_the_rest_is_named(page, exporter):
    files = [file(f"contract-{n}.pdf", b"%PDF-1.7\n%" + str(n).encode()) for n in range(21)]

    answer = page.post(url("papers_inbox"), {"kind": "", "papers": files})

    assert answer.status_code == 422
    assert "contract-20.pdf: not taken" in answer.content.decode()
    assert Document.objects.filter(kind="contract").count() == 20


def test_a_refused_file_is_named_and_the_others_stay(page, exporter):
    answer = page.post(
        url("papers_inbox"), {"kind": "contract", "papers": [file("a.pdf"), file("b.pdf", b"MZ")]}
    )

    assert answer.status_code == 422
    assert "b.pdf:" in answer.content.decode()
    assert [document.name for document in Document.objects.all()] == ["a.pdf"]


def test_the_page_puts_the_ticked_away_and_nothing_of_strangers(page, exporter, clerk):
    draft = make_draft(exporter, by=clerk)
    own = paper(clerk, "contract", [])
    other = clerk_of(make_exporter())
    theirs, their_draft = paper(other, "contract", []), make_draft(other.exporter, by=other)

    page.post(
        url("papers_put"),
        {
            "put": [
                f"{own.pk}.{draft.pk}.0",
                f"{own.pk}.{their_draft.pk}.0",
                f"{theirs.pk}.{draft.pk}.0",
            ],
            "enter": [str(theirs.pk)],
        },
    )

    assert [(a.document, a.application) for a in Attachment.objects.all()] == [(own, draft)]
    assert not Confirmation.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"put": ["", "x", "1.2", "1.2.3.4", "²..", "9" * 40 + ".1.0"], "enter": ["-1", "\x00"]},
        {"put": ["999999999999999.1.0"], "enter": ["99999999999999999"]},
        {},
    ],
)
def test_nonsense_ticks_get_a_sentence(page, sent):
    answer = page.post(url("papers_put"), sent, follow=True)

    assert answer.status_code == 200
    assert "Tick what belongs where first." in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["?before=1000000000", "?application=%00", "?application=%ED%A0%80"]
)
def test_nonsense_addresses_show_the_inbox(page, query):
    assert page.get(url("papers_inbox") + query).status_code == 200


def test_the_page_shows_matches_and_works_for_who_only_reads(client, exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    letter(clerk, [vehicle.vin, make_vin()])
    client.force_login(make_person("viewer", exporter, language="en"))

    text = client.get(url("papers_inbox")).content.decode()

    assert "1 of 2 VINs matched" in text
    assert "checkbox" not in text


def test_progress_counts_what_is_read(page, exporter, clerk):
    paper(clerk, "contract", [])
    upload(exporter, b"%PDF-1.7\n%new", by=clerk, kind="contract")

    text = page.get(url("papers_progress")).content.decode()

    assert "1 of 2" in text
    assert "data-poll" in text


def test_the_library_says_what_is_left_over(page, exporter, clerk):
    vehicles = [make_vehicle(exporter, by=clerk, age=100) for _ in range(2)]
    confirmation = make_confirmation(vehicles, by=clerk)
    make_case(exporter, vehicles[0], by=clerk)

    text = page.get(url("letters")).content.decode()

    assert f'{url("letter", confirmation.document.key)}#left-over">1</a>' in text


@pytest.mark.usefixtures("committed")
def test_real_letters_dropped_together_are_read_matched_and_entered(client):
    exporter = make_exporter()
    clerk = clerk_of(exporter, language="en")
    make_manufacturer()
    vehicles = [make_vehicle(exporter, by=clerk, age=100) for _ in range(2)]
    draft = make_draft(exporter, *vehicles, by=clerk)
    client.force_login(clerk)
    letters = [file(f"letter-{n}.pdf", make_letter_pdf([each])) for n, each in enumerate(vehicles)]

    client.post(url("papers_inbox"), {"kind": "", "papers": letters})
    shown = client.get(url("papers_inbox")).context["papers"]
    client.post(url("papers_put"), {"enter": [paper.document.pk for paper in shown if paper.sure]})

    assert [paper.drafts for paper in shown] == [[draft], [draft]]
    named = {
        vin
        for each in Confirmation.objects.all()
        for vin in each.vehicles.values_list("vin", flat=True)
    }
    assert named == {vehicle.vin for vehicle in vehicles}
