"""A passkey from a real browser: set up, used alone at the door and after the password, removed."""

import pytest

from tests.access.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(1200)]

WHO = "auditor@chuguan.example"
# What stands for the reader of fingers in a phone or laptop.
READER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(browser, site):
    """Return a page of somebody whose device keeps passkeys."""
    context = browser.new_context(base_url=site, locale="en")
    context.set_default_timeout(60_000)
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("WebAuthn.enable")
    wire.send("WebAuthn.addVirtualAuthenticator", {"options": READER})
    yield page
    context.close()


def fill_password(page):
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")


def sign_in(page):
    page.goto("/sign-in/")
    page.fill("input[name=login]", WHO)
    fill_password(page)


def go(page):
    """Press the button after which the browser asks the device for a key."""
    page.click("[data-passkey-go]")


def leave(page):
    page.context.clear_cookies()
    page.goto("/sign-in/")


def test_a_passkey_is_set_up_opens_the_account_and_is_removed(page):
    sign_in(page)
    page.wait_for_url("**/workbench/**")
    page.goto("/account/factors/webauthn/add/")
    fill_password(page)
    page.fill("input[name=name]", "Laptop")
    page.check("input[name=passwordless]")
    go(page)
    page.wait_for_url("**/recovery-codes/**")

    leave(page)
    go(page)
    page.wait_for_url("**/workbench/**")

    leave(page)
    sign_in(page)
    go(page)
    page.wait_for_url("**/workbench/**")

    page.goto("/account/factors/webauthn/")
    page.click("main a[href$='/remove/']")
    fill_password(page)
    page.click("main .btn-danger")
    page.wait_for_url("**/account/factors/webauthn/")
    assert page.locator("main tbody tr").count() == 0
