"""The workbench as people with keyboards, screen readers, magnifiers and narrow screens meet it."""

import pytest

from tests.access.rules import WIDTHS, check_for_everybody

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

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


@pytest.fixture
def opened(visit, addresses):
    """Open a page by its name, in a language; return it once it stands."""

    def open_named(name, *, language="en"):
        who, where = next((who, where) for known, who, where in PAGES if known == name)
        path = where if isinstance(where, str) else addresses(who, *where)
        if not path:
            pytest.skip("the demonstration has none at this hour")
        across, down = WIDTHS["wide"]
        page = visit(who, width=across, height=down)
        mark = "&" if "?" in path else "?"
        answer = page.goto(f"{path}{mark}lang={language}", wait_until="load")
        assert answer.status == 200, (path, answer.status)
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        return page

    return open_named


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_keeps_the_rules_for_everybody(opened, pictures, name, language):
    page = opened(name, language=language)

    check_for_everybody(page, keep=pictures, name=f"{name} {language}")


def test_a_document_can_be_listened_to(opened):
    page = opened("case")
    assert page.locator(PAPER).count() > 0

    for picture in page.locator(PAPER).all():
        assert picture.get_attribute("alt")
        text = page.locator(f"#{picture.get_attribute('aria-describedby')}")
        assert len(text.text_content().split()) > 3


@pytest.mark.parametrize("name", ["case", "queue, all"])
def test_the_focus_is_never_hidden_under_the_bar(opened, name):
    page = opened(name)
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
