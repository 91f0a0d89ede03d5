"""How well papers are read: letters drawn in many layouts, worn in many ways, then read for real.

    python bench/reading.py [--letters 240] [--seed 1] [--only phone] [--jobs 2] [--write]

Every letter goes the way of an upload: opened and drawn in a child process, read and examined by
the looking process, its fields read as the pipeline reads them. ``--only`` takes the letters whose
name (layout, colour, dpi) holds a word; ``--write`` puts the table with today's date into
docs/reading.md. Misses are named.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
import os
import random
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bench.letters.page import draw
from bench.letters.tally import Letter, Tally, judge, judge_declared, report, tell_misses
from bench.letters.truth import COUNTRIES, MAKERS, Truth, invent, vehicle
from bench.letters.wear import Wear, some_wear, wear
from documents.confinement.memory import resident
from documents.inspection import runner
from documents.inspection.verdicts import Refused
from documents.reading.fields import FieldRead
from documents.reading.papers import read_paper
from documents.reading.seen import SeenLine, SeenPage
from documents.vision import client

KNOWN_COUNTRIES = {code: [zh, en] for code, zh, en in COUNTRIES}
KNOWN_MAKERS = {name: [name] for name, _wmi in MAKERS}
TICKS = os.sysconf("SC_CLK_TCK")
# An exporter has other vehicles than those of the letter, of the same maker too.
OTHERS = 200
Seen = tuple[SeenPage, tuple[Any, ...]]


def main() -> None:
    asked = arguments()
    tally = Tally()
    with ProcessPoolExecutor(asked.jobs) as pool:
        for part in pool.map(partial(measure, asked), range(asked.jobs)):
            tally.add(part)
    lines = [*report(tally), layer_row()]
    print("\n".join([*lines, *tell_misses(tally, most=12)]))
    if asked.write:
        write(lines, asked)


def measure(asked: argparse.Namespace, part: int) -> Tally:
    """Draw, wear and read every letter of *part*; each part has a looking process of its own."""
    tally = Tally()
    for number in range(part, asked.letters, asked.jobs):
        dice = random.Random(asked.seed * 100_000 + number)
        truth, how = invent(dice), some_wear(dice)
        pages, style = draw(truth, dice)
        name = f"#{number} {style} {how.label}"
        if asked.only in name:
            seen = list(see(pages, how, tally, seed=number))
            count(Letter(name, truth, how, (), ()), seen, tally, dice)
        if number % 10 == 9:
            print(f"  letter {number + 1}, VINs {tally.share('VIN exact, all')}", flush=True)
    client.shut()
    return tally


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--letters", type=int, default=240)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def see(pages: Sequence[Any], how: Wear, tally: Tally, *, seed: int) -> Iterator[Seen]:
    """Yield the lines and the seals of each page, seen as the pipeline sees them."""
    for number, page in enumerate(pages, start=1):
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / "original").write_bytes(wear(page, how, seed=seed * 10 + number))
            drawn = runner.draw_pages(
                folder / "original", content_type="image/jpeg", out_dir=folder
            )
            refused = isinstance(drawn, Refused)
            tally.mark("page drawn", f"#{seed} page {number}: {drawn}", right=not refused)
            yield (
                (SeenPage(number, (), "none"), ())
                if isinstance(drawn, Refused)
                else look_at(drawn.pages[0].path, number, tally)
            )


def look_at(picture: Path, number: int, tally: Tally) -> Seen:
    """Read and examine one page, and note what that took."""
    upright = picture.with_name("upright.webp")
    began = processor_seconds()
    seen = client.read_page(picture, upright=upright)
    tally.read_seconds.append(processor_seconds() - began)
    began = processor_seconds()
    examined = client.examine_page(upright if seen.redrawn else picture, long_side_mm=None)
    tally.look_seconds.append(processor_seconds() - began)
    tally.peak = max(tally.peak, resident(client.process_id()))
    lines = tuple(SeenLine.from_dict(line.to_dict()) for line in seen.lines)
    return SeenPage(number, lines, "picture"), examined.seals


def processor_seconds() -> float:
    """Return what the looking process has used, whatever else the machine is doing."""
    pid = client.process_id()
    if not pid:
        return 0.0
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS


def count(letter: Letter, seen: Sequence[Seen], tally: Tally, dice: random.Random) -> None:
    """Read the fields and compare them: alone, and beside the exporter's own list of vehicles."""
    pages = [page for page, _seals in seen]
    seals = [seal for _page, seals in seen for seal in seals]
    facts = (letter.name, letter.truth, letter.how)
    judge(Letter(*facts, fields(pages), seals), tally)
    declared = fleet(letter.truth, dice)
    told = Letter(*facts, fields(pages, declared=declared), seals)
    judge_declared(told, declared=declared, tally=tally)


def fleet(truth: Truth, dice: random.Random) -> set[str]:
    """Return the VINs of the letter among others by the same maker."""
    own = [vin for vin, *_rest in truth.vehicles]
    return {*own, *(vehicle(dice, own[0][:3])[0] for _ in range(OTHERS))}


def fields(pages: Sequence[SeenPage], *, declared: Collection[str] = ()) -> tuple[FieldRead, ...]:
    return read_paper(
        "confirmation",
        pages,
        countries=KNOWN_COUNTRIES,
        makers=KNOWN_MAKERS,
        declared_vins=declared,
    )


def layer_row() -> str:
    """Return what a page with a text layer costs to read, drawing left out."""
    from reviews.demo.letters import draw_letter
    from tests.papers import plain_letter

    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "letter.pdf"
        path.write_bytes(draw_letter(plain_letter(vehicles=20)))
        drawn = runner.draw_pages(path, content_type="application/pdf", out_dir=Path(scratch))
        began = time.perf_counter()
        for _ in range(10):
            lines = tuple(SeenLine.from_dict(line) for line in drawn.pages[0].lines)
            fields([SeenPage(1, lines, "layer")])
        spent = (time.perf_counter() - began) / 10
    return f"| reading a text layer, seconds | {spent:.3f} | 10 | ≤ 0.15 |"


def write(lines: Sequence[str], asked: argparse.Namespace) -> None:
    """Put the table into docs/reading.md, between its marks."""
    page = Path("docs/reading.md")
    head, rest = page.read_text().split("<!-- figures -->\n", 1)
    tail = rest.split("<!-- end of figures -->", 1)[1]
    today = datetime.now(UTC).date().isoformat()
    figures = "\n".join([f"{today}, {asked.letters} letters, seed {asked.seed}:", "", *lines, ""])
    page.write_text(f"{head}<!-- figures -->\n{figures}<!-- end of figures -->{tail}")


if __name__ == "__main__":
    main()
