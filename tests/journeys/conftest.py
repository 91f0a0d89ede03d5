"""The product as people meet it: real web, worker and beat, and a real browser before them."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from exports.models import User
from tests.services import ROOT, Crew, free_port, until

READ_WITHIN = 180_000  # milliseconds, for a page looked at on a busy machine


@dataclass(frozen=True)
class Site:
    """The running product."""

    url: str
    crew: Crew


@pytest.fixture
def crew(crew: Crew) -> Crew:
    """Let a step take its time: looking at a page is no quick task."""
    crew.environment["LEASE_SECONDS"] = "120"
    return crew


@pytest.fixture
def minute(crew: Crew) -> None:
    """The running product grants the minute for taking a decision back."""
    crew.environment["UNDO_SECONDS"] = "60"


@pytest.fixture
def site(crew: Crew) -> Site:
    """Start web, worker and beat on the suite's services."""
    port = free_port()
    url = f"http://localhost:{port}"
    crew.environment |= {"SITE_URL": url, "CSRF_TRUSTED_ORIGINS": url, "DEBUG": "0"}
    environment = {**os.environ, **crew.environment}
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    crew.web(port)
    crew.worker()
    crew.beat()
    until(lambda: answers(f"{url}/readyz"), within=30, what="the web process")
    return Site(url, crew)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.fixture
def visit(site: Site, browser: Browser, tmp_path: Path) -> Iterator[Callable[[User | None], Page]]:
    """Return a page of a browser of its own, signed in as a person through the sign-in form."""
    contexts = []

    def open_page(user: User | None = None, *, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=site.url,
            locale="en",
            accept_downloads=True,
            java_script_enabled=javascript,
            viewport={"width": 1440, "height": 900},
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        if user is not None:
            page.goto("/sign-in/")
            page.fill("input[name=login]", user.email)
            page.fill("input[name=password]", "correct horse battery")
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()
