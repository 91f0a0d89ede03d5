"""An open sheet of the clean lane as everybody meets it."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

LANE = "/workbench/lane/"


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


def test_what_waits_for_a_look_is_listed_with_what_it_waits_for(sheet):
    sheet.goto(f"{LANE}?lang=en", wait_until="load")
    sheet.keyboard.press("?")

    listed = sheet.locator("#keys dl").inner_text()
    assert "Shift+A" in listed
    assert "once a case was looked at" in listed
    assert "Put the rest back" in listed
