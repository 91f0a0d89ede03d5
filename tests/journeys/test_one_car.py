"""One car from "Add a vehicle" to a filed application, every interaction counted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from exports.rules import legal_day
from reviews.models import Case
from tests.factories import BYD, clerk_of, make_exporter, make_manufacturer, make_vin
from tests.journeys.hand import Hand

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
MAKE = {"brand": "比亚迪", "model": "BYD7009BEV", "maker_name": BYD, "hs_code": "8703801090"}


@pytest.fixture
def clerk(committed: None, settings: Any) -> Any:
    """Alice files; her password is hashed as the product does."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    make_manufacturer()
    return clerk_of(make_exporter(), name="Alice", language="en")


def write_certificate(hand: Hand) -> None:
    """Write what the certificate prints about this one car."""
    registered_on = legal_day(timezone.now()) - timedelta(days=300)
    hand.fill("vin", make_vin())
    hand.fill("certificate_number", "110000123456")
    hand.fill("registered_on", f"{registered_on}")
    hand.fill("transferred_on", f"{registered_on + timedelta(days=20)}")
    hand.fill("produced_on", f"{registered_on - timedelta(days=20)}")
    hand.click("Save and apply")


def file(hand: Hand) -> None:
    """Name the contract, declare, look at everything once more and file."""
    hand.fill("contract_number", "HT-2026-77")
    hand.tick("market_declaration")
    hand.click("Go on to filing")
    hand.click("File the application for 1 vehicle")
    expect(hand.page.get_by_text("is filed.")).to_be_visible()


def test_a_car_is_filed_in_11_interactions_on_three_pages_and_the_first_of_its_make_in_18(
    clerk: Any, visit: Callable[..., Page]
) -> None:
    page = visit(clerk)
    page.goto("/portal/vehicles/")
    first = Hand(page)
    first.follow("Add a vehicle")
    for name, value in MAKE.items():
        first.fill(name, value)
    first.choose("fuel", "electric")
    write_certificate(first)
    first.choose("destination", "KZ")
    first.choose("port", first.page.locator("[name=port] option").nth(1).get_attribute("value"))
    file(first)

    page.goto("/portal/vehicles/")
    next_one = Hand(page)
    next_one.follow("Add a vehicle like 比亚迪 BYD7009BEV")
    write_certificate(next_one)
    file(next_one)

    assert Case.objects.count() == 2
    assert (next_one.count, len(next_one.pages) - 1) == (11, 3)
    assert (first.count, len(first.pages) - 1) == (18, 3)
