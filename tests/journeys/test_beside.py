"""Two people at one case: they see each other, and nobody loses a word."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from exports.models import Role, User
from reviews.models import Look, Note
from tests.factories import clerk_of, make_exporter, make_failing_case, make_person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PASSWORD = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
A_BEAT = 40_000  # milliseconds within which the next beat is answered, on a busy machine


@pytest.fixture
def desk(committed: None, settings: Any) -> dict[str, Any]:
    """A case with a failed check, and the two who look at it."""
    settings.PASSWORD_HASHERS = PASSWORD
    exporter = make_exporter()
    people = {
        name: make_person(role, exporter.office, name=name, language="en")
        for name, role in (("Wang", Role.REVIEWER), ("Li", Role.SENIOR))
    }
    clerk = clerk_of(exporter, name="Alice", language="en")
    return people | {"case": make_failing_case(exporter, by=clerk, at=timezone.now())}


def test_two_people_see_each_other_and_what_the_other_did_and_lose_no_word(
    desk: dict[str, Any], visit: Callable[[User], Page]
):
    case = desk["case"]
    wang, li = visit(desk["Wang"]), visit(desk["Li"])
    wang.goto(f"/workbench/cases/{case.reference}/")
    wang.keyboard.press("r")
    grounds = wang.locator("#recommend-refusal_note")
    grounds.fill("The seal is another unit's.")
    li.goto(f"/workbench/cases/{case.reference}/")
    expect(wang.locator("[data-viewers]")).to_have_text("Li is viewing", timeout=A_BEAT)
    expect(li.locator("[data-viewers]")).to_have_text("Wang is writing", timeout=A_BEAT)
    assert Look.objects.filter(case=case).count() == 2

    li.keyboard.press("m")
    expect(li.locator("#note_text")).to_be_focused()
    li.keyboard.type("@Wang the maker has a new seal")
    li.get_by_role("button", name="Keep the note").click()
    expect(li.locator("#notes")).to_contain_text("the maker has a new seal")

    expect(wang.locator("[data-moved]")).to_contain_text("has changed", timeout=A_BEAT)
    wang.get_by_role("link", name="Show what changed").click()
    expect(wang.locator("#presence-news")).to_contain_text("Note written")
    expect(grounds).to_have_value("The seal is another unit's.")
    assert Note.objects.get().mentions.get().user == desk["Wang"]


def test_a_note_not_sent_is_there_when_one_comes_back(
    desk: dict[str, Any], visit: Callable[[User], Page]
):
    address = f"/workbench/cases/{desk['case'].reference}/"
    page = visit(desk["Wang"])
    page.goto(address)
    page.keyboard.press("m")
    page.keyboard.type("half a thought")

    page.goto("/workbench/cases/")
    page.goto(address)

    expect(page.locator("#note_text")).to_have_value("half a thought")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator("#notes")).to_contain_text("half a thought")
    expect(page.locator("#note_text")).to_have_value("")


def test_related_cases_and_history_are_fetched_in_place(
    desk: dict[str, Any], visit: Callable[[User], Page]
):
    page = visit(desk["Wang"])
    page.goto(f"/workbench/cases/{desk['case'].reference}/")
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))

    page.locator("details[data-fragment] summary").click()
    expect(page.get_by_role("heading", name="Same VIN")).to_be_visible()
    page.locator("#history-list").get_by_role("link", name="Decisions").click()

    chosen = page.locator("#history-list").get_by_role("link", name="Decisions")
    expect(chosen).to_have_attribute("aria-current", "true")
    expect(chosen).to_be_focused()
    assert loads == []
