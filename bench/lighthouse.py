"""Lighthouse's scores of the workbench's pages at a desk; the median of three looks each.

Runs where Lighthouse is installed (``LIGHTHOUSE`` names the program) and a demonstration answers
(``DEMO_SITE`` names its address); elsewhere it says so.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import BrowserContext, Page, sync_playwright

sys.path[0] = str(Path(__file__).resolve().parent.parent)
from tests.services import find_chromium, free_port

PASSWORD: Final = "chuguan-demo-2026"
LOOKS: Final = 3
GOALS: Final = {"performance": 0.95, "accessibility": 1.0}
PAGES: Final = {
    "queue": "/workbench/cases/",
    "case": "",
    "board": "/workbench/board/",
    "settings": "/workbench/settings/",
}
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync")


def main() -> None:
    """Print each page's scores beside the goals."""
    program = os.environ.get("LIGHTHOUSE", "") or shutil.which("lighthouse") or ""
    site, chromium = os.environ.get("DEMO_SITE", ""), find_chromium()
    if not (program and site and chromium):
        sys.stdout.write("not measured here: needs LIGHTHOUSE, DEMO_SITE and Chromium\n")
        return
    port = free_port()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        browser = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium,
            args=[*FLAGS, f"--remote-debugging-port={port}"],
            base_url=site,
        )
        page = signed_in(browser)
        for name, path in PAGES.items():
            address = site + (path or first_case(page))
            looks = [look(program, address, port=port) for _ in range(LOOKS)]
            for what, goal in GOALS.items():
                score = statistics.median(each[what] for each in looks)
                verdict = "ok" if score >= goal else "missed"
                sys.stdout.write(f"{name}, {what}: {score:.2f} (goal: ≥ {goal:.2f}) {verdict}\n")
        browser.close()


def signed_in(browser: BrowserContext) -> Page:
    """Return a page whose cookies Lighthouse's own tab will share."""
    page = browser.new_page()
    page.goto("/sign-in/")
    page.fill("input[name=login]", "supervisor@chuguan.example")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def first_case(page: Page) -> str:
    """Return the address of the first case of the queue."""
    page.goto("/workbench/cases/?view=all")
    return str(page.locator("tbody a[href*='/workbench/cases/']").first.get_attribute("href"))


def look(program: str, address: str, *, port: int) -> dict[str, float]:
    """Return the scores of one look, between 0 and 1."""
    command = [program, address, f"--port={port}", "--disable-storage-reset", "--preset=desktop"]
    command += ["--output=json", "--quiet", "--only-categories=performance,accessibility"]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=180).stdout
    return {name: each["score"] or 0 for name, each in json.loads(said)["categories"].items()}


if __name__ == "__main__":
    main()
