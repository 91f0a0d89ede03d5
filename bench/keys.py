"""At the keyboard: from key press to the next case painted, keys and loads counted, pages weighed.

    python bench/keys.py [--cases 40]     needs Chromium

Everything runs for real: web, worker, beat and broker as `make run` starts them, Chromium before
them. A paint is measured in the page, from the key press itself (its own time stamp) to the
second animation frame after the case was swapped in and its paper decoded.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import django
from playwright.sync_api import Browser, Page, sync_playwright

from bench._run import report
from config.serve import choose_defaults
from tests.services import ROOT, find_chromium, free_port, until

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "correct horse battery"
STOPWATCH = """
window.painted = [];
addEventListener("keydown", (event) => { window.pressed = event.timeStamp; }, true);
document.addEventListener("chuguan:swapped", async () => {
  const began = window.pressed;
  const after = (rest) => requestAnimationFrame(() => requestAnimationFrame(rest));
  const words = new Promise((done) => after(() => done(performance.now() - began)));
  await document.querySelector(".viewer-page img")?.decode();
  after(async () => window.painted.push([await words, performance.now() - began]));
});
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=40)
    count = parser.parse_args().cases
    program = find_chromium()
    if program is None:
        print("Chromium was not found; nothing measured")
        return
    with served() as server, sync_playwright() as playwright:
        people, cases = fill(count)
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        decide(browser, people["reviewer"], cases)
        find(browser, people["reviewer"], cases[-1])
        weigh(browser, people, cases[-1])
        held, busy = memory_of(server.pid, "granian"), os.getloadavg()[0]
        print(f"for orientation: web processes {held:.0f} MB; the machine's load {busy:.1f}")
        browser.close()


@contextmanager
def served() -> Iterator["subprocess.Popen[bytes]"]:
    """Run the product from an empty folder; stop it and remove the folder at the end."""
    folder, port = tempfile.mkdtemp(prefix="chuguan-bench-"), str(free_port())
    os.environ |= {"RUN_DIR": folder, "PORT": port, "DEMO": "0", "DEBUG": "0"}
    choose_defaults(port)
    server = subprocess.Popen([sys.executable, "-m", "config.serve"], cwd=ROOT)
    try:
        until(lambda: answers(port), within=600, what="the web process")
        # Playwright runs a loop in this thread, which waits whenever the database is asked.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        django.setup()
        yield server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def answers(port: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/readyz", timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


def fill(count: int):
    """Make an office with a reviewer and a supervisor, and *count* clean cases with papers."""
    from exports.kicks import held_back
    from exports.models import Role
    from tests.clean import lane_case
    from tests.factories import clerk_of, make_exporter, make_person

    exporter = make_exporter()
    clerk = clerk_of(exporter)
    people = {
        role: make_person(role, exporter.office, language="en")
        for role in (Role.REVIEWER, Role.SUPERVISOR)
    }
    with held_back():
        cases = [lane_case(exporter, by=clerk) for _each in range(count)]
    assert all(case.failed == case.attention == 0 for case in cases), cases[0]
    draw()
    return people, sorted(cases, key=lambda case: (case.due_at, case.pk))


def draw() -> None:
    """Draw the letters' page, and a lighter one for the screen, once: addresses differ anyway."""
    from django.conf import settings

    from documents.inspection import runner
    from documents.models import Page as PaperPage
    from documents.vision import client as vision
    from exports.models import Vehicle
    from tests.factories import make_letter_pdf

    with tempfile.TemporaryDirectory() as scratch:
        paper = Path(scratch) / "letter.pdf"
        paper.write_bytes(make_letter_pdf(list(Vehicle.objects.all()[:1])))
        drawn = runner.draw_pages(paper, content_type="application/pdf", out_dir=Path(scratch))
        first = drawn.pages[0]
        shutil.copy(first.path, Path(settings.MEDIA_ROOT) / "page.webp")
        vision.lighten_page(first.path, lighter=Path(settings.MEDIA_ROOT) / "display.webp")
        PaperPage.objects.update(width=first.width, height=first.height, display="display.webp")


def visit(browser: Browser, user) -> Page:
    """Return a page of a browser of its own, *user* signed in."""
    context = browser.new_context(
        base_url=os.environ["SITE_URL"], locale="en", viewport={"width": 1440, "height": 900}
    )
    context.set_default_timeout(60_000)
    context.add_init_script(STOPWATCH)
    page = context.new_page()
    page.goto("/sign-in/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def decide(browser: Browser, reviewer, cases) -> None:
    """Approve one case after the other by its key, and measure each paint."""
    from reviews.models import Case

    page = visit(browser, reviewer)
    page.goto(f"/workbench/cases/{cases[0].reference}/")
    loads = []
    page.on("request", lambda request: request.is_navigation_request() and loads.append(request))
    rounds = len(cases) - 5
    for done in range(rounds):
        page.wait_for_selector("body[data-ahead=ready]", state="attached")
        page.keyboard.press("a")
        page.wait_for_function("count => window.painted.length === count", arg=done + 1)
    words, whole = zip(*page.evaluate("window.painted"), strict=True)
    until(lambda: Case.objects.exclude(status="in_review").count() >= rounds, what="decisions")
    report("key press to next case painted, p95 ms", p95(whole), goal=100)
    report("keys a clean case", 1, goal=2)
    report("page loads a clean case", len(loads) / rounds, goal=0)
    print(
        f"for orientation: {rounds} cases; p50 {statistics.median(whole):.0f} ms, its words alone"
        f" {statistics.median(words):.0f} ms (p95 {p95(words):.0f} ms)"
    )
    page.context.close()


def p95(values) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def find(browser: Browser, reviewer, case) -> None:
    """Find a case by its VIN from the queue: `/`, paste, Enter."""
    page = visit(browser, reviewer)
    page.goto("/workbench/cases/")
    page.keyboard.press("/")
    page.keyboard.insert_text(case.first_vin)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/workbench/cases/{case.reference}/**")
    report("keys to find a case by its VIN", 3, goal=3)
    page.context.close()


def weigh(browser: Browser, people, case) -> None:
    """Weigh each page as a first visit loads it, its first picture included."""
    for name, role, address, goal in (
        ("queue", "reviewer", "/workbench/cases/?view=clean", 120),
        ("case page", "reviewer", f"/workbench/cases/{case.reference}/", 150),
        ("board", "supervisor", "/workbench/board/", 100),
    ):
        page = visit(browser, people[role])
        report(f"{name}, kilobytes", weight(page, address) / 1024, goal=goal)
        page.context.close()


def weight(page: Page, address: str) -> int:
    """Return how many bytes come over the wire when *address* is opened with an empty cache."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.clearBrowserCache")
    sizes = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="load")
    return sum(sizes)


def memory_of(pid: int, name: str) -> float:
    """Return the megabytes the processes called *name* below *pid* hold, shared pages counted."""
    rows = subprocess.run(
        ["ps", "-eo", "pid,ppid,rss,args"], capture_output=True, text=True, check=True
    ).stdout.splitlines()[1:]
    below, total = {pid}, 0
    for row in sorted(rows, key=lambda row: int(row.split()[0])):
        own, parent, resident, arguments = row.split(None, 3)
        if int(parent) in below:
            below.add(int(own))
            total += int(resident) if name in arguments else 0
    return total / 1024


if __name__ == "__main__":
    main()
