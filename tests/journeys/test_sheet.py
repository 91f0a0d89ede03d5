"""Three hundred cars in a messy list: mended, filed, asked about by phone, licensed, fetched."""

import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from documents.models import Confirmation
from exports.models import Application, Role, Vehicle
from exports.rules import legal_day
from reviews import claims, decisions
from reviews.models import Case, Licence, RequestItem
from tests import sheets
from tests.factories import (
    ask_for,
    clerk_of,
    make_exporter,
    make_letter_pdf,
    make_manufacturer,
    make_person,
    make_port,
)
from tests.journeys.conftest import READ_WITHIN
from tests.journeys.hand import Hand
from tests.journeys.test_papers import apart
from tests.services import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(560)]
PHONE = {"width": 390, "height": 844}
YOUNG = 80  # in the first four applications of twenty: they need a letter
ISSUED = 3


def today() -> date:
    return legal_day(timezone.now())


@pytest.fixture
def cast(committed: None, settings: Any) -> dict[str, Any]:
    """Alice files; Wang decides. Their passwords are hashed as the product does."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    make_manufacturer()
    make_port()
    exporter = make_exporter(
        filed_on=today() - timedelta(days=30), filing_expires_on=today() + timedelta(days=330)
    )
    return {
        "clerk": clerk_of(exporter, name="Alice", language="en"),
        "reviewer": make_person(Role.REVIEWER, exporter.office, name="Wang", language="en"),
    }


def import_list(page: Page, folder: Path) -> None:
    """Bring the list in and mend it: six clicks and the repairs."""
    file = folder / "november.xlsx"
    file.write_bytes(sheets.messy(300, young=YOUNG, today=today()))
    page.goto("/portal/")
    hand = Hand(page)
    hand.follow("Import a spreadsheet")
    hand.upload("file", file)
    hand.click("Upload and check")
    fixes = mend(hand)
    hand.follow("Continue with 300 ready rows")
    expect(page.get_by_role("heading", name="15 draft applications")).to_be_visible()
    hand.tick("market_declaration")
    hand.click("Save 300 vehicles")
    saved = page.locator("li.chip", has_text="300 saved")
    expect(saved).to_be_visible(timeout=READ_WITHIN)
    assert hand.count - fixes <= 6
    assert Vehicle.objects.count() == 300


def mend(hand: Hand) -> int:
    """Mend ten rows by two groups, two by their cells; return how many interactions that took."""
    hand.click("Change all 7 to Kazakhstan")
    hand.click("Mend all 3")
    cells = hand.page.get_by_label("Registered on, row")
    expect(cells).to_have_count(2)
    for cell in cells.all():
        hand.fill(cell, f"{today() - timedelta(days=100):%Y-%m-%d}")
    hand.click("Save these cells")
    return 5


def match_letters(page: Page, folder: Path) -> None:
    """Drop four letters; each finds its twenty cars by the VINs read in it."""
    files = []
    for number, draft in enumerate(Application.objects.order_by("pk")[:4]):
        lines = draft.lines.select_related("vehicle__exporter").order_by("position")
        cars = [line.vehicle for line in lines]
        file = folder / f"confirmation-{number}.pdf"
        file.write_bytes(make_letter_pdf(cars, issued_on=today() - timedelta(days=5)))
        files.append(file)
    page.goto("/portal/papers/")
    page.set_input_files("input[type=file]", files)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("[name=enter]:checked")).to_have_count(4, timeout=READ_WITHIN)
    page.get_by_role("button", name="Put the ticked where they belong").click()
    expect(page.get_by_text("4 letters entered.")).to_be_visible()
    assert Confirmation.objects.count() == 4


def file_all(page: Page) -> list[str]:
    """File the fifteen drafts at once and return their references once they are checked."""
    page.goto("/portal/applications/file/")
    expect(page.locator("[name=ticked]:checked")).to_have_count(15)
    page.get_by_role("button", name="File the ticked").click()
    filed = page.get_by_role("heading", name="Filed: 15 of 15")
    expect(filed).to_be_visible(timeout=READ_WITHIN)
    checked = Case.objects.filter(status="in_review")
    until(lambda: checked.count() == 15, within=180, what="the checks")
    return list(Case.objects.order_by("pk").values_list("reference", flat=True))


def answer_by_phone(page: Page, reference: str) -> None:
    """Answer what the office asks, on a small screen that need not be moved sideways."""
    page.set_viewport_size(PHONE)
    page.goto(f"/portal/applications/{reference}/")
    page.get_by_role("link", name="Answer", exact=True).click()
    page.get_by_label("In your words").fill("The contract is attached to the first filing.")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="Send all answers").click()
    expect(page.get_by_text("Expect a decision by")).to_be_visible()
    assert RequestItem.objects.get().state == RequestItem.State.ANSWERED


def ask(reference: str, reviewer: Any) -> None:
    """Let the office ask for the contract."""
    now = timezone.now()
    case = claims.claim(Case.objects.get(reference=reference), by=reviewer, at=now)
    ask_for(case, by=reviewer, at=now)


def issue(references: list[str], reviewer: Any) -> None:
    """Let the office issue the licences."""
    for reference in references:
        now = timezone.now()
        case = claims.claim(Case.objects.get(reference=reference), by=reviewer, at=now)
        decisions.issue(case, by=reviewer, at=now)


def test_a_messy_list_of_300_cars_goes_from_the_upload_to_the_licences_in_a_zip(
    cast: dict[str, Any], visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = visit(cast["clerk"])
    import_list(page, tmp_path)
    match_letters(page, tmp_path)
    references = file_all(page)

    apart(lambda: ask(references[0], cast["reviewer"]))
    answer_by_phone(page, references[0])

    apart(lambda: issue(references[1 : 1 + ISSUED], cast["reviewer"]))
    drawn = Licence.objects.filter(paper_state="ready")
    until(lambda: drawn.count() == ISSUED, within=120, what="the drawn licences")
    page.goto("/portal/licences/")
    with page.expect_download() as download:
        page.get_by_role("link", name="This month's licences (ZIP)").click()
    papers = tmp_path / "licences.zip"
    download.value.save_as(papers)
    with zipfile.ZipFile(papers) as archive:
        names = [name for name in archive.namelist() if name.endswith(".pdf")]
        assert len(names) == ISSUED
        words = pypdfium2.PdfDocument(archive.read(names[0]))[0].get_textpage().get_text_bounded()
    assert Licence.objects.filter(number__in=words.split()).exists()
