"""The portal and the open pages as everybody meets them: any width, any language, no scripts."""

import sys

import pytest

from tests.access.rules import WIDTHS, check_for_everybody
from tests.access.test_weights import bytes_of_first_visit

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

PORTAL = "/portal/"
FILED = "tbody a[href*='/portal/applications/E']"
# Name, who looks ("" for a stranger), the address; or the page and the link that leads there.
PAGES = [
    ("calculator", "", "/"),
    ("calculator, answered", "", "/?registered_on=2026-09-01&transferred_on=2026-11-02"),
    ("calculator for many", "", "/many/"),
    ("terms", "", "/terms/"),
    ("help", "", "/help/"),
    ("verify", "", "/verify/"),
    ("join", "", "/join/"),
    ("sign in", "", "/sign-in/"),
    ("home", "clerk", PORTAL),
    ("home of an owner", "owner", PORTAL),
    ("home of a manufacturer", "officer", PORTAL),
    ("vehicles", "clerk", "/portal/vehicles/"),
    ("vehicle", "clerk", ("/portal/vehicles/", "tbody a[href*='/portal/vehicles/L']")),
    ("vehicle, to add", "clerk", "/portal/vehicles/add/"),
    ("import", "clerk", "/portal/import/"),
    ("applications", "clerk", "/portal/applications/"),
    ("application", "clerk", ("/portal/applications/", FILED)),
    ("papers", "clerk", "/portal/papers/"),
    ("letters", "clerk", "/portal/letters/"),
    ("letter", "clerk", ("/portal/letters/", "tbody a[href*='/portal/letters/']")),
    ("letter, to add", "clerk", "/portal/letters/add/"),
    ("licences", "clerk", "/portal/licences/"),
    ("licence", "clerk", ("/portal/licences/", "tbody a[href*='/portal/licences/']")),
    ("company", "owner", "/portal/company/"),
    ("account", "clerk", "/account/"),
    ("notices", "clerk", "/notices/"),
    ("notices, how told", "clerk", "/notices/preferences/"),
    ("requests to a manufacturer", "officer", "/portal/maker/requests/"),
    ("confirmations", "officer", "/portal/maker/letters/"),
    ("confirmation, to make", "officer", "/portal/maker/attest/"),
    ("outlets", "officer", "/portal/maker/outlets/"),
    ("countries", "officer", "/portal/maker/countries/"),
    ("seals", "officer", "/portal/maker/seals/"),
]
NAMES = [name for name, _who, _where in PAGES]
MOST, MOST_OPEN = 80_000, 40_000
# A letter shows its page, as a case does.
WITH_A_PICTURE = {"letter": 150_000}


@pytest.fixture
def address(addresses):
    """Return who looks at a page and where it is, in a language."""

    def of(name, *, language="en"):
        who, where = next((who, where) for known, who, where in PAGES if known == name)
        path = where if isinstance(where, str) else addresses(who, *where)
        if not path:
            pytest.skip("the demonstration has none at this hour")
        return who, f"{path}{'&' if '?' in path else '?'}lang={language}"

    return of


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_keeps_the_rules_for_everybody(visit, address, pictures, name, language):
    who, path = address(name, language=language)
    page = visit(who)

    answer = page.goto(path, wait_until="load")

    assert answer.status == 200, path
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    # What only another language can break, its words, breaks first where there is least room.
    widths = WIDTHS if language == "en" else ("narrow",)
    check_for_everybody(page, widths=tuple(widths), keep=pictures, name=f"{name} {language}")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_the_same_without_scripts_and_is_light(visit, address, name):
    who, path = address(name)
    with_scripts, without = visit(who), visit(who, scripts=False)

    taken = bytes_of_first_visit(with_scripts, path)
    without.goto(path)

    sys.stdout.write(f"{name}: {sum(taken.values()) / 1000:.1f} kB in {len(taken)} requests\n")
    most = WITH_A_PICTURE.get(name, MOST if who else MOST_OPEN)
    assert sum(taken.values()) <= most, taken
    assert headings(without) == headings(with_scripts)
    assert fields(without) >= fields(with_scripts)


def headings(page) -> list[str]:
    """Return the headings one sees."""
    found = page.locator("main :is(h1, h2, h3)")
    # A button that only scripts bring, such as the one that copies a VIN, says nothing new.
    shown = [words.splitlines()[-1] for words in found.all_inner_texts() if words]
    return [words.strip() for words in shown]


def fields(page) -> set[str]:
    """Return the names of the fields one can fill in, and of the buttons that send them."""
    found = page.locator("main :is(input:not([type=hidden]), select, textarea, button[name])")
    return {shown.get_attribute("name") for shown in found.all() if shown.is_visible()} - {None}
