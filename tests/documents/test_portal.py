"""The portal's pages about evidence, seen through the browser's door."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from documents.models import Attachment, Confirmation, Document
from exports.models import Event
from tests import factories
from tests.factories import (
    BYD,
    clerk_of,
    make_confirmation,
    make_draft,
    make_exporter,
    make_letter_pdf,
    make_manufacturer,
    make_person,
    make_vehicle,
)

OUTLET = ("country", "name", "address", "provider", "phone")
pytestmark = [pytest.mark.usefixtures("committed", "now")]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch):
    """Stand the interfaces' clock at noon of the factories' day."""
    monkeypatch.setattr(timezone, "now", lambda: factories.NOON)


@pytest.fixture
def exporter():
    return make_exporter()


@pytest.fixture
def clerk(exporter):
    return clerk_of(exporter, name="Alice", language="en")


@pytest.fixture
def vehicle(exporter, clerk):
    make_manufacturer()
    return make_vehicle(exporter, by=clerk, age=100)


@pytest.fixture
def page(client, clerk):
    client.force_login(clerk)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"portal:{name}", args=args)


def pdf(content: bytes, name: str = "letter.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def sent_letter(page, vehicle, **fields) -> Document:
    """Upload a letter for *vehicle* through the page and return it, opened."""
    page.post(url("letter_add"), {"file": pdf(make_letter_pdf([vehicle], **fields))})
    return Document.objects.get()


def entered(vehicle, **values):
    """What a person sends from the form of a letter."""
    outlet = {
        "outlets-TOTAL_FORMS": "2",
        "outlets-INITIAL_FORMS": "0",
        "outlets-0-country": "KZ",
        "outlets-0-name": "Astana Motors",
        "outlets-0-address": "Almaty",
        "outlets-0-provider": "Astana Motors",
        "outlets-1-name": "",
    }
    facts = {
        "issuer_name": BYD,
        "number": "ASC-7",
        "issued_on": "2026年6月20日",
        "destinations": ["KZ"],
        "vins": vehicle.vin,
    }
    return outlet | facts | values


def test_a_letter_is_sent_opened_read_checked_and_entered(page, vehicle):
    document = sent_letter(page, vehicle)
    assert document.state == "ready"

    shown = page.get(url("letter", document.key))
    form = shown.context["form"]
    assert form["vins"].value() == vehicle.vin
    assert form["issuer_name"].value() == BYD
    assert form["destinations"].value() == ["KZ"]
    assert "Read from the letter, please check" in shown.content.decode()

    response = page.post(url("letter", document.key), entered(vehicle))
    assert response["Location"] == url("letter", document.key)
    confirmation = Confirmation.objects.get()
    assert str(confirmation.issued_on) == "2026-06-20"
    assert [v.vin for v in confirmation.vehicles.all()] == [vehicle.vin]
    assert [o.name for o in confirmation.outlets.all()] == ["Astana Motors"]
    use = page.get(url("letter", document.key)).context["use"]
    assert [(v, batch) for v, batch in use["vehicles"]] == [(vehicle, [])]


def test_an_entered_letter_can_be_corrected_and_an_outlet_removed(page, vehicle):
    document = sent_letter(page, vehicle)
    page.post(url("letter", document.key), entered(vehicle))

    emptied = dict.fromkeys([f"outlets-0-{name}" for name in OUTLET], "")
    response = page.post(url("letter", document.key), entered(vehicle, number="ASC-8", **emptied))

    assert response.status_code == 302, response.context["form"].errors

    confirmation = Confirmation.objects.get()
    assert (confirmation.number, confirmation.outlets.count()) == ("ASC-8", 0)


def test_vins_are_taken_in_any_grouping_and_named_by_line_when_wrong(page, vehicle):
    document = sent_letter(page, vehicle)
    grouped = f"{vehicle.vin[:3]} {vehicle.vin[3:9].lower()}-{vehicle.vin[9:]}"

    wrong = page.post(url("letter", document.key), entered(vehicle, vins=f"{grouped}\nLSV123"))
    right = page.post(url("letter", document.key), entered(vehicle, vins=f"{grouped}\n\n{grouped}"))

    assert wrong.status_code == 422
    assert "Line 2: “LSV123” has 6 characters" in wrong.content.decode()
    assert right.status_code == 302
    assert Confirmation.objects.get().vehicles.get().vin == vehicle.vin


def test_a_faulty_form_comes_back_with_all_that_was_typed(page, vehicle):
    document = sent_letter(page, vehicle)
    values = entered(
        vehicle,
        issuer_name="",
        number="<script>",
        valid_until="2026-01-01",
        **{"outlets-1-name": "No country given"},
    )

    response = page.post(url("letter", document.key), values)

    body = response.content.decode()
    assert response.status_code == 422
    assert "&lt;script&gt;" in body
    assert "No country given" in body
    assert "before the day of issue" in body
    assert "Outlet 2, Country" in body
    assert not Confirmation.objects.exists()


def test_doubts_are_said_while_the_letter_is_entered(page, vehicle, exporter):
    make_manufacturer("某某汽车销售有限公司", kind="sales")
    document = sent_letter(page, vehicle)
    other = factories.make_vin()

    page.post(
        url("letter", document.key),
        entered(
            vehicle,
            issuer_name="某某汽车销售有限公司",
            destinations=["RU"],
            vins=other,
            valid_until="2026-06-25",
        ),
    )

    doubts = " ".join(page.get(url("letter", document.key)).context["doubts"])
    assert "Only the manufacturer itself may confirm" in doubts
    assert "ran out on 2026-06-25" in doubts
    assert "No service outlet is entered in: Russia" in doubts
    assert f"Not found in the text of the letter: {other}" in doubts
    assert f"but not entered: {vehicle.vin}" in doubts
    assert f"Not among your vehicles yet: {other}" in doubts


def test_a_good_letter_raises_no_doubt(page, vehicle):
    document = sent_letter(page, vehicle)

    page.post(url("letter", document.key), entered(vehicle))

    assert page.get(url("letter", document.key)).context["doubts"] == []


def test_a_letter_reused_covers_the_vehicles_of_two_applications(page, exporter, clerk, vehicle):
    second = make_vehicle(exporter, by=clerk, age=90)
    confirmation = make_confirmation([vehicle, second], by=clerk)
    drafts = [make_draft(exporter, each, by=clerk) for each in (vehicle, second)]

    use = page.get(url("letter", confirmation.document.key)).context["use"]

    assert {d.reference for d in use["applications"]} == {d.reference for d in drafts}
    for draft in drafts:
        [shown] = page.get(url("application", draft.reference)).context["vehicles"]
        assert [row.confirmation for row in shown.letters] == [confirmation]
        assert not [f for f in shown.open if f.outcome == "fail"]


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "empty.pdf", "The file is empty"),
        (b"MZ\x90\x00\x03", "tool.exe", "Only PDF, JPEG, PNG, TIFF and HEIC files are taken"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 60, "photo.pdf", "does not match the file"),
        (b"PK\x03\x04" + b"\0" * 60, "letter.docx", "Only PDF, JPEG, PNG, TIFF and HEIC files"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_at_once(page, content, name, said):
    response = page.post(url("letter_add"), {"file": pdf(content, name)})

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Document.objects.exists()


def test_a_file_that_turns_out_unreadable_says_so_on_its_page(page):
    page.post(url("letter_add"), {"file": pdf(b"%PDF-1.7\nnothing that is one\n%%EOF")})
    document = Document.objects.get()

    shown = page.get(url("letter", document.key))
    sent = page.post(url("letter", document.key), {"vins": "x"})

    assert document.state == "broken"
    assert "damaged or too complex to open" in shown.content.decode()
    assert sent.status_code == 200
    assert not Confirmation.objects.exists()


def test_while_it_is_being_opened_the_page_asks_again(page, exporter, clerk, vehicle):
    document = sent_letter(page, vehicle)
    Document.objects.update(state="received")

    shown = page.get(url("letter", document.key)).content.decode()
    asked = page.get(url("document_progress", document.key)).content.decode()

    assert f'data-poll="{url("document_progress", document.key)}"' in shown
    assert "data-done" not in asked
    Document.objects.update(state="ready")
    assert "data-done" in page.get(url("document_progress", document.key)).content.decode()


def test_nothing_chosen_is_said_and_not_crashed(page):
    response = page.post(url("letter_add"), {})

    assert response.status_code == 422
    assert "Choose a file first." in response.content.decode()


def test_pages_are_private_pictures(page, vehicle):
    document = sent_letter(page, vehicle)

    response = page.get(url("document_page", document.key, 1))

    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"].startswith("private")
    assert b"".join(response.streaming_content)[8:12] == b"WEBP"
    assert page.get(url("document_page", document.key, 99)).status_code == 404


def test_an_original_comes_as_a_harmless_download_and_stands_on_the_ledger(page, vehicle):
    content = make_letter_pdf([vehicle])
    page.post(url("letter_add"), {"file": pdf(content, '确认 "书";x=1.pdf')})
    document = Document.objects.get()

    response = page.get(url("document_original", document.key))

    assert b"".join(response.streaming_content) == content
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%A1%AE")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert Event.objects.filter(action="document.downloaded", actor="Alice").count() == 1


def test_a_refused_file_is_not_handed_out(page):
    page.post(url("letter_add"), {"file": pdf(b"%PDF-1.7\nnothing that is one\n%%EOF")})

    assert page.get(url("document_original", Document.objects.get().key)).status_code == 404


def test_several_papers_come_in_at_once_and_the_bad_one_is_named(page, exporter, clerk, vehicle):
    draft = make_draft(exporter, vehicle, by=clerk)
    address = url("application_attach", draft.reference)
    good = [make_letter_pdf([vehicle], number=f"N{n}") for n in range(2)]

    response = page.post(
        address,
        {
            "kind": "contract",
            "vehicle": vehicle.pk,
            "papers": [
                pdf(good[0], "a.pdf"),
                pdf(b"MZ\x90\x00", "b.exe"),
                pdf(good[1], "c.pdf"),
            ],
        },
    )

    body = response.content.decode()
    assert response.status_code == 422
    assert "b.exe: The file was not accepted" in body
    assert [a.document.name for a in Attachment.objects.order_by("id")] == ["a.pdf", "c.pdf"]
    assert {a.vehicle for a in Attachment.objects.all()} == {vehicle}

    first = Attachment.objects.order_by("id")[0]
    page.post(url("application_detach", draft.reference, first.pk))
    assert Attachment.objects.count() == 1


def test_the_kind_of_a_paper_is_one_we_know_and_never_a_letter(page, exporter, clerk):
    draft = make_draft(exporter, by=clerk)

    for kind in ("confirmation", "nonsense", ""):
        sent = {"kind": kind, "papers": pdf(b"%PDF-1.4 x")}
        assert page.post(url("application_attach", draft.reference), sent).status_code == 422
    assert not Document.objects.exists()


def test_papers_of_a_filed_application_are_shown_and_not_taken(page, exporter, clerk):
    case = factories.make_case(exporter, by=clerk)
    address = url("application_attach", case.reference)

    sent = page.post(address, {"kind": "contract", "papers": pdf(b"%PDF-1.4 x")})

    assert '<form class="form"' not in page.get(address).content.decode()
    assert sent.status_code == 422
    assert "is filed" in sent.content.decode()
    assert not Attachment.objects.exists()


def test_withdrawing_a_file_asks_first(page, vehicle):
    document = sent_letter(page, vehicle)
    address = url("document_withdraw", document.key)

    assert page.get(address).status_code == 200
    assert page.post(address)["Location"] == url("letters")
    document.refresh_from_db()
    assert document.withdrawn_at == factories.NOON
    assert page.get(address).status_code == 404


def test_a_maker_takes_its_promise_back_with_words_why(client, clerk, vehicle):
    confirmation = make_confirmation([vehicle], by=clerk)
    client.force_login(make_person("officer", make_manufacturer(), language="en"))
    address = url("confirmation", confirmation.pk)

    assert client.post(address, {"note": " "}).status_code == 422
    assert client.post(address, {"note": "forged"})["Location"] == address

    confirmation.refresh_from_db()
    assert confirmation.revoked_because == "forged"
    assert client.post(address, {"note": "again"}).status_code == 422


def test_another_maker_finds_nothing(client, clerk, vehicle):
    confirmation = make_confirmation([vehicle], by=clerk)
    client.force_login(make_person("officer", make_manufacturer("奇瑞汽车股份有限公司")))

    assert client.get(url("confirmation", confirmation.pk)).status_code == 404
    assert client.get(url("letters")).status_code == 403


def test_a_stranger_finds_nothing(client, page, exporter, clerk, vehicle):
    draft = make_draft(exporter, vehicle, by=clerk)
    document = sent_letter(page, vehicle)
    client.force_login(clerk_of(make_exporter()))

    for address in (
        url("letter", document.key),
        url("document", document.key),
        url("document_page", document.key, 1),
        url("document_original", document.key),
        url("document_progress", document.key),
        url("document_withdraw", document.key),
        url("application_attach", draft.reference),
    ):
        assert client.get(address).status_code == 404, address
    assert client.post(url("letter", document.key), entered(vehicle)).status_code == 404
    assert client.post(url("document_withdraw", document.key)).status_code == 404
    assert client.post(url("application_detach", draft.reference, 1)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_one_row_and_for_three(
    page, exporter, clerk, count, django_assert_max_num_queries
):
    vehicles = [make_vehicle(exporter, by=clerk) for _ in range(count)]
    letters = [make_confirmation([vehicle], by=clerk, number="") for vehicle in vehicles]
    make_draft(exporter, *vehicles, by=clerk)

    with django_assert_max_num_queries(6):
        assert len(page.get(url("letters")).context["rows"]) == count
    with django_assert_max_num_queries(20):
        page.get(url("letter", letters[0].document.key))
