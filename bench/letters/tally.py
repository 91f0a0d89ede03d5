"""Compare what was read from letters with what was written on them, and count."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from statistics import mean
from typing import Any

from bench.letters.truth import Truth, Vehicle
from bench.letters.wear import Wear
from documents.reading.fields import FieldRead

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
SHARP = 150


@dataclass
class Tally:
    """What has been counted so far; seconds are those of one processor."""

    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    sure: Counter[str] = field(default_factory=Counter)
    sure_wrong: list[str] = field(default_factory=list)
    misses: dict[str, list[str]] = field(default_factory=partial(defaultdict, list))
    seals: Counter[tuple[str, bool, bool]] = field(default_factory=Counter)
    read_seconds: list[float] = field(default_factory=list)
    look_seconds: list[float] = field(default_factory=list)
    peak: int = 0

    def mark(self, name: str, told: str, *, right: bool) -> None:
        self.asked[name] += 1
        self.right[name] += right
        if not right:
            self.misses[name].append(told)

    def add(self, other: "Tally") -> None:
        """Count what *other*, measured beside this one, counted too."""
        for name in ("right", "asked", "sure", "seals"):
            getattr(self, name).update(getattr(other, name))
        for name in ("sure_wrong", "read_seconds", "look_seconds"):
            getattr(self, name).extend(getattr(other, name))
        for name, told in other.misses.items():
            self.misses[name] += told
        self.peak = max(self.peak, other.peak)

    def share(self, name: str) -> str:
        asked = self.asked[name]
        return f"{self.right[name] / asked:.2%} of {asked}" if asked else "–"


@dataclass(frozen=True)
class Letter:
    """One letter: its name for the list of misses, its truth, how it was worn, what was found."""

    name: str
    truth: Truth
    how: Wear
    found: Sequence[FieldRead]
    seals: Sequence[Any]

    def values(self, wanted: str) -> list[str]:
        return [one.value for one in self.found if one.field == wanted]


def judge(letter: Letter, tally: Tally) -> None:
    """Compare everything about *letter*."""
    judge_single(letter, tally)
    for vehicle in letter.truth.vehicles:
        judge_vehicle(letter, vehicle, tally)
    names = [one.parts.get("name") for one in letter.found if one.field == "outlet"]
    for outlet in letter.truth.outlets:
        told = f"{letter.name}: {outlet[1]} in {names}"
        tally.mark("outlet name", told, right=outlet[1] in names)
    judge_sure(letter, tally)
    judge_seals(letter, tally)


def judge_single(letter: Letter, tally: Tally) -> None:
    for wanted in SINGLE:
        said = plain(getattr(letter.truth, wanted))
        told = next(iter(letter.values(wanted)), "")
        tally.mark(f"{wanted} exact", f"{letter.name}: {told!r} for {said!r}", right=told == said)
    codes = [code for code, _zh, _en in letter.truth.countries]
    read = letter.values("destination")
    tally.mark("destination", f"{letter.name}: {read} for {codes}", right=read == codes)


def judge_vehicle(letter: Letter, vehicle: Vehicle, tally: Tally) -> None:
    vin, _brand, model, _day = vehicle
    read = next((one for one in letter.found if one.field == "vin" and one.value == vin), None)
    told = f"{letter.name}: {vin} not among {len(letter.values('vin'))}"
    tally.mark("VIN exact, all", told, right=read is not None)
    if letter.how.dpi >= SHARP:
        tally.mark("VIN exact, 150 dpi and more", told, right=read is not None)
    if read:
        told = f"{letter.name}: {vin} ({read.confidence})"
        tally.mark("VIN exact and marked sure", told, right=read.sure)
    if read and read.parts.get("model"):
        told = f"{letter.name}: {read.parts['model']} for {model}"
        tally.mark("model beside the VIN", told, right=read.parts["model"] == model)


def judge_declared(letter: Letter, *, declared: Collection[str], tally: Tally) -> None:
    """Count the VINs once more, read beside what the exporter had entered."""
    read = letter.values("vin")
    for vin, *_rest in letter.truth.vehicles:
        told = f"{letter.name}: {vin}"
        tally.mark("VIN exact, among declared ones", told, right=vin in read)
    strangers = set(read) & set(declared) - {vin for vin, *_rest in letter.truth.vehicles}
    tally.mark("no VIN mended to a wrong one", f"{letter.name}: {strangers}", right=not strangers)


def judge_sure(letter: Letter, tally: Tally) -> None:
    """Count what is marked sure, and what of that is wrong."""
    for one in letter.found:
        if one.sure:
            tally.sure[one.field] += 1
            if one.value not in true_values(letter.truth, one.field):
                told = f"{letter.name}: {one.field} {one.value!r} ({one.confidence})"
                tally.sure_wrong.append(told)


def true_values(truth: Truth, name: str) -> list[str]:
    several = {
        "vin": [vehicle[0] for vehicle in truth.vehicles],
        "destination": [country[0] for country in truth.countries],
        "outlet": [outlet[1] for outlet in truth.outlets],
    }
    return several[name] if name in several else [plain(getattr(truth, name))]


def judge_seals(letter: Letter, tally: Tally) -> None:
    sort = "grey" if letter.how.grey else "colour"
    there, found = letter.truth.seal != "none", bool(letter.seals)
    tally.seals[sort, there, found] += 1
    if there != found:
        told = "missed" if there else "invented"
        tally.misses[f"seal ({sort})"].append(f"{letter.name}: {told}")
    if there and found:
        seal, issuer = letter.seals[0], letter.truth.issuer
        told = f"{letter.name}: {seal.kind} for {letter.truth.seal}"
        tally.mark("seal kind", told, right=seal.kind == letter.truth.seal)
        told = f"{letter.name}: {seal.ring_text} for {issuer}"
        tally.mark(f"ring words ({sort})", told, right=seal.ring_text == issuer)


def plain(value: str | date) -> str:
    return value.isoformat() if isinstance(value, date) else value


def report(tally: Tally) -> Iterator[str]:
    """Yield the figures as rows of a table."""
    yield "| what | got | of | goal |"
    yield "|---|---|---|---|"
    for name in sorted(tally.asked):
        yield row(name, tally.right[name], tally.asked[name])
    for sort in ("colour", "grey"):
        hit, false = tally.seals[sort, True, True], tally.seals[sort, False, True]
        missed = tally.seals[sort, True, False]
        yield row(f"seal present, precision ({sort})", hit, hit + false)
        yield row(f"seal present, recall ({sort})", hit, hit + missed)
    wrong, sure = len(tally.sure_wrong), tally.sure.total()
    yield f"| wrong while marked sure | {wrong / max(sure, 1):.3%} | {sure} | ≤ 0.100% |"
    pages = len(tally.read_seconds)
    if pages:
        yield f"| reading a page, seconds | {mean(tally.read_seconds):.2f} | {pages} | ≤ 2.5 |"
        yield f"| slowest page, seconds | {max(tally.read_seconds):.2f} | {pages} | |"
        yield f"| seals and mark, seconds | {mean(tally.look_seconds):.2f} | {pages} | |"
        yield f"| looking process, peak MB | {tally.peak / 2**20:.0f} | {pages} | ≤ 900 |"


def row(name: str, right: int, of: int) -> str:
    goal, got = GOALS.get(name), right / max(of, 1)
    missed = " **missed**" if goal and got < goal else ""
    return f"| {name} | {got:.2%}{missed} | {of} | {f'≥ {goal:.1%}' if goal else ''} |"


def tell_misses(tally: Tally, *, most: int) -> Iterator[str]:
    """Yield the misses by name, *most* of each kind."""
    for name, told in tally.misses.items():
        yield from ("", f"{name}: {len(told)} missed", *(f"  {one}" for one in told[:most]))
    yield from ("", f"wrong while sure: {len(tally.sure_wrong)}")
    yield from (f"  {one}" for one in tally.sure_wrong[: 2 * most])
