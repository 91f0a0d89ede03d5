"""The queue while one reads it, in a browser: it says when it is old, and which keys it answers."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

QUEUE = "/workbench/cases/?view=all&lang=en"
POLL = "**/queue/poll/**"


def test_a_poll_that_fails_says_since_when_the_page_is_old_until_one_works(visit):
    page = visit("reviewer")
    page.goto(QUEUE)
    rows = page.locator("[data-row]").count()
    behind = page.locator("[data-behind]")
    assert behind.is_hidden()

    page.route(POLL, lambda route: route.abort())
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    behind.wait_for()
    assert "Not up to date since" in behind.inner_text()
    assert page.locator("[data-behind-since]").inner_text().count(":") == 1
    assert page.locator("[data-row]").count() == rows

    page.unroute(POLL)
    page.click("[data-behind-retry]")
    behind.wait_for(state="hidden")


@pytest.mark.parametrize("status", [200, 403, 500])
def test_an_answer_that_is_none_counts_as_a_failure(visit, status):
    page = visit("reviewer")
    page.goto(QUEUE)
    page.route(POLL, lambda route: route.fulfill(status=status, body="<html>"))

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    page.locator("[data-behind]").wait_for()
    page.unroute(POLL)


def test_the_list_of_keys_says_what_enter_does(visit):
    page = visit("reviewer")
    page.goto(QUEUE)

    page.keyboard.press("?")

    keys = page.locator("#keys dl").inner_text()
    assert "⏎" in keys
    assert "on a row: open it" in keys
