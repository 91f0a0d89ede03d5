"""An open sheet of the clean lane as everybody meets it."""

import pytest

from tests.access.rules import check_for_everybody
from tests.access.test_weights import bytes_of_first_visit, tell

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

LANE = "/workbench/lane/"
MOST_BESIDE = 60_000
MOST_LETTERS = 3


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

    check_for_everybody(sheet, keep=pictures, name=f"sheet {language}")


def test_a_sheet_is_light_and_fetches_letters_as_they_come_near(sheet):
    """Values are cut from the full pictures, 120 kB a letter: as few as fill the window."""
    letters = []
    sheet.on("response", lambda answer: letters.append(answer) if "?full" in answer.url else None)

    taken = bytes_of_first_visit(sheet, LANE)

    pictures = sum(sorted(taken.values())[-len(letters) :]) if letters else 0
    tell("sheet", taken)
    assert 1 <= len(letters) <= MOST_LETTERS
    assert sum(taken.values()) - pictures <= MOST_BESIDE, taken


def test_what_waits_for_a_look_is_listed_with_what_it_waits_for(sheet):
    sheet.goto(f"{LANE}?lang=en", wait_until="load")
    sheet.keyboard.press("?")

    listed = sheet.locator("#keys dl").inner_text()
    assert "Shift+A" in listed
    assert "once a case was looked at" in listed
    assert "Put the rest back" in listed
