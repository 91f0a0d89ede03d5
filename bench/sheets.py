"""Spreadsheets: from the click on "Upload" to the first problems shown and to all rows checked.

    python bench/sheets.py [--rows 500 5000]     needs Chromium

Everything runs for real: web, worker, beat and broker as `make run` starts them with the embedded
default, Chromium before them. Seconds are what the person at the page waits, the page's own asking
for news counted; plain reading is the same file read by the same library in this process.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
import csv
import os
import tempfile
import time

import python_calamine
from playwright.sync_api import Page, sync_playwright

from bench import _run
from bench.keys import FLAGS, served, visit
from tests.services import find_chromium

WITHIN = {500: 10, 5000: 60}
PATIENCE = 300_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=sorted(WITHIN))
    sizes = parser.parse_args().rows
    program = find_chromium()
    if program is None:
        print("Chromium was not found; nothing measured")
        return
    with served(), tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = visit(browser, clerk())
        for count in sizes:
            for file in files_of(count, Path(folder)):
                bring(page, file, count=count)
        print(f"for orientation: the machine's load {os.getloadavg()[0]:.1f}")
        browser.close()


def clerk():
    """Return a clerk of an exporter whose manufacturer is listed."""
    from tests.factories import clerk_of, make_exporter, make_manufacturer, make_port

    make_manufacturer()
    make_port()
    return clerk_of(make_exporter(), language="en")


def files_of(count: int, folder: Path) -> list[Path]:
    """Write a messy workbook of *count* rows, twelve of them bad, and the same rows as CSV."""
    from tests import sheets

    book, table = folder / f"{count}.xlsx", folder / f"{count}.csv"
    book.write_bytes(sheets.messy(count))
    rows = sheets.messy_rows(count)
    sheets.spoil(rows)
    with table.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([sheets.HEADS, *rows])
    return [book, table]


def bring(page: Page, file: Path, *, count: int) -> None:
    """Upload *file* as a person does and print what was waited for."""
    from documents.models import Sheet

    page.goto("/portal/import/")
    page.set_input_files("input[type=file]", file)
    began = time.perf_counter()
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_text("Kazakstan").first.wait_for(timeout=PATIENCE)
    first = time.perf_counter() - began
    page.get_by_role("heading", name="Mend many at once").wait_for(timeout=PATIENCE)
    whole = time.perf_counter() - began
    sheet = Sheet.objects.latest("pk")
    bad = list(sheet.rows.filter(state="bad").values_list("problems", flat=True))
    assert (sheet.total, len(bad)) == (count, 12), (sheet.total, bad[:20])
    plain = min(_run.timed([lambda: read_plainly(file)], rounds=5)) / 1000
    name = f"{count} rows, {file.suffix[1:].upper()}"
    _run.report(f"{name}: seconds to the first problems shown", first, goal=3)
    _run.report(f"{name}: seconds until all are checked", whole, goal=WITHIN.get(count, 60))
    print(
        f"for orientation: {count / whole:.0f} rows a second; {whole / plain:.0f} times plain"
        f" reading of the same file ({plain * 1000:.0f} ms)",
        flush=True,
    )


def read_plainly(file: Path) -> int:
    """Read every cell of *file* and do nothing with it; return how many rows there were."""
    if file.suffix == ".csv":
        with file.open(encoding="gb18030", newline="") as lines:
            return len(list(csv.reader(lines)))
    book = python_calamine.CalamineWorkbook.from_path(str(file))
    return sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)


if __name__ == "__main__":
    main()
