"""A running demonstration and a real browser before it, signed in as one person or another."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.services import ROOT, find_chromium, free_port, until

PASSWORD = "chuguan-demo-2026"
PATIENCE = 900  # seconds for a busy machine to fill the demonstration
TOLD = ("TEST_DATABASE_URL", "TEST_REDIS_URL", "DATABASE_URL", "REDIS_URL")


def answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/readyz", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run the product as ``make run`` does; DEMO_SITE names one that runs already."""
    running = os.environ.get("DEMO_SITE", "")
    if running:
        yield running
        return
    if find_chromium() is None:
        pytest.skip("no Chromium on this machine: make test says so")
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if name not in TOLD}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "RUN_DIR": str(tmp_path_factory.mktemp("demonstration")),
        "PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "config.serve"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    url = f"http://localhost:{port}"
    until(lambda: answers(url), within=PATIENCE, what="the demonstration")
    yield url
    process.terminate()
    process.wait(60)


@pytest.fixture(scope="session")
def cookies(site: str, browser: Browser) -> Callable[[str], list[dict[str, object]]]:
    """Return the cookies of a person, who signs in once for all tests."""
    kept: dict[str, list[dict[str, object]]] = {}

    def of(who: str) -> list[dict[str, object]]:
        if who not in kept:
            context = browser.new_context(base_url=site)
            page = context.new_page()
            page.goto("/sign-in/", timeout=60_000)
            page.fill("input[name=login]", f"{who}@chuguan.example")
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "sign-in" not in url)
            kept[who] = context.cookies()
            context.close()
        return kept[who]

    return of


@pytest.fixture(scope="session")
def contexts(
    site: str, browser: Browser, cookies: Callable[[str], list[dict[str, object]]]
) -> Iterator[Callable[..., BrowserContext]]:
    """Return the window of a person, with scripts or without, which keeps what it once loaded."""
    kept: dict[tuple[str, bool], BrowserContext] = {}

    def of(who: str, *, scripts: bool) -> BrowserContext:
        if (who, scripts) not in kept:
            context = browser.new_context(
                base_url=site,
                locale="en",
                reduced_motion="reduce",
                java_script_enabled=scripts,
            )
            context.set_default_timeout(60_000)
            if who:
                context.add_cookies(cookies(who))
            kept[who, scripts] = context
        return kept[who, scripts]

    yield of
    for context in kept.values():
        context.close()


@pytest.fixture
def visit(contexts: Callable[..., BrowserContext]) -> Iterator[Callable[..., Page]]:
    """Return a page as *who* ("" for a stranger) in a window of one size."""
    pages: list[Page] = []

    def open_page(who: str, *, width: int = 1280, height: int = 900, scripts: bool = True) -> Page:
        page = contexts(who, scripts=scripts).new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: page.complaints.append(said.text) if said.type == "error" else None,
        )
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.fixture(scope="session")
def addresses(
    contexts: Callable[..., BrowserContext],
) -> Callable[..., str]:
    """Return where a link leads: the first on a page that *selector* finds for *who*.

    With *shows*, the first that leads to a page on which that is found.
    """
    kept: dict[tuple[str, ...], str] = {}

    def first(who: str, path: str, selector: str, shows: str = "body") -> str:
        if (who, path, selector, shows) not in kept:
            page = contexts(who, scripts=True).new_page()
            page.goto(path, timeout=60_000)
            links = [str(link.get_attribute("href")) for link in page.locator(selector).all()]
            found = (link for link in links[:40] if shown(page, link, what=shows))
            kept[who, path, selector, shows] = next(found, "")
            page.close()
        return kept[who, path, selector, shows]

    return first


def shown(page: Page, path: str, *, what: str) -> bool:
    """Tell whether the page at *path* has what a test is about."""
    if what != "body":
        page.goto(path, timeout=60_000)
    return what == "body" or page.locator(what).count() > 0


@pytest.fixture
def pictures() -> Path | None:
    """Return the folder pictures of the pages go to, where PICTURES names one."""
    folder = os.environ.get("PICTURES", "")
    return Path(folder) if folder else None
