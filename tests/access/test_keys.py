"""Single keys in a real browser: alone, as their owner chose, never while one types."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

QUEUE = "/workbench/cases/?view=all&lang=en"
SETTINGS = "/workbench/settings/?lang=en"


def pressed(page, key, **facts):
    """Let a key fall as an input method or a held finger would; tell whether the page took it."""
    return page.evaluate(
        """([key, facts]) => !document.body.dispatchEvent(new KeyboardEvent('keydown',
            { key, bubbles: true, cancelable: true, ...facts }))""",
        [key, facts],
    )


@pytest.fixture
def settings(visit):
    """Open the settings of a person nobody else tests with, and leave them as they ship."""
    page = visit("policy")
    page.goto(SETTINGS)
    yield page
    page.goto(SETTINGS)
    page.fill("#id_search", "/")
    page.check("#id_keys_on")
    page.click("main button:text('Save')")


def test_slash_goes_to_the_search_and_letters_then_are_letters(visit):
    page = visit("reviewer")
    page.goto(QUEUE)

    page.keyboard.press("/")
    page.keyboard.type("/?jf")

    assert page.locator("#find").input_value() == "/?jf"
    assert page.locator("dialog[open]").count() == 0


@pytest.mark.parametrize(
    "facts",
    [
        {"isComposing": True},
        {"keyCode": 229},
        {"ctrlKey": True},
        {"altKey": True},
        {"metaKey": True},
        {"repeat": True},
    ],
)
def test_a_key_does_nothing_while_composing_held_or_with_another(visit, facts):
    page = visit("reviewer")
    page.goto(QUEUE)

    assert not pressed(page, "/", **facts)
    assert not pressed(page, "?", **facts)
    assert pressed(page, "/")


def test_the_list_shows_what_works_here_and_nothing_else(visit):
    page = visit("reviewer")
    page.goto(QUEUE)

    page.keyboard.press("?")

    assert page.evaluate("document.activeElement.id") == "keys-title"  # not the switch at its foot
    shown = page.locator("#keys dt kbd").all_text_contents()
    words = page.locator("#keys dd").all_text_contents()
    assert "/" in shown
    assert "J" in shown
    assert len({*shown}) == len(shown)
    assert all(words)
    page.keyboard.press("Escape")
    page.goto(SETTINGS)
    page.locator("h1").click()
    page.keyboard.press("?")
    assert "J" not in page.locator("#keys dt kbd").all_text_contents()


def test_an_own_key_acts_in_place_of_the_shipped_one(settings):
    page = settings
    page.fill("#id_search", "h")
    page.click("main button:text('Save')")
    page.goto(QUEUE)

    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "find"
    page.keyboard.press("h")
    assert page.evaluate("document.activeElement.id") == "find"
    page.locator("h1").click()
    page.keyboard.press("?")
    assert "H" in page.locator("#keys dt kbd").all_text_contents()


def test_who_turns_the_keys_off_keeps_them_off_and_opens_the_list_by_its_button(settings):
    page = settings
    page.goto(QUEUE)
    page.click("[data-keys-open]")
    with page.expect_response("**/settings/keys/") as kept:
        page.uncheck("#keys-on")
    assert kept.value.status == 204
    page.goto(QUEUE)

    page.keyboard.press("/")
    page.keyboard.press("?")

    assert page.evaluate("document.activeElement.id") != "find"
    assert page.locator("dialog[open]").count() == 0
    page.click("[data-keys-open]")
    assert not page.locator("#keys-on").is_checked()
