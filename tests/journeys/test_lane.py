"""Twenty clean cases signed from one sheet: every key and every load is counted."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from documents import confirming
from documents.models import Document
from exports.models import Event, Role
from exports.rules import legal_day
from reviews.models import Case, Decision, LanePolicy, LaneTile
from tests.factories import (
    BYD,
    answer_registry,
    clerk_of,
    make_case,
    make_destination,
    make_exporter,
    make_letter_pdf,
    make_manufacturer,
    make_person,
    make_vehicle,
    upload,
)
from tests.journeys.conftest import READ_WITHIN
from tests.services import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SHEET = 20
MOST_KEYS = 25
LEAST_SECONDS = 16


@pytest.fixture
def cast(committed: None, settings: Any) -> dict[str, Any]:
    """Alice has filed; Wang reviews. Nothing is kept back, so that the sheet is full."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    LanePolicy.objects.update_or_create(pk=1, defaults={"sample_share": Decimal(0)})
    exporter = make_exporter()
    return {
        "exporter": exporter,
        "clerk": clerk_of(exporter, name="Alice", language="en"),
        "reviewer": make_person(Role.REVIEWER, exporter.office, name="Wang", language="en"),
    }


def file_all(cast: dict[str, Any]) -> list[Case]:
    """File twenty batches of one car that rely on one letter, and let the worker read and check."""
    exporter, clerk = cast["exporter"], cast["clerk"]
    make_manufacturer()
    country = make_destination()
    cars = [make_vehicle(exporter, by=clerk, age=100) for _ in range(SHEET)]
    issued_on = legal_day(timezone.now()) - timedelta(days=5)
    letter = upload(exporter, make_letter_pdf(cars, issued_on=issued_on), by=clerk)
    ready = Document.objects.filter(pk=letter.pk, state="ready")
    until(ready.exists, within=READ_WITHIN / 1000, what="the reading of the letter")
    outlet = {"country": country, "name": "Astana Motors", "provider": "Astana Motors"}
    confirming.enter_confirmation(
        exporter,
        document=letter,
        destinations=[country],
        vins=[car.vin for car in cars],
        outlets=[outlet | {"address": "Almaty"}],
        issuer_name=BYD,
        issued_on=issued_on,
        by=clerk,
        at=timezone.now(),
    )
    for car in cars:
        answer_registry(car)
    cases = [make_case(exporter, car, by=clerk, at=timezone.now()) for car in cars]
    checked = Case.objects.filter(status="in_review")
    until(lambda: checked.count() == SHEET, within=120, what="the checks")
    return cases


class Counting:
    """A page whose every key press and every load is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.counts = page, Counter[str]()
        page.on("load", lambda _page: self.counts.update(["loads"]))

    def press(self, key: str) -> None:
        self.counts.update(["keys"])
        self.page.keyboard.press(key)


def look_at_each(at: Counting) -> None:
    """Move from case to case and stay with each until the page has counted enough."""
    tiles = at.page.locator("[data-tile]")
    for place in range(SHEET):
        at.press("j")
        expect(tiles.nth(place)).to_be_focused()
        expect(state_of(tiles.nth(place))).to_have_text("looked at")


def state_of(tile: Locator) -> Locator:
    return tile.locator("[data-lane-state]")


def test_twenty_clean_cases_are_signed_with_few_keys_and_a_look_at_each(
    minute: None, cast: dict[str, Any], visit: Callable[..., Page]
) -> None:
    cases = file_all(cast)
    page = visit(cast["reviewer"])
    page.goto("/workbench/lane/")
    at = Counting(page)

    at.press("o")
    expect(page.locator("[data-tile]")).to_have_count(SHEET)
    expect(page.locator("[data-lane-sign] button")).to_be_disabled()
    page.wait_for_load_state("load")  # the scripts listen from then on
    look_at_each(at)
    at.press("Shift+A")
    expect(page.locator(".messages")).to_contain_text(f"{SHEET} cases signed.", timeout=60_000)

    assert at.counts["keys"] <= MOST_KEYS, at.counts
    assert at.counts["loads"] <= 2, at.counts
    dwelt = list(LaneTile.objects.filter(state="signed").values_list("dwell_ms", flat=True))
    assert (len(dwelt), min(dwelt) >= 800) == (SHEET, True)
    assert sum(dwelt) >= LEAST_SECONDS * 1000
    assert Decision.objects.count() == SHEET
    records = Event.objects.filter(action="lane.signed").values_list("subject_key", flat=True)
    assert sorted(records) == sorted(case.reference for case in cases)

    at.press("z")
    expect(page.locator(".messages")).to_contain_text(f"{SHEET} cases taken back.", timeout=60_000)
    assert not Decision.objects.exclude(state="undone").exists()

    at.press("o")
    expect(page.locator("[data-tile]")).to_have_count(SHEET)
    first = page.locator("[data-tile]").first
    at.press("j")
    at.press("x")
    expect(state_of(first)).to_have_text("pulled out")
    expect(page.locator("[data-tile]").nth(1)).to_be_focused()
    assert Event.objects.filter(action="lane.pulled").count() == 1
