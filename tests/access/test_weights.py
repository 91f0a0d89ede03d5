"""What a first visit takes off the wire, everything included, as the browser counts it."""

import sys

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

PAPER = ".viewer img"
CASE = "tbody a[href*='/workbench/cases/']"
# kB as they cross the wire; a case counts with the first page of its paper.
MOST = {"queue": 120, "case": 150, "board": 100, "settings": 100}
CASES = 5


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


def test_a_case_is_light_with_its_first_page(visit):
    """The heaviest of several: photographed letters weigh more than drawn ones."""
    page = visit("reviewer")
    page.goto("/workbench/cases/?view=all")
    links = [link.get_attribute("href") for link in page.locator(CASE).all()]
    weighed = 0

    for path in links[:40]:
        taken = bytes_of_first_visit(page, path)
        shown = page.locator(PAPER)
        if not shown.count():
            continue
        tell(f"case {path}", taken)
        assert shown.first.evaluate("image => image.complete && image.naturalWidth > 0")
        assert sum(taken.values()) <= MOST["case"] * 1000, taken
        weighed += 1
        if weighed == CASES:
            break

    assert weighed


def test_a_closer_look_brings_the_full_picture(visit, addresses):
    path = addresses("reviewer", "/workbench/cases/?view=all", CASE, PAPER)
    page = visit("reviewer", width=1440)
    page.goto(path, wait_until="load")
    shown = page.locator(PAPER).first
    light = shown.evaluate("image => image.naturalWidth")

    shown.dblclick(force=True)

    page.wait_for_function(
        "light => document.querySelector('.viewer img').naturalWidth > light", arg=light
    )
    assert "?full" in shown.get_attribute("src")
    assert page.complaints == []
