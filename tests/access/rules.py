"""The rules every page keeps for everybody, whatever the width of the window."""

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Wide first: what a page does once it knows its window is then as most people meet it.
WIDTHS = {"wide": (1280, 900), "magnified twice": (640, 450), "narrow": (320, 640)}


def check_for_everybody(page, *, widths=tuple(WIDTHS), keep: Path | None = None, name="") -> None:
    """Hold *page*, loaded once, to the rules in each of *widths*; *keep* is a folder for pictures.

    All that is wrong is told at once.
    """
    wrong = {}
    for width in widths:
        across, down = WIDTHS[width]
        page.set_viewport_size({"width": across, "height": down})
        if keep:
            page.screenshot(path=keep / f"{name} {width}.png", full_page=True)
        found = broken_rules(page)
        if page.evaluate("document.documentElement.scrollWidth") > across:
            found.append(("sticks out", too_wide(page)))
        if found:
            wrong[width] = found
    assert wrong == {}
    assert page.locator("h1").count() == 1
    assert page.complaints == []


def broken_rules(page) -> list[tuple[str, list[str]]]:
    """Return what axe finds wrong, each in a few words; axe is put in once for each page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "levels => axe.run(document, {runOnly: levels, resultTypes: ['violations']})", LEVELS
    )
    return [told(violation) for violation in found["violations"]]


def told(violation) -> tuple[str, list[str]]:
    """Return a violation in a few words."""
    return violation["id"], [node["html"][:160] for node in violation["nodes"][:3]]


def too_wide(page) -> list[str]:
    """Name what sticks out of the window."""
    return page.evaluate(
        """() => [...document.querySelectorAll('main *, header *')]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map(e => e.outerHTML.slice(0, 90))"""
    )
