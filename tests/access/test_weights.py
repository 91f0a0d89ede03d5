"""What a first visit takes off the wire, everything included, as the browser counts it."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

CASE = "tbody a[href*='/workbench/cases/']"
MOST = {"queue": 120, "case": 150, "board": 100, "settings": 100}  # kB, compressed


def bytes_of_first_visit(page, path):
    """Return how many bytes cross the wire until the page stands, nothing in the cache."""
    taken = {}
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    wire.on(
        "Network.loadingFinished",
        lambda event: taken.update({event["requestId"]: event["encodedDataLength"]}),
    )
    page.goto(path, wait_until="networkidle")
    return taken


@pytest.mark.parametrize(
    ("name", "who", "path"),
    [
        ("queue", "reviewer", "/workbench/cases/?view=all"),
        ("board", "supervisor", "/workbench/board/"),
        ("settings", "reviewer", "/workbench/settings/"),
    ],
)
def test_a_page_is_light(visit, record_property, name, who, path):
    taken = bytes_of_first_visit(visit(who), path)

    record_property("bytes", sum(taken.values()))
    record_property("requests", len(taken))
    assert sum(taken.values()) <= MOST[name] * 1000, taken


def test_a_case_is_light_with_its_first_page(visit, addresses, record_property):
    page = visit("reviewer")

    path = addresses("reviewer", "/workbench/cases/?view=all", CASE)
    taken = bytes_of_first_visit(page, path)

    record_property("bytes", sum(taken.values()))
    record_property("requests", len(taken))
    shown = page.locator(".viewer img").first
    assert shown.evaluate("image => image.complete && image.naturalWidth > 0")
    assert sum(taken.values()) <= MOST["case"] * 1000, taken
