"""From the ticks in the queue to the results, in a browser: live, readable, without complaint."""

import pytest

from tests.access.rules import check_for_everybody

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]
LAST = "/workbench/cases/?view=mismatches&horizon=all"


def check(page) -> None:
    """Hold the page to the rules for everybody, also in a narrow window."""
    check_for_everybody(page, widths=["wide", "narrow"])
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_job_is_looked_ahead_confirmed_and_followed_without_a_hand(visit, pictures, language):
    page = visit("supervisor")
    page.goto(f"{LAST}&lang={language}")
    boxes = page.locator("[data-row] input[type=checkbox]")
    chosen = min(3, boxes.count())
    for place in range(chosen):
        boxes.nth(boxes.count() - 1 - place).check()
    page.click("button[value=assign]")
    page.wait_for_url("**/bulk/new/")
    check(page)
    if pictures:
        page.screenshot(path=pictures / f"bulk ahead {language}.png", full_page=True)

    page.select_option("select[name=to]", index=1)
    page.keyboard.press("Tab")
    page.locator("form[action$='/confirm/'] button").click()
    page.wait_for_url("**/bulk/*/")
    # progress.js asks until the work is done, and then opens the page anew.
    page.wait_for_selector(".progress[data-done]", timeout=60_000)
    page.wait_for_function(
        "n => document.querySelectorAll('tbody .tag-good').length === n", arg=chosen
    )
    check(page)
    if pictures:
        page.screenshot(path=pictures / f"bulk done {language}.png", full_page=True)


def test_a_key_leads_on_and_a_key_leads_back(visit):
    page = visit("supervisor")
    page.goto(LAST)
    page.locator("[data-row] input[type=checkbox]").last.check()
    page.click("button[value=release]")
    page.wait_for_url("**/bulk/new/")

    page.locator("h1").click()
    page.keyboard.press("b")

    page.wait_for_url("**/workbench/cases/")
