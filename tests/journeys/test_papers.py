"""A letter on paper, from the scanner's picture to the reviewer's screen; and a signed one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from documents import trust
from documents.models import Attachment, Document
from exports.models import Manufacturer, Role
from exports.rules import legal_day
from reviews.models import Case
from tests.documents import signing
from tests.factories import (
    BYD,
    clerk_of,
    make_case,
    make_exporter,
    make_letter_pdf,
    make_person,
    make_vehicle,
)
from tests.journeys.conftest import READ_WITHIN
from tests.papers import as_pdf, scanned
from tests.services import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


@pytest.fixture
def cast(committed: None, settings: Any) -> dict[str, Any]:
    """Alice files; Wang reviews. Their passwords are hashed as the product does."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    exporter = make_exporter()
    return {
        "exporter": exporter,
        "clerk": clerk_of(exporter, name="Alice", language="en"),
        "reviewer": make_person(Role.REVIEWER, exporter.office, name="Wang", language="en"),
    }


def send(page: Page, content: bytes, *, folder: Path) -> Document:
    """Upload a letter and wait until its page shows what was read."""
    paper = folder / "letter.pdf"
    paper.write_bytes(content)
    page.goto("/portal/letters/add/")
    page.set_input_files("input[type=file]", paper)
    page.locator("main form[method=post] button.btn").first.click()
    page.wait_for_url("**/portal/letters/*-*/")
    expect(page.locator("[name=vins]")).to_be_visible(timeout=READ_WITHIN)
    return Document.objects.latest("pk")


def apart(make: Callable[[], Any]) -> Any:
    """Return what *make* makes in a thread of its own, away from the browser's event loop."""

    def made() -> Any:
        try:
            return make()
        finally:
            connections.close_all()  # this thread's: it ends here

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(made).result()


def reading(page: Page, words: str) -> Locator:
    """Return the line that tells of a value read."""
    return page.locator(".read", has_text=words).first


def test_a_scanned_letter_is_read_corrected_and_looked_at(
    cast: dict[str, Any], visit: Callable[..., Page], tmp_path: Path
) -> None:
    vehicle = make_vehicle(cast["exporter"], by=cast["clerk"], age=100)
    issued_on = legal_day(timezone.now()) - timedelta(days=5)
    drawn = make_letter_pdf([vehicle], number="ASC-2026-0815", issued_on=issued_on)
    clerk = visit(cast["clerk"])

    document = send(clerk, as_pdf(scanned(drawn, skew=2.0)), folder=tmp_path)

    assert set(document.pages.values_list("source", flat=True)) == {"picture"}
    expect(clerk.locator("[name=vins]")).to_have_value(vehicle.vin)
    expect(clerk.locator("[name=issuer_name]")).to_have_value(BYD)
    line = reading(clerk, vehicle.vin)
    line.locator("a.to-box").click()
    box = clerk.locator(f"#{line.get_attribute('data-box')}")
    expect(box).to_have_class("box-pass is-lit is-shown")
    box.click()
    expect(clerk.locator("[name=vins]")).to_be_focused()
    expect(clerk.get_by_role("heading", name="Seals seen")).to_be_visible()

    clerk.fill("[name=number]", "ASC-2026-0816")
    clerk.get_by_role("button", name="Save").click()
    expect(reading(clerk, "ASC-2026-0815")).to_contain_text("Alice entered “ASC-2026-0816” instead")

    case = make_case(cast["exporter"], vehicle, by=cast["clerk"])
    until(lambda: Case.objects.get(pk=case.pk).status == "in_review", what="the checks")
    reviewer = visit(cast["reviewer"])
    reviewer.goto(f"/workbench/cases/{case.reference}/")
    row = reviewer.locator("tr.read-row", has_text="ASC-2026-0815")
    expect(row).to_contain_text("ASC-2026-0816")
    expect(row).to_contain_text("Alice")
    expect(reviewer.locator("tr.read-row", has_text=vehicle.vin)).to_contain_text("Agrees")
    expect(reviewer.locator(".viewer svg.boxes rect")).not_to_have_count(0)
    expect(reviewer.locator(".viewer .box-seal")).to_have_count(1)
    seal = reviewer.locator(".seal svg image")
    expect(seal).to_have_attribute("href", f"{page_of(case, document)}1.webp")
    expect(reviewer.locator(".seal")).to_contain_text("Official seal")


def page_of(case: Case, document: Document) -> str:
    return f"/workbench/cases/{case.reference}/documents/{document.key}/"


def test_a_signed_letter_says_whose_it_is_and_an_altered_one_what_changed(
    cast: dict[str, Any], visit: Callable[..., Page], tmp_path: Path
) -> None:
    maker = Manufacturer.objects.get(names__name=BYD)
    policy = make_person(Role.POLICY, cast["exporter"].office)
    certificate = apart(signing.cast).maker.pem
    trust.trust_certificate(maker, certificate, by=policy, at=timezone.now())
    vehicle = make_vehicle(cast["exporter"], by=cast["clerk"], age=100)
    clerk = visit(cast["clerk"])

    letter, altered = apart(signing.signed), apart(lambda: signing.replaced(signing.signed()))
    good = send(clerk, letter, folder=tmp_path)
    expect(clerk.locator("main")).to_contain_text(f"Valid signature of {BYD}")
    forged = send(clerk, altered, folder=tmp_path)
    expect(clerk.locator("main")).to_contain_text("the document was changed after signing")

    case = make_case(cast["exporter"], vehicle, by=cast["clerk"])
    for document in (good, forged):
        Attachment.objects.create(
            application=case.application,
            document=document,
            attached_by=cast["clerk"],
            attached_at=timezone.now(),
        )
    until(lambda: Case.objects.get(pk=case.pk).status == "in_review", what="the checks")
    reviewer = visit(cast["reviewer"])
    reviewer.goto(f"/workbench/cases/{case.reference}/?document={good.key}")
    expect(reviewer.locator(".papers")).to_contain_text(f"Valid signature of {BYD}")
    reviewer.goto(f"/workbench/cases/{case.reference}/?document={forged.key}")
    expect(reviewer.locator(".papers")).to_contain_text(
        "The content of page 1 was replaced after signing."
    )
