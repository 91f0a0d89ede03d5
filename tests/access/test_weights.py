"""What a first visit takes off the wire, everything included, as the browser counts it."""

import sys

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

PAPER = ".viewer img"
CASE = "tbody a[href*='/workbench/cases/']"
# kB as they cross the wire. The goal of a case is 150 with its first page; the picture alone, as
# large as the reading of it needs, is 118 in the middle, so the goal is missed: docs/workbench.md.
MOST = {"queue": 120, "case": 210, "board": 100, "settings": 100}
BESIDE_THE_PICTURE = 75


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


def tell(name, taken):
    """Say what was measured; ``-rP`` shows it."""
    sys.stdout.write(f"{name}: {sum(taken.values()) / 1000:.1f} kB in {len(taken)} requests\n")


@pytest.mark.parametrize(
    ("name", "who", "path"),
    [
        ("queue", "reviewer", "/workbench/cases/?view=all"),
        ("board", "supervisor", "/workbench/board/"),
        ("settings", "reviewer", "/workbench/settings/"),
    ],
)
def test_a_page_is_light(visit, name, who, path):
    taken = bytes_of_first_visit(visit(who), path)

    tell(name, taken)
    assert sum(taken.values()) <= MOST[name] * 1000, taken


def test_a_case_is_light_with_its_first_page(visit, addresses):
    page = visit("reviewer")

    path = addresses("reviewer", "/workbench/cases/?view=all", CASE, PAPER)
    taken = bytes_of_first_visit(page, path)

    tell("case", taken)
    shown = page.locator(PAPER).first
    assert shown.evaluate("image => image.complete && image.naturalWidth > 0")
    assert sum(taken.values()) <= MOST["case"] * 1000, taken
    assert sum(taken.values()) - max(taken.values()) <= BESIDE_THE_PICTURE * 1000, taken
