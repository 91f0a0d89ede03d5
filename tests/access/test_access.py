"""The workbench as people with keyboards, screen readers, magnifiers and narrow screens meet it."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CASE = "a[href*='/workbench/cases/']:not([href*='?']):not([href$='/cases/'])"
# Name, who looks, the address; or the page and the link on it that leads there.
PAPER = ".viewer img"
PAGES = [
    ("queue", "reviewer", "/workbench/cases/"),
    ("queue, all", "reviewer", "/workbench/cases/?view=all"),
    ("queue, filters", "reviewer", "/workbench/cases/?view=all&filters=1"),
    ("queue, a search", "reviewer", "/workbench/cases/?q=LGX"),
    ("case", "reviewer", ("/workbench/cases/?view=all", f"tbody {CASE}", PAPER)),
    (
        "case, mismatch",
        "reviewer",
        ("/workbench/cases/?view=mismatches&horizon=all", f"tbody {CASE}"),
    ),
    ("case, to be signed", "senior", ("/workbench/cases/?view=signature", f"tbody {CASE}")),
    ("case, read only", "auditor", ("/workbench/cases/?view=all", f"tbody {CASE}")),
    ("clean lane", "reviewer", "/workbench/lane/"),
    ("opinions asked", "reviewer", "/workbench/opinions/"),
    ("opinions wanted", "mps", "/opinions/"),
    ("saved views", "reviewer", "/workbench/views/"),
    ("mentions", "reviewer", "/workbench/mentions/"),
    ("bulk jobs", "reviewer", "/workbench/bulk/"),
    ("board", "supervisor", "/workbench/board/"),
    ("workload", "supervisor", "/workbench/workload/"),
    ("settings", "reviewer", "/workbench/settings/"),
    ("ledger", "auditor", "/workbench/ledger/"),
]
NAMES = [name for name, _who, _where in PAGES]
WIDTHS = {"wide": (1280, 900), "magnified twice": (640, 450), "narrow": (320, 640)}


@pytest.fixture
def opened(visit, addresses):
    """Open a page by its name, in a language and a size; return it once it stands."""

    def open_named(name, *, language, width):
        who, where = next((who, where) for known, who, where in PAGES if known == name)
        path = where if isinstance(where, str) else addresses(who, *where)
        if not path:
            pytest.skip("the demonstration has none at this hour")
        across, down = WIDTHS[width]
        page = visit(who, width=across, height=down)
        mark = "&" if "?" in path else "?"
        answer = page.goto(f"{path}{mark}lang={language}", wait_until="load")
        assert answer.status == 200, (path, answer.status)
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        return page

    return open_named


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_keeps_the_rules_for_everybody(opened, pictures, name, language, width):
    page = opened(name, language=language, width=width)
    if pictures:
        page.screenshot(path=pictures / f"{name} {language} {width}.png", full_page=True)

    assert page.locator("h1").count() == 1
    across = page.evaluate("document.documentElement.scrollWidth")
    assert across <= WIDTHS[width][0], f"{across} px wide: {too_wide(page)}"
    found = Axe().run(page, options=RULES)
    assert [told(violation) for violation in found.response["violations"]] == []
    assert page.complaints == []


def too_wide(page):
    """Name what sticks out of the window."""
    return page.evaluate(
        """() => [...document.querySelectorAll('main *, header *')]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 5).map(e => e.outerHTML.slice(0, 90))"""
    )


def told(violation):
    """Return a violation in a few words."""
    return violation["id"], [node["html"][:160] for node in violation["nodes"][:3]]


def test_a_document_can_be_listened_to(opened):
    page = opened("case", language="en", width="wide")
    assert page.locator(PAPER).count() > 0

    for picture in page.locator(PAPER).all():
        assert picture.get_attribute("alt")
        text = page.locator(f"#{picture.get_attribute('aria-describedby')}")
        assert len(text.text_content().split()) > 3


@pytest.mark.parametrize("name", ["case", "queue, all"])
def test_the_focus_is_never_hidden_under_the_bar(opened, name):
    page = opened(name, language="en", width="wide")
    page.locator("body").focus()

    for _step in range(80):
        page.keyboard.press("Tab")
        assert page.evaluate(
            """() => {
              const bar = document.querySelector('.decision-bar, .bulk');
              const here = document.activeElement;
              if (!bar || here === document.body || bar.contains(here)) return true;
              const low = here.getBoundingClientRect(), top = bar.getBoundingClientRect().top;
              return low.top < top - 1 || getComputedStyle(bar).position === 'static';
            }"""
        ), page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
