"""The pages a case leads to, as people with screen readers and narrow screens meet them."""

import pytest

from tests.access.rules import check_for_everybody
from tests.access.test_access import CASE

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

LEADS_TO = {
    "related cases": "a[href$='/related/']",
    "history": "a[href$='/history/']",
    "record": "a[href$='/record/']",
    "notes": "a[href$='/notes/']",
    "exporter": "a[href*='/exporters/']",
    "manufacturer": "a[href*='/makers/']",
}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", LEADS_TO)
def test_a_page_beside_a_case_keeps_the_rules(visit, addresses, name, language):
    case = addresses("reviewer", "/workbench/cases/?view=all", f"tbody {CASE}")
    path = addresses("reviewer", case, LEADS_TO[name])
    page = visit("reviewer")
    page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}", wait_until="load")

    check_for_everybody(page, widths=["wide", "narrow"])
