"""How well papers are read: letters drawn in many layouts, worn in many ways, then read for real.

    python bench/reading.py [--letters 240] [--seed 1] [--only phone] [--write]

Every letter goes the way of an upload: opened and drawn in a child process, read and examined by
the looking process, its fields read as the pipeline reads them. ``--write`` puts the table with
today's date into docs/reading.md. Misses are named.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bench.letters.page import draw
from bench.letters.truth import COUNTRIES, MAKERS, Truth, invent
from bench.letters.wear import Wear, some_wear, wear
from documents.confinement.memory import resident
from documents.inspection import runner
from documents.reading.papers import read_paper
from documents.reading.seen import SeenLine, SeenPage
from documents.vision import client

GOALS = {
    "VIN exact, 150 dpi and more": 0.995,
    "VIN exact, all": 0.97,
    "destination": 0.99,
    "issuer exact": 0.98,
    "seal present, precision (colour)": 0.99,
    "seal present, recall (colour)": 0.99,
    "seal present, precision (grey)": 0.95,
    "seal present, recall (grey)": 0.95,
}
SINGLE = ("maker", "issuer", "number", "issued_on", "valid_until", "exporter")
KNOWN_COUNTRIES = {code: [zh, en] for code, zh, en in COUNTRIES}
KNOWN_MAKERS = {name: [name] for name, _wmi in MAKERS}


@dataclass
class Tally:
    """What has been counted so far."""

    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    sure: int = 0
    sure_wrong: list[str] = field(default_factory=list)
    misses: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    seals: Counter[tuple[str, bool, bool]] = field(default_factory=Counter)
    kinds: Counter[bool] = field(default_factory=Counter)
    read_seconds: list[float] = field(default_factory=list)
    look_seconds: list[float] = field(default_factory=list)
    peak: int = 0

    def mark(self, name: str, ok: bool, told: str) -> None:
        self.asked[name] += 1
        self.right[name] += ok
        if not ok:
            self.misses[name].append(told)


def main() -> None:
    asked = arguments()
    tally = Tally()
    for number in range(asked.letters):
        dice = random.Random(asked.seed * 100_000 + number)
        truth, how = invent(dice), some_wear(dice)
        pages, style = draw(truth, dice)
        if asked.only and asked.only not in f"{how.label} {style}":
            continue
        name = f"#{number} {style} {how.label}"
        judge(truth, how, list(read(pages, how, tally, seed=number)), name=name, tally=tally)
        if number % 10 == 9:
            print(f"  {number + 1} letters, VINs {share(tally, 'VIN exact, all')}", flush=True)
    lines = list(report(tally)) + list(layer_report())
    print("\n".join(lines))
    tell_misses(tally)
    if asked.write:
        write(lines, asked)
    client.shut()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--letters", type=int, default=240)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", action="store_true")
    return parser.parse_args()


def read(
    pages: list[Any], how: Wear, tally: Tally, *, seed: int
) -> Iterator[tuple[SeenPage, tuple[Any, ...]]]:
    """Yield the lines and the seals of each page, seen as the pipeline sees them."""
    with tempfile.TemporaryDirectory() as scratch:
        for number, page in enumerate(pages, start=1):
            folder = Path(scratch) / str(number)
            folder.mkdir()
            path = folder / "original"
            path.write_bytes(wear(page, how, seed=seed * 10 + number))
            drawn = runner.draw_pages(path, content_type="image/jpeg", out_dir=folder)
            picture = drawn.pages[0].path
            began = time.perf_counter()
            seen = client.read_page(picture, upright=folder / "upright.webp")
            tally.read_seconds.append(time.perf_counter() - began)
            began = time.perf_counter()
            upright = folder / "upright.webp" if seen.redrawn else picture
            examined = client.examine_page(upright, long_side_mm=None)
            tally.look_seconds.append(time.perf_counter() - began)
            tally.peak = max(tally.peak, resident(client.process_id()))
            lines = tuple(SeenLine.from_dict(line.to_dict()) for line in seen.lines)
            yield SeenPage(number, lines, "picture"), examined.seals


def judge(truth: Truth, how: Wear, seen: list[Any], *, name: str, tally: Tally) -> None:
    """Compare what was read with what was written."""
    found = read_paper(
        "confirmation",
        [page for page, _seals in seen],
        countries=KNOWN_COUNTRIES,
        makers=KNOWN_MAKERS,
    )
    values: dict[str, list[str]] = defaultdict(list)
    for one in found:
        values[one.field].append(one.value)
    judge_sure(truth, found, name=name, tally=tally)
    for wanted in SINGLE:
        said = plain(getattr(truth, wanted))
        told = next(iter(values[wanted]), "")
        tally.mark(f"{wanted} exact", told == said, f"{name}: {told!r} for {said!r}")
    tally.mark(
        "destination",
        values["destination"] == [truth.country[0]],
        f"{name}: {values['destination']} for {truth.country[0]}",
    )
    for vin, _brand, model, _day in truth.vehicles:
        ok = vin in values["vin"]
        told = f"{name}: {vin} not among {len(values['vin'])}"
        tally.mark("VIN exact, all", ok, told)
        if how.dpi >= 150:
            tally.mark("VIN exact, 150 dpi and more", ok, told)
        parts = next((one.parts for one in found if one.value == vin), {})
        if parts.get("model"):
            tally.mark(
                "model beside the VIN",
                parts["model"] == model,
                f"{name}: {parts['model']} for {model}",
            )
    names = [one.parts.get("name") for one in found if one.field == "outlet"]
    for outlet in truth.outlets:
        tally.mark("outlet name", outlet[1] in names, f"{name}: {outlet[1]} in {names}")
    judge_seals(truth, how, [seal for _page, seals in seen for seal in seals], name, tally)


def judge_sure(truth: Truth, found: Any, *, name: str, tally: Tally) -> None:
    """Count what is marked sure, and what of that is wrong."""
    for one in found:
        if not one.sure:
            continue
        tally.sure += 1
        if not is_true(truth, one):
            tally.sure_wrong.append(f"{name}: {one.field} {one.value!r} ({one.confidence})")


def is_true(truth: Truth, one: Any) -> bool:
    if one.field == "vin":
        return one.value in [vehicle[0] for vehicle in truth.vehicles]
    if one.field == "destination":
        return one.value == truth.country[0]
    if one.field == "outlet":
        return one.parts["name"] in [outlet[1] for outlet in truth.outlets]
    return one.value == plain(getattr(truth, one.field))


def judge_seals(truth: Truth, how: Wear, seals: list[Any], name: str, tally: Tally) -> None:
    sort = "grey" if how.grey else "colour"
    there, found = truth.seal != "none", bool(seals)
    tally.seals[sort, there, found] += 1
    if there != found:
        tally.misses[f"seal ({sort})"].append(f"{name}: {'missed' if there else 'invented'}")
    if there and found:
        tally.kinds[seals[0].kind == truth.seal] += 1
        tally.mark(
            f"ring words ({sort})",
            seals[0].ring_text == truth.issuer,
            f"{name}: {seals[0].ring_text} for {truth.issuer}",
        )


def plain(value: str | date) -> str:
    return value.isoformat() if isinstance(value, date) else value


def share(tally: Tally, name: str) -> str:
    asked = tally.asked[name]
    return f"{tally.right[name] / asked:.2%} of {asked}" if asked else "–"


def report(tally: Tally) -> Iterator[str]:
    """Yield the figures as rows of a table."""
    yield "| what | got | of | goal |"
    yield "|---|---|---|---|"
    for name in sorted(tally.asked):
        yield row(name, tally.right[name] / tally.asked[name], tally.asked[name])
    for sort in ("colour", "grey"):
        hit, false = tally.seals[sort, True, True], tally.seals[sort, False, True]
        missed = tally.seals[sort, True, False]
        if hit:
            yield row(f"seal present, precision ({sort})", hit / (hit + false), hit + false)
            yield row(f"seal present, recall ({sort})", hit / (hit + missed), hit + missed)
    if tally.kinds:
        yield row("seal kind", tally.kinds[True] / tally.kinds.total(), tally.kinds.total())
    if tally.sure:
        wrong = len(tally.sure_wrong) / tally.sure
        yield f"| wrong while marked sure | {wrong:.3%} | {tally.sure} | ≤ 0.100% |"
    pages = len(tally.read_seconds)
    if pages:
        yield f"| reading a page, seconds | {sum(tally.read_seconds) / pages:.2f} | {pages} | ≤ 2.5 |"
        yield f"| seals and mark, seconds | {sum(tally.look_seconds) / pages:.2f} | {pages} | |"
        yield f"| slowest page, seconds | {max(tally.read_seconds):.2f} | | |"
        yield f"| looking process, peak MB | {tally.peak / 2**20:.0f} | | ≤ 900 |"


def row(name: str, got: float, of: int) -> str:
    goal = GOALS.get(name)
    missed = " **missed**" if goal and got < goal else ""
    return f"| {name} | {got:.2%}{missed} | {of} | {f'≥ {goal:.1%}' if goal else ''} |"


def layer_report() -> Iterator[str]:
    """Yield what a page with a text layer costs to read, drawing left out."""
    from reviews.demo.letters import draw_letter
    from tests.papers import plain_letter

    pdf = draw_letter(plain_letter(vehicles=20))
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "letter.pdf"
        path.write_bytes(pdf)
        drawn = runner.draw_pages(path, content_type="application/pdf", out_dir=Path(scratch))
        began = time.perf_counter()
        for _ in range(10):
            lines = tuple(SeenLine.from_dict(line) for line in drawn.pages[0].lines)
            read_paper(
                "confirmation",
                [SeenPage(1, lines, "layer")],
                countries=KNOWN_COUNTRIES,
                makers=KNOWN_MAKERS,
            )
        yield f"| reading a text layer, seconds | {(time.perf_counter() - began) / 10:.3f} | 10 | ≤ 0.15 |"


def tell_misses(tally: Tally) -> None:
    for name, told in tally.misses.items():
        print(f"\n{name}: {len(told)} missed")
        print("\n".join(f"  {one}" for one in told[:12]))
    print(f"\nwrong while sure: {len(tally.sure_wrong)}")
    print("\n".join(f"  {one}" for one in tally.sure_wrong[:20]))


def write(lines: list[str], asked: argparse.Namespace) -> None:
    """Put the table into docs/reading.md, between its marks."""
    page = Path("docs/reading.md")
    text = page.read_text()
    head, rest = text.split("<!-- figures -->\n", 1)
    tail = rest.split("<!-- end of figures -->", 1)[1]
    told = f"{date.today().isoformat()}, {asked.letters} letters, seed {asked.seed}:\n\n"
    figures = told + "\n".join(lines) + "\n"
    page.write_text(f"{head}<!-- figures -->\n{figures}<!-- end of figures -->{tail}")


if __name__ == "__main__":
    main()
