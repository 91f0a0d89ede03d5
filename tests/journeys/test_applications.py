"""Four letters dropped, fifteen applications filed at once, a question answered by phone."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from documents.models import Confirmation
from exports.models import Role
from exports.rules import legal_day
from reviews import claims
from reviews.models import Case, RequestItem
from tests.factories import (
    ask_for,
    clerk_of,
    make_draft,
    make_exporter,
    make_letter_pdf,
    make_manufacturer,
    make_person,
    make_vehicle,
)
from tests.journeys.conftest import READ_WITHIN
from tests.journeys.test_papers import apart
from tests.services import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def cast(committed: None, settings: Any) -> dict[str, Any]:
    """Alice files fifteen young cars; Wang asks. Their passwords are hashed as the product does."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    exporter = make_exporter()
    make_manufacturer()
    clerk = clerk_of(exporter, name="Alice", language="en")
    registered_on = legal_day(timezone.now()) - timedelta(days=100)
    vehicles = [
        make_vehicle(
            exporter,
            by=clerk,
            registered_on=registered_on,
            produced_on=registered_on - timedelta(days=20),
            transferred_on=registered_on + timedelta(days=20),
        )
        for _ in range(15)
    ]
    for vehicle in vehicles:
        make_draft(exporter, vehicle, by=clerk, at=timezone.now())
    return {
        "clerk": clerk,
        "vehicles": vehicles,
        "reviewer": make_person(Role.REVIEWER, exporter.office, name="Wang", language="en"),
    }


def letters(vehicles: list[Any], folder: Path) -> list[Path]:
    """Write four letters that name all *vehicles* between them."""
    issued_on = legal_day(timezone.now()) - timedelta(days=5)
    files = [folder / f"confirmation-{number}.pdf" for number in range(4)]
    for number, file in enumerate(files):
        file.write_bytes(make_letter_pdf(vehicles[number::4], issued_on=issued_on))
    return files


def ask(reference: str, reviewer: Any) -> None:
    """Let the office ask for the contract once the checks are done."""
    case = until(
        lambda: Case.objects.filter(reference=reference, status="in_review").first(),
        what="the checks",
    )
    now = timezone.now()
    ask_for(claims.claim(case, by=reviewer, at=now), by=reviewer, at=now)


def test_letters_are_matched_applications_filed_and_a_question_answered_on_a_phone(
    cast: dict[str, Any], visit: Callable[..., Page], tmp_path: Path
) -> None:
    page = visit(cast["clerk"])
    page.goto("/portal/papers/")
    page.set_input_files("input[type=file]", letters(cast["vehicles"], tmp_path))
    page.get_by_role("button", name="Upload").click()
    ticked = page.locator("[name=enter]:checked")
    expect(ticked).to_have_count(4, timeout=READ_WITHIN)
    page.get_by_role("button", name="Put the ticked where they belong").click()
    expect(page.get_by_text("4 letters entered.")).to_be_visible()

    page.goto("/portal/applications/file/")
    expect(page.locator("[name=ticked]:checked")).to_have_count(15)
    page.get_by_role("button", name="File the ticked").click()
    expect(page.get_by_role("heading", name="Filed: 15 of 15")).to_be_visible()
    assert Confirmation.objects.count() == 4
    assert Case.objects.count() == 15

    reference = Case.objects.order_by("pk")[0].reference
    apart(lambda: ask(reference, cast["reviewer"]))
    page.set_viewport_size(PHONE)
    page.goto(f"/portal/applications/{reference}/")
    page.get_by_role("link", name="Answer", exact=True).click()
    page.get_by_label("In your words").fill("The contract is attached to the first filing.")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="Send all answers").click()

    expect(page.get_by_text("Expect a decision by")).to_be_visible()
    assert RequestItem.objects.get().state == RequestItem.State.ANSWERED
