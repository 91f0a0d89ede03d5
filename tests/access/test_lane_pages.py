"""An open sheet of the clean lane as everybody meets it."""

import pytest
from playwright.sync_api import expect

from tests.access.rules import check_for_everybody
from tests.access.test_weights import bytes_of_first_visit, tell

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

LANE = "/workbench/lane/"
MOST_BESIDE = 60_000
# Within a quarter of the window's height beyond its edge.
TILES_NEAR = """() => [...document.querySelectorAll("[data-tile]")]
  .filter((tile) => tile.getBoundingClientRect().top <= innerHeight * 1.25).length"""


@pytest.fixture
def sheet(visit):
    """Open a sheet as the reviewer; put its cases back afterwards."""
    page = visit("reviewer")
    page.goto(f"{LANE}?lang=en")
    if page.locator("[data-key=o]").count():
        page.locator("[data-key=o]").click()
        page.wait_for_load_state("load")
    if not page.locator("[data-tile]").count():
        pytest.skip("the demonstration has no clean case at this hour")
    yield page
    page.goto(LANE)
    page.locator("form[action$='/leave/'] button").click()
    page.wait_for_load_state("load")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_open_sheet_keeps_the_rules(sheet, pictures, language):
    sheet.goto(f"{LANE}?lang={language}", wait_until="load")
    # The button changes its colours at that moment, and the rules look at it twice.
    expect(sheet.locator("[data-key=A]")).to_be_enabled()

    check_for_everybody(sheet, keep=pictures, name=f"sheet {language}")


def test_a_sheet_is_light_and_fetches_letters_as_they_come_near(sheet):
    """Values are cut from the full pictures, 120 kB a letter: one for a tile in or near the window.

    The pieces of a tile share it; with the cache off, to weigh, each piece fetches it anew.
    """
    fetched = []
    sheet.on("response", lambda answer: fetched.append(answer.url) if "?full" in answer.url else 0)

    taken = bytes_of_first_visit(sheet, LANE)

    pictures = sum(sorted(taken.values())[-len(fetched) :]) if fetched else 0
    tell("sheet", taken)
    assert 1 <= len(set(fetched)) <= sheet.evaluate(TILES_NEAR)
    assert sum(taken.values()) - pictures <= MOST_BESIDE, taken


def test_what_waits_for_a_look_is_listed_with_what_it_waits_for(sheet):
    sheet.goto(f"{LANE}?lang=en", wait_until="load")
    sheet.keyboard.press("?")

    listed = sheet.locator("#keys dl").inner_text()
    assert "Shift+A" in listed
    assert "once a case was looked at" in listed
    assert "Put the rest back" in listed
