"""Lighthouse's scores of pages of the workbench and of the portal; the median of three looks each.

Everything at a desk; what exporters and the public open, also on a telephone.

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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

sys.path[0] = str(Path(__file__).resolve().parent.parent)
from tests.services import find_chromium, free_port

PASSWORD: Final = "chuguan-demo-2026"
LOOKS: Final = 3
GOALS: Final = {
    "desktop": {"performance": 0.95, "accessibility": 1.0},
    "mobile": {"performance": 0.90, "accessibility": 1.0},
}
LISTED: Final = "/workbench/cases/?view=all"
FILED: Final = "/portal/applications/?state=in_progress"
# Who looks ("" for a stranger); a name, and the address, or the page and the link that leads there.
PAGES: Final[dict[str, dict[str, str | tuple[str, str]]]] = {
    "supervisor": {
        "queue": "/workbench/cases/",
        "case": (LISTED, "tbody a[href*='/workbench/cases/']"),
        "board": "/workbench/board/",
        "settings": "/workbench/settings/",
    },
    "": {"calculator": "/"},
    "clerk": {
        "home": "/portal/",
        "vehicles": "/portal/vehicles/",
        "application": (FILED, "tbody a[href*='/portal/applications/']"),
        "import": ("/portal/import/", "main a[href*='/portal/import/']:not([href$='.xlsx'])"),
    },
}
AT_A_DESK_ONLY: Final = "supervisor"
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync")


def main() -> None:
    """Print each page's scores beside the goals."""
    program = os.environ.get("LIGHTHOUSE", "") or shutil.which("lighthouse") or ""
    site, chromium = os.environ.get("DEMO_SITE", ""), find_chromium()
    if not (program and site and chromium):
        sys.stdout.write("not measured here: needs LIGHTHOUSE, DEMO_SITE and Chromium\n")
        return
    for who, pages in PAGES.items():
        forms = ("desktop",) if who == AT_A_DESK_ONLY else ("desktop", "mobile")
        with signed_in(who, site=site, chromium=chromium) as (page, port):
            for name, where in pages.items():
                address = site + (where if isinstance(where, str) else first_link(page, *where))
                for form in forms:
                    report(name, form, [look(program, address, port, form) for _ in range(LOOKS)])


def report(name: str, form: str, looks: list[dict[str, float]]) -> None:
    """Print the median of *looks* beside the goals."""
    for what, goal in GOALS[form].items():
        score = statistics.median(each[what] for each in looks)
        verdict = "ok" if score >= goal else "missed"
        sys.stdout.write(f"{name}, {form}, {what}: {score:.2f} (goal: ≥ {goal:.2f}) {verdict}\n")


@contextmanager
def signed_in(who: str, *, site: str, chromium: str) -> Iterator[tuple[Page, int]]:
    """Yield a page whose cookies Lighthouse's own tab shares, and the port to find it by."""
    port = free_port()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        browser = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=chromium,
            args=[*FLAGS, f"--remote-debugging-port={port}"],
            base_url=site,
        )
        page = browser.new_page()
        if who:
            page.goto("/sign-in/")
            page.fill("input[name=login]", f"{who}@chuguan.example")
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "sign-in" not in url)
        yield page, port
        browser.close()


def first_link(page: Page, path: str, selector: str) -> str:
    """Return where the first link that *selector* finds leads; *path* itself where none is yet."""
    page.goto(path)
    found = page.locator(selector)
    return str(found.first.get_attribute("href")) if found.count() else path


def look(program: str, address: str, port: int, form: str) -> dict[str, float]:
    """Return the scores of one look, between 0 and 1; the telephone is Lighthouse's own default."""
    command = [program, address, f"--port={port}", "--disable-storage-reset"]
    command += ["--preset=desktop"] if form == "desktop" else []
    command += ["--output=json", "--quiet", "--only-categories=performance,accessibility"]
    said = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=180).stdout
    return {name: each["score"] or 0 for name, each in json.loads(said)["categories"].items()}


if __name__ == "__main__":
    main()
