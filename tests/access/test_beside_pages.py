"""The pages a case leads to, as people with screen readers and narrow screens meet them."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.access.test_access import CASE, RULES, WIDTHS, told, too_wide

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

LEADS_TO = {
    "related cases": "a[href$='/related/']",
    "history": "a[href$='/history/']",
    "record": "a[href$='/record/']",
    "notes": "a[href$='/notes/']",
    "exporter": "a[href*='/exporters/']",
    "manufacturer": "a[href*='/makers/']",
}


@pytest.mark.parametrize("width", ["wide", "narrow"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", LEADS_TO)
def test_a_page_beside_a_case_keeps_the_rules(visit, addresses, name, language, width):
    case = addresses("reviewer", "/workbench/cases/?view=all", f"tbody {CASE}")
    path = addresses("reviewer", case, LEADS_TO[name])
    across, down = WIDTHS[width]
    page = visit("reviewer", width=across, height=down)
    page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}", wait_until="load")

    assert page.locator("h1").count() == 1
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= across, f"{wide} px wide: {too_wide(page)}"
    found = Axe().run(page, options=RULES)
    assert [told(violation) for violation in found.response["violations"]] == []
    assert page.complaints == []
