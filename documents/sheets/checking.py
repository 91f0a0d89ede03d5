"""Judge rows: what each says, what is wrong with it, and where its vehicle is known already."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Min

from documents.models import RegistryAnswer, Sheet, SheetRow
from documents.sheets.cells import DAYS, Words, read_cell, shown
from documents.sheets.columns import FIELDS, TERMS, plain
from exports.doubts import doubts_about
from exports.fleet import FACTS
from exports.models import (
    Destination,
    Exporter,
    Line,
    Manufacturer,
    ManufacturerName,
    Port,
    Vehicle,
)
from exports.rules import Outcome, judge
from exports.rules import Terms as RuleTerms
from exports.showing import terms_on

ASSUMED: Final = {
    field.name: str(field.get_default())
    for field in Vehicle._meta.fields
    if field.name in ("kind", "fuel", "origin", "use")
}
OWNER: Final = ("owner_name", "owner_uscc")
JUDGED: Final = ("facts", "problems", "warnings", "differs", "vin", "exempt", "state")
State = SheetRow.State
Facts = dict[str, Any]


@dataclass(frozen=True)
class Ground:
    """What every row is judged by, fetched once."""

    words: Words
    listed: frozenset[str]
    terms: RuleTerms | None
    today: date


@dataclass(frozen=True)
class Known:
    """What is known of the VINs of some rows: first row, own vehicle, own live line, registry."""

    first: dict[str, int]
    fleet: dict[str, Vehicle]
    live: frozenset[str]
    registry: dict[str, RegistryAnswer]


def ground_on(today: date) -> Ground:
    """Fetch what rows are judged by on the day *today*: four queries."""
    listed = ManufacturerName.objects.listed_on(today)
    makers = list(
        listed.filter(manufacturer__kind=Manufacturer.Kind.MAKER).values_list("name", flat=True)
    )
    countries = Destination.objects.values_list("iso2", "name_zh", "name_en")
    ports = Port.objects.values_list("code", "name_zh", "name_en")
    names = {"destination": names_of(countries), "port": names_of(ports)}
    return Ground(Words(names, makers), frozenset(makers), terms_on(today), today)


def names_of(rows: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Return the code for each way to write a place; a name two places share names none."""
    names: dict[str, str] = {}
    shared: set[str] = set()
    for code, *written in rows:
        for name in {plain(word) for word in (code, *written)} - {""}:
            shared |= {name} if names.get(name, code) != code else set()
            names[name] = code
    return {name: code for name, code in names.items() if name not in shared}


def check(sheet: Sheet, rows: Sequence[SheetRow], *, ground: Ground) -> None:
    """Judge *rows* anew and keep the outcome: five queries, however many there are."""
    for row in rows:
        read_row(row, sheet=sheet, ground=ground)
    known = known_of(sheet, rows)
    for row in rows:
        place(row, known=known)
    SheetRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=JUDGED
    )


def read_row(row: SheetRow, *, sheet: Sheet, ground: Ground) -> None:
    """Read every cell of *row* into facts, problems and warnings."""
    facts: Facts = {}
    row.problems, row.warnings = [], []
    for name, cell in cells_of(row, sheet=sheet):
        read = read_cell(name, cell, words=ground.words)
        if read.problem:
            row.problems.append({"field": name, **read.problem})
        elif read.value is not None:
            facts[name] = read.value
    row.warnings += list(fill_in(facts, columns=sheet.columns, exporter=sheet.exporter))
    row.facts = facts
    row.vin = facts.get("vin", "")
    row.problems += doubts_of(row, today=ground.today)
    row.warnings += list(warnings_of(facts, row=row, ground=ground))
    registered, transferred = (day_of(facts, name) for name in ("registered_on", "transferred_on"))
    verdict = judge(
        registered_on=registered,
        applied_on=ground.today,
        transferred_on=transferred,
        terms=ground.terms,
    )
    row.exempt = verdict.outcome is Outcome.NOT_REQUIRED


def cells_of(row: SheetRow, *, sheet: Sheet) -> Iterator[tuple[str, Any]]:
    """Yield what stands for each field: what a person wrote since, else the cell of the file."""
    places = {field: at for at, field in enumerate(sheet.columns) if field}
    for name in FIELDS:
        at = places.get(name)
        cell = row.cells[at] if at is not None and at < len(row.cells) else None
        yield name, row.edits.get(name, cell)


def wrote(row: SheetRow, *, sheet: Sheet) -> dict[str, str]:
    """Return what stands for each field, as a person reads it."""
    return {name: shown(cell) for name, cell in cells_of(row, sheet=sheet)}


def fill_in(facts: Facts, *, columns: list[str], exporter: Exporter) -> Iterator[Facts]:
    """Put in what the file leaves open and everybody assumes; a warning says so."""
    for name, value in ASSUMED.items():
        if name not in facts:
            facts[name] = value
            yield {"field": name, "code": "assumed", "wrote": value}
    if not set(OWNER) & set(columns):
        facts |= {"owner_name": exporter.name_zh, "owner_uscc": exporter.uscc}
        yield {"field": "owner_name", "code": "owner_assumed", "wrote": exporter.name_zh}


def doubts_of(row: SheetRow, *, today: date) -> list[Facts]:
    """Return the doubts about the facts of *row* that nobody confirmed."""
    facts = {**row.facts, **{name: day_of(row.facts, name) for name in DAYS}}
    return [
        {"field": doubt.field, "code": code_of(doubt.token), "wrote": doubt.value, "fix": ""}
        | {"token": doubt.token}
        for doubt in doubts_about(facts, today=today)
        if doubt.token not in row.confirmed
    ]


def code_of(token: str) -> str:
    """Return the kind of a doubt."""
    if token.startswith(("vin:", "owner_uscc:")):
        return token.partition(":")[0] + "_digit"
    return "future" if token.endswith(">today") else "order"


def warnings_of(facts: Facts, *, row: SheetRow, ground: Ground) -> Iterator[Facts]:
    """Yield what does not stop a row and should be looked at."""
    broken = {problem["field"] for problem in row.problems}
    if "registered_on" not in facts and "registered_on" not in broken:
        yield {"field": "registered_on", "code": "no_day", "wrote": ""}
    maker = facts.get("maker_name", "")
    if maker and maker not in ground.listed and f"maker:{maker}" not in row.confirmed:
        near = ground.words.near_maker(maker)
        yield {"field": "maker_name", "code": "maker", "wrote": maker, "fix": near}


def day_of(facts: Facts, name: str) -> date | None:
    """Return a day of *facts*."""
    return date.fromisoformat(facts[name]) if facts.get(name) else None


def known_of(sheet: Sheet, rows: Sequence[SheetRow]) -> Known:
    """Return what is known of the VINs of *rows*: four queries."""
    vins = {row.vin for row in rows if row.vin}
    others = sheet.rows.filter(vin__in=vins).exclude(pk__in=[row.pk for row in rows])
    first = dict(others.values("vin").annotate(first=Min("pk")).values_list("vin", "first"))
    for row in rows:
        if row.vin:
            first[row.vin] = min(first.get(row.vin, row.pk), row.pk)
    fleet = {each.vin: each for each in sheet.exporter.vehicles.filter(vin__in=vins)}
    live = Line.objects.filter(live=True, vin__in=vins, application__exporter=sheet.exporter)
    answers: dict[str, RegistryAnswer] = {}
    for each in RegistryAnswer.objects.latest_first(list(vins)):
        answers.setdefault(each.vin, each)
    # Whose car it is not, may not ask here when it was registered.
    own = {
        vin: each
        for vin, each in answers.items()
        if vin in fleet or each.owner_uscc == sheet.exporter.uscc
    }
    return Known(first, fleet, frozenset(live.values_list("vin", flat=True)), own)


def place(row: SheetRow, *, known: Known) -> None:
    """Say where *row* belongs: twice, under way, to be mended, in the fleet, or ready."""
    vehicle = known.fleet.get(row.vin)
    row.differs = list(differences(row, vehicle)) if vehicle else []
    if known.registry.get(row.vin):
        row.problems += list(registry_differences(row, known.registry[row.vin]))
    if row.vin and known.first[row.vin] != row.pk:
        row.state = State.TWICE
    elif row.vin in known.live:
        row.state = State.LIVE
    elif row.problems:
        row.state = State.BAD
    else:
        row.state = State.KNOWN if vehicle else State.READY


def differences(row: SheetRow, vehicle: Vehicle) -> Iterator[Facts]:
    """Yield what the file says differently from the *vehicle* in the fleet."""
    assumed = {each["field"] for each in row.warnings if each["code"] == "assumed"}
    for name in FACTS:
        value = getattr(vehicle, name)
        here = row.facts.get(name)
        was = value.isoformat() if isinstance(value, date) else value
        if here is not None and name not in assumed and here != was:
            yield {"field": name, "was": was, "here": here}


def registry_differences(row: SheetRow, answer: RegistryAnswer) -> Iterator[Facts]:
    """Yield each day that the registry knows differently and nobody confirmed."""
    for name in ("registered_on", "transferred_on"):
        theirs, ours = getattr(answer, name), row.facts.get(name)
        token = f"registry:{name}:{ours}"
        if theirs and ours and theirs.isoformat() != ours and token not in row.confirmed:
            fix = theirs.isoformat()
            yield {"field": name, "code": "registry", "wrote": ours, "fix": fix, "token": token}


def vehicle_facts(row: SheetRow) -> Facts:
    """Return the facts of *row* as :mod:`exports.fleet` takes them."""
    facts = {name: value for name, value in row.facts.items() if name not in TERMS}
    return facts | {name: day_of(row.facts, name) for name in DAYS if name in row.facts}
