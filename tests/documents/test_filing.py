"""Files: taken in once, refused with a sentence, attached, taken out, withdrawn."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents import filing, storage
from documents.models import Attachment, Document
from exports.errors import Frozen, NotAllowed, QuotaExceeded, RoleMissing, UploadRefused
from exports.models import Event
from reviews import intake
from tests.factories import (
    NOON,
    clerk_of,
    make_draft,
    make_exporter,
    make_letter_pdf,
    make_person,
    make_vehicle,
    upload,
)

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def exporter():
    return make_exporter()


@pytest.fixture
def clerk(exporter):
    return clerk_of(exporter)


def test_a_received_file_waits_to_be_opened_and_stands_on_the_ledger(exporter, clerk):
    document = upload(exporter, PDF, by=clerk, kind="contract", name="合同.pdf")

    assert (document.state, document.name, document.size) == ("received", "合同.pdf", len(PDF))
    with storage.read(storage.name_of(document.sha256)) as stored:
        assert stored.read() == PDF
    assert Event.objects.get(action="document.received").subject_key == str(document.key)


def test_the_same_bytes_for_the_same_purpose_are_one_document(exporter, clerk):
    first = upload(exporter, PDF, by=clerk)

    assert upload(exporter, PDF, by=clerk, name="copy.pdf") == first
    assert upload(exporter, PDF, by=clerk, kind="contract") != first


def test_what_was_withdrawn_may_be_sent_again(exporter, clerk):
    first = upload(exporter, PDF, by=clerk)
    filing.withdraw(first, by=clerk, at=NOON)

    assert upload(exporter, PDF, by=clerk) != first


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "empty.pdf", "empty_file"),
        (b"MZ\x90\x00\x03", "tool.exe", "unsupported_type"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 60, "photo.pdf", "type_mismatch"),
        (b"PK\x03\x04" + b"\0" * 60, "letter.docx", "unsupported_type"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_at_once_with_a_code(
    exporter, clerk, content, name, code
):
    with pytest.raises(UploadRefused) as refused:
        upload(exporter, content, by=clerk, name=name)

    assert refused.value.facts["code"] == code
    assert refused.value.facts["reason"]
    assert not Document.objects.exists()


def test_a_file_that_is_too_large_is_refused_at_once(exporter, clerk, settings):
    settings.UPLOAD_MAX_BYTES = 100

    with pytest.raises(UploadRefused) as refused:
        upload(exporter, PDF + b"\0" * 100, by=clerk)

    assert refused.value.facts["code"] == "too_large"


def test_a_full_storage_takes_nothing_more_until_something_is_withdrawn(exporter, clerk, settings):
    first = upload(exporter, PDF, by=clerk)
    settings.UPLOAD_QUOTA_BYTES = len(PDF) + 5

    with pytest.raises(QuotaExceeded):
        upload(exporter, PDF + b"more!!", by=clerk)
    filing.withdraw(first, by=clerk, at=NOON)

    assert upload(exporter, PDF + b"more", by=clerk)


def test_who_only_reads_or_works_elsewhere_may_not_upload(exporter):
    for stranger in (make_person("viewer", exporter), clerk_of(make_exporter())):
        with pytest.raises(NotAllowed):
            upload(exporter, PDF, by=stranger)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\scans\\信.pdf", "信.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202egnp.exe", "gnp.exe"),
        ("   ", "file"),
        ("x" * 400 + ".pdf", ("x" * 400 + ".pdf")[-200:]),
    ],
)
def test_names_are_shown_without_folders_and_control_signs(name, shown):
    assert filing.clean_name(name) == shown


def test_papers_join_a_draft_once_and_leave_it_again(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk)
    draft = make_draft(exporter, vehicle, by=clerk)
    document = upload(exporter, PDF, by=clerk, kind="contract")

    attached = filing.attach_to_draft(document, draft, by=clerk, at=NOON)
    assert filing.attach_to_draft(document, draft, by=clerk, at=NOON) == attached
    filing.attach_to_draft(document, draft, vehicle=vehicle, by=clerk, at=NOON)
    assert Attachment.objects.count() == 2

    filing.detach(attached, by=clerk, at=NOON)
    assert Attachment.objects.get().vehicle == vehicle


def test_papers_of_a_filed_application_stay(exporter, clerk):
    draft = make_draft(exporter, by=clerk)
    document = upload(exporter, PDF, by=clerk, kind="contract")
    attached = filing.attach_to_draft(document, draft, by=clerk, at=NOON)
    intake.file(draft, by=clerk, at=NOON)
    attached.application.refresh_from_db()
    document.refresh_from_db()

    with pytest.raises(Frozen):
        filing.detach(attached, by=clerk, at=NOON)
    with pytest.raises(Frozen):
        filing.withdraw(document, by=clerk, at=NOON)
    with pytest.raises(Frozen):
        filing.attach_to_draft(document, attached.application, by=clerk, at=NOON)


def test_another_company_s_file_cannot_be_attached(exporter, clerk):
    rival = make_exporter()
    foreign = upload(rival, PDF, by=clerk_of(rival))

    with pytest.raises(NotAllowed):
        filing.attach_to_draft(foreign, make_draft(exporter, by=clerk), by=clerk, at=NOON)


def test_a_role_that_reads_cannot_withdraw(exporter, clerk):
    document = upload(exporter, make_letter_pdf([make_vehicle(exporter)]), by=clerk)

    with pytest.raises(RoleMissing):
        filing.withdraw(document, by=make_person("viewer", exporter), at=NOON)


def test_a_file_declared_as_what_it_is_not_is_refused(exporter, clerk):
    file = SimpleUploadedFile("a.pdf", PDF, "text/html")

    with pytest.raises(UploadRefused) as refused:
        filing.receive(file, exporter=exporter, kind="contract", by=clerk, at=NOON)

    assert refused.value.facts["code"] == "type_mismatch"
